"""Servers that are slow, silent or hostile: nothing hangs, nothing is believed that was not asked, nothing is lost."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from await_condition import eventually
from conftest import say_skipped
from golden import FIXTURES
from lab_server import LabServer

from nbpulse import exchange as exchanges
from nbpulse.custodian import Custodian
from nbpulse.exchange import Reply, exchange

Make = Callable[[], Custodian]


def enrol(keeper: Custodian, enrolment: dict[str, str]) -> None:
    keeper.hear({"v": 1, "type": "enrol", "enrolment": enrolment})


class BareServer:
    """Reads a request's head and lets `behave` do what it wants with the connection, until the test ends."""

    def __init__(self, behave: Callable[[socket.socket, threading.Event], None]) -> None:
        self.over = threading.Event()
        self.asked = 0
        self._behave = behave
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._threads = [threading.Thread(target=self._serve, daemon=True)]
        self._threads[0].start()

    def _serve(self) -> None:
        while not self.over.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._handle, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _handle(self, connection: socket.socket) -> None:
        with connection:
            try:
                connection.recv(65536)
                self.asked += 1
                self._behave(connection, self.over)
            except OSError:
                pass  # the client gave up, as it should

    def stop(self) -> None:
        self.over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def drip(start: bytes) -> Callable[[socket.socket, threading.Event], None]:
    """A byte every 50 ms, for ever: each read of the client succeeds."""

    def behave(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(start)
        while not over.wait(0.05):
            connection.sendall(b" ")

    return behave


def flood(connection: socket.socket, over: threading.Event) -> None:
    """A body without end, as fast as it goes."""
    connection.sendall(HEAD + b"\r\n")
    while not over.is_set():
        connection.sendall(b"[" * 65536)


def silence(connection: socket.socket, over: threading.Event) -> None:
    over.wait(60)


WAYS = {
    "drips its body": drip(HEAD + b"Content-Length: 100000\r\n\r\n"),
    "drips its head": drip(b"HTTP/1.1 200 OK\r\nX-Head: "),
    "drips a refusal": drip(b"HTTP/1.1 503 Busy\r\nContent-Length: 100000\r\n\r\n{"),
    "floods": flood,
    "is silent": silence,
}


@pytest.fixture
def bare() -> Iterator[Callable[..., BareServer]]:
    made: list[BareServer] = []

    def make(behave: Callable[[socket.socket, threading.Event], None]) -> BareServer:
        made.append(BareServer(behave))
        return made[-1]

    yield make
    for one in made:
        one.stop()


def ask(url: str, seconds: float = 0.5, body: bytes | None = b"{}") -> Reply:
    return exchange(url, "nbp_a_token_of_twenty_chars", "0", body, seconds, 10_000)


@pytest.mark.parametrize("way", WAYS)
def test_an_exchange_ends_in_time_whatever_the_server_does(bare: Callable[..., BareServer], way: str) -> None:
    server = bare(WAYS[way])
    begun = time.monotonic()
    reply = ask(server.url)
    assert time.monotonic() - begun < 5  # half a second asked; one that trusted each byte would take hours
    assert (reply.body, reply.is_ours) == (None, False)


def test_a_reader_that_never_reads_does_not_hold_the_upload(bare: Callable[..., BareServer]) -> None:
    server = bare(silence)
    begun = time.monotonic()
    assert ask(server.url, 0.5, b"x" * 50_000_000).status == 0
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    ("header", "body", "expected"),
    [
        ("nan", {}, None),
        ("inf", {}, None),
        ("-5", {}, 0.0),
        ("1e300", {}, 1e300),
        ("soon", {}, None),
        ("Fri, 99 Foo 2026 99:99:99 GMT", {}, None),
        (None, {"retryAfterMs": True}, None),
        (None, {"retryAfterMs": "1"}, None),
        (None, {"retryAfterMs": -1000}, 0.0),
        (None, {"retryAfterMs": 1500}, 1.5),
    ],
)
def test_only_a_sensible_retry_after_counts(
    server: LabServer, header: str | None, body: dict[str, Any], expected: float | None
) -> None:
    server.fault = lambda: (503, {"Retry-After": header} if header else {}, {"error": "unavailable", **body})
    reply = ask(server.url)
    assert (reply.status, reply.retry_after_seconds) == (503, expected)


