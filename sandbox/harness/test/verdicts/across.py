"""Across the seam: oracle and probe as the engines start them, but forked from a warm interpreter, with no sandbox."""

from __future__ import annotations

import base64
import json
import os
import secrets
import socket
import struct
import tempfile
import time
from pathlib import Path
from typing import Any

from nbpulse_harness import connection, framing
from nbpulse_harness.oracle import main as oracle
from nbpulse_harness.probe import main as probe

from . import children

_WALL_MS = 600_000
_PROBE_ENDS_WITHIN_S = 10.0


def grade(job: dict[str, Any], folder: Path) -> dict[str, Any]:
    """`statuses` by the names in the report, the report itself, and what both processes wrote."""
    nonce = secrets.token_hex(8)
    common = {
        "v": 1,
        "module": "submission",
        "filename": job["filename"].replace(Path(job["filename"]).stem, "submission"),
        "notebookB64": _b64(job["source"]),
        "limits": {"testMs": job["testMs"], "wallMs": _WALL_MS, "outputBytes": 100_000},
    }
    for_oracle = {
        **common,
        "nonce": nonce,
        "tests": [{"path": path, "b64": _b64(text)} for path, text in job["tests"].items()],
        **job["options"],
    }
    frames = _run({**common, "data": ""}, for_oracle, folder)
    logs = "".join((folder / name).read_text(errors="replace")[-6_000:] for name in ("oracle.log", "probe.log"))
    if not frames or frames[-1]["nonce"] != nonce or frames[-1]["type"] != "report":
        raise RuntimeError(f"{job['case']}: no report came out\n{logs}")
    report = frames[-1]
    return {"statuses": {t["name"]: t["status"] for t in report["tests"]}, "report": report, "output": logs}


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _run(for_probe: Any, for_oracle: Any, folder: Path) -> list[dict[str, Any]]:
    ours, theirs = socket.socketpair()
    probe_log = os.open(folder / "probe.log", os.O_WRONLY | os.O_CREAT)
    oracle_log = os.open(folder / "oracle.log", os.O_WRONLY | os.O_CREAT)
    probe_in, oracle_in = _filled(folder / "probe.job", for_probe), _filled(folder / "oracle.job", for_oracle)

    def be(main: Any, seam: socket.socket) -> None:
        os.environ[connection.FD_VARIABLE] = str(seam.fileno())
        os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
        seam.detach()
        main()

    probe_pid = children.start(
        lambda: be(probe.main, theirs), stdin=probe_in, stdout=probe_log, stderr=probe_log, close=(ours.fileno(),)
    )
    results, results_write = os.pipe()
    oracle_pid = children.start(
        lambda: be(oracle.main, ours),
        stdin=oracle_in,
        stdout=results_write,
        stderr=oracle_log,
        close=(theirs.fileno(), results, results_write),
    )
    for descriptor in (probe_log, oracle_log, probe_in, oracle_in, results_write):
        os.close(descriptor)
    ours.close()
    theirs.close()
    try:
        with os.fdopen(results, "rb") as out:
            data = out.read()
        _wait(probe_pid)
    finally:
        children.end(oracle_pid)
        children.end(probe_pid)
    return _frames(data)


def _filled(path: Path, message: Any) -> int:
    """A descriptor from which one frame can be read."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT)
    framing.write_frame(fd, message)
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


def _wait(pid: int) -> None:
    """Until the probe has ended by itself, without taking its status: it does so when the oracle has hung up."""
    until = time.monotonic() + _PROBE_ENDS_WITHIN_S
    while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None and time.monotonic() < until:
        time.sleep(0.002)


def _frames(data: bytes) -> list[dict[str, Any]]:
    found = []
    while data:
        (size,) = struct.unpack_from("<I", data)
        found.append(json.loads(data[4 : 4 + size]))
        data = data[4 + size :]
    return found
