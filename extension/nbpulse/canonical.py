"""Which values are the same, for the hash of a whole that is cut: numbers count by value, as on the server.

The server's own rule is `canonicalText` of schema/src/wire/canonical.ts; it compares what arrived, and takes the hash
made here where something was cut. The two texts need not be equal, only their idea of sameness.
"""

from __future__ import annotations

import hashlib
from typing import Any

from .budget import Encoded

_LISTS = ("list", "tuple")
_SETS = ("set", "frozenset")


def same_hash(encoded: Encoded) -> str:
    """sha256 of the canonical text of an exactly encoded value."""
    return hashlib.sha256(same_text(encoded).encode("utf-8")).hexdigest()


def same_number(number: Any) -> str:
    """One text for `2`, `2.0` and `"2"`; the names of NaN and infinity stay, -0.0 is 0."""
    if isinstance(number, str):
        return "0" if number == "-0" else number
    if isinstance(number, float) and number.is_integer():
        return str(int(number))
    return repr(number)


def same_cell(cell: Any) -> str:
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, (int, float)):
        return same_number(cell)
    if isinstance(cell, dict):
        return same_text(cell)
    return "none" if cell is None else _quoted(cell)


def same_text(value: Encoded) -> str:
    kind = value["t"]
    if kind in ("int", "float"):
        return same_number(value["v"])
    if kind == "complex":
        imaginary = same_number(value["im"])
        real = same_number(value["re"])
        return real if imaginary == "0" else f"complex({real},{imaginary})"
    if kind == "str":
        return f"str{_text(value)}"
    if kind in _LISTS:
        return f"[{','.join(map(same_text, value['v']))}]"
    if kind in _SETS:
        return f"set({','.join(sorted(map(same_text, value['v'])))})"
    if kind == "dict":
        return f"{{{','.join(sorted(f'{same_text(key)}:{same_text(item)}' for key, item in value['v']))}}}"
    if kind == "object":
        return f"{value['cls']}({','.join(f'{_quoted(name)}:{same_text(item)}' for name, item in value['fields'])})"
    if kind == "array":
        shape = "x".join(map(str, value["shape"]))
        if "sha256" in value:
            return f"array({shape}#{value['sha256']})"
        return f"array({shape}|{','.join(map(same_cell, value['v']))})"
    if kind == "frame":
        return _frame(value)
    if kind in ("bytes", "image"):
        return f"{kind}#{value['sha256']}"
    if kind in ("none", "bool"):
        return f"{kind}{value.get('v', '')}"
    return repr(sorted((key, str(item)) for key, item in value.items() if key not in ("dtype", "tb")))


def _frame(value: Encoded) -> str:
    columns = [*([value["index"]] if "index" in value else []), *value["columns"]]
    texts = [f"{_quoted(column['name'])}:{','.join(map(same_cell, column['v']))}" for column in columns]
    return f"frame({value['shape'][0]}x{value['shape'][1]}|{'index' in value}|{'|'.join(texts)})"


def _text(value: dict[str, Any]) -> str:
    cut = value.get("cut")
    return f"#{cut['sha256']}" if cut else _quoted(value["v"]) + ("e" if value.get("esc") else "")


def _quoted(text: str) -> str:
    return f"{len(text)}'{text}"
