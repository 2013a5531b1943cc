"""Generated programs of a test and a student's module: across the seam a test sees what it sees in one process.

A program is a start – plain containers, arrays, frames, some inside others or the same object twice – and steps: the
test changes what it has, passes it to the student's functions, which change, keep, return and forget it in turn.
After each step the whole of what the test holds is compared, with which objects are the same one; at the end claims are
made, as a test's asserts would, and the verdicts on them compared.
"""

from __future__ import annotations

import copy
import os
import socket
import types
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nbpulse_harness.oracle.peer import TrustedPeer
from nbpulse_harness.probe.peer import UntrustedPeer
from nbpulse_harness.seam.channel import Channel
from nbpulse_harness.seam.errors import SeamError

SOURCE = (Path(__file__).parent / "programs" / "submission.py").read_text()


class Across:
    """The student's module behind the seam, in a process of its own; a new one when the last was lost."""

    def __init__(self) -> None:
        self._peer: TrustedPeer | None = None
        self._pid = 0
        self._module: Any = None

    def module(self) -> Any:
        if self._peer is None or self._peer.over is not None:
            self.close()
            self._start()
        return self._module

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        self._pid = os.fork()
        if self._pid == 0:
            ours.close()
            peer = UntrustedPeer(Channel(theirs))
            peer.notebook = types.ModuleType("submission")
            exec(SOURCE, peer.notebook.__dict__)
            peer.serve_for_ever()
        theirs.close()
        self._peer = TrustedPeer(Channel(ours))
        self._peer.in_test = True
        self._module = self._peer.request("import", ("submission",))

    def close(self) -> None:
        if self._peer is not None:
            self._peer.channel.close()
            os.waitpid(self._pid, 0)
            self._peer = None


@pytest.fixture(scope="module")
def across() -> Iterator[Across]:
    found = Across()
    yield found
    found.close()


@pytest.fixture(scope="module")
def alone() -> Any:
    module = types.ModuleType("alone")
    exec(SOURCE, module.__dict__)
    return module


# ---------------------------------------------------------------- what programs are made of

scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.floats(-4, 4, width=16), st.text("ab", max_size=2), st.just(2**70)
)
arrays: st.SearchStrategy[Any] = st.one_of(
    st.lists(st.integers(-5, 5), min_size=1, max_size=4).map(lambda items: np.array(items, dtype=np.int64)),
    st.lists(st.floats(-2, 2, width=16), min_size=1, max_size=4).map(lambda items: np.array(items, dtype=np.float32)),
    st.integers(1, 3).map(lambda n: np.arange(2 * n, dtype=np.int64).reshape(n, 2)),
    st.lists(st.booleans(), min_size=1, max_size=3).map(lambda items: np.array(items)),
)
columns = st.sampled_from([[3, 1, 2], [0.5, -1.0, 2.0], ["b", "a", "c"], [True, False, True]])
indexes = st.sampled_from([None, ["r", "s", "t"], [5, 6, 7]])
frames = st.builds(
    lambda first, rest, index: pd.DataFrame({"a": first, **rest}, index=index),
    columns,
    st.dictionaries(st.sampled_from(["b", "d"]), columns, max_size=2),
    indexes,
)
series = st.builds(lambda items, index: pd.Series(items, index=index, name="s"), columns, indexes)
leaves = st.one_of(scalars, scalars, arrays, frames, series)
values = st.recursive(
    leaves,
    lambda part: st.one_of(
        st.lists(part, max_size=3),
        st.lists(part, max_size=3).map(deque),
        st.dictionaries(st.text("abc", max_size=1), part, max_size=3),
        st.sets(st.integers(-3, 3), max_size=3),
        st.binary(max_size=3).map(bytearray),
        st.tuples(part),
        st.lists(part, min_size=1, max_size=1).map(lambda items: [items, items[0], items]),
    ),
    max_leaves=6,
)


def change_locally(student: Any, x: Any, y: Any) -> None:
    """The test's own change, between calls. Its own code, so it is the same on both sides."""
    if isinstance(x, (list, deque)):
        x.append(y)
    elif isinstance(x, dict):
        x["local"] = y
    elif isinstance(x, set):
        x.add(9)
    elif isinstance(x, bytearray):
        x.append(33)
    elif isinstance(x, np.ndarray):
        x[-1] = 1
    elif isinstance(x, pd.DataFrame):
        x["local"] = 1
    elif isinstance(x, pd.Series):
        x.iloc[-1] = x.iloc[0]


def view_locally(student: Any, x: Any, y: Any) -> Any:
    """A part of an array, which shares its numbers."""
    return x[:-1] if isinstance(x, np.ndarray) else None


Step = Callable[[Any, Any, Any], Any]


def by_name(name: str) -> Step:
    return lambda student, x, y: getattr(student, name)(x, y)


