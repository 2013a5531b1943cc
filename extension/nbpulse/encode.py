"""The tagged encoding of everything that a notebook can produce: schema/src/wire/value.ts, written from Python.

`encode(value)` returns plain JSON data or raises `Refused` with a message for the student. Nothing is imported for
it: numpy, pandas and the like are looked up in `sys.modules`, because a value of theirs cannot exist otherwise.
"""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
import json
from typing import Any, Callable

from . import limits
from .arrays import encode_array_like
from .budget import Budget, Overspent, Refused
from .errors import encode_error
from .figures import encode_picture
from .frames import encode_table
from .plain import Encoded, encode_bytes, encode_complex, encode_float, encode_int, encode_moment
from .rich import encode_rich
from .source import encode_code
from .text import class_label, label, safe_repr, safe_str, text_json

#: Nodes that an exact encoding (for the hash of a cut container) may cost: about 50 ms.
_EXACT_NODES = 50_000
#: Room in `limits.VALUE_BYTES` that stays free, for what the server counts and we do not.
_SLACK_BYTES = 4 * limits.KIB


def dumps(encoded: object) -> str:
    """Compact JSON text, without NaN (the encoding has none)."""
    return json.dumps(encoded, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def encode(value: object) -> tuple[Encoded, str]:
    """The encoded value and its JSON text, never larger than `limits.VALUE_BYTES`."""
    encoded, body, size = _encode_within(value, Budget(text_bytes=_top_text_bytes(value)))
    if size > limits.VALUE_BYTES - _SLACK_BYTES:
        # Once more with an eighth of everything: tables and containers then arrive cut instead of not at all.
        budget = Budget(nodes=3_000, text_bytes=100 * limits.KIB)
        encoded, body, size = _encode_within(value, budget)
    if size > limits.VALUE_BYTES - _SLACK_BYTES:
        raise Refused(
            "too-large",
            f"this {class_label(type(value))} takes {size:,} bytes; a record holds 1 MB. Send a part of it.",
        )
    return encoded, body


def _top_text_bytes(value: object) -> int:
    return 900 * limits.KIB if isinstance(value, str) else 400 * limits.KIB


def _encode_within(value: object, budget: Budget) -> tuple[Encoded, str, int]:
    encoded = encode_value(value, budget)
    body = dumps(encoded)
    size = len(body) if body.isascii() else len(body.encode("utf-8"))
    if encoded["t"] == "image":
        size += encoded["n"] - len(encoded["b64"])
    return encoded, body, size


def encode_value(value: object, budget: Budget) -> Encoded:
    """One value, at any depth. Spends from `budget`."""
    budget.nodes -= 1
    encoder = _EXACT.get(type(value))
    if encoder is not None:
        if budget.depth == 0 and isinstance(value, (list, tuple)) and value and _is_drawing(value[0]):
            return encode_picture(value) or encoder(value, budget)  # send(plt.plot(x, y), 3)
        return encoder(value, budget)
    return _encode_other(value, budget)


def _is_drawing(value: object) -> bool:
    return type(value).__module__.startswith("matplotlib.")


def _none(value: Any, budget: Budget) -> Encoded:
    return {"t": "none"}


def _bool(value: Any, budget: Budget) -> Encoded:
    return {"t": "bool", "v": bool(value)}


def _int(value: Any, budget: Budget) -> Encoded:
    return encode_int(value)


def _float(value: Any, budget: Budget) -> Encoded:
    return encode_float(value)


def _complex(value: Any, budget: Budget) -> Encoded:
    return encode_complex(value)


def _str(value: Any, budget: Budget) -> Encoded:
    return {"t": "str", **spend_text(value, limits.TEXT_CHARS, budget)}


def _bytes(value: Any, budget: Budget) -> Encoded:
    encoded = encode_bytes(value)
    if budget.depth > 0:
        _spend_bytes(len(encoded["b64"]), budget)
    return encoded


def _moment(value: Any, budget: Budget) -> Encoded:
    return encode_moment(value)


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


def _spend_bytes(count: int, budget: Budget) -> None:
    if count > budget.text_bytes:
        raise (
            Overspent
            if budget.exact
            else Refused(
                "too-large",
                "the bytes and pictures inside this value take more than a record holds (1 MB). Send them apart.",
            )
        )
    budget.text_bytes -= count


class _Inside:
    """Entering a container: one level deeper, its id on the path."""

    __slots__ = ("budget", "key")

    def __init__(self, container: object, budget: Budget) -> None:
        self.budget = budget
        self.key = id(container)

    def __enter__(self) -> None:
        self.budget.depth += 1
        self.budget.path.add(self.key)

    def __exit__(self, *exc: object) -> None:
        self.budget.depth -= 1
        self.budget.path.discard(self.key)


def _too_deep(value: object, budget: Budget) -> Encoded | None:
    """A cycle arrives as `…`, what is nested deeper than the limit as its repr."""
    if id(value) in budget.path:
        return {"t": "repr", "cls": class_label(type(value)), "text": {"v": "…"}}
    if budget.depth >= limits.VALUE_DEPTH:
        text = safe_repr(value) if not isinstance(value, (list, tuple, dict, set, frozenset)) else "…"
        return {"t": "repr", "cls": class_label(type(value)), "text": spend_text(text, limits.REPR_CHARS, budget)}
    return None


def _may_go_on(count: int, budget: Budget) -> bool:
    if budget.exact:
        if budget.nodes < 0:
            raise Overspent
        return True
    return count < budget.items and budget.nodes > 0 and budget.text_bytes > 0


def _sequence(kind: str) -> Callable[[Any, Budget], Encoded]:
    def encode_sequence(value: Any, budget: Budget) -> Encoded:
        instead = _too_deep(value, budget)
        if instead is not None:
            return instead
        items: list[Encoded] = []
        with _Inside(value, budget):
            for item in list.__iter__(value) if isinstance(value, list) else tuple.__iter__(value):
                if not _may_go_on(len(items), budget):
                    break
                items.append(encode_value(item, budget))
        out: Encoded = {"t": kind, "v": items, "n": max(len(items), _length(value))}
        return _with_hash(out, value, budget)

    return encode_sequence


def _length(value: Any) -> int:
    """Without asking a subclass of the student's."""
    return list.__len__(value) if isinstance(value, list) else tuple.__len__(value)


def _unordered(kind: str) -> Callable[[Any, Budget], Encoded]:
    def encode_set(value: Any, budget: Budget) -> Encoded:
        instead = _too_deep(value, budget)
        if instead is not None:
            return instead
        with _Inside(value, budget):
            members: list[Any] = list(value)
            if len(members) > limits.VALUE_ITEMS:
                # Equal sets must be cut alike, in whatever order their hashes put them.
                members = _sorted_members(members) if len(members) <= _EXACT_NODES else members
            items: list[Encoded] = []
            for item in members:
                if not _may_go_on(len(items), budget):
                    break
                items.append(encode_value(item, budget))
        items.sort(key=_member_order)
        return _with_hash({"t": kind, "v": items, "n": len(members)}, value, budget)

    return encode_set


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


def _dict(value: Any, budget: Budget) -> Encoded:
    instead = _too_deep(value, budget)
    if instead is not None:
        return instead
    pairs: list[list[Encoded]] = []
    with _Inside(value, budget):
        for key, item in list(dict.items(value)):
            if not _may_go_on(len(pairs), budget):
                break
            pairs.append([encode_value(key, budget), encode_value(item, budget)])
    return _with_hash({"t": "dict", "v": pairs, "n": len(value)}, value, budget)


def _with_hash(out: Encoded, value: object, budget: Budget) -> Encoded:
    """A cut container carries the sha256 of its whole canonical text, where that is affordable."""
    if out["n"] > len(out["v"]) and budget.depth == 0 and not budget.exact:
        whole = Budget(nodes=_EXACT_NODES, text_bytes=16 * limits.MIB, exact=True)
        try:
            out["sha256"] = hashlib.sha256(dumps(encode_value(value, whole)).encode("utf-8")).hexdigest()
        except (Overspent, Refused):
            pass
    return out


def _fields(value: object, names: list[str], budget: Budget) -> Encoded:
    instead = _too_deep(value, budget)
    if instead is not None:
        return instead
    fields: list[list[Any]] = []
    with _Inside(value, budget):
        for name in names:
            if not _may_go_on(len(fields), budget):
                break
            try:
                item = getattr(value, name)
            except Exception:
                continue
            fields.append([label(name), encode_value(item, budget)])
    return {"t": "object", "cls": class_label(type(value)), "fields": fields}


def _repr(value: object, budget: Budget, text: str | None = None) -> Encoded:
    return {
        "t": "repr",
        "cls": class_label(type(value)),
        "text": spend_text(safe_repr(value) if text is None else text, limits.REPR_CHARS, budget),
    }


def _encode_other(value: Any, budget: Budget) -> Encoded:
    """Everything but the exact built-in types, most particular first."""
    kind = type(value)
    if isinstance(value, type):
        return _pay(encode_code(value), budget)
    for attempt in (encode_array_like, encode_table):
        encoded = attempt(value, budget)
        if encoded is not None:
            return encoded
    encoded = encode_picture(value)
    if encoded is not None:
        if budget.depth > 0:
            _spend_bytes(len(encoded["b64"]), budget)
        return encoded
    encoded = encode_code(value)
    if encoded is not None:
        return _pay(encoded, budget)
    if isinstance(value, enum.Enum):
        return _repr(value, budget)
    if isinstance(value, BaseException):
        return encode_error(value, budget)
    names = getattr(kind, "__dataclass_fields__", None)
    if isinstance(names, dict):
        return _fields(value, [str(name) for name in names], budget)
    names = getattr(kind, "_fields", None)
    if isinstance(value, tuple) and isinstance(names, tuple) and all(isinstance(name, str) for name in names):
        return _fields(value, list(names), budget)
    for base, encoder in _BASES:
        if isinstance(value, base):
            return encoder(value, budget)
    rich = encode_rich(value, budget)
    if rich is not None:
        return rich
    if kind.__module__ in ("decimal", "fractions", "uuid", "pathlib", "pathlib._local", "ipaddress"):
        return _repr(value, budget, safe_str(value))
    return _repr(value, budget)


def _pay(encoded: Encoded | None, budget: Budget) -> Encoded:
    assert encoded is not None
    source = encoded["src"]
    if budget.depth > 0 and len(source["v"]) > max(200, budget.text_bytes):
        encoded["src"] = spend_text(source["v"], limits.TEXT_CHARS, budget)
    else:
        budget.text_bytes -= len(source["v"])
    return encoded


_EXACT: dict[type, Callable[[Any, Budget], Encoded]] = {
    type(None): _none,
    bool: _bool,
    int: _int,
    float: _float,
    complex: _complex,
    str: _str,
    bytes: _bytes,
    bytearray: _bytes,
    memoryview: _bytes,
    list: _sequence("list"),
    tuple: _sequence("tuple"),
    set: _unordered("set"),
    frozenset: _unordered("frozenset"),
    dict: _dict,
    dt.datetime: _moment,
    dt.date: _moment,
    dt.time: _moment,
    dt.timedelta: _moment,
}
#: The student's own subclasses of built-in types, in the order in which they are tried.
_BASES: list[tuple[type, Callable[[Any, Budget], Encoded]]] = [
    (bool, _bool),
    (int, _int),
    (float, _float),
    (complex, _complex),
    (str, _str),
    (bytes, _bytes),
    (bytearray, _bytes),
    (list, _EXACT[list]),
    (tuple, _EXACT[tuple]),
    (set, _EXACT[set]),
    (frozenset, _EXACT[frozenset]),
    (dict, _dict),
    (dt.datetime, _moment),
    (dt.date, _moment),
    (dt.time, _moment),
    (dt.timedelta, _moment),
]
