"""The trusted process, from its job to the report.

The *supervisor* – this process – reads the job, keeps the only descriptor on which results leave, and never looks at
a value from the probe. A *worker*, its fork, runs pytest and talks to the probe. A worker that hangs inside C code or
dies is replaced by one that goes on after the lost test; when the wall clock is used up, what was not begun is
reported as not run. So a report leaves in every case.

States: waiting for the notebook → a worker runs → (replaced →) reported.
"""

from __future__ import annotations

import base64
import importlib
import importlib.util
import json
import os
import select
import signal
import socket
import sys
import tempfile
import time
from typing import Any

from .. import connection, framing
from ..notebook import Source, Unreadable, read_source
from ..seam.channel import Channel
from ..seam.errors import SeamError
from . import executed
from .clock import FORK_S, GRACE_S
from .feedback import clean
from .job import OracleJob, read_oracle_job
from .profile import Recording
from .results import Results, notebook_report
from .suite import Suite, write_suite
from .worker import run_worker

#: Kept back from the wall clock for the report itself.
_RESERVE_S = 0.6
#: A worker is taken for hung this long after a test's own time and graces.
_HUNG_S = 2.0
#: For naming the tests of a submission that cannot be asked. Well within the host's own patience after the wall clock.
_COLLECT_S = 5.0
_MOST_WORKERS = 40
_NOTEBOOK_SHARE = 0.9
_LINE_BYTES = 1024 * 1024


def main() -> None:
    began = time.monotonic()
    results_fd = os.dup(1)
    os.set_inheritable(results_fd, False)
    os.dup2(2, 1)
    try:
        job = read_oracle_job(framing.read_frame(0))
        seam = connection.listen()
    except (framing.BadJob, connection.NoConnection, OSError) as error:
        print(f"oracle: {error}", file=sys.stderr)
        sys.exit(2)
    Supervisor(job, seam, results_fd, began).run()


