"""Functions that take and give plain data, as a first course writes them."""

import collections
import contextlib
import datetime
import decimal
import fractions
import itertools
import logging
import math
import random
import sys
import time
import warnings

LIMIT = 10
TABLE = {"a": [1, 2], "b": []}
counter = 0


def identity(x):
    return x


def bump():
    global counter
    counter += 1
    return counter


def append(items, x):
    items.append(x)


def sort_in_place(items):
    items.sort()


def deep_change(d):
    d["rows"][0].append(99)
    d["new"] = d["rows"]


def pair(x):
    return [x, x]


def selfish():
    items = [1]
    items.append(items)
    return items


def values():
    return [
        datetime.datetime(2020, 1, 2, 3, 4, 5, 6),
        datetime.datetime(2020, 1, 2, tzinfo=datetime.UTC),
        datetime.date(2020, 1, 2),
        datetime.time(3, 4),
        datetime.timedelta(hours=1),
        decimal.Decimal("1.10"),
        fractions.Fraction(1, 3),
        1 + 2j,
        range(3),
        b"x",
        bytearray(b"y"),
        {1, 2},
        frozenset({3}),
        collections.deque([1], maxlen=3),
        collections.OrderedDict(a=1),
        collections.Counter("aab"),
        10**40,
        -(10**40),
        float("inf"),
        "é\ud800\0",
        None,
        True,
        ...,
        slice(1, 2),
    ]


def groups():
    d = collections.defaultdict(list)
    d["a"].append(1)
    return d


def keys():
    return {"b": 1, "a": 2}.keys()


class TooSmall(ValueError):
    def __init__(self, message, least):
        super().__init__(message)
        self.least = least


class Silent(Exception):
    def __str__(self):
        return "nice text"


def check(n):
    if n < LIMIT:
        raise TooSmall(f"{n} is too small", LIMIT)
    if n == 11:
        raise Silent(1, 2)
    if n == 12:
        raise KeyError("twelve")
    if n == 13:
        try:
            1 / 0
        except ZeroDivisionError as error:
            raise RuntimeError("wrapped") from error
    return n


def squares(n):
    for i in range(n):
        yield i * i


def echo():
    got = []
    while True:
        x = yield list(got)
        got.append(x)


def endless():
    return itertools.count(10, 5)


def apply(f, *args, **kwargs):
    return f(*args, **kwargs)


def catch(f):
    try:
        f()
    except LookupError as error:
        return type(error).__name__, str(error), error.args


def again(f):
    f()


def compose(f, g):
    return lambda x: f(g(x))


def by_key(items, key):
    return sorted(items, key=key)


def hello(name="world"):
    print(f"hello {name}")
    print("oops", file=sys.stderr)


def ask():
    return "Hi " + input("name? ")


def dice():
    return random.randint(1, 6)


def nap():
    time.sleep(100)
    return "woke"


def careful():
    warnings.warn("old thing", DeprecationWarning, stacklevel=2)
    return 1


def log_it():
    logging.getLogger("student").warning("careful")


def root(x):
    return math.sqrt(x)


def annotated(a: int, b: str = "q", *rest, c=3, **kw) -> bool:
    "what it does"
    return True


@contextlib.contextmanager
def managed(log):
    log.append("in")
    try:
        yield "v"
    finally:
        log.append("out")


def deep(n):
    return 0 if n == 0 else 1 + deep(n - 1)


def types_of(x):
    return type(x).__name__


def total(it):
    return sum(it)
