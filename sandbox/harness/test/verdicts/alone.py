"""One process: plain pytest, with the solution importable as `submission`. The reference of the comparison.

A solution that ends the interpreter ends the tests behind it too; for those a new process goes on. So every test has
a verdict of its own, as it would have if the tests were run one by one.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from nbpulse_harness.notebook import read_source
from nbpulse_harness.oracle.sources import plain_python

from . import children

_MOST_PROCESSES = 30
#: After the alarm inside the process, which C code or a student's own handler may hold up.
_HUNG_S = 3.0
_INI = "[pytest]\nmarkers =\n    points(n): p\n    hidden: h\n    visible: v\n"


def grade(job: dict[str, Any], folder: Path) -> dict[str, Any]:
    """`statuses` by pytest's id, and the files that could not be imported."""
    (folder / "pytest.ini").write_text(_INI)
    for name, text in job["tests"].items():
        (folder / name).write_text(text)
    (folder / "submission.py").write_text(_as_module(job["filename"], job["source"]))
    statuses: dict[str, str] = {}
    lost: list[str] = []
    for _ in range(_MOST_PROCESSES):
        if _one_process(folder, job["testMs"] / 1000, statuses, lost):
            return {"statuses": statuses, "lost": lost, "output": (folder / "output").read_text(errors="replace")}
    raise RuntimeError(f"{job['case']}: the tests did not come to their end in {_MOST_PROCESSES} processes")


def _as_module(filename: str, text: str) -> str:
    """A notebook's cells one below the other, as nbconvert writes them."""
    if filename.endswith(".py"):
        return text
    return "\n\n".join(plain_python(cell.source) for cell in read_source(filename, text.encode()).cells) + "\n"


def _one_process(folder: Path, test_s: float, statuses: dict[str, str], lost: list[str]) -> bool:
    """Run what has no status yet. True when pytest came to its end."""
    read_fd, write_fd = os.pipe()
    silence = os.open(os.devnull, os.O_RDONLY)
    output = os.open(folder / "output", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    skip = frozenset(statuses)
    pid = children.start(
        lambda: _run(folder, test_s, skip, write_fd), stdin=silence, stdout=output, stderr=output, close=(read_fd,)
    )
    for descriptor in (write_fd, silence, output):
        os.close(descriptor)
    running: str | None = None
    buffer = b""
    try:
        while True:
            ready, _, _ = select.select([read_fd], [], [], test_s * 2 + _HUNG_S + 20)
            data = os.read(read_fd, 65536) if ready else b""
            if not data:
                break
            *lines, buffer = (buffer + data).split(b"\n")
            for line in lines:
                kind, value, status = json.loads(line)
                if kind == "start":
                    running = value
                elif kind == "result":
                    statuses[value], running = status, None
                elif kind == "lost":
                    lost.append(value)
                elif kind == "done":
                    return True
    finally:
        os.close(read_fd)
        children.end(pid)
    if running is None:
        lost.append("the process ended while tests were collected")
        return True
    statuses[running] = "failed"
    return False


def _run(folder: Path, test_s: float, skip: frozenset[str], fd: int) -> None:
    os.chdir(folder)
    sys.argv = ["pytest"]
    plugin = _Verdicts(test_s, skip, fd)
    plugin.say("done", str(int(pytest.main([*_OPTIONS, str(folder)], plugins=[plugin]))))


_OPTIONS = ["-q", "--color=no", "-p", "no:cacheprovider", "-p", "no:faulthandler", "--continue-on-collection-errors"]


class TooLong(BaseException):
    """The test's time is up."""


class _Verdicts:
    """A plugin that tells each test's verdict as soon as it is there."""

    def __init__(self, test_s: float, skip: frozenset[str], fd: int) -> None:
        self._test_s = test_s
        self._skip = skip
        self._fd = fd
        self._status = "passed"
        self._late = False
        signal.signal(signal.SIGALRM, self._alarm)

    def say(self, kind: str, value: str, status: str = "") -> None:
        os.write(self._fd, json.dumps([kind, value, status]).encode() + b"\n")

    def _alarm(self, *_: object) -> None:
        self._late = True
        raise TooLong

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self.say("lost", report.nodeid)

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        items[:] = [item for item in items if item.nodeid not in self._skip]

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._status, self._late = "passed", False
        self.say("start", nodeid)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: Any) -> Generator[None, Any, Any]:
        signal.setitimer(signal.ITIMER_REAL, self._test_s, 0.5)
        try:
            return (yield)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.outcome == "skipped" and self._status == "passed":
            self._status = "skipped"
        elif report.outcome == "failed" or self._late:
            self._status = "failed"

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        self.say("result", nodeid, self._status)