@pytest.mark.parametrize("header", ["nan", "-1", "1e300", "99999999999"])
def test_a_mad_retry_after_neither_spins_nor_stops_the_upload_for_good(
    keepers: Make, server: LabServer, header: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nbpulse.upload._LONGEST_RETRY_AFTER_SECONDS", 1.0)
    answers: list[float] = []

    def twice() -> Any:
        answers.append(time.monotonic())
        return (503, {"Retry-After": header}, {"error": "unavailable"}) if len(answers) <= 2 else None

    server.fault = twice
    keeper = keepers()
    enrol(keeper, server.enrolment())
    keeper.take(1, 1, None)
    eventually(lambda: keeper.unsaved() == 0, "saved at last")
    assert len(answers) == 3
    assert answers[1] - answers[0] >= 0.04


PORTAL = ["Please log in to the campus network"]
GATEWAY = {"error": "Forbidden", "message": "Please log in to the campus network"}


def test_our_own_refusals_are_known_by_their_codes() -> None:
    schema = json.loads((FIXTURES.parent / "json/problem.json").read_text())
    assert set(schema["properties"]["error"]["enum"]) == exchanges._PROBLEM_CODES


@pytest.mark.parametrize("page", [PORTAL, GATEWAY], ids=["page", "json"])
@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 413, 422, 500, 502])
def test_a_portal_on_the_way_stops_nothing_for_good(
    keepers: Make, server: LabServer, status: int, page: object
) -> None:
    """A status without a `problem` of nbpulse's own is not its word: no record is refused, no token given up."""
    asked: list[int] = []

    def portal() -> Any:
        asked.append(1)
        return (status, {}, page) if len(asked) <= 2 else None

    server.fault = portal
    keeper = keepers()
    enrol(keeper, server.enrolment())
    sent = keeper.take(1, 1, None)
    eventually(lambda: repr(sent) == "saved", "saved once the portal lets through")


@pytest.mark.parametrize(
    "lie",
    [
        {"saved": [2, 3, 10**30, -1, 0], "refused": []},
        {"saved": [], "refused": [{"seq": 99, "code": "invalid", "message": "no"}]},
        {"saved": [[1]], "refused": [{"seq": [1], "code": "invalid"}, {"seq": {}, "code": 5}, 7]},
        {"saved": {"1": 1}, "refused": 5},
        {"saved": "1", "refused": "1"},
        {"saved": [True], "refused": [{"seq": True, "code": "invalid"}]},
    ],
    ids=str,
)
def test_acknowledgements_of_what_was_not_asked_are_not_believed(
    keepers: Make, server: LabServer, lie: dict[str, Any]
) -> None:
    asked: list[int] = []

    def lies() -> Any:
        asked.append(1)
        return (200, {}, {"v": 1, **lie}) if len(asked) <= 2 else None

    server.fault = lies
    keeper = keepers()
    enrol(keeper, server.enrolment())
    sent = keeper.take("kept", 1, None)
    eventually(lambda: len(asked) >= 3, "a third try")
    eventually(lambda: repr(sent) == "saved", "saved by an honest answer")
    assert server.seqs(keeper.own.id) == [1]


def test_a_batch_that_does_not_get_through_is_followed_by_a_smaller_one(keepers: Make, server: LabServer) -> None:
    server.stop()
    keeper = keepers()
    enrol(keeper, server.enrolment())
    for number in range(60):
        keeper.take("x" * 20_000, number, None)
    sizes: list[int] = []
    real_answer = server.answer

    def narrow(handler: http.server.BaseHTTPRequestHandler, raw: bytes) -> None:
        sizes.append(len(raw))
        if len(raw) > 150_000:
            handler.connection.close()  # a line that is cut before more than this is through
        else:
            real_answer(handler, raw)

    server.answer = narrow  # type: ignore[method-assign]
    server.start()
    eventually(lambda: keeper.unsaved() == 0, "everything, in portions that get through", 60)
    assert max(sizes) > 150_000 > min(sizes)
    assert server.seqs(keeper.own.id) == list(range(1, 61))


