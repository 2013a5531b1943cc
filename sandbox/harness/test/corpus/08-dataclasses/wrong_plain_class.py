class Book:
    def __init__(self, title, author, year, tags=[]):
        self.title = title
        self.author = author
        self.year = year
        self.tags = tags


class Library(list):
    def add(self, book):
        self.append(book)

    def find(self, title):
        return next(book for book in self if book.title == title)

    def by_author(self, author):
        return [book for book in self if book.author == author]
