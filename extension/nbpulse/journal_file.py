"""The journal on disk: `<state>/nbpulse/<host>/<lab>/<stream>`, or `unclaimed` for the lab until it is known.

Append-only lines `<crc32> <length> <payload>\\n`; a torn or damaged tail ends the reading. Payloads:
`h {stream, pid, parent?}` head, `c {lab, participant}` claim, `e {event}` taken, `a 1-5,9` saved or refused,
`x 3-7` dropped, `d {question: count}` drops of before the last rewrite. When most of it is over, it is rewritten.

States: *closed* (nothing to keep yet), *open*, *broken* (disk full, folder not writable: memory alone keeps the
records; tried again after `RETRY_SECONDS`). The lock is on a file beside, which is never renamed: it tells other
kernels that a process lives. Only the writer thread calls these methods.
"""

from __future__ import annotations

import json
import os
import time
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from .enrolment import Claim
from .event import read_body
from .journal import Entry, FileNote, Stream

try:
    import fcntl
except ImportError:  # Windows: no locks, so no journal of another process is ever touched
    fcntl = None  # type: ignore[assignment]

RETRY_SECONDS = 30.0
UNCLAIMED = "unclaimed"
#: Bytes of finished lines that a file may carry before it is rewritten.
_SLACK_BYTES = 1 << 20
_SYNC_SECONDS = 1.0


def host_folder() -> Path:
    """The folder of this host's journals. Homes are often shared by several hosts, locks often are not."""
    import socket  # noqa: PLC0415 - not part of what `import nbpulse` costs

    base = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    name = "".join(char if char.isalnum() or char in "-_." else "_" for char in socket.gethostname()) or "host"
    return Path(base) / "nbpulse" / (name if name.strip(".") else "host")


def line(payload: str) -> bytes:
    raw = payload.encode("utf-8")
    return b"%08x %d %b\n" % (zlib.crc32(raw), len(raw), raw)


def read_lines(raw: bytes) -> Iterator[str]:
    """The payloads up to the first line that is torn or damaged."""
    at = 0
    while at < len(raw):
        space = raw.find(b" ", at + 9, at + 24)
        try:
            crc, length = int(raw[at : at + 8], 16), int(raw[at + 9 : space])
        except ValueError:
            return
        payload = raw[space + 1 : space + 1 + length]
        if (
            space < 0
            or raw[at + 8 : at + 9] != b" "
            or raw[space + 1 + length : space + 2 + length] != b"\n"
            or zlib.crc32(payload) != crc
        ):
            return
        yield payload.decode("utf-8")
        at = space + 2 + length


def ranges_text(seqs: Iterable[int]) -> str:
    """`[1, 2, 3, 7]` → `1-3,7`."""
    out: list[str] = []
    first = last = 0
    for seq in [*sorted(set(seqs)), 0]:
        if first and seq == last + 1:
            last = seq
            continue
        if first:
            out.append(str(first) if first == last else f"{first}-{last}")
        first = last = seq
    return ",".join(out)


def read_ranges(text: str) -> Iterator[int]:
    for part in text.split(","):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


class Content(NamedTuple):
    stream_id: str
    parent: str | None
    claim: Claim | None
    entries: list[Entry]
    last_seq: int
    dropped: dict[str, int]


def read_journal(raw: bytes) -> Content | None:
    """What a journal still keeps; None when not even its head can be read."""
    stream_id: str | None = None
    parent: str | None = None
    claim: Claim | None = None
    entries: dict[int, Entry] = {}
    dropped: dict[str, int] = {}
    last_seq = 0
    for payload in read_lines(raw):
        mark, rest = payload[:1], payload[2:]
        try:
            if mark == "h":
                head = json.loads(rest)
                stream_id, last_seq = str(head["stream"]), max(last_seq, int(head.get("lastSeq", 0)))
                parent = head.get("parent")
            elif mark == "c":
                said = json.loads(rest)
                claim = Claim(str(said["lab"]), str(said["participant"]))
            elif mark == "e":
                seq, question, is_record, count = read_body(rest)
                entries[seq] = Entry(seq, rest, question, is_record)
                last_seq = max(last_seq, seq)
                if not is_record:
                    dropped[question] = dropped.get(question, 0) - count
            elif mark == "a":
                for seq in read_ranges(rest):
                    entries.pop(seq, None)
            elif mark == "x":
                for seq in read_ranges(rest):
                    entry = entries.pop(seq, None)
                    if entry is not None:
                        dropped[entry.question] = dropped.get(entry.question, 0) + 1
            elif mark == "d":
                dropped = {str(question): int(count) for question, count in json.loads(rest).items()}
        except (ValueError, KeyError, TypeError):
            continue  # a line of a later version
    if stream_id is None:
        return None
    return Content(
        stream_id, parent, claim, list(entries.values()), last_seq, {q: n for q, n in dropped.items() if n > 0}
    )


