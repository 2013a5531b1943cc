"""Which operand is asked: a method that returns NotImplemented leads to the other one's, on either side."""

import pytest
from submission import Base, Feet, Inherits, Meters, Overrides, add, add_in_place, less, multiply


class Mine:
    def __radd__(self, other):
        return "Mine.__radd__"

    def __rmul__(self, other):
        return "Mine.__rmul__"

    def __add__(self, other):
        return NotImplemented

    def __gt__(self, other):
        return "Mine.__gt__"


def test_of_the_submission():
    assert Meters(1) + Feet() == ("Feet.__radd__", "Meters")
    assert Meters(1) * Feet() == ("Feet.__rmul__", "Meters")
    assert (Meters(1) < Feet()) == "Feet.__gt__"


def test_of_the_test():
    assert Meters(1) + Mine() == "Mine.__radd__" and Meters(1) * Mine() == "Mine.__rmul__"
    assert (Meters(1) < Mine()) == "Mine.__gt__"


def test_the_test_on_the_left():
    assert Mine() + Feet() == ("Feet.__radd__", "Mine")
    assert 3 * Feet() == ("Feet.__rmul__", "int") and [1] + Feet() == ("Feet.__radd__", "list")


def test_in_the_submission():
    assert add(Mine(), Feet()) == ("Feet.__radd__", "Mine")
    assert add(Meters(1), Mine()) == "Mine.__radd__" and multiply(Meters(1), Mine()) == "Mine.__rmul__"
    assert less(Meters(1), Mine()) == "Mine.__gt__" and add_in_place(Meters(1), Mine()) == "Mine.__radd__"


def test_neither():
    with pytest.raises(TypeError, match=r"unsupported operand type\(s\) for \+: 'Meters' and 'int'"):
        Meters(1) + 3
    with pytest.raises(TypeError):
        Meters(1) < 3  # noqa: B015
    assert Meters(1).__mul__(3) is NotImplemented


def test_sum_and_in_place():
    assert sum([Meters(1), Meters(2)]).n == 3
    meters = Meters(1)
    meters += Meters(4)
    assert meters.n == 5


def test_a_subclass_on_the_right_comes_first_only_where_it_overrides():
    assert Base() + Overrides() == "Overrides.__radd__"
    assert Base() + Inherits() == "Base.__add__"
    assert Base() - Overrides() == "Base.__sub__"
    assert add(Base(), Overrides()) == "Overrides.__radd__" and add(Base(), Inherits()) == "Base.__add__"
