"""The journal in memory: one `Stream` per numbered series, kept until the server has committed it.

A stream is *unclaimed* until the kernel learns whose it is, then *claimed* for ever by one participant in one lab.
An entry is *waiting*, or *held* while the lab is closed; it leaves when it is *saved*, finally *refused*, or *dropped*
because the journal is full: then the oldest entry goes whose question has a later one, the drop is counted, and the
count is sent as an event of its own (`mint_dropped`). Every method is called with the custodian's lock held.
"""

from __future__ import annotations

import time
import uuid
from collections import deque
from collections.abc import Iterable

from . import limits
from .enrolment import Claim
from .event import dropped_body, instant_text, now_text, record_body

#: Beyond this even the last record of a question goes: ten thousand different questions are no lab.
_HARD_FACTOR = 2
#: How many dropped numbers are remembered, to take the drop back when their acknowledgement comes late.
_REMEMBERED_DROPS = 20_000


class Fate:
    """What became of an entry; kept by `Sent` after the entry and its text are gone."""

    __slots__ = ("outcome",)

    def __init__(self) -> None:
        #: None while it waits, then `saved`, `dropped` or `refused: why`.
        self.outcome: str | None = None


class Taken:
    """What `send` took: complete but for its number, which it gets when a thread of ours enters it into the journal."""

    __slots__ = ("question", "part", "cell", "value", "made_at", "taken_at", "fate")

    def __init__(self, question: str, part: str | None, cell: str | None, value: str) -> None:
        self.question = question
        self.part = part
        self.cell = cell
        #: JSON text.
        self.value = value
        #: Seconds since 1970 on this computer's clock.
        self.made_at = time.time()
        self.taken_at = time.monotonic()
        self.fate = Fate()


class Entry:
    __slots__ = ("seq", "body", "question", "is_record", "taken_at", "handed", "fate")

    def __init__(self, seq: int, body: str, question: str, is_record: bool, taken: Taken | None = None) -> None:
        self.seq = seq
        self.body = body
        self.question = question
        self.is_record = is_record
        #: Monotonic seconds.
        self.taken_at = time.monotonic() if taken is None else taken.taken_at
        #: Some pipe has carried it; the server may have it.
        self.handed = False
        self.fate = Fate() if taken is None else taken.fate


#: What the writer thread has to put into the file: ('e', entry), ('a', seqs), ('x', seqs), ('c', claim).
FileNote = tuple[str, object]


