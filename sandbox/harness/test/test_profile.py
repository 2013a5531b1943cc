"""What an author's solution needs is recorded, and a student gets exactly that, file by file."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import notebook

SOLUTION = """
class Money:
    def __init__(self, n): self.n = n
    def __mul__(self, k): return Money(self.n * k) if isinstance(k, int) else NotImplemented
    __rmul__ = __mul__
    def __eq__(self, other): return isinstance(other, Money) and self.n == other.n
    def __lt__(self, other): return self.n < (other.n if isinstance(other, Money) else other)
class Bag(list):
    pass
class Stack:
    def __init__(self, *items): self.items = list(items)
    def __contains__(self, item): return item in self.items
def rename(player): player.name = "Ada"
def half(x): return x / 2
"""
TESTS = """
import pytest
from submission import *

class Player:
    name = ""

def test_times(): assert (Money(2) * 3).n == 6
def test_reflected(): assert (3 * Money(2)).n == 6
def test_text():
    with pytest.raises(TypeError):
        Money(1) * "a"
def test_less(): assert Money(1) < 5
def test_equal(): assert Money(1) == Money(1)
def test_not_text(): assert Money(1) != "1"
def test_in(): assert 3 in Stack(1, 3) and 4 not in Stack(1)
def test_rename():
    player = Player()
    rename(player)
    assert player.name == "Ada"
def test_half(): assert half(3) == 1.5
"""


def recorded(grade: Any, solution: str = SOLUTION, tests: Any = TESTS) -> dict[str, Any]:
    graded = grade(solution, tests, options={"record": True})
    assert set(graded.statuses.values()) == {"passed"}, graded.explain()
    profile: dict[str, Any] = graded.report["profile"]
    return profile


def test_a_profile_says_what_was_needed_and_no_more(grade: Any) -> None:
    assert recorded(grade) == {
        "v": 1,
        "rights": [
            {"file": "test_it.py", "kind": "arithmetic", "className": "Money"},
            {"file": "test_it.py", "kind": "compare", "className": "Money"},
            {"file": "test_it.py", "kind": "contains", "className": "Stack"},
        ],
        "attributes": [{"file": "test_it.py", "className": "Player", "name": "name"}],
        "starNames": [{"file": "test_it.py", "names": ["Bag", "Money", "Stack", "half", "rename"]}],
        "tests": [
            {"id": f"test_it.py::test_{name}", "ownEquality": name == "equal"}
            for name in sorted("times reflected text less equal not_text in rename half".split())
        ],
    }


def test_with_its_profile_a_solution_gets_everything(grade: Any) -> None:
    graded = grade(SOLUTION, TESTS, options={"profile": recorded(grade)})
    assert set(graded.statuses.values()) == {"passed"}, graded.explain()
    assert graded.tests["test_equal"]["ownEquality"] is True
    assert "ownEquality" not in graded.tests["test_half"]
    assert "profile" not in graded.report


def test_without_a_profile_there_are_no_rights_and_the_report_names_them(grade: Any) -> None:
    graded = grade(SOLUTION, TESTS, options={"profile": None})
    failed = {name: test["staffMessage"] for name, test in graded.tests.items() if test["status"] != "passed"}
    assert set(failed) == {"test_times", "test_reflected", "test_less", "test_in", "test_rename"}, graded.explain()
    assert "wanted: [arithmetic Money]" in failed["test_times"]
    assert "wanted: [compare Money]" in failed["test_less"]
    assert "wanted: [contains Stack]" in failed["test_in"]
    assert "wanted: [set Player.name]" in failed["test_rename"]


VERIFIER = """
class Money:
    def __init__(self, n=0): self.n = n
    def __mul__(self, k): return self
    __rmul__ = __mul__
    def __eq__(self, other): return other == 1.5
    def __rsub__(self, other): return 0.0
    def __sub__(self, other): return 0.0
    def __lt__(self, other): return True
class Sqrt(Money): pass
class Stack:
    def __init__(self, *items): pass
    def __contains__(self, item): return item == 3
def rename(player):
    player.name = "Ada"
    player.secret = 1
def half(x): return Sqrt()
"""


def test_a_right_is_of_one_class_kind_and_file(grade: Any) -> None:
    other = """
        from submission import *
        import unittest
        class TestOther(unittest.TestCase):
            def test_almost(self): self.assertAlmostEqual(half(3), 1.5)
            def test_less(self): assert half(3) < 1.6
            def test_half(self): assert half(3) == 1.5
        """
    tests = {"test_it.py": TESTS, "test_other.py": other}
    profile = recorded(grade, tests=tests)
    graded = grade(VERIFIER, tests, options={"profile": profile})
    for name in ("TestOther::test_almost", "TestOther::test_less", "TestOther::test_half", "test_half", "test_rename"):
        assert graded.status(name) != "passed", name
    assert "wanted: [set Player.secret]" in graded.tests["test_rename"]["staffMessage"]


def test_star_gives_what_it_gave_and_a_missing_name_says_so(grade: Any) -> None:
    tests = """
    from math import *
    from submission import *
    def test_root(): assert root(16) == 4
    def test_sqrt(): assert sqrt(16) == 4
    """
    profile = recorded(grade, "def root(x): return x ** 0.5\n", tests)
    assert profile["starNames"] == [{"file": "test_it.py", "names": ["root"]}]
    hostile = "sqrt = lambda x: 5\nfloor = lambda x: 5\ndef helper(): pass\n"
    graded = grade(hostile, tests, options={"profile": profile})
    assert graded.status("test_sqrt") == "passed"
    assert "`root` is not defined in your notebook" in graded.tests["test_root"]["staffMessage"]


def test_star_gives_a_notebook_s_own_names_only(grade: Any) -> None:
    """Not what IPython puts there; a name of IPython's that the notebook makes its own counts."""
    tests = "from submission import *\nimport submission\n"
    tests += "def test_it(): assert root(16) == 4 and get_ipython() == 1 and 'root' in dir(submission)\n"
    tests += "def test_not_ours():\n"
    tests += "    assert {'In', '_', '_2', '_i', 'exit', 'quit', '__nbpulse_name__'}.isdisjoint(dir(submission))\n"
    tests += "    assert 'Out' not in vars(submission) and '__name__' in dir(submission)\n"
    cells = notebook("def root(x): return x ** 0.5\n", "Out = 3\n1 + 1", "def get_ipython(): return 1\ndel Out")
    graded = grade(cells, tests, options={"record": True})
    assert set(graded.statuses.values()) == {"passed"}, graded.explain()
    assert graded.report["profile"]["starNames"] == [{"file": "test_it.py", "names": ["get_ipython", "root"]}]


