"""The golden values: Python expressions and what they become on the wire.

`schema/fixtures/values.json` is made from these by `python test_python/golden.py --write`, looked at by a person, and
then checked by pytest (the encoding is still that) and by vitest (the wire's validators accept it unchanged).
"""

from __future__ import annotations

import base64
import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import json
import math
import sys
import uuid
import zoneinfo
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
from sklearn.linear_model import LinearRegression

FIXTURES = Path(__file__).resolve().parents[2] / "schema" / "fixtures"
_PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@dataclasses.dataclass
class Point:
    x: float
    label: str


Pair = collections.namedtuple("Pair", "a b")


class Colour(enum.Enum):
    RED = 1


class Png:
    def _repr_png_(self) -> bytes:
        return _PNG


class Html:
    def _repr_html_(self) -> str:
        return "<b>bold</b>"


class Chart:
    def _repr_mimebundle_(self, **_: Any) -> Any:
        bars = {"type": "bar", "x": [1, 2], "y": [3, 4]}
        return {"application/vnd.plotly.v1+json": {"data": [bars], "layout": {"title": {"text": "Sales"}}}}


class Held:
    """No repr of its own: what it holds is sent."""

    def __init__(self) -> None:
        self.x = 1
        self.me = self


class LongRepr:
    def __repr__(self) -> str:
        return "é" * 10_001


class BadRepr:
    def __repr__(self) -> str:
        raise ValueError("no")


def cyclic() -> list[Any]:
    made: list[Any] = [1]
    made.append(made)
    return made


def nested(depth: int) -> Any:
    made: Any = 0
    for _ in range(depth):
        made = [made]
    return made


#: What the expressions may name.
SCOPE: dict[str, Any] = {
    module.__name__: module for module in (collections, datetime, decimal, fractions, math, uuid, zoneinfo)
}
SCOPE.update(np=np, pd=pd, pl=pl, LinearRegression=LinearRegression, Chart=Chart, Held=Held)
SCOPE.update(Point=Point, Pair=Pair, Colour=Colour, Png=Png, Html=Html)
SCOPE.update(LongRepr=LongRepr, BadRepr=BadRepr, cyclic=cyclic, nested=nested)
for _kind in (Point, Pair, Colour, Png, Html, LongRepr, BadRepr, Chart, Held):
    _kind.__module__ = "__main__"

