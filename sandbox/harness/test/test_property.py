"""For generated plain data: what a student's function does to its arguments is seen as in one process."""

from __future__ import annotations

import copy
import datetime
import decimal
import fractions
import math
import os
import socket
import types
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nbpulse_harness.oracle.peer import TrustedPeer
from nbpulse_harness.probe.peer import UntrustedPeer
from nbpulse_harness.seam.channel import Channel

SOURCE = """
kept = []

def identity(x):
    return x

def twice(x):
    return [x, x]

def change(x):
    "Change every container inside, once."
    seen = set()
    def walk(v):
        if id(v) in seen:
            return
        seen.add(id(v))
        if type(v) is list:
            for item in list(v): walk(item)
            v.append(len(v))
            v.reverse()
        elif type(v) is dict:
            for item in list(v.values()): walk(item)
            v['new'] = len(v)
        elif type(v) is set:
            v.add(-1)
        elif type(v) is tuple:
            for item in v: walk(item)
        elif type(v) is bytearray:
            v.extend(b'x')
    walk(x)
    return x

def keep(x):
    kept.append(x)
    return len(kept)

def change_kept():
    for x in kept:
        change(x)
"""


@pytest.fixture(scope="module")
def student() -> Iterator[Any]:
    """The submission's module behind the seam, in a process of its own."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        ours.close()
        peer = UntrustedPeer(Channel(theirs))
        peer.notebook = types.ModuleType("submission")
        exec(SOURCE, peer.notebook.__dict__)
        peer.serve_for_ever()
    theirs.close()
    peer = TrustedPeer(Channel(ours))
    peer.in_test = True
    yield peer.request("import", ("submission",))
    peer.channel.close()
    os.waitpid(pid, 0)


@pytest.fixture(scope="module")
def alone() -> Any:
    module = types.ModuleType("alone")
    exec(SOURCE, module.__dict__)
    return module


hashable = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=8),
    st.binary(max_size=8),
    st.complex_numbers(allow_nan=False),
    st.dates(),
    st.datetimes(),
    st.timedeltas(),
    st.fractions(),
    st.decimals(allow_nan=False),
)
plain = st.recursive(
    hashable,
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.tuples(inner, inner),
        st.dictionaries(hashable, inner, max_size=4),
        st.sets(hashable, max_size=4),
        st.frozensets(hashable, max_size=4),
        st.binary(max_size=5).map(bytearray),
        st.lists(inner, min_size=1, max_size=2).map(lambda items: [items, items, {"a": items}]),
    ),
    max_leaves=12,
)
many = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))


def shape(value: Any) -> Any:
    """Types, values and which containers are the same object."""
    seen: dict[int, int] = {}

    def walk(v: Any) -> Any:
        if isinstance(v, (list, dict, set, bytearray)):
            if id(v) in seen:
                return ("again", seen[id(v)])
            seen[id(v)] = len(seen)
        kind = type(v).__name__
        if isinstance(v, (list, tuple)):
            return (kind, [walk(item) for item in v])
        if isinstance(v, dict):
            return (kind, [(walk(key), walk(item)) for key, item in v.items()])
        if isinstance(v, (set, frozenset)):
            return (kind, sorted(repr(walk(item)) for item in v))
        return (kind, repr(v))

    return walk(value)


@many
@given(plain)
def test_values_come_back_as_they_went(student: Any, value: Any) -> None:
    assert shape(student.identity(value)) == shape(value)
    assert student.identity(value) == value


@many
@given(plain)
def test_the_same_object_twice(student: Any, alone: Any, value: Any) -> None:
    assert shape(student.twice(value)) == shape(alone.twice(value))
    if isinstance(value, (list, dict, set, bytearray)):
        first, second = student.twice(value)
        assert first is value and second is value


@many
@given(plain)
def test_changes_in_place(student: Any, alone: Any, value: Any) -> None:
    mine, theirs = copy.deepcopy(value), copy.deepcopy(value)
    assert shape(student.change(mine)) == shape(alone.change(theirs))
    assert shape(mine) == shape(theirs)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(plain)
def test_what_the_student_keeps_stays_in_step(student: Any, alone: Any, value: Any) -> None:
    mine, theirs = [copy.deepcopy(value)], [copy.deepcopy(value)]
    assert student.keep(mine) == alone.keep(theirs)
    mine.append(1)
    theirs.append(1)
    student.change_kept()
    alone.change_kept()
    assert shape(mine) == shape(theirs)
    student.kept.clear()
    alone.kept.clear()


numbers = st.one_of(st.integers(-(2**40), 2**40), st.floats(width=32))


@many
@given(st.lists(numbers, max_size=20), st.sampled_from(["f8", "i8", "f4", "c16", "O", "U9"]))
def test_arrays(student: Any, items: list[Any], dtype: str) -> None:
    if dtype in ("i8", "O"):
        items = [int(item) if math.isfinite(item) and abs(item) < 2**62 else 0 for item in items]
    array = np.array(items, dtype=dtype)
    back = student.identity(array)
    assert type(back) is np.ndarray and back.dtype == array.dtype and back.shape == array.shape
    np.testing.assert_array_equal(back, array)


columns = st.sampled_from(
    [
        [1, 2, 3],
        [1.5, float("nan"), 2.0],
        ["a", None, "b"],
        [True, False, True],
        pd.to_datetime(["2020-01-01", None, "2021-05-05"]),
        pd.to_datetime(["2020-01-01", "2020-06-01", "2021-05-05"]).tz_localize("Europe/Paris"),
        pd.Categorical(["x", "y", "x"]),
        pd.array([1, None, 3], dtype="Int64"),
        pd.array(["a", None, "c"], dtype="string"),
        pd.to_timedelta([1, 2, 3], unit="h"),
        pd.period_range("2020-01", periods=3, freq="M"),
        pd.PeriodIndex(["2020Q1", None, "2020Q3"], freq="Q-JAN"),
        [decimal.Decimal("1.5"), fractions.Fraction(1, 3), datetime.date(2020, 1, 1)],
        [[1], {"a": 2}, (3,)],
    ]
)
indexes = st.sampled_from(
    [
        None,
        ["r", "s", "t"],
        pd.date_range("2020", periods=3),
        pd.MultiIndex.from_tuples([("a", 1), ("a", 2), ("b", 1)], names=["k", "n"]),
        pd.Index([5, 6, 7], name="id"),
        pd.RangeIndex(10, 16, 2),
        pd.period_range("2021-05", periods=3, freq="2W-SUN", name="week"),
    ]
)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.sampled_from(["a", "b", 3, ("t", 1)]), columns, min_size=1, max_size=4), indexes)
def test_frames(student: Any, data: dict[Any, Any], index: Any) -> None:
    frame = pd.DataFrame({key: pd.Series(value) for key, value in data.items()})
    if index is not None:
        frame.index = index
    back = student.identity(frame)
    pd.testing.assert_frame_equal(back, frame)
    for key in frame.columns:
        pd.testing.assert_series_equal(student.identity(frame[key]), frame[key])


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1)), min_size=2, max_size=2),
    st.lists(st.one_of(st.none(), st.text(max_size=5)), min_size=2, max_size=2),
    st.lists(st.one_of(st.none(), st.dates(), st.just(None)), min_size=2, max_size=2),
)
def test_polars(student: Any, numbers: list[Any], texts: list[Any], days: list[Any]) -> None:
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame(
        {"n": numbers, "text": texts, "day": days, "f": [0.5, None]},
        schema={"n": polars.Int64, "text": polars.String, "day": polars.Date, "f": polars.Float32},
    )
    back = student.identity(frame)
    assert type(back) is polars.DataFrame and back.schema == frame.schema and back.equals(frame)
    assert student.identity(frame["n"]).to_list() == numbers
    assert student.identity(frame.clear()).schema == frame.schema
