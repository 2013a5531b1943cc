import math

import pytest
from submission import Celsius, Interval, Polynomial


class TestCelsius:
    def test_compare(self):
        assert Celsius(20) < Celsius(21)
        assert Celsius(20) <= Celsius(20)
        assert max(Celsius(3), Celsius(9)).degrees == 9

    def test_equal_to_number(self):
        assert Celsius(20) == 20
        assert 20 == Celsius(20)
        assert Celsius(20) != 21

    def test_plus_number(self):
        assert (Celsius(20) + 5).degrees == 25
        assert (5 + Celsius(20)).degrees == 25

    def test_minus(self):
        assert Celsius(20) - Celsius(5) == 15

    def test_conversion(self):
        assert float(Celsius(20.5)) == 20.5
        assert int(Celsius(20.9)) == 20
        assert round(Celsius(20.46), 1).degrees == 20.5
        assert f"{Celsius(21):.1f}" == "21.0 °C"

    def test_fahrenheit(self):
        assert Celsius(100).fahrenheit == pytest.approx(212)

    def test_absolute_zero(self):
        with pytest.raises(ValueError, match="-273.15"):
            Celsius(-300)

    def test_compare_with_text(self):
        with pytest.raises(TypeError):
            Celsius(1) < "2"


class TestPolynomial:
    def test_call(self):
        assert Polynomial(1, 0, 2)(3) == 19

    def test_add_number(self):
        assert (Polynomial(1, 2) + 3).coefficients == (4, 2)

    def test_multiply(self):
        assert (Polynomial(1, 1) * Polynomial(1, -1)).coefficients == (1, 0, -1)

    def test_text(self):
        assert str(Polynomial(1, 0, -2)) == "1 - 2x^2"

    def test_derivative(self):
        assert Polynomial(5, 3, 2).derivative().coefficients == (3, 4)

    def test_degree(self):
        assert Polynomial(1, 2, 0, 0).degree == 1


class TestInterval:
    def test_contains(self):
        assert 3 in Interval(1, 5)
        assert 7 not in Interval(1, 5)
        assert math.pi in Interval(3, 4)

    def test_intersection(self):
        both = Interval(1, 5) & Interval(3, 9)
        assert (both.low, both.high) == (3, 5)
        assert Interval(1, 2) & Interval(3, 4) is None

    def test_length(self):
        assert len(Interval(2, 7)) == 5

    def test_shift(self):
        moved = Interval(1, 2) >> 3
        assert (moved.low, moved.high) == (4, 5)

    def test_matmul_is_not_known(self):
        with pytest.raises(TypeError):
            Interval(1, 2) @ 3
