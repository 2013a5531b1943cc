"""A student's module that changes, keeps, returns and forgets what it is given, for `test_same_verdict.py`."""

from collections import deque

import numpy as np
import pandas as pd

kept = []


class Box:
    "Keeps what it is given."

    def __init__(self, content):
        self.content = content

    def put(self, item):
        self.content, before = item, self.content
        return before


box = Box(None)


def reset():
    kept.clear()
    box.content = None


def identity(x, y):
    return x


def both(x, y):
    return [x, y, x]


def named(x, y):
    return {"x": x, "y": y}


def view(x, y):
    "A view of an array: of its end, turned, or in another shape."
    if not isinstance(x, np.ndarray):
        raise TypeError(f"no view of {type(x).__name__}")
    return x[1:] if isinstance(y, int) else x.T if isinstance(y, str) else [x, x.reshape(-1)[::-1]]


def insert(x, y):
    "Put y into x, in place, as its kind allows."
    if isinstance(x, (list, deque)):
        x.append(y)
    elif isinstance(x, dict):
        x[len(x)] = y
    elif isinstance(x, set):
        x.add(len(x))
    elif isinstance(x, bytearray):
        x.extend(b"!")
    elif isinstance(x, np.ndarray):
        x[0] = x[-1]
    elif isinstance(x, pd.DataFrame):
        x[f"c{len(x.columns)}"] = range(len(x))
    elif isinstance(x, pd.Series):
        x.iloc[0] = x.iloc[-1]
    else:
        raise TypeError(f"nothing can be put into {type(x).__name__}")


def change(x, y):
    if isinstance(x, (list, deque, bytearray)):
        x.reverse()
    elif isinstance(x, dict):
        x.update({"new": len(x)})
    elif isinstance(x, set):
        x ^= {1, 2}
    elif isinstance(x, np.ndarray):
        x *= 2
    elif isinstance(x, pd.DataFrame):
        x[x.columns[0]] = list(x[x.columns[0]])[::-1]
    elif isinstance(x, pd.Series):
        x *= 2
    else:
        return x + x
    return x


def shorten(x, y):
    "Take something out, and give it back."
    if isinstance(x, dict):
        return x.popitem()
    if isinstance(x, np.ndarray):
        return x[1:].copy()
    if isinstance(x, pd.DataFrame):
        return x.pop(list(x.columns)[-1])
    return x.pop()


def inner(x, y):
    "Something that is inside, without taking it out."
    if isinstance(x, dict):
        return list(x.values())[0]
    if isinstance(x, (pd.DataFrame, pd.Series)):
        return x.iloc[0].copy() if isinstance(x, pd.DataFrame) else x.iloc[0]
    return x[0]


def clear(x, y):
    x.clear()


def changed_copy(x, y):
    x = x.copy()
    return change(x, y)


def change_then_fail(x, y):
    insert(x, y)
    raise ValueError(f"after the change of a {type(x).__name__}")


def keep(x, y):
    kept.append(x)
    return len(kept)


def keep_pair(x, y):
    kept.append([x, y])


def change_kept(x, y):
    for item in kept:
        change(item, None)


def give_kept(x, y):
    return kept


def forget(x, y):
    del kept[:1]


def fill_box(x, y):
    return box.put(x)


def change_box(x, y):
    insert(box.content, y)
    return box.content


def each(x, y):
    for item in x:
        yield item
        change_kept(None, None)


def total(x, y):
    return sum(x)
