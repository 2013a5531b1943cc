"""`inspect.getsource(submission.f)` from the oracle's own copy of the notebook, never from the probe's word."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from typing import Any

from ..notebook import Source
from ..seam.mirror import handle_of, is_mirror
from .importer import SubmissionModule
from .session import Session


def install(session: Session, source: Source | None) -> None:
    """Let `inspect.getsource` and `getsourcelines` know objects of the submission."""
    original, original_lines = inspect.getsource, inspect.getsourcelines

    def getsource(item: Any) -> str:
        if type(item) is SubmissionModule:
            return whole(source)
        if handle_of(item) is None and not is_mirror(item):
            return original(item)
        name, first_line = session.peer.request("where", (item,))
        return definition(source, name, first_line)

    def getsourcelines(item: Any) -> tuple[list[str], int]:
        if type(item) is not SubmissionModule and handle_of(item) is None and not is_mirror(item):
            return original_lines(item)
        return getsource(item).splitlines(keepends=True), 0

    replaced: Any = inspect
    replaced.getsource, replaced.getsourcelines = getsource, getsourcelines


def whole(source: Source | None) -> str:
    """All cells as one text. Lines that only IPython understands become comments, so that `ast.parse` takes it."""
    if source is None:
        raise OSError("the submission could not be read")
    return "\n\n".join(plain_python(cell.source) for cell in source.cells) + "\n"


def plain_python(text: str) -> str:
    if text.lstrip().startswith("%%"):
        return "".join(f"# {line}\n" for line in text.splitlines())
    lines = []
    for line in text.splitlines():
        bare = line.lstrip()
        lines.append(line.replace(bare, f"pass  # {bare}", 1) if bare.startswith(("%", "!", "?")) else line)
    return "\n".join(lines)


def definition(source: Source | None, name: Any, first_line: Any) -> str:
    """The text of one function or class. The last cell that defines it counts, as it does when the notebook runs."""
    if source is None or type(name) is not str or type(first_line) is not int:
        raise OSError("could not get source code")
    for cell in reversed(source.cells):
        text = plain_python(cell.source)
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError):
            continue
        found = None
        for node, qualname in _definitions(tree):
            start = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            if qualname == name and (found is None or first_line in (start, node.lineno)):
                found = "\n".join(text.splitlines()[start - 1 : node.end_lineno]) + "\n"
        if found is not None:
            return found
    raise OSError(f"could not find {name[:100]} in the submission")


def _definitions(
    tree: ast.AST, prefix: str = ""
) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, str]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node, prefix + node.name
            inner = "." if isinstance(node, ast.ClassDef) else ".<locals>."
            yield from _definitions(node, prefix + node.name + inner)
        elif not isinstance(node, ast.expr):
            yield from _definitions(node, prefix)
