"""Between two tests everything that a student's code started is ended, however it was started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

HARNESS = Path(__file__).resolve().parent.parent

#: Starts processes below itself, ends all that is below, and says whether nothing is left.
PROGRAM = """
import os, signal, sys, threading
sys.path.insert(0, sys.argv[1])
from nbpulse_harness.probe import descendants
from nbpulse_harness.probe.lockdown import adopt_orphans

adopt_orphans()
if sys.argv[3] == "unlisted":
    descendants._children = lambda: []
read, write = os.pipe()

def stay():
    os.write(write, b"%d\\n" % os.getpid())
    while True:
        signal.pause()

def fork(then):
    if os.fork() == 0:
        then()

def started():
    if sys.argv[2] == "nothing":
        return 0
    if sys.argv[2] == "child":
        fork(stay)
        return 1
    if sys.argv[2] == "deaf":
        def deaf():
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
            stay()
        fork(deaf)
        return 1
    if sys.argv[2] == "daemon":
        def daemon():
            os.setsid()
            fork(stay)
            os._exit(0)
        fork(daemon)
        return 1
    if sys.argv[2] == "thread":
        thread = threading.Thread(target=fork, args=(stay,))
        thread.start()
        thread.join()
        return 1
    def chain(left):
        if left:
            fork(lambda: chain(left - 1))
        stay()
    fork(lambda: chain(30))
    return 31

expected = started()
pids = b""
while pids.count(b"\\n") < expected:
    pids += os.read(read, 4096)
descendants.end_descendants()
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    alive = [pid for pid in map(int, pids.split()) if os.path.exists(f"/proc/{pid}")]
    sys.exit(1 if alive else 0)
sys.exit(2)
"""


@pytest.mark.parametrize("kernel", ["listed", "unlisted"])
@pytest.mark.parametrize("started", ["nothing", "child", "deaf", "daemon", "thread", "chain"])
def test_nothing_is_left(started: str, kernel: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(HARNESS), started, kernel], stdin=subprocess.DEVNULL, start_new_session=True
    )
    try:
        assert process.wait(timeout=60) == 0
    except BaseException:
        # What a failed run left in its session; after a good one there is nobody.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
