from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction

CENT = Decimal("0.01")


def total(prices):
    return sum((Decimal(p) for p in prices), Decimal("0"))


def round_cents(amount):
    return amount.quantize(CENT, ROUND_HALF_UP)


def with_vat(amount, rate):
    return round_cents(amount * (1 + rate))


def split_bill(amount, n):
    share = (amount / n).quantize(CENT, ROUND_DOWN)
    rest = int((amount - share * n) / CENT)
    return [share + CENT * (i < rest) for i in range(n)]


def add_fractions(a, b):
    return Fraction(a) + Fraction(b)


def harmonic(n):
    return sum(Fraction(1, k) for k in range(1, n + 1))


def mean(values):
    return sum(values, Fraction(0)) / len(values)


def egyptian(fraction):
    parts = []
    while fraction:
        n = -(-fraction.denominator // fraction.numerator)
        parts.append(Fraction(1, n))
        fraction -= Fraction(1, n)
    return parts


@dataclass(frozen=True)
class Money:
    amount: Decimal
    currency: str

    def __post_init__(self):
        object.__setattr__(self, "amount", Decimal(self.amount))

    def _check(self, other):
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency}")

    def __add__(self, other):
        self._check(other)
        return Money(self.amount + other.amount, self.currency)

    def __mul__(self, n):
        return Money(self.amount * n, self.currency)

    def __lt__(self, other):
        self._check(other)
        return self.amount < other.amount

    def __str__(self):
        return f"{self.amount:.2f} {self.currency}"
