"""The oracle's side of the processes that hold the student's code: one template, one probe per test.

States: *collecting* – requests go to the template, and what they make lives in every later probe; *testing* – each
test begins with a fresh fork (or, for a file with wide fixtures, with the file's own). `spoilt` says why the current
test is lost whatever it does next: its probe died, broke the protocol or ran out of time.
"""

from __future__ import annotations

import socket
from collections.abc import Callable

from ..connection import ATTACH
from ..seam.channel import Channel
from ..seam.errors import ProbeGone, SeamError
from .exchange import Exchange
from .peer import TrustedPeer
from .profile import FileRights


class Session:
    def __init__(
        self,
        seam: socket.socket,
        taken_names: frozenset[str],
        unavailable: str | None,
        rights_of: Callable[[str], FileRights] = lambda path: FileRights(None, ""),
    ) -> None:
        #: What the submission may do in a file of tests, by the file's path.
        self.rights_of = rights_of
        #: Names that the test files bind themselves: `from submission import *` must not replace them.
        self.taken_names = taken_names
        #: Why there is no submission to ask, in words for the student; None while there is.
        self.unavailable = unavailable
        ours, theirs = socket.socketpair()
        if self.unavailable is None:
            try:
                socket.send_fds(seam, [ATTACH], [theirs.fileno()])
            except OSError:
                self.unavailable = "the process of your notebook ended"
        theirs.close()
        self.template = TrustedPeer(PassingChannel(ours))
        if self.unavailable is not None:
            self.template.end(self.unavailable)
        self.seat = self.template.seat
        self.spoilt: str | None = None
        #: Folders that every test has in common with the submission, beside its `tmp_path`.
        self.folders: list[Callable[[], Exchange]] = []
        self._shared_file: str | None = None

    @property
    def peer(self) -> TrustedPeer:
        peer = self.seat.peer
        assert isinstance(peer, TrustedPeer)
        return peer

    def spoil(self, reason: str) -> None:
        """The current test is lost. The first reason counts."""
        self.spoilt = self.spoilt or reason
        self.peer.end(reason)

    def begin_test(self, shared_file: str | None, path: str = "") -> None:
        """A fresh probe, unless this file's tests share one and it is still alive. `path` is of the test's file."""
        self.spoilt = None
        self.peer.judge.new_test(self.rights_of(path))
        keep = shared_file is not None and shared_file == self._shared_file and self.peer.over is None
        if not keep:
            self._fork()
            self._shared_file = shared_file
        self.peer.in_test = True
        self.peer.exchanges = [folder() for folder in self.folders]
        if self.spoilt is None:
            for exchange in self.peer.exchanges:
                exchange.after(self.peer)
        self.peer.forget_calls()

    def end_test(self) -> None:
        peer = self.peer
        peer.in_test = False
        if peer.over is not None:
            self.spoilt = self.spoilt or peer.over
        if self._shared_file is None and peer is not self.template:
            peer.end("the test is over")
            peer.channel.close()

    def _fork(self) -> None:
        previous = self.peer
        if previous is not self.template:
            previous.end("the test is over")
            previous.channel.close()
        ours, theirs = socket.socketpair()
        try:
            channel = self.template.channel
            assert isinstance(channel, PassingChannel)
            channel.passing = theirs.fileno()
            self.template.request("fork", ())
        except SeamError as error:
            ours.close()
            # Whatever it was, a template that failed once is not waited for again.
            self.template.end(str(error))
            self.spoilt = self.unavailable or f"the submission could not be started again: {error}"
            self.seat.peer = self.template
            self.seat.epoch += 1
            return
        finally:
            theirs.close()
        peer = self.template.successor(Channel(ours))
        self.seat.peer = peer
        self.seat.epoch += 1


class PassingChannel(Channel):
    """The channel to the template: the next message may carry a descriptor, the socket of the next probe."""

    passing: int | None = None

    def send(self, payload: bytes) -> None:
        fd, self.passing = self.passing, None
        if fd is None:
            super().send(payload)
            return
        try:
            frame = len(payload).to_bytes(4, "little") + payload
            sent = socket.send_fds(self.sock, [frame], [fd])
            if sent < len(frame):
                self.sock.sendall(frame[sent:])
        except OSError as error:
            raise ProbeGone("the process of the submission ended") from error
