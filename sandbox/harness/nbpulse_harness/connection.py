"""How oracle and probe find each other: a connected socket from the host, or a path on which the oracle listens."""

from __future__ import annotations

import os
import socket
import time

FD_VARIABLE, PATH_VARIABLE = "NBPULSE_SEAM_FD", "NBPULSE_SEAM_SOCKET"
_CONNECT_WITHIN_S = 20.0

#: What the oracle sends over the seam, with a socket of its own, to get a template. Everything else goes over those,
#: but for the executed notebook.
ATTACH = b"A"
#: What the oracle sends to get the executed notebook: as many bare bytes as the probe's report announced.
EXECUTED = b"E"


class NoConnection(RuntimeError):
    """The host gave no way to the other end, or the other end did not come. Staff read the text."""


def _inherited(fd: int) -> socket.socket:
    """A socket that the host made. Node's are non-blocking, and the flag belongs to the socket, not to the process."""
    sock = socket.socket(fileno=fd)
    sock.setblocking(True)
    return sock


def listen() -> socket.socket:
    """The oracle's end. With a path: waits for the one connection of the probe, then removes the path."""
    fd, path = os.environ.pop(FD_VARIABLE, None), os.environ.pop(PATH_VARIABLE, None)
    if fd is not None:
        return _inherited(int(fd))
    if path is None:
        raise NoConnection(f"neither {FD_VARIABLE} nor {PATH_VARIABLE} is set")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        door.bind(path)
        os.chmod(path, 0o666)
        door.listen(1)
        door.settimeout(_CONNECT_WITHIN_S)
        try:
            connected, _ = door.accept()
        except TimeoutError:
            raise NoConnection(f"the probe did not connect within {_CONNECT_WITHIN_S:g} s") from None
        finally:
            os.unlink(path)
    connected.settimeout(None)
    return connected


def connect() -> socket.socket:
    """The probe's end. With a path: tries until the oracle listens there."""
    fd, path = os.environ.pop(FD_VARIABLE, None), os.environ.pop(PATH_VARIABLE, None)
    if fd is not None:
        return _inherited(int(fd))
    if path is None:
        raise NoConnection(f"neither {FD_VARIABLE} nor {PATH_VARIABLE} is set")
    until = time.monotonic() + _CONNECT_WITHIN_S
    while True:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            sock.connect(path)
        except (FileNotFoundError, ConnectionRefusedError, PermissionError):
            # Not there yet, bound but not listening, or bound and not yet open to another uid.
            sock.close()
            if time.monotonic() > until:
                raise NoConnection(f"the oracle did not listen within {_CONNECT_WITHIN_S:g} s") from None
            time.sleep(0.005)
            continue
        return sock
