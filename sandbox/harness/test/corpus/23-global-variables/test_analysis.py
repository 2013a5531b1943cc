import math

import pytest
import submission
from submission import FILES, mean_height, people, tallest


def test_people():
    assert len(people) == 4
    assert people[0]["name"] == "Ada"


def test_mean():
    assert mean_height == pytest.approx(171.5)


def test_tallest():
    assert tallest == "Cy"


def test_constants():
    assert FILES == ("a.csv", "b.csv")
    assert submission.GRAVITY == 9.81
    assert not hasattr(submission, "undefined_thing")


def test_types():
    assert isinstance(submission.answers, dict)
    assert isinstance(submission.answers["a"], float)
    assert submission.answers == {"a": 0.5, "b": [1, 2], "c": None}


@pytest.mark.parametrize("name", ["square_numbers", "evens", "lookup"])
def test_comprehensions(name):
    expected = {
        "square_numbers": [0, 1, 4, 9],
        "evens": {0, 2, 4},
        "lookup": {"a": 97, "b": 98},
    }
    assert getattr(submission, name) == expected[name]


def test_loop_result():
    assert submission.total == sum(range(101))


def test_functions_use_globals(monkeypatch):
    assert submission.fall_time(9.81 / 2) == pytest.approx(1)
    monkeypatch.setattr(submission, "GRAVITY", 1.62)
    assert submission.fall_time(0.81) == pytest.approx(1)


def test_global_is_changed_by_the_function():
    before = submission.counter
    submission.count()
    submission.count()
    assert submission.counter == before + 2


def test_global_list_is_shared():
    submission.remember("x")
    assert submission.memory[-1] == "x"
    submission.memory.clear()
    assert submission.recall() == []


def test_underscore_of_the_last_cell():
    assert submission.answer_to_everything == 42
    assert math.isclose(submission.ratio, 2 / 3)
