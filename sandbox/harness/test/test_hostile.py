"""The attack corpus against oracle and probe alone, without an engine's walls: what the Python side decides by itself.

Attacks that need the walls (network, memory, system calls) run with every engine in `test/hostile/hostile.test.ts`.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import HARNESS, notebook

CORPUS = Path(__file__).resolve().parents[2] / "test" / "hostile"
SUITE = (CORPUS / "suite.py").read_text()
SECRETS = ("SECRET-4be1a7c9", "917331")
ATTACKS = sorted((CORPUS / "attacks").glob("*.py"))


def header(text: str) -> dict[str, str]:
    lines = [line[2:] for line in text.splitlines() if line.startswith("# ") and ": " in line]
    return {key: value for key, value in (line.split(": ", 1) for line in lines[:6])}


def as_notebook(text: str) -> bytes:
    cells = text.split("\n# %%\n")
    made = json.loads(notebook(*cells))
    made["metadata"] = json.loads(header(text).get("metadata", "{}"))
    return json.dumps(made).encode()


@pytest.mark.parametrize("file", ATTACKS, ids=lambda file: file.stem)
def test_attack(file: Path, grade: Any, tmp_path: Path) -> None:
    text = file.read_text()
    about = header(text)
    if about.get("needs") == "engine":
        pytest.skip("needs an engine's walls")
    expects = about.get("expects", "honest")
    test_ms = 10_000 if expects == "full" else 1_500
    graded = grade(as_notebook(text), {"tests/test_suite.py": SUITE}, test_ms=test_ms, wall_ms=60_000)
    everything = set(graded.tests)
    assert len(everything) == 16
    earned = everything if expects == "full" else {"test_double"}
    assert graded.passed == earned or (expects == "at most honest" and not graded.passed), graded.explain()
    assert graded.report["canary"] == "held"
    told = [test.get("message", "") for test in graded.tests.values()]
    told.append(str(graded.report["notebook"].get("reason")))
    for secret in SECRETS:
        assert secret not in "\n".join([*told, graded.probe_output]), secret
    assert "SPIED 2.5" not in graded.probe_output
    for message in told:
        assert len(message) <= 4_000
        assert str(tmp_path) not in message
    assert "had to be killed" not in graded.probe_output
    until = time.monotonic() + 5
    while leftovers():
        assert time.monotonic() < until, leftovers()
        time.sleep(0.01)


def leftovers() -> list[str]:
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                line = Path(f"/proc/{name}/cmdline").read_bytes()
            except OSError:
                continue
            if b"nbpulse-outlives" in line or str(HARNESS / "probe.py").encode() in line:
                found.append(f"{name} {line!r}")
    return found
