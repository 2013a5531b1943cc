"""Standard library values that cross by value: a tag and a tuple of simpler values, both ways.

`to_parts` looks at the exact type only; an instance of a student's subclass never gets here. `from_parts` builds from
what a hostile peer sent: it checks the type of every part and raises ValueError (or TypeError) otherwise.
"""

from __future__ import annotations

import datetime
import decimal
import fractions
import pathlib
import re
import types
import uuid
import zoneinfo
from collections.abc import Callable
from typing import Any

Parts = tuple[str, tuple[Any, ...]]

_EMPTY: dict[Any, Any] = {}
_DICT_KEYS, _DICT_VALUES, _DICT_ITEMS = type(_EMPTY.keys()), type(_EMPTY.values()), type(_EMPTY.items())
_ZONE_KEY = re.compile(r"[A-Za-z0-9_+\-]{1,40}(/[A-Za-z0-9_+\-]{1,40}){0,2}")
#: A pattern from the probe may run for ever inside C; tests that use a student's compiled pattern need only short ones.
_PATTERN_CHARS = 1_000


def zone_parts(zone: datetime.tzinfo | None) -> tuple[Any, ...]:
    if zone is None:
        return ()
    if type(zone) is datetime.timezone:
        return ("offset", zone.utcoffset(None))
    if type(zone) is zoneinfo.ZoneInfo and zone.key:
        return ("zone", zone.key)
    raise ValueError(f"a time zone of type {type(zone).__name__} cannot cross")


def zone_from(parts: Any) -> datetime.tzinfo | None:
    if parts == ():
        return None
    kind, value = parts
    if kind == "offset" and type(value) is datetime.timedelta:
        return datetime.timezone(value)
    if kind == "zone" and type(value) is str and _ZONE_KEY.fullmatch(value):
        return zoneinfo.ZoneInfo(value)
    raise ValueError("time zone")


def _datetime_parts(v: datetime.datetime) -> tuple[Any, ...]:
    return (v.year, v.month, v.day, v.hour, v.minute, v.second, v.microsecond, v.fold, zone_parts(v.tzinfo))


def _time_parts(v: datetime.time) -> tuple[Any, ...]:
    return (v.hour, v.minute, v.second, v.microsecond, v.fold, zone_parts(v.tzinfo))


_TO_PARTS: dict[type, tuple[str, Callable[[Any], tuple[Any, ...]]]] = {
    range: ("range", lambda v: (v.start, v.stop, v.step)),
    slice: ("slice", lambda v: (v.start, v.stop, v.step)),
    datetime.datetime: ("datetime", _datetime_parts),
    datetime.date: ("date", lambda v: (v.year, v.month, v.day)),
    datetime.time: ("time", _time_parts),
    datetime.timedelta: ("timedelta", lambda v: (v.days, v.seconds, v.microseconds)),
    datetime.timezone: ("timezone", lambda v: zone_parts(v)),
    zoneinfo.ZoneInfo: ("timezone", lambda v: zone_parts(v)),
    decimal.Decimal: ("decimal", lambda v: (str(v),)),
    fractions.Fraction: ("fraction", lambda v: (v.numerator, v.denominator)),
    uuid.UUID: ("uuid", lambda v: (v.int,)),
    pathlib.PosixPath: ("path", lambda v: (str(v),)),
    pathlib.PurePosixPath: ("purepath", lambda v: (str(v),)),
    memoryview: ("memoryview", lambda v: (v.tobytes(),)),
    _DICT_KEYS: ("keys", lambda v: (tuple(v),)),
    _DICT_VALUES: ("values", lambda v: (tuple(v),)),
    _DICT_ITEMS: ("items", lambda v: (tuple(v),)),
    re.Pattern: ("pattern", lambda v: (v.pattern, v.flags)),
    types.GenericAlias: ("alias", lambda v: (v.__origin__, v.__args__)),
}


def to_parts(value: object) -> Parts | None:
    """How a value of exactly one of these types is sent; None for every other type."""
    entry = _TO_PARTS.get(type(value))
    if entry is None:
        return None
    tag, take = entry
    return tag, take(value)


def _ints(values: Any) -> Any:
    if not all(type(v) is int for v in values):
        raise ValueError("a whole number is expected")
    return values


def _text(value: Any, most: int = 10_000) -> str:
    if type(value) is not str or len(value) > most:
        raise ValueError("a text is expected")
    return value


def _pattern(source: Any, flags: Any) -> re.Pattern[Any]:
    if type(source) not in (str, bytes) or len(source) > _PATTERN_CHARS or type(flags) is not int:
        raise ValueError("pattern")
    return re.compile(source, flags & ~re.DEBUG)


def _slice(start: Any, stop: Any, step: Any) -> slice:
    if not all(v is None or type(v) in (int, str) for v in (start, stop, step)):
        raise ValueError("slice")
    return slice(start, stop, step)


def _datetime(*parts: Any) -> datetime.datetime:
    year, month, day, hour, minute, second, microsecond = _ints(parts[:7])
    zone = zone_from(parts[8])
    return datetime.datetime(year, month, day, hour, minute, second, microsecond, zone, fold=parts[7])


def _time(*parts: Any) -> datetime.time:
    hour, minute, second, microsecond = _ints(parts[:4])
    return datetime.time(hour, minute, second, microsecond, zone_from(parts[5]), fold=parts[4])


def _decimal(text: Any) -> decimal.Decimal:
    return decimal.Decimal(_text(text))


def _alias(origin: Any, args: Any) -> types.GenericAlias:
    if not isinstance(origin, type) or type(args) is not tuple:
        raise ValueError("alias")
    return types.GenericAlias(origin, args)


_FROM_PARTS: dict[str, Callable[..., Any]] = {
    "range": lambda *v: range(*_ints(v)),
    "slice": _slice,
    "datetime": _datetime,
    "date": lambda *v: datetime.date(*_ints(v)),
    "time": _time,
    "timedelta": lambda *v: datetime.timedelta(*_ints(v)),
    "timezone": lambda *v: zone_from(v),
    "decimal": _decimal,
    "fraction": lambda *v: fractions.Fraction(*_ints(v)),
    "uuid": lambda v: uuid.UUID(int=_ints((v,))[0]),
    # A path of the student's names a file of the probe. As a concrete `Path` a test would open the oracle's own file.
    "path": lambda v: pathlib.PurePosixPath(_text(v)),
    "purepath": lambda v: pathlib.PurePosixPath(_text(v)),
    "memoryview": lambda v: memoryview(bytes(v)) if type(v) is bytes else _ints((v,)),
    "keys": lambda v: dict.fromkeys(v).keys(),
    "values": lambda v: dict(enumerate(v)).values(),
    "items": lambda v: dict(v).items(),
    "pattern": _pattern,
    "alias": _alias,
}


def from_parts(tag: str, parts: Any, *, trusted_sender: bool) -> Any:
    """The value that `to_parts` took apart. Raises ValueError, TypeError or KeyError on anything else."""
    if type(parts) is not tuple:
        raise ValueError("parts")
    if tag == "path" and trusted_sender:
        return pathlib.PosixPath(_text(*parts))
    return _FROM_PARTS[tag](*parts)
