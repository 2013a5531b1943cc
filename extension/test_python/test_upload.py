"""Pipe B: HTTP to a real server that refuses, redirects, cuts and slows down."""

from __future__ import annotations

import http.server
import json
import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Callable

import pytest
from await_condition import eventually
from lab_server import LabServer, random_faults

from nbpulse import limits
from nbpulse.custodian import Custodian
from nbpulse.journal_file import host_folder, read_lines

Make = Callable[[], Custodian]


def enrol(keeper: Custodian, enrolment: dict[str, str]) -> None:
    keeper.hear({"v": 1, "type": "enrol", "enrolment": enrolment})


def test_a_record_is_saved_and_says_so(keepers: Make, server: LabServer) -> None:
    keeper = keepers()
    enrol(keeper, server.enrolment())
    sent = keeper.take({"a": [1, 2]}, "2b", "B")
    eventually(lambda: repr(sent) == "saved", "saved")
    [event] = server.events(keeper.own.id)
    assert (event["question"], event["part"], event["seq"], event["kind"]) == ("2b", "B", 1, "record")


def test_records_of_before_the_enrolment_go_with_it(keepers: Make, server: LabServer) -> None:
    keeper = keepers()
    keeper.take(1, 1, None)
    enrol(keeper, server.enrolment())
    eventually(lambda: server.seqs(keeper.own.id) == [1], "the early record")


def test_batches_stay_within_their_limits(keepers: Make, server: LabServer) -> None:
    server.stop()
    keeper = keepers()
    enrol(keeper, server.enrolment())
    for number in range(1_200):
        keeper.take(number, number % 7, None)
    for number in range(12):
        keeper.take("é" * 190_000, f"long {number}", None)
    server.start()
    eventually(lambda: keeper.unsaved() == 0, "all saved")
    assert server.seqs(keeper.own.id) == list(range(1, 1_213))
    assert max(request["events"] for request in server.requests) == limits.BATCH_EVENTS
    assert max(request["bytes"] for request in server.requests) <= limits.BATCH_BYTES
    assert server.conflicts == []


def test_a_flaky_network_loses_nothing_and_doubles_nothing(keepers: Make, server: LabServer) -> None:
    server.fault = random_faults(random.Random(7), 0.4)
    keeper = keepers()
    enrol(keeper, server.enrolment())
    for number in range(40):
        keeper.take(number, 1, None)
        if number % 10 == 9:
            reached = number + 1
            eventually(lambda: len(server.seqs(keeper.own.id)) == reached, "this far", 60)  # noqa: B023
    eventually(lambda: keeper.unsaved() == 0, "all acknowledged", 60)
    assert [event["value"]["v"] for event in server.events(keeper.own.id)] == list(range(40))
    assert server.conflicts == []


def test_a_server_that_comes_back_gets_everything(keepers: Make, server: LabServer) -> None:
    server.stop()
    keeper = keepers()
    enrol(keeper, server.enrolment())
    sent = [keeper.take(number, 1, None) for number in range(5)]
    assert {repr(one) for one in sent} == {"queued"}
    server.start()
    eventually(lambda: {repr(one) for one in sent} == {"saved"}, "all saved")


@pytest.mark.parametrize("where", ["header", "body"])
def test_429_waits_as_long_as_the_server_says(keepers: Make, server: LabServer, where: str) -> None:
    answers: list[float] = []
    headers = {"Retry-After": "0.6"} if where == "header" else {}
    body = {"error": "too-fast", "message": "wait", **({"retryAfterMs": 600} if where == "body" else {})}

    def once() -> Any:
        answers.append(time.monotonic())
        return (429, headers, body) if len(answers) == 1 else None

    server.fault = once
    keeper = keepers()
    enrol(keeper, server.enrolment())
    keeper.take(1, 1, None)
    eventually(lambda: keeper.unsaved() == 0, "saved at last")
    assert 0.6 <= answers[1] - answers[0] < 3


@pytest.mark.parametrize(
    ("status", "words"), [(401, "Join the lab again"), (403, "Join the lab again"), (410, "deleted")]
)
def test_a_final_status_stops_the_pipe_keeps_the_records_and_says_why(
    keepers: Make, server: LabServer, status: int, words: str
) -> None:
    asked: list[int] = []

    def fault() -> Any:
        asked.append(1)
        return (status, {}, {"error": "bad-token", "message": "no"})

    server.fault = fault
    keeper, enrolment = keepers(), server.enrolment()
    enrol(keeper, enrolment)
    sent = keeper.take(1, 1, None)
    eventually(lambda: keeper.last_problem is not None and words in keeper.last_problem, "the problem")
    keeper.take(2, 1, None)
    assert (len(asked), repr(sent), keeper.unsaved()) == (1, "queued", 2)
    server.fault = lambda: None
    renewed = {**enrolment, "token": "nbp_another_token_of_ada"}
    server.tokens[renewed["token"]] = enrolment["participant"]
    enrol(keeper, renewed)
    eventually(lambda: keeper.unsaved() == 0, "a new enrolment to start it again")


