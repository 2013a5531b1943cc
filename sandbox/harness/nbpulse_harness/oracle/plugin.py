"""pytest as the oracle runs it: which tests there are, a fresh probe for each, its time, and what came out.

The plugin is the only writer of results. It reads pytest's own reports of tests that this process ran; a student's
process can end a test, but has no way to name a result.
"""

from __future__ import annotations

import math
import os
import pathlib
from collections.abc import Callable, Generator
from typing import Any

import pytest

from ..notebook import Source
from ..seam.errors import SeamError
from ..seam.mirror import handle_of, is_mirror
from .clock import FORK_S, GRACE_S, Clock
from .comparisons import Comparisons
from .detail import failure_detail
from .exchange import Exchange
from .feedback import staff_message, student_message
from .importer import NotAvailable
from .order import WITHHELD, visible_first
from .profile import FileRights
from .roster import Roster, function_of
from .session import Session
from .suite import CANARY, Suite, has_wide_fixtures

Emit = Callable[[dict[str, Any]], None]


class OraclePlugin:
    def __init__(
        self,
        session: Session,
        suite: Suite,
        source: Source | None,
        emit: Emit,
        *,
        test_ms: int,
        show_hidden_messages: bool,
        skip: frozenset[str],
        roster: Roster | None = None,
    ) -> None:
        self._session = session
        self._suite = suite
        self._source = source
        self._emit = emit
        self._show_hidden = show_hidden_messages
        #: Tests that an earlier worker has been through.
        self._skip = skip
        #: The tests that there are by the author's run; None when that is not known.
        self._roster = roster
        self._clock = Clock(test_ms, session)
        #: Hidden tests have shown their inputs to the submission: see `order.py`.
        self._hidden_ran = False
        #: A plugin of its own beside this one.
        self.comparisons = Comparisons()
        self._wide: dict[str, bool] = {}
        self._faults: list[str] = []
        #: Files that could not be imported because of the submission: file → why.
        self._lost_files: list[tuple[str, str]] = []
        self._result: dict[str, Any] = {}
        self._visible: dict[str, bool] = {}

    # ------------------------------------------------------------ collecting

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_make_collect_report(self, collector: Any) -> Generator[None, Any, Any]:
        """Importing a test file has a test's time: what it calls at module level may hang in the submission."""
        self._clock.new_test()
        self._session.peer.judge.new_test(self._session.rights_of(str(collector.path)))
        return (yield from self._stretch())

    def pytest_exception_interact(self, node: Any, call: Any, report: Any) -> None:
        """A file that could not be imported: the author's fault, unless the submission raised."""
        if not isinstance(report, pytest.CollectReport):
            return
        path = os.path.relpath(str(node.path), self._suite.root)
        error: BaseException | None = call.excinfo.value if call.excinfo is not None else None
        if error is not None and (_caused_by_submission(error) if not self._clock.expired else self._clock.in_probe):
            self._lost_files.append((path, student_message(_root(error), self._source, self._session.peer)))
        else:
            self._faults.append(f"{path}: {str(report.longrepr)[-4_000:]}")

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        roster = self._roster
        if roster is not None:
            surplus = roster.surplus([item.nodeid for item in items if not _is_canary(item)])
            items[:] = [item for item in items if item.nodeid not in surplus]
        shares: dict[str, int] = {}
        for item in items:
            if _marked_points(item) is not None:
                shares[function_of(item.nodeid)] = shares.get(function_of(item.nodeid), 0) + 1
        tests = []
        for item in items:
            if _is_canary(item):
                # Nobody reads why it failed, and pytest takes as long to tell as all else that a light test costs.
                told: Any = item
                told.repr_failure = lambda *_, **__: "failed, as it must"
                continue
            self._visible[item.nodeid] = _is_visible(item)
            points = _marked_points(item)
            if points is not None and not (math.isfinite(points) and points >= 0):
                self._faults.append(f"{item.nodeid}: points({points}) is not a number of points")
                points = 0.0
            function = function_of(item.nodeid)
            share = (roster.share(function) if roster is not None else None) or shares.get(function, 1)
            weight = 1.0 if points is None else points / share
            tests.append(_told(item.nodeid, self._visible[item.nodeid], weight))
        lost = dict(self._lost_files)
        missing = [] if roster is None else roster.missing([test["id"] for test in tests], lost)
        tests += [_told(test.id, test.visible, test.weight) for test in missing]
        items[:] = [item for item in items if item.nodeid not in self._skip]
        if not self._show_hidden:
            self._hidden_ran = any(not self._visible.get(test, True) for test in self._skip)
            items[:] = visible_first(items, lambda item: self._visible.get(item.nodeid, False), self._shared_file)
        lost_files = self._lost_files if roster is None else []
        self._emit({"type": "collected", "tests": tests, "faults": self._faults, "lost": lost_files})
        for test in missing:
            if test.id not in self._skip:
                self._result = {"type": "result", "id": test.id, "status": "error", "durationMs": 0.0}
                self._visible[test.id] = test.visible
                self._fail("error", test.reason)
                self._emit(self._result)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Every result has been told: for pytest's summary and its last collections of garbage nobody waits."""
        if exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) and not self._faults:
            self._emit({"type": "done", "code": int(exitstatus)})

    # ------------------------------------------------------------ one test

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        self._result = {"type": "result", "id": item.nodeid, "status": "passed", "durationMs": 0.0}
        self._emit({"type": "started", "id": item.nodeid})
        self._clock.new_test()
        self.comparisons.forget()
        if not (self._show_hidden or _is_canary(item) or self._visible.get(item.nodeid, False)):
            self._hidden_ran = True
        self._guarded(lambda: self._session.begin_test(self._shared_file(item), str(item.path)))
        self._emit({"type": "forked", "id": item.nodeid})
        try:
            return (yield)
        finally:
            self._session.end_test()
            if self._session.spoilt is not None and self._result["status"] == "passed":
                self._fail("not-run" if self._session.unavailable else "failed", self._session.spoilt)
            self._add_rights()
            self._emit(self._result)

    def _add_rights(self) -> None:
        """Where a student's own `==` decided, and what a test that failed would have needed a right for."""
        judge = self._session.peer.judge
        if isinstance(judge.rights, FileRights) and judge.rights.own_equality_decided:
            self._result["ownEquality"] = True
        if judge.wanted and self._result["status"] not in ("passed", "skipped"):
            wanted = ", ".join(sorted(judge.wanted)[:20])
            told = self._result.get("staffMessage", "")
            self._result["staffMessage"] = f"{told}\nwanted: [{wanted}]".lstrip()

    def _shared_file(self, item: pytest.Item) -> str | None:
        path = str(item.path)
        if _is_canary(item):
            # They ask the probe for no more than an echo: one that dies at the first makes the others fail as well.
            return path
        if path not in self._wide:
            try:
                with open(path, encoding="utf-8") as file:
                    self._wide[path] = has_wide_fixtures(file.read())
            except (OSError, UnicodeDecodeError):
                self._wide[path] = False
        return path if self._wide[path] else None

    def _guarded(self, step: Callable[[], None]) -> None:
        """A step of ours in which the probe may hang."""
        try:
            self._clock.start(FORK_S)
            step()
        except (SeamError, Exception) as error:  # noqa: BLE001 - whatever it is, it costs this test and no other
            self._session.spoil(str(error) or type(error).__name__)
        finally:
            self._clock.stop(counted=False)

    def _stretch(self, grace_s: float | None = None) -> Generator[None, Any, Any]:
        try:
            self._clock.start(grace_s)
            return (yield)
        finally:
            self._clock.stop(counted=grace_s is None)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any, request: Any) -> Generator[None, Any, Any]:
        """Once a test has its `tmp_path`, the probe shares the files in it."""
        value = yield
        if fixturedef.argname in ("tmp_path", "tmpdir"):
            self._session.peer.exchanges.append(Exchange(pathlib.Path(str(value))))
        return value

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, Any, Any]:
        return (yield from self._stretch())

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        return (yield from self._stretch())

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, Any, Any]:
        return (yield from self._stretch(GRACE_S))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: Any) -> Generator[None, Any, Any]:
        try:
            self._clock.start(GRACE_S)
            report = yield
            self._note(item, call, report)
        except SeamError as error:
            # The report asked a student's `__repr__`, which hung or died: the test's own outcome is lost with it.
            self._session.spoil(str(error))
            report = pytest.TestReport(
                item.nodeid, item.location, {}, "failed", str(error), call.when, duration=call.duration
            )
            self._fail("failed", str(error))
        finally:
            self._clock.stop(counted=False)
        if self._session.spoilt is not None and report.outcome != "failed":
            report.outcome = "failed"
            report.longrepr = self._session.spoilt
            self._fail("failed", self._session.spoilt)
        return report

    def _note(self, item: pytest.Item, call: Any, report: pytest.TestReport) -> None:
        self._result["durationMs"] += call.duration * 1000
        if report.outcome == "passed":
            return
        if report.outcome == "skipped":
            # An expected failure that failed is reported as skipped too: no verdict on the student either way.
            if self._result["status"] == "passed":
                self._result["status"] = "skipped"
            return
        if self._result["status"] not in ("passed", "skipped"):
            return
        error: BaseException | None = call.excinfo.value if call.excinfo is not None else None
        status = "failed" if call.when == "call" else "error"
        if self._clock.expired:
            status = "timed-out"
        self._fail(status, None)
        peer = self._session.peer
        self._result["staffMessage"] = staff_message(report.longreprtext + _captured(report), peer)
        if self._hidden_ran and self._visible.get(item.nodeid, False):
            self._result["message"] = WITHHELD
        elif error is not None and (self._visible.get(item.nodeid, False) or self._show_hidden):
            self._result["message"] = student_message(error, self._source, peer)
            self._result["detail"] = failure_detail(error, self._source, peer, self.comparisons)

    def _fail(self, status: str, reason: str | None) -> None:
        self._result["status"] = "timed-out" if self._clock.expired else status
        if reason is not None:
            self._result.setdefault("staffMessage", reason)
            if self._visible.get(self._result["id"], False) or self._show_hidden:
                self._result.setdefault("message", reason)