@pytest.mark.parametrize("way", ["drips its body", "is silent", "floods"])
def test_a_script_ends_soon_whatever_the_server_does(bare: Callable[..., BareServer], way: str) -> None:
    hostile = bare(WAYS[way])
    enrolment = {**LabServer().enrolment(), "server": hostile.url}
    names = {f"NBPULSE_{key.upper()}": text for key, text in enrolment.items()}
    environment = {**os.environ, **names, "PYTHONPATH": str(Path(__file__).parents[1])}
    code = (
        "import nbpulse, json, sys, time\n"
        "for n in range(50): nbpulse.send(n, 1)\n"
        "begun = time.monotonic()\n"
        "import atexit\n"
        "atexit._run_exitfuncs()\n"
        "print(json.dumps(time.monotonic() - begun))\n"
    )
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60)
    assert (run.stderr, run.returncode) == ("", 0)
    assert json.loads(run.stdout) < 8  # two short chances and a goodbye; not the fifteen seconds of an exchange


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Certificate and key of 127.0.0.1, signed by itself."""
    if shutil.which("openssl") is None:
        say_skipped("TLS from the kernel: there is no openssl to make a certificate with", "apt-get install openssl")
    path, key = tmp_path / "server.pem", tmp_path / "key.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    command = ["openssl", "req", *kind, *subject, "-keyout", str(key), "-out", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    path.write_text(path.read_text() + key.read_text())
    return path


def in_process(enrolment: dict[str, str], certificate: Path | None, code: str) -> subprocess.CompletedProcess[str]:
    """A script, because trust is read once a process."""
    names = {f"NBPULSE_{key.upper()}": text for key, text in enrolment.items()}
    environment = {**os.environ, **names, "PYTHONPATH": str(Path(__file__).parents[1])}
    environment.pop("SSL_CERT_FILE", None)
    if certificate is not None:
        environment["SSL_CERT_FILE"] = str(certificate)
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60)


def test_records_go_out_over_tls_to_a_server_that_is_trusted_and_to_no_other(certificate: Path) -> None:
    server = LabServer()
    server.certificate = certificate
    server.start()
    try:
        code = "import nbpulse\nfor n in range(20): nbpulse.send('x' * 20_000, n)\n"
        assert in_process(server.enrolment(), None, code).stderr == ""
        assert (server.count(), server.requests) == (0, [])  # nothing was said to a stranger, not even a token
        assert in_process(server.enrolment(), certificate, code).stderr == ""
        assert server.count() == 20
    finally:
        server.stop()


def test_a_tls_server_that_drips_is_given_up_in_time(certificate: Path, bare: Callable[..., BareServer]) -> None:
    def behave(connection: socket.socket, over: threading.Event) -> None:
        raise OSError  # replaced below: the handshake comes before the first byte

    server = bare(behave)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def handle(connection: socket.socket) -> None:
        try:
            with context.wrap_socket(connection, server_side=True) as secure:
                secure.recv(65536)
                drip(HEAD + b"Content-Length: 100000\r\n\r\n")(secure, server.over)
        except OSError:
            pass

    server._handle = handle  # type: ignore[method-assign]
    address = server.url.replace("http", "https")
    code = (
        "import time\nfrom nbpulse.exchange import exchange\nbegun = time.monotonic()\n"
        f"reply = exchange({address!r}, 'nbp_a_token_of_twenty_chars', '0', b'x', 0.7, 10_000)\n"
        "print(reply.status, reply.reason, time.monotonic() - begun < 4)\n"
    )
    run = in_process(LabServer().enrolment(), certificate, code)
    assert run.stdout == "0 TimeoutError True\n", run.stdout + run.stderr
