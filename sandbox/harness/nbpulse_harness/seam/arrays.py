"""numpy and pandas by value: raw numbers with dtype and shape, frames column by column, never a pickle.

Object arrays travel as lists of values; structured dtypes don't cross. Each function that builds from received parts
checks them and raises ValueError or TypeError: numpy would otherwise read memory on a peer's word.
"""

from __future__ import annotations

import re
import sys
from typing import Any

from .values import Parts, zone_from, zone_parts

_DTYPE = re.compile(r"[<>|=][biufcSUmM]\d{1,6}(\[\d{0,4}[a-zA-Zμ]{1,4}\])?")
_EXTENSION_DTYPE = re.compile(
    r"object|str|string(\[\w+\])?|U?Int(8|16|32|64)|Float(32|64)|boolean|datetime64\[\w+, [\w/+:\-]+\]|period\[\w\]"
)
TAGS = frozenset(
    "array object-array scalar dtype timestamp timedelta-pandas range-index multi-index datetime-index index series "
    "frame categorical".split()
)


def is_array(value: object) -> bool:
    numpy = sys.modules.get("numpy")
    return numpy is not None and type(value) is numpy.ndarray


def is_frame(value: object) -> bool:
    """True for exactly a DataFrame or a Series."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and type(value) in (pandas.DataFrame, pandas.Series)


def to_parts(value: Any) -> Parts | None:
    """How a numpy or pandas value is sent; None when it has no form (then it goes as a handle)."""
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return None
    kind = type(value)
    if kind is numpy.ndarray:
        if value.dtype.fields is not None:
            return None
        if value.dtype.hasobject:
            return "object-array", (value.shape, tuple(value.ravel().tolist()))
        return "array", (value.dtype.str, value.shape, value.tobytes())
    if isinstance(value, numpy.generic) and kind.__module__ == "numpy":
        if value.dtype.hasobject or value.dtype.fields is not None:
            return None
        return "scalar", (value.dtype.str, value.tobytes())
    if isinstance(value, numpy.dtype) and value.fields is None and not value.hasobject:
        return "dtype", (value.str,)
    return _pandas_parts(value)


def _pandas_parts(value: Any) -> Parts | None:
    pandas = sys.modules.get("pandas")
    if pandas is None:
        return None
    kind = type(value)
    try:
        if kind is pandas.Timestamp:
            return "timestamp", (value.value, value.unit, zone_parts(value.tz))
        if kind is pandas.Timedelta:
            return "timedelta-pandas", (value.value, value.unit)
        if kind is pandas.RangeIndex:
            return "range-index", (value.start, value.stop, value.step, value.name)
        if kind is pandas.MultiIndex:
            return "multi-index", (tuple(tuple(row) for row in value.tolist()), tuple(value.names))
        if kind is pandas.DatetimeIndex:
            return "datetime-index", (value.asi8.tobytes(), value.unit, value.name, zone_parts(value.tz))
        if isinstance(value, pandas.Index):
            return "index", (_column(value), value.name)
        if kind is pandas.Series:
            return "series", (_column(value), value.index, value.name)
        if kind is pandas.DataFrame:
            columns = tuple(_column(value.iloc[:, i]) for i in range(value.shape[1]))
            return "frame", (columns, value.columns, value.index)
        if kind is pandas.Categorical:
            return "categorical", (_column(value),)
    except (ValueError, AttributeError):
        return None
    return None


def _column(series: Any) -> tuple[Any, ...]:
    """One column: numpy's bytes where it is numpy's, codes and categories, else a list and the name of its dtype."""
    import numpy
    import pandas

    dtype = series.dtype
    if isinstance(dtype, numpy.dtype) and not dtype.hasobject:
        data = numpy.ascontiguousarray(series)
        return ("numbers", dtype.str, data.tobytes())
    if isinstance(dtype, pandas.CategoricalDtype):
        values = series.cat if hasattr(series, "cat") else series
        codes = numpy.asarray(values.codes, dtype="<i8")
        return ("codes", codes.tobytes(), dtype.categories, bool(dtype.ordered))
    if not _EXTENSION_DTYPE.fullmatch(str(dtype)):
        raise ValueError(f"a column of {dtype} has no form of its own")
    return ("list", str(dtype), tuple(None if item is pandas.NA else item for item in series.tolist()))


def _dtype(text: Any) -> Any:
    import numpy

    if type(text) is not str or not _DTYPE.fullmatch(text):
        raise ValueError(f"dtype {text!r:.50}")
    dtype = numpy.dtype(text)
    if dtype.hasobject:
        raise ValueError("dtype with objects")
    return dtype


def _shape(shape: Any) -> tuple[int, ...]:
    if type(shape) is not tuple or len(shape) > 32 or not all(type(n) is int and n >= 0 for n in shape):
        raise ValueError("shape")
    return shape


def _raw(data: Any) -> bytes:
    if type(data) is not bytes:
        raise ValueError("bytes are expected")
    return data


def _label(name: Any) -> Any:
    """A name of an index or column: a plain hashable value, so that nothing of the student's is hashed here."""
    if type(name) is tuple:
        return tuple(_label(part) for part in name)
    if name is None or type(name) in (str, int, float, bool, bytes) or type(name).__module__ in ("numpy", "datetime"):
        return name
    if type(name).__module__.startswith("pandas."):
        return name
    raise ValueError("label")


