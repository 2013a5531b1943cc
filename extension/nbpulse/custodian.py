"""The one keeper of a kernel's records: it owns the journal until the server has committed it.

There is one per process (`custodian()`), and a new one in each forked child. `take` is called by the student's code
and does no more than encode, number and remember; three threads do the rest: `Writer` (files), `PagePipe` (comm),
`UploadPipe` (HTTP). Whichever pipe brings the server's word first, `settle` forgets the record.

Its own stream is *unclaimed* until the page (or the environment) says whose kernel this is. When another participant
comes, a new stream begins; the old one still goes to its own participant, with that participant's token.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .budget import Refused
from .encode import encode
from .enrolment import Claim, Enrolment, environment_enrolment, parse_enrolment
from .event import part_key, question_key
from .journal import Stream
from .page import PagePipe
from .sent import Sent
from .text import safe_str
from .thread import log
from .upload import UploadPipe
from .version import VERSION
from .writer import Writer

#: How long a process that ends waits for the last records to be saved.
LAST_CHANCE_SECONDS = 1.5
_SCAN_AFTER_FORK_SECONDS = 300.0
_MESSAGE_CHARS = 1_000
#: Refusals that no time changes: such a record is put aside. Others (closed, deleted, codes of a later version) stay in
#: the journal: a lab may open again.
_FINAL = {"invalid", "too-large", "not-yours", "conflict"}


class Custodian:
    version = VERSION

    def __init__(self, folder: Path | None = None, is_fork: bool = False) -> None:
        self.lock = threading.RLock()
        self.own = Stream()
        self.streams: dict[str, Stream] = {self.own.id: self.own}
        self.enrolments: dict[Claim, Enrolment] = {}
        self.current: Enrolment | None = None
        self.sending = True
        self.last_problem: str | None = None
        self._is_fork = is_fork
        self._folder = folder
        self._saved = threading.Condition(self.lock)
        # A forked child must not speak on its parent's sockets: it has HTTP only.
        self.page = PagePipe(self, enabled=not is_fork)
        self.upload = UploadPipe(self)
        self.writer = Writer(self, folder)

    # -- the student's side ------------------------------------------------------------------------------------

    def take(self, value: object, question: object, part: object) -> Sent:
        """Never raises, never blocks, never prints."""
        try:
            key, part_text = question_key(question), part_key(part)
            if not self.sending:
                return Sent.not_taken("sending is switched off in the nbpulse panel")
            _, body = encode(value)
            cell = self.page.cell_id()
            with self.lock:
                stream = self.own
                entry = stream.take_record(key, part_text, cell, body)
            self._announce(stream)
            return Sent(self, entry.fate)
        except Refused as refusal:
            self.problem(refusal.code, refusal.message)
            return Sent.not_taken(refusal.message)
        except Exception as error:
            self.note_fault(error)
            message = f"this {type(value).__name__} cannot be sent ({type(error).__name__}: {safe_str(error)[:200]})"
            self.problem("cannot-encode", message)
            return Sent.not_taken(message)

    def _announce(self, stream: Stream) -> None:
        """Wakes whoever carries the new record. It is taken already: nothing that fails here may say otherwise."""
        try:
            if self._is_fork:
                self.writer.write_now()
            else:
                self.writer.wake()
            self.page.notice()
            if stream.claim is not None:
                self.upload.wake()
        except Exception as error:
            self.note_fault(error)

    def problem(self, code: str, message: str) -> None:
        """For the status badge of the page; never for the student's cell."""
        self.last_problem = message
        try:
            said: dict[str, Any] = {"v": 1, "type": "problem", "stream": self.own.id, "code": code[:40]}
            said["message"] = message.encode("utf-8", "replace").decode("utf-8")[:_MESSAGE_CHARS]
            cell = self.page.cell_id()
            if cell is not None:
                said["cell"] = cell
            self.page.say(said)
        except Exception as error:
            self.note_fault(error)

    def note_fault(self, error: BaseException) -> None:
        """A fault of ours: for our log, which nobody sees unless they ask for it."""
        log.debug("%s", error, exc_info=error)

    def wait_saved(self, is_over: Any, seconds: float) -> None:
        with self._saved:
            self._saved.wait_for(is_over, seconds)

    # -- what the page says --------------------------------------------------------------------------------------

    def hear(self, message: dict[str, Any]) -> None:
        """One `pageMessage` of schema/src/wire/comm.ts. Unknown ones are for a later version."""
        kind = message.get("type")
        if kind == "saved":
            stream_id = message.get("stream")
            if isinstance(stream_id, str):
                self.settle(stream_id.lower(), _integers(message.get("seqs")), message.get("refused"))
        elif kind == "have":
            self._page_has(message.get("stream"), _integers(message.get("seqs")))
        elif kind == "enrol":
            enrolment = parse_enrolment(message.get("enrolment"))
            if enrolment is None:
                self.problem(
                    "enrolment", "the page sent an enrolment that this package does not understand; update both."
                )
            else:
                self.enrol(enrolment)
        elif kind == "leave":
            self.leave()
        elif kind == "sending":
            self.sending = message.get("on") is not False

    def _page_has(self, stream_id: Any, seqs: list[int]) -> None:
        with self.lock:
            for stream in self.streams.values():
                if not isinstance(stream_id, str):
                    stream.offer_to_page_again()
                elif stream.id == stream_id.lower():
                    stream.offer_to_page_again(seqs)
        self.page.wake()
        self.upload.hurry()

    def enrol(self, enrolment: Enrolment) -> None:
        """Whose kernel this is from now on. The same again is harmless."""
        claim = enrolment.claim
        with self.lock:
            known = self.enrolments.get(claim)
            self.current = enrolment
            self.enrolments[claim] = enrolment
            if self.own.claim is None:
                self.own.claim = claim
                self.own.file_notes.append(("c", claim))
            elif self.own.claim != claim:
                self._begin_stream(claim)
        if known != enrolment:
            self.upload.renew(claim)
        self.writer.look_for(claim)
        self.page.wake()
        self.upload.wake()

    def _begin_stream(self, claim: Claim | None) -> None:
        self.own = Stream(claim=claim)
        self.streams[self.own.id] = self.own

    def leave(self) -> None:
        """Forgets the participant: token, records, files. Everyone after starts clean."""
        with self.lock:
            current, self.current = self.current, None
            if current is None:
                return
            claim = current.claim
            self.enrolments.pop(claim, None)
            gone = {stream.id for stream in self.streams.values() if stream.claim == claim}
            self.streams = {key: stream for key, stream in self.streams.items() if key not in gone}
            if self.own.id in gone:
                self._begin_stream(None)
        self.upload.forget(claim)
        self.writer.wipe(claim, gone)

    # -- what became of records -----------------------------------------------------------------------------------

    def settle(self, stream_id: str, saved: Iterable[int], refused: Any = ()) -> None:
        """The server's word, by either pipe."""
        final: list[tuple[int, str]] = []
        why: dict[int, tuple[str, str]] = {}
        for item in refused if isinstance(refused, (list, tuple)) else ():
            if isinstance(item, dict) and type(item.get("seq")) is int:
                code, message = str(item.get("code", "invalid")), str(item.get("message", ""))[:_MESSAGE_CHARS]
                why[item["seq"]] = (code, message or f"the server refused a record ({code}).")
        with self.lock:
            stream = self.streams.get(stream_id)
            if stream is None:
                return
            told: dict[str, str] = {}
            for seq, (code, message) in why.items():
                if code in _FINAL:
                    final.append((seq, message))
                elif stream.hold(seq, message):
                    told[code] = message
            kept = stream.settle(saved, final)
            stream.mint_dropped()
            self._saved.notify_all()
        self.page.progress()
        if stream.file_notes:
            self.writer.wake()
        for entry in kept:
            code, message = why[entry.seq]
            self.writer.keep_refused(stream_id, entry, f"{code}: {message}")
            told[code] = message
        for code, message in told.items():
            self.problem(code, message)

    def streams_for_page(self) -> list[Stream]:
        """What this page may carry: its participant's streams, and the one that has none yet. Lock held."""
        claim = self.current.claim if self.current is not None else None
        return [stream for stream in self.streams.values() if stream.claim is None or stream.claim == claim]

    def adopted(self, stream: Stream) -> None:
        with self.lock:
            self.streams[stream.id] = stream
        self.page.wake()
        self.upload.wake()

    def finished(self, stream: Stream) -> None:
        with self.lock:
            if stream is not self.own and not stream.entries:
                self.streams.pop(stream.id, None)

    def unsaved(self) -> int:
        with self.lock:
            return sum(len(stream.entries) for stream in self.streams.values())

    # -- the process ------------------------------------------------------------------------------------------------

    def close(self, last_chance_seconds: float = LAST_CHANCE_SECONDS) -> None:
        """At exit. Records that are not saved stay on disk, for the next kernel of the same participant."""
        try:
            self.upload.stop(last_chance_seconds)
            if self.unsaved() and last_chance_seconds > 0:
                self.upload.last_chance(last_chance_seconds)
            self.page.stop(0.2)
            self.writer.close()
        except Exception as error:
            self.note_fault(error)

    def after_fork_in_child(self) -> Custodian:
        """The child's own custodian. The parent's locks may be held by threads that no longer exist: not touched."""
        self.writer.let_go_in_child()
        child = Custodian(self._folder, is_fork=True)
        child.sending = self.sending
        child.own.parent = self.own.id
        child.current = self.current
        if self.current is not None:
            child.enrolments[self.current.claim] = self.current
            child.own.claim = self.current.claim
        return child

    def after_fork_in_parent(self) -> None:
        import time  # noqa: PLC0415

        self.writer.scan_until = time.monotonic() + _SCAN_AFTER_FORK_SECONDS
        if self.enrolments:
            self.writer.wake()


def _integers(value: Any) -> list[int]:
    return [item for item in value if type(item) is int] if isinstance(value, list) else []


_current: Custodian | None = None
_create_lock = threading.Lock()


def custodian() -> Custodian:
    """This process' custodian."""
    global _current, _create_lock
    if _current is None:
        with _create_lock:
            if _current is None:
                import atexit  # noqa: PLC0415

                made = Custodian()
                enrolment = environment_enrolment()
                if enrolment is not None:
                    made.enrol(enrolment)
                atexit.register(_close)
                _current = made
    return _current


def _close() -> None:
    if _current is not None:
        _current.close()


def _in_child() -> None:
    global _current, _create_lock
    _create_lock = threading.Lock()
    if _current is not None:
        _current = _current.after_fork_in_child()


def _in_parent() -> None:
    if _current is not None:
        _current.after_fork_in_parent()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child, after_in_parent=_in_parent)