class Snapshot(NamedTuple):
    """A stream at one moment, taken with the custodian's lock held: what a rewrite puts into the file."""

    claim: Claim | None
    parent: str | None
    last_seq: int
    dropped: dict[str, int]
    entries: dict[int, Entry]

    @classmethod
    def of(cls, stream: Stream) -> Snapshot:
        return cls(stream.claim, stream.parent, stream.last_seq, dict(stream.dropped), dict(stream.entries))


class JournalFile:
    def __init__(self, folder: Path, stream_id: str, claim: Claim | None) -> None:
        self.folder = folder
        self.stream_id = stream_id
        self.claim = claim
        self._fd = -1
        self._lock_fd = -1
        self._on_disk: dict[int, int] = {}
        self._kept_bytes = 0
        self._bytes = 0
        self._broken_until = 0.0
        #: Why nothing can be written now, in the system's words.
        self.broken: str | None = None
        self._synced_at = 0.0

    def _lab_folder(self) -> Path:
        return self.folder / (self.claim.lab if self.claim else UNCLAIMED)

    @property
    def path(self) -> Path:
        return self._lab_folder() / self.stream_id

    @property
    def is_open(self) -> bool:
        return self._fd >= 0

    @property
    def retry_in_seconds(self) -> float | None:
        return max(0.0, self._broken_until - time.monotonic()) if self._broken_until else None

    def adopt(self) -> Content | None:
        """Locks and reads a journal that a dead kernel left; None when it lives or cannot be read."""
        if fcntl is None or not self._lock():
            return None
        try:
            raw = self.path.read_bytes()
            content = read_journal(raw)
        except OSError:
            content = None
        if content is None or content.stream_id != self.stream_id:
            self.release()
            return None
        self.claim = content.claim or self.claim
        self._remember(content.entries)
        self._broken_until = 0.001  # the first write rewrites it: a torn tail must not stay in the middle
        return content

    @property
    def wants_rewrite(self) -> bool:
        """The next write needs a snapshot: there is no whole file yet, or most of it is over."""
        if self._broken_until:
            return time.monotonic() >= self._broken_until
        wasted = self._bytes - self._kept_bytes
        return self._fd < 0 or (wasted > _SLACK_BYTES and wasted > self._bytes // 2)

    def write(self, notes: list[FileNote], now: Snapshot | None) -> None:
        """Puts the notes into the file; or writes it anew from `now`, which is the stream with them."""
        try:
            if now is not None:
                self._rewrite(now)
            elif self._broken_until or self._fd < 0:
                return
            else:
                self._append(notes)
            self._broken_until, self.broken = 0.0, None
            if time.monotonic() - self._synced_at > _SYNC_SECONDS:
                os.fsync(self._fd)
                self._synced_at = time.monotonic()
        except OSError as error:
            self._break(error)

    def _break(self, error: OSError) -> None:
        self.broken = error.strerror or str(error)
        self._broken_until = time.monotonic() + RETRY_SECONDS
        if self._fd >= 0:
            try:
                os.close(self._fd)
            except OSError:
                pass
            self._fd = -1

    def _append(self, notes: list[FileNote]) -> None:
        lines: list[bytes] = []
        for mark, what in notes:
            if mark == "e":
                assert isinstance(what, Entry)
                lines.append(line("e " + what.body))
                self._on_disk[what.seq] = len(what.body)
                self._kept_bytes += len(what.body)
            elif mark in "ax":
                assert isinstance(what, list)
                seqs = [seq for seq in what if seq in self._on_disk]
                self._kept_bytes -= sum(self._on_disk.pop(seq) for seq in seqs)
                if seqs:
                    lines.append(line(f"{mark} {ranges_text(seqs)}"))
            elif mark == "c":
                assert isinstance(what, Claim)
                self._move(what)
                lines.append(_claim_line(what))
        self._write_all(b"".join(lines))

    def _write_all(self, raw: bytes) -> None:
        view = memoryview(raw)
        while view:
            view = view[os.write(self._fd, view) :]
        self._bytes += len(raw)

    def _move(self, claim: Claim) -> None:
        """From `unclaimed` into the lab's folder, with its lock."""
        old, old_lock = self.path, self._lock_path()
        self.claim = claim
        self._make_folder()
        if old != self.path:
            os.replace(old_lock, self._lock_path())
            os.replace(old, self.path)

    def _rewrite(self, now: Snapshot) -> None:
        if now.claim is not None and self.claim != now.claim:
            if self._lock_fd >= 0 and self.path.exists():
                self._move(now.claim)
            else:
                self.claim = now.claim
        self._make_folder()
        if self._lock_fd < 0 and not self._lock():
            raise OSError("the journal is locked by another process")
        head = {"v": 1, "stream": self.stream_id, "pid": os.getpid(), "lastSeq": now.last_seq, "parent": now.parent}
        lines = [line("h " + json.dumps(head))]
        if self.claim is not None:
            lines.append(_claim_line(self.claim))
        if now.dropped:
            lines.append(line("d " + json.dumps(now.dropped)))
        lines += [line("e " + entry.body) for entry in now.entries.values()]
        temporary = self.path.with_name(self.stream_id + ".tmp")
        fd = os.open(str(temporary), os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        before = self._fd
        self._fd, self._bytes = fd, 0
        try:
            self._write_all(b"".join(lines))
            os.fsync(fd)
            os.replace(temporary, self.path)
        except OSError:
            try:
                os.unlink(temporary)  # on a full disk it would take what little room there is
            except OSError:
                pass
            raise
        finally:
            if before >= 0:
                os.close(before)
        self._remember(now.entries.values())

    def _remember(self, entries: Iterable[Entry]) -> None:
        self._on_disk = {entry.seq: len(entry.body) for entry in entries}
        self._kept_bytes = sum(self._on_disk.values())

    def _make_folder(self) -> None:
        os.makedirs(self._lab_folder(), mode=0o700, exist_ok=True)

    def _lock_path(self) -> Path:
        return self._lab_folder() / (self.stream_id + ".lock")

    def _lock(self) -> bool:
        fd = os.open(str(self._lock_path()), os.O_RDWR | os.O_CREAT, 0o600)
        if fcntl is not None:
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(fd)
                return False
        self._lock_fd = fd
        return True

    def keep_refused(self, entries: list[tuple[Entry, str]]) -> None:
        """What the server will not take stays on the student's side, in `<stream>.refused`."""
        try:
            self._make_folder()
            path = self._lab_folder() / (self.stream_id + ".refused")
            fd = os.open(str(path), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(fd, "ab") as file:
                for entry, reason in entries:
                    said: dict[str, object] = {"reason": reason, "event": json.loads(entry.body)}
                    if self.claim is not None:
                        said["participant"] = self.claim.participant
                    file.write(line("r " + json.dumps(said, ensure_ascii=False)))
        except (OSError, ValueError):
            pass

    def release(self, delete: bool = False) -> None:
        """Closes it; deletes it when there is nothing left to keep."""
        if delete and self._lock_fd >= 0:
            for path in (self.path, self._lock_path()):
                try:
                    os.unlink(path)
                except OSError:
                    pass
        for fd in (self._fd, self._lock_fd):
            if fd >= 0:
                try:
                    os.close(fd)
                except OSError:
                    pass
        self._fd = self._lock_fd = -1
        self._on_disk, self._kept_bytes, self._bytes = {}, 0, 0

    def let_go_in_child(self) -> None:
        """After a fork: closes this process' copies. The parent's lock stays, it belongs to the open file."""
        self.release(delete=False)


def _claim_line(claim: Claim) -> bytes:
    return line("c " + json.dumps(claim._asdict()))


def left_behind(folder: Path, lab: str) -> list[str]:
    """The streams whose journals lie in a lab's folder, oldest first."""
    found: list[tuple[float, str]] = []
    try:
        for path in (folder / lab).iterdir():
            if "." not in path.name and len(path.name) == 36 and path.is_file():
                found.append((path.stat().st_mtime, path.name))
    except OSError:
        pass
    return [name for _, name in sorted(found)]
