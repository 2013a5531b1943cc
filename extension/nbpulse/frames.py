"""Tables and series, column by column: the first rows, the full shape and a hash of the whole. Here pandas'."""

from __future__ import annotations

import hashlib
import sys
from typing import Any

from . import limits
from .budget import Budget, Encoded, Overspent
from .canonical import same_cell
from .cells import Cell, cells_of, escape_cells, float_cells, mixed_cell, tagged, text_bytes_of
from .plain import duration_text, int_cell
from .text import label

#: Cells of a table that pandas hashes for us; hashing reads them all.
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
    if isinstance(value, pd.MultiIndex):
        return _encode_frame(pd, value.to_frame(index=False), budget)
    if isinstance(value, (pd.Index, pd.api.extensions.ExtensionArray)):
        return _encode_series(pd, pd.Series(value, name=getattr(value, "name", None)), budget)
    styler = sys.modules.get("pandas.io.formats.style")
    if styler is not None and isinstance(value, styler.Styler) and isinstance(value.data, pd.DataFrame):
        return _encode_frame(pd, value.data, budget)  # the table itself; colours are for the notebook
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
    if isinstance(value, (pd.Period, pd.Interval)):
        return {"t": "repr", "cls": f"pandas.{type(value).__name__}", "text": {"v": str(value)}}
    return None


