"""Why a test failed, in parts: calls, expected and got, the first differences, the student's own line."""

from __future__ import annotations

import json
import textwrap
from typing import Any

import pytest

SUBMISSION = """
import numpy as np
import pandas as pd

def double(x):
    return 3 * x

def words():
    return "one\\ntwo\\nthree"

def nested():
    return {"mean": [1, 2, {"x": 3}], "extra": 1}

def kinds():
    return (1, 2)

def few():
    return {1, 2, 4}

def grid():
    return np.array([[1.0, 2.0], [3.0, 5.0]])

def flat():
    return np.array([1, 2, 3])

def table():
    return pd.DataFrame({"price": [1.5, 2.5], "name": ["a", "x"]}, index=["r", "s"])

def third():
    return 0.33

def boom(value):
    raise ValueError(f"no {value}")

class Point:
    def __init__(self, x):
        self.x = x
    def __eq__(self, other):
        open("asked", "a").write("eq")
        return False
    def __repr__(self):
        return "asked for its repr"
    def shift(self, by):
        return self.x + by

def points():
    return [Point(1), 2]
"""

TESTS = """
import math
import unittest
import numpy as np
import pandas as pd
import pytest
import submission as s

pytestmark = pytest.mark.visible

def test_number():
    assert s.double(2) == 4

def test_turned():
    assert 4 == s.double(2)

def test_kept():
    expected = 4
    got = s.double(2)
    assert expected == got

def test_calls():
    s.double(1)
    s.double(x=2)
    s.double([1, 2])
    assert s.double("ab") == "abab"

def test_text():
    assert s.words() == "one\\ntvo\\nthree\\nfour"

def test_nested():
    assert s.nested() == {"mean": [1, 2, {"x": 4}], "sum": 3}

def test_kinds():
    assert s.kinds() == [1, 2]

def test_few():
    assert s.few() == {1, 2, 3}

def test_grid():
    np.testing.assert_allclose(s.grid(), [[1, 2], [3, 4]])

def test_shape():
    np.testing.assert_array_equal(s.flat(), np.array([1, 2]))

def test_allclose():
    expected = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert np.allclose(s.grid(), expected)

def test_table():
    expected = pd.DataFrame({"price": [1.5, 2.0], "name": ["a", "b"]}, index=["r", "s"])
    pd.testing.assert_frame_equal(s.table(), expected)

def test_approx():
    assert s.third() == pytest.approx(1 / 3, abs=1e-3)

def test_approx_list():
    assert [s.third(), 1.0] == pytest.approx([1 / 3, 1.0])

def test_raises():
    with pytest.raises(ValueError):
        s.double(1)

def test_match():
    with pytest.raises(ValueError, match="yes"):
        s.boom(3)

def test_boom():
    s.boom([7])

def test_object():
    assert s.Point(3) == 3

def test_object_inside():
    assert s.points() == [1, 2]

def test_method():
    assert s.Point(3).shift(by=2) == 6

def test_below():
    assert s.double(2) < 5

class TestOld(unittest.TestCase):
    def test_equal(self):
        self.assertEqual(s.double(2), 4)

    def test_almost(self):
        self.assertAlmostEqual(s.third(), 1 / 3, places=3)

    def test_dicts(self):
        self.assertEqual({"a": 1}, s.nested())

    def test_in(self):
        self.assertIn(3, s.few())

    def test_raised(self):
        with self.assertRaises(KeyError):
            s.double(3)
"""


