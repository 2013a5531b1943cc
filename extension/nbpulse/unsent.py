"""`export_unsent("unsent.json")`: everything that no server has taken, as one readable file.

For a lab that was deleted, or a server that is gone for good: the records are the student's. Nothing is removed from
the journals by it; should the server come back they are sent as always.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .event import now_text
from .journal_file import UNCLAIMED, read_journal, read_lines

if TYPE_CHECKING:
    from .custodian import Custodian
    from .enrolment import Claim

_NAME_CHARS = 36


class Exported:
    """`12 records in /home/ada/unsent.json`, or why not. Its `records` and `path` can be read."""

    __slots__ = ("records", "path", "_message")

    def __init__(self, records: int, path: str | None, message: str) -> None:
        self.records = records
        #: None when nothing was written.
        self.path = path
        self._message = message

    def __repr__(self) -> str:
        return self._message

    def __bool__(self) -> bool:
        return self.path is not None


def export_unsent(path: str | os.PathLike[str] = "nbpulse-unsent.json", everything: bool = False) -> Exported:
    """Write what was never taken by a server into a JSON file, refused records included. Never raises.

    Those of the participant who uses this kernel, and what this kernel sent before anyone had joined; with
    `everything=True` all that lies on this computer account: earlier labs, and records that belong to nobody yet.
    """
    from .custodian import custodian  # noqa: PLC0415

    keeper = custodian()
    try:
        content = unsent(keeper, everything)
        count = sum(len(stream["records"]) for stream in content["streams"])
        if count == 0:
            return Exported(0, None, "nothing to export: a server has taken everything that was sent from here.")
        target = Path(path).expanduser().resolve()
        fresh = target.with_name(target.name + ".part")
        fresh.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        os.replace(fresh, target)
        return Exported(count, str(target), f"{count:,} record{'' if count == 1 else 's'} in {target}")
    except OSError as error:
        why = error.strerror or type(error).__name__
        return Exported(0, None, f"nothing was written: {path} ({why}). Choose another place: export_unsent('…').")
    except Exception as error:
        keeper.note_fault(error)
        return Exported(0, None, f"nothing was written: {type(error).__name__}.")


def unsent(keeper: Custodian, everything: bool = False) -> dict[str, Any]:
    """The content of such a file."""
    keeper.writer.write_now()
    streams: dict[str, dict[str, Any]] = {}
    with keeper.lock:
        mine = keeper.current.claim if keeper.current is not None else None
        for stream in keeper.streams.values():
            if everything or stream is keeper.own or stream.claim == mine:
                told = _part(streams, stream.id, stream.claim)
                told["dropped"].update(stream.dropped)
                for entry in stream.entries.values():
                    outcome = entry.fate.outcome if entry.seq in stream.held else None
                    _add(told, entry.body, outcome or "not sent yet")
    for file in _files(keeper.writer.folder):
        if file.suffix == ".refused":
            known = streams.get(file.stem)
            if known is not None or everything or (mine is not None and file.parent.name == mine.lab):
                _add_refused(streams, file, mine, everything)
        elif file.name not in keeper.streams:
            content = read_journal(file.read_bytes())
            if content is not None and (everything or (mine is not None and content.claim == mine)):
                told = _part(streams, file.name, content.claim)
                told["dropped"].update(content.dropped)
                for entry in content.entries:
                    _add(told, entry.body, "not sent yet")
    kept = [told for told in streams.values() if told["records"] or told["dropped"]]
    for told in kept:
        told["records"].sort(key=lambda record: record["seq"])
    return {"nbpulse": keeper.version, "writtenAt": now_text(), "streams": kept}


def _files(folder: Path) -> list[Path]:
    return [
        path
        for path in sorted(folder.glob("*/*"))
        if path.is_file() and (path.suffix == ".refused" or len(path.name) == _NAME_CHARS)
    ]


def _part(streams: dict[str, dict[str, Any]], stream_id: str, claim: Claim | None) -> dict[str, Any]:
    whose = {"lab": claim.lab, "participant": claim.participant} if claim is not None else {}
    return streams.setdefault(stream_id, {"stream": stream_id, **whose, "records": [], "dropped": {}})


def _add(told: dict[str, Any], body: str, why: str) -> None:
    event = json.loads(body)
    if event.pop("kind", None) == "record":
        told["records"].append({**event, "why": why})
    else:
        question = str(event.get("question"))
        told["dropped"][question] = told["dropped"].get(question, 0) + int(event.get("count", 0))


def _add_refused(streams: dict[str, dict[str, Any]], file: Path, mine: Claim | None, everything: bool) -> None:
    """Lines `r {reason, event, participant}`; those of an earlier version do not say whose they are."""
    for payload in read_lines(file.read_bytes()):
        said = json.loads(payload[2:])
        whose = said.get("participant")
        if everything or file.stem in streams or (mine is not None and whose == mine.participant):
            told = streams.setdefault(file.stem, {"stream": file.stem, "records": [], "dropped": {}})
            if file.parent.name != UNCLAIMED:
                told.setdefault("lab", file.parent.name)
            _add(told, json.dumps(said["event"]), f"refused: {said.get('reason', '')}")
