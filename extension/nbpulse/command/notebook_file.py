"""A notebook's file, changed in place: only the digits that change, every other byte stays.

So indentation, key order, escapes, line ends, a byte order mark and the newline at the end are whatever they were, and
outputs are never touched, because nothing is written that was not in the plan.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from json import scanner
from pathlib import Path
from typing import Any

from .number import Edit

#: One character of a JSON string as it stands in the file.
_CHARACTER = re.compile(r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u....|\\.|[^\\]", re.DOTALL)


class NotebookProblem(Exception):
    """What is wrong with a file, and what to do, in one sentence."""


class _Placed(str):
    """A JSON string that knows where it stands: from behind its opening quote to its closing one."""

    begin: int
    over: int


class _PlacingDecoder(json.JSONDecoder):
    def __init__(self) -> None:
        super().__init__()
        read: Any = self.parse_string

        def parse_string(text: str, begin: int, strict: bool) -> tuple[str, int]:
            value, behind = read(text, begin, strict)
            placed = _Placed(value)
            placed.begin, placed.over = begin, behind - 1
            return placed, behind

        self.parse_string: Any = parse_string
        # The accelerated scanner keeps no places; this is the standard library's own in Python.
        self.scan_once: Any = scanner.py_make_scanner(self)  # type: ignore[attr-defined,unused-ignore]


class NotebookFile:
    """Raises `NotebookProblem` when the file is not a notebook of Python."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._text = path.read_bytes().decode("utf-8")
        except OSError as error:
            raise NotebookProblem(f"{path} cannot be read: {error.strerror or error}.") from error
        except UnicodeDecodeError as error:
            raise NotebookProblem(f"{path} is not a notebook: it is not UTF-8 text.") from error
        mark = self._text.startswith("\ufeff")
        try:
            notebook = _PlacingDecoder().decode(" " + self._text[1:] if mark else self._text)
        except (ValueError, RecursionError) as error:
            raise NotebookProblem(f"{path} is not a notebook: it is not JSON ({str(error)[:100]}).") from error
        self._parts = _code_cells(path, notebook)

    @property
    def cells(self) -> list[str | None]:
        """The source of each cell; None for one that is not code."""
        return [None if parts is None else "".join(parts) for parts in self._parts]

    def has_changed(self) -> bool:
        """True when the file is no longer what was read: somebody saved it while the question stood."""
        try:
            return self.path.read_bytes() != self._text.encode("utf-8")
        except OSError:
            return True

    def write(self, edits: list[Edit]) -> None:
        """Writes the file anew as a whole, or leaves it as it is. Raises `NotebookProblem`."""
        text = self._text
        places = [place for edit in edits for place in self._places(edit)]
        for begin, over, digits in sorted(places, reverse=True):
            text = text[:begin] + digits + text[over:]
        try:
            _replace(Path(os.path.realpath(self.path)), text.encode("utf-8"))
        except OSError as error:
            raise NotebookProblem(
                f"{self.path} cannot be written: {error.strerror or error}. It is as it was."
            ) from error

    def _places(self, edit: Edit) -> list[tuple[int, int, str]]:
        """Where the edit's characters stand in the file; the first of them gets the new digits."""
        places: list[tuple[int, int, str]] = []
        offset = 0
        digits = edit.digits
        for part in self._parts[edit.cell] or []:
            if offset < edit.end and offset + len(part) > edit.start:
                for index, found in enumerate(_CHARACTER.finditer(self._text, part.begin, part.over), offset):
                    if edit.start <= index < edit.end:
                        places.append((found.start(), found.end(), digits))
                        digits = ""
            offset += len(part)
        return places


def _code_cells(path: Path, notebook: Any) -> list[list[_Placed] | None]:
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        hint = " It is of an old format: open it in JupyterLab and save it." if _is_old(notebook) else ""
        raise NotebookProblem(f"{path} is not a notebook: it has no list of cells.{hint}")
    language = _language(notebook)
    if language not in ("python", ""):
        raise NotebookProblem(f"{path} is a notebook of {language}, not of Python.")
    parts: list[list[_Placed] | None] = []
    for number, cell in enumerate(cells, 1):
        if cell.get("cell_type") != "code":
            parts.append(None)
            continue
        source = cell.get("source", [])
        lines = source if isinstance(source, list) else [source]
        if not all(isinstance(line, _Placed) for line in lines):
            raise NotebookProblem(f"{path} is damaged: the source of cell {number} is no text.")
        parts.append(lines)
    return parts


def _is_old(notebook: Any) -> bool:
    return isinstance(notebook, dict) and isinstance(notebook.get("worksheets"), list)


def _language(notebook: dict[str, Any]) -> str:
    metadata = notebook.get("metadata")
    for name, key in (("language_info", "name"), ("kernelspec", "language")):
        said = metadata.get(name) if isinstance(metadata, dict) else None
        if isinstance(said, dict) and isinstance(said.get(key), str):
            language = said[key].lower()
            return "python" if language in ("python", "ipython", "python3") else str(language)
    return ""


def _replace(path: Path, content: bytes) -> None:
    mode = path.stat().st_mode & 0o7777
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
