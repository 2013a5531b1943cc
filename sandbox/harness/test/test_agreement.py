"""Ordinary test files, unchanged: the verdicts across the seam are those of one process."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

FOLDERS = sorted((Path(__file__).parent / "agreement").iterdir())


def in_one_process(folder: Path, submission: str, tmp: Path) -> dict[str, str]:
    """What plain pytest says when tests and submission share an interpreter."""
    (tmp / "submission.py").write_text(submission)
    for file in folder.glob("test_*.py"):
        (tmp / file.name).write_text(file.read_text())
    command = [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider", "--color=no", "--tb=no"]
    environment = {**os.environ, "MPLBACKEND": "Agg", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([*command, str(tmp)], cwd=tmp, env=environment, capture_output=True, text=True, check=False)
    words = {"PASSED": "passed", "FAILED": "failed", "ERROR": "error", "XFAIL": "skipped"}
    found = {}
    for line in done.stdout.splitlines():
        match = re.match(r"(PASSED|FAILED|ERROR|XFAIL) \S+?::(\S+?)(?: - .*)?$", line)
        if match:
            found[match[2]] = words[match[1]]
    assert found, done.stdout
    return found


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_right_solution(folder: Path, grade: Any, tmp_path: Path) -> None:
    submission = (folder / "submission.py").read_text()
    tests = {file.name: file.read_text() for file in folder.glob("test_*.py")}
    recorded = grade(submission, tests, options={"record": True})
    graded = grade(submission, tests, options={"profile": recorded.report["profile"]})
    assert recorded.statuses == graded.statuses, recorded.explain()
    alone = tmp_path / "alone"
    alone.mkdir()
    expected = in_one_process(folder, submission, alone)
    across = {name: status for name, status in graded.statuses.items() if name in expected}
    assert across == expected, graded.explain()
    assert set(expected.values()) <= {"passed", "skipped"}
    assert graded.report["canary"] == "held"