def rows_of(total: int, columns: int, budget: Budget) -> int:
    """How many rows are affordable."""
    if budget.exact:
        if total * max(columns, 1) > budget.nodes:
            raise Overspent
        return total
    return max(0, min(total, limits.FRAME_ROWS, budget.nodes // max(columns, 1)))


def make_column(name: object, dtype: object, cells: list[Cell], budget: Budget) -> dict[str, Any]:
    """A column of the wire. A name that is no text (`0`, `("a", 1)`) comes along as it is, in `key`."""
    budget.nodes -= len(cells)
    out: dict[str, Any] = {"name": label(name), "dtype": label(dtype), "v": cells}
    if name != out["name"]:
        out["key"] = tagged(name, budget)
    escape_cells(out, budget)
    return out


def _cells(pd: Any, series: Any, budget: Budget) -> list[Cell]:
    np = sys.modules["numpy"]
    dtype = series.dtype
    if isinstance(dtype, np.dtype) and dtype.kind not in "Oc":
        return cells_of(np, series.to_numpy(), budget)
    if isinstance(dtype, np.dtype) and dtype.kind == "c":
        return [tagged(item, budget) for item in series.to_numpy().tolist()]
    objects = series.astype(object).to_numpy().tolist()
    if isinstance(dtype, np.dtype):
        return [mixed_cell(item, budget) for item in objects]
    # Extension types know what they miss: text, nullable numbers, dates with a zone, categories, sparse.
    missing = series.isna().to_numpy().tolist()
    kind = getattr(dtype, "kind", "O")
    if kind == "f" and not _is_category(pd, dtype):
        return [
            None if gone and not isinstance(item, float) else float_cells(np, np.asarray([item], "float64"))[0]
            for item, gone in zip(objects, missing)
        ]
    if kind in ("i", "u") and not _is_category(pd, dtype):
        return [None if gone else int_cell(int(item)) for item, gone in zip(objects, missing)]
    return [None if gone else _typed(pd, item, budget) for item, gone in zip(objects, missing)]


def _is_category(pd: Any, dtype: Any) -> bool:
    return isinstance(dtype, pd.CategoricalDtype)


def _typed(pd: Any, item: Any, budget: Budget) -> Cell:
    """A cell whose column says what it is: dates, durations, periods and intervals are plain text there."""
    if isinstance(item, pd.Timestamp):
        return str(item.isoformat())
    if isinstance(item, pd.Timedelta):
        return duration_text(item.as_unit("ns").value)
    if isinstance(item, (pd.Period, pd.Interval)):
        return str(item)
    return mixed_cell(item, budget)


def _column(pd: Any, name: object, series: Any, rows: int, budget: Budget) -> dict[str, Any]:
    return make_column(name, series.dtype, _cells(pd, series.iloc[:rows], budget), budget)


def _index(pd: Any, value: Any, rows: int, budget: Budget) -> dict[str, Any] | None:
    index = value.index
    if isinstance(index, pd.RangeIndex) and index.start == 0 and index.step == 1 and index.name is None:
        return None
    if isinstance(index, pd.MultiIndex):
        name = ", ".join("" if part is None else str(part) for part in index.names)
        return make_column(name, "multi", [tagged(item, budget) for item in index[:rows].tolist()], budget)
    return _column(pd, "" if index.name is None else index.name, index.to_series(), rows, budget)


def _encode_frame(pd: Any, frame: Any, budget: Budget) -> Encoded:
    columns = frame.shape[1] if budget.exact else min(frame.shape[1], limits.FRAME_COLUMNS)
    rows = rows_of(frame.shape[0], columns, budget)
    names: list[object] = list(frame.columns[:columns])
    out: Encoded = {"t": "frame", "lib": "pandas", "kind": "frame", "shape": [int(frame.shape[0]), int(frame.shape[1])]}
    index = _index(pd, frame, rows, budget)
    if index is not None:
        out["index"] = index
    out["columns"] = [_column(pd, names[at], frame.iloc[:, at], rows, budget) for at in range(columns)]
    return finish(out, frame, budget, lambda: _library_hash(pd, frame, map(repr, frame.columns)))


def _encode_series(pd: Any, series: Any, budget: Budget) -> Encoded:
    rows = rows_of(series.shape[0], 1, budget)
    out: Encoded = {"t": "frame", "lib": "pandas", "kind": "series", "shape": [int(series.shape[0]), 1]}
    index = _index(pd, series, rows, budget)
    if index is not None:
        out["index"] = index
    out["columns"] = [_column(pd, "" if series.name is None else series.name, series, rows, budget)]
    return finish(out, series, budget, lambda: _library_hash(pd, series, [repr(series.name)]))


def _library_hash(pd: Any, table: Any, names: Any) -> str | None:
    if table.size > _HASH_CELLS:
        return None
    rows = pd.util.hash_pandas_object(table, index=True).to_numpy()
    digest = hashlib.sha256(f"pandas|{table.shape}|{','.join(names)}|".encode("utf-8", "surrogatepass"))
    digest.update(rows.astype("<u8").tobytes())
    return digest.hexdigest()


def finish(out: Encoded, table: Any, budget: Budget, library_hash: Any) -> Encoded:
    """Cuts rows until the table pays for its texts, and gives what is cut the hash of its whole."""
    while not budget.exact and budget.text_bytes < 0 and _longest(out) > 1:
        before = _text_bytes(out)
        keep = _longest(out) // 2
        for column in _all_columns(out):
            column["v"] = column["v"][:keep]
        budget.text_bytes += before - _text_bytes(out)
    whole = _longest(out) >= out["shape"][0] and len(out["columns"]) == out["shape"][1]
    if budget.exact or whole:
        return out
    digest = _value_hash(table, budget)
    if digest is None:
        try:
            digest = library_hash()
        except Exception:
            digest = None  # cells that cannot be hashed (lists, dicts)
    if digest is not None:
        out["sha256"] = digest
    return out


def _value_hash(table: Any, budget: Budget) -> str | None:
    """Over names and cells, whatever library and dtype they have; None when the table is too large for that."""
    try:
        exact = budget.encode(table, budget.whole())
    except Overspent:
        return None
    if exact["t"] != "frame":
        return None
    digest = hashlib.sha256(f"frame|{exact['shape'][0]}|{exact['shape'][1]}|".encode())
    for column in _all_columns(exact):
        texts = [column["name"], *map(same_cell, column["v"])]
        digest.update("\n".join(texts).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _all_columns(out: Encoded) -> list[dict[str, Any]]:
    return [*out["columns"], *([out["index"]] if "index" in out else [])]


def _longest(out: Encoded) -> int:
    return max((len(column["v"]) for column in _all_columns(out)), default=out["shape"][0])


def _text_bytes(out: Encoded) -> int:
    return sum(text_bytes_of(column["v"]) for column in _all_columns(out))
