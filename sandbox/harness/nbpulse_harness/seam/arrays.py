"""numpy and pandas by value: raw numbers with dtype and shape, frames column by column, never a pickle.

Object arrays travel as lists of values; structured dtypes don't cross. Each function that builds from received parts
checks them and raises ValueError or TypeError: numpy would otherwise read memory on a peer's word.
"""

from __future__ import annotations

import math
import operator
import re
import sys
from typing import Any

from .bounds import MiB
from .values import Parts, zone_from, zone_parts

_DTYPE = re.compile(r"[<>|=][biufcSUmM]\d{1,6}(\[\d{0,4}[a-zA-Zμ]{1,4}\])?")
_EXTENSION_DTYPE = re.compile(
    r"object|str|string(\[\w+\])?|U?Int(8|16|32|64)|Float(32|64)|boolean|datetime64\[\w+, [\w/+:\-]+\]"
)
_FREQUENCY = re.compile(r"\d{0,4}[A-Za-z]{1,4}(-[A-Z]{3})?")
TAGS = frozenset(
    "array object-array scalar dtype timestamp timedelta-pandas period range-index multi-index datetime-index index "
    "series frame categorical".split()
)


def is_array(value: object) -> bool:
    numpy = sys.modules.get("numpy")
    return numpy is not None and type(value) is numpy.ndarray


def is_frame(value: object) -> bool:
    """True for exactly a DataFrame or a Series."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and type(value) in (pandas.DataFrame, pandas.Series)


_SMALL_BYTES = 32 * 1024


def mark_of_array(value: Any) -> Any:
    """What `array_changed` compares with: bytes of a small array, a copy of a large one."""
    return value.tobytes() if value.nbytes <= _SMALL_BYTES else value.copy()


#: The mark of a view: what it holds is its owner's, and told with it.
IN_OWNER = object()
#: An owner that is not in use yet goes along with a view of it up to this size, or this many times the view's.
_OWNER_BYTES = 1 * MiB
_OWNER_TIMES = 8


def view_of(value: Any) -> tuple[Any, tuple[Any, ...]] | None:
    """The array that owns the numbers of this one, and where in it they lie; None for an owner, and for a view that
    goes as a copy: read-only, of something else than a plain array, or a small part of a large one.
    """
    owner = value.base
    while is_array(owner) and owner.base is not None:
        owner = owner.base
    if owner is None or not is_array(owner) or not owner.flags.c_contiguous or not value.size:
        return None
    if not (owner.flags.writeable and value.flags.writeable) or owner.dtype.hasobject or value.dtype.hasobject:
        return None
    if owner.dtype.kind == "V" or value.dtype.kind == "V":
        return None
    if value.nbytes > owner.nbytes or owner.nbytes > max(_OWNER_BYTES, _OWNER_TIMES * value.nbytes):
        return None
    offset = value.__array_interface__["data"][0] - owner.__array_interface__["data"][0]
    return owner, (value.dtype.str, value.shape, value.strides, offset)


def view_from(parts: Any) -> tuple[Any, bool]:
    """The view that `view_of` took apart, and whether it shares its owner's numbers: not where the owner has gaps or
    another order here, of which the other end has a copy without; then it is a copy, too. numpy itself checks that it
    lies within its owner; it is never larger.
    """
    import numpy

    owner, (dtype_text, shape, strides, offset) = parts
    dtype = _dtype(dtype_text)
    if not is_array(owner) or owner.dtype.hasobject or type(strides) is not tuple:
        raise ValueError("view")
    if not all(type(n) is int for n in (*strides, offset)) or offset < 0:
        raise ValueError("strides")
    if math.prod(_shape(shape)) * dtype.itemsize > owner.nbytes:
        raise ValueError("a view that is larger than its array")
    if owner.flags.c_contiguous:
        return numpy.ndarray(shape, dtype, owner, offset, strides), True
    return numpy.ndarray(shape, dtype, owner.copy(order="C"), offset, strides).copy(), False


def array_changed(value: Any, before: Any) -> bool:
    if before is IN_OWNER:
        return False
    if type(before) is bytes:
        return bool(value.tobytes() != before)
    if value.shape != before.shape or value.dtype != before.dtype:
        return True
    if value.flags.c_contiguous and value.nbytes % 8 == 0:
        # As whole numbers: nan equals nan, and minus zero is not zero.
        return not bool((value.reshape(-1).view("u8") == before.reshape(-1).view("u8")).all())
    return bool(value.tobytes() != before.tobytes())


def mark_of_frame(value: Any) -> Any:
    """What `frame_changed` compares with.

    pandas copies on write since version 3: as long as the shallow copy lives, whoever writes into a frame gives it
    blocks of its own. So a frame whose blocks and axes are the same objects as before is unchanged.
    """
    if not _copies_on_write():
        return value.copy()
    shallow = value.copy(deep=False)
    return shallow, *_identities(value)


def frame_changed(value: Any, before: Any) -> bool:
    if type(before) is not tuple:
        return _frame_differs(value, before)
    _, blocks, axes, names = before
    now_blocks, now_axes, now_names = _identities(value)
    return not (
        len(blocks) == len(now_blocks)
        and all(map(operator.is_, blocks, now_blocks))
        and all(map(operator.is_, axes, now_axes))
        and all(map(operator.is_, names, now_names))
    )


def _identities(value: Any) -> tuple[list[Any], list[Any], list[Any]]:
    manager = value._mgr
    axes = list(manager.axes)
    names = [name for axis in axes for name in axis.names]
    if value.ndim == 1:
        names.append(value.name)
    return [block.values for block in manager.blocks], axes, names


def has_plain_axes(mark: Any) -> bool:
    """Whether the mark of a frame is made of identities, and each axis has one name of its own: no MultiIndex."""
    pandas = sys.modules["pandas"]
    return type(mark) is tuple and not any(isinstance(axis, pandas.MultiIndex) for axis in mark[2])


def _copies_on_write() -> bool:
    return int(sys.modules["pandas"].__version__.partition(".")[0]) >= 3


def _frame_differs(value: Any, before: Any) -> bool:
    if value.shape != before.shape or not value.index.equals(before.index):
        return True
    if value.ndim == 1:
        same = value.name == before.name and value.dtype == before.dtype and value.equals(before)
        return not same
    if not value.columns.equals(before.columns) or not (value.dtypes == before.dtypes).all():
        return True
    return bool(not value.equals(before))


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
        if kind is pandas.Period:
            return "period", (value.ordinal, value.freqstr)
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
    if isinstance(dtype, pandas.PeriodDtype):
        return ("periods", str(dtype)[len("period[") : -1], series.array.asi8.tobytes())
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
    if kind == "periods":
        ordinals = numpy.frombuffer(_raw(rest[1]), dtype="<i8").copy()
        return pandas.PeriodIndex.from_ordinals(ordinals, freq=_frequency(rest[0])).array
    if kind == "list" and type(rest[1]) is tuple:
        dtype = rest[0]
        if type(dtype) is not str or not _EXTENSION_DTYPE.fullmatch(dtype):
            raise ValueError("dtype")
        if dtype == "object":
            return _objects(rest[1])
        return pandas.array(list(rest[1]), dtype=dtype)
    raise ValueError("column")


def _frequency(text: Any) -> str:
    if type(text) is not str or not _FREQUENCY.fullmatch(text):
        raise ValueError("frequency")
    return text


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
    if tag == "period":
        ordinal, frequency = parts
        if type(ordinal) is not int or not -(2**63) <= ordinal < 2**63:
            raise ValueError("period")
        return pandas.Period(ordinal=ordinal, freq=_frequency(frequency))
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
