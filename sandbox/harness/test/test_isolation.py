"""What a student's code does to its own process costs one test; what it does to the clock costs that test's time."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from conftest import notebook

OTHERS = """

    def test_before():
        assert submission.good() == 1

    def test_after():
        assert submission.good() == 1
"""


@pytest.mark.parametrize(
    "body",
    [
        "import os; os._exit(0)",
        "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
        "import sys; sys.exit(0)",
        "raise KeyboardInterrupt",
        "import sys; sys.setrecursionlimit(10**9); f = lambda: f(); f()",
        "import ctypes; ctypes.string_at(0)",
        "import os\n    for fd in range(3, 64):\n        try: os.close(fd)\n        except OSError: pass",
        "raise GeneratorExit",
        "import signal, os; os.killpg(0, signal.SIGKILL)",
    ],
)
def test_a_crash_costs_one_test(grade: Any, body: str) -> None:
    graded = grade(
        f"def good(): return 1\ndef bad():\n    {body}\n",
        """
    import pytest
    import submission

    @pytest.mark.visible
    def test_bad():
        assert submission.bad() is None and False
    """
        + OTHERS,
    )
    assert graded.status("test_bad") in ("failed", "timed-out"), graded.explain()
    assert graded.passed == {"test_before", "test_after"}, graded.explain()
    assert graded.tests["test_bad"]["message"]


@pytest.mark.parametrize("catch", ["Exception", "BaseException"])
def test_catching_everything_does_not_hide_a_dead_process(grade: Any, catch: str) -> None:
    graded = grade(
        "import os\ndef good(): return 1\ndef bad(): os._exit(0)\n",
        f"""
    import pytest
    import submission

    def test_bad():
        with pytest.raises({catch}):
            submission.bad()

    def test_swallowed():
        try:
            submission.bad()
        except {catch}:
            pass
    """
        + OTHERS,
    )
    assert graded.passed == {"test_before", "test_after"}, graded.explain()


@pytest.mark.parametrize(
    "body",
    [
        "while True: pass",
        "import time; time.sleep(60)",
        "return Slow()",
        "import signal; signal.signal(signal.SIGALRM, signal.SIG_IGN)\n    while True:\n        try:\n"
        "            while True: pass\n        except BaseException: pass",
        "return 10**(10**8)",
    ],
)
def test_a_timeout_costs_one_test(grade: Any, body: str) -> None:
    graded = grade(
        f"""
class Slow:
    def __repr__(self):
        while True: pass
    def __eq__(self, other):
        while True: pass
    __hash__ = None
def good(): return 1
def bad():
    {body}
""",
        """
    import pytest
    import submission

    @pytest.mark.visible
    def test_bad():
        assert submission.bad() == 5
    """
        + OTHERS,
        test_ms=1_000,
    )
    assert graded.status("test_bad") in ("timed-out", "failed"), graded.explain()
    assert graded.passed == {"test_before", "test_after"}, graded.explain()


def test_a_timeout_is_named(grade: Any) -> None:
    graded = grade(
        "def bad():\n    while True: pass",
        """
    import pytest
    import submission

    @pytest.mark.visible
    def test_bad():
        submission.bad(3)

    @pytest.mark.visible
    def test_loop_in_the_test():
        while True: pass
    """.replace("bad(3)", "bad()"),
        test_ms=700,
    )
    assert graded.statuses == {"test_bad": "timed-out", "test_loop_in_the_test": "timed-out"}
    assert graded.tests["test_bad"]["message"] == "stopped after 0.7 s\nwhen bad() was called"


def test_an_oracle_that_hangs_in_c_is_replaced(grade: Any) -> None:
    """The alarm cannot interrupt C code: the supervisor ends the worker, and another goes on with the next test."""
    graded = grade(
        "def good(): return 1",
        """
    import submission

    def test_hangs():
        (3 ** 30_000_000) // 7 ** 9_000_000 % 13 == str(9 ** 9_000_000)
    """
        + OTHERS,
        test_ms=300,
        wall_ms=60_000,
    )
    assert graded.status("test_hangs") == "timed-out", graded.explain()
    assert graded.passed == {"test_before", "test_after"}, graded.explain()
    assert graded.report["canary"] == "held"


def test_the_wall_clock_ends_the_run_with_a_report(grade: Any) -> None:
    graded = grade(
        "def bad():\n    while True: pass",
        """
    import pytest
    import submission

    @pytest.mark.parametrize("n", range(20))
    def test_bad(n):
        submission.bad()
    """,
        test_ms=1_000,
        wall_ms=5_000,
    )
    assert set(graded.statuses.values()) == {"timed-out", "not-run"}
    assert len(graded.tests) == 20


def test_a_notebook_that_does_not_end(grade: Any) -> None:
    graded = grade(
        notebook("def f(): return 1", "while True: pass", "def g(): return 2"),
        """
    import submission

    def test_f():
        assert submission.f() == 1

    def test_g():
        assert submission.g() == 2
    """,
        wall_ms=30_000,
    )
    assert graded.passed == {"test_f", "test_g"}, graded.explain()
    # Its share of the run's 30 s, less what starting took.
    assert re.fullmatch(r"cell 2: was stopped after 1?[0-9] s", graded.report["notebook"]["reason"])


def test_a_notebook_that_refuses_to_end(grade: Any) -> None:
    graded = grade(
        "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True: pass",
        "import pytest\nfrom submission import f\n\n@pytest.mark.visible\ndef test_f():\n    assert f() == 1\n",
        wall_ms=4_000,
    )
    assert graded.statuses == {"test_f": "not-run"}
    assert not graded.report["notebook"]["ok"]
    assert "did not finish" in graded.report["notebook"]["reason"]


def test_a_notebook_that_exits(grade: Any) -> None:
    graded = grade(
        "import os\ndef f(): return 1\nos._exit(0)",
        "import pytest\nfrom submission import f\n\n@pytest.mark.visible\ndef test_f():\n    assert f() == 1\n",
    )
    assert graded.passed == set()
    assert graded.report["notebook"] == {"ok": False, "reason": "your notebook ended before it was run to its end"}
    assert "suiteError" not in graded.report
    assert graded.statuses == {"test_f": "not-run"}
    assert graded.tests["test_f"]["message"] == "your notebook ended before it was run to its end"
    assert graded.report["canary"] == "held"


def test_what_a_test_started_ends_with_it(grade: Any, tmp_path: Path) -> None:
    """A daemon that left session and parent is gone before the next test begins."""
    graded = grade(
        """
