"""Where a student's prints go: while the notebook runs to the sandbox's own output, capped; in a test over the seam."""

from __future__ import annotations

import io
import logging
import os
import sys
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .peer import UntrustedPeer


class SeamStream(io.TextIOBase):
    """`sys.stdout` (1) or `sys.stderr` (2) of a probe: the text travels with the next message."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, peer: UntrustedPeer, stream: int) -> None:
        self._peer = peer
        self._stream = stream

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._peer.write(self._stream, str.__str__(text))
        return len(text)


class SeamInput(io.TextIOBase):
    """`sys.stdin` of a probe: what the test put there, or the error that pytest's own raises."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, peer: UntrustedPeer) -> None:
        self._peer = peer

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> str:
        return self._peer.ask_stdin(True, -1 if size is None else size)

    def readline(self, size: int = -1) -> str:  # type: ignore[override]
        return self._peer.ask_stdin(False, size)


class CappedStream(io.TextIOBase):
    """`sys.stdout` or `sys.stderr` while the notebook runs: a descriptor, up to a number of bytes."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, fd: int, most_bytes: int) -> None:
        self._fd = fd
        self._left = most_bytes

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._fd

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if self._left > 0:
            data = text.encode("utf-8", "replace")[: self._left]
            self._left -= len(data)
            try:
                os.write(self._fd, data)
            except OSError:
                self._left = 0  # the reader is gone: what a notebook prints must not make it fail
            if self._left == 0:
                os.write(self._fd, b"\n[the rest of the output was dropped]\n")
        return len(text)


def use_seam(peer: UntrustedPeer) -> None:
    sys.stdin, sys.stdout, sys.stderr = SeamInput(peer), SeamStream(peer, 1), SeamStream(peer, 2)
    warnings.simplefilter("always")
    replaced: Any = warnings
    replaced.showwarning = peer.warn
    # A probe inherits the template's handler: two would tell each record twice.
    logging.root.handlers[:] = [handler for handler in logging.root.handlers if not isinstance(handler, SeamLog)]
    logging.root.addHandler(SeamLog(peer))


class SeamLog(logging.Handler):
    """Log records of a probe, for a test's `caplog` and `assertLogs`."""

    def __init__(self, peer: UntrustedPeer) -> None:
        super().__init__()
        self._peer = peer

    def emit(self, record: logging.LogRecord) -> None:
        self._peer.log(record.name, record.levelno, record.getMessage())
