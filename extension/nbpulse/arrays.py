"""numpy scalars and arrays, and whatever turns into an array by `__array__`: torch, jax, tensorflow."""

from __future__ import annotations

import hashlib
import sys
from typing import Any, Union

from . import limits
from .budget import Budget, Overspent
from .plain import (
    SAFE_INTEGER,
    Encoded,
    duration_text,
    encode_bytes,
    encode_complex,
    encode_float,
    encode_int,
    float_json,
)
from .text import class_label, escape, label, safe_repr, safe_str

Cell = Union[None, bool, int, float, str]
_CELL_CHARS = 500
#: Statistics and the hash read every element; beyond these sizes they would make the student wait.
_STATS_ITEMS = 5_000_000
_HASH_BYTES = 64 * limits.MIB
_NANOSECONDS = {"W": 604_800 * 10**9, "D": 86_400 * 10**9, "h": 3_600 * 10**9, "m": 60 * 10**9, "s": 10**9}
_NANOSECONDS.update({"ms": 10**6, "us": 10**3, "ns": 1})


def encode_array_like(value: Any, budget: Budget) -> Encoded | None:
    """The value as a scalar or an array of the wire; None when it is neither."""
    np = sys.modules.get("numpy")
    if np is None or not hasattr(np, "ndarray"):
        return None
    if isinstance(value, np.generic):
        return _encode_scalar(np, value, budget)
    if isinstance(value, np.ndarray):
        if _is_table(value):
            return None
        if value.dtype.kind == "O" and _drawing_inside(value):
            return None  # `plt.subplots(2, 2)` gives an array of axes: a picture
        if isinstance(value, np.ma.MaskedArray):
            value = _without_mask(np, value)
        return _encode_array(np, value, "numpy", None, budget)
    kind = type(value)
    if not hasattr(kind, "__array__") or not hasattr(value, "shape") or not hasattr(value, "dtype") or _is_table(value):
        return None
    if kind.__module__.split(".")[0] == "PIL" or callable(value.shape):
        return None
    return _encode_tensor(np, value, budget)


def _is_table(value: Any) -> bool:
    """pandas and polars tables have `__array__` too."""
    return type(value).__module__.split(".")[0] in ("pandas", "polars", "geopandas", "xarray", "dask")


def _without_mask(np: Any, array: Any) -> Any:
    """What is masked becomes NaN, or None where there is no NaN."""
    if not np.ma.is_masked(array):
        return array.data
    return array.filled(np.nan) if array.dtype.kind in "fc" else array.astype(object).filled(None)


def _drawing_inside(array: Any) -> bool:
    return array.size > 0 and type(array.flat[0]).__module__.split(".")[0] == "matplotlib"


def _encode_tensor(np: Any, value: Any, budget: Budget) -> Encoded | None:
    lib = type(value).__module__.split(".")[0]
    plain = value
    try:
        for step in ("detach", "cpu"):  # torch: off the graph, off the GPU
            method = getattr(plain, step, None)
            if callable(method):
                plain = method()
        array = np.asarray(plain)
    except Exception:
        try:
            array = np.asarray(plain.float())  # bfloat16 has no numpy type
        except Exception:
            return None
    if not isinstance(array, np.ndarray) or array.dtype.kind == "O":
        return None
    return _encode_array(np, array, "jax" if lib == "jaxlib" else lib, safe_str(value.dtype), budget)


def _encode_scalar(np: Any, value: Any, budget: Budget) -> Encoded | None:
    dtype = label(value.dtype)
    code = value.dtype.kind
    if code == "b":
        return {"t": "bool", "v": bool(value), "dtype": dtype}
    if code in "iu":
        return encode_int(int(value), dtype)
    if code == "f":
        return encode_float(float(value), dtype)
    if code == "c":
        return encode_complex(complex(value), dtype)
    if code == "M":
        return {"t": "datetime", "v": str(value), "dtype": dtype}
    if code == "m":
        return {"t": "timedelta", "v": _duration(np, value), "dtype": dtype}
    if code == "S":
        return encode_bytes(bytes(value))
    return None  # np.str_ is a str; records fall through to their repr


def _duration(np: Any, value: Any) -> str:
    unit, count = np.datetime_data(value.dtype)
    if np.isnat(value):
        return "NaT"
    if unit in _NANOSECONDS:
        return duration_text(int(value.astype("int64")) * int(count) * _NANOSECONDS[unit])
    return str(value)