STEPS: dict[str, Step] = {
    **{
        name: by_name(name)
        for name in (
            "identity both named view insert change shorten inner clear changed_copy change_then_fail keep keep_pair "
            "change_kept give_kept forget fill_box change_box total"
        ).split()
    },
    "change locally": change_locally,
    "change locally again": change_locally,
    "read a global": lambda student, x, y: student.kept,
    "read an attribute": lambda student, x, y: student.box.content,
    "set an attribute": lambda student, x, y: setattr(student.box, "content", x),
    "use a generator": lambda student, x, y: list(student.each(x, y)),
    "a new box": lambda student, x, y: student.Box(x).content,
    "view locally": view_locally,
    "view locally again": view_locally,
    "clear locally": lambda student, x, y: x.clear(),
}
Program = list[tuple[str, int, int]]
programs = st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 9), st.integers(0, 9)), max_size=10)
WITH_IDENTITY = (list, dict, set, bytearray, deque, np.ndarray, pd.DataFrame, pd.Series)
#: What a test may hold at once. More only makes examples slow.
MOST_HELD = 8


def shape(value: Any) -> Any:
    """Types, values, which containers, arrays and frames are the same object, and which arrays share numbers."""
    seen: dict[int, int] = {}
    met: list[Any] = []

    def walk(v: Any) -> Any:
        kind = type(v).__name__
        if isinstance(v, WITH_IDENTITY):
            if id(v) in seen:
                return ("again", seen[id(v)])
            seen[id(v)] = len(seen)
        if isinstance(v, (list, tuple, deque)):
            return (kind, [walk(item) for item in v])
        if isinstance(v, dict):
            return (kind, [(walk(key), walk(item)) for key, item in v.items()])
        if isinstance(v, set):
            return (kind, sorted(map(repr, v)))
        if isinstance(v, np.ndarray):
            met.append(v)
            return (kind, str(v.dtype), v.shape, repr(v.tolist()))
        if isinstance(v, pd.DataFrame):
            return (kind, list(map(str, v.dtypes)), repr(v.to_dict("split")), str(v.index.dtype))
        if isinstance(v, pd.Series):
            return (kind, str(v.dtype), v.name, repr(v.to_dict()), str(v.index.dtype))
        return (kind, repr(v))

    form = walk(value)
    return form, [[bool(np.shares_memory(a, b)) for a in met] for b in met]


def outcome(action: Callable[[], Any]) -> tuple[str, Any]:
    try:
        return ("gave", action())
    except SeamError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a step raises is what the test sees
        return ("raised", (type(error).__name__, str(error)))


def run(student: Any, start: list[Any], program: Program) -> tuple[list[Any], list[Any]]:
    """What a test sees after each step, and what it holds at the end."""
    held = copy.deepcopy(start)
    seen = []
    student.reset()
    for name, i, j in program:
        x, y = held[i % len(held)], held[j % len(held)]
        word, value = outcome(lambda step=STEPS[name], x=x, y=y: step(student, x, y))  # type: ignore[misc]
        if word == "gave" and value is not None and len(held) < MOST_HELD:
            held.append(value)
        seen.append((name, word, shape(value), shape(held)))
        del x, y, value
    return seen, held


def has_identity(value: Any) -> bool:
    return value is None or isinstance(value, (bool, *WITH_IDENTITY))


CLAIMS: dict[str, Callable[[Any, Any], Any]] = {
    # Of two equal tuples or numbers Python itself does not promise which are one object.
    "is": lambda a, b: a is b and has_identity(a),
    "==": lambda a, b: bool(np.all(a == b)),
    "in": lambda a, b: a in b,
    "len": lambda a, b: len(a) == len(b),
    "isinstance": lambda a, b: isinstance(a, type(b)),
    "bool": lambda a, b: bool(a),
    "sorted": lambda a, b: list(a) == sorted(a),
    "approx": lambda a, b: a == pytest.approx(b),
    "raises": lambda a, b: a + b is not None,
}
claims = st.lists(st.tuples(st.sampled_from(sorted(CLAIMS)), st.integers(0, 9), st.integers(0, 9)), max_size=4)


def verdict(held: list[Any], name: str, i: int, j: int) -> str:
    word, value = outcome(lambda: bool(CLAIMS[name](held[i % len(held)], held[j % len(held)])))
    return f"error: {value[0]}" if word == "raised" else "passed" if value else "failed"


def check(across: Across, alone: Any, start: list[Any], program: Program, made: Program) -> None:
    seen_alone, held_alone = run(alone, start, program)
    try:
        seen_across, held_across = run(across.module(), start, program)
    except SeamError as error:
        raise AssertionError(f"the session was lost: {error}") from error
    for one, other in zip(seen_alone, seen_across, strict=True):
        assert one == other
    for claim in made:
        assert verdict(held_alone, *claim) == verdict(held_across, *claim), claim


#: pandas' own plans for operations that nobody would write.
pytestmark = pytest.mark.filterwarnings("ignore")
many = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@many
@given(st.lists(values, min_size=1, max_size=3), programs, claims)
def test_programs(across: Across, alone: Any, start: list[Any], program: Program, made: Program) -> None:
    check(across, alone, start, program, made)


@many
@given(values, programs, claims)
def test_programs_on_one_object_held_twice(
    across: Across, alone: Any, value: Any, program: Program, made: Program
) -> None:
    check(across, alone, [value, value, [value]], program, made)


@many
@given(st.lists(st.one_of(arrays, frames, series), min_size=1, max_size=3), programs, claims)
def test_programs_on_arrays_and_frames(
    across: Across, alone: Any, start: list[Any], program: Program, made: Program
) -> None:
    check(across, alone, [*start, list(start)], program, made)
