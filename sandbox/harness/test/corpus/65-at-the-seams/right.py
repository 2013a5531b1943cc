import random
from contextlib import contextmanager, redirect_stdout


def sort(data):
    data.sort()


@contextmanager
def redirected(stream):
    with redirect_stdout(stream):
        yield stream


def draw():
    return random.random()
