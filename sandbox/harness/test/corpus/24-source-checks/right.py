def sort_numbers(numbers, reverse=False):
    """A sorted copy, by selection."""
    rest, result = list(numbers), []
    while rest:
        best = max(rest) if reverse else min(rest)
        rest.remove(best)
        result.append(best)
    return result


def power(base: int, exponent: int) -> int:
    """base to the power of exponent, by recursion."""
    return 1 if exponent == 0 else base * power(base, exponent - 1)


def squares(n):
    """The first n squares."""
    return [i * i for i in range(n)]


def grade(points):
    """The letter for points."""
    if points >= 90:
        return "A"
    if points >= 60:
        return "B"
    return "F"


class Point:
    """A point without a dictionary."""

    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y
