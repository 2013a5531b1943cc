"""Runs oracle and probe as the engines do, but as two plain processes joined by a socket pair, with no sandbox."""

from __future__ import annotations

import base64
import json
import os
import secrets
import socket
import struct
import subprocess
import sys
import textwrap
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("here", database=None)
settings.load_profile("here")

HARNESS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HARNESS))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--corpus", choices=["quick", "whole"], default="quick", help="grade every wrong solution, or a sample of them"
    )


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    from verdicts.summary import summary_key

    summary = config.stash.get(summary_key, None)
    if summary is not None:
        terminalreporter.section("one process and the seam")
        for line in summary.lines():
            terminalreporter.line(line)


@dataclass
class Graded:
    report: dict[str, Any]
    frames: list[dict[str, Any]]
    oracle_stderr: str
    probe_output: str
    tests: dict[str, dict[str, Any]] = field(default_factory=dict)

    def status(self, name: str) -> str:
        return str(self.tests[name]["status"])

    @property
    def statuses(self) -> dict[str, str]:
        return {name: test["status"] for name, test in self.tests.items()}

    @property
    def passed(self) -> set[str]:
        return {name for name, status in self.statuses.items() if status == "passed"}

    def explain(self) -> str:
        lines = [f"{n}: {t['status']} {t.get('staffMessage', '')[-1500:]}" for n, t in self.tests.items()]
        return "\n".join([*lines, str(self.report.get("suiteError")), self.oracle_stderr[-3000:], self.probe_output])


def frame(message: Any) -> bytes:
    data = json.dumps(message).encode()
    return struct.pack("<I", len(data)) + data


def frames(data: bytes) -> list[dict[str, Any]]:
    found = []
    while data:
        (size,) = struct.unpack_from("<I", data)
        found.append(json.loads(data[4 : 4 + size]))
        data = data[4 + size :]
    return found


def notebook(*cells: str | tuple[str, list[str]]) -> bytes:
    """An `.ipynb` of code cells; a cell with tags is a pair."""
    written = []
    for cell in cells:
        source, tags = cell if isinstance(cell, tuple) else (cell, [])
        written.append(
            {
                "cell_type": "code",
                "source": textwrap.dedent(source),
                "metadata": {"tags": tags},
                "outputs": [],
                "execution_count": None,
            }
        )
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": written}).encode()


def grade(
    submission: str | bytes,
    tests: str | dict[str, str],
    *,
    module: str = "submission",
    test_ms: int = 10_000,
    wall_ms: int = 120_000,
    data: Path | None = None,
    tmp: Path | None = None,
    probe_command: list[str] | None = None,
    options: dict[str, Any] | None = None,
) -> Graded:
    """Grade one submission: text is a `.py` file, bytes are an `.ipynb`."""
    is_file = isinstance(submission, str)
    raw = textwrap.dedent(submission).encode() if isinstance(submission, str) else submission
    files = {"test_it.py": tests} if isinstance(tests, str) else tests
    limits = {"testMs": test_ms, "wallMs": wall_ms, "outputBytes": 100_000}
    nonce = secrets.token_hex(8)
    common = {
        "v": 1,
        "module": module,
        "filename": f"{module}.py" if is_file else f"{module}.ipynb",
        "notebookB64": base64.b64encode(raw).decode(),
        "limits": limits,
    }
    encoded = [
        {"path": path, "b64": base64.b64encode(textwrap.dedent(text).encode()).decode()} for path, text in files.items()
    ]
    ours, theirs = socket.socketpair()
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LANG": "C.UTF-8"}
    if tmp is not None:
        environment["TMPDIR"] = str(tmp)

    def start(command: list[str], sock: socket.socket) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=[sock.fileno()],
            env={**environment, "NBPULSE_SEAM_FD": str(sock.fileno())},
            start_new_session=True,
        )

    probe = start(probe_command or [sys.executable, "-I", str(HARNESS / "probe.py")], theirs)
    oracle = start([sys.executable, "-I", str(HARNESS / "oracle.py")], ours)
    ours.close()
    theirs.close()
    try:
        assert probe.stdin is not None
        try:
            probe.stdin.write(frame({**common, "data": str(data or "")}))
            probe.stdin.close()
        except BrokenPipeError:
            pass
        probe.stdin = None
        job = {**common, "nonce": nonce, "tests": encoded, **(options or {})}
        out, err = oracle.communicate(frame(job), timeout=wall_ms / 1000 + 20)
        try:
            probe_out, probe_err = probe.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            probe.kill()
            probe_out, probe_err = probe.communicate()
            probe_err += b"\n[the probe had to be killed]"
    finally:
        for process in (oracle, probe):
            if process.poll() is None:
                process.kill()
                process.wait()
    found = frames(out)
    assert found, err.decode()
    assert all(item["nonce"] == nonce for item in found)
    report = found[-1]
    assert report["type"] == "report", err.decode()
    graded = Graded(report, found, err.decode(), (probe_out + probe_err).decode("utf-8", "replace"))
    graded.tests = {test["name"]: test for test in report["tests"]}
    return graded


@pytest.fixture(autouse=True)
def as_a_worker_begins() -> None:
    """A package that an earlier test imported may have set a variable (polars does): it is no test's doing."""
    from nbpulse_harness.oracle.surroundings import worker_begins

    worker_begins()


@pytest.fixture(name="grade")
def grade_fixture(tmp_path: Path) -> Any:
    def run(submission: str | bytes, tests: str | dict[str, str], **options: Any) -> Graded:
        return grade(submission, tests, tmp=tmp_path, **options)

    return run
