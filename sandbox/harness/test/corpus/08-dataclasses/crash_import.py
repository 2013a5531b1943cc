from dataclass import dataclass


@dataclass
class Book:
    title: str


class Library:
    pass
