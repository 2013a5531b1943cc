import asyncio
import contextlib
import datetime
import logging
import math
import os
import random
import sys
import time
import warnings

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

COUNT = 3
TABLE = {"a": [1, 2]}
open("out.csv", "w").write("a,b\n1,2\n")
os.makedirs("sub", exist_ok=True)
open("sub/x.txt", "w").write("deep")


async def afetch(x):
    await asyncio.sleep(0)
    return x * 2


async def afail():
    raise ValueError("no async")


async def agen(n):
    for i in range(n):
        await asyncio.sleep(0)
        yield i


class ACtx:
    def __init__(self):
        self.log = []

    async def __aenter__(self):
        self.log.append("in")
        return self

    async def __aexit__(self, *a):
        self.log.append("out")
        return False


@contextlib.asynccontextmanager
async def amanaged():
    yield 7


async def gather_all(fs):
    return await asyncio.gather(*[f() for f in fs])


async def call_cb(cb):
    return await cb(5)


def echoer():
    got = None
    while True:
        try:
            got = yield got
        except KeyError:
            got = "caught"


def closing(log):
    try:
        yield 1
        yield 2
    finally:
        log.append("closed")


@contextlib.contextmanager
def managed(x):
    yield x + 1


def add(a: int, b: int = 2, *, c=3) -> int:
    """Adds."""
    # comment
    return a + b + c


class Shape:
    sides = 0

    def __init__(self, name):
        self.name = name

    def area(self):
        raise NotImplementedError

    def describe(self):
        return f"{self.name} {self.area()}"


class Base:
    def hook(self):
        return "base"

    def run(self):
        return self.hook()


def helper():
    return 1


def uses_helper():
    return helper() + 1


def ask():
    return input("name? ")


def roll():
    return random.randint(1, 6)


def nap():
    time.sleep(100)
    return "slept"


def today():
    return datetime.date.today().year


def env():
    return os.environ.get("MY_KEY")


def cwd_files():
    return sorted(os.listdir("."))


def here():
    return os.getcwd()


def draw(n):
    return [random.random() for _ in range(n)]


def npdraw(n):
    return np.random.rand(n)


def deep(n):
    return 0 if n == 0 else 1 + deep(n - 1)


def say():
    print("hello")
    print("err", file=sys.stderr)
    return 1


def warn():
    warnings.warn("old", DeprecationWarning, stacklevel=2)
    return 1


def log():
    logging.getLogger("student").warning("careful")
    logging.info("x")
    return 1


def bump():
    global COUNT
    COUNT += 1
    return COUNT


def plot():
    fig, ax = plt.subplots()
    ax.plot([1, 2, 3], [1, 4, 9], label="sq")
    ax.set_title("T")
    ax.set_xlabel("x")
    ax.legend()
    return ax


def read(path):
    return open(path).read()


def write_csv():
    pd.DataFrame({"a": [1]}).to_csv("made.csv", index=False)


def load_module_fn():
    return math.sqrt(4)


def mysum(xs):
    return sum(xs)


def rev(s):
    return s[::-1]


def main():
    name = input()
    print(f"Hello {name}")


if __name__ == "__main__":
    main()


def mutate_global():
    TABLE["a"].append(3)


def frame_summary(df):
    return df.groupby("k")["v"].sum()


class Res:
    def __enter__(self):
        return self

    def __exit__(self, *a):
        self.closed = True
        return False


def now():
    return datetime.datetime.now()


def sorter(x, key):
    return sorted(x, key=key)


async def slow(n):
    await asyncio.sleep(n)
    return n


EVENTS = []


async def mark(name):
    EVENTS.append(f"begin {name}")
    await asyncio.sleep(0.01)
    EVENTS.append(f"end {name}")


def read_all():
    return sys.stdin.read()


def read_line():
    return sys.stdin.readline()


def all_lines():
    return list(sys.stdin)


def ask_two():
    return int(input()) + int(input())
