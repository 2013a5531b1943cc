"""Forks of the warm process: one function in a child of its own, with the descriptors that it is given."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable


def start(action: Callable[[], None], *, stdin: int, stdout: int, stderr: int, close: tuple[int, ...] = ()) -> int:
    """The child's pid. It leads a process group of its own and ends when `action` returns."""
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        try:
            os.setpgid(pid, pid)
        except PermissionError:  # it has gone on already, and did so itself
            pass
        return pid
    status = 1
    try:
        os.setpgid(0, 0)
        for source, target in ((stdin, 0), (stdout, 1), (stderr, 2)):
            os.dup2(source, target)
        for descriptor in close:
            os.close(descriptor)
        action()
        status = 0
    except SystemExit as error:
        status = error.code if isinstance(error.code, int) else 1
    except BaseException:  # noqa: BLE001 - read by whoever looks into a failed comparison
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def end(pid: int) -> None:
    """Kill a child and what it started, and wait for it."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    os.waitpid(pid, 0)
