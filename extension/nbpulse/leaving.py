"""`leave()`: this computer forgets a participant who was connected by code."""

from __future__ import annotations

import time

from .api import Api
from .connector import connector
from .custodian import custodian
from .enrolment import Claim
from .sent import Note

#: How long it waits for what is not saved yet.
_PATIENCE_SECONDS = 5.0
_ANSWER_SECONDS = 8.0


def leave(discard: bool) -> Note:
    """See `nbpulse.leave`. Never raises."""
    try:
        return _leave(discard)
    except Exception as error:
        custodian().note_fault(error)
        return Note(f"not left ({type(error).__name__})")


def _leave(discard: bool) -> Note:
    connection, keeper = connector().present, custodian()
    enrolment = connection.enrolment if connection is not None else None
    if connection is None or enrolment is None or keeper.current != enrolment:
        if keeper.page.attached:
            return Note("not left: the notebook page joined; use “Leave” in its nbpulse panel")
        if connection is not None and connection.state == "waiting" and not _unsaved(None):
            connector().forget(connection)
            connection.become("left", "Left.")
            return Note("left; nobody was connected yet", done=True)
        return Note("nobody is connected from here")
    if not discard:
        left = _wait_saved(enrolment.claim)
        if left:
            what = "1 answer is" if left == 1 else f"{left:,} answers are"
            return Note(
                f"not left: {what} not saved yet and would be lost. Call leave() again when the server can be "
                "reached, or leave(discard=True)"
            )
    answer = Api(enrolment.server, enrolment.token).ask("DELETE", "/me/device", timeout=_ANSWER_SECONDS)
    connector().forget(connection)
    keeper.leave()
    connection.become("left", f"Left {connection.host}.")
    if answer.ok or answer.status in (401, 410):
        return Note(f"left; {connection.host} and this computer forgot this device", done=True)
    return Note(f"left: this computer forgot you, but {connection.host} could not be told ({answer.message})", True)


def _unsaved(claim: Claim | None) -> int:
    keeper = custodian()
    with keeper.lock:
        keeper.clear_desk()
        return sum(len(stream.entries) for stream in keeper.streams.values() if stream.claim == claim)


def _wait_saved(claim: Claim) -> int:
    """How many records of this participant are still not saved after a while."""
    keeper = custodian()
    keeper.writer.adopt_now(claim)
    keeper.upload.wake()
    until = time.monotonic() + _PATIENCE_SECONDS
    while _unsaved(claim) and time.monotonic() < until:
        keeper.wait_saved(lambda: not _unsaved(claim), 0.2)
    return _unsaved(claim)
