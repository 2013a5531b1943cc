"""Classes as an object-oriented course writes them."""

import abc
import collections
import dataclasses
import enum
import typing


class Vector:
    dimension = 2

    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y) if isinstance(other, Vector) else NotImplemented

    def __eq__(self, other):
        return isinstance(other, Vector) and (self.x, self.y) == (other.x, other.y)

    def __hash__(self):
        return hash((self.x, self.y))

    def __lt__(self, other):
        return abs(self) < abs(other)

    def __abs__(self):
        return (self.x**2 + self.y**2) ** 0.5

    def __neg__(self):
        return Vector(-self.x, -self.y)

    def __repr__(self):
        return f"Vector({self.x}, {self.y})"

    def __len__(self):
        return 2

    def __bool__(self):
        return bool(self.x or self.y)

    def __iter__(self):
        return iter((self.x, self.y))

    def __getitem__(self, i):
        return (self.x, self.y)[i]

    def __call__(self, s):
        return s * self.x

    def __format__(self, spec):
        return f"<{self.x:{spec}}>"

    def __float__(self):
        return float(abs(self))

    @property
    def norm(self):
        return abs(self)

    @norm.setter
    def norm(self, value):
        self.x, self.y = value, 0

    @property
    def fixed(self):
        return 1

    @classmethod
    def unit(cls):
        return cls(1, 0)

    @staticmethod
    def twice(n):
        return 2 * n


class Animal:
    kind = "animal"

    def __init__(self, name):
        self.name = name

    def speak(self):
        return f"{self.name} says {self.sound()}"

    def sound(self):
        raise NotImplementedError


class Dog(Animal):
    def sound(self):
        return "woof"


class Shape(abc.ABC):
    @abc.abstractmethod
    def area(self): ...


class Square(Shape):
    def __init__(self, side):
        self.side = side

    def area(self):
        return self.side**2


class Stack:
    def __init__(self):
        self.items = []

    def push(self, x):
        self.items.append(x)

    def pop(self):
        if not self.items:
            raise IndexError("pop from an empty stack")
        return self.items.pop()

    def __len__(self):
        return len(self.items)

    def __contains__(self, x):
        return x in self.items


class Account:
    def __init__(self, balance=0):
        self._balance = balance
        self.history = []

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("amount must be positive")
        self._balance += amount
        self.history.append(("deposit", amount))

    @property
    def balance(self):
        return self._balance


class Color(enum.Enum):
    RED = 1
    GREEN = 2


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 3


@dataclasses.dataclass
class Point:
    x: int
    y: int = 0


Pair = collections.namedtuple("Pair", "left right")


class Typed(typing.NamedTuple):
    a: int
    b: str = "z"


class Numbers(list):
    def total(self):
        return sum(self)


class Shout(str):
    def loud(self):
        return self.upper() + "!"


class Money(float):
    def __add__(self, other):
        return Money(float(self) + float(other))

    def text(self):
        return f"{float(self):.2f} €"


class Doubling(dict):
    def __missing__(self, key):
        return key * 2


class Resource:
    def __init__(self):
        self.closed = False

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.closed = True
        return error[0] is KeyError


class Countdown:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n == 0:
            raise StopIteration
        self.n -= 1
        return self.n


def make_numbers():
    return Numbers([1, 2, 3])


def is_vector(x):
    return isinstance(x, Vector)


def adder(n):
    def add(x):
        return x + n

    return add


def public_of(thing):
    return thing.value + thing.double()


def three():
    return [Vector(0, 0), Vector(1, 0), Vector(0, 1)]
