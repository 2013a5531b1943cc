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
from .budget import Encoded
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
    if type(value).__module__ == "functools" and type(value).__name__ in ("partial", "partialmethod"):
        return _encode_partial(value)
    if isinstance(value, property):
        value = value.fget
    if not isinstance(value, _FUNCTIONS):
        inner = _inner_function(value)
        if inner is None:
            return None
        value = inner  # lru_cache, numba's jit, a decorator that is a class
    source = _source(value)
    if getattr(value, "__name__", "") == "<lambda>":
        return _code("lambda", value, source)
    return _code("method" if isinstance(value, types.MethodType) else "function", value, source)


def _inner_function(value: Any) -> Any:
    """The function that a decorated callable stands for."""
    if not callable(value):
        return None
    for name in ("__wrapped__", "py_func"):
        inner = getattr(value, name, None)
        if isinstance(inner, _FUNCTIONS):
            return inner
    return None


def _encode_partial(value: Any) -> Encoded:
    """`functools.partial`: what is fixed, above the function's source."""
    fixed = [*map(safe_repr, value.args), *(f"{key}={safe_repr(item)}" for key, item in value.keywords.items())]
    name = label(getattr(value.func, "__qualname__", type(value.func).__name__))
    head = f"# functools.{type(value).__name__}({', '.join([name, *(text[:200] for text in fixed)])})\n"
    inner = encode_code(value.func)
    source = inner["src"]["v"] if inner is not None and "esc" not in inner["src"] else safe_repr(value.func)
    src = text_json(head + source, limits.TEXT_CHARS, 900 * limits.KIB)
    return {"t": "code", "kind": "function", "name": label(f"partial({name})"), "src": src}


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
        source = textwrap.dedent(inspect.getsource(value))
    except Exception:
        return _from_cells(value)
    if getattr(value, "__name__", "") == "<lambda>":
        return _lambda_in(source, value) or source
    return source


def _cells() -> Iterator[str]:
    """Sources of the cells that ran, the last first. Of one with `%%time` or the like its body."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None and hasattr(ipython, "get_ipython") else None
    if shell is None:
        return
    history = shell.history_manager
    parsed = list(getattr(history, "input_hist_parsed", None) or shell.user_ns.get("In", []))
    raw = list(getattr(history, "input_hist_raw", None) or [])
    for at in range(len(parsed) - 1, -1, -1):
        source = raw[at] if at < len(raw) and raw[at].lstrip().startswith("%%") else parsed[at]
        if isinstance(source, str) and source:
            yield source.lstrip().partition("\n")[2] if source.lstrip().startswith("%%") else source


def _from_cells(value: Any) -> str | None:
    """The last definition of that name in the cells; of a lambda the one with the same code."""
    import ast  # noqa: PLC0415
    import textwrap  # noqa: PLC0415

    name = getattr(value, "__name__", None)
    if not isinstance(name, str):
        return None
    is_lambda = name == "<lambda>"
    kinds = (ast.ClassDef,) if isinstance(value, type) else (ast.FunctionDef, ast.AsyncFunctionDef)
    for source in _cells():
        if ("lambda" if is_lambda else name) not in source:
            continue
        if is_lambda:
            text = _lambda_in(source, value)
            if text is not None:
                return text
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


def _lambda_in(source: str, value: Any) -> str | None:
    """The lambda of a statement whose code is the function's; None when it cannot be told which one."""
    import ast  # noqa: PLC0415

    try:
        nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Lambda)]
        for node in nodes:
            for made in compile(ast.Expression(node), "<lambda>", "eval").co_consts:
                if isinstance(made, types.CodeType) and _alike(made, value.__code__):
                    return ast.get_source_segment(source, node)
        return ast.get_source_segment(source, nodes[0]) if len(nodes) == 1 else None
    except (SyntaxError, ValueError, RecursionError, AttributeError):
        return None


def _alike(one: types.CodeType, other: types.CodeType) -> bool:
    """The same code; constants that are code themselves (lambdas within) are told by the rest."""
    if (one.co_code, one.co_names, one.co_varnames) != (other.co_code, other.co_names, other.co_varnames):
        return False
    return [repr(const) for const in one.co_consts if not isinstance(const, types.CodeType)] == [
        repr(const) for const in other.co_consts if not isinstance(const, types.CodeType)
    ]
