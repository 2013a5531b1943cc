"""Frames and series of polars. A lazy one holds a plan, no values: it is refused in words, never collected."""

from __future__ import annotations

import sys
from typing import Any

from . import limits
from .budget import Budget, Encoded, Refused
from .cells import Cell, mixed_cell
from .frames import finish, make_column, rows_of
from .plain import duration_text, float_json, int_cell
from .text import label

_UNIT_NANOSECONDS = {"ms": 10**6, "us": 10**3, "ns": 1}


def encode_polars(value: Any, budget: Budget) -> Encoded | None:
    """None when it is no frame, series or plan of polars."""
    pl = sys.modules.get("polars")
    if pl is None or not hasattr(pl, "DataFrame"):
        return None
    if isinstance(value, pl.LazyFrame):
        why = "a polars LazyFrame is a plan that has not run, so it holds no values yet"
        if budget.depth == 0:
            raise Refused("cannot-encode", f"{why}. Send what it gives: send(frame.collect(), …).")
        return {"t": "repr", "cls": "polars.LazyFrame", "text": {"v": f"<LazyFrame>, {why}"}}
    if isinstance(value, pl.Series):
        rows = rows_of(len(value), 1, budget)
        out: Encoded = {"t": "frame", "lib": "polars", "kind": "series", "shape": [len(value), 1]}
        out["columns"] = [_column(pl, value, rows, budget)]
        return finish(out, value, budget, lambda: _library_hash(value.to_frame()))
    if isinstance(value, pl.DataFrame):
        height, width = value.shape
        columns = width if budget.exact else min(width, limits.FRAME_COLUMNS)
        rows = rows_of(height, columns, budget)
        out = {"t": "frame", "lib": "polars", "kind": "frame", "shape": [height, width]}
        out["columns"] = [_column(pl, value.to_series(at), rows, budget) for at in range(columns)]
        return finish(out, value, budget, lambda: _library_hash(value))
    return None


def _library_hash(frame: Any) -> str | None:
    """polars' own row hashes, for tables too large to be hashed cell by cell: equal for the same version of polars."""
    import hashlib  # noqa: PLC0415

    digest = hashlib.sha256(f"polars|{frame.schema}|{frame.height}|".encode("utf-8", "surrogatepass"))
    digest.update(frame.hash_rows(seed=0).to_numpy().astype("<u8").tobytes())
    return digest.hexdigest()


def _column(pl: Any, series: Any, rows: int, budget: Budget) -> dict[str, Any]:
    return make_column(series.name, label(series.dtype), _cells(pl, series.head(rows), budget), budget)


def _cells(pl: Any, series: Any, budget: Budget) -> list[Cell]:
    dtype = series.dtype
    if isinstance(dtype, pl.Datetime):  # as text: Python's datetime has no nanoseconds
        return list(series.dt.to_string("iso:strict").to_list())
    if isinstance(dtype, pl.Duration):
        step = _UNIT_NANOSECONDS[dtype.time_unit]
        return [None if count is None else duration_text(count * step) for count in series.to_physical().to_list()]
    if dtype.is_float():
        return [None if item is None else float_json(item) for item in series.to_list()]
    if dtype.is_integer():
        return [None if item is None else int_cell(item) for item in series.to_list()]
    if dtype in (pl.Date, pl.Time):
        return list(series.dt.to_string("iso:strict").to_list())
    return [mixed_cell(item, budget) for item in series.to_list()]
