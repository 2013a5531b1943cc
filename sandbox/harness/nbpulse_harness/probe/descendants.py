"""Ending what a student's code started: every process below this one, however it was daemonised.

What ends leaves its children to this process (`adopt_orphans`), so a process without children has nothing below it: one
system call says so, and as a rule it is the only one, because a probe ends by itself when its test is over.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time

#: Rounds that look at children only: whatever is below them becomes a child when they are gone.
_QUICK_ROUNDS = 20
_ROUNDS = 400
_ROUND_S = 0.0005
#: For the end of one killed process, in a quick round. It is not waited for beyond that.
_ENDS_WITHIN_MS = 50
#: Any child, whatever signal it was made to send at its end.
_WALL = 0x40000000


def end_descendants() -> None:
    """Kill all processes below this one and reap them. Needs `adopt_orphans`, so that daemons stay below.

    Whatever was forked between a look and its kill is found by the next look; a fork bomb that outruns all rounds is
    left to the sandbox's own limits.
    """
    for _ in range(_QUICK_ROUNDS):
        if not _reap():
            return
        children = _children()
        if not children:
            break  # a kernel that doesn't list them
        _kill(children)
        if not _wait_for(children[0]):
            break
    for _ in range(_ROUNDS):
        if not _reap():
            return
        _kill(_descendants(os.getpid()))
        time.sleep(_ROUND_S)


def _reap() -> bool:
    """Bury what has ended. True when there are children left."""
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG | _WALL)
        except ChildProcessError:
            return False
        if pid == 0:
            return True


def _kill(pids: list[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _wait_for(child: int) -> bool:
    """Until this child has ended; False when it didn't within its time, or when the kernel cannot wait for it."""
    try:
        fd = os.pidfd_open(child)
    except OSError:
        return False
    try:
        waiting = select.poll()
        waiting.register(fd, select.POLLIN)
        return bool(waiting.poll(_ENDS_WITHIN_MS))
    finally:
        os.close(fd)


def _children() -> list[int]:
    """Children of all threads of this process. The list may lack one while others come and go."""
    found: list[int] = []
    try:
        for thread in os.listdir("/proc/self/task"):
            with open(f"/proc/self/task/{thread}/children", "rb") as file:
                found += map(int, file.read().split())
    except OSError:
        return []
    return found


def _descendants(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", "rb") as file:
                parent = int(file.read().rpartition(b")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(name))
    found: list[int] = []
    waiting = [root]
    while waiting:
        for pid in children.get(waiting.pop(), []):
            found.append(pid)
            waiting.append(pid)
    return found
