"""`isinstance` and `issubclass` of the submission's classes: enums, abstract classes, protocols, named tuples."""

import abc
import collections.abc
import copy
import dataclasses
import enum
import inspect
import json
from enum import Enum, Flag, IntEnum, IntFlag, StrEnum

import pytest
import submission
from submission import (
    Box,
    Color,
    Duck,
    HasArea,
    Level,
    Mixed,
    Mode,
    Pair,
    Perm,
    Planet,
    Point,
    Quack,
    Quacking,
    Registered,
    Row,
    Shape,
    Square,
    Word,
    favourite,
    is_level,
)


@pytest.mark.parametrize(
    ("name", "base"),
    [
        ("Color", Enum),
        ("Level", IntEnum),
        ("Level", enum.ReprEnum),
        ("Level", Enum),
        ("Level", int),
        ("Perm", Flag),
        ("Perm", Enum),
        ("Mode", IntFlag),
        ("Mode", Flag),
        ("Mode", int),
        ("Word", StrEnum),
        ("Word", str),
        ("Mixed", str),
        ("Mixed", Enum),
        ("Square", abc.ABC),
        ("Pair", tuple),
        ("Row", collections.abc.Sequence),
        ("Row", collections.abc.Sized),
        ("Duck", collections.abc.Collection),
        ("Point", collections.abc.Hashable),
    ],
)
def test_is_a_subclass(name, base):
    assert issubclass(getattr(submission, name), base)


@pytest.mark.parametrize(
    ("name", "base"),
    [("Color", int), ("Color", IntEnum), ("Perm", int), ("Level", str), ("Level", IntFlag), ("Duck", abc.ABC)],
)
def test_is_no_subclass(name, base):
    assert not issubclass(getattr(submission, name), base)


def test_members_are_instances():
    assert isinstance(Color.RED, Enum) and isinstance(Color.RED, Color) and not isinstance(Color.RED, int)
    assert isinstance(Level.LOW, IntEnum) and isinstance(Level.LOW, Level) and isinstance(Level.LOW, int)
    assert isinstance(Mode.R, IntFlag) and isinstance(Mode.R | Mode.W, Mode)
    assert isinstance(Word.A, StrEnum) and isinstance(Mixed.X, Enum)
    assert not isinstance(Level.LOW, Color) and not isinstance(3, Level) and not isinstance(1, Color)


def test_a_class_of_members_is_an_enum_type():
    assert isinstance(Color, enum.EnumMeta) and isinstance(Level, enum.EnumMeta)
    assert not isinstance(Duck, enum.EnumMeta)


def test_members_are_found():
    assert Color(1) is Color.RED is favourite() and Color["RED"] is Color.RED
    assert Level(3) is Level.HIGH and Level["LOW"].value == 1 and Level.LOW.name == "LOW"
    assert [c.name for c in Color] == ["RED", "BLUE"] and len(Color) == 2 and len(Level) == 2
    assert list(Color.__members__) == ["RED", "BLUE"] and Color.RED in Color and list(reversed(Level)) == [3, 1]
    with pytest.raises(ValueError, match="7 is not a valid"):
        Color(7)
    with pytest.raises(ValueError, match="7 is not a valid"):
        Level(7)
    with pytest.raises(KeyError):
        Level["GREEN"]
    with pytest.raises(AttributeError):
        Level.GREEN


def test_members_cannot_be_changed_or_extended():
    with pytest.raises(AttributeError):
        Level.LOW = 5
    with pytest.raises(TypeError):

        class More(Level):
            TOP = 9


def test_members_count_and_compare():
    assert Level.LOW + 1 == 2 and Level.LOW < Level.HIGH and max(Level) is Level.HIGH and Level.HIGH.doubled() == 6
    assert (Mode.R | Mode.W) == 3 and Mode.R & Mode.W == 0 and Perm.R in (Perm.R | Perm.W)
    assert Word.A == "a" and Word.A.upper() == "A" and f"{Word.A}{Level.LOW}" == "a1"
    assert json.dumps({"level": Level.LOW, "word": Word.A}) == '{"level": 1, "word": "a"}'
    assert {Color.RED: 1, Level.LOW: 2}[Color.RED] == 1 and {Level.LOW: 2}[1] == 2
    assert repr(Level.LOW) == "<Level.LOW: 1>" and str(Color.RED) == "Color.RED" and str(Level.LOW) == "1"
    assert is_level(Level.LOW) and not is_level(1)


def test_members_are_their_own_copies():
    assert copy.deepcopy(Level.LOW) is Level.LOW and copy.copy(Color.RED) is Color.RED


def test_members_with_attributes():
    assert Planet.EARTH.mass == 5.97 and Planet.EARTH.value == (5.97, 6.37) and Planet((5.97, 6.37)) is Planet.EARTH


def test_dataclass_says_how_it_was_made():
    assert Point.__dataclass_params__.frozen and Point.__dataclass_params__.order
    assert dataclasses.is_dataclass(Point) and [f.type for f in dataclasses.fields(Point)] == [int]


def test_named_tuple():
    assert isinstance(Pair(1), tuple) and Pair._fields == ("a", "b") and Pair(1)._asdict() == {"a": 1, "b": "z"}


def test_registered_with_an_abstract_class():
    assert issubclass(Registered, Shape) and isinstance(Registered(), Shape)
    assert issubclass(float, Shape) and isinstance(1.5, Shape) and not isinstance(1, Shape)
    assert isinstance(Square(1), Shape) and not isinstance(Duck(), Shape) and not issubclass(Duck, Shape)
    assert inspect.isabstract(Shape) and not inspect.isabstract(Square)


def test_protocol():
    assert isinstance(Square(1), HasArea) and issubclass(Square, HasArea) and not isinstance(Duck(), HasArea)
    assert not isinstance([1], HasArea)


def test_subclass_hook():
    assert issubclass(Quack, Quacking) and isinstance(Quack(), Quacking) and not issubclass(Duck, Quacking)


def test_sequence():
    assert Row(1, 2).index(2) == 1 and list(reversed(Row(1, 2))) == [2, 1]


def test_generic():
    assert Box[int](3).value == 3
