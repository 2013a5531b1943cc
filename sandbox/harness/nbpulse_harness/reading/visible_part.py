"""The part of a suite that students may try before they hand in: the visible tests, and what these need, as text.

Nothing hidden is in it. A file with both kinds is cut by its syntax tree: a definition stays when the name of it occurs
in what stays, so a table of hidden cases goes with the test that reads it, and so do comments and docstrings of a whole
file. Fixtures count as names, in `conftest.py` too; a file beside the tests stays when its name occurs in what stays.

This is a guess from the text (marks may be set by a hook, names made at run time). Whoever cuts a suite runs the
author's solution against what was cut, and compares: see `check/trial-part.ts`.
"""

from __future__ import annotations

import ast
import copy
import os
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..oracle.suite import collected_files

#: Found by pytest and unittest by their names alone.
_SETUP = frozenset(
    "setUp tearDown setUpClass tearDownClass setUpModule tearDownModule asyncSetUp asyncTearDown setup_method "
    "teardown_method setup_class teardown_class setup_module teardown_module setup_function teardown_function".split()
)
Function = (ast.FunctionDef, ast.AsyncFunctionDef)


def visible_part(files: dict[str, bytes]) -> dict[str, str | None] | None:
    """Path → the text that stays, None for a file that stays as it is. None in all when no test is visible.

    Raises ValueError or SyntaxError when a file cannot be read or written as Python.
    """
    tests = set(collected_files(list(files)))
    trees = {
        path: _Module(path, ast.parse(data), path in tests) for path, data in files.items() if path.endswith(".py")
    }
    if not any(module.has_visible for module in trees.values()):
        return None
    said = _Said()
    while True:
        before = said.count
        for module in trees.values():
            module.grow(said)
        if said.count == before:
            break
    kept: dict[str, str | None] = {}
    for path, module in trees.items():
        body = module.kept(said) if module.is_wanted(said) else []
        if body or (os.path.basename(path) == "__init__.py" and module.is_wanted(said)):
            kept[path] = ast.unparse(ast.fix_missing_locations(ast.Module(body, [])))
    for path in files:
        if not path.endswith(".py") and said.names_file(path):
            kept[path] = None
    return kept


@dataclass
class _Said:
    """What occurs in the code that stays, of all files together. It only grows."""

    names: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    imported: set[str] = field(default_factory=set)

    @property
    def count(self) -> int:
        return len(self.names) + len(self.attributes) + len(self.texts) + len(self.imported)

    @property
    def all(self) -> set[str]:
        return self.names | self.attributes

    def names_file(self, path: str) -> bool:
        name = os.path.basename(path)
        return any(name in text or text == os.path.splitext(name)[0] for text in self.texts)


