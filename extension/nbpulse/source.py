"""Source of functions, methods, lambdas and classes, from the notebook's own cells too.

`inspect` finds a function of a cell (ipykernel puts cells into linecache) but not a class, and nothing once a cell
ran under another file name. Then the cells that ran are searched, the last first.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from typing import Any

from . import limits
from .plain import Encoded
from .text import label, safe_repr, text_json

_FUNCTIONS = (types.FunctionType, types.MethodType)
_BUILTINS = (types.BuiltinFunctionType, types.MethodDescriptorType, types.WrapperDescriptorType)


def encode_code(value: Any) -> Encoded | None:
    """None when the value is no function and no class."""
    if isinstance(value, type):
        source = _source(value)
        return _code("class" if source is not None else "builtin", value, source)
    if isinstance(value, _BUILTINS) or type(value).__name__ == "ufunc" and type(value).__module__ == "numpy":
        return _code("builtin", value, None)
    if isinstance(value, (staticmethod, classmethod)):
        value = value.__func__
    if not isinstance(value, _FUNCTIONS):
        inner = getattr(value, "__wrapped__", None) if type(value).__module__ == "functools" else None
        if not isinstance(inner, _FUNCTIONS):
            return None
        value = inner  # lru_cache and the like
    source = _source(value)
    if getattr(value, "__name__", "") == "<lambda>":
        return _code("lambda", value, source)
    return _code("method" if isinstance(value, types.MethodType) else "function", value, source)


def _code(kind: str, value: Any, source: str | None) -> Encoded:
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None) or type(value).__name__
    text = source if source is not None else f"# source not found\n{safe_repr(value)}"
    return {"t": "code", "kind": kind, "name": label(name), "src": text_json(text, limits.TEXT_CHARS, 900 * limits.KIB)}


def _source(value: Any) -> str | None:
    import inspect  # noqa: PLC0415 - 10 ms, and only needed here
    import textwrap  # noqa: PLC0415

    if isinstance(value, type) and getattr(value, "__module__", None) == "__main__":
        # `inspect` would search the file of __main__: in a notebook that is the kernel's launcher.
        found = _from_cells(value)
        if found is not None:
            return found
    try:
        return textwrap.dedent(inspect.getsource(value))
    except Exception:
        return _from_cells(value)


def _cells() -> Iterator[str]:
    """Sources of the cells that ran, the last first."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None and hasattr(ipython, "get_ipython") else None
    if shell is None:
        return
    seen = list(getattr(shell.history_manager, "input_hist_parsed", None) or shell.user_ns.get("In", []))
    for source in reversed(seen):
        if isinstance(source, str) and source:
            yield source


def _from_cells(value: Any) -> str | None:
    """The last definition of that name in the cells."""
    import ast  # noqa: PLC0415
    import textwrap  # noqa: PLC0415

    name = getattr(value, "__name__", None)
    if not isinstance(name, str) or name == "<lambda>":
        return None
    kinds = (ast.ClassDef,) if isinstance(value, type) else (ast.FunctionDef, ast.AsyncFunctionDef)
    for source in _cells():
        if name not in source:
            continue
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError):
            continue
        found = [node for node in ast.walk(tree) if isinstance(node, kinds) and node.name == name]
        if found:
            node = found[-1]
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            lines = source.splitlines()[first - 1 : node.end_lineno]
            return textwrap.dedent("\n".join(lines)) + "\n"
    return None
