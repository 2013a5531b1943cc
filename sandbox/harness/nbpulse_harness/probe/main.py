"""The untrusted process, from its job to the end of the run.

Three kinds of process, each a fork of the one before. The *root* runs the notebook once, tells the oracle how that
went, and then makes a template whenever the oracle asks (again only if the oracle's own worker had to be replaced).
The *template* answers what tests ask while they are collected, then makes one *probe* per test. A crash, a timeout or
`os._exit` costs the probe; whatever it started dies with it before the next one begins.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sys
import tempfile
from typing import Any

from .. import connection, framing
from ..memory import go_first
from ..notebook import Unreadable, read_source
from ..seam.channel import Channel
from ..seam.errors import ProbeGone, SeamError
from .descendants import end_descendants
from .job import ProbeJob, read_probe_job
from .lockdown import adopt_orphans, die_with_parent, lock_down
from .peer import UntrustedPeer
from .streams import CappedStream, use_seam

_COPY_BYTES = 8 * 1024 * 1024


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
    _enter_workplace(job)
    sys.stdout, sys.stderr = CappedStream(1, job.output_bytes), CappedStream(2, job.output_bytes)
    adopt_orphans()
    lock_down(job.seccomp)
    peer = UntrustedPeer(Channel(seam))
    report = _run_notebook(job, peer)
    Channel(seam).send(json.dumps(report).encode("utf-8", "replace"))
    _make_templates(seam, peer)


def _enter_workplace(job: ProbeJob) -> None:
    """A writable folder of its own with the data files in it: small ones copied, large ones linked."""
    folder = tempfile.mkdtemp(prefix="notebook-")
    if job.data and os.path.isdir(job.data):
        for name in os.listdir(job.data):
            source, target = os.path.join(job.data, name), os.path.join(folder, name)
            if os.path.isfile(source) and os.path.getsize(source) <= _COPY_BYTES:
                shutil.copyfile(source, target)
            else:
                os.symlink(source, target)
    os.chdir(folder)
    os.environ["HOME"] = os.environ["MPLCONFIGDIR"] = folder
    os.environ["MPLBACKEND"] = "Agg"
    sys.argv = [job.filename]
    # The harness is loaded; a student's `import oracle` must not find it.
    sys.path[:] = [folder] + [entry for entry in sys.path if entry != _harness_folder()]


def _harness_folder() -> str:
    return os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def _run_notebook(job: ProbeJob, peer: UntrustedPeer) -> dict[str, Any]:
    """Run it, and say how it went: shown to student and staff, believed by nobody."""
    from . import recorder, runner

    recorder.install()
    try:
        source = read_source(job.filename, job.notebook)
    except Unreadable as error:
        return {"ok": False, "reason": str(error), "failed": []}
    try:
        peer.notebook, outcome = runner.run(source, job.module, job.wall_ms)
    except ImportError as error:
        return {"ok": False, "fault": f"the grading environment lacks a package: {error}", "failed": []}
    peer.skipped_lines = outcome.skipped_lines
    failed = [{"cell": f.cell, "message": f.message} for f in outcome.failed[:50]]
    return {"ok": not outcome.lost, "failed": failed}


def _make_templates(seam: socket.socket, peer: UntrustedPeer) -> None:
    while True:
        data, descriptors, _, _ = socket.recv_fds(seam, 1, 1)
        end_descendants()
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
    _be_probe(peer)


def _fork_probe(channel: ForkChannel, peer: UntrustedPeer) -> None:
    """The next probe, after the last one and all that it started are gone."""
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
    import builtins

    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGCHLD):
        signal.signal(name, signal.SIG_DFL)
    use_seam(peer)
    builtins.input = peer.ask_input
    peer.serve_for_ever()
