"""The executed notebook: what was handed in, with the outputs of this run, as nbformat 4.5.

Made where the student's code ran, so it is the student's word: kept for people to look at, never a result. Source,
attachments and metadata stay, but for what could trouble a reader: depth, sizes, types that nbformat does not know.
When the whole is too large, the largest outputs give way to a note first.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Protocol

from ..notebook import Source, code_cells_of
from .outputs import KiB, MiB, Output, Outputs, plain_json

EXECUTED_BYTES = 8 * MiB
_CELLS = 2_000
_SOURCE_CHARS = 1 * MiB
_METADATA_CHARS = 16 * KiB
_ATTACHMENT_CHARS = 2 * MiB
_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


class Outcome(Protocol):
    """What the runner knows of a run."""

    outputs: Outputs
    times: dict[str, CellTime]


@dataclass
class CellTime:
    #: `ok`, `error`, `stopped` (too long), `not run` (no time was left) or `empty`.
    status: str
    duration_ms: float


def executed_or_nothing(filename: str, raw: bytes, source: Source, outcome: Outcome) -> bytes:
    """The same after code that may have changed anything in this process: without it the run goes on."""
    try:
        return executed_notebook(filename, raw, source, outcome.outputs, outcome.times)
    except Exception:  # noqa: BLE001 - a student may have broken `json` or `re`; the grade does not depend on this
        return b""


def executed_notebook(filename: str, raw: bytes, source: Source, outputs: Outputs, times: dict[str, CellTime]) -> bytes:
    """At most EXECUTED_BYTES of JSON; b'' when not even the sources fit."""
    if not filename.endswith(".py"):
        parsed = json.loads(raw.decode("utf-8-sig"))
        found = [_cell(cell, name) for cell, name in code_cells_of(parsed)[:_CELLS]]
        metadata = _metadata(parsed.get("metadata"))
    else:
        found = [({"cell_type": "code", "metadata": {}, "source": one.source}, one.name) for one in source.cells]
        metadata = {"language_info": {"name": "python"}}
    ids: set[str] = set()
    cells = []
    for number, (cell, name) in enumerate(found):
        cell["id"] = _identity(cell.get("id"), number, ids)
        if cell["cell_type"] == "code":
            _fill(cell, name, source, outputs, times)
        cells.append(cell)
    spent = sum(time.duration_ms for time in times.values())
    metadata["nbpulse"] = {"executed": True, "filename": filename[:200], "durationMs": round(spent, 1)}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}
    return _within(notebook, EXECUTED_BYTES)


def _fill(cell: dict[str, Any], name: str | None, source: Source, outputs: Outputs, times: dict[str, CellTime]) -> None:
    time = times.get(name or "")
    number = next((n for n, one in enumerate(source.cells, 1) if one.name == name), None)
    ran = time is not None and time.status not in ("empty", "not run")
    cell["execution_count"] = number if ran else None
    cell["outputs"] = outputs.of.get(name or "", []) if ran else []
    if time is not None:
        cell["metadata"]["nbpulse"] = {"status": time.status, "durationMs": round(time.duration_ms, 1)}


def _cell(cell: Any, name: str | None) -> tuple[dict[str, Any], str | None]:
    """One cell without what it put out elsewhere, and the name under which it ran, if it is code."""
    item = cell if isinstance(cell, dict) else {}
    kind = item.get("cell_type")
    text = item.get("source", item.get("input", ""))
    if isinstance(text, list):
        text = "".join(part for part in text if isinstance(part, str))
    text = text if isinstance(text, str) else ""
    if kind == "heading":  # nbformat 3
        kind, text = "markdown", f"# {text}"
    made: dict[str, Any] = {
        "cell_type": kind if kind in ("code", "markdown", "raw") else "raw",
        "id": item.get("id"),
        "metadata": _metadata(item.get("metadata")),
        "source": text[:_SOURCE_CHARS],
    }
    attachments = item.get("attachments")
    if made["cell_type"] != "code" and isinstance(attachments, dict):
        kept = plain_json(attachments, _ATTACHMENT_CHARS)
        if _is_attachments(kept):
            made["attachments"] = kept
    return made, name


def _is_attachments(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(bundle, dict) and all(isinstance(data, str) for data in bundle.values()) for bundle in value.values()
    )


def _metadata(value: Any) -> dict[str, Any]:
    """What fits, key by key: one large widget state does not cost the tags."""
    kept: dict[str, Any] = {}
    for key, item in list(value.items())[:50] if isinstance(value, dict) else []:
        found = plain_json(item, _METADATA_CHARS)
        if isinstance(key, str) and len(key) <= 200 and (found is not None or item is None):
            kept[key] = found
    kept.pop("widgets", None)
    return kept


def _identity(value: Any, number: int, taken: set[str]) -> str:
    name = value if isinstance(value, str) and _ID.fullmatch(value) and value not in taken else f"cell-{number + 1}"
    while name in taken:
        name = f"{name[:50]}-again"
    taken.add(name)
    return name


def _within(notebook: dict[str, Any], most: int) -> bytes:
    data = _json(notebook)
    if len(data) <= most:
        return data
    sized = sorted(
        ((len(_json(output)), cell["outputs"], at) for cell in notebook["cells"] for at, output in _outputs_of(cell)),
        key=lambda entry: -entry[0],
    )
    size = len(data)
    for length, outputs, at in sized:
        if size <= most:
            break
        outputs[at] = _note(outputs[at], length)
        size += len(_json(outputs[at])) - length
    data = _json(notebook)
    return data if len(data) <= most else b""


def _outputs_of(cell: dict[str, Any]) -> list[tuple[int, Output]]:
    return list(enumerate(cell.get("outputs", [])))


def _note(output: Output, length: int) -> Output:
    kind = {"stream": "printed text", "error": "traceback"}.get(output["output_type"], "output")
    text = f"[{kind} of {length // 1000} kB was left out: the executed notebook is too large]\n"
    return {"output_type": "stream", "name": "stderr", "text": text}


def _json(value: Any) -> bytes:
    return json.dumps(value, allow_nan=False).encode("ascii")
