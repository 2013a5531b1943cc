"""The whole way, on one page: a notebook, a suite, a report."""

from __future__ import annotations

from typing import Any

from conftest import notebook

TESTS = """
    import pytest
    import submission
    from submission import is_prime

    @pytest.mark.visible
    @pytest.mark.points(2)
    def test_small():
        assert [n for n in range(20) if is_prime(n)] == [2, 3, 5, 7, 11, 13, 17, 19]

    def test_negative():
        with pytest.raises(ValueError, match="negative"):
            is_prime(-1)

    @pytest.mark.visible
    def test_mean():
        assert submission.mean([1, 2, 3]) == 2
"""


def test_a_notebook_is_graded(grade: Any) -> None:
    graded = grade(
        notebook(
            """
            def is_prime(n):
                if n < 0:
                    raise ValueError("negative number")
                return n > 1 and all(n % d for d in range(2, n))
            """,
            """
            def mean(values):
                return sum(values) / (len(values) - 3)
            """,
        ),
        TESTS,
    )
    assert graded.statuses == {"test_small": "passed", "test_negative": "passed", "test_mean": "failed"}, (
        graded.explain()
    )
    assert graded.report["canary"] == "held"
    assert graded.report["notebook"] == {"ok": True}
    assert graded.tests["test_small"]["visible"] and graded.tests["test_small"]["weight"] == 2
    assert not graded.tests["test_negative"]["visible"]
    message = graded.tests["test_mean"]["message"]
    assert "ZeroDivisionError: division by zero" in message
    assert "mean([1, 2, 3])" in message
    assert "in your cell 2, line 3, in mean:" in message
    assert "return sum(values) / (len(values) - 3)" in message
    assert [frame["type"] for frame in graded.frames] == ["executed", *["progress"] * 4, "report"]
