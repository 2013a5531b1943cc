import enum
import json

import pytest
from submission import Color, Permission, Priority, TrafficLight, Weekday


def test_members():
    assert [color.name for color in Color] == ["RED", "GREEN", "BLUE"]
    assert len(Color) == 3


def test_kinds():
    assert issubclass(Color, enum.Enum)
    assert issubclass(Permission, enum.Flag)
    assert issubclass(Priority, enum.Enum) and issubclass(Priority, int)
    assert isinstance(Color.RED, Color)


def test_lookup():
    assert Color["RED"] is Color.RED
    assert Color("#00ff00") is Color.GREEN
    with pytest.raises(ValueError):
        Color("#123456")
    with pytest.raises(KeyError):
        Color["PINK"]


def test_identity_and_equality():
    assert Color.RED is Color.RED
    assert Color.RED == Color.RED
    assert Color.RED != Color.BLUE
    assert Color.RED != "#ff0000"


def test_as_keys():
    table = {Color.RED: 1, Color.BLUE: 2}
    assert table[Color("#ff0000")] == 1
    assert Color.GREEN not in table


def test_method():
    assert Color.BLUE.rgb() == (0, 0, 255)


def test_priority_is_a_number():
    assert Priority.HIGH > Priority.LOW
    assert Priority.HIGH == 3
    assert sorted([Priority.HIGH, Priority.LOW, Priority.MEDIUM])[0] is Priority.LOW
    assert json.dumps({"p": Priority.HIGH}) == '{"p": 3}'


def test_next_light():
    light = TrafficLight.GREEN
    seen = []
    for _ in range(4):
        seen.append(light.name)
        light = light.next()
    assert seen == ["GREEN", "YELLOW", "RED", "GREEN"]


def test_flags():
    both = Permission.READ | Permission.WRITE
    assert Permission.READ in both
    assert Permission.EXECUTE not in both
    assert both & Permission.WRITE == Permission.WRITE
    assert not both & Permission.EXECUTE


def test_weekend():
    assert Weekday.SATURDAY.is_weekend
    assert not Weekday.MONDAY.is_weekend
    assert [d.value for d in Weekday] == list(range(1, 8))


def test_members_cannot_be_set():
    with pytest.raises(AttributeError):
        Color.RED = 5


def test_str():
    assert str(Color.RED) == "red"
    assert repr(Color.RED) == "<Color.RED: '#ff0000'>"
