"""Conditions are awaited, with a limit; nothing sleeps for a guess."""

from __future__ import annotations

import threading
import time
from typing import Callable, TypeVar

T = TypeVar("T")


def eventually(condition: Callable[[], T], what: str, seconds: float = 20.0) -> T:
    """The first true result of `condition`; fails after `seconds`."""
    until = time.monotonic() + seconds
    pause = threading.Event()
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > until:
            raise AssertionError(f"waited {seconds} s in vain for {what}")
        pause.wait(0.01)