def _encode_array(np: Any, array: Any, lib: str, dtype: str | None, budget: Budget) -> Encoded:
    limit = array.size if budget.exact else min(limits.ARRAY_ITEMS, max(budget.nodes, 0))
    if array.dtype.kind == "c":
        limit = limit if budget.exact else limit // 2
    if budget.exact and limit > budget.nodes:
        raise Overspent
    head = array.flat[:limit]
    cells = cells_of(np, head)
    budget.nodes -= len(cells)
    out: Encoded = {
        "t": "array",
        "lib": label(lib),
        "dtype": label(array.dtype.name if dtype is None else dtype),
        "shape": [int(side) for side in array.shape],
        "v": cells,
    }
    if array.dtype.kind not in "biufcmM":
        escape_cells(out, budget)
    if array.dtype.kind in "iuf" and 0 < array.size <= _STATS_ITEMS:
        stats = _statistics(np, array)
        if stats is not None:
            out["stats"] = stats
    if array.dtype.kind in "biufcmMSU" and array.nbytes <= _HASH_BYTES:
        out["sha256"] = _hash(np, array)
    return out


def cells_of(np: Any, flat: Any) -> list[Cell]:
    """A flat numpy array as JSON cells; complex numbers interleaved."""
    code = flat.dtype.kind
    if code == "b":
        return [bool(item) for item in flat.tolist()]
    if code in "iu":
        items = flat.tolist()
        if flat.dtype.itemsize < 8:
            return list(items)
        return [item if -SAFE_INTEGER <= item <= SAFE_INTEGER else str(item) for item in items]
    if code == "f":
        return [float_json(item) for item in flat.astype("float64").tolist()]
    if code == "c":
        interleaved: list[Cell] = []
        for item in flat.astype("complex128").tolist():
            interleaved += [float_json(item.real), float_json(item.imag)]
        return interleaved
    if code == "M":
        return [None if text == "NaT" else text for text in np.datetime_as_string(flat).tolist()]
    if code == "m":
        texts = [_duration(np, item) for item in flat]
        return [None if text == "NaT" else text for text in texts]
    return [cell(item) for item in flat.tolist()]


def cell(value: Any) -> Cell:
    """One object of a mixed array or column."""
    if value is None:
        return None
    kind = type(value)
    if kind is bool:
        return bool(value)
    if kind is str:
        return str(value if len(value) <= _CELL_CHARS else value[:_CELL_CHARS] + "…")
    if kind is int:
        return int(value) if -SAFE_INTEGER <= value <= SAFE_INTEGER else str(encode_int(value).get("v", "…"))
    if kind is float:
        return None if value != value else float_json(value)  # among objects NaN is what pandas calls missing
    if hasattr(kind, "isoformat"):
        text = safe_str(value) if safe_str(value) == "NaT" else safe_str(value.isoformat())
        return None if text == "NaT" else text
    if class_label(kind).endswith(("NAType", "NaTType")):
        return None
    item = getattr(value, "item", None)
    if kind.__module__ == "numpy" and callable(item):
        plain = item()
        return cell(plain) if type(plain) in (bool, int, float, str) else safe_str(value)[:_CELL_CHARS]
    text = safe_str(value) if isinstance(value, str) else safe_repr(value)
    return text if len(text) <= _CELL_CHARS else text[:_CELL_CHARS] + "…"


def escape_cells(column: dict[str, Any], budget: Budget) -> None:
    """Makes the texts of `column['v']` safe to store, in place, marks the column, and pays for them."""
    cells = column["v"]
    needed = False
    for item in cells:
        if type(item) is str:
            budget.text_bytes -= len(item.encode("utf-8", "surrogatepass"))
            needed = needed or escape(item)[1]
    if budget.exact and budget.text_bytes < 0:
        raise Overspent
    if needed:
        column["v"] = [_escape_always(item) if type(item) is str else item for item in cells]
        column["esc"] = True


def _escape_always(text: str) -> str:
    # With the mark set every backslash is an escape, in harmless neighbours too.
    return escape(text + "\x00")[0][:-2]


def _statistics(np: Any, array: Any) -> dict[str, Any] | None:
    try:
        with np.errstate(all="ignore"):
            values = array.astype("float64", copy=False)
            missing = int(np.isnan(values).sum()) if array.dtype.kind == "f" else 0
            if missing:
                values = values[~np.isnan(values)]
            if values.size == 0:
                return None
            return {
                "min": float_json(float(values.min())),
                "max": float_json(float(values.max())),
                "mean": float_json(float(values.mean())),
                "std": float_json(float(values.std())),
                "nan": missing,
            }
    except Exception:
        return None


def _hash(np: Any, array: Any) -> str:
    dtype = (
        array.dtype.newbyteorder("<") if array.dtype.byteorder not in "|=<" or sys.byteorder == "big" else array.dtype
    )
    little = np.ascontiguousarray(array, dtype=dtype)
    digest = hashlib.sha256(f"{dtype.str.replace('=', '<')}|{','.join(map(str, array.shape))}|".encode())
    digest.update(little.reshape(-1).view("uint8").data if little.size else b"")
    return digest.hexdigest()
