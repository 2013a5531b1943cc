"""A value in plain JSON, exactly: what a page must show of it. Written from the value itself, without nbpulse.

Its counterpart, from what the page decodes, is server/web/src/values/described.test-model.ts.
"""

from __future__ import annotations

import datetime as dt
import decimal
import json
import math
import struct
from typing import Any

import numpy as np
import pandas as pd
import polars as pl


def number_of(value: float) -> list[Any]:
    """A double by its bytes, so that no printing can blur it."""
    return ["float", "nan" if math.isnan(value) else struct.pack(">d", value).hex()]


def describe(value: Any) -> Any:
    kind = type(value)
    if value is None:
        return ["none"]
    if kind is bool:
        return ["bool", value]
    if kind is int:
        return ["int", format_int(value)]
    if kind is float:
        return number_of(value)
    if kind is complex:
        return ["complex", number_of(value.real), number_of(value.imag)]
    if kind is str:
        return ["str", value]
    if kind is bytes:
        return ["bytes", value.hex()]
    if kind in (dt.datetime, dt.date, dt.time):
        return [kind.__name__, value.isoformat()]
    if kind is dt.timedelta:
        return [
            "timedelta",
            nanoseconds_text(((value.days * 86_400 + value.seconds) * 10**6 + value.microseconds) * 1000),
        ]
    if kind is decimal.Decimal:
        return ["decimal", str(value)]
    if kind in (list, tuple):
        return [kind.__name__, [describe(item) for item in value]]
    if kind in (set, frozenset):
        return [kind.__name__, sorted((describe(item) for item in value), key=json.dumps)]
    if kind is dict:
        return ["dict", [[describe(key), describe(item)] for key, item in value.items()]]
    if isinstance(value, np.generic):
        return ["scalar", str(value.dtype), describe(value.item())]
    if isinstance(value, np.ndarray):
        return ["array", list(value.shape), [describe_element(item) for item in value.reshape(-1)]]
    if isinstance(value, pd.Series):
        return ["frame", [len(value), 1], [pandas_column(value)]]
    if isinstance(value, pd.DataFrame):
        return ["frame", list(value.shape), [pandas_column(value.iloc[:, at]) for at in range(value.shape[1])]]
    if isinstance(value, pl.Series):
        return ["frame", [len(value), 1], [polars_column(value)]]
    if isinstance(value, pl.DataFrame):
        return ["frame", list(value.shape), [polars_column(column) for column in value]]
    raise TypeError(f"no description for {kind}")


def format_int(value: int) -> str:
    return hex(value) if value.bit_length() > 14_000 else str(value)


def nanoseconds_text(count: int) -> str:
    sign = "-" if count < 0 else ""
    seconds, fraction = divmod(abs(count), 10**9)
    return (
        f"{sign}P{seconds // 86_400}DT{seconds % 86_400}" + (f".{fraction:09d}".rstrip("0") if fraction else "") + "S"
    )


def describe_element(item: Any) -> Any:
    """One element of an array."""
    if item.dtype.names:
        return ["tuple", [describe(part) for part in item.item()]]
    code = item.dtype.kind
    if code == "f" and item.dtype.itemsize > 8:
        return number_of(float(item)) if float(item) == item else ["wide"]
    if code in "mM":
        return ["none"] if np.isnat(item) else ["moment"]
    if code == "S":
        return ["str", item.decode("latin-1")]
    return describe(item.item())


def pandas_column(series: Any) -> Any:
    cells = []
    for item, gone in zip(series.astype(object).tolist(), series.isna().tolist()):
        if isinstance(item, (pd.Timestamp, pd.Timedelta, pd.Period)):
            cells.append(["moment"])
        elif gone and not isinstance(item, (float, complex)) or gone and series.dtype in ("str", "category"):
            cells.append(["none"])
        else:
            cells.append(describe(item.item() if isinstance(item, np.generic) else item))
    return [name_of(series.name), str(series.dtype), cells]


def name_of(name: Any) -> Any:
    return "" if name is None or name == "" else describe(name)


def polars_column(series: Any) -> Any:
    cells = series.to_list()
    if series.dtype in (pl.Datetime, pl.Duration, pl.Date, pl.Time):
        described = [["none"] if item is None else ["moment"] for item in cells]
    else:
        described = [describe(item) for item in cells]
    return [name_of(series.name), str(series.dtype), described]
