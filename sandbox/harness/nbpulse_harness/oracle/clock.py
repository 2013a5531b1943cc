"""The time of one test: one allowance for setting up and body together, and short ones for tearing down and reporting.

The alarm raises only while the clock is inside a guarded stretch, so it can never hit pytest's own bookkeeping. It is
repeated, because a test may catch the first one; what counts is that the clock remembers.
"""

from __future__ import annotations

import signal
import time

from ..seam.errors import ProbeTimeout
from .session import Session

#: For teardown, and again for the report: `repr` of a student's object is asked of the student.
GRACE_S = 1.5
#: For a fresh probe, which is our work and not the student's: some 10 ms, but a busy host is no reason to fail a test.
FORK_S = 10.0
#: Bound here: a test may patch `time.monotonic`.
_monotonic = time.monotonic
_AGAIN_S = 0.5


class Clock:
    def __init__(self, test_ms: int, session: Session) -> None:
        self._test_s = test_ms / 1000
        self._session = session
        self._left_s = self._test_s
        self._inside = False
        self._began = 0.0
        self.expired = False
        #: Whether the time ran out while the student's code was asked, not in the test's own.
        self.in_probe = False
        signal.signal(signal.SIGALRM, self._fire)

    @property
    def words(self) -> str:
        return f"stopped after {self._test_s:g} s"

    def new_test(self) -> None:
        self._left_s = self._test_s
        self.expired = False

    def start(self, grace_s: float | None = None) -> None:
        """Begin a guarded stretch: of the test's own time, or of a grace of its own."""
        self._began = _monotonic()
        seconds = max(0.01, self._left_s) if grace_s is None else grace_s
        self._inside = True
        signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN_S)

    def stop(self, *, counted: bool = True) -> None:
        self._inside = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        if counted:
            self._left_s -= _monotonic() - self._began

    def _fire(self, *_: object) -> None:
        if not self._inside:
            return
        if not self.expired:
            self.in_probe = self._session.peer.is_asking
        self.expired = True
        self._session.spoil(self.words)
        raise ProbeTimeout(self.words)
