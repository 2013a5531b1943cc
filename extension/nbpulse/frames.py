"""Tables and series of pandas, column by column; the first rows travel, the full shape and a hash with them."""

from __future__ import annotations

import hashlib
import sys
from typing import Any

from . import limits
from .arrays import cell, cells_of, escape_cells
from .budget import Budget, Overspent
from .plain import Encoded, duration_text
from .text import label

#: Cells of a table that are hashed; hashing reads them all.
_HASH_CELLS = 2_000_000


def encode_table(value: Any, budget: Budget) -> Encoded | None:
    """A pandas frame, series, index or scalar; None when it is none of them."""
    pd = sys.modules.get("pandas")
    if pd is None or not hasattr(pd, "DataFrame"):
        return None
    if isinstance(value, pd.DataFrame):
        return _encode_frame(pd, value, budget)
    if isinstance(value, pd.Series):
        return _encode_series(pd, value, budget)
    if isinstance(value, (pd.Index, pd.api.extensions.ExtensionArray)):
        return _encode_series(pd, pd.Series(value, name=getattr(value, "name", None)), budget)
    return _encode_scalar(pd, value)


def _encode_scalar(pd: Any, value: Any) -> Encoded | None:
    if value is pd.NaT:
        return {"t": "datetime", "v": "NaT", "dtype": "NaT"}
    if value is pd.NA:
        return {"t": "repr", "cls": "pandas.NA", "text": {"v": "<NA>"}}
    if isinstance(value, pd.Timestamp):
        return {"t": "datetime", "v": value.isoformat(), "dtype": "Timestamp"}
    if isinstance(value, pd.Timedelta):
        return {"t": "timedelta", "v": duration_text(value.as_unit("ns").value), "dtype": "Timedelta"}
    return None


def _rows(total: int, columns: int, budget: Budget) -> int:
    if budget.exact:
        if total * max(columns, 1) > budget.nodes:
            raise Overspent
        return total
    return max(0, min(total, limits.FRAME_ROWS, budget.nodes // max(columns, 1)))


def _column(pd: Any, name: object, series: Any, rows: int, budget: Budget) -> dict[str, Any]:
    head = series.iloc[:rows]
    np = sys.modules["numpy"]
    if isinstance(head.dtype, np.dtype) and head.dtype.kind != "O":
        cells = cells_of(np, head.to_numpy())
    else:  # objects, text, nullable numbers, dates with a zone, categories
        cells = [cell(item) for item in head.astype(object).to_numpy().tolist()]
    budget.nodes -= len(cells)
    out: dict[str, Any] = {"name": label(name), "dtype": label(series.dtype), "v": cells}
    escape_cells(out, budget)
    return out


def _index(pd: Any, value: Any, rows: int, budget: Budget) -> dict[str, Any] | None:
    index = value.index
    if isinstance(index, pd.RangeIndex) and index.start == 0 and index.step == 1 and index.name is None:
        return None
    name = "" if index.name is None else index.name
    if isinstance(index, pd.MultiIndex):
        name = ", ".join("" if part is None else str(part) for part in index.names)
        out: dict[str, Any] = {
            "name": label(name),
            "dtype": "multi",
            "v": [cell(item) for item in index[:rows].tolist()],
        }
        escape_cells(out, budget)
        return out
    return _column(pd, name, index.to_series(), rows, budget)


def _encode_frame(pd: Any, frame: Any, budget: Budget) -> Encoded:
    columns = frame.shape[1] if budget.exact else min(frame.shape[1], limits.FRAME_COLUMNS)
    rows = _rows(frame.shape[0], columns, budget)
    names: list[object] = list(frame.columns[:columns])
    out: Encoded = {"t": "frame", "lib": "pandas", "kind": "frame", "shape": [int(frame.shape[0]), int(frame.shape[1])]}
    index = _index(pd, frame, rows, budget)
    if index is not None:
        out["index"] = index
    out["columns"] = [_column(pd, names[at], frame.iloc[:, at], rows, budget) for at in range(columns)]
    return _finish(pd, out, frame, budget)


def _encode_series(pd: Any, series: Any, budget: Budget) -> Encoded:
    rows = _rows(series.shape[0], 1, budget)
    out: Encoded = {"t": "frame", "lib": "pandas", "kind": "series", "shape": [int(series.shape[0]), 1]}
    index = _index(pd, series, rows, budget)
    if index is not None:
        out["index"] = index
    out["columns"] = [_column(pd, "" if series.name is None else series.name, series, rows, budget)]
    return _finish(pd, out, series, budget)


def _finish(pd: Any, out: Encoded, table: Any, budget: Budget) -> Encoded:
    """Cuts rows until the table pays for its texts, and adds the hash of the whole."""
    while not budget.exact and budget.text_bytes < 0 and _longest(out) > 1:
        before = _text_bytes(out)
        keep = _longest(out) // 2
        for column in _all_columns(out):
            column["v"] = column["v"][:keep]
        budget.text_bytes += before - _text_bytes(out)
    if 0 < table.size <= _HASH_CELLS:
        try:
            rows = pd.util.hash_pandas_object(table, index=True).to_numpy()
            head = repr([(column["name"], column["dtype"]) for column in out["columns"]]) + repr(out["shape"])
            digest = hashlib.sha256(head.encode("utf-8"))
            digest.update(rows.astype("<u8").tobytes())
            out["sha256"] = digest.hexdigest()
        except Exception:
            pass  # cells that cannot be hashed (lists, dicts): the table goes without
    return out


def _all_columns(out: Encoded) -> list[dict[str, Any]]:
    return [*out["columns"], *([out["index"]] if "index" in out else [])]


def _longest(out: Encoded) -> int:
    return max((len(column["v"]) for column in _all_columns(out)), default=0)


def _text_bytes(out: Encoded) -> int:
    return sum(
        len(str(item).encode("utf-8")) for column in _all_columns(out) for item in column["v"] if type(item) is str
    )
