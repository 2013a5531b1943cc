from typing import NamedTuple, Optional, Protocol, TypedDict

PI = 3.14


def area(width: float, height: float) -> float:
    for value in (width, height):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise TypeError(f"{value!r} is no number")
    return float(width * height)


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def count(text: str, letter: str) -> int:
    return text.count(letter)


def split(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def find(items: list, wanted) -> Optional[int]:
    return items.index(wanted) if wanted in items else None


def untyped(a, b):
    return a


class Point(NamedTuple):
    x: int
    y: int


class Movie(TypedDict):
    title: str
    year: int


def make_movie(title: str, year: int) -> Movie:
    return {"title": title, "year": year}


class Quacks(Protocol):
    def quack(self) -> str: ...


def make_noise(duck: Quacks) -> str:
    return duck.quack()
