"""Where this kernel's records go: told by the page over the acknowledgement comm, or by environment variables."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

_UUID = re.compile(r"^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$")


class Claim(NamedTuple):
    """Whose records these are. A stream has at most one claim, for ever. A server may move; these ids do not."""

    lab: str
    participant: str


class Enrolment(NamedTuple):
    claim: Claim
    #: Without a slash at its end. The token goes there and nowhere else.
    server: str
    token: str
    name: str

    def __repr__(self) -> str:  # a token must not reach a log or a traceback
        return f"Enrolment({self.claim!r}, {self.server!r})"


def parse_enrolment(data: Any) -> Enrolment | None:
    """`enrolment` of schema/src/wire/comm.ts; None when it is not one."""
    if not isinstance(data, Mapping):
        return None
    server, lab, participant = data.get("server"), data.get("lab"), data.get("participant")
    token, name = data.get("token"), data.get("name", "")
    if not all(isinstance(text, str) for text in (server, lab, participant, token, name)):
        return None
    from urllib.parse import urlsplit  # noqa: PLC0415 - not part of what `import nbpulse` costs

    try:
        parts = urlsplit(str(server))
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return None
    if not _UUID.match(str(lab)) or not _UUID.match(str(participant)) or not 20 <= len(str(token)) <= 200:
        return None
    if not str(token).isascii() or not str(token).isprintable() or " " in str(token):
        return None
    claim = Claim(str(lab).lower(), str(participant).lower())
    return Enrolment(claim, str(server).rstrip("/"), str(token), str(name))


def environment_enrolment(environ: Mapping[str, str] = os.environ) -> Enrolment | None:
    """`NBPULSE_SERVER`, `_LAB`, `_PARTICIPANT`, `_TOKEN`: for scripts and front ends without a page."""
    names = ("server", "lab", "participant", "token", "name")
    return parse_enrolment(
        {name: environ.get(f"NBPULSE_{name.upper()}", "" if name == "name" else None) for name in names}
    )
