"""Questions 1 and 2. Ordinary pytest: `submission` is the student's notebook."""

import pytest
from submission import is_prime, primes_up_to


@pytest.mark.visible
@pytest.mark.points(1)
def test_is_prime_on_small_numbers():
    assert [n for n in range(2, 12) if is_prime(n)] == [2, 3, 5, 7, 11]


@pytest.mark.visible
@pytest.mark.points(1)
def test_primes_up_to_10():
    assert primes_up_to(10) == [2, 3, 5, 7]


@pytest.mark.points(1)
def test_zero_and_one_are_not_prime():
    assert is_prime(0) == False  # noqa: E712 - None is no answer
    assert is_prime(1) == False  # noqa: E712


@pytest.mark.points(1)
@pytest.mark.parametrize(("n", "expected"), [(25, False), (49, False), (97, True), (7919, True), (7917, False)])
def test_is_prime(n, expected):
    assert is_prime(n) == expected


@pytest.mark.points(1)
def test_negative_numbers_are_refused():
    with pytest.raises(ValueError, match="negative"):
        is_prime(-7)


@pytest.mark.points(1)
def test_the_limit_itself_counts():
    assert primes_up_to(13) == [2, 3, 5, 7, 11, 13]
    assert primes_up_to(1) == []
    assert len(primes_up_to(1000)) == 168
