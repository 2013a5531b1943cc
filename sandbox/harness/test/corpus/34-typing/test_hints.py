import typing
from typing import Callable, Optional, Union, get_type_hints

import pytest
import submission


def hints(name):
    return get_type_hints(getattr(submission, name))


def test_simple():
    assert submission.area.__annotations__ == {"width": float, "height": float, "return": float}


def test_list():
    assert submission.mean.__annotations__["values"] == list[float]


def test_types_of_results():
    assert type(submission.area(2, 3)) is float
    assert type(submission.count("abca", "a")) is int
    assert isinstance(submission.split("a b"), tuple)
    assert all(isinstance(part, str) for part in submission.split("a b"))


def test_none_is_documented():
    assert submission.find([1, 2], 5) is None
    assert submission.find([1, 2], 2) == 1
    assert "return" in submission.find.__annotations__


@pytest.mark.parametrize("bad", ["3", None, [1]])
def test_checks_types(bad):
    with pytest.raises(TypeError):
        submission.area(bad, 1)


def test_bool_is_no_number():
    with pytest.raises(TypeError):
        submission.area(True, 1)


def test_callable():
    assert callable(submission.area)
    assert not callable(submission.PI)


def test_no_annotation():
    assert submission.untyped.__annotations__ == {}


def test_named_tuple():
    point = submission.Point(1, 2)
    assert point == (1, 2)
    assert point._fields == ("x", "y")
    assert isinstance(point, tuple)
    x, y = point
    assert (x, y) == (1, 2)
    assert point._replace(x=5) == (5, 2)


def test_named_tuple_is_frozen():
    with pytest.raises(AttributeError):
        submission.Point(1, 2).x = 3


def test_typed_dict():
    movie = submission.make_movie("Alien", 1979)
    assert movie == {"title": "Alien", "year": 1979}
    assert type(movie) is dict


def test_protocol():
    class Duck:
        def quack(self):
            return "QUACK"

    assert submission.make_noise(Duck()) == "QUACK"
    with pytest.raises(AttributeError):
        submission.make_noise(5)