def test_a_refused_record_is_kept_aside_and_the_rest_is_saved(keepers: Make, server: LabServer) -> None:
    server.refuse = lambda event: ("invalid", "This does not fit.") if event["seq"] == 2 else None
    keeper = keepers()
    enrol(keeper, server.enrolment())
    sent = [keeper.take(f"value {number}", 1, None) for number in (1, 2, 3)]
    eventually(lambda: keeper.unsaved() == 0, "all answered")
    assert [repr(one) for one in sent] == ["saved", "refused: This does not fit.", "saved"]
    kept = host_folder() / server.lab / f"{keeper.own.id}.refused"
    eventually(kept.exists, "the file of refused records")
    [payload] = eventually(lambda: list(read_lines(kept.read_bytes())), "its content")
    assert json.loads(payload[2:])["event"]["value"]["v"] == "value 2"
    assert keeper.last_problem == "This does not fit."


def test_a_deleted_lab_told_per_record_keeps_it(keepers: Make, server: LabServer) -> None:
    server.refuse = lambda event: ("lab-deleted", "This lab was deleted.")
    keeper = keepers()
    enrol(keeper, server.enrolment())
    keeper.take(1, 1, None)
    eventually(lambda: keeper.last_problem == "This lab was deleted.", "the problem")
    assert keeper.unsaved() == 1
    assert len(server.requests) == 1


def test_what_a_closed_lab_does_not_take_stays_and_goes_out_when_it_opens_again(
    keepers: Make, server: LabServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nbpulse.upload.HELD_SECONDS", 0.3)
    server.refuse = lambda event: None if event["seq"] == 1 else ("lab-closed", "The lab closed at 10:00.")
    keeper = keepers()
    enrol(keeper, server.enrolment())
    sent = [keeper.take(number, 1, None) for number in (1, 2, 3)]
    eventually(lambda: keeper.last_problem == "The lab closed at 10:00.", "the problem")
    eventually(lambda: repr(sent[2]) == "refused: The lab closed at 10:00.", "the answer")
    assert repr(sent[0]) == "saved"
    file = host_folder() / server.lab / keeper.own.id
    eventually(lambda: file.exists() and b'"seq":3' in file.read_bytes(), "what was not taken to be on disk")
    server.refuse = lambda event: None
    eventually(lambda: [repr(one) for one in sent] == ["saved"] * 3, "all saved")
    assert keeper.unsaved() == 0


def test_one_bad_event_is_found_in_a_batch_that_the_server_calls_bad(keepers: Make, server: LabServer) -> None:
    original = server.commit

    def strict(participant: str, batch: Any) -> Any:
        if any(event["question"] == "bad" for event in batch["events"]):
            raise ValueError
        return original(participant, batch)

    real_answer = server.answer

    def answer(handler: http.server.BaseHTTPRequestHandler, raw: bytes) -> None:
        try:
            real_answer(handler, raw)
        except ValueError:
            server._reply(handler, 400, {}, {"error": "invalid", "message": "not a batch"})

    server.commit, server.answer = strict, answer  # type: ignore[method-assign]
    server.stop()
    keeper = keepers()
    enrol(keeper, server.enrolment())
    for number in range(20):
        keeper.take(number, "bad" if number == 13 else "good", None)
    server.start()
    eventually(lambda: keeper.unsaved() == 0, "all answered", 40)
    assert server.seqs(keeper.own.id) == [seq for seq in range(1, 21) if seq != 14]


@pytest.mark.parametrize(
    "answer",
    [
        b"not JSON",
        b"[]",
        b"null",
        b"[" * 100_000,
        b'{"saved": "all"}',
        b'{"saved": [99, -1, 1e9, true], "refused": null}',
        b'{"stream": "another", "saved": [1]}',
        b"x" * 9_000_000,
        b"",
    ],
    ids=lambda answer: answer[:24].decode(),
)
def test_a_server_that_answers_nonsense_is_not_believed(keepers: Make, server: LabServer, answer: bytes) -> None:
    asked: list[int] = []
    real_answer = server.answer

    def nonsense(handler: http.server.BaseHTTPRequestHandler, raw: bytes) -> None:
        asked.append(1)
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(answer)))
        handler.end_headers()
        handler.wfile.write(answer)

    server.answer = nonsense  # type: ignore[method-assign]
    keeper = keepers()
    enrol(keeper, server.enrolment())
    sent = keeper.take(1, 1, None)
    eventually(lambda: len(asked) >= 2, "a second try")
    assert repr(sent) == "queued"
    server.answer = real_answer  # type: ignore[method-assign]
    eventually(lambda: repr(sent) == "saved", "saved once the server is sane")


