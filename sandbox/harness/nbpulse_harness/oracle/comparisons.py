"""What a failed assertion compared: the two values, and which of them the test expected.

pytest tells the values of a rewritten `assert` by a hook; those of unittest, numpy.testing and pandas.testing stand in
the locals of the library's own frame. Which side was expected is read from the test's source: a literal, an `approx`,
a name such as `expected`; else the value that did not just come from the submission; else the right one.
"""

from __future__ import annotations

import ast
import sys
import types
from dataclasses import dataclass
from typing import Any

from .difference import EXACT, Tolerance

_RIGHT_NAMES = ("expected", "want", "correct", "truth", "should", "answer", "ref", "target", "solution", "desired")
_LEFT_NAMES = ("got", "result", "actual", "output", "out", "res", "returned", "student", "received")
#: Library → its functions' parameters, as (got, expected) unless the test's source says otherwise.
_PAIRS = {
    "unittest.case": (("first", "second"), ("list1", "list2"), ("d1", "d2"), ("set1", "set2"), ("seq1", "seq2"))
    + (("tuple1", "tuple2"), ("expr1", "expr2"), ("a", "b")),
    "numpy.testing._private.utils": (("actual", "desired"), ("x", "y")),
    "pandas._testing.asserters": (("left", "right"),),
}
_OPERATORS = {"assertIn": "in", "assertNotIn": "not in", "assertNotEqual": "!=", "assertIs": "is"} | {
    "assertGreater": ">",
    "assertGreaterEqual": ">=",
    "assertLess": "<",
    "assertLessEqual": "<=",
    "assertIsNot": "is not",
    "assertNotAlmostEqual": "!=",
}
#: `assert np.allclose(got, expected)` and its kin say nothing of their own; the values are found by their names.
_PREDICATES = {"allclose": Tolerance(1e-5, 1e-8), "isclose": Tolerance(1e-9), "array_equal": EXACT, "equals": EXACT}
_MISSING = object()


@dataclass(frozen=True)
class Comparison:
    operator: str
    expected: Any
    got: Any
    tolerance: Tolerance = EXACT


class Comparisons:
    """A plugin that remembers the last comparison that pytest explained, and where in the tests it stood."""

    def __init__(self) -> None:
        self._last: tuple[types.CodeType, int, str, Any, Any] | None = None
        self._trees: dict[str, ast.Module | None] = {}

    def forget(self) -> None:
        self._last = None

    def pytest_assertrepr_compare(self, op: str, left: object, right: object) -> None:
        frame: types.FrameType | None = sys._getframe(1)
        while frame is not None and str(frame.f_globals.get("__name__")).partition(".")[0] in ("pluggy", "_pytest"):
            frame = frame.f_back
        if frame is not None:
            self._last = (frame.f_code, frame.f_lineno, op, left, right)

    def of(self, error: BaseException, answer: tuple[Any] | None) -> Comparison | None:
        """What `error` says was compared. `answer` holds what the last call gave."""
        found = self._by_library(error, answer)
        if found is None and isinstance(error, AssertionError):
            found = self._by_assert(error, answer)
        return None if found is None else _without_approx(found)

    # ------------------------------------------------------------ a plain `assert`

    def _by_assert(self, error: BaseException, answer: tuple[Any] | None) -> Comparison | None:
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        if trace is None:
            return None
        frame, line = trace.tb_frame, trace.tb_lineno
        test = self._test_at(frame.f_code.co_filename, line)
        if self._last is not None and self._last[0] is frame.f_code and self._last[1] == line:
            operator, left, right = self._last[2:]
            one_sided = isinstance(test, ast.Compare) and len(test.ops) == 1
            sides = (test.left, test.comparators[0]) if one_sided and isinstance(test, ast.Compare) else (None, None)
            return _sided(operator, left, right, sides, answer)
        return _by_predicate(test, frame, answer)

    def _test_at(self, path: str, line: int) -> ast.expr | None:
        """The condition of the `assert` in this line of a test file."""
        if path not in self._trees:
            try:
                with open(path, encoding="utf-8") as file:
                    self._trees[path] = ast.parse(file.read())
            except (OSError, SyntaxError, ValueError, RecursionError):
                self._trees[path] = None
        tree = self._trees[path]
        found = None
        for node in ast.walk(tree) if tree is not None else ():
            if isinstance(node, ast.Assert) and node.lineno <= line <= (node.end_lineno or node.lineno):
                found = node.test
        return found

    # ------------------------------------------------------------ a library's own

    def _by_library(self, error: BaseException, answer: tuple[Any] | None) -> Comparison | None:
        """From the outermost frame of the library: what the test itself gave to it."""
        trace, caller = error.__traceback__, None
        while trace is not None:
            frame = trace.tb_frame
            pairs = _PAIRS.get(str(frame.f_globals.get("__name__")))
            if pairs is not None:
                names = frame.f_locals
                if frame.f_code.co_name in ("assertIn", "assertNotIn"):
                    pairs = (("member", "container"),)
                for one, other in pairs:
                    if one in names and other in names:
                        return self._library_pair(frame, names[one], names[other], caller, answer)
            caller = trace
            trace = trace.tb_next
        return None

    def _library_pair(
        self, frame: types.FrameType, one: Any, other: Any, caller: types.TracebackType | None, answer: Any
    ) -> Comparison:
        operator = _OPERATORS.get(frame.f_code.co_name, "==")
        sides: tuple[ast.expr | None, ast.expr | None] = (None, None)
        if caller is not None:
            sides = self._arguments_at(caller.tb_frame.f_code.co_filename, caller.tb_lineno)
        found = _sided(operator, one, other, sides, answer)
        return Comparison(found.operator, found.expected, found.got, _tolerance_of(frame))

    def _arguments_at(self, path: str, line: int) -> tuple[ast.expr | None, ast.expr | None]:
        self._test_at(path, line)
        tree = self._trees.get(path)
        for node in ast.walk(tree) if tree is not None else ():
            if isinstance(node, ast.Call) and node.lineno <= line <= (node.end_lineno or node.lineno):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if str(name).startswith("assert") and len(node.args) >= 2:
                    return node.args[0], node.args[1]
        return None, None