class Supervisor:
    def __init__(self, job: OracleJob, seam: socket.socket, results_fd: int, began: float) -> None:
        self._job = job
        self._seam = seam
        self._out = results_fd
        self._deadline = began + job.wall_ms / 1000 - min(_RESERVE_S, job.wall_ms / 10_000)
        self._suite: Suite = write_suite(job.tests)
        self._results = Results(self._suite)
        self._recording = Recording()
        self._source: Source | None = None
        self._unreadable: str | None = None
        #: Why no test can ask the submission anything.
        self._unavailable: str | None = None
        #: The progress that left last.
        self._told = (0, 0)
        try:
            self._source = read_source(job.filename, job.notebook)
        except Unreadable as error:
            self._unreadable = str(error)

    def run(self) -> None:
        _import_ahead(self._job)
        told = self._wait_for_notebook()
        notebook = self._notebook_report(told)
        self._pass_on_executed(told)
        if self._suite.files:
            self._run_workers()
        self._report(notebook)

    # ------------------------------------------------------------ the notebook

    @property
    def _notebook_deadline(self) -> float:
        return self._deadline - self._job.wall_ms / 1000 * (1 - _NOTEBOOK_SHARE)

    def _wait_for_notebook(self) -> Any:
        """What the probe says about its run of the notebook; None when it died, or took too long."""
        while True:
            left = self._notebook_deadline - time.monotonic()
            if left <= 0:
                return None
            ready, _, _ = select.select([self._seam], [], [], left)
            if ready:
                break
        self._seam.settimeout(max(0.1, self._notebook_deadline - time.monotonic()))
        try:
            return json.loads(Channel(self._seam).receive())
        except (SeamError, ValueError, RecursionError):
            return None
        finally:
            self._seam.settimeout(None)

    def _pass_on_executed(self, told: Any) -> None:
        """The executed notebook is asked for once the notebook ran. It goes on unread: the student's word."""
        data = executed.receive(self._seam, told)
        if data:
            self._send({"type": "executed", "b64": base64.b64encode(data).decode("ascii")})

    # ------------------------------------------------------------ the tests

    def _run_workers(self) -> None:
        for _ in range(_MOST_WORKERS):
            self._run_worker()
            if self._results.done or time.monotonic() >= self._deadline:
                return
            if not self._results.collected:
                return

    def _run_worker(self) -> None:
        """One worker, until it is done, dies, hangs or the time is up."""
        read_fd, write_fd = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(read_fd)
            os.close(self._out)
            skip = frozenset(self._results.finished)
            run_worker(self._job, self._suite, self._source, self._seam, write_fd, skip, self._unavailable)
        os.close(write_fd)
        try:
            reason = self._follow(read_fd)
        finally:
            os.close(read_fd)
            _end(pid)
        if reason is not None:
            self._results.stop_running(*reason)

    def _follow(self, fd: int) -> tuple[str, str] | None:
        """Take a worker's messages. Says how the running test ended, when the worker did not."""
        results, buffer = self._results, b""
        test_ends: float | None = None
        while True:
            now = time.monotonic()
            until = self._deadline if test_ends is None else min(self._deadline, test_ends)
            if now >= until:
                seconds = self._job.test_ms / 1000
                if until < self._deadline:
                    return "timed-out", f"stopped after {seconds:g} s"
                return "timed-out", f"stopped: the {self._job.wall_ms / 1000:g} s of the whole run are used up"
            ready, _, _ = select.select([fd], [], [], until - now)
            if not ready:
                continue
            data = os.read(fd, 65536)
            if not data:
                if results.done:
                    return None
                return "error", "the process that ran the test ended: it may have used too much memory"
            buffer += data
            *lines, buffer = buffer.split(b"\n")
            if len(buffer) > _LINE_BYTES:
                return "error", "the test's report is too large"
            for line in lines:
                message = json.loads(line)
                if message["type"] == "recorded":
                    self._recording.take(message)
                    continue
                results.take(message)
                if message["type"] == "started":
                    test_ends = time.monotonic() + FORK_S + _HUNG_S
                elif message["type"] == "forked":
                    test_ends = time.monotonic() + self._job.test_ms / 1000 + 3 * GRACE_S + _HUNG_S
                elif message["type"] == "result":
                    test_ends = None
                    self._progress()
                elif message["type"] == "collected":
                    self._progress()
            if results.done:
                return None

    # ------------------------------------------------------------ what leaves

    def _send(self, message: dict[str, Any]) -> None:
        framing.write_frame(self._out, {"nonce": self._job.nonce, **message})

    def _progress(self) -> None:
        done, total = self._results.progress
        if (done, total) != self._told:
            self._told = (done, total)
            self._send({"type": "progress", "done": done, "total": total})

    def _notebook_report(self, told: Any) -> dict[str, Any]:
        late = told is None and time.monotonic() >= self._notebook_deadline
        notebook = notebook_report(told, self._unreadable)
        if late and self._unreadable is None:
            seconds = self._job.wall_ms * _NOTEBOOK_SHARE / 1000
            notebook = {"ok": False, "reason": f"your notebook did not finish within {seconds:.0f} s"}
        if "reason" in notebook:
            notebook["reason"] = clean(notebook["reason"])
        if told is None or self._unreadable is not None:
            self._unavailable = notebook["reason"]
            # No test will run; to say which there are takes a moment, also when the notebook used up all the time.
            self._deadline = max(self._deadline, time.monotonic() + _COLLECT_S)
        return notebook

    def _report(self, notebook: dict[str, Any]) -> None:
        results = self._results
        sources = {file.path: file.data.decode("utf-8", "replace") for file in self._job.tests}
        report: dict[str, Any] = {
            "type": "report",
            "notebook": notebook,
            "canary": results.canary,
            "tests": results.report(sources, "not run: the time of the whole run was used up"),
        }
        error = results.suite_error()
        if error is None and not results.collected:
            error = "the tests could not be collected; the oracle's stderr says more"
        if error is not None:
            report["suiteError"] = error
        if self._job.record:
            own = [test for test, result in results.finished.items() if result.get("ownEquality")]
            report["profile"] = self._recording.written(results.tests, own)
        self._send(report)


def _import_ahead(job: OracleJob) -> None:
    """While the probe runs the notebook: what every worker needs, so that a replacement starts at once."""
    import pytest  # noqa: F401

    texts = b"".join(file.data for file in job.tests if file.path.endswith(".py")) + job.notebook
    wanted = {"numpy": b"numpy" in texts, "pandas": b"pandas" in texts, "polars": b"polars" in texts}
    # A plot goes by handle, of a class that is known here. To import it during a test would be on the test's time.
    wanted["matplotlib.pyplot"] = b"matplotlib" in texts
    os.environ["MPLBACKEND"] = "Agg"
    os.environ.setdefault("MPLCONFIGDIR", tempfile.gettempdir())
    for module, is_wanted in wanted.items():
        if is_wanted and importlib.util.find_spec(module.partition(".")[0]) is not None:
            importlib.import_module(module)


def _end(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    os.waitpid(pid, 0)
