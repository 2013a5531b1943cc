# the seam: values that are small on the wire and huge, deep or slow in the oracle.
# honest: double
import collections


def double(x):
    return 2 * x


def primes(n):
    bomb = [0]
    for _ in range(60):
        bomb = [bomb, bomb]
    return bomb


def mean(values):
    deep = []
    for _ in range(100_000):
        deep = [deep]
    return deep


def half(x):
    return 7 ** (10**6)


def small(*args):
    return {(2**61 - 1) * k: k for k in range(30_000)}


def find():
    items = collections.deque([1])
    items.append(items)
    return items


def guess(text):
    return "x" * (64 * 1024 * 1024)


def search(compare):
    for _ in range(200):
        compare([compare] * 1000)
    return search(lambda g: compare(g))


def check(x):
    error = ValueError("x" * 10**7)
    error.__cause__ = error
    raise error


def table():
    class Cell:
        __hash__ = lambda self: 1

        def __eq__(self, other):
            while True:
                pass

    return {Cell(): 1, Cell(): 2}
