"""Elements of arrays and cells of tables: plain JSON where the dtype tells their type, else a tagged value.

In a column of numbers a cell is a number or one of the names of `float_json`; in one of text, text; null is a missing
value. In a mixed one (dtype object) plain JSON stands for None, bool, an integer inside ±(2^53 − 1), a float with a
fraction, and text; all else (2.0, NaN, dates, lists …) is a tagged value, so that nothing is mistaken for another.
"""

from __future__ import annotations

import math
from typing import Any, Union

from . import limits
from .budget import Budget, Encoded, Inside, Overspent, Refused
from .plain import SAFE_INTEGER, duration_text, float_json, int_cell
from .text import class_label, escape, safe_repr, text_json

Cell = Union[None, bool, int, float, str, Encoded]
_CELL_CHARS = 500
_NANOSECONDS = {"W": 604_800 * 10**9, "D": 86_400 * 10**9, "h": 3_600 * 10**9, "m": 60 * 10**9, "s": 10**9}
_NANOSECONDS.update({"ms": 10**6, "us": 10**3, "ns": 1})


def cells_of(np: Any, flat: Any, budget: Budget) -> list[Cell]:
    """A flat numpy array as cells; complex numbers interleaved."""
    code = flat.dtype.kind
    if code in "mM" and not flat.dtype.isnative:  # numpy itself reads such moments wrongly
        flat = flat.astype(flat.dtype.newbyteorder("="))
    if code == "b":
        return [bool(item) for item in flat.tolist()]
    if code in "iu":
        items = flat.tolist()
        if flat.dtype.itemsize < 8:
            return list(items)
        return [int_cell(item) for item in items]
    if code == "f":
        return float_cells(np, flat)
    if code == "c":
        interleaved: list[Cell] = []
        for real, imaginary in zip(float_cells(np, flat.real), float_cells(np, flat.imag)):
            interleaved += [real, imaginary]
        return interleaved
    if code == "M":
        return [None if text == "NaT" else text for text in np.datetime_as_string(flat).tolist()]
    if code == "m":
        texts = [duration(np, item) for item in flat]
        return [None if text == "NaT" else text for text in texts]
    if code == "S":  # bytes as Latin-1 text: the dtype tells
        return [text_cell(item.decode("latin-1"), budget) for item in flat.tolist()]
    if code == "V":
        return [_record(item, budget) for item in flat]
    return [mixed_cell(item, budget) for item in flat.tolist()]


def float_cells(np: Any, flat: Any) -> list[Cell]:
    """Floats of any width; one that is longer than a double, and needs it, is decimal text."""
    with np.errstate(all="ignore"):  # numpy's warning of an overflow would stand in the student's cell
        doubles = flat.astype("float64")
    cells: list[Cell] = [float_json(item) for item in doubles.tolist()]
    if flat.dtype.itemsize > 8:
        for at, wide in enumerate(flat):
            if doubles[at] != wide and not np.isnan(wide):
                cells[at] = np.format_float_scientific(wide, unique=True, trim="-")
    return cells


def duration(np: Any, value: Any) -> str:
    unit, count = np.datetime_data(value.dtype)
    if np.isnat(value):
        return "NaT"
    if unit in _NANOSECONDS:
        return duration_text(int(value.astype("int64")) * int(count) * _NANOSECONDS[unit])
    return str(value)


def _record(item: Any, budget: Budget) -> Cell:
    """One element of a structured array is a tuple, of a void one bytes."""
    return tagged(item.item() if item.dtype.names else bytes(item), budget)


def text_cell(text: str, budget: Budget) -> Cell:
    if len(text) <= _CELL_CHARS or budget.exact:
        return str.__str__(text)
    return {"t": "str", **text_json(text, _CELL_CHARS)}


def mixed_cell(value: Any, budget: Budget) -> Cell:
    """One object of a mixed array or column."""
    kind = type(value)
    if value is None or kind is bool:
        return value  # type: ignore[no-any-return]
    if kind is str:
        return text_cell(value, budget)
    if kind is int and -SAFE_INTEGER <= value <= SAFE_INTEGER:
        return value  # type: ignore[no-any-return]
    if kind is float and math.isfinite(value) and not value.is_integer():
        return value  # type: ignore[no-any-return]
    return tagged(value, budget)


def tagged(value: Any, budget: Budget) -> Cell:
    has_cells = hasattr(type(value), "__array__")
    if has_cells and (id(value) in budget.path or budget.depth >= limits.VALUE_DEPTH):
        return {"t": "repr", "cls": class_label(type(value)), "text": {"v": "…"}}
    budget.plain += 1
    try:
        with Inside(value, budget, levels=2):
            if not has_cells:  # containers put themselves on the path
                budget.path.discard(id(value))
            encoded = budget.encode(value, budget)
    except Overspent:
        raise
    except Refused as refusal:
        encoded = {"t": "repr", "cls": class_label(type(value)), "text": text_json(refusal.message, _CELL_CHARS)}
    finally:
        budget.plain -= 1
    if encoded["t"] == "repr" and not budget.exact:
        text = encoded["text"]
        if "cut" not in text and len(text["v"]) > _CELL_CHARS:
            encoded["text"] = text_json(safe_repr(value), _CELL_CHARS)
    return encoded


def escape_cells(column: dict[str, Any], budget: Budget) -> None:
    """Makes the texts of `column['v']` safe to store, in place, marks the column, and pays for them."""
    cells = column["v"]
    needed = False
    for item in cells:
        if type(item) is str:
            budget.text_bytes -= len(item) if item.isascii() else len(item.encode("utf-8", "surrogatepass"))
            needed = needed or escape(item)[1]
    if budget.exact and budget.text_bytes < 0:
        raise Overspent
    if needed:
        column["v"] = [_escape_always(item) if type(item) is str else item for item in cells]
        column["esc"] = True


def _escape_always(text: str) -> str:
    # With the mark set every backslash is an escape, in harmless neighbours too.
    return escape(text + "\x00")[0][:-2]


def text_bytes_of(cells: list[Any]) -> int:
    return sum(len(item.encode("utf-8")) for item in cells if type(item) is str)
