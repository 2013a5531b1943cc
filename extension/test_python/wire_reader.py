"""Reads encoded values back into Python, written apart from the encoders: the property tests compare with the original.

Only what arrived whole can come back; `n`, `shape` and hashes speak for the rest.
"""

from __future__ import annotations

import base64
import datetime as dt
import decimal
import math
import re
from typing import Any


def read_text(json: dict[str, Any]) -> str:
    if not json.get("esc"):
        return str(json["v"])
    return unescape(json["v"])


def unescape(text: str) -> str:
    def one(match: re.Match[str]) -> str:
        code = match.group(1)
        return "\\" if code == "\\" else "\x00" if code == "0" else chr(int(code[1:], 16))

    return re.sub(r"\\(\\|0|u[0-9A-F]{4})", one, text)


def read_float(json: Any) -> float:
    if isinstance(json, str):
        return {"nan": math.nan, "inf": math.inf, "-inf": -math.inf, "-0": -0.0}[json]
    return float(json)


def read_duration(text: str) -> int:
    """Nanoseconds of `-P1DT2.5S`."""
    sign, days, seconds, fraction = re.fullmatch(r"(-?)P(\d+)DT(\d+)(?:\.(\d{1,9}))?S", text).groups()  # type: ignore[union-attr]
    whole = (int(days) * 86_400 + int(seconds)) * 10**9 + int((fraction or "").ljust(9, "0"))
    return -whole if sign else whole


def read_value(json: dict[str, Any]) -> Any:
    kind = json["t"]
    if kind == "none":
        return None
    if kind == "bool":
        return json["v"]
    if kind == "int":
        return int(json["v"])
    if kind == "float":
        return read_float(json["v"])
    if kind == "complex":
        return complex(read_float(json["re"]), read_float(json["im"]))
    if kind == "str":
        return read_text(json)
    if kind == "bytes":
        return base64.b64decode(json["b64"])
    if kind == "datetime":
        return dt.datetime.fromisoformat(json["v"])
    if kind == "date":
        return dt.date.fromisoformat(json["v"])
    if kind == "time":
        return dt.time.fromisoformat(json["v"])
    if kind == "timedelta":
        return dt.timedelta(microseconds=read_duration(json["v"]) // 1_000)
    if kind in ("list", "tuple", "set", "frozenset"):
        make: Any = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}[kind]
        return make(read_value(item) for item in json["v"])
    if kind == "dict":
        return {read_value(key): read_value(item) for key, item in json["v"]}
    if kind == "repr" and json["cls"] == "decimal.Decimal":
        return decimal.Decimal(json["text"]["v"])
    if kind == "repr" and json["cls"] == "int":
        return int(json["text"]["v"], 16)
    raise ValueError(f"no reader for {kind}")


def read_cells(json: dict[str, Any]) -> list[Any]:
    """Cells with their escapes undone and tagged ones read."""
    return [
        read_value(item)
        if isinstance(item, dict)
        else unescape(item)
        if isinstance(item, str) and json.get("esc")
        else item
        for item in json["v"]
    ]


