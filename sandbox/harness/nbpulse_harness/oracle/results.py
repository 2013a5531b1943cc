"""What is known about the tests of a run, from the workers' messages to the final report."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .canary import COUNT
from .feedback import STAFF_CHARS
from .suite import CANARY, Suite, written_tests


@dataclass
class Results:
    suite: Suite
    #: id → {name, visible, weight} in pytest's order.
    tests: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: id → the result of a test that was begun.
    finished: dict[str, dict[str, Any]] = field(default_factory=dict)
    running: str | None = None
    faults: list[str] = field(default_factory=list)
    lost: list[tuple[str, str]] = field(default_factory=list)
    canaries_failed: int = 0
    canary_passed: bool = False
    collected: bool = False
    done: bool = False

    def take(self, message: dict[str, Any]) -> None:
        """One message of a worker."""
        kind = message["type"]
        if kind == "collected":
            self.collected = True
            self.tests = {test.pop("id"): test for test in message["tests"]}
            self.faults = list(message["faults"])
            self.lost = [(path, reason) for path, reason in message["lost"]]
        elif kind == "started":
            self.running = message["id"]
        elif kind == "result":
            self.finish(message)
        elif kind == "done":
            self.done = True

    def finish(self, result: dict[str, Any]) -> None:
        self.running = None
        if result["id"].startswith(f"{CANARY}::"):
            self.canary_passed = self.canary_passed or result["status"] in ("passed", "skipped")
            self.canaries_failed += 1
        self.finished[result["id"]] = result

    def stop_running(self, status: str, reason: str) -> None:
        """The worker was killed, or died, in the middle of a test: that test is over."""
        if self.running is not None:
            result = {"id": self.running, "status": status, "durationMs": 0.0, "staffMessage": reason}
            if self.tests.get(self.running, {}).get("visible"):
                result["message"] = reason
            self.finish(result)

    @property
    def progress(self) -> tuple[int, int]:
        return sum(1 for test in self.tests if test in self.finished), len(self.tests)

    @property
    def canary(self) -> str:
        """`held` only if canaries ran, all that ran failed, and none was left out without the run ending early."""
        if self.canary_passed or (self.canaries_failed < COUNT and self.done):
            return "broken"
        return "held" if self.canaries_failed > 0 else "broken"

    def suite_error(self) -> str | None:
        if self.faults:
            return "\n\n".join(self.faults)[:STAFF_CHARS]
        if not self.suite.files:
            return "the suite holds no file of tests: no .py file but conftest.py was given"
        if self.collected and not self.tests and not self.lost:
            return "the suite collected no test: functions must be named test_…, classes Test…"
        return None

    def report(self, source_of: dict[str, str], not_run: str) -> list[dict[str, Any]]:
        """All tests, in pytest's order; those of a file that the submission made fail at import come last."""
        names = [test["name"] for test in self.tests.values()]
        report = []
        for test_id, test in self.tests.items():
            name = test["name"] if names.count(test["name"]) == 1 else test_id[:300]
            entry: dict[str, Any] = {"name": name, "visible": test["visible"], "weight": test["weight"]}
            result = self.finished.get(test_id)
            if result is None:
                entry |= {"status": "not-run", "durationMs": 0.0, "staffMessage": not_run}
                if test["visible"]:
                    entry["message"] = not_run
            else:
                entry |= {"status": result["status"], "durationMs": round(result["durationMs"], 3)}
                told = ("message", "detail", "staffMessage", "ownEquality")
                entry |= {key: result[key] for key in told if result.get(key)}
            report.append(entry)
        for path, reason in self.lost:
            for written in written_tests(source_of.get(path, "")):
                entry = {"name": written.name, "visible": written.visible, "weight": written.weight}
                entry |= {"status": "error", "durationMs": 0.0, "staffMessage": f"{path} did not import: {reason}"}
                if written.visible:
                    entry["message"] = reason
                report.append(entry)
        return report


def notebook_report(told: Any, unreadable: str | None) -> dict[str, Any]:
    """How the run of the notebook went, from what the probe said about it. It is shown, nothing depends on it."""
    if unreadable is not None:
        return {"ok": False, "reason": unreadable}
    if not isinstance(told, dict):
        return {"ok": False, "reason": "your notebook ended before it was run to its end"}
    if isinstance(told.get("fault"), str):
        return {"ok": False, "staffReason": told["fault"][:2_000], "reason": "the grading environment is incomplete"}
    lines = []
    failed = told.get("failed")
    for item in (failed if isinstance(failed, list) else [])[:10]:
        if isinstance(item, dict) and isinstance(item.get("cell"), str) and isinstance(item.get("message"), str):
            lines.append(f"{item['cell'][:40]}: {item['message'][:300]}")
    report: dict[str, Any] = {"ok": told.get("ok") is True}
    reason = told.get("reason")
    if isinstance(reason, str):
        lines.insert(0, reason[:500])
    if lines:
        report["reason"] = "\n".join(lines)[:2_000]
    return report
