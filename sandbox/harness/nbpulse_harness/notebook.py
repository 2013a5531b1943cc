"""A submission's source: the code cells of an `.ipynb` or a marimo notebook, or one file of Python.

Both ends read it, the probe runs it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from . import marimo


class Unreadable(ValueError):
    """The file is no notebook. The text is for the student."""


@dataclass(frozen=True)
class Cell:
    #: `cell 3` as JupyterLab would number code cells from above, or `submission`: the whole of a `.py` file.
    name: str
    source: str
    tags: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Source:
    cells: tuple[Cell, ...]
    is_notebook: bool

    def line(self, cell: str, number: int) -> str | None:
        """One line of a cell by the name that a traceback bears, counted from 1."""
        for candidate in self.cells:
            if candidate.name == cell:
                lines = candidate.source.splitlines()
                return lines[number - 1] if 0 < number <= len(lines) else None
        return None


def read_source(filename: str, data: bytes) -> Source:
    """Raises Unreadable in words that a student understands."""
    if filename.endswith(".py"):
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise Unreadable(f"{filename} is not a text in UTF-8") from None
        flattened = marimo.cells_of(text)
        if flattened is not None:
            return Source(tuple(Cell(name, source) for name, source in flattened), is_notebook=True)
        return Source((Cell("submission", text),), is_notebook=False)
    try:
        parsed = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Unreadable(f"{filename} is not a notebook: it is not valid JSON. Save it again in JupyterLab.") from None
    if not isinstance(parsed, dict):
        raise Unreadable(f"{filename} is not a notebook: it has no cells")
    raw = _cells_of(parsed)
    if raw is None:
        version = parsed.get("nbformat")
        if version in (3, 4):
            raise Unreadable(f"{filename} is not a notebook: it has no list of cells")
        raise Unreadable(f"{filename} has notebook format {version!r:.20}; 3 and 4 can be read. Save it in JupyterLab.")
    cells = [
        Cell(name, _text(item.get("source", item.get("input"))), _tags(item))
        for item, name in _named(raw)
        if name is not None
    ]
    return Source(tuple(cells), is_notebook=True)


def code_cells_of(parsed: Any) -> list[tuple[Any, str | None]]:
    """All cells of a notebook that `read_source` could read, each with its name if it is code, else None."""
    return list(_named(_cells_of(parsed) or []))


def _cells_of(parsed: dict[str, Any]) -> list[Any] | None:
    version = parsed.get("nbformat")
    if version == 3 and isinstance(parsed.get("worksheets"), list):
        return [
            cell
            for sheet in parsed["worksheets"]
            if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list)
            for cell in sheet["cells"]
        ]
    cells = parsed.get("cells")
    return cells if version == 4 and isinstance(cells, list) else None


def _named(cells: list[Any]) -> Iterator[tuple[Any, str | None]]:
    """`cell 3` as JupyterLab would number code cells from above."""
    count = 0
    for item in cells:
        is_code = isinstance(item, dict) and item.get("cell_type") == "code"
        count += is_code
        yield item, f"cell {count}" if is_code else None


def _text(source: Any) -> str:
    if isinstance(source, str):
        return source
    if isinstance(source, list):
        return "".join(part for part in source if isinstance(part, str))
    return ""


def _tags(cell: dict[str, Any]) -> frozenset[str]:
    metadata = cell.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return frozenset(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else frozenset()
