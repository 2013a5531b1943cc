"""A handle: where an object of the other end lives. Proxies carry one; modules and classes too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .errors import StaleHandle

if TYPE_CHECKING:
    from .peer import Peer


class Seat:
    """Who answers for handles right now: after a fork the same seat leads to the new probe."""

    __slots__ = ("peer", "epoch")

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        #: Counts forks. Objects of epoch 0 were made before the first and live in every fork.
        self.epoch = 0


class Handle:
    """One per living proxy. When the proxy dies, the other end is told with the next message."""

    __slots__ = ("seat", "number", "epoch", "text", "__weakref__")

    def __init__(self, seat: Seat, number: int, epoch: int) -> None:
        self.seat = seat
        self.number = number
        self.epoch = epoch
        #: For exceptions: `str()` of it when it crossed.
        self.text: str | None = None

    def peer(self) -> Peer:
        if self.epoch not in (0, self.seat.epoch):
            raise StaleHandle("an object of an earlier test was used; its process is gone: make it in a fixture")
        return self.seat.peer

    def ask(self, operation: str, *arguments: Any) -> Any:
        return self.peer().request(operation, (self, *arguments))

    def __del__(self) -> None:
        try:
            if self.epoch == self.seat.epoch:
                self.seat.peer.dropped.append(self.number)
        except Exception:  # noqa: BLE001 - the interpreter may be shutting down
            pass
