"""The one keeper of a kernel's records: it owns the journal until the server has committed it.

There is one per process (`custodian()`), and a new one in each forked child. `take` is called by the student's code
and does no more than encode and put the record on the desk, which needs no lock; three threads do the rest: `Writer`
(files), `PagePipe` (comm), `UploadPipe` (HTTP). Whoever comes first numbers what lies there (`clear_desk`). Whichever
pipe brings the server's word first, `settle` forgets the record.

Its own stream is *unclaimed* until the page (or the environment) says whose kernel this is. When another participant
comes, a new stream begins; the old one still goes to its own participant, with that participant's token.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from . import limits
from .budget import Refused
from .encode import encode
from .enrolment import Claim, Enrolment, environment_enrolment
from .event import part_key, question_key
from .journal import Stream, Taken
from .page import PagePipe
from .page_words import MESSAGE_CHARS, hear_page, refusals
from .sending_switch import REFUSAL, SendingSwitch
from .sent import Sent
from .text import safe_str
from .thread import log
from .unclaimed import Unclaimed
from .upload import UploadPipe
from .version import VERSION
from .writer import Writer

#: With more than this on the desk the student's thread numbers it itself: a loop must not outrun its journal.
_DESK_RECORDS = 4_096
_DESK_BYTES = 8 * limits.MIB
#: For processes that this one starts (spawn, subprocess, joblib): whose records theirs are while nobody else says so.
PARENT_VARIABLE = "NBPULSE_PARENT"
#: How long a process that ends waits for the last records to be saved.
LAST_CHANCE_SECONDS = 1.5
_SCAN_AFTER_FORK_SECONDS = 300.0
#: Refusals that no time changes: such a record is put aside. Others (closed, deleted, codes of a later version) stay in
#: the journal: a lab may open again.
_FINAL = {"invalid", "too-large", "not-yours", "conflict", "activity-off"}


class Custodian:
    version = VERSION

    def __init__(self, folder: Path | None = None, is_fork: bool = False) -> None:
        self.lock = threading.RLock()
        self._desk: deque[Taken] = deque()
        self._desk_bytes = 0
        self._clearing = False
        self._own = Stream()
        self.streams: dict[str, Stream] = {self._own.id: self._own}
        #: Every stream that this process ever sent on: those of its child processes name one as their parent.
        self.lineage: dict[str, Stream] = {self._own.id: self._own}
        self.enrolments: dict[Claim, Enrolment] = {}
        self.current: Enrolment | None = None
        #: Journals of dead kernels that nobody had joined from: offered, never sent by themselves. Kept by the writer.
        self.unclaimed: list[Unclaimed] = []
        self.last_problem: str | None = None
        self._is_fork = is_fork
        #: It is the one of its process, which may start others.
        self.has_children = False
        self._folder = folder
        self._saved = threading.Condition(self.lock)
        # A forked child must not speak on its parent's sockets: it has HTTP only.
        self.page = PagePipe(self, enabled=not is_fork)
        self.upload = UploadPipe(self)
        self.switch = SendingSwitch(self._sending_is_off, self.upload.try_held)
        self.writer = Writer(self, folder)

    # -- the student's side ------------------------------------------------------------------------------------

    def take(self, value: object, question: object, part: object) -> Sent:
        """Never raises, never blocks, never prints."""
        try:
            key, part_text = question_key(question), part_key(part)
            if not self.switch.is_on:
                self.upload.look_at_sending()
                return Sent.not_taken(REFUSAL)
            _, body = encode(value)
            taken = Taken(key, part_text, self.page.cell_id(), body)
            self._desk.append(taken)
            self._desk_bytes += len(body)
            self._announce()
            return Sent(self, taken.fate)
        except Refused as refusal:
            self.problem(refusal.code, refusal.message)
            return Sent.not_taken(refusal.message)
        except Exception as error:
            self.note_fault(error)
            message = f"this {type(value).__name__} cannot be sent ({type(error).__name__}: {safe_str(error)[:200]})"
            self.problem("cannot-encode", message)
            return Sent.not_taken(message)

    def _announce(self) -> None:
        """Wakes whoever carries the new record. It is taken already: nothing that fails here may say otherwise."""
        try:
            if len(self._desk) > _DESK_RECORDS or self._desk_bytes > _DESK_BYTES:
                self.clear_desk()
            if self._is_fork:
                self.writer.write_now()
            else:
                self.writer.wake()
            self.page.notice()
        except Exception as error:
            self.note_fault(error)

    def clear_desk(self) -> None:
        """Numbers what `send` took, in the order in which it was taken. Whoever looks at a stream calls this first."""
        if not self._desk:
            return
        with self.lock:
            if self._clearing:  # a `send` in a finaliser, in the midst of this
                return
            stream = self._own
            was_idle = stream.is_idle
            self._clearing = True  # right before `try`: an interrupt in between would leave it so for good
            try:
                self._desk_bytes = 0
                while self._desk:
                    taken = self._desk[0]
                    try:
                        stream.enter(taken)
                    except Exception as error:
                        self.note_fault(error)
                        taken.fate.outcome = f"refused: a fault of nbpulse ({type(error).__name__})"
                    self._desk.popleft()
            finally:
                self._clearing = False
        if was_idle and stream.claim is not None:
            self.upload.wake()  # while something waits, its own clock wakes it

    @property
    def own(self) -> Stream:
        """The stream of what is sent now."""
        self.clear_desk()
        return self._own

    def problem(self, code: str, message: str) -> None:
        """For the status badge of the page; never for the student's cell."""
        self.last_problem = message
        try:
            said: dict[str, Any] = {"v": 1, "type": "problem", "stream": self.own.id, "code": code[:40]}
            said["message"] = message.encode("utf-8", "replace").decode("utf-8")[:MESSAGE_CHARS]
            cell = self.page.cell_id()
            if cell is not None:
                said["cell"] = cell
            self.page.say(said)
        except Exception as error:
            self.note_fault(error)

    def note_fault(self, error: BaseException) -> None:
        """A fault of ours: for our log, which nobody sees unless they ask for it."""
        log.debug("%s", error, exc_info=error)

    @property
    def sending(self) -> bool:
        return self.switch.is_on

    def heard_sending(self, claim: Claim, on: bool) -> None:
        """As the server says, of this participant."""
        if self.current is not None and self.current.claim == claim:
            self.switch.server_says(on)

    def _sending_is_off(self) -> None:
        message = "You switched sending off: nothing is taken from this notebook until you switch it on."
        self.problem("sending-off", message)

    def wait_saved(self, is_over: Any, seconds: float) -> None:
        with self._saved:
            self._saved.wait_for(is_over, seconds)

    # -- what the page says --------------------------------------------------------------------------------------

    def hear(self, message: dict[str, Any]) -> None:
        """One `pageMessage` of schema/src/wire/comm.ts. Unknown ones are for a later version."""
        hear_page(self, message)

    def offer_to_page(self, stream_id: str | None, has: list[int]) -> None:
        """A page has attached; it holds these of that stream, or says nothing of any."""
        self.clear_desk()
        with self.lock:
            for stream in self.streams.values():
                if stream_id is None:
                    stream.offer_to_page_again()
                elif stream.id == stream_id:
                    stream.offer_to_page_again(has)
        self.writer.offer_unclaimed()
        self.page.wake()
        self.upload.hurry()

    def enrol(self, enrolment: Enrolment) -> None:
        """Whose kernel this is from now on. The same again is harmless."""
        claim = enrolment.claim
        with self.lock:
            self.clear_desk()
            known = self.enrolments.get(claim)
            if self.current is None or self.current.claim != claim:
                self.switch.another_participant()
            self.current = enrolment
            self.enrolments[claim] = enrolment
            if self.own.claim is None:
                self.own.claim = claim
                self.own.file_notes.append(("c", claim))
            elif self.own.claim != claim:
                self._begin_stream(claim)
            self.name_to_children()
        if known != enrolment:
            self.upload.renew(claim)
        self.writer.look_for(claim)
        self.page.wake()
        self.upload.wake()

    def claim(self, stream_id: str) -> None:
        """The participant says that a journal of `unclaimed` is theirs. Without a participant nothing happens."""
        if self.current is not None:
            self.writer.claim(stream_id.lower())

    def name_to_children(self) -> None:
        """Processes that are started from now on name this stream as their parent's."""
        if self.has_children:
            os.environ[PARENT_VARIABLE] = self._own.id

    def _begin_stream(self, claim: Claim | None) -> None:
        self.clear_desk()
        self._own = Stream(claim=claim)
        self.streams[self._own.id] = self._own
        self.lineage[self._own.id] = self._own
        self.name_to_children()

    def step_aside(self) -> None:
        """Nobody's kernel until the next enrolment. What was sent still goes to whose it was."""
        with self.lock:
            self.current = None
            self.clear_desk()
            self._begin_stream(None)
        self.page.wake()

    def leave(self) -> None:
        """Forgets the participant: token, records, files. Everyone after starts clean."""
        with self.lock:
            self.clear_desk()
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
        why = refusals(refused)
        self.clear_desk()
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
            for entry in kept:
                code, message = why[entry.seq]
                self.writer.keep_refused(stream_id, entry, f"{code}: {message}")
                told[code] = message
            self._saved.notify_all()
        self.page.progress()
        if stream.file_notes:
            self.writer.wake()
        for code, message in told.items():
            self.problem(code, message)

    def streams_for_page(self) -> list[Stream]:
        """What this page may carry: its participant's streams, and the one that has none yet. Lock held."""
        self.clear_desk()
        claim = self.current.claim if self.current is not None else None
        return [stream for stream in self.streams.values() if stream.claim is None or stream.claim == claim]

    def adopted(self, stream: Stream) -> None:
        with self.lock:
            self.streams[stream.id] = stream
        self.page.wake()
        self.upload.wake()

    def finished(self, stream: Stream) -> None:
        with self.lock:
            if stream is not self._own and not stream.entries:
                self.streams.pop(stream.id, None)

    def unsaved(self) -> int:
        self.clear_desk()
        with self.lock:
            return sum(len(stream.entries) for stream in self.streams.values())

    def held(self) -> int:
        """Of these, what a server does not take now and may take later: the lab is closed, sending is off."""
        with self.lock:
            return sum(len(stream.held) for stream in self.streams.values())

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
        child.switch.copy_from(self.switch)
        child._own.parent = self._own.id  # what lies on the parent's desk is the parent's
        child.current = self.current
        if self.current is not None:
            child.enrolments[self.current.claim] = self.current
            child._own.claim = self.current.claim
        return child

    def after_fork_in_parent(self) -> None:
        import time  # noqa: PLC0415

        self.writer.scan_until = time.monotonic() + _SCAN_AFTER_FORK_SECONDS
        if self.enrolments:
            self.writer.wake()


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
                made._own.parent = os.environ.get(PARENT_VARIABLE)
                made.has_children = True
                if made._own.parent is None:
                    made.name_to_children()
                enrolment = environment_enrolment()
                if enrolment is not None:
                    made.enrol(enrolment)
                atexit.register(_close)
                _current = made
                if enrolment is None and os.environ.get("NBPULSE_CODE"):
                    from .by_environment import join_in_background  # noqa: PLC0415

                    join_in_background()
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