class _Module:
    def __init__(self, path: str, tree: ast.Module, is_test: bool) -> None:
        self._path = path
        self._body = tree.body
        self._is_test = is_test
        self._is_conftest = os.path.basename(path) == "conftest.py"
        self._aliases = _aliases(tree)
        self._file_mark = self._mark(_pytestmark(tree.body))
        #: Names that occur in what stays of this file.
        self._own: set[str] = set()
        self._defined = {name for node in tree.body if not _is_import(node) for name in _bound(node)}
        self.has_visible = is_test and any(self._is_shown(node) for node in tree.body)

    def is_wanted(self, said: _Said) -> bool:
        if self._is_test:
            return self.has_visible or self._stem in said.imported
        folder = os.path.basename(os.path.dirname(self._path))
        stem = folder if self._stem == "__init__" else self._stem
        return self._is_conftest or stem in said.imported

    @property
    def _stem(self) -> str:
        return os.path.splitext(os.path.basename(self._path))[0]

    def grow(self, said: _Said) -> None:
        """Says what stays, given what is said so far."""
        if not self.is_wanted(said):
            return
        for node in self.kept(said):
            _say(node, said, self._own)

    def kept(self, said: _Said) -> list[ast.stmt]:
        wanted = self._own if self._is_test and self._stem not in said.imported else said.all | said.texts
        kept: list[ast.stmt] = []
        for node in self._body:
            stays = self._stays(node, wanted, said)
            if stays is not None:
                kept.append(stays)
        return kept

    def _stays(self, node: ast.stmt, wanted: set[str], said: _Said) -> ast.stmt | None:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            return _import(node, wanted)
        if isinstance(node, Function):
            if self._is_test and node.name.startswith("test"):
                return self._shown_function(node, self._file_mark)
            return node if self._is_found_by_name(node) or node.name in wanted else None
        if isinstance(node, ast.ClassDef):
            if self._is_test and _tests_of(node):
                return self._shown_class(node, wanted, said)
            return node if node.name in wanted else None
        bound = _bound(node)
        if "pytestmark" in bound:
            return node
        if bound:
            return node if bound & wanted else None
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return None
        # An effect (`plt.switch_backend("Agg")`, `CASES.append(…)`) stays when all that it touches here does.
        return node if _names(node) & self._defined <= wanted else None

    # ------------------------------------------------------------ tests

    def _is_shown(self, node: ast.stmt) -> bool:
        if isinstance(node, Function) and node.name.startswith("test"):
            return self._shown_function(node, self._file_mark) is not None
        if isinstance(node, ast.ClassDef):
            return any(self._shown_function(test, self._class_mark(node)) is not None for test in _tests_of(node))
        return False

    def _shown_class(self, node: ast.ClassDef, wanted: set[str], said: _Said) -> ast.ClassDef | None:
        mark = self._class_mark(node)
        shown = {test.name: self._shown_function(test, mark) for test in _tests_of(node)}
        if not any(shown.values()) and node.name not in wanted:
            return None
        body: list[ast.stmt] = []
        for inner in node.body:
            if isinstance(inner, Function) and inner.name in shown:
                test = shown[inner.name]
                if test is not None:
                    body.append(test)
            elif isinstance(inner, (*Function, ast.ClassDef)):
                if self._is_found_by_name(inner) or inner.name in said.all | said.texts:
                    body.append(inner)
            elif not (isinstance(inner, ast.Expr) and isinstance(inner.value, ast.Constant)):
                bound = _bound(inner)
                if not bound or "pytestmark" in bound or bound & (said.all | said.texts):
                    body.append(inner)
        made = copy.copy(node)
        made.body = body or [ast.Pass()]
        return made

    def _shown_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, outer: bool | None) -> ast.stmt | None:
        """The test without its hidden parameters; None when it is hidden."""
        own = self._mark(node.decorator_list)
        if own is not None:
            return node if own else None
        decorators: list[ast.expr] = []
        some_shown = False
        for decorator in node.decorator_list:
            cases = _cases(decorator)
            marks = [self._mark(_marks_of_param(case)) for case in cases]
            if not any(mark is not None for mark in marks) or (not outer and not any(marks)):
                decorators.append(decorator)
                continue
            kept = [case for case, mark in zip(cases, marks, strict=True) if (outer if mark is None else mark)]
            some_shown = some_shown or bool(kept)
            decorators.append(_with_cases(decorator, kept))
        if not (outer or some_shown):
            return None
        made = copy.copy(node)
        made.decorator_list = decorators
        return made

    def _class_mark(self, node: ast.ClassDef) -> bool | None:
        own = self._mark([*node.decorator_list, *_pytestmark(node.body)])
        return self._file_mark if own is None else own

    def _mark(self, marks: Iterable[ast.expr]) -> bool | None:
        """True: visible. None: nothing is said."""
        for mark in marks:
            text = ast.unparse(mark).removesuffix("()")
            text = self._aliases.get(text, text)
            if text.endswith(("mark.visible", "mark.hidden")):
                return text.endswith("mark.visible")
        return None

    def _is_found_by_name(self, node: ast.stmt) -> bool:
        if not isinstance(node, Function):
            return False
        is_dunder = node.name.startswith("__") and node.name.endswith("__")
        if is_dunder or node.name in _SETUP or (self._is_conftest and node.name.startswith("pytest_")):
            return True
        return any(_is_autouse(decorator) for decorator in node.decorator_list)


