import pytest
from submission import is_prime, primes_up_to, prime_factors


@pytest.mark.parametrize("n", [2, 3, 5, 7, 11, 13, 97, 7919])
def test_primes(n):
    assert is_prime(n) is True


@pytest.mark.parametrize("n", [0, 1, 4, 9, 15, 25, 49, 91, 7917])
def test_not_primes(n):
    assert is_prime(n) is False


@pytest.mark.points(2)
def test_list():
    assert primes_up_to(30) == [2, 3, 5, 7, 11, 13, 17, 19, 23, 29]


def test_inclusive():
    assert primes_up_to(13)[-1] == 13


def test_empty():
    assert primes_up_to(1) == []


def test_negative():
    with pytest.raises(ValueError, match="negative"):
        is_prime(-3)


@pytest.mark.parametrize(("n", "factors"), [(1, []), (12, [2, 2, 3]), (97, [97]), (360, [2, 2, 2, 3, 3, 5])])
def test_factors(n, factors):
    assert prime_factors(n) == factors


def test_factors_multiply_back():
    for n in range(2, 60):
        product = 1
        for factor in prime_factors(n):
            assert is_prime(factor)
            product *= factor
        assert product == n
