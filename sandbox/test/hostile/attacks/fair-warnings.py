# fairness: a correct solution that warns, logs and prints to stderr gets full marks.
# honest: everything
# expects: full
import contextlib
import logging
import sys
import warnings

import pandas

print("on stderr", file=sys.stderr)
warnings.warn("this is old")


def double(x):
    warnings.warn("double is old", DeprecationWarning)
    logging.getLogger("student").warning("careful")
    print("doubling", x, file=sys.stderr)
    return 2 * x


def primes(n):
    return [k for k in range(2, n) if all(k % d for d in range(2, k))]


def mean(values):
    return sum(values) / len(values)


def half(x):
    return x / 2


def small(x):
    return x / 7


def find():
    return ["hay", "needle"]


def check(x):
    if x < 0:
        raise ValueError("negative")


def search(compare):
    low, high = 0, 10**6
    while True:
        middle = (low + high) // 2
        answer = compare(middle)
        if answer == 0:
            return middle
        low, high = (middle + 1, high) if answer < 0 else (low, middle - 1)


def notify(channel):
    channel.send("done")


def table():
    return pandas.DataFrame({"k": ["a", "b"], "v": [1.0, 2.0]})


@contextlib.contextmanager
def managed(x):
    yield x + 1


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def guess(text):
    return text[::-1]
