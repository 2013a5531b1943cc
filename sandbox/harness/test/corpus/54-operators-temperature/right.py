from functools import total_ordering


@total_ordering
class Celsius:
    def __init__(self, degrees):
        if degrees < -273.15:
            raise ValueError("nothing is colder than -273.15")
        self.degrees = degrees

    @property
    def fahrenheit(self):
        return self.degrees * 9 / 5 + 32

    def __float__(self):
        return float(self.degrees)

    def __int__(self):
        return int(self.degrees)

    def __round__(self, n=0):
        return Celsius(round(self.degrees, n))

    def __format__(self, spec):
        return f"{self.degrees:{spec}} °C"

    def __eq__(self, other):
        if isinstance(other, (int, float)):
            return self.degrees == other
        return isinstance(other, Celsius) and self.degrees == other.degrees

    def __lt__(self, other):
        if not isinstance(other, Celsius):
            return NotImplemented
        return self.degrees < other.degrees

    def __add__(self, other):
        return Celsius(self.degrees + other)

    __radd__ = __add__

    def __sub__(self, other):
        return self.degrees - float(other)


class Polynomial:
    def __init__(self, *coefficients):
        while len(coefficients) > 1 and coefficients[-1] == 0:
            coefficients = coefficients[:-1]
        self.coefficients = coefficients

    @property
    def degree(self):
        return len(self.coefficients) - 1

    def __call__(self, x):
        value = 0
        for c in reversed(self.coefficients):
            value = value * x + c
        return value

    def __add__(self, number):
        return Polynomial(self.coefficients[0] + number, *self.coefficients[1:])

    def __mul__(self, other):
        product = [0] * (self.degree + other.degree + 1)
        for i, a in enumerate(self.coefficients):
            for j, b in enumerate(other.coefficients):
                product[i + j] += a * b
        return Polynomial(*product)

    def derivative(self):
        return Polynomial(*(i * c for i, c in enumerate(self.coefficients) if i))

    def __str__(self):
        text = ""
        for i, c in enumerate(self.coefficients):
            if c:
                sign = ("-" if c < 0 else "") if not text else (" - " if c < 0 else " + ")
                text += sign + str(abs(c)) + ("x" if i else "") + (f"^{i}" if i > 1 else "")
        return text or "0"


class Interval:
    def __init__(self, low, high):
        self.low, self.high = low, high

    def __contains__(self, x):
        return self.low <= x <= self.high

    def __and__(self, other):
        low, high = max(self.low, other.low), min(self.high, other.high)
        return Interval(low, high) if low <= high else None

    def __len__(self):
        return self.high - self.low

    def __rshift__(self, n):
        return Interval(self.low + n, self.high + n)
