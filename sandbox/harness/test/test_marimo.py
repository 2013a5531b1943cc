"""A marimo notebook is graded as its cells run, where marimo isn't installed."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from nbpulse_harness.marimo import cells_of
from nbpulse_harness.notebook import read_source

HARNESS = Path(__file__).resolve().parents[1]
EXAMPLE = HARNESS.parents[1] / "examples" / "is-prime"
HEAD = 'import marimo\n\n__generated_with = "0.17.0"\napp = marimo.App(width="medium")\n\n'


#: The probe of an environment that lacks marimo, whatever is installed where these tests run.
WITHOUT_MARIMO = """
import runpy, sys
from importlib.machinery import PathFinder

class Finder(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name == "marimo" else super().find_spec(name, path, target)

sys.meta_path[:] = [Finder if one is PathFinder else one for one in sys.meta_path]
runpy.run_path(sys.argv[1], run_name="__main__")
"""


def without_marimo() -> list[str]:
    return [sys.executable, "-I", "-c", WITHOUT_MARIMO, str(HARNESS / "probe.py")]


def marimo(body: str) -> str:
    return HEAD + textwrap.dedent(body) + '\n\nif __name__ == "__main__":\n    app.run()\n'


def sources(body: str) -> list[str]:
    cells = cells_of(marimo(body))
    assert cells is not None
    return [source for _, source in cells]


def names(body: str) -> list[str]:
    cells = cells_of(marimo(body))
    assert cells is not None
    return [name for name, _ in cells]


def test_cells_lose_their_wrapping_and_keep_comments() -> None:
    assert sources(
        """
        @app.cell
        def _(mo):
            # a word ahead
            text = 1
            # a word behind
            return (text,)

        @app.cell(hide_code=True)
        def _():
            return

        @app.function(hide_code=True)
        @staticmethod
        def double(x):
            return 2 * x

        @app.class_definition
        class Pair:
            a = 1
        """
    ) == [
        "# a word ahead\ntext = 1\n# a word behind\n",
        "",
        "@staticmethod\ndef double(x):\n    return 2 * x\n",
        "class Pair:\n    a = 1\n",
    ]


def test_a_cell_runs_after_those_that_it_needs() -> None:
    assert names(
        """
        @app.cell
        def _(total):
            print(total)
            return

        @app.cell
        def _(numbers):
            def add():
                return sum(numbers)

            total = add()
            return (total,)

        @app.cell
        def _():
            numbers = [n for n in range(4)]
            return (numbers,)

        with app.setup:
            import math
        """
    ) == ["cell 4", "cell 3", "cell 2", "cell 1"]


def test_names_that_are_a_cell_s_own_make_no_order() -> None:
    body = """
        @app.cell
        def _():
            _n = 1
            print(_n, [n for n in "ab"], (lambda k: k)(2))
            return

        @app.cell
        def _():
            _n = 2
            n = k = 3
            return (n, k)
        """
    assert names(body) == ["cell 1", "cell 2"]


def test_a_circle_keeps_the_order_of_the_file() -> None:
    body = "@app.cell\ndef _(b):\n    a = b\n    return\n\n@app.cell\ndef _(a):\n    b = a\n    return\n"
    assert names(body) == ["cell 1", "cell 2"]


def test_what_stands_outside_of_cells_runs_first() -> None:
    body = "import math\nROOT = math.sqrt(4)\n\n@app.cell(disabled=True)\ndef _():\n    1 / 0\n    return\n"
    assert sources(body) == ["import math\n", "ROOT = math.sqrt(4)\n"]


def test_a_cell_that_marimo_could_not_parse_is_kept_as_it_is() -> None:
    assert sources('app._unparsable_cell(\n    r"""\n    def half(:\n    """,\n    name="_"\n)\n') == [
        "\n    def half(:\n    "
    ]


@pytest.mark.parametrize(
    "text",
    [
        "import marimo as mo\nx = 1\n",
        "app = marimo.App()\n",
        HEAD + "def broken(:\n",
        HEAD + "x = " + "-" * 100_000 + "1\n",
        HEAD + "x = 1" + " + 1" * 50_000 + "\n",
        HEAD + "# " + "x" * 2**20,
    ],
)
def test_what_is_no_marimo_notebook_is_one_file(text: str) -> None:
    assert cells_of(text) is None
    assert [cell.name for cell in read_source("a.py", text.encode()).cells] == ["submission"]


def test_it_is_graded_without_marimo(grade: Any) -> None:
    body = """
        @app.cell
        def _(mo, slider):
            mo.hstack([mo.md(f"**{slider.value}**"), slider])
            return

        @app.cell
        def _(math, mo):
            slider = mo.ui.slider(3, 10, label="n")
            area = math.pi * slider.value
            get, change = mo.state(1)
            change(5)
            return area, slider, get

        @app.cell
        def _():
            import marimo as mo
            import math
            return math, mo

        @app.cell
        def _(mo):
            mo.stop(True)
            never = 1
            return

        @app.function
        def twice(x):
            return helper(x) + helper(x)

        @app.function
        def helper(x):
            return x

        @app.class_definition
        class Pair:
            def __init__(self, a, b):
                self.a, self.b = a, b
        """
    tests = """
        import inspect
        import pytest
        import submission
        from submission import Pair, area, get, twice

        def test_function():
            assert twice(4) == 8

        def test_class():
            assert Pair(1, 2).b == 2

        def test_value_of_a_slider():
            assert area == pytest.approx(9.42, abs=0.01)
            assert get() == 5

        def test_source():
            assert "helper(x) + helper(x)" in inspect.getsource(twice)

        def test_stopped():
            assert not hasattr(submission, "never")
        """
    graded = grade(marimo(body), tests, probe_command=without_marimo())
    assert set(graded.statuses.values()) == {"passed"}, graded.explain()
    assert "cell 4: Stopped: mo.stop" in graded.report["notebook"]["reason"]


def test_a_failing_line_is_told_by_cell_and_line(grade: Any) -> None:
    body = "@app.cell\ndef _():\n    x = 1\n    return\n\n@app.function\ndef f(n):\n    n += 1\n    return n / 0\n"
    tests = "import pytest\nfrom submission import f\n\n@pytest.mark.visible\ndef test_f():\n    assert f(1) == 1\n"
    graded = grade(marimo(body), tests)
    assert graded.tests["test_f"]["detail"]["line"] == {"cell": "cell 2", "line": 3, "source": "return n / 0"}


@pytest.mark.parametrize(
    ("file", "earned"),
    [("solution.py", 10), ("exercise.py", 0), ("submissions/anna.py", 10), ("submissions/ben.py", 3)],
)
def test_example(grade: Any, file: str, earned: float) -> None:
    graded = grade((EXAMPLE / file).read_text(), (EXAMPLE / "tests.py").read_text(), probe_command=without_marimo())
    assert graded.report["notebook"] == {"ok": True}
    assert sum(test["weight"] for test in graded.tests.values()) == pytest.approx(10)
    points = sum(test["weight"] for test in graded.tests.values() if test["status"] == "passed")
    assert points == pytest.approx(earned), graded.explain()
