"""What a student reads, what staff read, and what an author is told about a suite that cannot work."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import notebook

SUBMISSION = """
import pandas as pd

def mean(values):
    return sum(values) / len(values)

def double(x):
    return 3 * x

def nothing(table):
    pass

class Point:
    def __init__(self, x):
        self.x = x
    def __eq__(self, other):
        return self.x == other

def deep():
    raise RuntimeError("see /usr/lib/python3/secret.py at 0x7f0011223344")
"""


def message(grade: Any, body: str, submission: str = SUBMISSION) -> str:
    imports = "import pytest\nimport pandas as pd\nimport submission as s\n\n"
    tests = f"{imports}@pytest.mark.visible\ndef test_it():\n    {body}\n"
    graded = grade(submission, tests)
    assert graded.status("test_it") == "failed", graded.explain()
    return str(graded.tests["test_it"]["message"])


def test_a_wrong_value(grade: Any) -> None:
    assert message(grade, "assert s.double(2) == 4") == "assert 6 == 4\n +  where 6 = double(2)"


def test_a_value_that_was_kept(grade: Any) -> None:
    text = message(grade, "value = s.double(2)\n    assert value == 4")
    assert text == "assert 6 == 4\nwhen double(2) was called, which gave 6"


def test_an_exception_with_its_line(grade: Any) -> None:
    assert message(grade, "assert s.mean([]) == 0").splitlines() == [
        "ZeroDivisionError: division by zero",
        "when mean([]) was called",
        "in your file, line 5, in mean:",
        "    return sum(values) / len(values)",
    ]


def test_a_table_is_named_not_printed(grade: Any) -> None:
    text = message(grade, "assert s.nothing(pd.DataFrame({'a': [1, 2]}))['a'] == 1")
    assert text.splitlines()[1] == "when nothing(<table of 2 × 1>) was called, which gave None"


def test_a_missing_name(grade: Any) -> None:
    assert (
        message(grade, "assert s.median([1]) == 1")
        == "NotAvailable: module 'submission': `median` is not defined in your notebook"
    )


def test_an_exception_that_was_not_raised(grade: Any) -> None:
    text = message(grade, "with pytest.raises(ValueError):\n        s.double(1)")
    assert text == "DID NOT RAISE ValueError\nwhen double(1) was called, which gave 3"


def test_an_object_against_data_says_the_way_out(grade: Any) -> None:
    text = message(grade, "assert s.Point(3) == 3")
    assert "your class Point was not asked for __eq__ with a int" in text
    assert "plain data" in text


def test_no_path_and_no_address(grade: Any) -> None:
    text = message(grade, "s.deep()")
    assert "/usr/lib" not in text and "0x7f" not in text


def test_hidden_tests_tell_nothing(grade: Any) -> None:
    tests = "import submission\n\ndef test_it():\n    assert submission.double(2) == 4\n"
    graded = grade(SUBMISSION, tests)
    assert "message" not in graded.tests["test_it"]
    assert "assert 6 == 4" in graded.tests["test_it"]["staffMessage"]
    shown = grade(SUBMISSION, tests, options={"showHiddenMessages": True})
    assert "assert 6 == 4" in shown.tests["test_it"]["message"]


def test_prints_of_the_student_are_for_staff(grade: Any) -> None:
    tests = (
        "import pytest\nimport submission\n\n@pytest.mark.visible\ndef test_it():\n    submission.f()\n    assert 0\n"
    )
    graded = grade(notebook("def f():\n    print('seen by staff')"), tests)
    assert "seen by staff" in graded.tests["test_it"]["staffMessage"]
    assert "seen by staff" not in graded.tests["test_it"]["message"]


def test_a_missing_import_costs_only_its_tests(grade: Any) -> None:
    graded = grade(
        "def a(): return 1",
        """
    import pytest
    from submission import a, missing

    def test_a():
        assert a() == 1

    @pytest.mark.visible
    def test_missing():
        assert missing() == 1
    """,
    )
    assert graded.passed == {"test_a"}
    assert graded.tests["test_missing"]["message"] == "NotAvailable: `missing` is not defined in your notebook"
    assert "suiteError" not in graded.report


def test_a_submission_that_raises_while_tests_are_collected(grade: Any) -> None:
    graded = grade(
        "def a(): raise ValueError('no')",
        {
            "test_one.py": """
    import pytest
    import submission
    VALUE = submission.a()

    @pytest.mark.visible
    @pytest.mark.points(3)
    def test_value():
        assert VALUE

    class TestMore:
        def test_inside(self):
            pass
    """,
            "test_two.py": "def test_fine():\n    pass\n",
        },
    )
    assert graded.statuses == {"test_fine": "passed", "test_value": "error", "TestMore::test_inside": "error"}
    assert graded.tests["test_value"]["weight"] == 3
    assert "ValueError: no" in graded.tests["test_value"]["message"]
    assert "suiteError" not in graded.report


def test_a_submission_that_hangs_while_tests_are_collected(grade: Any) -> None:
    graded = grade(
        "def a():\n    while True: pass",
        """
    import pytest
    import submission
    VALUE = submission.a()

    @pytest.mark.visible
    def test_value():
        assert VALUE
    """,
        test_ms=500,
    )
    assert graded.statuses == {"test_value": "error"}, graded.explain()
    assert "stopped after 0.5 s" in graded.tests["test_value"]["message"]
    assert "suiteError" not in graded.report


@pytest.mark.parametrize(
    ("tests", "words"),
    [
        ("def test_x(:\n", "SyntaxError"),
        ("import not_installed\ndef test_x(): pass\n", "No module named 'not_installed'"),
        ("x = 1\n", "collected no test"),
        ({"readme.txt": "hi"}, "holds no file of tests"),
        ("import pytest\n@pytest.mark.points(-1)\ndef test_x(): pass\n", "points"),
        ("import pytest\n@pytest.mark.points('two')\ndef test_x(): pass\n", "points"),
        ("while True: pass\n", "stopped after"),
        ({"conftest.py": "raise RuntimeError('conf')", "test_x.py": "def test_x(): pass"}, ""),
    ],
)
def test_a_suite_that_cannot_work_is_the_authors_error(grade: Any, tests: Any, words: str) -> None:
    graded = grade("x = 1", tests, test_ms=500)
    assert words in graded.report["suiteError"], graded.explain()


def test_points_are_shared_by_parameters(grade: Any) -> None:
    graded = grade(
        "x = 1",
        """
    import pytest
    import submission

    @pytest.mark.points(2)
    @pytest.mark.parametrize("n", range(4))
    def test_many(n):
        pass

    @pytest.mark.parametrize("n", range(2))
    def test_unmarked(n):
        pass

    @pytest.mark.visible
    class TestGroup:
        def test_shown(self):
            pass

        @pytest.mark.hidden
        def test_not_shown(self):
            pass
    """,
    )
    weights = {name: test["weight"] for name, test in graded.tests.items()}
    assert weights["test_many[0]"] == 0.5 and weights["test_unmarked[1]"] == 1
    assert graded.tests["TestGroup::test_shown"]["visible"]
    assert not graded.tests["TestGroup::test_not_shown"]["visible"]


def test_equal_names_in_two_files(grade: Any) -> None:
    same = "import submission\n\ndef test_x():\n    assert submission.x == {}\n"
    graded = grade(
        "x = 1",
        {"a/test_a.py": same.format(1), "b/test_b.py": same.format(2), "a/__init__.py": "", "b/__init__.py": ""},
    )
    assert graded.statuses == {"a/test_a.py::test_x": "passed", "b/test_b.py::test_x": "failed"}, graded.explain()


def test_helpers_and_conftest_of_the_author(grade: Any) -> None:
    graded = grade(
        "def f(x): return x + 1",
        {
            "tests/conftest.py": "import pytest\n\n@pytest.fixture(scope='session')\ndef one():\n    return 1\n",
            "tests/helper.py": "TWO = 2\n",
            "tests/test_x.py": "import submission\nfrom helper import TWO\n\n"
            "def test_x(one):\n    assert submission.f(one) == TWO\n",
        },
    )
    assert graded.statuses == {"test_x": "passed"}, graded.explain()
