"""Lists, tuples, sets, dicts: the first items travel, `n` counts all, and what is cut carries a hash of its whole.

They are read by the built-in types' own methods, so that a student's subclass cannot disturb the reading.
"""

from __future__ import annotations

from typing import Any, Callable

from . import limits
from .budget import EXACT_NODES, Budget, Encoded, Inside, Overspent, Refused, may_go_on
from .canonical import same_hash
from .plain import dumps
from .text import class_label, label, safe_repr, text_json


def too_deep(value: object, budget: Budget) -> Encoded | None:
    """A cycle arrives as `…`, what is nested deeper than the limit as its repr."""
    if id(value) in budget.path:
        return {"t": "repr", "cls": class_label(type(value)), "text": {"v": "…"}}
    if budget.depth >= limits.VALUE_DEPTH:
        text = safe_repr(value) if not isinstance(value, (list, tuple, dict, set, frozenset)) else "…"
        return {"t": "repr", "cls": class_label(type(value)), "text": spend_text(text, limits.REPR_CHARS, budget)}
    return None


def spend_text(text: str, chars: int, budget: Budget) -> dict[str, Any]:
    """Text that pays for its bytes and is cut to what is left."""
    if budget.exact:
        out = text_json(text, len(text))
    else:
        out = text_json(text, chars, max(budget.text_bytes, 200))
    budget.text_bytes -= len(out["v"]) if out["v"].isascii() else len(out["v"].encode("utf-8"))
    if budget.exact and budget.text_bytes < 0:
        raise Overspent
    return out


def encode_sequence(kind: str) -> Callable[[Any, Budget], Encoded]:
    def encode(value: Any, budget: Budget) -> Encoded:
        instead = too_deep(value, budget)
        if instead is not None:
            return instead
        items: list[Encoded] = []
        with Inside(value, budget):
            for item in list.__iter__(value) if isinstance(value, list) else tuple.__iter__(value):
                if not may_go_on(len(items), budget):
                    break
                items.append(budget.encode(item, budget))
        length = list.__len__(value) if isinstance(value, list) else tuple.__len__(value)
        return _with_hash({"t": kind, "v": items, "n": max(len(items), length)}, value, budget)

    return encode


def encode_set(kind: str) -> Callable[[Any, Budget], Encoded]:
    base: Any = set if kind == "set" else frozenset

    def encode(value: Any, budget: Budget) -> Encoded:
        instead = too_deep(value, budget)
        if instead is not None:
            return instead
        with Inside(value, budget):
            members: list[Any] = list(base.__iter__(value))
            if len(members) > limits.VALUE_ITEMS:
                # Equal sets must be cut alike, in whatever order their hashes put them.
                members = _sorted_members(members) if len(members) <= EXACT_NODES else members
            items: list[Encoded] = []
            for item in members:
                if not may_go_on(len(items), budget):
                    break
                items.append(budget.encode(item, budget))
        items.sort(key=_member_order)
        return _with_hash({"t": kind, "v": items, "n": len(members)}, value, budget)

    return encode


def _sorted_members(members: list[Any]) -> list[Any]:
    try:
        return sorted(members)
    except Exception:
        return sorted(members, key=safe_repr)


def _member_order(encoded: Encoded) -> tuple[int, float, str]:
    """Numbers by size, then everything by its text."""
    number = encoded.get("v")
    if encoded["t"] in ("int", "float") and isinstance(number, (int, float)):
        return (0, float(number), "")
    return (1, 0.0, dumps(encoded))


def encode_dict(value: Any, budget: Budget) -> Encoded:
    instead = too_deep(value, budget)
    if instead is not None:
        return instead
    pairs: list[list[Encoded]] = []
    with Inside(value, budget):
        for key, item in list(dict.items(value)):
            if not may_go_on(len(pairs), budget):
                break
            pairs.append([budget.encode(key, budget), budget.encode(item, budget)])
    return _with_hash({"t": "dict", "v": pairs, "n": dict.__len__(value)}, value, budget)


def _with_hash(out: Encoded, value: object, budget: Budget) -> Encoded:
    """What is cut, at the top, carries the hash of its whole, where that is affordable."""
    if out["n"] > len(out["v"]) and budget.depth == 0 and not budget.exact:
        try:
            out["sha256"] = same_hash(budget.encode(value, budget.whole()))
        except (Overspent, Refused):
            pass
    return out


def encode_fields(value: object, fields: list[tuple[str, Any]], budget: Budget, cls: str | None = None) -> Encoded:
    """An object as its class and its named parts."""
    instead = too_deep(value, budget)
    if instead is not None:
        return instead
    encoded: list[list[Any]] = []
    with Inside(value, budget):
        for name, item in fields:
            if not may_go_on(len(encoded), budget):
                break
            encoded.append([label(name), budget.encode(item, budget)])
    return {"t": "object", "cls": class_label(type(value)) if cls is None else cls, "fields": encoded}
