"""Frames on a socket: `u32 length (little endian)` and that many bytes. Nothing here knows what they mean."""

from __future__ import annotations

import socket
import struct

from .bounds import MESSAGE_BYTES
from .errors import ProbeGone, ProtocolError

_LENGTH = struct.Struct("<I")
_FIRST_READ = 256 * 1024


class Channel:
    """One end of a connected stream socket.

    The conversation is strictly alternating, so after a whole frame nothing more may have arrived: bytes beyond it
    are an attempt to answer a question that has not been asked yet, and end the session.
    """

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock

    def send(self, payload: bytes) -> None:
        if len(payload) > MESSAGE_BYTES:
            raise OverflowError(f"a message of {len(payload)} bytes is larger than the limit of {MESSAGE_BYTES}")
        try:
            self.sock.sendall(_LENGTH.pack(len(payload)) + payload)
        except OSError as error:
            raise ProbeGone("the process of the submission ended") from error

    def receive(self) -> bytes:
        data = self._read(_FIRST_READ)
        while len(data) < _LENGTH.size:
            data += self._read(_FIRST_READ)
        (length,) = _LENGTH.unpack_from(data)
        if length > MESSAGE_BYTES:
            raise ProtocolError(f"an answer of {length} bytes is larger than the limit of {MESSAGE_BYTES} bytes")
        whole = length + _LENGTH.size
        if len(data) < whole:
            parts = bytearray(data)
            while len(parts) < whole:
                parts += self._read(min(1024 * 1024, whole - len(parts)))
            data = bytes(parts)
        if len(data) > whole:
            raise ProtocolError("bytes were sent out of turn")
        return data[_LENGTH.size :]

    def _read(self, most: int) -> bytes:
        try:
            data = self.sock.recv(most)
        except OSError as error:
            raise ProbeGone("the process of the submission ended") from error
        if not data:
            raise ProbeGone("the process of the submission ended")
        return data

    def close(self) -> None:
        self.sock.close()
