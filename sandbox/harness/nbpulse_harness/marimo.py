"""A marimo notebook as cells in the order in which they run, as `marimo export script` has them. marimo isn't needed.

Cells, `with app.setup`, `@app.function` and `@app.class_definition` become plain cells; a cell comes after those that
define what it uses, and where nothing is said, as in the file. Names with a leading underscore are their cell's own.
"""

from __future__ import annotations

import ast
import heapq
import re
import symtable
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

#: Read by both ends, so that a huge file costs neither its time.
_MOST_CHARS = 1024 * 1024
_APP = re.compile(r"^(\w+) *(?::[^=\n]*)?= *marimo\.App\(", re.M)
_IMPORT = re.compile(r"^import marimo\b", re.M)


@dataclass
class _Found:
    text: str
    #: Setup, and what stands outside of all cells: everything else may use it.
    is_first: bool = False


def cells_of(text: str) -> list[tuple[str, str]] | None:
    """(name, source) in running order, named by their place in the file; None when this is no marimo notebook.

    A file that is no Python is none either: it fails as any other file of Python.
    """
    app = _APP.search(text)
    if app is None or _IMPORT.search(text) is None or len(text) > _MOST_CHARS:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = list(_found(text, ast.parse(text), app.group(1)))
            order = _running_order(found)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return [(f"cell {at + 1}", found[at].text) for at in order]


# ---------------------------------------------------------------- what a file holds


def _found(text: str, tree: ast.Module, app: str) -> Iterator[_Found]:
    lines = re.split(r"\r\n?|\n", text)
    for node in tree.body:
        kind = _kind(node, app)
        if kind == "function" and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            start = min([node.lineno, *(one.lineno for one in node.decorator_list[1:])])
            yield _Found(_text(lines, start, node.end_lineno))
        elif kind == "cell" and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield _Found(_body(lines, node))
        elif kind == "setup" and isinstance(node, ast.With):
            yield _Found(_body(lines, node), is_first=True)
        elif kind == "unparsable" and isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            source = node.value.args[0]
            yield _Found(ast.literal_eval(source) if isinstance(source, ast.Constant) else "")
        elif kind == "own":
            yield _Found(_text(lines, _first_line(node), node.end_lineno), is_first=True)


def _kind(node: ast.stmt, app: str) -> str:
    """`cell`, `function`, `setup`, `unparsable`; `own`: a statement that marimo didn't write; else `left out`."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.decorator_list:
        mark = node.decorator_list[0]
        name = _attribute(mark, app)
        if name in ("function", "class_definition"):
            return "function"
        if name == "cell":
            return "left out" if _is_disabled(mark) else "cell"
    if isinstance(node, ast.With) and _attribute(node.items[0].context_expr, app) == "setup":
        return "setup"
    if isinstance(node, ast.Expr):
        if _attribute(node.value, app) == "_unparsable_cell" and isinstance(node.value, ast.Call) and node.value.args:
            return "unparsable"
        if isinstance(node.value, ast.Constant):
            return "left out"
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any(isinstance(one, ast.Name) and one.id in (app, "__generated_with") for one in targets):
            return "left out"
    if isinstance(node, ast.Import) and [one.name for one in node.names] == ["marimo"] and not node.names[0].asname:
        return "left out"
    if isinstance(node, ast.If) and any(isinstance(n, ast.Name) and n.id == "__name__" for n in ast.walk(node.test)):
        return "left out"
    return "own"


def _attribute(node: ast.expr, app: str) -> str | None:
    """`cell` of `app.cell` and of `app.cell(…)`."""
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == app:
        return node.attr
    return None


def _is_disabled(mark: ast.expr) -> bool:
    given = mark.keywords if isinstance(mark, ast.Call) else []
    return any(
        one.arg == "disabled" and isinstance(one.value, ast.Constant) and one.value.value is True for one in given
    )


def _first_line(node: ast.stmt) -> int:
    marks = node.decorator_list if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) else []
    return min([node.lineno, *(one.lineno for one in marks)])


def _body(lines: Sequence[str], node: ast.FunctionDef | ast.AsyncFunctionDef | ast.With) -> str:
    """What stands in a cell: its comments too, without the `return` that marimo writes at its end."""
    body = node.body
    end = node.end_lineno or node.lineno
    if isinstance(body[-1], ast.Return):
        end = body[-1].lineno - 1
        body = body[:-1]
    if not body:
        return ""
    start = _first_line(body[0])
    header = max([node.lineno, *(n.end_lineno or 0 for n in _of_header(node))])
    if start <= header or (body[-1].end_lineno or 0) > end:
        return "\n".join(ast.unparse(one) for one in body)
    while start - 1 > header and lines[start - 2].lstrip().startswith("#"):
        start -= 1
    return _text(lines, start, end)


def _of_header(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.With) -> list[ast.expr | ast.arg]:
    if isinstance(node, ast.With):
        return [item.context_expr for item in node.items]
    arguments = node.args
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *([node.returns] if node.returns else [])]


def _text(lines: Sequence[str], start: int, end: int | None) -> str:
    """Without the indentation of the first line; a line of a text that isn't indented stays."""
    chosen = lines[start - 1 : end]
    indent = chosen[0][: len(chosen[0]) - len(chosen[0].lstrip())]
    return "\n".join(line.removeprefix(indent) for line in chosen).rstrip() + "\n"