def read_array(json: dict[str, Any]) -> Any:
    """A numpy array of the dtype and shape that the wire names (byte order apart)."""
    import ast

    import numpy as np

    name, shape, cells = json["dtype"], tuple(json["shape"]), read_cells(json)
    if name.startswith("["):
        dtype = np.dtype(ast.literal_eval(name))
    elif re.fullmatch(r"str\d+", name):
        dtype = np.dtype(f"U{int(name[3:]) // 32}")
    elif re.fullmatch(r"bytes\d+", name):
        dtype, cells = np.dtype(f"S{int(name[5:]) // 8}"), [cell.encode("latin-1") for cell in cells]
    elif re.fullmatch(r"void\d+", name):
        dtype = np.dtype(f"V{int(name[4:]) // 8}")
    else:
        dtype = np.dtype(name)
    if dtype.kind == "c":
        part = np.dtype(f"f{dtype.itemsize // 2}")
        flat = np.empty(len(cells) // 2, dtype)
        flat.real = [float_of(np, part, cell) for cell in cells[::2]]
        flat.imag = [float_of(np, part, cell) for cell in cells[1::2]]
        return flat.reshape(shape)
    flat = np.empty(len(cells), dtype)
    for at, cell in enumerate(cells):
        if dtype.kind == "f":
            flat[at] = float_of(np, dtype, cell)
        elif dtype.kind in "iu":
            flat[at] = int(cell)
        elif dtype.kind in "mM":
            flat[at] = moment_of(np, dtype, cell)
        else:
            flat[at] = cell
    return flat.reshape(shape)


def float_of(np: Any, dtype: Any, cell: Any) -> Any:
    try:
        return dtype.type(read_float(cell))
    except KeyError:
        return dtype.type(cell)


def moment_of(np: Any, dtype: Any, cell: Any) -> Any:
    unit, count = np.datetime_data(dtype)
    if cell is None:
        return dtype.type("NaT", unit)
    if dtype.kind == "M":
        return np.datetime64(cell, (unit, count))
    if cell.startswith(("P", "-P")):
        step = {"W": 604_800, "D": 86_400, "h": 3_600, "m": 60, "s": 1}.get(unit, 0) * 10**9
        step = step or {"ms": 10**6, "us": 10**3, "ns": 1}[unit]
        return np.timedelta64(read_duration(cell) // step // count, (unit, count))
    return np.timedelta64(int(cell.split()[0]), (unit, count))


def read_pandas_column(json: dict[str, Any]) -> Any:
    """A pandas array of the column's dtype."""
    import numpy as np
    import pandas as pd

    name, cells = json["dtype"], read_cells(json)
    if name in ("object", "multi"):
        made = np.empty(len(cells), dtype=object)
        made[:] = cells
        return made
    if name == "category":
        return pd.Categorical(cells)
    zone = re.fullmatch(r"datetime64\[(\w+), (.+)\]", name)
    if zone:
        moments = [pd.NaT if cell is None else pd.Timestamp(cell).tz_convert("UTC") for cell in cells]
        return pd.DatetimeIndex(moments, tz="UTC").as_unit(zone[1]).tz_convert(zone[2])
    if name.startswith("period"):
        return pd.PeriodIndex(cells, dtype=name).array
    if name in ("str", "string", "boolean"):
        return pd.array(cells, dtype=name)
    if re.match(r"U?Int\d+$", name):
        return pd.array([None if cell is None else int(cell) for cell in cells], dtype=name)
    if re.match(r"Float\d+$", name):
        return pd.array([None if cell is None else read_float(cell) for cell in cells], dtype=name)
    if name.startswith("complex"):
        return np.array(cells, dtype=name)
    return read_array({"dtype": name, "shape": [len(cells)], "v": cells})


def read_pandas(json: dict[str, Any]) -> Any:
    """A frame or series with its index and column names."""
    import numpy as np
    import pandas as pd

    index: Any = pd.RangeIndex(json["shape"][0])
    if "index" in json:
        column = json["index"]
        if column["dtype"] == "multi":
            index = pd.MultiIndex.from_tuples(read_cells(column))
        else:
            index = pd.Index(read_pandas_column(column), name=name_of(column) or None)
    names = [name_of(column) for column in json["columns"]]
    if json["kind"] == "series":
        return series_of(pd, json["columns"][0], index).rename(names[0] if names[0] != "" else None)
    columns = [series_of(pd, column, index) for column in json["columns"]]
    frame = pd.concat(columns, axis=1) if columns else pd.DataFrame(index=index)
    labels = np.empty(len(names), dtype=object)
    labels[:] = names
    frame.columns = pd.Index(labels, dtype=object, tupleize_cols=False)
    return frame


def series_of(pd: Any, column: dict[str, Any], index: Any) -> Any:
    """`object` is said, or pandas would guess."""
    dtype = object if column["dtype"] == "object" else None
    return pd.Series(read_pandas_column(column), index=index, dtype=dtype)


def name_of(column: dict[str, Any]) -> Any:
    return read_value(column["key"]) if "key" in column else column["name"]


def read_polars_cells(json: dict[str, Any]) -> list[Any]:
    """Cells as Python values, as `Series.to_list` gives them, but moments as ISO text and durations in nanoseconds."""
    name, cells = json["dtype"], read_cells(json)
    if re.match(r"Float\d+$", name):
        return [None if cell is None else read_float(cell) for cell in cells]
    if re.match(r"U?Int\d+$", name):
        return [None if cell is None else int(cell) for cell in cells]
    if name.startswith("Duration"):
        return [None if cell is None else read_duration(cell) for cell in cells]
    return cells
