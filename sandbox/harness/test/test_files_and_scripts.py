"""Files that a notebook wrote, the submission as a script, its source; and what must not come along."""

from __future__ import annotations

from typing import Any

SCRIPT = """
import sys
open("out.csv", "w").write("a\\n1\\n")
def double(x): return 2 * x
if __name__ == "__main__":
    name = input("Name? ")
    print(f"Hello {name}, {double(int(sys.argv[1]))}")
    print("careful", file=sys.stderr)
    sys.exit(3)
"""


def test_a_script_is_run_with_arguments_and_input(grade: Any) -> None:
    graded = grade(
        SCRIPT,
        """
        def test_script(run_student):
            done = run_student([21], "Ada\\n")
            assert done.stdout == "Name? Hello Ada, 42\\n"
            assert done.stderr == "careful\\n" and done.returncode == 3
        def test_failing(run_student):
            done = run_student()
            assert done.returncode == 1 and "EOFError" in done.stderr
        def test_source(source):
            assert "def double" in source
        """,
    )
    assert set(graded.statuses.values()) == {"passed"}, graded.explain()


def test_what_the_notebook_wrote_lies_where_tests_run(grade: Any) -> None:
    graded = grade(
        SCRIPT + "def more(): open('more.txt', 'w').write('more')\n",
        """
        import os
        import submission
        AT_IMPORT = open("out.csv").read()
        def test_read(): assert open("out.csv").read() == AT_IMPORT == "a\\n1\\n"
        def test_more():
            submission.more()
            assert open("more.txt").read() == "more"
            assert sorted(os.listdir(".")) == ["more.txt", "out.csv"]
        """,
    )
    assert set(graded.statuses.values()) == {"passed"}, graded.explain()


PLANTED = """
import os
for name in ("conftest.py", "pytest.ini", "numpy.py", "sitecustomize.py", ".pytest.ini", "setup.cfg", "x.pth"):
    open(name, "w").write("raise SystemExit")
for name in ["ok.txt"]:
    open(name, "w").write("raise SystemExit")
os.makedirs("__pycache__", exist_ok=True)
open("__pycache__/json.cpython-311.pyc", "w").write("x")
os.symlink("/etc/passwd", "link.txt")
os.makedirs("deep", exist_ok=True)
os.symlink("/etc", "deep/etc")
open("large.bin", "wb").truncate(1 << 33)
"""


def test_nothing_that_steers_an_interpreter_comes_along(grade: Any) -> None:
    graded = grade(
        PLANTED,
        """
        import os
        def test_folder():
            found = [os.path.join(at, name) for at, _, names in os.walk(".") for name in names]
            assert found == ["./ok.txt"]
        """,
    )
    assert graded.status("test_folder") == "passed", graded.explain()


def test_a_pickle_of_the_submission_runs_nothing(grade: Any) -> None:
    graded = grade(
        """
        import datetime, pickle
        class Evil:
            def __reduce__(self): return (exec, ("import test_it; test_it.double = None",))
        pickle.dump(Evil(), open("evil.pkl", "wb"))
        pickle.dump({"a": [1, datetime.date(2026, 1, 1)]}, open("good.pkl", "wb"))
        """,
        """
        import pickle
        import pytest
        class Own:
            pass
        def test_evil(): pickle.load(open("evil.pkl", "rb"))
        def test_good(): assert pickle.load(open("good.pkl", "rb"))["a"][0] == 1
        def test_own(): assert type(pickle.loads(pickle.dumps(Own()))) is Own
        """,
    )
    assert graded.statuses == {"test_evil": "failed", "test_good": "passed", "test_own": "passed"}, graded.explain()
    assert "may run the submission's code" in graded.tests["test_evil"]["staffMessage"].replace("\n", " ")


def test_the_environment_of_the_oracle_stays_there(grade: Any) -> None:
    """Only what a test sets crosses: never the name of the running test, nor what the worker was started with."""
    graded = grade(
        "import os\ndef names(): return sorted(os.environ)\n",
        """
        import submission
        BEFORE = submission.names()
        def test_hidden_name(monkeypatch):
            monkeypatch.setenv("GIVEN", "1")
            assert submission.names() == sorted([*BEFORE, "GIVEN"])
        """,
    )
    assert graded.status("test_hidden_name") == "passed", graded.explain()