# ---------------------------------------------------------------- in which order it runs


def _running_order(found: Sequence[_Found]) -> list[int]:
    """Places in the file. A circle of cells, which marimo refuses to run, is cut at its first cell."""
    names = [_names(one.text) for one in found]
    makers: dict[str, list[int]] = {}
    for at, (made, _) in enumerate(names):
        for name in made:
            makers.setdefault(name, []).append(at)
    first = [at for at, one in enumerate(found) if one.is_first]
    waits: list[set[int]] = []
    for at, (made, used) in enumerate(names):
        before = {maker for name in used - made for maker in makers.get(name, [])}
        if not found[at].is_first:
            before.update(first)
        waits.append(before - {at})
    followers: dict[int, list[int]] = {}
    for at, before in enumerate(waits):
        for maker in before:
            followers.setdefault(maker, []).append(at)
    ready = [at for at, before in enumerate(waits) if not before]
    left = dict.fromkeys(at for at, before in enumerate(waits) if before)
    order: list[int] = []
    while ready or left:
        if not ready:
            ready = [next(iter(left))]
            del left[ready[0]]
        at = heapq.heappop(ready)
        order.append(at)
        for follower in followers.get(at, []):
            waits[follower].discard(at)
            if not waits[follower] and follower in left:
                del left[follower]
                heapq.heappush(ready, follower)
    return order


def _names(text: str) -> tuple[set[str], set[str]]:
    """What a cell makes for the others, and what it uses. A cell that is no Python makes and uses nothing."""
    try:
        made = {name for name in _bound(ast.parse(text)) if not name.startswith("_")}
        used = set(_used(symtable.symtable(text, "cell", "exec"), made))
    except (SyntaxError, ValueError):
        return set(), set()
    return made, used


def _used(table: symtable.SymbolTable, made: set[str]) -> Iterator[str]:
    """Names of this cell's top, and those that functions in it look for outside of themselves."""
    tables = [table]
    while tables:
        one = tables.pop()
        tables += one.get_children()
        is_top = one is table
        for symbol in one.get_symbols():
            if not symbol.is_referenced() or symbol.get_name() in made:
                continue
            if not symbol.is_assigned() if is_top else symbol.is_global():
                yield symbol.get_name()


_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def _bound(tree: ast.Module) -> Iterator[str]:
    """Names that exist once the cell has run: nothing local to a function, a class or a comprehension."""
    nodes: list[tuple[ast.AST, bool]] = [(tree, False)]
    while nodes:
        node, inside = nodes.pop()
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name
                continue
            case ast.Lambda():
                continue
            case ast.Import() | ast.ImportFrom():
                yield from (one.asname or one.name.partition(".")[0] for one in node.names)
            case ast.Name(id=name, ctx=ast.Store()) if not inside:
                yield name
            case ast.NamedExpr(target=ast.Name(id=name)) if inside:
                yield name
            case (
                ast.ExceptHandler(name=str(name))
                | ast.MatchAs(name=str(name))
                | ast.MatchStar(name=str(name))
                | ast.MatchMapping(rest=str(name))
            ):
                yield name
        within = inside or isinstance(node, _COMPREHENSIONS)
        nodes.extend((child, within) for child in ast.iter_child_nodes(node))
