"""The scribe writes down what a hostile notebook's process says, and our own half says what a kernel would."""

from __future__ import annotations

import base64
import json
import os
import socket
import struct
import subprocess
import sys
import time
from typing import Any

import pytest
from conftest import HARNESS, frame, frames, notebook

from nbpulse_harness.recording.scribe import Minutes, Nonsense


def record(*cells: str, wall_ms: int = 20_000) -> tuple[dict[str, Any], dict[str, Any]]:
    """Values by question, in order, and the report."""
    ours, theirs = socket.socketpair()

    def start(script: str, sock: socket.socket, job: Any) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-I", str(HARNESS / script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=[sock.fileno()],
            env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "NBPULSE_SEAM_FD": str(sock.fileno())},
        )
        assert process.stdin is not None
        process.stdin.write(frame(job))
        process.stdin.close()
        process.stdin = None
        sock.close()
        return process

    limits = {"wallMs": wall_ms, "outputBytes": 100_000}
    raw = base64.b64encode(notebook(*cells)).decode()
    job = {"v": 1, "module": "notebook", "filename": "a.ipynb", "notebookB64": raw, "limits": limits}
    scribe = start("scribe.py", ours, {"nonce": "n", "limits": limits, "mostQuestions": 3, "mostBytes": 1_000_000})
    notebooks = start("recording.py", theirs, job)
    out, err = scribe.communicate(timeout=wall_ms / 1000 + 20)
    notebooks.kill()
    notebooks.communicate()
    *sent, report = frames(out)
    assert report["type"] == "report", err.decode()
    assert all(one["nonce"] == "n" for one in [*sent, report])
    return {
        one["question"]: None if one["valueB64"] is None else json.loads(base64.b64decode(one["valueB64"]))
        for one in sent
    }, report


def test_the_last_of_each_question_in_order() -> None:
    sent, report = record("from nbpulse import send\nsend(1, 1); send(2, 'b')", "send(2.0, 1)")
    assert sent == {"b": {"t": "int", "v": 2}, "1": {"t": "float", "v": 2}}
    assert list(sent) == ["b", "1"]
    assert report["end"] == {"failed": []}


def test_a_template_goes_on_after_what_is_not_written() -> None:
    sent, report = record("from nbpulse import send\nsend(..., 1)", "raise NotImplementedError", "send(None, 2)")
    assert sent["1"]["t"] == "repr"
    assert sent["2"] == {"t": "none"}
    assert report["end"]["failed"][0]["cell"] == "cell 2"


def test_more_questions_than_fit() -> None:
    sent, report = record("from nbpulse import send\nfor n in range(5): send(n, n)")
    assert len(sent) == 3
    assert report["leftOut"] == 2


def test_children_and_threads_cut_no_frame() -> None:
    sent, report = record(
        "from nbpulse import send\nimport os, threading\n"
        "pid = os.fork()\nsend('child' if pid == 0 else 'parent', 1)\nif pid == 0: os._exit(0)\nos.waitpid(pid, 0)",
        "ts = [threading.Thread(target=send, args=('x' * 50_000, 2)) for _ in range(8)]\n[t.start() for t in ts]\n"
        "[t.join() for t in ts]",
    )
    assert sent["1"]["v"] == "parent"
    assert len(sent["2"]["v"]) == 50_000
    assert report["broken"] is None


def test_the_cell_that_ended_the_process() -> None:
    sent, report = record("from nbpulse import send\nsend(1, 1)", "import os; os._exit(3)")
    assert report["end"] is None
    assert report["cell"] == "cell 2"


def test_the_clock_is_the_scribes() -> None:
    _, report = record(
        "import signal, time\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\ntime.sleep(60)", wall_ms=1_500
    )
    assert report["late"] is True


@pytest.mark.parametrize(
    "message",
    [
        5,
        {},
        {"type": "report"},
        {"type": "sent", "question": 5, "value": None},
        {"type": "sent", "question": "x" * 65, "value": None},
        {"type": "sent", "question": "1", "value": {"t": "none"}},
        {"type": "sent", "question": "1", "value": None, "why": 5},
        {"type": "cell"},
        {"type": "end", "failed": {"cell": 1}},
        {"type": "end", "failed": [{"cell": 1}]},
    ],
)
def test_nonsense_is_told_apart(message: Any) -> None:
    with pytest.raises(Nonsense):
        Minutes(10, 1_000).note(message)


def test_bytes_are_given_back_when_a_question_is_sent_again() -> None:
    minutes = Minutes(10, 100)
    for _ in range(5):
        minutes.note({"type": "sent", "question": "1", "value": "x" * 80})
    minutes.note({"type": "sent", "question": "2", "value": "x" * 80})
    assert list(minutes.sent) == ["1"]
    assert minutes.left_out == {"2"}


def test_an_oversized_frame_is_not_awaited() -> None:
    ours, theirs = socket.socketpair()
    from nbpulse_harness.recording.scribe import Ear

    with ours, theirs:
        theirs.sendall(struct.pack("<I", 1 << 30))
        with pytest.raises(Nonsense):
            Ear(ours, time.monotonic() + 10).frame()
