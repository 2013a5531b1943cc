"""The rules of renumbering: which `send` gets which number.

Rules, which `schema/fixtures/number.json` shows by example and the JupyterLab extension follows too:

1. Code cells are read in their order, and the calls of `send` and `nbpulse.send` in each cell in the order of the text.
2. A key counts when it is a plain number (`3`, `2.5`) or a text that begins with one (`"3"`, `"2b"`, `"3.a"`), with or
   without brackets round it. Its
   *number* is those first digits; what follows is its suffix and stays.
3. Numbers become 1, 2, 3 … in the order of their first appearance. The same number becomes the same one everywhere,
   so equal keys stay equal and different ones stay different. `"03"` is another number than `3`.
4. Everything else stays and is reported: a text without a number (`text`), a key that is worked out (`computed`: a
   name, an f-string, `1 + 2`, a text with a backslash), no key (`missing`), a call without its end (`unclosed`).
5. Never read: markdown, comments, texts, lines of magics and shell commands (except what follows `%time` and
   `%timeit`), cells of another language (`%%bash`).
"""

from __future__ import annotations

from typing import NamedTuple

from .calls import find_calls


class Change(NamedTuple):
    #: Position of the cell in the notebook, counted from 0; all cells count.
    cell: int
    #: Line in the cell, counted from 1.
    line: int
    #: The key in the source, before and after.
    before: str
    after: str


class Left(NamedTuple):
    """A call that stays as it is, and why."""

    cell: int
    line: int
    key: str
    why: str


class Edit(NamedTuple):
    """New digits for the code points `start` to `end` of a cell's source."""

    cell: int
    start: int
    end: int
    digits: str


class Plan(NamedTuple):
    edits: list[Edit]
    changes: list[Change]
    left: list[Left]


def plan_numbers(cells: list[str | None]) -> Plan:
    """`cells`: the source of each cell, None for one that is not code."""
    plan = Plan([], [], [])
    numbers: dict[str, str] = {}
    for index, source in enumerate(cells):
        for call in find_calls(source) if source is not None else []:
            line = (source or "").count("\n", 0, call.at) + 1
            if call.number is None:
                plan.left.append(Left(index, line, call.key, call.why))
                continue
            start, end = call.number
            old = (source or "")[start:end]
            new = numbers.setdefault(old, str(len(numbers) + 1))
            if new != old:
                at = start - call.at
                plan.edits.append(Edit(index, start, end, new))
                after = call.key[:at] + new + call.key[at + len(old) :]
                plan.changes.append(Change(index, line, call.key, after))
    return plan


def apply_edits(source: str, edits: list[Edit]) -> str:
    """The cell's source with its edits."""
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        source = source[: edit.start] + edit.digits + source[edit.end :]
    return source
