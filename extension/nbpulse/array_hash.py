"""The hash by which equal arrays are found, whatever library, memory order and width of number they have.

Up to `_BY_VALUE` elements numbers count by value: `int32`, `int64` and `float64` arrays of equal numbers have one
hash, -0.0 is 0.0, every NaN is the same NaN, complex numbers without an imaginary part are real. Above that the dtype
counts too (the bytes are hashed as they are, little endian, C order), and above `_HASH_BYTES` there is no hash.
"""

from __future__ import annotations

import hashlib
import sys
from typing import Any

from . import limits
from .budget import Budget, Overspent
from .canonical import same_cell
from .cells import cells_of

_BY_VALUE = 4_000_000
_HASH_BYTES = 64 * limits.MIB


def array_hash(np: Any, array: Any, budget: Budget) -> str | None:
    """None for what is too large, or has elements that cannot be compared."""
    code = array.dtype.kind
    if array.nbytes > _HASH_BYTES:
        return None
    shape = ",".join(map(str, array.shape))
    if code in "OVT":
        return _hash_cells(np, array, shape, budget)
    if code == "U":
        widest = max(1, int(np.char.str_len(array).max())) if array.size else 1
        array = array.astype(f"<U{widest}")
    elif code in "iufc" and array.size <= _BY_VALUE and array.dtype.itemsize <= (16 if code == "c" else 8):
        array = _by_value(np, array)
    elif code in "fc" and array.dtype.itemsize > (16 if code == "c" else 8):
        return _hash_cells(np, array, shape, budget)  # long doubles hold unused bytes
    if array.dtype.byteorder not in "|=<" or sys.byteorder == "big":
        array = array.astype(array.dtype.newbyteorder("<"))
    digest = hashlib.sha256(f"{array.dtype.str.replace('=', '<')}|{shape}|".encode())
    digest.update(np.ascontiguousarray(array).reshape(-1).view("uint8").data if array.size else b"")
    return digest.hexdigest()


def _by_value(np: Any, array: Any) -> Any:
    """Doubles where they hold every number exactly, else the integers themselves."""
    code = array.dtype.kind
    with np.errstate(all="ignore"):
        if code == "c":
            array = array.astype("complex128")
            if array.imag.any():  # NaN counts as true
                parts = np.stack([array.real, array.imag])
                return _one_nan_one_zero(np, parts).view("V8")
            array = array.real
        doubles = _one_nan_one_zero(np, array.astype("<f8"))
        wide = code in "iu" and array.dtype.itemsize == 8 and array.size > 0
        if wide and max(abs(int(array.min())), abs(int(array.max()))) > 2**53:
            inside = np.abs(doubles) < 2.0**63
            back = np.where(inside, doubles, 0).astype(array.dtype)
            if not (inside & (back == array)).all():
                return array.astype("<i8" if int(array.min()) < 0 else "<u8")
    return doubles


def _one_nan_one_zero(np: Any, doubles: Any) -> Any:
    doubles = doubles.copy()
    doubles += 0.0  # -0.0 becomes 0.0
    doubles[np.isnan(doubles)] = np.nan
    return doubles


def _hash_cells(np: Any, array: Any, shape: str, budget: Budget) -> str | None:
    whole = budget.whole()
    if array.size > whole.nodes:
        return None
    try:
        cells = cells_of(np, array.reshape(-1) if array.size else array.ravel(), whole)
    except Overspent:
        return None
    digest = hashlib.sha256(f"cells|{shape}|".encode())
    for cell in cells:
        digest.update(f"{same_cell(cell)}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
