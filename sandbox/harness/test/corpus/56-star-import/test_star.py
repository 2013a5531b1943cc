import pytest
from submission import *


def area_of_the_test(w, h):
    return w * h


def test_functions():
    assert add(1, 2) == 3
    assert multiply(2, 5) == area_of_the_test(2, 5)


def test_constant():
    assert LIMIT == 100


def test_private_names_do_not_come():
    with pytest.raises(NameError):
        _hidden  # noqa: B018, F821


def test_class():
    counter = Counter()
    counter.hit()
    assert counter.hits == 1


@pytest.mark.parametrize(("n", "text"), [(1, "one"), (2, "two"), (99, "many")])
def test_words(n, text):
    assert in_words(n) == text


def test_above_limit():
    with pytest.raises(LimitError):
        check(LIMIT + 1)
    assert check(LIMIT) is True


def test_global_state():
    names.append("x")
    assert current_names() == ["x"]


def test_lambda():
    assert square(5) == 25
    assert list(map(square, range(3))) == [0, 1, 4]
