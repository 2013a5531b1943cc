"""Asks warm interpreters for verdicts: as many at a time as there are of them."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbpulse_harness import framing

from .cases import Case, Solution, test_ms

_WARM = Path(__file__).with_name("warm.py")


@dataclass
class Compared:
    """One solution of a case, graded both ways. A verdict is `passed`, `failed` or `skipped`, by the test's name."""

    case: str
    solution: str
    alone: dict[str, str] = field(default_factory=dict)
    across: dict[str, str] = field(default_factory=dict)
    alone_s: float = 0.0
    across_s: float = 0.0
    report: dict[str, Any] = field(default_factory=dict)
    output: str = ""

    @property
    def differences(self) -> dict[str, str]:
        """What differs, by `file::test` as `corpus/differences.py` names it, in words."""
        found = {}
        for name in sorted({*self.alone, *self.across}):
            one, two = self.alone.get(name, "no verdict"), self.across.get(name, "no verdict")
            if one != two:
                found[f"{self.case}/{self.solution}::{name}"] = f"{one} in one process, {two} across the seam"
        return found

    def explain(self) -> str:
        told = {test["name"]: test.get("staffMessage", "")[-1_500:] for test in self.report.get("tests", ())}
        lines = [f"{name}: {text}\n{told.get(name.split('::', 1)[1], '')}" for name, text in self.differences.items()]
        return "\n".join([*lines, str(self.report.get("suiteError", "")), self.output[-3_000:]])


class Grader:
    """A few warm interpreters and the threads that wait for them. Use it as a context manager."""

    def __init__(self, processes: int) -> None:
        self._processes = [
            subprocess.Popen([sys.executable, "-I", str(_WARM)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            for _ in range(processes)
        ]
        self._free: queue.SimpleQueue[subprocess.Popen[bytes]] = queue.SimpleQueue()
        for process in self._processes:
            self._free.put(process)
        self._threads = ThreadPoolExecutor(processes)

    def __enter__(self) -> Grader:
        return self

    def __exit__(self, *error: object) -> None:
        self._threads.shutdown(cancel_futures=True)
        for process in self._processes:
            assert process.stdin is not None and process.stdout is not None
            process.stdin.close()
            process.wait()
            process.stdout.close()

    def submit(self, case: Case, solutions: tuple[Solution, ...]) -> Future[list[Compared]]:
        return self._threads.submit(self._compare, case, solutions)

    def _compare(self, case: Case, solutions: tuple[Solution, ...]) -> list[Compared]:
        process = self._free.get()
        try:
            # As a course does: the author's solution says what submissions are allowed, its own grading included.
            _, recorded = _ask(process, "across", _job(case, case.right, {"record": True}))
            options = {"profile": recorded["report"].get("profile")}
            return [_compare_one(process, case, solution, options) for solution in solutions]
        finally:
            self._free.put(process)


def _job(case: Case, solution: Solution, options: dict[str, Any]) -> dict[str, Any]:
    return {
        "case": f"{case.name}/{solution.name}",
        "tests": case.tests,
        "filename": solution.name,
        "source": solution.text,
        "testMs": test_ms(solution),
        "options": options,
    }


def _compare_one(process: subprocess.Popen[bytes], case: Case, solution: Solution, options: dict[str, Any]) -> Compared:
    job = _job(case, solution, options)
    alone_s, alone = _ask(process, "alone", job)
    across_s, across = _ask(process, "across", job)
    return Compared(
        case.name,
        solution.name,
        _alone_verdicts(alone, list(across["statuses"])),
        {name: _verdict(status) for name, status in across["statuses"].items()},
        alone_s,
        across_s,
        across["report"],
        alone["output"][-1_500:] + across["output"],
    )


def _ask(process: subprocess.Popen[bytes], kind: str, job: dict[str, Any]) -> tuple[float, dict[str, Any]]:
    assert process.stdin is not None and process.stdout is not None
    framing.write_frame(process.stdin.fileno(), {"kind": kind, "job": job})
    said = framing.read_frame(process.stdout.fileno())
    if "error" in said:
        raise RuntimeError(said["error"])
    return said["seconds"], said["answer"]


def _verdict(status: str) -> str:
    return status if status in ("passed", "skipped") else "failed"


def _alone_verdicts(alone: dict[str, Any], names: list[str]) -> dict[str, str]:
    """By the names that a report uses. Tests of files that did not import have failed, whatever they are called."""
    ids = list(alone["statuses"])
    short = [name.partition("::")[2] for name in ids]
    verdicts = {
        (name if short.count(name) == 1 else test_id): _verdict(alone["statuses"][test_id])
        for test_id, name in zip(ids, short, strict=True)
    }
    if alone["lost"]:
        verdicts |= {name: "failed" for name in names if name not in verdicts}
    return verdicts


def processors() -> int:
    return min(2, len(os.sched_getaffinity(0)))
