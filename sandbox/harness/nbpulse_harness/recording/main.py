"""The untrusted process: runs the notebook's cells in order, tells the scribe each cell, each `send`, and the end."""

from __future__ import annotations

import os
import socket
import sys

from .. import connection, framing
from ..notebook import Unreadable, read_source
from ..probe.job import read_probe_job
from ..probe.lockdown import adopt_orphans, lock_down
from ..probe.streams import CappedStream
from ..probe.workplace import enter_workplace
from .sends import NoEncoders, Telling, install

#: The runner gives cells a share of its clock, because tests come after them. Here nothing does.
_NO_TESTS = 1.2
_FLUSH_S = 10.0


def main() -> None:
    try:
        job = read_probe_job(framing.read_frame(0))
        seam = connection.connect()
    except (framing.BadJob, connection.NoConnection, OSError) as error:
        print(f"recording: {error}", file=sys.stderr)
        sys.exit(2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    enter_workplace(job)
    sys.stdout, sys.stderr = CappedStream(1, job.output_bytes), CappedStream(2, job.output_bytes)
    adopt_orphans()
    lock_down(job.seccomp)
    telling = Telling(seam.fileno())
    try:
        install(telling)
        source = read_source(job.filename, job.notebook)
        from ..probe import runner

        wall_ms = round(job.wall_ms * _NO_TESTS)
        _, outcome = runner.run(source, job.module, wall_ms, telling.begin_cell)
    except Unreadable as error:
        telling.say({"type": "end", "unreadable": str(error)})
    except (NoEncoders, ImportError) as error:
        telling.say({"type": "end", "fault": str(error)})
    else:
        failed = [{"cell": one.cell, "message": one.message} for one in outcome.failed[:50]]
        telling.say({"type": "end", "failed": failed})
    telling.finish(_FLUSH_S)
    _leave(seam)


def _leave(seam: socket.socket) -> None:
    """Without what the notebook registered for the end of the process."""
    seam.close()
    os._exit(0)
