"""The example assignment: the solution gets everything, the bare template nothing."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "examples" / "graded-assignment"


@pytest.mark.parametrize(("file", "share"), [("solution.ipynb", 1.0), ("template.ipynb", 0.0)])
def test_example(grade: Any, tmp_path: Path, file: str, share: float) -> None:
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(FOLDER / "rivers.csv", data)
    tests = {f"tests/{path.name}": path.read_text() for path in (FOLDER / "tests").glob("*.py")}
    graded = grade((FOLDER / file).read_bytes(), tests, data=data)
    weights = [test["weight"] for test in graded.tests.values()]
    assert sum(weights) == pytest.approx(10)
    earned = sum(test["weight"] for test in graded.tests.values() if test["status"] == "passed")
    assert earned == pytest.approx(10 * share), graded.explain()
    assert "suiteError" not in graded.report
    assert graded.report["notebook"]["ok"] is True
    if share == 1:
        assert graded.report["notebook"] == {"ok": True}
        return
    visible = [test for test in graded.tests.values() if test["visible"]]
    assert len(visible) == 3
    assert all(test["message"] for test in visible)
    assert not any("message" in test for test in graded.tests.values() if not test["visible"])