@pytest.fixture(name="details", scope="module")
def details_fixture(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    from conftest import grade

    graded = grade(SUBMISSION, TESTS, tmp=tmp_path_factory.mktemp("run"))
    assert set(graded.statuses.values()) == {"failed"}, graded.explain()
    return {name.split("::")[-1]: test["detail"] for name, test in graded.tests.items()}


def test_a_value(details: Any) -> None:
    for name in ("test_number", "test_turned", "test_kept", "test_equal"):
        assert details[name] == {"calls": [{"call": "double(2)", "gave": "6"}], "expected": "4", "got": "6"}, name


def test_the_last_three_calls_as_they_were(details: Any) -> None:
    assert details["test_calls"]["calls"] == [
        {"call": "double(x=2)", "gave": "6"},
        {"call": "double([1, 2])", "gave": "[1, 2, 1, 2, 1, 2]"},
        {"call": "double('ab')", "gave": "'ababab'"},
    ]
    assert details["test_calls"]["difference"] == [
        {"at": "column 5", "expected": "'abab'", "got": "'ababab'"},
    ]
    assert details["test_method"]["calls"] == [{"call": "Point(3)"}, {"call": "shift(by=2)", "gave": "5"}]


def test_text_by_line_and_column(details: Any) -> None:
    assert details["test_text"]["difference"] == [
        {"at": "line 2, column 2", "expected": "'tvo'", "got": "'two'"},
        {"at": "line 4", "expected": "'four'", "got": None},
    ]


def test_nested_containers(details: Any) -> None:
    assert details["test_nested"]["difference"] == [
        {"at": "['mean'][2]['x']", "expected": "4", "got": "3"},
        {"at": "['sum']", "expected": "3", "got": None},
        {"at": "['extra']", "expected": None, "got": "1"},
    ]
    assert details["test_kinds"]["difference"] == [{"at": "type", "expected": "list", "got": "tuple"}]
    assert details["test_few"]["difference"] == [
        {"at": "missing", "expected": "3", "got": None},
        {"at": "too much", "expected": None, "got": "4"},
    ]


def test_arrays_and_tables(details: Any) -> None:
    for name in ("test_grid", "test_allclose"):
        assert {"at": "[1, 1]", "expected": "4.0", "got": "5.0"} in details[name]["difference"] or {
            "at": "[1, 1]",
            "expected": "4",
            "got": "5.0",
        } in details[name]["difference"], name
    assert details["test_shape"]["difference"] == [{"at": "shape", "expected": "(2,)", "got": "(3,)"}]
    assert details["test_table"]["difference"] == [
        {"at": 'row "s", column "price"', "expected": "2.0", "got": "2.5"},
        {"at": 'row "s", column "name"', "expected": "'b'", "got": "'x'"},
    ]


def test_tolerances(details: Any) -> None:
    assert details["test_approx"]["expected"] == "0.3333333333333333 ± 0.001"
    assert details["test_approx"]["got"] == "0.33"
    assert details["test_approx_list"]["difference"] == [
        {"at": "[0]", "expected": "0.3333333333333333", "got": "0.33"},
    ]
    assert details["test_almost"]["expected"] == "0.3333333333333333 ± 0.0005"


def test_other_operators(details: Any) -> None:
    assert (details["test_below"]["expected"], details["test_below"]["got"]) == ("< 5", "6")
    assert details["test_in"]["expected"] == "something that holds 3"
    assert details["test_in"]["got"] == "{1, 2, 4}"


def test_exceptions(details: Any) -> None:
    assert details["test_raises"]["expected"] == "ValueError to be raised"
    assert details["test_raises"]["got"] == "3"
    assert details["test_raised"]["expected"] == "KeyError to be raised"
    assert details["test_match"]["expected"] == "an error whose text matches 'yes'"
    assert details["test_match"]["got"] == "'no 3'"
    assert details["test_boom"] == {
        "calls": [{"call": "boom([7])", "raised": "ValueError: no [7]"}],
        "line": {"cell": "submission", "line": 33, "source": 'raise ValueError(f"no {value}")'},
    }


def test_an_object_of_the_students_is_never_asked(details: Any) -> None:
    assert "asked" not in json.dumps(details["test_object"])
    assert (details["test_object"]["expected"], details["test_object"]["got"]) == ("3", "<Point>")
    assert details["test_object_inside"]["got"] == "[<Point>, 2]"
    assert details["test_object_inside"]["calls"] == [{"call": "points()", "gave": "[<Point>, 2]"}]


def test_nothing_hidden_reaches_a_student(grade: Any) -> None:
    """Not the expected value, and not what the submission itself says of it in an error."""
    submission = """
        seen = []

        def check(value):
            seen.append(value)
            open("seen.txt", "a").write(repr(value))
            raise ValueError(f"expected {value}")

        def later():
            import os
            kept = open("seen.txt").read() if os.path.exists("seen.txt") else ""
            raise ValueError(f"kept {seen} {kept}")

        def wrong():
            return 1
    """
    tests = """
        import pytest
        import submission

        def test_hidden():
            assert submission.wrong() == "SECRET-1"

        def test_hidden_error():
            submission.check("SECRET-2")

        def test_hidden_raises():
            with pytest.raises(KeyError, match="SECRET-3"):
                submission.check("SECRET-3")

        @pytest.mark.visible
        def test_visible():
            submission.later()
    """
    shared = "\n        @pytest.fixture(scope='module', autouse=True)\n        def wide():\n            yield\n"
    for suite in (tests, tests.replace("import submission\n", f"import submission\n{shared}", 1)):
        graded = grade(submission, suite)
        assert set(graded.statuses.values()) == {"failed"}, graded.explain()
        for_students = [
            {key: value for key, value in test.items() if key != "staffMessage"} for test in graded.tests.values()
        ]
        assert "SECRET" not in json.dumps([for_students, graded.report["notebook"]]), for_students
        assert "detail" not in graded.tests["test_hidden"]
        assert "SECRET-1" in graded.tests["test_hidden"]["staffMessage"]
        frames = [one for one in graded.frames if one["type"] != "report"]
        assert "SECRET" not in json.dumps(frames)


def test_a_large_difference_is_capped(grade: Any) -> None:
    submission = """
        import numpy as np
        def long(): return list(range(100_000))
        def wide(): return np.zeros((2000, 2000))
        def text(): return "a" * 3_000_000
        def deep():
            found = []
            for _ in range(300): found = [found]
            return found
        def big(): return 10 ** 20_000
    """
    tests = textwrap.dedent("""
        import numpy as np
        import pytest
        import submission as s

        pytestmark = pytest.mark.visible

        def deep():
            found = [1]
            for _ in range(300): found = [found]
            return found

        @pytest.mark.parametrize("name, expected", [
            ("long", list(range(1, 100_001))), ("text", "b" * 3_000_000), ("big", 1), ("deep", deep()),
        ])
        def test_it(name, expected):
            got = getattr(s, name)()
            same = got == expected
            if not same:
                assert got == expected

        def test_wide():
            np.testing.assert_array_equal(s.wide(), np.ones((2000, 2000)))
    """)
    graded = grade(submission, tests)
    assert set(graded.statuses.values()) == {"failed"}, graded.explain()
    for name, test in graded.tests.items():
        assert len(json.dumps(test["detail"])) < 25_000, name
    wide = graded.tests["test_wide"]["detail"]
    assert len(wide["difference"]) == 20
    assert wide["moreDifferences"] == 4_000_000 - 20
