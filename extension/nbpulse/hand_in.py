"""`checkpoint()` and `submit()` where no page does it: the notebook's file goes by HTTP, as it stands on disk."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import sys
import time
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from . import limits
from .api import Answer, Api
from .custodian import custodian
from .enrolment import Enrolment
from .event import now_text
from .sent import Note

_TIMEOUT_SECONDS = 90.0
_ATTEMPTS = 3
_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 10.0


class Receipt(Note):
    """What the server keeps: `number` (S-7F9D2K; submissions only), `received_at`, `sha256`."""

    def __init__(self, words: str, said: dict[str, Any]) -> None:
        super().__init__(words, done=True)
        self.number: str = str(said.get("number", ""))
        self.received_at: str = str(said.get("receivedAt", ""))
        self.sha256: str = str(said.get("sha256", ""))


def open_notebook() -> str | None:
    """The file of this notebook, when the front end told the kernel: VS Code does, and Jupyter servers."""
    main = sys.modules.get("__main__")
    for path in (getattr(main, "__vsc_ipynb_file__", None), os.environ.get("JPY_SESSION_NAME")):
        if isinstance(path, str) and path.endswith(".ipynb") and os.path.isfile(path):
            return path
    return None


def hand_in(what: str, path: object, assignment: object) -> Note:
    """`what`: `submit` or `checkpoint`. Blocks until the server answered, for minutes at most. Never raises."""
    try:
        return _hand_in(what, path, assignment)
    except Exception as error:
        custodian().note_fault(error)
        return Note(f"not sent ({type(error).__name__}: {str(error)[:200]})")


def _hand_in(what: str, path: object, assignment: object) -> Note:
    found = os.fspath(path) if isinstance(path, (str, os.PathLike)) else open_notebook() if path is None else None
    if not isinstance(found, str):
        example = f'{what}(path="lab.ipynb")'
        return Note(f"not sent: say which file, as in {example}; no notebook page with nbpulse is open")
    enrolment = _enrolment()
    if enrolment is None:
        return Note("not sent: connect to a lab first, nbpulse.connect(server, code, name)")
    file = Path(found).expanduser()
    try:
        size, saved_at = file.stat().st_size, file.stat().st_mtime
        if size > limits.NOTEBOOK_BYTES:
            most = limits.NOTEBOOK_BYTES // limits.MIB
            return Note(f"not sent: {file.name} has {size / limits.MIB:.1f} MiB, at most {most} MiB are taken")
        raw = file.read_bytes()
    except OSError as error:
        return Note(f"not sent: {found} cannot be read ({error.strerror or type(error).__name__})")
    answer = _post(what, enrolment, file.name, None if assignment is None else str(assignment), raw)
    if not answer.ok:
        again = " Nothing was stored; call it again later." if answer.passes else ""
        return Note(f"not sent: {answer.message}{again}")
    if answer.body.get("sha256") != hashlib.sha256(raw).hexdigest():
        return Note("not sent: the server's receipt is for other bytes; call it again")
    saved = dt.datetime.fromtimestamp(saved_at).strftime("%H:%M:%S")
    return Receipt(f"{_receipt_words(what, answer.body)}; {file.name} as saved on disk at {saved}", answer.body)


def _enrolment() -> Enrolment | None:
    keeper = custodian()
    if keeper.current is None:
        from .connector import connector  # noqa: PLC0415

        connection = connector().present
        if connection is not None:
            connection.wait(_PAUSE_SECONDS)
    return keeper.current


def _post(what: str, enrolment: Enrolment, name: str, assignment: str | None, raw: bytes) -> Answer:
    """Each attempt has the same id, so that it is stored once whatever becomes of an answer."""
    headers = {"x-nbpulse-id": str(uuid.uuid4()), "x-nbpulse-made-at": now_text(), "x-nbpulse-filename": quote(name)}
    where = "/me/checkpoints"
    if what == "submit":
        where = "/me/submissions" + (f"?{urlencode({'assignment': assignment})}" if assignment else "")
    api = Api(enrolment.server, enrolment.token)
    answer = Answer(0, {}, "unreachable", "not tried")
    for attempt in range(1, _ATTEMPTS + 1):
        answer = api.ask("POST", where, raw, headers, _TIMEOUT_SECONDS)
        if not answer.passes or attempt == _ATTEMPTS:
            break
        time.sleep(min(_LONGEST_PAUSE_SECONDS, answer.retry_after_seconds or _PAUSE_SECONDS * attempt))
    return answer


def _receipt_words(what: str, said: dict[str, Any]) -> str:
    at, sha = str(said.get("receivedAt", ""))[:19].replace("T", " "), str(said.get("sha256", ""))
    if what == "submit":
        return f"handed in {said.get('assignment')}: receipt {said.get('number')}, {at} UTC, sha256 {sha}"
    same = " (unchanged since the last one)" if said.get("unchanged") else ""
    return f"checkpoint stored{same}: {at} UTC, sha256 {sha}"
