"""Frames on a socket: `u32 length (little endian)` and that many bytes. Nothing here knows what they mean."""

from __future__ import annotations

import socket
import struct

from .bounds import MESSAGE_BYTES
from .errors import ProbeGone, ProtocolError

_LENGTH = struct.Struct("<I")
_FIRST_READ = 64 * 1024
#: A longer message is not copied once more to have its length in front.
_ONE_WRITE = 64 * 1024


class Channel:
    """One end of a connected stream socket.

    The conversation is strictly alternating, so after a whole frame nothing more may have arrived: bytes beyond it
    are an attempt to answer a question that has not been asked yet, and end the session.
    """

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock

    def send(self, payload: bytes) -> None:
        size = len(payload)
        if size > MESSAGE_BYTES:
            raise OverflowError(f"a message of {size} bytes is larger than the limit of {MESSAGE_BYTES}")
        head = _LENGTH.pack(size)
        try:
            if size <= _ONE_WRITE:
                self.sock.sendall(head + payload)
            else:
                self.sock.sendall(head)
                self.sock.sendall(payload)
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
            return self._rest(data[_LENGTH.size :], length)
        if len(data) > whole:
            raise ProtocolError("bytes were sent out of turn")
        return data[_LENGTH.size :]

    def _rest(self, begun: bytes, length: int) -> bytes:
        """What did not come with the first read goes straight to its place. No page of it is touched before it is."""
        whole = bytearray(length)
        at = len(begun)
        whole[:at] = begun
        with memoryview(whole) as view:
            while at < length:
                try:
                    size = self.sock.recv_into(view[at:])
                except OSError as error:
                    raise ProbeGone("the process of the submission ended") from error
                if size == 0:
                    raise ProbeGone("the process of the submission ended")
                at += size
        return bytes(whole)

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