class WithoutProbe:
    """A test whose probe could not be made is not run at all. The other plugin reports it."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        return True if self._session.spoilt is not None else None


def _captured(report: pytest.TestReport) -> str:
    return "".join(f"\n----- {title} -----\n{text}" for title, text in report.sections)


def _is_canary(item: pytest.Item) -> bool:
    return item.path.name == CANARY


def _told(test_id: str, visible: bool, weight: float) -> dict[str, Any]:
    return {"id": test_id, "name": test_id.partition("::")[2][:300], "visible": visible, "weight": weight}


def _is_visible(item: pytest.Item) -> bool:
    for mark in item.iter_markers():
        if mark.name in ("visible", "hidden"):
            return mark.name == "visible"
    return False


def _marked_points(item: pytest.Item) -> float | None:
    mark = item.get_closest_marker("points")
    if mark is None:
        return None
    value: Any = mark.args[0] if mark.args else mark.kwargs.get("n")
    if isinstance(value, bool) or type(value) not in (int, float):
        return math.nan
    return float(value)


def _root(error: BaseException) -> BaseException:
    while (inner := error.__cause__ or error.__context__) is not None:
        if isinstance(error, NotAvailable) or handle_of(error) is not None:
            break
        error = inner
    return error


def _caused_by_submission(error: BaseException) -> bool:
    root = _root(error)
    return (
        isinstance(root, (SeamError, NotAvailable))
        or handle_of(root) is not None
        or is_mirror(type(root))
        or "_seam_handle" in getattr(root, "__dict__", {})
    )
