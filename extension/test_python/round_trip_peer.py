"""The Python end of server/src/records/round-trip.test.ts: sends values with `nbpulse`, compares what comes back.

    python round_trip_peer.py SEED COUNT     NBPULSE_SERVER … name the lab

It prints one line of JSON with what each part should show; then it reads one line with what the API gave for each
part, reads that back with its own reader, compares with the values it still has, and prints what differs.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

import nbpulse  # noqa: E402

if __name__ == "__main__":
    import made_values  # noqa: E402
    from described import describe  # noqa: E402
    from sameness import same  # noqa: E402
    from wire_reader import (  # noqa: E402
        read_array,
        read_cells,
        read_pandas,
        read_polars_cells,
        read_value,
    )

    KINDS: dict[str, st.SearchStrategy[Any]] = {
        "plain": made_values.plain,
        "array": made_values.arrays | made_values.long_doubles,
        "scalar": made_values.array_scalars,
        "pandas": made_values.pandas_tables(),
        "polars": made_values.polars_tables(),
    }


def make(kind: str, number: int, count: int) -> list[Any]:
    made: list[Any] = []

    @seed(number)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(KINDS[kind])
    def collect(value: Any) -> None:
        made.append(value)

    collect()
    return made


def difference(value: Any, data: dict[str, Any]) -> str | None:
    """In words; None when the value came back exactly."""
    if isinstance(value, np.generic):
        if data["t"] == "repr":
            return None if isinstance(value, (np.longdouble, np.clongdouble)) else "came as its repr"
        read = read_value(data)
        if data.get("dtype") != str(value.dtype):
            return f"dtype {data.get('dtype')}"
        return (
            None if same(read, value.item() if value.dtype.itemsize <= 8 else type(read)(value)) else f"read {read!r}"
        )
    if isinstance(value, np.ndarray):
        read = read_array(data)
        if (read.shape, read.dtype.newbyteorder("=")) != (value.shape, value.dtype.newbyteorder("=")):
            return f"read {read.dtype} {read.shape}"
        if value.dtype.names:
            return None if same(read.tolist(), value.tolist()) else f"read {read!r}"
        np.testing.assert_array_equal(read, value)
        if value.dtype.kind in "fc":
            # -0.0 is not 0.0; a NaN has no sign that Python would print.
            for one, other in ((read.real, value.real), (read.imag, value.imag)):
                np.testing.assert_array_equal(np.signbit(one) & ~np.isnan(one), np.signbit(other) & ~np.isnan(other))
        return None
    if isinstance(value, pd.Series):
        options: Any = {"check_exact": True, "check_categorical": False, "check_freq": False}
        pd.testing.assert_series_equal(read_pandas(data), value, **options)
        return signs(data, [value])
    if isinstance(value, pd.DataFrame):
        options = {"check_exact": True, "check_categorical": False, "check_freq": False, "check_column_type": False}
        pd.testing.assert_frame_equal(read_pandas(data), value, **options)
        return signs(data, [value.iloc[:, at] for at in range(value.shape[1])])
    if isinstance(value, (pl.Series, pl.DataFrame)):
        columns = [value] if isinstance(value, pl.Series) else list(value)
        for column, json_column in zip(columns, data["columns"], strict=True):
            expected = column.to_list()
            if isinstance(column.dtype, pl.Datetime):
                expected = column.dt.to_string("iso:strict").to_list()
            elif isinstance(column.dtype, pl.Duration):
                expected = [None if step is None else step * 1_000 for step in column.to_physical().to_list()]
            elif column.dtype in (pl.Date, pl.Time):
                expected = [None if item is None else item.isoformat() for item in expected]
            read = read_polars_cells(json_column)
            if column.dtype == pl.Time:
                read = [None if text is None else text.rstrip("0").rstrip(".") for text in map(time_text, read)]
                expected = [None if text is None else text.rstrip("0").rstrip(".") for text in map(time_text, expected)]
            if not same(read, expected) or json_column["dtype"] != str(column.dtype):
                return f"{column.dtype} came as {read!r}"
        return None
    read = read_value(data)
    return None if same(read, value) else f"read {read!r}"


def time_text(text: str | None) -> str | None:
    """With a fraction, so that trailing zeros can go."""
    return text if text is None or "." in text else f"{text}."


def signs(data: dict[str, Any], columns: list[Any]) -> str | None:
    """-0.0 is not 0.0, which the libraries' own comparison does not say."""
    for column, json_column in zip(columns, data["columns"], strict=True):
        if str(column.dtype) in ("float64", "float32"):
            minus = [cell == "-0" for cell in read_cells(json_column)]
            if minus != [bool(item == 0 and np.signbit(item)) for item in column.tolist()]:
                return "a sign of zero was lost"
    return None


def main() -> None:
    number, count = int(sys.argv[1]), int(sys.argv[2])
    sent: dict[str, tuple[str, Any]] = {}
    expected: list[dict[str, Any]] = []
    refused: list[str] = []
    for kind in KINDS:
        for value in make(kind, number, count):
            key = f"{kind}-{len(sent)}"
            if not nbpulse.send(value, kind, part=key):
                refused.append(f"{key}: {value!r}"[:500])
                continue
            sent[key] = (kind, value)
            entry: dict[str, Any] = {"kind": kind, "part": key, "is": describe(value)}
            if value is None or type(value) in (bool, int, float, complex):
                entry["prints"] = repr(value) if not isinstance(value, int) or value.bit_length() < 300 else None
            expected.append(entry)
    from nbpulse.custodian import custodian

    keeper = custodian()
    keeper.wait_saved(lambda: keeper.unsaved() == 0, 60)
    print(json.dumps({"expected": expected, "refused": refused, "unsaved": keeper.unsaved()}), flush=True)

    records = json.loads(sys.stdin.readline())
    problems = []
    for key, (_, value) in sent.items():
        try:
            problem = difference(value, records[key])
        except Exception as error:
            problem = f"{type(error).__name__}: {error}"
        if problem is not None:
            problems.append(
                f"{key}: {problem} instead of {value!r}; on the wire: {json.dumps(records.get(key))}"[:2_000]
            )
    print(json.dumps({"compared": len(sent), "problems": problems}), flush=True)


if __name__ == "__main__":
    main()