def test_marimo_gets_http_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its comms are silent; the same module outside a marimo notebook changes nothing."""
    import types

    from nbpulse.page import kernel_comms

    comm = types.SimpleNamespace(create_comm=print, _create_comm=None)
    monkeypatch.setitem(sys.modules, "comm", comm)
    monkeypatch.delitem(sys.modules, "ipykernel.kernelbase", raising=False)
    assert kernel_comms() is comm
    for running in (True, False):
        marimo = types.SimpleNamespace(running_in_notebook=lambda running=running: running)
        monkeypatch.setitem(sys.modules, "marimo", marimo)
        assert (kernel_comms() is None) == running


class Elsewhere:
    """Another origin, which must never see a token."""

    def __init__(self) -> None:
        self.seen: list[dict[str, str]] = []
        elsewhere = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                elsewhere.seen.append(dict(self.headers))
                self.send_response(200)
                self.end_headers()

            do_GET = do_CONNECT = do_POST

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(keepers: Make, server: LabServer, status: int) -> None:
    elsewhere = Elsewhere()
    try:
        server.fault = lambda: (status, {"Location": f"{elsewhere.url}/api/v1"}, {})
        keeper = keepers()
        enrol(keeper, server.enrolment())
        keeper.take(1, 1, None)
        eventually(lambda: keeper.last_problem is not None and "redirects" in keeper.last_problem, "the problem")
        assert elsewhere.seen == []
        assert keeper.unsaved() == 1
    finally:
        elsewhere.stop()


def test_proxies_are_not_asked_for_loopback(keepers: Make, server: LabServer, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = Elsewhere()
    try:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, elsewhere.url)
        keeper = keepers()
        enrol(keeper, server.enrolment())
        keeper.take(1, 1, None)
        eventually(lambda: keeper.unsaved() == 0, "saved directly")
        assert elsewhere.seen == []
    finally:
        elsewhere.stop()


@pytest.mark.parametrize(
    "change",
    [
        {"server": "file:///etc/passwd"},
        {"server": "ftp://127.0.0.1"},
        {"server": "http://user:secret@127.0.0.1"},
        {"lab": "../../etc"},
        {"participant": "x"},
        {"token": "short"},
        {"token": "with\r\nHeader: injection......"},
        {"name": 3},
    ],
    ids=lambda change: next(iter(change.items()))[0] + " " + str(next(iter(change.values())))[:12],
)
def test_an_enrolment_that_is_none_is_refused(keepers: Make, server: LabServer, change: dict[str, Any]) -> None:
    keeper = keepers()
    enrol(keeper, {**server.enrolment(), **change})
    assert keeper.current is None
    assert keeper.last_problem is not None


def test_a_token_shows_in_no_repr(keepers: Make, server: LabServer) -> None:
    keeper, enrolment = keepers(), server.enrolment()
    enrol(keeper, enrolment)
    assert enrolment["token"] not in repr(keeper.current)


def test_sending_switched_off_takes_nothing(keepers: Make) -> None:
    keeper = keepers()
    keeper.hear({"v": 1, "type": "sending", "on": False})
    assert "switched off" in repr(keeper.take(1, 1, None))
    assert keeper.unsaved() == 0
    keeper.hear({"v": 1, "type": "sending", "on": True})
    assert repr(keeper.take(1, 1, None)) == "queued"


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"type": "saved"},
        {"type": "saved", "stream": 3, "seqs": "all"},
        {"type": "saved", "stream": "unknown", "seqs": [1]},
        {"type": "have", "stream": [], "seqs": {}},
        {"type": "enrol"},
        {"type": "from a later version"},
        {
            "type": "saved",
            "stream": "own",
            "seqs": [True, 1.5, None, -1, 10**30],
            "refused": [3, {"seq": "x"}, {"seq": 9}],
        },
    ],
    ids=str,
)
def test_nonsense_from_a_page_changes_nothing(keepers: Make, message: dict[str, Any]) -> None:
    keeper = keepers()
    keeper.take(1, 1, None)
    if message.get("stream") == "own":
        message = {**message, "stream": keeper.own.id}
    keeper.hear(message)
    assert list(keeper.own.entries) == [1]


def test_a_script_that_ends_sends_its_last_records(server: LabServer, tmp_path: Path) -> None:
    enrolment = server.enrolment()
    names = {f"NBPULSE_{key.upper()}": text for key, text in enrolment.items()}
    environment = {**os.environ, **names, "PYTHONPATH": str(Path(__file__).parents[1])}
    code = "import nbpulse\nfor n in range(50): nbpulse.send(n, 1)\n"
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60)
    assert (run.stdout, run.stderr, run.returncode) == ("", "", 0)
    [stream] = server.records
    assert server.seqs(stream) == list(range(1, 51))
