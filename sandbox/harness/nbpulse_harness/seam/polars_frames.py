"""polars by value: frames and series as names, types and lists of values; never Arrow's bytes on a peer's word.

Only plain column types cross so; a frame with others goes as a handle. Nearly all of polars makes new frames, so a
frame that came across is a copy: what one end changes in place the other does not see.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

from .values import Parts

#: Column types by name; each is made without parameters. A date or time has its values as Python's own.
_DTYPES = frozenset(
    "Int8 Int16 Int32 Int64 UInt8 UInt16 UInt32 UInt64 Float32 Float64 Boolean String Date Time Null".split()
)
TAGS = frozenset({"polars-frame", "polars-series"})
_COLUMNS = 10_000


def to_parts(value: Any) -> Parts | None:
    """How a frame or series is sent; None for everything else, and for columns of other types."""
    polars = sys.modules.get("polars")
    if polars is None or not hasattr(polars, "DataFrame"):
        return None
    kind = type(value)
    if kind is polars.Series:
        column = _column(value)
        return None if column is None else ("polars-series", column)
    if kind is polars.DataFrame:
        columns = [_column(series) for series in value.get_columns()]
        return None if None in columns else ("polars-frame", (value.height, tuple(columns)))
    return None


def _column(series: Any) -> tuple[Any, ...] | None:
    dtype = str(series.dtype)
    return (series.name, dtype, tuple(series.to_list())) if dtype in _DTYPES else None


def from_parts(tag: str, parts: Any) -> Any:
    """The value that `to_parts` took apart. Raises ValueError, TypeError or polars' own errors on anything else."""
    polars = importlib.import_module("polars")
    if type(parts) is not tuple:
        raise ValueError("parts")
    if tag == "polars-series":
        return _series(polars, parts)
    height, columns = parts
    if type(columns) is not tuple or len(columns) > _COLUMNS:
        raise ValueError("columns")
    frame = polars.DataFrame([_series(polars, column) for column in columns])
    if columns and frame.height != height:
        raise ValueError("height")
    return frame


def _series(polars: Any, column: Any) -> Any:
    name, dtype, values = column
    if type(name) is not str or dtype not in _DTYPES or type(values) is not tuple:
        raise ValueError("column")
    return polars.Series(name, list(values), dtype=getattr(polars, dtype), strict=True)
