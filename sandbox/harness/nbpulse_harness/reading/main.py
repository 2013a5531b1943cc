"""One assignment read: packages it imports that are not here, and what in its tests does not survive two processes.

Nothing of the assignment is run or imported; its files are parsed in the sandbox, because a parser is a program too.
"""

from __future__ import annotations

import ast
import base64
import importlib.util
import os
import sys
from typing import Any

from .. import framing
from ..notebook import Unreadable, read_source
from .imports import imported_packages
from .names import Names
from .patterns import Found, draws_at_random, findings_of
from .visible_part import visible_part

#: Every run has a stand-in of these, so that a notebook that sends, or is marimo's, can be handed in as it is.
_GIVEN = frozenset({"nbpulse", "marimo"})
#: Of the visible part, as text.
_VISIBLE_CHARS = 1024 * 1024


def main() -> None:
    out = os.dup(1)
    os.dup2(2, 1)
    try:
        job = framing.read_frame(0)
        answer = read_assignment(job)
    except (framing.BadJob, KeyError, TypeError, ValueError) as error:
        print(f"reading: {error}", file=sys.stderr)
        sys.exit(2)
    framing.write_frame(out, {"nonce": job["nonce"], **answer})


def read_assignment(job: dict[str, Any]) -> dict[str, Any]:
    """`{missing: [{name, file}], findings: [{kind, test, file, line, what}], broken: [{file, line, why}], visible}`"""
    own = {job["module"], *_GIVEN} | {_stem(part) for path in job["paths"] for part in path.split("/")}
    imports: dict[str, str] = {}
    found: list[Found] = []
    broken: list[dict[str, Any]] = []
    drawn: set[str] = set()
    for file in job["notebooks"]:
        for tree in _cells(file["path"], base64.b64decode(file["b64"])):
            for name in imported_packages(tree):
                imports.setdefault(name, file["path"])
            drawn |= draws_at_random(tree, Names(tree))
    for file in job["tests"]:
        if not file["path"].endswith(".py"):
            continue
        try:
            tree = ast.parse(base64.b64decode(file["b64"]))
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            line = getattr(error, "lineno", None)
            broken.append({"file": file["path"], "line": line, "why": str(getattr(error, "msg", error))[:300]})
            continue
        for name in imported_packages(tree):
            imports.setdefault(name, file["path"])
        found += findings_of(tree, file["path"], job["module"], drawn)
    missing = [
        {"name": name, "file": path}
        for name, path in sorted(imports.items())
        if name not in own and not _is_there(name)
    ]
    return {
        "missing": missing,
        "findings": [one.as_message() for one in found][:200],
        "broken": broken,
        "visible": _visible({file["path"]: base64.b64decode(file["b64"]) for file in job["tests"]}),
    }


def _visible(tests: dict[str, bytes]) -> list[dict[str, Any]] | None:
    """`[{path, text}]`; None when no test is visible, or the visible ones cannot be cut out."""
    try:
        kept = visible_part(tests)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if kept is None or sum(len(text or "") for text in kept.values()) > _VISIBLE_CHARS:
        return None
    return [{"path": path, "text": text} for path, text in sorted(kept.items())]


def _is_there(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        # `__main__` and the like have no spec, and are there.
        return name in sys.modules


def _stem(part: str) -> str:
    return part.rpartition(".")[0] or part


def _cells(path: str, data: bytes) -> list[ast.Module]:
    try:
        source = read_source(path, data)
    except Unreadable:
        return []
    trees: list[ast.Module] = []
    for cell in source.cells:
        lines = cell.source.splitlines()
        # A line magic is no Python; a cell magic makes the whole cell something else.
        text = "\n".join("" if line.lstrip().startswith(("%", "!", "?")) else line for line in lines)
        try:
            trees.append(ast.parse(text))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return trees
