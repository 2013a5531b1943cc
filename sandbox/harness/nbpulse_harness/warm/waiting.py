"""A sandbox started ahead: it has imported everything, and becomes the one program that it is ordered to run.

States: *importing* → *ready*, told by one line on stdout → *begun*, told by another, once the order is there: a fork
runs the program, this process waits for its end and is its last clock. An order never comes when the worker is gone:
stdin ends then, and so does the sandbox. Everything up to *begun* is ours; a student's first byte comes after it.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from .. import framing
from . import kernel, program
from .imports import import_ahead
from .orders import ROLES

READY, BEGUN = b"ready\n", b"begun\n"
_ORDER_BYTES = 1024 * 1024


@dataclass(frozen=True)
class WaitingOrder:
    argv: tuple[str, ...]
    #: Added to the sandbox's own.
    environment: dict[str, str]
    processor_cores: int
    #: The program and all that it started are ended after this, whatever the host does.
    last_resort_s: int


def read_waiting_order(message: Any) -> WaitingOrder:
    try:
        order = WaitingOrder(
            argv=tuple(str(word) for word in message["argv"]),
            environment={str(name): str(value) for name, value in message["environment"].items()},
            processor_cores=int(message["cores"]),
            last_resort_s=int(message["lastResortSeconds"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise framing.BadJob(f"the order is incomplete: {error!r}") from None
    if order.last_resort_s < 1:
        raise framing.BadJob("the order has no last resort")
    return order


def main() -> NoReturn:
    role = sys.argv[1]
    if role not in ROLES:
        sys.exit(f"waiting: {role!r} is neither oracle nor probe")
    room = program.title_room()
    own = dict(os.environ)
    _import_without_a_trace(role)
    os.write(1, READY)
    try:
        order = read_waiting_order(framing.read_frame(0, _ORDER_BYTES))
    except framing.BadJob as end:
        # The worker is gone, or speaks another version.
        sys.exit(f"waiting: {end}")
    os.write(1, BEGUN)
    pid = os.fork()
    if pid == 0:
        program.run(replace(order, environment={**own, **order.environment}), room)
    _watch(pid, order.last_resort_s)


def _import_without_a_trace(role: str) -> None:
    """What packages leave in a temporary folder while they are imported goes; BLAS starts no thread before a fork."""
    own = dict(os.environ)
    scratch = tempfile.mkdtemp()
    single = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    os.environ.update(single, HOME=scratch, TMPDIR=scratch, MPLCONFIGDIR=scratch)
    try:
        import_ahead(role)
    finally:
        os.environ.clear()
        os.environ.update(own)
        shutil.rmtree(scratch, ignore_errors=True)


def _watch(pid: int, last_resort_s: int) -> NoReturn:
    """Until the program ends. The container's init ends with this process, and everything in the sandbox with it."""
    # Only the program holds its streams: their end is its end.
    os.closerange(0, os.sysconf("SC_OPEN_MAX"))
    # The student has the same uid, and this memory holds the clock.
    kernel.be_dumpable(False)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(last_resort_s)
    while True:
        ended, status = os.waitpid(pid, 0)
        if ended == pid:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)
