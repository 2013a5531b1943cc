"""Ordinary pytest. `submission` is whatever a student handed in; a test without a mark is hidden and counts 1."""

import pytest
from submission import is_prime


@pytest.mark.visible
@pytest.mark.points(2)
def test_small_numbers():
    assert [n for n in range(2, 12) if is_prime(n)] == [2, 3, 5, 7, 11]


@pytest.mark.points(2)
def test_zero_and_one_are_not_prime():
    assert is_prime(0) is False
    assert is_prime(1) is False


@pytest.mark.points(4)
@pytest.mark.parametrize(("n", "expected"), [(4, False), (49, False), (97, True), (7919, True)])
def test_is_prime(n, expected):
    assert is_prime(n) is expected


@pytest.mark.points(2)
def test_negative_numbers_are_refused():
    with pytest.raises(ValueError, match="negative"):
        is_prime(-7)