EXPRESSIONS: list[tuple[str, str]] = [
    ("none", "None"),
    ("true", "True"),
    ("int", "2"),
    ("int at the edge of a JSON number", "2**53 - 1"),
    ("int past it", "2**53"),
    ("int of 30 digits", "-10**29"),
    ("int too long to print", "2**20000"),
    ("float", "2.5"),
    ("float that is a whole number", "2.0"),
    ("float nan", "math.nan"),
    ("float inf", "math.inf"),
    ("float -inf", "-math.inf"),
    ("float minus zero", "-0.0"),
    ("float smallest", "5e-324"),
    ("float largest", "1.7976931348623157e308"),
    ("complex", "3 - 4j"),
    ("complex nan", "complex(math.nan, -0.0)"),
    ("text", "'naïve 你好 🎉'"),
    ("text empty", "''"),
    ("text with NUL", "'a\\x00b'"),
    ("text with a lone surrogate and a backslash", "'\\ud800\\\\'"),
    ("text with a backslash alone", "'a\\\\0'"),
    ("text cut", "LongRepr()"),
    ("bytes", "b'\\x00\\xff'"),
    ("bytes empty", "b''"),
    ("bytearray", "bytearray(b'ab')"),
    ("date", "datetime.date(2026, 3, 1)"),
    ("time", "datetime.time(9, 5, 0, 250000)"),
    ("datetime naive", "datetime.datetime(2026, 3, 1, 9, 5)"),
    ("datetime with zone", "datetime.datetime(2026, 3, 1, 9, 5, tzinfo=datetime.timezone.utc)"),
    ("datetime with offset", "datetime.datetime(2026, 7, 1, 9, 5, tzinfo=zoneinfo.ZoneInfo('Europe/Zurich'))"),
    ("timedelta", "datetime.timedelta(days=1, seconds=2, microseconds=3)"),
    ("timedelta negative", "datetime.timedelta(seconds=-1)"),
    ("list", "[1, 2.0, 'three', None, True]"),
    ("list empty", "[]"),
    ("tuple", "(1, (2, (3,)))"),
    ("set", "{3, 1, 2}"),
    ("frozenset", "frozenset({'b', 'a'})"),
    ("dict", "{'a': 1, 2: [3], (4, 5): {'b': None}}"),
    ("list cut", "list(range(1001))"),
    ("set cut", "set(range(1500))"),
    ("list within itself", "cyclic()"),
    ("list too deep", "nested(22)"),
    ("defaultdict", "collections.defaultdict(list, {'a': [1]})"),
    ("Counter", "collections.Counter('aab')"),
    ("dataclass", "Point(1.5, 'p')"),
    ("namedtuple", "Pair(1, [2])"),
    ("enum", "Colour.RED"),
    ("object without a repr", "Held()"),
    ("deque", "collections.deque([1, 2], maxlen=3)"),
    ("generator", "(number for number in [1])"),
    ("Decimal", "decimal.Decimal('0.10')"),
    ("Fraction", "fractions.Fraction(1, 3)"),
    ("UUID", "uuid.UUID('12345678-1234-5678-1234-567812345678')"),
    ("range", "range(0, 10, 2)"),
    ("Ellipsis", "..."),
    ("repr that fails", "BadRepr()"),
    ("np.bool", "np.bool_(True)"),
    ("np.int64", "np.int64(2)"),
    ("np.uint64 past 2^53", "np.uint64(2**64 - 1)"),
    ("np.float32", "np.float32(0.1)"),
    ("np.float64 nan", "np.float64('nan')"),
    ("np.complex64", "np.complex64(1 + 2j)"),
    ("np.str_", "np.str_('x')"),
    ("np.longdouble that is no double", "np.longdouble('0.1')"),
    ("np.void with fields", "np.array([(1, 2.5)], dtype=[('a', 'i4'), ('b', 'f8')])[0]"),
    ("np.datetime64", "np.datetime64('2026-03-01T09:05:00', 's')"),
    ("np.timedelta64", "np.timedelta64(90, 'm')"),
    ("array of ints", "np.arange(6, dtype='int64').reshape(2, 3)"),
    ("array of floats with names", "np.array([1.5, np.nan, np.inf, -np.inf, -0.0])"),
    ("array of int64 past 2^53", "np.array([2**60, -2**60, 5], dtype='int64')"),
    ("array of bools", "np.array([True, False])"),
    ("array of complex", "np.array([1 + 2j, np.nan])"),
    ("array of text", "np.array(['a', 'bc'])"),
    ("array of text with NUL", "np.array(['a\\x00b', 'c\\\\d'], dtype=object)"),
    ("array of objects", "np.array([None, 'x', 1, 2.5, [3]], dtype=object)"),
    ("array of dates", "np.array(['2026-03-01', 'NaT'], dtype='datetime64[D]')"),
    ("array of durations", "np.array([1, 2], dtype='timedelta64[h]')"),
    ("array empty", "np.zeros((0, 3))"),
    ("array without dimension", "np.array(7.0)"),
    ("array cut", "np.arange(2001, dtype='int32')"),
    ("array big endian", "np.array([1, 2], dtype='>i4')"),
    ("array not contiguous", "np.arange(6, dtype='int64').reshape(2, 3).T"),
    ("array of bytes", "np.array([b'ab', b'c\\x00d'])"),
    ("array of records", "np.array([(1, 2.5)], dtype=[('a', 'i4'), ('b', 'f8')])"),
    ("array of long doubles", "np.array(['0.1', '0.5'], dtype='longdouble')"),
    (
        "array of mixed kinds",
        "np.array([1, 1.0, 1.5, np.nan, None, '1', 2**60, datetime.date(2026, 3, 1)], dtype=object)",
    ),
    ("array of complex cut", "np.arange(1001) * 1j"),
    ("array masked ints", "np.ma.array([1, 2], mask=[False, True])"),
    ("array masked", "np.ma.array([1.0, 2.0], mask=[False, True])"),
    ("frame", "pd.DataFrame({'n': [1, 2], 'x': [0.5, None], 'ok': [True, False]})"),
    ("frame with index", "pd.DataFrame({'n': [1, 2]}, index=pd.Index([10, 20], name='id'))"),
    ("frame of objects", "pd.DataFrame({'s': pd.Series(['a', 'b\\x00', None], dtype=object)})"),
    ("frame with dates", "pd.DataFrame({'d': np.array(['2026-03-01', 'NaT'], dtype='datetime64[s]')})"),
    ("frame cut", "pd.DataFrame({'n': range(51)})"),
    ("frame empty", "pd.DataFrame()"),
    ("frame with numbered columns", "pd.DataFrame([[1, 2]])"),
    ("frame nullable", "pd.DataFrame({'n': pd.array([1, None], dtype='Int64')})"),
    ("series", "pd.Series([1.5, 2.5], index=[3, 4], name='height')"),
    ("series without name", "pd.Series([1, 2])"),
    ("index", "pd.Index([1, 2], name='k')"),
    ("index of levels", "pd.Series([1], index=pd.MultiIndex.from_tuples([('a', 1.0)], names=['k', None]))"),
    ("frame with names in two levels", "pd.DataFrame([[1]], columns=pd.MultiIndex.from_tuples([('a', 1)]))"),
    ("frame with the same name twice", "pd.DataFrame([[1, 2]], columns=['a', 'a'])"),
    ("series of a zone", "pd.Series(pd.to_datetime(['2026-07-01 09:05', None])).dt.tz_localize('Europe/Zurich')"),
    ("series of complex", "pd.Series([1 + 2j])"),
    ("series of categories", "pd.Series(['a', None], dtype='category')"),
    ("series of nullable floats", "pd.Series([1.0, None], dtype='Float64')"),
    ("series of uint64 with nulls", "pd.Series([2**64 - 1, None], dtype='UInt64')"),
    ("series of durations", "pd.Series(pd.to_timedelta(['1 days', None]))"),
    ("series of periods", "pd.Series(pd.period_range('2026-01', periods=2, freq='M'))"),
    ("series of intervals", "pd.Series(pd.interval_range(0, 2))"),
    ("series of lists", "pd.Series([[1, 2.0], {'a': None}, (1,)])"),
    ("Styler", "pd.DataFrame({'n': [1]}).style"),
    ("polars frame", "pl.DataFrame({'n': [1, None], 's': ['a', None], 'l': [[1], []], 'd': [{'q': 1.0}, None]})"),
    ("polars series", "pl.Series('x', [1.5, None, float('nan')])"),
    (
        "polars moments",
        "pl.Series('t', [datetime.datetime(2026, 7, 1, 9, 5), None]).dt.replace_time_zone('Europe/Zurich')",
    ),
    ("polars cut", "pl.DataFrame({'n': range(51)})"),
    ("polars plan in a list", "[pl.LazyFrame({'n': [1]})]"),
    ("Timestamp", "pd.Timestamp('2026-03-01 09:05:00.000000001')"),
    ("Timedelta", "pd.Timedelta('1 days 00:00:00.5')"),
    ("NaT", "pd.NaT"),
    ("NA", "pd.NA"),
    ("picture", "Png()"),
    ("picture in a list", "[Png()]"),
    ("html", "Html()"),
    ("chart", "Chart()"),
    ("estimator", "LinearRegression()"),
    ("builtin function", "len"),
    ("builtin class", "int"),
    ("exception without traceback", "ValueError('bad\\x00')"),
]


def evaluate(expression: str) -> Any:
    return eval(expression, dict(SCOPE))  # noqa: S307 - our own text


def main() -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # this checkout, not an installed wheel
    from nbpulse.encode import encode

    cases = []
    for name, expression in EXPRESSIONS:
        encoded, body = encode(evaluate(expression))
        cases.append({"name": name, "python": expression, "value": json.loads(body)})
    lines = ",\n".join(json.dumps(case, ensure_ascii=True) for case in cases)
    text = f"[\n{lines}\n]\n"
    path = FIXTURES / "values.json"
    if "--write" in sys.argv:
        path.write_text(text, encoding="utf-8")
    print(f"{len(cases)} cases, {len(text):,} bytes")


if __name__ == "__main__":
    main()
