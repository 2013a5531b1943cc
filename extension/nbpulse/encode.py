"""The tagged encoding of everything that a notebook can produce: schema/src/wire/value.ts, written from Python.

`encode(value)` returns plain JSON data or raises `Refused` with a message for the student. Nothing is imported for
it: numpy, pandas and the like are looked up in `sys.modules`, because a value of theirs cannot exist otherwise.
Nothing of the student's is changed or used up by it.
"""

from __future__ import annotations

import datetime as dt
import enum
from typing import Any, Callable

from . import limits
from .arrays import encode_array_like
from .budget import Budget, Encoded, Overspent, Refused, spend_bytes
from .charts import encode_chart
from .containers import encode_dict, encode_sequence, encode_set, spend_text
from .errors import encode_error
from .figures import drawing_in, encode_picture
from .frames import encode_table
from .objects import encode_object, encode_own_object, encode_unread
from .plain import dumps, encode_bytes, encode_complex, encode_float, encode_int, encode_moment
from .polars_tables import encode_polars
from .registry import encode_registered, has_rules
from .rich import encode_rich
from .source import encode_code
from .text import class_label, safe_repr, safe_str

#: Room in `limits.VALUE_BYTES` that stays free, for what the server counts and we do not.
_SLACK_BYTES = 4 * limits.KIB


def encode(value: object) -> tuple[Encoded, str]:
    """The encoded value and its JSON text, never larger than `limits.VALUE_BYTES`."""
    try:
        return _encode(value)
    except (Exception, KeyboardInterrupt):
        raise
    except BaseException as error:  # `exit()` in a method of the student's must not end the cell
        raise Refused(
            "cannot-encode", f"this {class_label(type(value))} cannot be sent ({type(error).__name__})."
        ) from None


def _encode(value: object) -> tuple[Encoded, str]:
    made: dict[int, tuple[Any, Any]] = {}
    top_bytes = 900 * limits.KIB if issubclass(type(value), str) else 400 * limits.KIB
    encoded, body, size = _encode_within(value, Budget(encode_value, text_bytes=top_bytes, made=made))
    if size > limits.VALUE_BYTES - _SLACK_BYTES:
        # Once more with an eighth of everything: tables and containers then arrive cut instead of not at all.
        budget = Budget(encode_value, nodes=3_000, text_bytes=100 * limits.KIB, made=made)
        encoded, body, size = _encode_within(value, budget)
    if size > limits.VALUE_BYTES - _SLACK_BYTES:
        raise Refused(
            "too-large",
            f"this {class_label(type(value))} takes {size:,} bytes; a record holds 1 MB. Send a part of it.",
        )
    return encoded, body


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
        if budget.depth == 0 and encoder in _MAY_HOLD_DRAWINGS and value:
            drawing = drawing_in(value)  # send(plt.plot(x, y), 3)
            picture = None if drawing is None else encode_picture(drawing)
            return encoder(value, budget) if picture is None else picture
        return encoder(value, budget)
    return _encode_other(value, budget)


def _none(value: Any, budget: Budget) -> Encoded:
    return {"t": "none"}


def _bool(value: Any, budget: Budget) -> Encoded:
    return {"t": "bool", "v": bool(value)}


def _int(value: Any, budget: Budget) -> Encoded:
    return encode_int(int.__int__(value))


def _float(value: Any, budget: Budget) -> Encoded:
    return encode_float(float.__float__(value))


def _complex(value: Any, budget: Budget) -> Encoded:
    return encode_complex(value)


def _str(value: Any, budget: Budget) -> Encoded:
    return {"t": "str", **spend_text(value, limits.TEXT_CHARS, budget)}


def _bytes(value: Any, budget: Budget) -> Encoded:
    encoded = encode_bytes(value)
    if budget.depth > 0:
        spend_bytes(len(encoded["b64"]), budget)
    return encoded


def _moment(value: Any, budget: Budget) -> Encoded:
    return encode_moment(value)


def _registered(value: Any, budget: Budget) -> Encoded | None:
    return encode_registered(value, budget) if has_rules() else None


def _class(value: Any, budget: Budget) -> Encoded | None:
    return _code(value, budget) if isinstance(value, type) else None


def _picture(value: Any, budget: Budget) -> Encoded | None:
    encoded = None if budget.plain else encode_picture(value)
    if encoded is not None and budget.depth > 0:
        spend_bytes(len(encoded["b64"]), budget)
    return encoded


def _code(value: Any, budget: Budget) -> Encoded | None:
    encoded = encode_code(value)
    if encoded is None:
        return None
    source = encoded["src"]
    if budget.depth > 0 and len(source["v"]) > max(200, budget.text_bytes):
        encoded["src"] = spend_text(source["v"], limits.TEXT_CHARS, budget)
    else:
        budget.text_bytes -= len(source["v"])
    return encoded


def _enum(value: Any, budget: Budget) -> Encoded | None:
    return _repr(value, budget) if isinstance(value, enum.Enum) else None


def _error(value: Any, budget: Budget) -> Encoded | None:
    return encode_error(value, budget) if isinstance(value, BaseException) else None


def _subclass(value: Any, budget: Budget) -> Encoded | None:
    for base, encoder in _BASES:
        if isinstance(value, base):
            return encoder(value, budget)
    return None


def _rich(value: Any, budget: Budget) -> Encoded | None:
    return None if budget.plain else encode_rich(value, budget)


def _repr(value: object, budget: Budget, text: str | None = None) -> Encoded:
    return {
        "t": "repr",
        "cls": class_label(type(value)),
        "text": spend_text(safe_repr(value) if text is None else text, limits.REPR_CHARS, budget),
    }


def _encode_other(value: Any, budget: Budget) -> Encoded:
    """Everything but the exact built-in types, most particular first; what fails there falls through to the repr."""
    for attempt in _ATTEMPTS:
        try:
            encoded = attempt(value, budget)
        except (Refused, Overspent, KeyboardInterrupt):
            raise
        except BaseException:
            continue  # a student's object may raise anything, `SystemExit` too, from whatever is asked of it
        if encoded is not None:
            return encoded
    if type(value).__module__ in _BY_STR:
        return _repr(value, budget, safe_str(value))
    return _repr(value, budget)


#: Their `str` is their value, their repr only wraps it.
_BY_STR = frozenset(("decimal", "fractions", "uuid", "pathlib", "pathlib._local", "ipaddress"))

_ATTEMPTS: tuple[Callable[[Any, Budget], Encoded | None], ...] = (
    _registered,
    _class,
    encode_array_like,
    encode_table,
    encode_polars,
    _picture,
    encode_chart,
    _code,
    _enum,
    _error,
    encode_object,
    _subclass,
    encode_unread,
    _rich,
    encode_own_object,
)

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
    list: encode_sequence("list"),
    tuple: encode_sequence("tuple"),
    set: encode_set("set"),
    frozenset: encode_set("frozenset"),
    dict: encode_dict,
    dt.datetime: _moment,
    dt.date: _moment,
    dt.time: _moment,
    dt.timedelta: _moment,
}
_MAY_HOLD_DRAWINGS = (_EXACT[list], _EXACT[tuple], encode_dict)
#: The student's own subclasses of built-in types, in the order in which they are tried.
_BASES: tuple[tuple[type, Callable[[Any, Budget], Encoded]], ...] = tuple(
    (base, _EXACT[base])
    for base in (
        *(bool, int, float, complex, str, bytes, bytearray),
        *(list, tuple, set, frozenset, dict),
        *(dt.datetime, dt.date, dt.time, dt.timedelta),
    )
)