import os, time
def start():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            while True:
                time.sleep(1)
        os._exit(0)
    return os.getpid()
def others():
    mine = {os.getpid(), os.getppid()}
    group = []
    for name in os.listdir('/proc'):
        if name.isdigit():
            try:
                fields = open(f'/proc/{name}/stat').read().rpartition(')')[2].split()
            except OSError:
                continue
            if int(fields[1]) in mine and int(name) not in mine and fields[0] != 'Z':
                group.append(name)
    return group
""",
        """
    import submission

    def test_start():
        assert submission.start() > 0

    def test_next():
        assert submission.others() == []
    """,
    )
    assert graded.passed == {"test_start", "test_next"}, graded.explain()
    assert not [name for name in os.listdir(tmp_path) if name.startswith("core")]


def test_state_does_not_reach_the_next_test(grade: Any) -> None:
    graded = grade(
        "seen = []\ndef see(x):\n    seen.append(x)\n    return len(seen)\n",
        """
    import submission

    def test_one():
        assert submission.see(1) == 1

    def test_two():
        assert submission.see(1) == 1
    """,
    )
    assert graded.passed == {"test_one", "test_two"}


def test_a_handle_of_an_earlier_test(grade: Any) -> None:
    graded = grade(
        "class A:\n    def f(self): return 1\n",
        """
    import pytest
    import submission

    kept = []

    # Both visible: visible tests run first.
    @pytest.mark.visible
    def test_one():
        kept.append(submission.A())

    @pytest.mark.visible
    def test_two():
        assert kept[0].f() == 1
    """,
    )
    assert graded.passed == {"test_one"}
    assert "earlier test" in graded.tests["test_two"]["message"]


def test_wide_fixtures_share_one_process(grade: Any) -> None:
    graded = grade(
        "n = 0\ndef bump():\n    global n\n    n += 1\n    return n\nclass A: pass\n",
        """
    import pytest
    import submission

    @pytest.fixture(scope="module")
    def a():
        submission.bump()
        return submission.A()

    def test_one(a):
        assert submission.bump() == 2
        a.x = 5

    def test_two(a):
        assert submission.bump() == 3
        assert a.x == 5
    """,
    )
    assert graded.passed == {"test_one", "test_two"}, graded.explain()


def test_objects_made_while_collecting_live_in_every_test(grade: Any) -> None:
    graded = grade(
        "class A:\n    n = 0\n    def bump(self):\n        self.n += 1\n        return self.n\n",
        """
    import pytest
    import submission

    THE = submission.A()
    VALUE = THE.bump()

    @pytest.mark.parametrize("a", [submission.A(), submission.A()])
    def test_given(a):
        assert a.bump() == 1

    def test_one():
        assert (VALUE, THE.bump()) == (1, 2)

    def test_two():
        assert THE.bump() == 2
    """,
    )
    assert set(graded.statuses.values()) == {"passed"}, graded.explain()
    assert len(graded.tests) == 4


def test_a_metaclass_says_nothing_about_exceptions_and_sees_no_value(grade: Any) -> None:
    graded = grade(
        """
    class Liar(type):
        def __instancecheck__(cls, item):
            print("saw", repr(item))
            return True
        def __subclasscheck__(cls, item): return True
    class Refused(Exception, metaclass=Liar): pass
    class Anything(metaclass=Liar): pass
    def answer(): return 5
    def fail(): raise Refused("right")
    """,
        """
    import unittest
    import pytest
    import submission

    def test_swallowed():
        with pytest.raises(submission.Refused):
            assert submission.answer() == 4

    class TestSwallowed(unittest.TestCase):
        def test_it(self):
            with self.assertRaises(submission.Refused):
                self.assertEqual(submission.answer(), 4)

    def test_base_exception():
        assert not issubclass(AssertionError, submission.Anything)
        assert not isinstance(AssertionError(), submission.Anything)

    def test_value_is_not_seen(capsys):
        assert isinstance("SECRET", submission.Anything)
        assert "SECRET" not in capsys.readouterr().out

    class Mine: pass
    def test_mine_is_nobodys(capsys):
        assert not isinstance(Mine(), submission.Anything)

    def test_honest():
        with pytest.raises(submission.Refused, match="right"):
            submission.fail()
    """,
    )
    expected = {"test_base_exception", "test_value_is_not_seen", "test_mine_is_nobodys", "test_honest"}
    assert graded.passed == expected, graded.explain()
