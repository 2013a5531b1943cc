"""`NBPULSE_SERVER`, `_CODE` and `_NAME`: as if `connect()` stood in the first cell, but beside the student's thread."""

from __future__ import annotations

import atexit
import threading


def join_in_background() -> None:
    """Never raises, and never blocks but at the end of a process that is still joining."""
    thread = threading.Thread(target=_connect, name="nbpulse-environment", daemon=True)
    thread.start()
    atexit.register(_await_connection, thread)


def _connect() -> None:
    from .connector import connect  # noqa: PLC0415

    connect(None, None, None, None, another=False, wait=False)


def _await_connection(thread: threading.Thread) -> None:
    from .connector import LAST_CHANCE_SECONDS, connector  # noqa: PLC0415

    thread.join(LAST_CHANCE_SECONDS)
    connector().at_exit()
