"""The author's test files on the oracle's own disk, in a folder whose name nobody can guess."""

from __future__ import annotations

import ast
import fnmatch
import os
import re
import tempfile
from dataclasses import dataclass

from .job import SuiteFile

CANARY = "test_zz_nbpulse_canary.py"
_INI = """[pytest]
python_files = test_*.py *_test.py *.py
markers =
    points(n): what the test is worth, shared by its parameters
    hidden: the student sees name and points (the default)
    visible: the student also sees why it failed
"""


_FILES = re.compile(
    rb"\b(open|Path|pathlib|listdir|scandir|walk|glob|exists|isfile|isdir|getsize|read_\w+|load\w*|genfromtxt|imread|"
    rb"scan_\w+|sqlite3|shutil|fileinput|ZipFile)\b"
)


@dataclass(frozen=True)
class Suite:
    #: pytest's root, also the end of its search for `conftest.py`.
    root: str
    ini: str
    #: The files to collect, relative to the root; the canary is not among them.
    files: tuple[str, ...]
    #: The folder in which tests run: no path that a student can name leads to a test file.
    workplace: str
    #: Whether some code of the suite seems to use files where it runs, or temporary ones: exchanging them takes time.
    uses_files: bool
    uses_temporary_files: bool


def write_suite(tests: tuple[SuiteFile, ...]) -> Suite:
    base = tempfile.mkdtemp(prefix="suite-")
    root = os.path.join(base, "tests")
    os.mkdir(root)
    # Not beside the tests: the submission learns this path.
    workplace = tempfile.mkdtemp(prefix="work-")
    for file in tests:
        target = os.path.join(root, file.path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "wb") as out:
            out.write(file.data)
    ini = os.path.join(base, "pytest.ini")
    with open(ini, "w", encoding="utf-8") as out:
        out.write(_INI)
    code = b"\n".join(file.data for file in tests if file.path.endswith(".py"))
    files = collected_files([file.path for file in tests])
    return Suite(root, ini, files, workplace, _FILES.search(code) is not None, b"tempfile" in code)


def collected_files(paths: list[str]) -> tuple[str, ...]:
    """Files named as pytest expects; if there are none, every file of Python but `conftest.py`."""
    python = sorted(path for path in paths if path.endswith(".py") and os.path.basename(path) != "conftest.py")
    named = [p for p in python if any(fnmatch.fnmatch(os.path.basename(p), n) for n in ("test_*.py", "*_test.py"))]
    return tuple(named or [path for path in python if os.path.basename(path) != "__init__.py"])


def has_wide_fixtures(source: str) -> bool:
    """Whether tests of this file share objects: then one probe serves the whole file instead of one per test."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return False
    wide = {"setUpClass", "setUpModule", "setup_module", "setup_class", "tearDownClass", "teardown_class"}
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name in wide:
            return True
        if isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.arg == "scope" and not (
                    isinstance(keyword.value, ast.Constant) and keyword.value.value == "function"
                ):
                    return True
    return False


def bound_names(source: str) -> frozenset[str]:
    """Every name that a test file binds itself, by import, definition or assignment."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return frozenset()
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return frozenset(names)


@dataclass(frozen=True)
class WrittenTest:
    """A test as it stands in the source: all there is to say about it when its file could not be imported."""

    name: str
    visible: bool
    weight: float
    #: Whether `points` says what it is worth; an unmarked test weighs 1, however many parameters it has.
    marked: bool


def written_tests(source: str) -> list[WrittenTest]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return []
    found: list[WrittenTest] = []
    whole = _marks_of_file(tree)
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test"):
            found.append(_written(node, node.name, whole))
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef)) and inner.name.startswith("test"):
                    found.append(_written(inner, f"{node.name}::{inner.name}", [*node.decorator_list, *whole]))
    return found


def _marks_of_file(tree: ast.Module) -> list[ast.expr]:
    """`pytestmark = [pytest.mark.visible, …]`"""
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "pytestmark" for t in node.targets):
            return list(node.value.elts) if isinstance(node.value, (ast.List, ast.Tuple)) else [node.value]
    return []


def _written(node: ast.FunctionDef | ast.AsyncFunctionDef, name: str, outer: list[ast.expr]) -> WrittenTest:
    visible, weight, marked = None, 1.0, False
    for decorator in [*node.decorator_list, *outer]:
        text = ast.unparse(decorator)
        if text.endswith("mark.visible") or text.endswith("mark.hidden"):
            visible = text.endswith("mark.visible") if visible is None else visible
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func).endswith("mark.points"):
            value = decorator.args[0] if decorator.args else None
            if not marked and isinstance(value, ast.Constant) and isinstance(value.value, (int, float)):
                weight, marked = float(value.value), True
    return WrittenTest(name, bool(visible), weight, marked)
