import abc
import collections.abc
import dataclasses
import enum
import typing
from enum import Enum, Flag, IntEnum, IntFlag, StrEnum


class Color(Enum):
    RED = 1
    BLUE = 2


class Level(IntEnum):
    LOW = 1
    HIGH = 3

    def doubled(self):
        return self * 2


class Perm(Flag):
    R = 1
    W = 2


class Mode(IntFlag):
    R = 1
    W = 2


class Word(StrEnum):
    A = "a"


class Mixed(str, Enum):  # noqa: UP042
    X = "x"


@enum.unique
class Planet(Enum):
    EARTH = (5.97, 6.37)

    def __init__(self, mass, radius):
        self.mass = mass
        self.radius = radius


@dataclasses.dataclass(frozen=True, order=True)
class Point:
    x: int


class Pair(typing.NamedTuple):
    a: int
    b: str = "z"


class Shape(abc.ABC):
    @abc.abstractmethod
    def area(self): ...


class Square(Shape):
    def __init__(self, side):
        self.side = side

    def area(self):
        return self.side**2


class Registered:
    def area(self):
        return 0


Shape.register(Registered)
Shape.register(float)


class Row(collections.abc.Sequence):
    def __init__(self, *items):
        self.items = items

    def __len__(self):
        return len(self.items)

    def __getitem__(self, index):
        return self.items[index]


class Duck:
    def __len__(self):
        return 1

    def __iter__(self):
        return iter([1])

    def __contains__(self, item):
        return item == 1


@typing.runtime_checkable
class HasArea(typing.Protocol):
    def area(self): ...


class Quacking(abc.ABC):  # noqa: B024
    @classmethod
    def __subclasshook__(cls, other):
        return True if any("quack" in c.__dict__ for c in other.__mro__) else NotImplemented


class Quack:
    def quack(self):
        return 1


T = typing.TypeVar("T")


class Box(typing.Generic[T]):
    def __init__(self, value):
        self.value = value


class Base:
    def __add__(self, other):
        return "Base.__add__"

    def __radd__(self, other):
        return "Base.__radd__"

    def __sub__(self, other):
        return "Base.__sub__"

    def __rsub__(self, other):
        return "Base.__rsub__"


class Inherits(Base):
    pass


class Overrides(Base):
    def __radd__(self, other):
        return "Overrides.__radd__"


class Meters:
    def __init__(self, n):
        self.n = n

    def __add__(self, other):
        return Meters(self.n + other.n) if isinstance(other, Meters) else NotImplemented

    def __radd__(self, other):
        return self if other == 0 else NotImplemented

    def __mul__(self, other):
        return NotImplemented

    def __lt__(self, other):
        return NotImplemented

    def __iadd__(self, other):
        return NotImplemented


class Feet:
    def __radd__(self, other):
        return "Feet.__radd__", type(other).__name__

    def __rmul__(self, other):
        return "Feet.__rmul__", type(other).__name__

    def __gt__(self, other):
        return "Feet.__gt__"


def favourite():
    return Color.RED


def is_level(value):
    return isinstance(value, Level)


def add(left, right):
    return left + right


def multiply(left, right):
    return left * right


def less(left, right):
    return left < right


def add_in_place(left, right):
    left += right
    return left
