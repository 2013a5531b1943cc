from dataclasses import dataclass, field


@dataclass(order=True)
class Book:
    title: str
    author: str
    year: int
    tags: list = field(default_factory=list)

    def __post_init__(self):
        if self.year < -3000:
            raise ValueError(f"the year {self.year} is too early")


class Library:
    def __init__(self):
        self._books = []

    def add(self, book):
        if not isinstance(book, Book):
            raise TypeError(f"{book!r} is not a Book")
        self._books.append(book)

    def find(self, title):
        for book in self._books:
            if book.title == title:
                return book
        return None

    def by_author(self, author):
        return [book for book in self._books if book.author == author]

    def __len__(self):
        return len(self._books)

    def __contains__(self, book):
        return book in self._books

    def __iter__(self):
        return iter(self._books)
