"""The untrusted process, from its job to the end of the run.

Three kinds of process, each a fork of the one before. The *root* runs the notebook once, tells the oracle how that
went, and then makes a template whenever the oracle asks (again only if the oracle's own worker had to be replaced).
The *template* answers what tests ask while they are collected, then makes one *probe* per test. A crash, a timeout or
`os._exit` costs the probe; whatever it started dies with it before the next one begins.
"""

from __future__ import annotations

import builtins
import json
import os
import signal
import socket
import sys
from typing import Any

from .. import connection, framing
from ..memory import go_first
from ..notebook import Unreadable, read_source
from ..seam.channel import Channel
from ..seam.errors import ProbeGone, SeamError
from .descendants import end_descendants
from .executed import executed_or_nothing
from .job import ProbeJob, read_probe_job
from .lockdown import adopt_orphans, die_with_parent, lock_down
from .peer import UntrustedPeer
from .streams import CappedStream, use_seam
from .workplace import enter_workplace


class ForkChannel(Channel):
    """A channel on which the oracle may also pass a descriptor: the socket of the next probe."""

    descriptor: int | None = None

    def _read(self, most: int) -> bytes:
        try:
            data, descriptors, _, _ = socket.recv_fds(self.sock, most, 1)
        except OSError as error:
            raise ProbeGone("the oracle ended") from error
        if descriptors:
            self.descriptor = descriptors[0]
        if not data:
            raise ProbeGone("the oracle ended")
        return data


def main() -> None:
    try:
        job = read_probe_job(framing.read_frame(0))
        seam = connection.connect()
    except (framing.BadJob, connection.NoConnection, OSError) as error:
        print(f"probe: {error}", file=sys.stderr)
        sys.exit(2)
    silence = os.open(os.devnull, os.O_RDONLY)
    os.dup2(silence, 0)
    enter_workplace(job)
    sys.stdout, sys.stderr = CappedStream(1, job.output_bytes), CappedStream(2, job.output_bytes)
    adopt_orphans()
    lock_down(job.seccomp)
    peer = UntrustedPeer(Channel(seam))
    report, executed = _run_notebook(job, peer)
    report["executedBytes"] = len(executed)
    Channel(seam).send(json.dumps(report).encode("utf-8", "replace"))
    _make_templates(seam, peer, executed)


def _run_notebook(job: ProbeJob, peer: UntrustedPeer) -> tuple[dict[str, Any], bytes]:
    """Run it, say how it went, and what it looks like now: shown to student and staff, believed by nobody."""
    from . import marimo_stand_in, recorder, runner

    recorder.install()
    if b"marimo" in job.notebook:
        marimo_stand_in.install()
    try:
        source = read_source(job.filename, job.notebook)
    except Unreadable as error:
        return {"ok": False, "reason": str(error), "failed": []}, b""
    try:
        peer.notebook, outcome = runner.run(source, job.module, job.wall_ms)
    except ImportError as error:
        return {"ok": False, "fault": f"the grading environment lacks a package: {error}", "failed": []}, b""
    peer.skipped_lines, peer.given = outcome.skipped_lines, outcome.given
    failed = [{"cell": f.cell, "message": f.message} for f in outcome.failed[:50]]
    return {"ok": not outcome.lost, "failed": failed}, executed_or_nothing(job.filename, job.notebook, source, outcome)


def _make_templates(seam: socket.socket, peer: UntrustedPeer, executed: bytes) -> None:
    while True:
        data, descriptors, _, _ = socket.recv_fds(seam, 1, 1)
        end_descendants()
        if data == connection.EXECUTED:
            seam.sendall(executed)
            continue
        if data != connection.ATTACH or not descriptors:
            os._exit(0)
        if os.fork() == 0:
            seam.close()
            die_with_parent()
            adopt_orphans()
            _be_template(descriptors[0], peer)
        os.close(descriptors[0])


def _be_template(fd: int, peer: UntrustedPeer) -> None:
    channel = ForkChannel(socket.socket(fileno=fd))
    peer.channel = channel
    peer.fork = lambda: _fork_probe(channel, peer)
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGCHLD):
        signal.signal(name, signal.SIG_DFL)
    _be_probe(peer)


def _fork_probe(channel: ForkChannel, peer: UntrustedPeer) -> None:
    """The next probe, after the last one and all that it started are gone.

    What is done in here is done for each test, and every page that it touches is copied.
    """
    end_descendants()
    fd, channel.descriptor = channel.descriptor, None
    if fd is None:
        raise RuntimeError("a fork needs a socket")
    if os.fork():
        os.close(fd)
        return
    try:
        os.setsid()
        die_with_parent()
        go_first()
        # The template now answers the fork's request; its tables change by that, and ours must be equal.
        peer.be_like_the_template()
        channel.close()
        peer.channel = Channel(socket.socket(fileno=fd))
        _be_probe(peer)
    except SeamError:
        pass
    finally:
        os._exit(0)


def _be_probe(peer: UntrustedPeer) -> None:
    use_seam(peer)
    builtins.input = peer.ask_input
    peer.serve_for_ever()
