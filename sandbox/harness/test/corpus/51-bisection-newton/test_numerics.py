import math

import pytest
import submission


def test_sqrt():
    for x in (0, 1, 2, 1e-8, 12345.678):
        assert submission.square_root(x) == pytest.approx(math.sqrt(x), rel=1e-9, abs=1e-12)


def test_sqrt_of_negative():
    with pytest.raises(ValueError):
        submission.square_root(-1)


def test_derivative():
    assert submission.derivative(math.sin, 0) == pytest.approx(1, abs=1e-6)
    assert submission.derivative(lambda x: x**3, 2) == pytest.approx(12, abs=1e-4)


def test_derivative_of_a_derivative():
    def first(x):
        return submission.derivative(lambda t: t**2, x)

    assert submission.derivative(first, 1) == pytest.approx(2, abs=1e-2)


def test_newton():
    assert submission.newton(lambda x: x**2 - 2, lambda x: 2 * x, 1) == pytest.approx(math.sqrt(2))


def test_newton_does_not_converge():
    with pytest.raises(RuntimeError, match="did not converge"):
        submission.newton(lambda x: x**2 + 1, lambda x: 2 * x, 0.5)


def test_newton_flat():
    with pytest.raises(ZeroDivisionError):
        submission.newton(lambda x: x**2 - 1, lambda x: 0, 1.5)


def test_simpson():
    assert submission.simpson(math.sin, 0, math.pi, 100) == pytest.approx(2, abs=1e-6)
    assert submission.simpson(lambda x: x**3, 0, 2, 2) == pytest.approx(4)


def test_simpson_needs_even():
    with pytest.raises(ValueError, match="even"):
        submission.simpson(math.sin, 0, 1, 3)


def test_euler():
    times, values = submission.euler(lambda t, y: y, 0, 1, 1, 1000)
    assert len(times) == len(values) == 1001
    assert values[-1] == pytest.approx(math.e, rel=1e-2)


def test_gcd_and_extended():
    g, x, y = submission.extended_gcd(240, 46)
    assert g == 2 and 240 * x + 46 * y == 2


def test_collatz():
    assert submission.collatz(6) == [6, 3, 10, 5, 16, 8, 4, 2, 1]


def test_digits_of_large_numbers():
    assert submission.digit_sum(2**1000) == 1366


def test_nan():
    assert math.isnan(submission.safe_log(-1))
    assert submission.safe_log(0) == -math.inf
    assert submission.safe_log(math.e) == pytest.approx(1)


def test_complex():
    assert submission.quadratic(1, 0, 1) == (-1j, 1j) or submission.quadratic(1, 0, 1) == (1j, -1j)
    assert sorted(submission.quadratic(1, -3, 2)) == [1, 2]