def _uncolumn(column: Any) -> Any:
    import numpy
    import pandas

    kind, *rest = column
    if kind == "numbers":
        return numpy.frombuffer(_raw(rest[1]), dtype=_dtype(rest[0])).copy()
    if kind == "codes":
        codes = numpy.frombuffer(_raw(rest[0]), dtype="<i8")
        categories = rest[1]
        if not isinstance(categories, pandas.Index):
            raise ValueError("categories")
        return pandas.Categorical.from_codes(codes, categories, ordered=rest[2] is True)
    if kind == "list" and type(rest[1]) is tuple:
        dtype = rest[0]
        if type(dtype) is not str or not _EXTENSION_DTYPE.fullmatch(dtype):
            raise ValueError("dtype")
        if dtype == "object":
            return _objects(rest[1])
        return pandas.array(list(rest[1]), dtype=dtype)
    raise ValueError("column")


def _objects(items: tuple[Any, ...]) -> Any:
    import numpy

    array: Any = numpy.empty(len(items), dtype=object)
    for index, item in enumerate(items):
        array[index] = item
    return array


def _index(value: Any) -> Any:
    import pandas

    if not isinstance(value, pandas.Index):
        raise ValueError("index")
    return value


def from_parts(tag: str, parts: Any) -> Any:
    """The value that `to_parts` took apart. Raises ValueError, TypeError or AttributeError on anything else."""
    import numpy

    if type(parts) is not tuple:
        raise ValueError("parts")
    if tag == "array":
        dtype, shape, data = parts
        return numpy.frombuffer(_raw(data), dtype=_dtype(dtype)).reshape(_shape(shape)).copy()
    if tag == "object-array":
        return _objects(parts[1]).reshape(_shape(parts[0]))
    if tag == "scalar":
        array = numpy.frombuffer(_raw(parts[1]), dtype=_dtype(parts[0]))
        if array.shape != (1,):
            raise ValueError("scalar")
        return array[0]
    if tag == "dtype":
        return _dtype(parts[0])
    return _pandas_from(tag, parts)


def _pandas_from(tag: str, parts: tuple[Any, ...]) -> Any:
    import pandas

    if tag == "timestamp":
        value, unit, zone = parts
        if type(value) is not int or unit not in ("s", "ms", "us", "ns"):
            raise ValueError("timestamp")
        return pandas.Timestamp(value, unit="ns", tz=zone_from(zone)).as_unit(unit)
    if tag == "timedelta-pandas":
        value, unit = parts
        if type(value) is not int or unit not in ("s", "ms", "us", "ns"):
            raise ValueError("timedelta")
        return pandas.Timedelta(value, unit="ns").as_unit(unit)
    if tag == "range-index":
        if not all(type(n) is int for n in parts[:3]):
            raise ValueError("range")
        return pandas.RangeIndex(*parts[:3], name=_label(parts[3]))
    if tag == "multi-index":
        rows = [tuple(_label(cell) for cell in row) for row in parts[0]]
        return pandas.MultiIndex.from_tuples(rows, names=[_label(name) for name in parts[1]])
    if tag == "datetime-index":
        data, unit, name, zone = parts
        if unit not in ("s", "ms", "us", "ns"):
            raise ValueError("unit")
        instants = _instants(_raw(data), unit)
        index = pandas.DatetimeIndex(instants, name=_label(name))
        found = zone_from(zone)
        return index if found is None else index.tz_localize("UTC").tz_convert(found)
    if tag == "index":
        return pandas.Index(_uncolumn(parts[0]), name=_label(parts[1]))
    if tag == "categorical":
        return _uncolumn(parts[0])
    if tag == "series":
        return pandas.Series(_uncolumn(parts[0]), index=_index(parts[1]), name=_label(parts[2]))
    if tag == "frame":
        columns, names, index = parts
        data = {i: pandas.Series(_uncolumn(column), index=_index(index)) for i, column in enumerate(columns)}
        frame = pandas.DataFrame(data, index=_index(index))
        frame.columns = _index(names)
        return frame
    raise ValueError(tag)


def _instants(data: bytes, unit: str) -> Any:
    import numpy

    return numpy.frombuffer(data, dtype="<i8").view(f"M8[{unit}]").copy()
