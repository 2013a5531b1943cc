"""Scalars and dates: what has one obvious form on the wire."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import math

from . import limits
from .budget import Encoded, Refused
from .text import text_json

SAFE_INTEGER = 2**53 - 1
#: Python refuses to print longer integers (4,300 digits), and the wire takes 5,000. Longer ones are hexadecimal.
_INT_BITS = 14_000


def dumps(encoded: object) -> str:
    """Compact JSON text, without NaN (the encoding has none)."""
    return json.dumps(encoded, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def float_json(value: float) -> float | str:
    """A number, or one of the four names for what JSON lacks."""
    if math.isfinite(value):
        return "-0" if value == 0 and math.copysign(1.0, value) < 0 else value
    if math.isnan(value):
        return "nan"
    return "inf" if value > 0 else "-inf"


def int_cell(value: int) -> int | str:
    """In a column of integers: past ±(2^53 − 1) as decimal text."""
    return value if -SAFE_INTEGER <= value <= SAFE_INTEGER else str(value)


def encode_int(value: int, dtype: str | None = None) -> Encoded:
    if -SAFE_INTEGER <= value <= SAFE_INTEGER:
        out: Encoded = {"t": "int", "v": int(value)}
    elif value.bit_length() > _INT_BITS:
        return {"t": "repr", "cls": "int", "text": text_json(hex(value), limits.REPR_CHARS)}
    else:
        out = {"t": "int", "v": int.__repr__(int(value))}
    if dtype is not None:
        out["dtype"] = dtype
    return out


def encode_float(value: float, dtype: str | None = None) -> Encoded:
    out: Encoded = {"t": "float", "v": float_json(float(value))}
    if dtype is not None:
        out["dtype"] = dtype
    return out


def encode_complex(value: complex, dtype: str | None = None) -> Encoded:
    out: Encoded = {"t": "complex", "re": float_json(float(value.real)), "im": float_json(float(value.imag))}
    if dtype is not None:
        out["dtype"] = dtype
    return out


def encode_bytes(value: bytes | bytearray | memoryview) -> Encoded:
    raw = bytes(value)
    # Counted as base64, which is how they travel inside the JSON text.
    if len(raw) * 4 // 3 > limits.VALUE_BYTES - limits.KIB:
        raise Refused(
            "too-large",
            f"{len(raw):,} bytes are more than a record holds (1 MB). Send a part of them, or their hash.",
        )
    return {
        "t": "bytes",
        "n": len(raw),
        "b64": base64.b64encode(raw).decode("ascii"),
        "sha256": hashlib.sha256(raw).hexdigest(),
    }


def duration_text(nanoseconds: int) -> str:
    """ISO 8601: `P1DT3600.5S`, with a leading `-` when negative; exact to the nanosecond."""
    sign = "-" if nanoseconds < 0 else ""
    seconds, fraction = divmod(abs(nanoseconds), 10**9)
    days, seconds = divmod(seconds, 86_400)
    digits = f".{fraction:09d}".rstrip("0") if fraction else ""
    return f"{sign}P{days}DT{seconds}{digits}S"


def timedelta_text(value: dt.timedelta) -> str:
    microseconds = (value.days * 86_400 + value.seconds) * 10**6 + value.microseconds
    return duration_text(microseconds * 1_000)


def encode_moment(value: dt.datetime | dt.date | dt.time | dt.timedelta) -> Encoded:
    """Dates and times in ISO 8601, with their offset if they have one."""
    if isinstance(value, dt.timedelta):
        return {"t": "timedelta", "v": timedelta_text(value)}
    if isinstance(value, dt.datetime):
        return {"t": "datetime", "v": value.isoformat()}
    return {"t": "time" if isinstance(value, dt.time) else "date", "v": value.isoformat()}
