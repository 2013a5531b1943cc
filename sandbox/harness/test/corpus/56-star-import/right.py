LIMIT = 100
names = []
_hidden = 1


class LimitError(Exception):
    pass


class Counter:
    def __init__(self):
        self.hits = 0

    def hit(self):
        self.hits += 1


def add(a, b):
    return a + b


def multiply(a, b):
    return a * b


def in_words(n):
    return {1: "one", 2: "two"}.get(n, "many")


def check(n):
    if n > LIMIT:
        raise LimitError(n)
    return True


def current_names():
    return names


square = lambda x: x * x  # noqa: E731
