"""One frame of JSON on a pipe: `u32 length (little endian)`, then UTF-8. How the host talks to oracle and probe."""

from __future__ import annotations

import json
import os
import struct
from typing import Any

_LENGTH = struct.Struct("<I")
#: A job holds a notebook of at most 10 MiB, tests and their files, in base64.
JOB_BYTES = 64 * 1024 * 1024


class BadJob(ValueError):
    """The host sent something that is no job. Staff read the text."""


def read_frame(fd: int, most: int = JOB_BYTES) -> Any:
    """The next frame of a pipe. Raises BadJob when the pipe ends early or holds something else."""
    (length,) = _LENGTH.unpack(_read_exactly(fd, _LENGTH.size))
    if length > most:
        raise BadJob(f"a frame of {length} bytes is larger than the limit of {most} bytes")
    try:
        return json.loads(_read_exactly(fd, length))
    except ValueError as error:
        raise BadJob(f"a frame is not JSON: {error}") from None


def write_frame(fd: int, message: Any) -> None:
    data = json.dumps(message, allow_nan=False).encode("ascii")
    view = memoryview(_LENGTH.pack(len(data)) + data)
    while view:
        view = view[os.write(fd, view) :]


def _read_exactly(fd: int, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        part = os.read(fd, min(1024 * 1024, size - len(data)))
        if not part:
            raise BadJob("the job ended before it was complete")
        data += part
    return bytes(data)
