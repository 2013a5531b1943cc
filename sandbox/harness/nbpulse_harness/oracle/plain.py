"""Values as a student reads them, from plain data only: nothing of the student's runs while a text is written.

An object of the student's is named (`<Point>`), never asked for its `repr`. Every text is capped, and so is the work.
"""

from __future__ import annotations

import datetime
import decimal
import enum
import fractions
import pathlib
import re
import sys
import types
import uuid
from collections import Counter, OrderedDict, defaultdict, deque
from typing import Any

from ..seam import arrays
from ..seam.mirror import handle_of, is_mirror

#: Compared by `==` and written by `repr` without asking anybody.
SCALARS: frozenset[type] = frozenset(
    {type(None), bool, int, float, complex, str, bytes, range, slice, type(Ellipsis), type(NotImplemented)}
    | {datetime.date, datetime.time, datetime.datetime, datetime.timedelta, datetime.timezone}
    | {decimal.Decimal, fractions.Fraction, uuid.UUID, re.Pattern}
    | {pathlib.PosixPath, pathlib.PurePosixPath}
)
MAPPINGS: frozenset[type] = frozenset({dict, OrderedDict, defaultdict, Counter})
SEQUENCES: frozenset[type] = frozenset({list, tuple, deque})
SETS: frozenset[type] = frozenset({set, frozenset})
_BRACKETS: dict[type, str] = {list: "[]", tuple: "()", set: "{}", frozenset: "{}"}
_ITEMS, _DEPTH, _INT_BITS, _OBJECT_CELLS = 30, 6, 4_000, 2_000
_PLAIN_KINDS = "biufcmMSU"


def text_of(value: Any, chars: int = 400) -> str:
    """As Python writes it, in at most `chars` characters; a table or an array may take several lines."""
    try:
        return cut(_text(value, chars, 0), chars)
    except Exception:  # noqa: BLE001 - an object of the test's own whose `repr` fails
        return f"<{type(value).__name__[:80]}>"


def brief(value: Any, chars: int = 400) -> str:
    """In one line: a table, and an array of more than a few numbers, is named by its size."""
    try:
        if arrays.is_frame(value):
            size = " × ".join(str(length) for length in value.shape)
            return f"<{'series' if value.ndim == 1 else 'table'} of {size}>"
        if arrays.is_array(value) and value.size > 12:
            return f"<array of shape {value.shape}, dtype {value.dtype}>"
    except Exception:  # noqa: BLE001 - whatever it is, it has a type
        return f"<{type(value).__name__[:80]}>"
    text = text_of(value, chars)
    return " ".join(text.split()) if "\n" in text else text


def cut(text: str, chars: int) -> str:
    return text if len(text) <= chars else text[: max(0, chars - 1)] + "…"


def is_plain_scalar(value: Any) -> bool:
    return type(value) in SCALARS or is_number(value)


def is_number(value: Any) -> bool:
    """A number of Python's or numpy's own."""
    kind = type(value)
    return kind in (int, float, complex, bool) or (kind.__module__ == "numpy" and _is_numpy_scalar(value))


def _is_numpy_scalar(value: Any) -> bool:
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(value, numpy.generic) and value.dtype.kind in _PLAIN_KINDS


def is_plain_array(value: Any) -> bool:
    return arrays.is_array(value) and value.dtype.kind in _PLAIN_KINDS


def _text(value: Any, chars: int, depth: int) -> str:
    kind = type(value)
    if kind is int and value.bit_length() > _INT_BITS:
        return f"<an integer of {value.bit_length()} bits>"
    if kind is str or kind is bytes:
        return repr(value[:chars]) + ("…" if len(value) > chars else "")
    if kind in SCALARS or is_number(value):
        return repr(value)
    if depth > _DEPTH:
        return "…"
    if kind in SEQUENCES or kind in SETS or kind in MAPPINGS:
        return _container(value, kind, chars, depth)
    if kind is bytearray:
        return f"bytearray({_text(bytes(value[: chars + 1]), chars, depth)})"
    if arrays.is_frame(value) or _is_index(value):
        return _table(value)
    if arrays.is_array(value):
        return _array(value, chars, depth)
    return _object(value, kind)


def _container(value: Any, kind: type, chars: int, depth: int) -> str:
    parts: list[str] = []
    used, left = 0, len(value)
    source = value.items() if kind in MAPPINGS else value
    for item in source:
        if len(parts) >= _ITEMS or used > chars:
            break
        if kind in MAPPINGS:
            part = f"{_text(item[0], chars, depth + 1)}: {_text(item[1], chars, depth + 1)}"
        else:
            part = _text(item, chars, depth + 1)
        parts.append(part)
        used += len(part) + 2
        left -= 1
    if kind in SETS:
        parts.sort()
    if left > 0:
        parts.append(f"… ({left} more)")
    inner = ", ".join(parts)
    if kind is tuple and len(value) == 1:
        inner += ","
    if kind in SETS and not value:
        return f"{kind.__name__}()"
    brackets = _BRACKETS.get(kind, "{}" if kind in MAPPINGS else "[]")
    text = f"{brackets[0]}{inner}{brackets[1]}"
    return text if kind in (list, tuple, set, dict) else f"{kind.__name__}({text})"


def _array(value: Any, chars: int, depth: int) -> str:
    import numpy

    if value.dtype.kind not in _PLAIN_KINDS:
        if value.dtype.kind == "O" and value.size <= _ITEMS:
            return f"array({_text(value.tolist(), chars, depth)}, dtype=object)"
        return f"<array of shape {value.shape}, dtype {value.dtype}>"
    with numpy.printoptions(threshold=40, edgeitems=3, precision=8, linewidth=78):
        text = repr(value)
    return text if value.size <= 40 else f"{text}  # shape {value.shape}"


def _table(value: Any) -> str:
    if _is_index(value):
        return f"{type(value).__name__}({_text(list(value[:_ITEMS]), 300, 1)})" if _holds_plain(value) else "<index>"
    columns = [value] if value.ndim == 1 else [value.iloc[:, at] for at in range(min(value.shape[1], 50))]
    what = "series" if value.ndim == 1 else "table"
    size = " × ".join(str(length) for length in value.shape)
    if not all(_holds_plain(column) for column in columns) or not _holds_plain(value.index):
        return f"<{what} of {size}>"
    if value.shape[0] == 0:
        return f"<{what} of {size}>"
    shown = value.to_string(max_rows=8) if value.ndim == 1 else value.to_string(max_rows=8, max_cols=6)
    return f"{shown}\n[{what} of {size}]"


def _holds_plain(column: Any) -> bool:
    if getattr(column.dtype, "kind", "O") != "O":
        return True
    if len(column) > _OBJECT_CELLS:
        return False
    return all(type(item) in SCALARS or is_number(item) for item in list(column))


def _is_index(value: Any) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(value, pandas.Index) and handle_of(value) is None


def _object(value: Any, kind: type) -> str:
    if handle_of(value) is not None or is_mirror(kind):
        return f"<{kind.__name__}>"
    if isinstance(value, type):
        return value.__name__
    if isinstance(value, (types.FunctionType, types.BuiltinFunctionType, types.MethodType)):
        return f"<function {value.__name__}>"
    if isinstance(value, enum.Enum):
        return f"{kind.__name__}.{value.name}"
    # The test's own object, with the seam closed: were something of the student's inside, it would not be asked.
    return " ".join(repr(value).split())
