"""What the host tells the oracle, checked once."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import Any

from ..framing import BadJob
from .profile import Profile, read_profile

_MODULE = re.compile(r"[A-Za-z_]\w{0,99}")
_PATH = re.compile(r"(?!/)(?!.*(^|/)\.{1,2}(/|$))[^\\\0]{1,200}")


@dataclass(frozen=True)
class SuiteFile:
    path: str
    data: bytes


@dataclass(frozen=True)
class OracleJob:
    #: Comes back in every frame, so that the host knows them from anything else.
    nonce: str
    module: str
    filename: str
    #: The submission, for `inspect.getsource` and for the lines in messages. Never written to disk, never run here.
    notebook: bytes
    tests: tuple[SuiteFile, ...]
    test_ms: int
    wall_ms: int
    #: Messages of hidden tests are made only if the author shows them.
    show_hidden_messages: bool
    #: What the author's solution needed; None without a solution.
    profile: Profile | None = None
    #: The author's own solution is run, and what it needs is kept.
    record: bool = False


def read_oracle_job(message: Any) -> OracleJob:
    try:
        if message["v"] != 1:
            raise BadJob(f"job version {message['v']!r} is not 1")
        if not _MODULE.fullmatch(message["module"]):
            raise BadJob(f"{message['module']!r:.100} is no module name")
        tests = tuple(
            SuiteFile(_path(file["path"]), base64.b64decode(file["b64"], validate=True)) for file in message["tests"]
        )
        return OracleJob(
            nonce=str(message["nonce"]),
            module=message["module"],
            filename=str(message["filename"]),
            notebook=base64.b64decode(message["notebookB64"], validate=True),
            tests=tests,
            test_ms=int(message["limits"]["testMs"]),
            wall_ms=int(message["limits"]["wallMs"]),
            show_hidden_messages=message.get("showHiddenMessages") is True,
            profile=read_profile(message.get("profile")),
            record=message.get("record") is True,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise error if isinstance(error, BadJob) else BadJob(f"the job is incomplete: {error!r}") from None


def _path(path: Any) -> str:
    if not isinstance(path, str) or not _PATH.fullmatch(path):
        raise BadJob(f"{path!r:.200} is no relative path of a test file")
    return path
