import math

import pytest
from submission import Vector


def test_parts():
    v = Vector(3, 4)
    assert (v.x, v.y) == (3, 4)


def test_equality():
    assert Vector(1, 2) == Vector(1, 2)
    assert Vector(1, 2) != Vector(2, 1)
    assert not Vector(1, 2) == Vector(1, 3)


def test_not_equal_to_others():
    assert Vector(1, 2) != (1, 2)
    assert Vector(1, 2) != "Vector(1, 2)"
    assert Vector(0, 0) != None  # noqa: E711


def test_addition():
    assert Vector(1, 2) + Vector(3, 4) == Vector(4, 6)
    total = Vector(1, 2) - Vector(3, 4)
    assert (total.x, total.y) == (-2, -2)


def test_addition_leaves_operands():
    a, b = Vector(1, 2), Vector(3, 4)
    a + b
    assert (a.x, a.y, b.x, b.y) == (1, 2, 3, 4)


def test_scaling():
    v = Vector(1, -2) * 3
    assert (v.x, v.y) == (3, -6)


def test_scaling_from_the_left():
    v = 3 * Vector(1, -2)
    assert (v.x, v.y) == (3, -6)


def test_dot():
    assert Vector(1, 2) * Vector(3, 4) == 11


def test_bad_operand():
    with pytest.raises(TypeError):
        Vector(1, 2) + 5
    with pytest.raises(TypeError):
        Vector(1, 2) * "3"


def test_length():
    assert abs(Vector(3, 4)) == pytest.approx(5)
    assert abs(Vector(1, 1)) == pytest.approx(math.sqrt(2))


def test_in_place():
    a = Vector(1, 1)
    b = a
    a += Vector(1, 0)
    assert (a.x, a.y) == (2, 1)
    assert (b.x, b.y) == (1, 1)


def test_negation_and_truth():
    assert -Vector(1, -2) == Vector(-1, 2)
    assert Vector(0, 1)
    assert not Vector(0, 0)


def test_unpacking():
    x, y = Vector(7, 8)
    assert (x, y) == (7, 8)
    assert list(Vector(1, 2)) == [1, 2]


def test_index():
    v = Vector(7, 8)
    assert v[0] == 7 and v[1] == 8
    with pytest.raises(IndexError):
        v[2]


def test_hash():
    assert len({Vector(1, 2), Vector(1, 2), Vector(2, 1)}) == 2
    assert {Vector(1, 2): "here"}[Vector(1, 2)] == "here"


def test_repr_round_trip():
    v = Vector(1.5, -2)
    assert repr(v) == "Vector(1.5, -2)"
    assert eval(repr(v)) == v


def test_sum():
    assert sum([Vector(1, 2), Vector(3, 4)], Vector(0, 0)) == Vector(4, 6)


def test_sorting_by_length():
    vectors = [Vector(3, 4), Vector(0, 1), Vector(2, 0)]
    assert [v.x for v in sorted(vectors, key=abs)] == [0, 2, 3]
    assert max(vectors, key=abs) is vectors[0]
