"""The executed notebook on its way to the host: opaque bytes, capped, never looked at on this side."""

from __future__ import annotations

import socket
import time
from typing import Any

from .. import connection

#: As the probe caps it, and a little more for a probe that counts otherwise.
MOST_BYTES = 8 * 1024 * 1024 + 64 * 1024
_WITHIN_S = 5.0


def receive(seam: socket.socket, told: Any) -> bytes:
    """As many bytes as the probe's report announced; b'' when it announced none, too many, or does not send them.

    Nothing else is read from this socket afterwards: what is left in it harms nobody but a probe that waits to send.
    """
    size = told.get("executedBytes") if isinstance(told, dict) else None
    if type(size) is not int or not 0 < size <= MOST_BYTES:
        return b""
    until = time.monotonic() + _WITHIN_S
    data = bytearray()
    try:
        seam.sendall(connection.EXECUTED)
        while len(data) < size:
            seam.settimeout(max(0.01, until - time.monotonic()))
            part = seam.recv(min(1024 * 1024, size - len(data)))
            if not part or time.monotonic() > until:
                return b""
            data += part
    except OSError:
        return b""
    finally:
        seam.settimeout(None)
    return bytes(data)
