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

if TYPE_CHECKING:
    from .custodian import Custodian

#: Between two passes: a loop that sends without end costs fifty writes a second, not thousands.
_GAP_SECONDS = 0.02
_SCAN_SECONDS = 2.0
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
        self._refused.append((stream_id, entry, reason))
        self.wake()

    def look_for(self, claim: Claim) -> None:
        """Adopt what earlier kernels of this participant in this lab left behind."""
        self._scan.add(claim)
        self.wake()

    def wipe(self, claim: Claim, stream_ids: set[str]) -> None:
        """ "Leave this computer": delete these journals, and the participant's others that no kernel holds."""
        self._wipe.append((claim, stream_ids))
        self.wake()

    def _pass(self) -> float | None:
        with self._writing:
            while self._wipe:
                self._wipe_now(*self._wipe.pop())
            again = self._write_all()
            if self._scan:
                claims, self._scan = self._scan, set()
                for claim in claims:
                    self._adopt(claim)
        if time.monotonic() < self.scan_until:
            with self._custodian.lock:
                self._scan |= set(self._custodian.enrolments)
            again = min(again, _SCAN_SECONDS) if again is not None else _SCAN_SECONDS
        self.rest(_GAP_SECONDS)
        return again

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
        with self._custodian.lock:
            streams = list(self._custodian.streams.values())
        refused, self._refused = self._refused, []
        for stream in streams:
            with self._custodian.lock:
                notes, stream.file_notes = stream.file_notes, []
                now = Snapshot.of(stream)
                finished = not now.entries and not now.dropped and stream is not self._custodian.own
            file = self._file(stream)
            mine = [(entry, reason) for stream_id, entry, reason in refused if stream_id == stream.id]
            if mine:
                file.keep_refused(mine)
            if finished:
                file.release(delete=True)
                self._files.pop(stream.id, None)
                self._custodian.finished(stream)
                continue
            if notes and not file.is_open and not now.entries:
                continue  # saved before the file was ever needed
            if notes or file.retry_in_seconds == 0:
                file.write(notes, now)
            if file.retry_in_seconds is not None and now.entries:
                wait = min(RETRY_SECONDS, max(0.05, file.retry_in_seconds))
                again = wait if again is None else min(again, wait)
        return again

    def _adopt(self, claim: Claim) -> None:
        for stream_id in left_behind(self.folder, claim.lab):
            self._adopt_file(stream_id, claim, lambda content: content.claim == claim)
        with self._custodian.lock:
            own = self._custodian.own
            mine = own.id if own.claim == claim else None
        if mine is not None:
            # A child that was forked before anyone knew whose this kernel is: its records are ours.
            for stream_id in left_behind(self.folder, UNCLAIMED):
                self._adopt_file(stream_id, None, lambda content: content.claim is None and content.parent == mine)

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
            owner = content.claim or self._custodian.own.claim
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
        self._awake.set()

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
