"""A submission's source: the code cells of an `.ipynb`, or one file of Python. Both ends read it, the probe runs it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any


class Unreadable(ValueError):
    """The file is no notebook. The text is for the student."""


@dataclass(frozen=True)
class Cell:
    #: `cell 3` as JupyterLab would number code cells from above, or the whole of a `.py` file.
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
            return Source((Cell("submission", data.decode("utf-8-sig")),), is_notebook=False)
        except UnicodeDecodeError:
            raise Unreadable(f"{filename} is not a text in UTF-8") from None
    try:
        parsed = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Unreadable(f"{filename} is not a notebook: it is not valid JSON. Save it again in JupyterLab.") from None
    if not isinstance(parsed, dict):
        raise Unreadable(f"{filename} is not a notebook: it has no cells")
    version = parsed.get("nbformat")
    raw: Any
    if version == 3 and isinstance(parsed.get("worksheets"), list):
        raw = [cell for sheet in parsed["worksheets"] if isinstance(sheet, dict) for cell in sheet.get("cells") or ()]
    elif version == 4:
        raw = parsed.get("cells")
    else:
        raise Unreadable(f"{filename} has notebook format {version!r:.20}; 3 and 4 can be read. Save it in JupyterLab.")
    if not isinstance(raw, list):
        raise Unreadable(f"{filename} is not a notebook: it has no list of cells")
    cells: list[Cell] = []
    for item in raw:
        if isinstance(item, dict) and item.get("cell_type") == "code":
            cells.append(Cell(f"cell {len(cells) + 1}", _text(item.get("source", item.get("input"))), _tags(item)))
    return Source(tuple(cells), is_notebook=True)


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
