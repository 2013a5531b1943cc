# attack 24: hostile __repr__, __str__, names and messages; markup and control codes in feedback.
# honest: double
def double(x):
    return 2 * x


MARKUP = '<script>alert(1)</script><img src=x onerror=alert(1)>\x1b]0;title\x07\x1b[2J\0\u202e'


class Loud:
    def __repr__(self):
        return MARKUP * 20_000

    __str__ = __format__ = lambda self, *args: self.__repr__()


class Angry:
    def __repr__(self):
        raise SystemExit(0)

    __str__ = __repr__


class Slow:
    def __repr__(self):
        while True:
            pass


primes = lambda n: Loud()
mean = lambda values: Angry()
half = lambda x: Slow()
small = lambda *args: MARKUP


def find():
    raise type("A" * 400, (Exception,), {"__str__": lambda self: MARKUP * 10_000})


def guess(text):
    raise type("Skipped", (BaseException,), {"__module__": "_pytest.outcomes"})(MARKUP)
