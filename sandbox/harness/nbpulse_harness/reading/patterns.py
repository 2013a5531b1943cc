"""What in a file of tests reads as if test and submission were one process. Hints for the author, and no more."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from .names import Names

_PROCESS_MODULES = ("subprocess.", "runpy.", "multiprocessing.")
_PROCESS_CALLS = frozenset({"os.system", "os.popen", "os.fork", "concurrent.futures.ProcessPoolExecutor"})
_PROCESS_PREFIXES = ("os.spawn", "os.exec", "os.posix_spawn", "asyncio.create_subprocess")
_FROM_FILE = frozenset({"importlib.util.spec_from_file_location", "importlib.machinery.SourceFileLoader"})
_PICKLES = ("pickle.", "dill.", "cloudpickle.", "marshal.", "shelve.", "joblib.dump", "joblib.load")
_OVERLAPPING = frozenset(
    {
        "threading.Thread",
        "threading.Timer",
        "concurrent.futures.ThreadPoolExecutor",
        "asyncio.gather",
        "asyncio.create_task",
        "asyncio.ensure_future",
        "asyncio.TaskGroup",
        "asyncio.wait",
        "asyncio.as_completed",
    }
)
_TYPES = frozenset(
    f"types.{kind}Type"
    for kind in "Function Lambda Method Generator Coroutine AsyncGenerator Module BuiltinFunction BuiltinMethod".split()
)
_GENERATORS = {"random": "random.", "numpy.random": "numpy.random."}
#: Own generators are objects of one end, so they cannot come apart.
_NO_DRAW = frozenset({"seed", "getstate", "setstate", "get_state", "set_state", "Random", "SystemRandom"})
_NO_DRAW_OF_NUMPY = frozenset({"default_rng", "Generator", "RandomState", "PCG64", "SeedSequence"})


@dataclass(frozen=True)
class Found:
    kind: str
    #: As pytest names it below its file; None outside of a test.
    test: str | None
    file: str
    line: int
    #: The words of the source that were recognised.
    what: str

    def as_message(self) -> dict[str, object]:
        return {"kind": self.kind, "test": self.test, "file": self.file, "line": self.line, "what": self.what[:200]}


def findings_of(tree: ast.Module, file: str, module: str, drawn: set[str]) -> list[Found]:
    """
    Args:
        module: the name under which tests import the submission.
        drawn: the generators that the author's solution draws from, as `draws_at_random` gives them.
    """
    names = Names(tree)
    found: dict[tuple[str, str | None], Found] = {}

    def note(kind: str, test: str | None, node: ast.expr) -> None:
        found.setdefault((kind, test), Found(kind, test, file, node.lineno, " ".join(ast.unparse(node).split())))

    seeded = {name for name in _GENERATORS if _calls(tree, names, _GENERATORS[name] + "seed")}
    for test, node in _expressions(tree):
        if isinstance(node, ast.Call):
            called = names.of(node.func)
            if called is not None and _starts_a_process(called):
                note("starts-a-process", test, node)
            elif called is not None and called.startswith(_PICKLES):
                note("pickles", test, node)
            elif called in _OVERLAPPING:
                note("overlapping-threads", test, node)
            elif called is not None:
                for name in seeded & drawn:
                    if _is_draw(called, name):
                        note("random-on-both-sides", test, node)
        elif isinstance(node, ast.Attribute) and node.attr == "__file__" and _is_submission(names.of(node), module):
            note("starts-a-process", test, node)
        elif isinstance(node, ast.Compare) and _compares_exact_types(node, names):
            note("exact-types", test, node)
    return list(found.values())


def draws_at_random(tree: ast.Module, names: Names) -> set[str]:
    """Which of the process-wide generators, `random` and `numpy.random`, this file draws from."""
    return {
        name
        for name in _GENERATORS
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and (called := names.of(node.func)) is not None and _is_draw(called, name)
    }


def _is_draw(called: str, generator: str) -> bool:
    prefix = _GENERATORS[generator]
    if not called.startswith(prefix) or called.count(".") != prefix.count("."):
        return False
    last = called.removeprefix(prefix)
    return last not in _NO_DRAW and not (generator == "numpy.random" and last in _NO_DRAW_OF_NUMPY)


def _calls(tree: ast.Module, names: Names, wanted: str) -> bool:
    return any(isinstance(node, ast.Call) and names.of(node.func) == wanted for node in ast.walk(tree))


def _starts_a_process(called: str) -> bool:
    return (
        called.startswith(_PROCESS_MODULES)
        or called in _PROCESS_CALLS
        or called.startswith(_PROCESS_PREFIXES)
        or called in _FROM_FILE
    )


def _is_submission(name: str | None, module: str) -> bool:
    return name == f"{module}.__file__"


def _compares_exact_types(node: ast.Compare, names: Names) -> bool:
    sides = [node.left, *node.comparators]
    return any(names.of(side) in _TYPES for side in sides) and any(
        isinstance(side, ast.Call) and isinstance(side.func, ast.Name) and side.func.id == "type" for side in sides
    )


def _expressions(tree: ast.Module) -> Iterator[tuple[str | None, ast.expr]]:
    """Every expression of a file, with the test that it stands in."""
    for statement in tree.body:
        if isinstance(statement, ast.ClassDef):
            for inner in statement.body:
                name = _test_name(inner)
                yield from _below(inner, f"{statement.name}::{name}" if name is not None else None)
        else:
            yield from _below(statement, _test_name(statement))


def _below(node: ast.AST, test: str | None) -> Iterator[tuple[str | None, ast.expr]]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.expr):
            yield test, inner


def _test_name(node: ast.stmt) -> str | None:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test"):
        return node.name
    return None
