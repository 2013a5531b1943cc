"""A daemon thread that works when it is woken, and can never disturb the student.

States: *not started* (until the first wake), *waiting*, *working*, *stopped*. A fault inside is noted and the thread
goes on after a second; nothing is ever printed.

Waking costs the student's thread about a microsecond and never waits: the bell is a bare lock that is released to ring.
A `threading.Event` has a lock of its own inside; when our thread holds that while it waits for the interpreter, `set`
in the student's cell would wait for a whole switch interval.
"""

from __future__ import annotations

import logging
import threading
from typing import Callable

log = logging.getLogger("nbpulse")
log.addHandler(logging.NullHandler())


class Worker:
    def __init__(self, name: str, work: Callable[[], float | None]) -> None:
        """`work` does one pass and says when it wants to be called again: in seconds, or None for "when woken"."""
        self._name = name
        self._work = work
        self._bell = threading.Lock()
        self._bell.acquire()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._start_lock = threading.Lock()

    def wake(self) -> None:
        if self._bell.locked():
            try:
                self._bell.release()
            except RuntimeError:  # somebody else rang in between
                pass
        if self._thread is None:
            self._start()

    def _start(self) -> None:
        with self._start_lock:
            if self._thread is not None or self._stop.is_set():
                return
            thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            try:
                thread.start()
            except RuntimeError:  # the interpreter is going down
                return
            self._thread = thread

    def rest(self, seconds: float) -> None:
        """A pause that new work does not shorten, but `stop` does."""
        if seconds > 0:
            self._stop.wait(seconds)

    @property
    def stopping(self) -> bool:
        return self._stop.is_set()

    def _run(self) -> None:
        again: float | None = None
        while not self._stop.is_set():
            if again is None:
                self._bell.acquire()
            else:
                self._bell.acquire(timeout=min(max(0.0, again), threading.TIMEOUT_MAX))
            if self._stop.is_set():
                return
            try:
                again = self._work()
            except Exception:
                log.debug("%s: a pass failed", self._name, exc_info=True)
                self.rest(1.0)
                again = 1.0

    def stop(self, timeout_seconds: float = 1.0) -> None:
        self._stop.set()
        self.wake()  # starts nothing: `_stop` is set
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout_seconds)
