# the seam: `from submission import *` must not give a student's pytest, names of the test file or builtins.
# honest: double
def double(x):
    return 2 * x


class pytest:
    approx = staticmethod(lambda x, **kwargs: type("Any", (), {"__eq__": lambda self, other: True})())

    class raises:
        def __init__(self, *args, **kwargs): ...
        def __enter__(self):
            return self

        def __exit__(self, *error):
            return True


SECRET = PRIMES = NUMBER = None
sorted = len = abs = isinstance = lambda *args, **kwargs: True
test_primes = test_mean = lambda: None
AssertionError = ValueError
__all__ = ["pytest", "SECRET", "PRIMES", "NUMBER", "sorted", "len", "abs", "isinstance", "test_primes", "double"]
