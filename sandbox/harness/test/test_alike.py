"""Containers that both ends know are compared all at once; what changed is found all the same, and nothing else is."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nbpulse_harness.seam.shared import SharedTable


def some_of_each_kind() -> dict[str, Any]:
    two_levels = pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["x", "y"])
    return {
        "list": [1, 2],
        "other list": [1, 2],
        "dict": {"a": 1},
        "set": {1, 2},
        "deque": deque([1, 2]),
        "ordered": OrderedDict(a=1),
        "bytes": bytearray(b"ab"),
        "array": np.arange(4.0),
        "other array": np.arange(4.0),
        "large array": np.zeros(50_000),
        "frame": pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}),
        "other frame": pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}),
        "series": pd.Series([1, 2], name="s"),
        "two levels": pd.DataFrame({"a": [1, 2]}, index=two_levels),
    }


def _set(key: Any, value: Any) -> Callable[[Any], None]:
    return lambda container: container.__setitem__(key, value)


def _name_axis(frame: Any) -> None:
    frame.index.name = "row"


def _name_level(frame: Any) -> None:
    frame.index.names = ["x", "z"]


def _rename(series: Any) -> None:
    series.name = "t"


CHANGES: list[tuple[str, Callable[[Any], None]]] = [
    ("list", _set(0, 3)),
    ("list", lambda found: found.append(3)),
    ("dict", _set("a", 2)),
    ("dict", _set("b", 2)),
    ("set", lambda found: found.add(3)),
    ("deque", lambda found: found.rotate()),
    ("ordered", _set("a", 2)),
    ("bytes", _set(0, 99)),
    ("array", _set(0, np.nan)),
    ("array", _set(0, -0.0)),
    ("large array", _set(49_999, 1.0)),
    ("frame", lambda frame: frame.iloc.__setitem__((0, 0), 7)),
    ("frame", lambda frame: frame.loc.__setitem__((1, "b"), "z")),
    ("frame", _set("c", [5, 6])),
    ("frame", lambda frame: frame.drop(columns="b", inplace=True)),
    ("frame", lambda frame: frame.sort_values("a", ascending=False, inplace=True)),
    ("frame", lambda frame: frame.rename(columns={"a": "A"}, inplace=True)),
    ("frame", _name_axis),
    ("series", _set(0, 9)),
    ("series", _rename),
    ("series", _name_axis),
    ("two levels", _name_level),
    ("two levels", lambda frame: frame.iloc.__setitem__((0, 0), 7)),
]


def entered(table: SharedTable, containers: dict[str, Any]) -> dict[int, str]:
    numbers = {}
    for name, value in containers.items():
        number = table.enter(value)
        table.remember(number)
        numbers[number] = name
    return numbers


def test_nothing_changed() -> None:
    table = SharedTable(trusted=True)
    containers = some_of_each_kind()
    entered(table, containers)
    assert table.changes() == []
    assert table.copy().changes() == []


@pytest.mark.parametrize(("name", "change"), CHANGES)
def test_what_changed_is_found_once(name: str, change: Callable[[Any], None]) -> None:
    table = SharedTable(trusted=True)
    containers = some_of_each_kind()
    numbers = entered(table, containers)
    change(containers[name])
    assert [numbers[number] for number, _ in table.changes()] == [name]
    for _, entry in table.changes():
        table.settle(entry)
    assert table.changes() == []


@pytest.mark.parametrize("name", some_of_each_kind())
def test_what_nobody_holds_is_over(name: str) -> None:
    table = SharedTable(trusted=False)
    containers = some_of_each_kind()
    numbers = entered(table, containers)
    assert table.sweep() == []
    del containers[name]
    assert [numbers[number] for number in table.sweep()] == [name]
    assert table.changes() == [] and len(table) == len(containers)


def test_a_frame_that_gets_two_levels_is_compared_by_them() -> None:
    table = SharedTable(trusted=True)
    frame = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
    entered(table, {"frame": frame})
    frame.set_index(["a", "b"], inplace=True)
    ((number, entry),) = table.changes()
    table.settle(entry)
    assert table.changes() == []
    frame.index.names = ["a", "c"]
    assert [found for found, _ in table.changes()] == [number]
