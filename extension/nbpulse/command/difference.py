"""Shows on a terminal what renumbering would change."""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Iterator
from typing import TextIO

from .number import Left, Plan, apply_edits

_RED, _GREEN, _CYAN, _DIM, _PLAIN = "\x1b[31m", "\x1b[32m", "\x1b[36m", "\x1b[2m", "\x1b[0m"
_WHY = {
    "text": "has no number",
    "computed": "is worked out when the cell runs",
    "missing": "send has no question",
    "unclosed": "this send has no closing bracket",
}


def difference(name: str, cells: list[str | None], plan: Plan) -> Iterator[str]:
    """A unified diff, one hunk after another, cell by cell. Cells are counted from 1, as a reader does."""
    for cell in sorted({edit.cell for edit in plan.edits}):
        before = cells[cell] or ""
        after = apply_edits(before, [edit for edit in plan.edits if edit.cell == cell])
        title = f"{name} cell {cell + 1}"
        lines = (before.split("\n"), after.split("\n"))
        yield from difflib.unified_diff(*lines, title, title, n=1, lineterm="")


def left_lines(left: list[Left]) -> Iterator[str]:
    """One line for each call that stays as it is."""
    for item in left:
        key = " ".join(item.key.split())
        shown = (key if len(key) <= 40 else key[:39] + "…") + " " if key else ""
        yield f"stays: cell {item.cell + 1}, line {item.line}: {shown}{_WHY[item.why]}"


def wants_colour(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def show(lines: Iterator[str], stream: TextIO | None = None) -> None:
    """Prints, coloured on a terminal. A notebook's text cannot send control codes to it."""
    out = stream or sys.stdout
    colour = wants_colour(out)
    for line in lines:
        safe = "".join(char if char.isprintable() or char == "\t" else "�" for char in line)
        paint = ""
        if colour:
            first = safe[:1]
            paint = _CYAN if first == "@" else _GREEN if first == "+" else _RED if first == "-" else ""
            paint = _DIM if safe.startswith(("---", "+++", "stays:")) else paint
        print(f"{paint}{safe}{_PLAIN}" if paint else safe, file=out)
