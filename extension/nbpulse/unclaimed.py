"""Journals of kernels that ended before anyone had joined: found and offered, never sent by themselves.

On a computer that several people use they may be anyone's. Whoever joins is told how many records there are, when
they were made and for which questions, never their values; "these are mine" (`claim`) makes them theirs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from .journal_file import UNCLAIMED, JournalFile, left_behind, read_lines

#: What one offer names; more is counted only.
_JOURNALS = 20
_QUESTIONS = 20
_HEAD_BYTES = 4_096


class Unclaimed(NamedTuple):
    """One journal."""

    stream: str
    records: int
    #: `madeAt` of its first and last record.
    first_at: str
    last_at: str
    #: In the order in which they were first sent; at most 20.
    questions: list[str]

    def to_wire(self) -> dict[str, Any]:
        return {
            "stream": self.stream,
            "records": self.records,
            "firstAt": self.first_at,
            "lastAt": self.last_at,
            "questions": self.questions,
        }


#: What a file of this name, size and time said: a long journal is read once, not each time that a page attaches.
Seen = dict[tuple[str, int, int], "Unclaimed | None"]


def parent_of(folder: Path, stream_id: str) -> str | None:
    """The stream that an unclaimed journal names as its parent's. Reads the first line alone."""
    try:
        with open(folder / UNCLAIMED / stream_id, "rb") as file:
            head = next(read_lines(file.readline(_HEAD_BYTES)), "")
        parent = json.loads(head[2:]).get("parent") if head.startswith("h ") else None
    except (OSError, ValueError, AttributeError):
        return None
    return parent if isinstance(parent, str) else None


def find_unclaimed(folder: Path, known: Iterable[str], seen: Seen) -> list[Unclaimed]:
    """Those that no living kernel holds, newest last. `known`: streams of this kernel. Changes no file."""
    found: list[Unclaimed] = []
    mine = set(known)
    for stream_id in left_behind(folder, UNCLAIMED):
        if stream_id in mine or len(found) == _JOURNALS:
            continue
        try:
            state = (folder / UNCLAIMED / stream_id).stat()
        except OSError:
            continue
        key = (stream_id, state.st_size, state.st_mtime_ns)
        if key in seen:
            told = seen[key]
            if told is not None:
                found.append(told)
            continue
        file = JournalFile(folder, stream_id, None)
        try:
            content = file.adopt()
        except OSError:
            continue
        if content is None:
            continue
        file.release()
        records = [json.loads(entry.body) for entry in content.entries if entry.is_record]
        seen[key] = None
        if content.claim is None and records:
            questions = list(dict.fromkeys(str(record["question"]) for record in records))
            made = [str(record.get("madeAt", "")) for record in records]
            seen[key] = told = Unclaimed(stream_id, len(records), min(made), max(made), questions[:_QUESTIONS])
            found.append(told)
    return found
