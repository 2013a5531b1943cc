"""What `connect` gives back: one's place in a lab, in words that are true when they are read."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from .enrolment import Enrolment
from .identity import Identity, Wanted

_OVER = ("refused", "replaced", "left")


class Connection:
    """Its repr tells who is connected where, what is kept there and until when; or what is wrong and what to do."""

    def __init__(self, wanted: Wanted, return_code: str | None = None) -> None:
        self.wanted = wanted
        self.asked_return_code = return_code
        self.state = "connecting"
        self.enrolment: Enrolment | None = None
        self.return_code = ""
        self.lab_name = ""
        #: The server has told what is kept: nothing is left to ask.
        self.told = False
        #: The identity is on disk: a kernel that restarts is the same participant.
        self.is_kept = True
        self._words = ""
        self._lines: list[str] = []
        self._changed = threading.Condition()

    @classmethod
    def not_begun(cls, wanted: Wanted, why: str) -> Connection:
        connection = cls(wanted)
        connection.become("refused", why)
        return connection

    @property
    def name(self) -> str:
        """As in the lab; `Ada (2)` when there was an Ada."""
        return self.enrolment.name if self.enrolment is not None else self.wanted.name

    @property
    def host(self) -> str:
        return urlsplit(self.wanted.server).netloc or self.wanted.server

    def __bool__(self) -> bool:
        """True when records go to the lab."""
        return self.state == "connected"

    def asks_for_other(self, known: Identity) -> bool:
        """A return code was given that is not the one of whom we know."""
        asked = self.asked_return_code
        return bool(asked) and _code_key(str(asked)) != _code_key(known.return_code)

    def become(self, state: str, words: str) -> None:
        with self._changed:
            if self.state in _OVER and state != "left":
                return
            self.state, self._words = state, words
            self._changed.notify_all()

    def tell(self, me: Mapping[str, Any]) -> None:
        """The server said who this is and what it keeps: `meView` of the wire."""
        lines = _terms(me, self.host)
        with self._changed:
            if self.state in _OVER:
                return
            self.told, self._lines, self.state, self._words = True, lines, "connected", ""
            self.lab_name = str((me.get("lab") or {}).get("name", ""))
            self._changed.notify_all()

    def wait(self, seconds: float) -> bool:
        """Waits for an answer, at most so long. True when there is one."""
        with self._changed:
            return self._changed.wait_for(lambda: self.state != "connecting", seconds)

    def __repr__(self) -> str:
        return "\n".join(_plain(line) for line in self._said())

    def _said(self) -> list[str]:
        if self.state == "connecting":
            return [f"Connecting to {self.host} … What you send waits on this computer until then."]
        if self.state == "waiting":
            return [f"Not connected yet: {self._words}", "What you send waits on this computer and goes out by itself."]
        if self.state == "connected":
            lines = self._lines or [f"Connected as {self.name}. {self._words}".rstrip()]
            if not self.is_kept:
                code = f"return_code={self.return_code!r}"
                lines = [*lines, f"This could not be kept on disk: after a restart, connect with {code}."]
            return lines
        if self.state == "refused":
            return [f"Not connected: {self._words}"]
        return [self._words]


def _terms(me: Mapping[str, Any], host: str) -> list[str]:
    lab, course = me.get("lab") or {}, me.get("course") or {}
    lines = [f"Connected as {me.get('name')} to “{lab.get('name')}” ({course.get('name')}) at {host}."]
    if lab.get("status") == "closed":
        lines.append("This lab is closed: only what you made before the close is taken.")
    if me.get("sending") is False:
        lines.append("Sending is switched off for you; switch it on in the panel or on your page.")
    kept = "Kept there: your name and what you send"
    if lab.get("activity"):
        kept += "; from notebook pages also which cells you run and which kinds of errors come up"
    lines.append(f"{kept}. {_until(lab.get('eraseAt'), course.get('retentionMonths'))}")
    if lab.get("mayDelete"):
        lines.append("You may delete your own records.")
    lines.append(f"Return code {me.get('returnCode')}: with it you are the same person on another computer.")
    return lines


def _until(erase_at: Any, months: Any) -> str:
    try:
        day = dt.datetime.fromisoformat(str(erase_at).replace("Z", "+00:00")).date()
    except ValueError:
        return f"It is erased {months} months after the lab closes."
    return f"It is erased on {day.isoformat()}."


def _code_key(code: str) -> str:
    """A return code is compared without regard to case, hyphens and look-alikes."""
    letters = "".join(char for char in code.upper() if char.isalnum())
    return letters.replace("0", "O").replace("1", "I").replace("8", "B")


def _plain(line: str) -> str:
    """A server's words cannot steer a terminal."""
    return "".join(char if char.isprintable() else " " for char in line)
