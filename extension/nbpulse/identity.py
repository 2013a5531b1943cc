"""Who joined from this computer: so that a kernel that restarts, or a script that runs again, is the same participant.

One file per server, join code, name as typed and `another`, beside the journals, readable by this user alone. Another
name is another file, so nobody is handed the token of who sat here before.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import unicodedata
from pathlib import Path
from typing import Any, NamedTuple

from .enrolment import Enrolment, parse_enrolment
from .journal_file import host_folder
from .thread import log


class Wanted(NamedTuple):
    """Whom somebody wants to be, where: what `connect` was called with."""

    server: str
    code: str
    name: str
    another: bool

    def key(self) -> str:
        """The same for the same person, however the code and the name are spelled."""
        parts = [self.server, self.code.upper().replace("-", "").replace(" ", ""), name_key(self.name)]
        return hashlib.sha256("\n".join([*parts, str(int(self.another))]).encode("utf-8", "replace")).hexdigest()[:40]


class Identity(NamedTuple):
    enrolment: Enrolment
    return_code: str


def name_key(name: str) -> str:
    """Names are compared without regard to case, width and blanks, as on the server."""
    lower = unicodedata.normalize("NFKC", name).lower()
    return " ".join(unicodedata.normalize("NFKC", lower).split())


def _file(wanted: Wanted) -> Path:
    # Not per host: a home that moves from container to container is still the same person's.
    return host_folder().parent / ".identities" / f"{wanted.key()}.json"


def recall(wanted: Wanted) -> Identity | None:
    """None when nobody joined so from here, or the file cannot be read."""
    try:
        said: Any = json.loads(_file(wanted).read_bytes())
    except (OSError, ValueError):
        return None
    enrolment = parse_enrolment(said)
    if enrolment is None or enrolment.server != wanted.server:
        return None
    return Identity(enrolment, str(said.get("returnCode", "")))


def remember(wanted: Wanted, identity: Identity) -> bool:
    """False when it could not be kept: then only this process knows."""
    enrolment = identity.enrolment
    said = {
        "server": enrolment.server,
        "lab": enrolment.claim.lab,
        "participant": enrolment.claim.participant,
        "token": enrolment.token,
        "name": enrolment.name,
        "returnCode": identity.return_code,
    }
    path = _file(wanted)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, temporary = tempfile.mkstemp(prefix=".new-", dir=path.parent)  # 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(said, file)
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError:
        log.debug("the identity could not be kept", exc_info=True)
        return False
    return True


def forget(wanted: Wanted) -> None:
    try:
        _file(wanted).unlink()
    except OSError:
        pass


def note_waiting(wanted: Wanted, stream_id: str) -> None:
    """The records of this stream are of whom `wanted` will be: so a script that ends offline loses nothing."""
    path = _file(wanted).with_suffix(".streams")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(f"{stream_id}\n")
    except OSError:
        log.debug("a waiting stream could not be noted", exc_info=True)


def take_waiting(wanted: Wanted) -> list[str]:
    """Those streams, once."""
    path = _file(wanted).with_suffix(".streams")
    try:
        noted = path.read_text("ascii").split()
        path.unlink()
    except (OSError, ValueError):
        return []
    return list(dict.fromkeys(noted))
