"""numpy scalars and arrays, and whatever turns into an array by protocol: torch, jax, tensorflow, cupy."""

from __future__ import annotations

import sys
from typing import Any

from . import limits
from .array_hash import array_hash
from .budget import Budget, Encoded, Overspent
from .cells import cells_of, duration, escape_cells, tagged, text_bytes_of
from .plain import encode_bytes, encode_complex, encode_float, encode_int, float_json
from .text import label, safe_str

#: Statistics read every element; beyond this they would make the student wait.
_STATS_ITEMS = 5_000_000


def encode_array_like(value: Any, budget: Budget) -> Encoded | None:
    """The value as a scalar or an array of the wire; None when it is neither."""
    np = sys.modules.get("numpy")
    if np is None or not hasattr(np, "ndarray"):
        return _encode_tensor(value, budget)
    if isinstance(value, np.generic):
        return _encode_scalar(np, value, budget)
    if isinstance(value, np.ndarray):
        if _is_table(value):
            return None
        if value.dtype.kind == "O" and _drawing_inside(value):
            return None  # `plt.subplots(2, 2)` gives an array of axes: a picture
        dtype = None
        if isinstance(value, np.ma.MaskedArray):
            dtype = _dtype_name(value.dtype)
            value = _without_mask(np, value)
        return _encode_array(np, np.asarray(value), "numpy", dtype, budget)
    return _encode_tensor(value, budget)


def _is_table(value: Any) -> bool:
    """pandas and polars tables have `__array__` too."""
    return type(value).__module__.split(".")[0] in ("pandas", "polars", "geopandas", "xarray", "dask")


def _without_mask(np: Any, array: Any) -> Any:
    """What is masked becomes NaN, or None where there is no NaN."""
    if not np.ma.is_masked(array):
        return array.data
    if array.dtype.kind in "fc":
        return array.filled(np.nan)
    objects = array.data.astype(object)
    objects[np.ma.getmaskarray(array)] = None
    return objects


def _drawing_inside(array: Any) -> bool:
    return array.size > 0 and type(array.flat[0]).__module__.split(".")[0] == "matplotlib"


#: Their arrays are files, which may not fit memory. They arrive as their repr; a slice of one is read.
_ON_DISK = {"h5py", "zarr", "netCDF4", "tables"}


def _encode_tensor(value: Any, budget: Budget) -> Encoded | None:
    """By protocol only: no library is imported or named, but torch's and jax's names are made readable."""
    kind = type(value)
    if not (hasattr(kind, "__array__") or hasattr(kind, "__dlpack__")):
        return None
    lib = kind.__module__.split(".")[0]
    if lib in _ON_DISK or lib == "PIL" or _is_table(value) or not hasattr(value, "shape") or callable(value.shape):
        return None
    if not hasattr(value, "dtype"):
        return None
    array = _as_array(value)
    if array is None:
        return None
    name = getattr(value.dtype, "name", None)  # tensorflow and jax; torch has only `torch.float32`
    return _encode_array(
        sys.modules["numpy"],
        array,
        "jax" if lib == "jaxlib" else lib,
        name if isinstance(name, str) else safe_str(value.dtype),
        budget,
    )


def _as_array(value: Any) -> Any:
    """An array of the tensor's elements; None when it has none yet (a symbol, a tracer) or no form in numpy."""
    plain = value
    try:
        for step in ("detach", "cpu", "resolve_conj", "resolve_neg"):  # torch: off the graph, off the GPU
            method = getattr(plain, step, None)
            if callable(method):
                plain = method()
    except Exception:
        return None
    import numpy as np  # noqa: PLC0415 - the tensor's own library has it, or cannot make an array

    def through_float() -> Any:
        return np.asarray(plain.float())  # torch's bfloat16 has no numpy type

    for way in (lambda: np.asarray(plain), through_float, lambda: np.from_dlpack(plain), lambda: plain.get()):
        try:
            array = way()
        except Exception:
            continue
        if isinstance(array, np.ndarray) and array.dtype.kind != "O":
            # jax brings bfloat16 and the like as numpy types of its own.
            return array.astype("float32") if array.dtype.kind == "V" and array.dtype.names is None else array
    return None


def _encode_scalar(np: Any, value: Any, budget: Budget) -> Encoded | None:
    dtype = label(value.dtype)
    code = value.dtype.kind
    if code == "b":
        return {"t": "bool", "v": bool(value), "dtype": dtype}
    if code in "iu":
        return encode_int(int(value), dtype)
    if code == "f":
        return encode_float(float(value), dtype) if _is_double(np, value) else None
    if code == "c":
        whole = _is_double(np, value.real) and _is_double(np, value.imag)
        return encode_complex(complex(value), dtype) if whole else None
    if code == "M":
        return {"t": "datetime", "v": str(value), "dtype": dtype}
    if code == "m":
        return {"t": "timedelta", "v": duration(np, value), "dtype": dtype}
    if code == "S":
        return encode_bytes(bytes(value))
    if code == "V" and value.dtype.names:
        fields = [[label(name), tagged(value[name], budget)] for name in value.dtype.names]
        return {"t": "object", "cls": "numpy.void", "fields": fields}
    return encode_bytes(bytes(value)) if code == "V" else None  # np.str_ is a str


def _is_double(np: Any, value: Any) -> bool:
    return value.dtype.itemsize <= 8 or bool(np.isnan(value)) or bool(type(value)(float(value)) == value)


def _encode_array(np: Any, array: Any, lib: str, dtype: str | None, budget: Budget) -> Encoded:
    limit = array.size if budget.exact else min(limits.ARRAY_ITEMS, max(budget.nodes, 0))
    if array.dtype.kind == "c":
        limit = limit if budget.exact else limit // 2
    if budget.exact and limit > budget.nodes:
        raise Overspent
    head = array.reshape(-1)[:limit] if array.flags.c_contiguous else array.flat[:limit]
    cells = cells_of(np, head, budget)
    budget.nodes -= len(cells)
    out: Encoded = {
        "t": "array",
        "lib": label(lib),
        "dtype": label(_dtype_name(array.dtype) if dtype is None else dtype),
        "shape": [int(side) for side in array.shape],
        "v": cells,
    }
    if array.dtype.kind not in "biufcmM":
        escape_cells(out, budget)
        _cut_to_pay(out, budget)
    if array.dtype.kind in "iuf" and 0 < array.size <= _STATS_ITEMS:
        stats = _statistics(np, array)
        if stats is not None:
            out["stats"] = stats
    if array.dtype.kind in "biufcmMSU" or len(out["v"]) < array.size:
        digest = array_hash(np, array, budget)
        if digest is not None:
            out["sha256"] = digest
    return out


def _dtype_name(dtype: Any) -> str:
    return str(dtype) if dtype.names else str(dtype.name)


def _cut_to_pay(out: Encoded, budget: Budget) -> None:
    """Long texts: fewer of them."""
    while not budget.exact and budget.text_bytes < 0 and len(out["v"]) > 1:
        half = len(out["v"]) // 2
        budget.text_bytes += text_bytes_of(out["v"][half:])
        out["v"] = out["v"][:half]


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
