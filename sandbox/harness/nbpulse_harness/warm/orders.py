"""What the host tells a nursery, checked once. The host is trusted; a mistake of ours must be a clear one."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import Any

from ..framing import BadJob

_RUN = re.compile(r"[0-9a-f]{32}")
ROLES = ("oracle", "probe")


@dataclass(frozen=True)
class ProcessLimits:
    """Of tier B, where no control group limits the sandbox as a whole."""

    #: For what the child maps itself; what the nursery has mapped is added.
    address_space_bytes: int
    cpu_seconds: int
    file_bytes: int
    processes: int


@dataclass(frozen=True)
class Hello:
    """Once, at the start."""

    #: Our system call filter, as the kernel takes it.
    seccomp: bytes


@dataclass(frozen=True)
class Order:
    """One sandbox."""

    #: Also the name of its folder of data files.
    run: str
    #: As in this user namespace; 0 where the host could give no other.
    uid: int
    argv: tuple[str, ...]
    environment: dict[str, str]
    tmp_bytes: int
    tmp_inodes: int
    shm_bytes: int
    shm_inodes: int
    processor_cores: int
    process_limits: ProcessLimits | None


def read_hello(message: Any) -> Hello:
    try:
        return Hello(base64.b64decode(message["seccompB64"], validate=True))
    except (KeyError, TypeError, ValueError) as error:
        raise BadJob(f"the first frame is no hello: {error!r}") from None


def read_run(message: Any) -> str:
    run = message.get("run") if isinstance(message, dict) else None
    if not isinstance(run, str) or not _RUN.fullmatch(run):
        raise BadJob(f"{run!r:.100} is no run")
    return run


def read_order(message: Any) -> Order:
    try:
        limits = message["processLimits"]
        return Order(
            run=read_run(message),
            uid=int(message["uid"]),
            argv=tuple(str(word) for word in message["argv"]),
            environment={str(name): str(value) for name, value in message["environment"].items()},
            tmp_bytes=int(message["tmpBytes"]),
            tmp_inodes=int(message["tmpInodes"]),
            shm_bytes=int(message["shmBytes"]),
            shm_inodes=int(message["shmInodes"]),
            processor_cores=int(message["cores"]),
            process_limits=None
            if limits is None
            else ProcessLimits(
                address_space_bytes=int(limits["addressSpaceBytes"]),
                cpu_seconds=int(limits["cpuSeconds"]),
                file_bytes=int(limits["fileBytes"]),
                processes=int(limits["processes"]),
            ),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise error if isinstance(error, BadJob) else BadJob(f"the order is incomplete: {error!r}") from None
