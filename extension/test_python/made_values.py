"""Values of every kind that a notebook's cell gives, made by hypothesis: for the property tests of both sides."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

ZONES = [dt.timezone.utc, dt.timezone(dt.timedelta(hours=-3, minutes=-30)), zoneinfo.ZoneInfo("Europe/Zurich")]

text = st.text(st.characters(), max_size=20) | st.text(
    st.characters(categories=["Cs", "Cc"]) | st.just("\\"), max_size=6
)
storable_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
numbers = st.booleans() | st.integers() | st.integers(-(2**70), 2**70) | st.floats() | st.complex_numbers()
huge = st.integers(1_000, 20_000).map(lambda bits: 3**bits)
moments = (
    st.dates()
    | st.times()
    | st.timedeltas()
    | st.datetimes()
    | st.datetimes(
        timezones=st.sampled_from(ZONES), min_value=dt.datetime(1900, 1, 1), max_value=dt.datetime(2100, 1, 1)
    )
)
decimals = st.decimals(allow_nan=False)
scalars = st.none() | numbers | text | st.binary(max_size=40) | moments | decimals | huge
keys = st.integers() | text | st.booleans() | st.none() | st.tuples(st.integers(), text) | st.dates()
plain = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.tuples(inner, inner)
        | st.dictionaries(keys, inner, max_size=4)
        | st.sets(keys, max_size=4)
        | st.frozensets(keys, max_size=4)
    ),
    max_leaves=20,
)

shapes = npst.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
dtypes = (
    npst.scalar_dtypes()
    | npst.unicode_string_dtypes(max_len=8)
    | npst.byte_string_dtypes(max_len=8)
    | npst.datetime64_dtypes(max_period="D", min_period="ns")
    | npst.timedelta64_dtypes(max_period="D", min_period="ns")
)
records = npst.array_dtypes(
    npst.integer_dtypes() | npst.floating_dtypes(sizes=(32, 64)) | npst.boolean_dtypes(), max_size=3
).filter(lambda dtype: dtype.names is not None and len(str(dtype)) < 280)
arrays = npst.arrays(dtypes, shapes) | npst.arrays(records, npst.array_shapes(max_dims=2, max_side=3))
long_doubles = st.lists(st.integers(), min_size=1, max_size=4).map(lambda items: np.array(items, "longdouble") / 3)
array_scalars = npst.arrays(
    npst.integer_dtypes() | npst.floating_dtypes() | npst.boolean_dtypes() | npst.complex_number_dtypes(), ()
).map(lambda array: array[()])


def _series(rows: int) -> st.SearchStrategy[Any]:
    def lists(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.lists(inner, min_size=rows, max_size=rows)

    def of(inner: st.SearchStrategy[Any], dtype: str) -> st.SearchStrategy[Any]:
        return lists(inner).map(lambda items: pd.Series(items, dtype=dtype))

    int64 = st.integers(-(2**63), 2**63 - 1)
    mixed = st.none() | int64 | st.floats() | text | st.booleans() | st.dates() | st.lists(st.integers(), max_size=2)
    moment = st.datetimes(min_value=dt.datetime(1900, 1, 1), max_value=dt.datetime(2100, 1, 1))
    month = st.integers(0, 500).map(lambda n: pd.Period(year=1990 + n // 12, month=1 + n % 12, freq="M"))
    return st.one_of(
        of(int64, "int64"),
        of(st.integers(0, 2**64 - 1), "uint64"),
        of(st.integers(-128, 127), "int8"),
        of(st.floats(width=32), "float32"),
        of(st.floats(), "float64"),
        of(st.complex_numbers(), "complex128"),
        of(st.booleans(), "bool"),
        of(mixed, "object"),
        of(st.none() | storable_text, "str"),
        of(st.none() | int64, "Int64"),
        of(st.none() | st.integers(0, 255), "UInt8"),
        of(st.none() | st.floats(allow_nan=False), "Float64"),
        of(st.none() | st.booleans(), "boolean"),
        of(st.none() | st.sampled_from("abc"), "category"),
        of(st.none() | moment, "datetime64[us]"),
        of(moment, "datetime64[s]"),
        of(st.none() | moment, "datetime64[ns, Europe/Zurich]"),
        of(st.none() | st.timedeltas(dt.timedelta(-9_000), dt.timedelta(9_000)), "timedelta64[ns]"),
        lists(month).map(lambda items: pd.Series(pd.PeriodIndex(items, freq="M"))),
    )


@st.composite
def pandas_tables(draw: Any) -> Any:
    rows = draw(st.integers(0, 4))
    columns = draw(st.lists(_series(rows), max_size=5))
    index = draw(
        st.none()
        | st.lists(st.integers(-5, 5), min_size=rows, max_size=rows).map(lambda items: pd.Index(items, dtype="int64"))
        | st.lists(storable_text, min_size=rows, max_size=rows).map(lambda items: pd.Index(items, dtype="str"))
        | st.lists(st.tuples(st.integers(0, 3), st.sampled_from("xy")), min_size=rows, max_size=rows)
        .filter(bool)
        .map(pd.MultiIndex.from_tuples)
    )
    if len(columns) == 1 and draw(st.booleans()):
        made: Any = columns[0].rename(draw(st.none() | storable_text.filter(bool) | st.integers()))
    else:
        made = pd.concat(columns, axis=1) if columns else pd.DataFrame(index=pd.RangeIndex(rows))
        names = draw(
            st.lists(
                text | st.integers() | st.tuples(storable_text, st.integers()),
                min_size=len(columns),
                max_size=len(columns),
            )
        )
        labels = np.empty(len(names), dtype=object)
        labels[:] = names
        made.columns = pd.Index(labels, dtype=object, tupleize_cols=False)
    if index is not None:
        made.index = index
    return made


def _polars_column(rows: int) -> st.SearchStrategy[Any]:
    def of(inner: st.SearchStrategy[Any], dtype: Any) -> st.SearchStrategy[Any]:
        items = st.lists(st.none() | inner, min_size=rows, max_size=rows)
        return items.map(lambda cells: pl.Series(cells, dtype=dtype, strict=True))

    moment = st.datetimes(min_value=dt.datetime(1900, 1, 1), max_value=dt.datetime(2100, 1, 1))
    return st.one_of(
        of(st.integers(-(2**63), 2**63 - 1), pl.Int64),
        of(st.integers(0, 2**64 - 1), pl.UInt64),
        of(st.integers(0, 255), pl.UInt8),
        of(st.floats(), pl.Float64),
        of(st.floats(width=32), pl.Float32),
        of(st.booleans(), pl.Boolean),
        of(storable_text, pl.String),
        of(st.binary(max_size=9), pl.Binary),
        of(st.dates(), pl.Date),
        of(st.times(), pl.Time),
        of(moment, pl.Datetime("us")),
        of(st.timedeltas(dt.timedelta(-9_000), dt.timedelta(9_000)), pl.Duration("us")),
        of(st.lists(st.integers(-9, 9), max_size=3), pl.List(pl.Int64)),
        of(
            st.fixed_dictionaries({"a": st.integers(-9, 9), "b": st.none() | storable_text}),
            pl.Struct({"a": pl.Int64, "b": pl.String}),
        ),
        of(st.sampled_from("abc"), pl.Categorical),
        of(st.decimals(-(10**6), 10**6, places=2), pl.Decimal(20, 2)),
    )


@st.composite
def polars_tables(draw: Any) -> Any:
    rows = draw(st.integers(0, 4))
    columns = draw(st.lists(_polars_column(rows), max_size=5))
    names = draw(st.lists(storable_text, min_size=len(columns), max_size=len(columns), unique=True))
    named = [column.alias(name) for column, name in zip(columns, names)]
    return named[0] if len(named) == 1 and draw(st.booleans()) else pl.DataFrame(named)