def _sided(
    operator: str, left: Any, right: Any, sides: tuple[ast.expr | None, ast.expr | None], answer: tuple[Any] | None
) -> Comparison:
    if operator in ("in", "not in"):
        return Comparison(operator, left, right)
    first, second = _leaning(sides[0]), _leaning(sides[1])
    if first != second:
        left_is_expected = first > second
    elif answer is not None and (left is answer[0]) != (right is answer[0]):
        left_is_expected = right is answer[0]
    else:
        left_is_expected = False
    if not left_is_expected:
        return Comparison(operator, right, left)
    turned = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(operator, operator)
    return Comparison(turned, left, right)


def _leaning(node: ast.expr | None) -> int:
    """How much an expression looks like what was expected: 3 a literal, 1 by its name, 0 unknown, -1 like a result."""
    if node is None:
        return 0
    if isinstance(node, ast.Call) and _called(node) in ("approx", "array", "DataFrame", "Series"):
        return 2
    parts = list(ast.walk(node))
    if not any(isinstance(part, (ast.Name, ast.Call, ast.Attribute)) for part in parts):
        return 3
    if isinstance(node, (ast.Name, ast.Attribute)):
        name = (node.id if isinstance(node, ast.Name) else node.attr).lower()
        if name.startswith(_RIGHT_NAMES):
            return 1
        if name.startswith(_LEFT_NAMES):
            return -1
    return 0


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _by_predicate(test: ast.expr | None, frame: types.FrameType, answer: tuple[Any] | None) -> Comparison | None:
    if not isinstance(test, ast.Call) or _called(test) not in _PREDICATES:
        return None
    nodes = list(test.args)
    if _called(test) == "equals" and isinstance(test.func, ast.Attribute):
        nodes.insert(0, test.func.value)
    if len(nodes) < 2:
        return None
    left, right = (_value(node, frame, answer) for node in nodes[:2])
    if left is _MISSING or right is _MISSING:
        return None
    found = _sided("==", left, right, (nodes[0], nodes[1]), answer)
    return Comparison("==", found.expected, found.got, _PREDICATES[_called(test)])


def _value(node: ast.expr, frame: types.FrameType, answer: tuple[Any] | None) -> Any:
    """A name's value, a literal, or what the last call gave; nothing is evaluated."""
    if isinstance(node, ast.Name):
        return frame.f_locals.get(node.id, frame.f_globals.get(node.id, _MISSING))
    if isinstance(node, ast.Call) and _called(node) == "array" and node.args:
        return _value(node.args[0], frame, None)
    if isinstance(node, ast.Call):
        return answer[0] if answer is not None else _MISSING
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return _MISSING


def _tolerance_of(frame: types.FrameType) -> Tolerance:
    names, function = frame.f_locals, frame.f_code.co_name
    relative, absolute = names.get("rtol"), names.get("atol")
    if type(relative) is float or type(absolute) is float:
        return Tolerance(_number(relative), _number(absolute))
    if function in ("assertAlmostEqual", "assert_almost_equal", "assert_array_almost_equal"):
        delta, places = names.get("delta"), names.get("places", names.get("decimal", 7))
        if type(delta) in (int, float):
            return Tolerance(0.0, _number(delta))
        if function == "assertAlmostEqual":
            return Tolerance(0.0, 0.5 * 10.0 ** -(7 if places is None else int(places)))
        return Tolerance(0.0, 1.5 * 10.0 ** -int(places))
    if function in ("assert_frame_equal", "assert_series_equal"):
        return Tolerance(1e-5, 1e-8)
    return EXACT


def _number(value: Any) -> float:
    return float(value) if type(value) in (int, float) else 0.0


def _without_approx(found: Comparison) -> Comparison:
    """The value inside `pytest.approx(…)`, and its tolerance."""
    expected, got = found.expected, found.got
    if _is_approx(got) and not _is_approx(expected):
        expected, got = got, expected
    if not _is_approx(expected):
        return found
    relative, absolute = expected.rel, expected.abs
    if absolute is not None and relative is None:
        tolerance = Tolerance(0.0, _number(absolute))
    else:
        tolerance = Tolerance(
            1e-6 if relative is None else _number(relative), 1e-12 if absolute is None else _number(absolute)
        )
    return Comparison(found.operator, expected.expected, got, tolerance)


def _is_approx(value: Any) -> bool:
    names = [cls.__name__ for cls in type(value).__mro__ if cls.__module__.partition(".")[0] in ("pytest", "_pytest")]
    return "Approx" in names or "ApproxBase" in names
