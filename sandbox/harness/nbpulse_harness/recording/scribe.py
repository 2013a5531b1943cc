"""The trusted process: writes down what the notebook's process tells, and gives it to the host with the run's nonce.

Everything that comes is hostile: frames are capped, the last of each question is kept, values stay text that is never
read here. The clock is here as well, so that a notebook without an end still gives a report.
"""

from __future__ import annotations

import base64
import json
import socket
import struct
import sys
import time
from typing import Any

from .. import connection, framing

_FRAME_BYTES = 8 * 1024 * 1024
_KEY_CHARS, _WHY_CHARS, _CELL_CHARS, _MESSAGE_CHARS, _FAILED = 64, 400, 100, 500, 50


class Nonsense(ValueError):
    """What came is nothing that our half of the harness says."""


class TooLate(Exception):
    """The run's time is over."""


class Minutes:
    """What is known of the run so far."""

    def __init__(self, most_questions: int, most_bytes: int) -> None:
        self._most_questions = most_questions
        self._left_bytes = most_bytes
        self.sent: dict[str, tuple[str | None, str | None]] = {}
        self.left_out: set[str] = set()
        #: A `send` without a question: the cell, and what was said.
        self.lost: list[dict[str, str]] = []
        self.cell: str | None = None
        self.end: dict[str, Any] | None = None

    def note(self, message: Any) -> None:
        if not isinstance(message, dict):
            raise Nonsense("a frame is no object")
        kind = message.get("type")
        if kind == "sent":
            self._note_sent(message)
        elif kind == "cell":
            self.cell = _text(message.get("cell"), _CELL_CHARS)
        elif kind == "lost":
            if len(self.lost) < _FAILED:
                self.lost.append({"cell": self.cell or "a cell", "message": _text(message.get("why"), _WHY_CHARS)})
        elif kind == "end":
            self.end = _end(message)
        else:
            raise Nonsense("a frame has no known type")

    def _note_sent(self, message: dict[str, Any]) -> None:
        question, value, why = message.get("question"), message.get("value"), message.get("why")
        if not isinstance(question, str) or not 0 < len(question) <= _KEY_CHARS:
            raise Nonsense("a question is no key")
        if not (value is None or isinstance(value, str)):
            raise Nonsense("a value is no text")
        before = self.sent.pop(question, None)
        if before is not None and before[0] is not None:
            self._left_bytes += len(before[0].encode("utf-8", "replace"))
        size = 0 if value is None else len(value.encode("utf-8", "replace"))
        if len(self.sent) >= self._most_questions or size > self._left_bytes:
            if len(self.left_out) < self._most_questions:
                self.left_out.add(question)
            return
        self.left_out.discard(question)
        self._left_bytes -= size
        self.sent[question] = (value, None if why is None else _text(why, _WHY_CHARS))


def _text(text: Any, most: int) -> str:
    if not isinstance(text, str):
        raise Nonsense("a text is none")
    return text[:most]


def _end(message: dict[str, Any]) -> dict[str, Any]:
    failed = message.get("failed", [])
    if not isinstance(failed, list) or not all(isinstance(item, dict) for item in failed):
        raise Nonsense("the failed cells are no list")
    told: dict[str, Any] = {
        name: _text(message[name], _MESSAGE_CHARS) for name in ("unreadable", "fault") if name in message
    }
    cells = [
        {"cell": _text(item.get("cell"), _CELL_CHARS), "message": _text(item.get("message"), _MESSAGE_CHARS)}
        for item in failed[:_FAILED]
    ]
    return {**told, "failed": cells}


class Ear:
    """Frames of the seam, until the run's time is over."""

    def __init__(self, seam: socket.socket, until: float) -> None:
        self._seam = seam
        self._until = until

    def frame(self) -> Any:
        """The next one; None at the end of the stream."""
        head = self._exactly(4)
        if head is None:
            return None
        (length,) = struct.unpack("<I", head)
        if length > _FRAME_BYTES:
            raise Nonsense(f"a frame claims {length} bytes")
        body = self._exactly(length)
        if body is None:
            return None
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            raise Nonsense("a frame is not JSON") from None

    def _exactly(self, size: int) -> bytes | None:
        data = bytearray()
        while len(data) < size:
            left = self._until - time.monotonic()
            if left <= 0:
                raise TooLate
            self._seam.settimeout(left)
            try:
                part = self._seam.recv(min(1024 * 1024, size - len(data)))
            except TimeoutError:
                raise TooLate from None
            except OSError:
                return None
            if not part:
                return None
            data += part
        return bytes(data)


def main() -> None:
    try:
        job = framing.read_frame(0)
        nonce, wall_ms = str(job["nonce"]), int(job["limits"]["wallMs"])
        minutes = Minutes(int(job["mostQuestions"]), int(job["mostBytes"]))
        seam = connection.listen()
    except (framing.BadJob, connection.NoConnection, OSError, KeyError, TypeError, ValueError) as error:
        print(f"scribe: {error}", file=sys.stderr)
        sys.exit(2)
    broken: str | None = None
    is_late = False
    ear = Ear(seam, time.monotonic() + wall_ms / 1000)
    try:
        while minutes.end is None and (message := ear.frame()) is not None:
            minutes.note(message)
    except Nonsense as nonsense:
        broken = str(nonsense)
    except TooLate:
        is_late = True
    for question, (value, why) in minutes.sent.items():
        # In base64 no text grows sixfold by its escapes.
        b64 = None if value is None else base64.b64encode(value.encode("utf-8", "replace")).decode("ascii")
        framing.write_frame(1, {"nonce": nonce, "type": "sent", "question": question, "valueB64": b64, "why": why})
    report = {"nonce": nonce, "type": "report", "end": minutes.end, "broken": broken, "late": is_late}
    rest = {"cell": minutes.cell, "lost": minutes.lost, "leftOut": len(minutes.left_out)}
    framing.write_frame(1, {**report, **rest})
