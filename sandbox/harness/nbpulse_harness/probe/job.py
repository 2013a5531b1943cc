"""What the host tells the probe, checked once."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import Any

from ..framing import BadJob

_MODULE = re.compile(r"[A-Za-z_]\w{0,99}")


@dataclass(frozen=True)
class ProbeJob:
    module: str
    filename: str
    notebook: bytes
    #: The folder of data files; may be missing.
    data: str
    #: For the whole run. The notebook gets its share of it.
    wall_ms: int
    #: What the notebook may print before the rest is dropped.
    output_bytes: int
    #: Our system call filter, as the kernel takes it.
    seccomp: bytes | None


def read_probe_job(message: Any) -> ProbeJob:
    try:
        if message["v"] != 1:
            raise BadJob(f"job version {message['v']!r} is not 1")
        if not _MODULE.fullmatch(message["module"]):
            raise BadJob(f"{message['module']!r:.100} is no module name")
        seccomp = message.get("seccompB64")
        return ProbeJob(
            module=message["module"],
            filename=str(message["filename"]),
            notebook=base64.b64decode(message["notebookB64"], validate=True),
            data=str(message.get("data") or ""),
            wall_ms=int(message["limits"]["wallMs"]),
            output_bytes=int(message["limits"]["outputBytes"]),
            seccomp=None if seccomp is None else base64.b64decode(seccomp, validate=True),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise error if isinstance(error, BadJob) else BadJob(f"the job is incomplete: {error!r}") from None