def _is_import(node: ast.stmt) -> bool:
    return isinstance(node, (ast.Import, ast.ImportFrom))


def _import(node: ast.Import | ast.ImportFrom, wanted: set[str]) -> ast.stmt | None:
    if isinstance(node, ast.ImportFrom) and (node.module == "__future__" or node.names[0].name == "*"):
        return node
    names = [alias for alias in node.names if (alias.asname or alias.name).split(".")[0] in wanted]
    if not names:
        return None
    made: ast.stmt = (
        ast.Import(names) if isinstance(node, ast.Import) else ast.ImportFrom(node.module, names, node.level)
    )
    return ast.copy_location(made, node)


def _tests_of(node: ast.ClassDef) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [inner for inner in node.body if isinstance(inner, Function) and inner.name.startswith("test")]


def _pytestmark(body: list[ast.stmt]) -> list[ast.expr]:
    for node in body:
        if isinstance(node, ast.Assign) and "pytestmark" in _bound(node):
            return list(node.value.elts) if isinstance(node.value, (ast.List, ast.Tuple)) else [node.value]
    return []


def _aliases(tree: ast.Module) -> dict[str, str]:
    """`public = pytest.mark.visible`"""
    found: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Attribute):
            found.update({name: ast.unparse(node.value) for name in _bound(node)})
    return found


def _cases(decorator: ast.expr) -> list[ast.expr]:
    """The cases of `parametrize` that stand in the source."""
    if not (isinstance(decorator, ast.Call) and ast.unparse(decorator.func).endswith("parametrize")):
        return []
    given = decorator.args[1] if len(decorator.args) > 1 else None
    return list(given.elts) if isinstance(given, (ast.List, ast.Tuple)) else []


def _marks_of_param(case: ast.expr) -> list[ast.expr]:
    if not (isinstance(case, ast.Call) and ast.unparse(case.func).endswith("param")):
        return []
    for keyword in case.keywords:
        if keyword.arg == "marks":
            value = keyword.value
            return list(value.elts) if isinstance(value, (ast.List, ast.Tuple)) else [value]
    return []


def _with_cases(decorator: ast.expr, cases: list[ast.expr]) -> ast.expr:
    assert isinstance(decorator, ast.Call)
    args = [decorator.args[0], ast.List(cases, ast.Load()), *decorator.args[2:]]
    # Names of the cases would be too many now.
    keywords = [keyword for keyword in decorator.keywords if keyword.arg != "ids"]
    return ast.copy_location(ast.Call(decorator.func, args, keywords), decorator)


def _is_autouse(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and any(keyword.arg == "autouse" for keyword in decorator.keywords)


def _bound(node: ast.stmt) -> set[str]:
    """What a statement binds where it stands."""
    if isinstance(node, (*Function, ast.ClassDef)):
        return {node.name}
    if isinstance(node, ast.Import):
        return {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    if isinstance(node, ast.ImportFrom):
        return {alias.asname or alias.name for alias in node.names}
    bound = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    for inner in ast.walk(node):
        if inner is not node and isinstance(inner, (*Function, ast.ClassDef, ast.Import, ast.ImportFrom)):
            bound |= _bound(inner)
    return bound


def _names(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def _say(node: ast.AST, said: _Said, own: set[str]) -> None:
    for inner in ast.walk(node):
        found: str | None = None
        if isinstance(inner, ast.Name):
            found = inner.id
        elif isinstance(inner, ast.arg):
            found = inner.arg  # maybe a fixture
        elif isinstance(inner, ast.Attribute):
            said.attributes.add(inner.attr)
        elif isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            said.texts.add(inner.value)
            found = inner.value if inner.value.isidentifier() else None  # usefixtures("rivers")
        elif isinstance(inner, ast.Import):
            said.imported |= {part for alias in inner.names for part in alias.name.split(".")}
        elif isinstance(inner, ast.ImportFrom):
            said.imported |= set((inner.module or "").split(".")) | {alias.name for alias in inner.names}
            said.names |= {alias.name for alias in inner.names}
        if found is not None:
            own.add(found)
            said.names.add(found)