class Stream:
    def __init__(self, stream_id: str | None = None, claim: Claim | None = None) -> None:
        self.id = stream_id or str(uuid.uuid4())
        self.claim = claim
        #: The stream of the process that this one was forked from.
        self.parent: str | None = None
        self.entries: dict[int, Entry] = {}
        self.bytes = 0
        self.last_seq = 0
        #: Drops that no event tells yet, by question.
        self.dropped: dict[str, int] = {}
        #: Numbers that the server does not take now but may take later: the lab is closed. Tried again now and then.
        self.held: set[int] = set()
        #: Numbers that the page has not been handed since it attached.
        self.for_page: deque[int] = deque()
        self.file_notes: list[FileNote] = []
        self.max_records = limits.JOURNAL_RECORDS
        self.max_bytes = limits.JOURNAL_BYTES
        self._latest: dict[str, int] = {}
        self._superseded: deque[int] = deque()
        self._superseded_handed: deque[int] = deque()
        self._dropped_handed: dict[int, str] = {}

    def enter(self, taken: Taken) -> Entry:
        """Numbers what `send` took; the journal stays within its limits."""
        last = self.entries.get(self.last_seq)
        if last is not None and last.fate is taken.fate:
            return last  # an interrupt of the student's came in between
        seq = self.last_seq + 1
        made_at = instant_text(taken.made_at)
        body = record_body(seq, made_at, taken.question, taken.part, taken.cell, taken.value)
        entry = Entry(seq, body, taken.question, True, taken)
        self._add(entry)
        self._shrink()
        return entry

    def restore(self, entry: Entry) -> None:
        """An entry read back from a file; nothing to write."""
        self._add(entry, note=False)

    def _add(self, entry: Entry, note: bool = True) -> None:
        self.last_seq = max(self.last_seq, entry.seq)
        self.entries[entry.seq] = entry
        self.bytes += len(entry.body)
        self.for_page.append(entry.seq)
        if note:
            self.file_notes.append(("e", entry))
        if entry.is_record:
            before = self._latest.get(entry.question)
            if before is not None:
                self._superseded.append(before)
            self._latest[entry.question] = entry.seq

    def settle(self, saved: Iterable[int], refused: Iterable[tuple[int, str]] = ()) -> list[Entry]:
        """Forgets what the server has or will never take; returns the refused entries, to be kept aside."""
        gone: list[int] = []
        for seq in saved:
            if self._remove(seq, "saved"):
                gone.append(seq)
            else:
                question = self._dropped_handed.pop(seq, None)
                if question is not None and self.dropped.get(question, 0) > 0:
                    self.dropped[question] -= 1
                    if self.dropped[question] == 0:
                        del self.dropped[question]
        kept: list[Entry] = []
        for seq, message in refused:
            entry = self.entries.get(seq)
            if entry is not None and self._remove(seq, f"refused: {message}"):
                gone.append(seq)
                kept.append(entry)
        if gone:
            self.file_notes.append(("a", gone))
        return kept

    def hold(self, seq: int, message: str) -> bool:
        """Keeps an entry for later; True when it was not held before."""
        entry = self.entries.get(seq)
        if entry is None or seq in self.held:
            return False
        self.held.add(seq)
        entry.fate.outcome = f"refused: {message}"
        return True

    def _remove(self, seq: int, outcome: str) -> bool:
        entry = self.entries.pop(seq, None)
        if entry is None:
            return False
        entry.fate.outcome = outcome
        self.held.discard(seq)
        self.bytes -= len(entry.body)
        if self._latest.get(entry.question) == seq:
            del self._latest[entry.question]
        if not self.entries:
            self.for_page.clear()
            self._superseded.clear()
            self._superseded_handed.clear()
        return True

    def _is_over(self, factor: int = 1) -> bool:
        return len(self.entries) > factor * self.max_records or self.bytes > factor * self.max_bytes

    def _shrink(self) -> None:
        if not self._is_over():
            return
        dropped: list[int] = []
        while self._is_over():
            seq = self._next_to_drop()
            if seq is None:
                break
            self._drop(seq)
            dropped.append(seq)
        while self._is_over(_HARD_FACTOR) and len(self.entries) > 1:
            seq = next(iter(self.entries))
            self._drop(seq)
            dropped.append(seq)
        if dropped:
            last = self.file_notes[-1] if self.file_notes else None
            if last is not None and last[0] == "x":
                assert isinstance(last[1], list)
                last[1].extend(dropped)
            else:
                self.file_notes.append(("x", dropped))

    def _next_to_drop(self) -> int | None:
        """The oldest superseded entry, one that no pipe has carried if there is any."""
        while self._superseded:
            seq = self._superseded.popleft()
            entry = self.entries.get(seq)
            if entry is None:
                continue
            if not entry.handed:
                return seq
            self._superseded_handed.append(seq)
        while self._superseded_handed:
            seq = self._superseded_handed.popleft()
            if seq in self.entries:
                return seq
        return None

    def _drop(self, seq: int) -> None:
        entry = self.entries[seq]
        self._remove(seq, "dropped")
        self.dropped[entry.question] = self.dropped.get(entry.question, 0) + 1
        if entry.handed and len(self._dropped_handed) < _REMEMBERED_DROPS:
            self._dropped_handed[seq] = entry.question

    def mint_dropped(self) -> None:
        """Turns the counts into events. Called when a pipe works, so that they are few."""
        if not self.dropped:
            return
        counts, self.dropped = self.dropped, {}
        self._dropped_handed.clear()
        for question, count in counts.items():
            seq = self.last_seq + 1
            self._add(Entry(seq, dropped_body(seq, now_text(), question, count), question, False))

    @property
    def is_idle(self) -> bool:
        """Nothing waits; what is held may be there."""
        return len(self.held) >= len(self.entries)

    def oldest(self) -> Entry | None:
        """The oldest entry that is not held."""
        if self.is_idle:
            return None
        if not self.held:
            return next(iter(self.entries.values()), None)
        return next((entry for entry in self.entries.values() if entry.seq not in self.held), None)

    def offer_to_page_again(self, except_seqs: Iterable[int] = ()) -> None:
        has = set(except_seqs)
        self.for_page = deque(seq for seq in self.entries if seq not in has)
