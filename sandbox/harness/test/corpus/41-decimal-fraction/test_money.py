from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction

import pytest
import submission
from submission import Money


def test_total():
    assert submission.total(["0.10", "0.20"]) == Decimal("0.30")
    assert str(submission.total(["1.10", "2.2"])) == "3.30"


def test_total_is_decimal():
    assert isinstance(submission.total([]), Decimal)


def test_bad_price():
    with pytest.raises(InvalidOperation):
        submission.total(["abc"])


def test_rounding():
    assert submission.round_cents(Decimal("2.675")) == Decimal("2.68")
    assert submission.round_cents(Decimal("1")).as_tuple().exponent == -2


def test_vat():
    assert submission.with_vat(Decimal("100"), Decimal("0.077")) == Decimal("107.70")


def test_split():
    parts = submission.split_bill(Decimal("10.00"), 3)
    assert sum(parts) == Decimal("10.00")
    assert sorted(parts) == [Decimal("3.33"), Decimal("3.33"), Decimal("3.34")]


def test_fractions():
    assert submission.add_fractions("1/3", "1/6") == Fraction(1, 2)
    assert submission.harmonic(4) == Fraction(25, 12)
    assert submission.harmonic(4).denominator == 12


def test_mean_of_fractions():
    assert submission.mean([Fraction(1, 2), Fraction(1, 3)]) == Fraction(5, 12)
    assert isinstance(submission.mean([Fraction(1, 2), 1]), Fraction)


def test_egyptian():
    assert submission.egyptian(Fraction(4, 13)) == [Fraction(1, 4), Fraction(1, 18), Fraction(1, 468)]


class TestMoney:
    def test_same_currency(self):
        assert Money("1.50", "CHF") + Money("2", "CHF") == Money("3.50", "CHF")

    def test_other_currency(self):
        with pytest.raises(ValueError, match="CHF.*EUR"):
            Money("1", "CHF") + Money("1", "EUR")

    def test_compare(self):
        assert Money("1", "CHF") < Money("1.01", "CHF")
        assert Money("1", "CHF") != Money("1", "EUR")

    def test_times(self):
        assert Money("1.25", "CHF") * 3 == Money("3.75", "CHF")

    def test_text(self):
        assert str(Money("5", "CHF")) == "5.00 CHF"

    def test_amount(self):
        assert Money("5.1", "CHF").amount == Decimal("5.1")

    def test_frozen(self):
        with pytest.raises(AttributeError):
            Money("5", "CHF").amount = Decimal(6)
