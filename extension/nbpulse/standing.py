"""How it stands with sending from this kernel, for `status()`: one word, one sentence, where to, and lines beneath."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from .custodian import Custodian, custodian

if TYPE_CHECKING:
    from .connection import Connection


class Standing(NamedTuple):
    #: `saved`, `queued`, `offline`, `off` (sending is switched off) or `unconnected`.
    state: str
    text: str
    #: Who, which lab, which host; empty before one is connected.
    place: str
    #: Room for more: what the last problem was; later deadlines and messages.
    lines: list[str]

    def said(self) -> str:
        return "\n".join(line for line in (self.text, self.place, *self.lines) if line)


def standing() -> Standing:
    """Now. Never raises."""
    keeper = custodian()
    try:
        state, text = _state(keeper)
        problem = keeper.last_problem
        lines = [problem] if problem and state in ("offline", "queued") else []
        return Standing(state, text, _place(keeper), lines)
    except Exception as error:
        keeper.note_fault(error)
        return Standing("unconnected", "how it stands could not be told", "", [])


def _connection() -> Connection | None:
    import sys  # noqa: PLC0415

    module = sys.modules.get("nbpulse.connector")  # not loaded: nobody called `connect`
    connection: Connection | None = module.connector().present if module is not None else None
    return connection


def _state(keeper: Custodian) -> tuple[str, str]:
    waiting = keeper.unsaved()
    what = "1 answer waits" if waiting == 1 else f"{waiting:,} answers wait"
    if not keeper.sending:
        return "off", "Sending is switched off"
    if keeper.current is None and not keeper.page.attached:
        connection = _connection()
        why = repr(connection).split("\n")[0] if connection is not None else "Not connected: nbpulse.connect(…)"
        return "unconnected", f"{why} ({what} on this computer)" if waiting else why
    if not waiting:
        return "saved", "Everything is saved"
    if keeper.page.attached or (keeper.current is not None and keeper.upload.is_ready(keeper.current.claim)):
        return "queued", f"Sending … ({what})"
    return "offline", f"Offline: {what} on this computer and will go out by themselves"


def _place(keeper: Custodian) -> str:
    enrolment = keeper.current
    if enrolment is None:
        return ""
    connection = _connection()
    lab = connection.lab_name if connection is not None and connection.enrolment == enrolment else ""
    host = urlsplit(enrolment.server).netloc
    return " · ".join(part for part in (enrolment.name, lab, host) if part)
