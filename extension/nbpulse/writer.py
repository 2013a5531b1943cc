"""The thread that puts journals on disk, finds those that dead kernels left, and keeps refused records aside.

No other thread touches a file, so a full or hanging disk disturbs neither the student nor the pipes.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Callable

from .enrolment import Claim
from .journal import Entry, Stream
from .journal_file import RETRY_SECONDS, UNCLAIMED, Content, JournalFile, Snapshot, host_folder, left_behind
from .thread import Worker
from .unclaimed import Seen, find_unclaimed, parent_of

if TYPE_CHECKING:
    from .custodian import Custodian

#: Between two passes: a loop that sends without end costs fifty writes a second, not thousands.
_GAP_SECONDS = 0.02
_SCAN_SECONDS = 2.0
#: Between two looks for what child processes left behind.
CHILDREN_SECONDS = 15.0
#: A disk that hangs does not hold up the end of a process longer than this.
_PATIENCE_SECONDS = 2.0


class Writer(Worker):
    def __init__(self, custodian: Custodian, folder: Path | None) -> None:
        super().__init__("nbpulse-journal", self._pass)
        self._custodian = custodian
        self._folder = folder
        self._files: dict[str, JournalFile] = {}
        #: Held while files are written: at exit and in forked children another thread writes too.
        self._writing = threading.Lock()
        self._scan: set[Claim] = set()
        self._claims: list[str] = []
        self._offer = False
        self._children_at = 0.0
        self._seen: Seen = {}
        self._told_broken: set[str] = set()
        self._wipe: list[tuple[Claim, set[str]]] = []
        self._refused: list[tuple[str, Entry, str]] = []
        #: Scans go on for a while after a fork: the child's journal is found once the child is gone.
        self.scan_until = 0.0

    @property
    def folder(self) -> Path:
        if self._folder is None:
            self._folder = host_folder()
        return self._folder

    def keep_refused(self, stream_id: str, entry: Entry, reason: str) -> None:
        """Called with the custodian's lock held."""
        self._refused.append((stream_id, entry, reason))
        self.wake()

    def look_for(self, claim: Claim) -> None:
        """Adopt what earlier kernels of this participant in this lab left behind."""
        self._scan.add(claim)
        self.wake()

    def offer_unclaimed(self) -> None:
        """Look for journals that belong to nobody yet, and tell the page."""
        self._offer = True
        self.wake()

    def adopt_now(self, claim: Claim) -> None:
        """As `look_for`, in the calling thread: what a kernel left that ended since the last look counts too."""
        if self._writing.acquire(timeout=_PATIENCE_SECONDS):
            try:
                self._adopt(claim)
            finally:
                self._writing.release()

    def claim(self, stream_id: str) -> None:
        """Such a journal becomes the present participant's."""
        self._claims.append(stream_id)
        self.offer_unclaimed()

    def wipe(self, claim: Claim, stream_ids: set[str]) -> None:
        """ "Leave this computer": delete these journals, and the participant's others that no kernel holds."""
        self._wipe.append((claim, stream_ids))
        self.wake()

    def _pass(self) -> float | None:
        with self._writing:
            self._wipe_all()
            again = self._write_all()
            if self._scan:
                claims, self._scan = self._scan, set()
                for claim in claims:
                    self._adopt(claim)
                self._adopt_children()
                self._children_at = time.monotonic() + CHILDREN_SECONDS
                self._offer = True
            elif self._custodian.enrolments and time.monotonic() >= self._children_at:
                self._children_at = time.monotonic() + CHILDREN_SECONDS
                self._adopt_children()
            while self._claims and self._custodian.current is not None:
                self._adopt_file(self._claims.pop(), None, lambda content: content.claim is None)
            if self._offer:
                self._offer = False
                self._tell_unclaimed()
        if time.monotonic() < self.scan_until:
            with self._custodian.lock:
                self._scan |= set(self._custodian.enrolments)
            again = min(again, _SCAN_SECONDS) if again is not None else _SCAN_SECONDS
        elif self._custodian.enrolments:
            again = min(again, CHILDREN_SECONDS) if again is not None else CHILDREN_SECONDS
        self.rest(_GAP_SECONDS)
        return again

    def _tell_unclaimed(self) -> None:
        """Once there is somebody who could claim them."""
        with self._custodian.lock:
            known = list(self._custodian.streams)
            own = self._custodian.own.id
            before, somebody = self._custodian.unclaimed, self._custodian.current is not None
        self._custodian.unclaimed = find_unclaimed(self.folder, [*known, *self._files], self._seen)
        if somebody and (self._custodian.unclaimed or before):
            journals = [one.to_wire() for one in self._custodian.unclaimed]
            self._custodian.page.say({"v": 1, "type": "unclaimed", "stream": own, "journals": journals})

    def write_now(self) -> None:
        """One pass in the calling thread: at exit, and in forked children whose threads may not live long."""
        if self._writing.acquire(timeout=_PATIENCE_SECONDS):
            try:
                self._write_all()
            finally:
                self._writing.release()

    def _file(self, stream: Stream) -> JournalFile:
        file = self._files.get(stream.id)
        if file is None:
            file = self._files[stream.id] = JournalFile(self.folder, stream.id, stream.claim)
        return file

    def _write_all(self) -> float | None:
        again: float | None = None
        self._custodian.clear_desk()
        with self._custodian.lock:
            streams = list(self._custodian.streams.values())
        for stream in streams:
            with self._custodian.lock:
                file = self._file(stream)
                # With the lock, as `settle` put them there: a stream that looks finished has none to come.
                mine = [(entry, reason) for stream_id, entry, reason in self._refused if stream_id == stream.id]
                if mine:
                    self._refused = [one for one in self._refused if one[0] != stream.id]
                notes, stream.file_notes = stream.file_notes, []
                is_empty = not stream.entries
                finished = is_empty and not stream.dropped and stream is not self._custodian.own
                # A copy of a long journal is made only for a rewrite.
                is_due = bool(notes) or file.is_open or file.retry_in_seconds == 0
                wanted = is_due and not finished and file.wants_rewrite
                now = Snapshot.of(stream) if wanted else None
            if mine:
                file.keep_refused(mine)
            if finished:
                file.release(delete=True)
                self._files.pop(stream.id, None)
                self._custodian.finished(stream)
                continue
            if notes and not file.is_open and is_empty:
                continue  # saved before the file was ever needed
            if notes or now is not None:
                file.write(notes, now)
                if file.is_open and file.wants_rewrite:
                    again = 0.0
            self._tell_broken(stream.id, file.broken)
            if file.retry_in_seconds is not None and not is_empty:
                wait = min(RETRY_SECONDS, max(0.05, file.retry_in_seconds))
                again = wait if again is None else min(again, wait)
        return again

    def _tell_broken(self, stream_id: str, why: str | None) -> None:
        """Once each time, for the badge: without the file the records live as long as the kernel does."""
        if why is None:
            self._told_broken.discard(stream_id)
        elif stream_id not in self._told_broken:
            self._told_broken.add(stream_id)
            self._custodian.problem(
                "journal-file",
                f"nbpulse cannot write to this computer’s disk ({why}). Your records are kept in memory and go out as "
                "always; restart the kernel only when they are saved.",
            )

    def _adopt(self, claim: Claim) -> None:
        for stream_id in left_behind(self.folder, claim.lab):
            self._adopt_file(stream_id, claim, lambda content: content.claim == claim)

    def _adopt_children(self) -> None:
        """What processes left that this one started, forked before anyone had joined or not forked at all."""
        with self._custodian.lock:
            mine = {stream.id for stream in self._custodian.lineage.values() if stream.claim is not None}
        for stream_id in left_behind(self.folder, UNCLAIMED):
            if parent_of(self.folder, stream_id) in mine:
                self._adopt_file(stream_id, None, lambda content: content.claim is None and content.parent in mine)

    def _adopt_file(self, stream_id: str, claim: Claim | None, is_ours: Callable[[Content], bool]) -> None:
        if stream_id in self._files:
            return
        file = JournalFile(self.folder, stream_id, claim)
        try:
            content = file.adopt()
        except OSError:
            return
        if content is None:
            return
        if not is_ours(content):
            file.release()
            return
        if not content.entries and not content.dropped:
            file.release(delete=True)
            return
        with self._custodian.lock:
            if stream_id in self._custodian.streams:
                file.release()
                return
            parent = self._custodian.lineage.get(content.parent or "")
            owner = content.claim or (parent.claim if parent is not None else None) or self._custodian.own.claim
            stream = Stream(stream_id, owner)
            for entry in content.entries:
                stream.restore(entry)
            stream.last_seq = max(stream.last_seq, content.last_seq)
            stream.dropped = content.dropped
            stream.mint_dropped()
            if content.claim is None and owner is not None:
                stream.file_notes.append(("c", owner))
            self._files[stream_id] = file
        self._custodian.adopted(stream)
        self.wake()

    def _wipe_all(self) -> None:
        while self._wipe:
            self._wipe_now(*self._wipe.pop())

    def _wipe_now(self, claim: Claim, stream_ids: set[str]) -> None:
        for stream_id in stream_ids:
            file = self._files.pop(stream_id, None)
            if file is not None:
                file.release(delete=True)
        for stream_id in left_behind(self.folder, claim.lab):
            if stream_id in self._files:
                continue
            file = JournalFile(self.folder, stream_id, claim)
            try:
                content = file.adopt()
            except OSError:
                continue
            if content is not None:
                file.release(delete=content.claim == claim)
        for stream_id in stream_ids:
            try:
                (self.folder / claim.lab / f"{stream_id}.refused").unlink()
            except OSError:
                pass

    def close(self) -> None:
        """At exit: everything on disk, and what has nothing left to keep away."""
        self.stop()
        if self._wipe and self._writing.acquire(timeout=_PATIENCE_SECONDS):  # who leaves in a script's last line
            try:
                self._wipe_all()
            finally:
                self._writing.release()
        self.write_now()
        with self._custodian.lock:
            empty = {
                stream.id for stream in self._custodian.streams.values() if not stream.entries and not stream.dropped
            }
        for stream_id, file in self._files.items():
            file.release(delete=stream_id in empty)
        self._files.clear()

    def let_go_in_child(self) -> None:
        for file in self._files.values():
            file.let_go_in_child()
        self._files.clear()