def test_an_equality_that_stumbles_over_foreign_types_fails_without_a_right(grade: Any) -> None:
    """As in one process, though the student never sees the value."""
    tests = "import submission\ndef test_other(): assert submission.P(1) != 'SECRET'\n"
    right = "class P:\n    def __init__(self, x): self.x = x\n    def __eq__(self, o): {}\n"
    profile = recorded(grade, right.format("return isinstance(o, P) and self.x == o.x"), tests)
    assert profile["rights"] == []
    wrong = right.format("print(o); return self.x == o.x")
    graded = grade(wrong, tests, options={"profile": profile})
    assert graded.status("test_other") == "failed"
    assert "AttributeError" in graded.tests["test_other"]["staffMessage"]
    assert "SECRET" not in graded.tests["test_other"]["staffMessage"].partition("Captured stdout")[2]


GROWING = """
import pytest
import submission
@pytest.mark.points(8)
@pytest.mark.parametrize("n", submission.CASES)
def test_case(n): assert submission.double(n) == 2 * n
@pytest.mark.points(1)
def test_double(): assert submission.double(1) == 2
"""


@pytest.mark.parametrize("cases", ["[]", "[1]", "[1, 2, 3, 4, 5, 6]", "None"])
def test_a_submission_cannot_choose_how_many_tests_there_are(grade: Any, cases: str) -> None:
    profile = recorded(grade, "CASES = [1, 2, 3, 4]\ndef double(n): return 2 * n\n", GROWING)
    graded = grade(f"CASES = {cases}\ndef double(n): return 2 * n\n", GROWING, options={"profile": profile})
    weights = {name: test["weight"] for name, test in graded.tests.items()}
    assert sum(weights.values()) == 9, graded.explain()
    assert len(weights) == 5
    earned = sum(weights[name] for name in graded.passed)
    assert earned == {"[]": 1, "[1]": 3, "None": 0}.get(cases, 9), graded.explain()


def test_ids_that_vary_from_run_to_run_are_counted(grade: Any) -> None:
    tests = """
    import random, pytest
    from submission import double
    @pytest.mark.parametrize("n", [random.random() for _ in range(3)])
    def test_case(n): assert double(n) == 2 * n
    """
    source = "def double(n): return 2 * n\n"
    graded = grade(source, tests, options={"profile": recorded(grade, source, tests)})
    assert len(graded.passed) == 3 == len(graded.tests), graded.explain()


def test_sizes_are_capped(grade: Any) -> None:
    """A hostile "solution" is its author's own problem; the host reads it all the same."""
    source = "\n".join(
        [
            "classes = [type('C%d' % i + 'x' * (i % 4) * 100, (), {'__add__': lambda s, o: 1}) for i in range(400)]",
            "def touch(thing):",
            "    for i in range(2500): setattr(thing, 'a%d' % i, i)",
            "for i in range(2500): globals()['name%d' % i] = i",
            "globals()['n' * 5000] = 1",
        ]
    )
    tests = """
    import submission
    from submission import *
    class Thing: pass
    def test_all():
        for cls in submission.classes: cls() + 1
        submission.touch(Thing())
    """
    profile = recorded(grade, source, tests)
    assert len(profile["attributes"]) == 2000
    assert len(profile["rights"]) == 200
    assert len(profile["starNames"][0]["names"]) == 2000
    assert max(len(name) for name in profile["starNames"][0]["names"]) <= 200
    assert max(len(right["className"]) for right in profile["rights"]) <= 200


@pytest.mark.parametrize(
    "profile", [{}, {"v": 2}, {"v": 1, "rights": [{"file": "a", "kind": "all", "className": "b"}]}, [], "all"]
)
def test_a_profile_that_is_none_is_no_job(profile: Any) -> None:
    from nbpulse_harness.framing import BadJob
    from nbpulse_harness.oracle.job import read_oracle_job

    job = {"v": 1, "module": "m", "filename": "m.py", "notebookB64": "", "tests": [], "nonce": "n", "profile": profile}
    with pytest.raises(BadJob):
        read_oracle_job(json.loads(json.dumps({**job, "limits": {"testMs": 1, "wallMs": 1}})))
