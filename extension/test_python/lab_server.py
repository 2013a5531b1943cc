"""A small real HTTP server that takes batches as the wire says, for tests of the kernel's side alone.

It keeps what it committed when it is stopped and started again, as a database would, and can be told to misbehave:
to answer with a status, to be slow, to cut the connection before or after it committed. A number that comes again
with another body is a conflict, which no client of ours may ever cause.
"""

from __future__ import annotations

import http.server
import json
import random
import ssl
import threading
import uuid
from pathlib import Path
from typing import Any, Callable


class LabServer:
    def __init__(self) -> None:
        self.lab = str(uuid.uuid4())
        self.tokens: dict[str, str] = {}
        self.records: dict[str, dict[int, Any]] = {}
        self.owners: dict[str, str] = {}
        #: Participants who switched sending off.
        self.sending_off: set[str] = set()
        self.conflicts: list[Any] = []
        self.requests: list[dict[str, Any]] = []
        self.refuse: Callable[[dict[str, Any]], tuple[str, str] | None] = lambda event: None
        #: Called once per request: (status, headers, body) to answer instead, "cut" or "cut-after", or None.
        self.fault: Callable[[], Any] = lambda: None
        self.port = 0
        #: A file with certificate and key: then it speaks TLS.
        self.certificate: Path | None = None
        self._lock = threading.Lock()
        self._server: http.server.ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"{'http' if self.certificate is None else 'https'}://127.0.0.1:{self.port}"

    def enrolment(self, name: str = "Ada") -> dict[str, str]:
        """A participant with a token, as the page would hand it to the kernel."""
        participant, token = str(uuid.uuid4()), f"nbp_{uuid.uuid4().hex}"
        self.tokens[token] = participant
        return {"server": self.url, "lab": self.lab, "participant": participant, "token": token, "name": name}

    def seqs(self, stream: str) -> list[int]:
        with self._lock:
            return sorted(self.records.get(stream, {}))

    def events(self, stream: str) -> list[Any]:
        with self._lock:
            return [event for _, event in sorted(self.records.get(stream, {}).items())]

    def count(self) -> int:
        with self._lock:
            return sum(len(events) for events in self.records.values())

    def commit(self, participant: str, batch: dict[str, Any]) -> dict[str, Any]:
        """What ingest does: every event judged alone, (stream, seq) kept once."""
        stream = batch["stream"]
        saved: list[int] = []
        refused: list[dict[str, Any]] = []
        with self._lock:
            owner = self.owners.setdefault(stream, participant)
            for event in batch["events"]:
                seq = event["seq"]
                refusal = self.refuse(event) if owner == participant else ("not-yours", "another participant's stream")
                if owner in self.sending_off:
                    refusal = ("sending-off", "You switched sending off before this was made.")
                if refusal is not None:
                    refused.append({"seq": seq, "code": refusal[0], "message": refusal[1]})
                    continue
                known = self.records.setdefault(stream, {}).get(seq)
                if known is not None and known != event:
                    self.conflicts.append((stream, known, event))
                    refused.append({"seq": seq, "code": "conflict", "message": "another body"})
                    continue
                self.records[stream][seq] = event
                saved.append(seq)
        reply = {"v": 1, "stream": stream, "saved": saved, "refused": refused, "receivedAt": "2026-11-21T09:00:00.000Z"}
        return {**reply, "sending": False} if participant in self.sending_off else reply

    def start(self) -> None:
        lab_server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                lab_server.answer(self, body)

            def do_GET(self) -> None:
                lab_server.answer_me(self)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            allow_reuse_address = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                pass  # the client went away: that is what these tests do

        self._server = Server(("127.0.0.1", self.port), Handler)
        if self.certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """As if killed; what was committed stays."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join(5)
        self._server = self._thread = None

    @property
    def running(self) -> bool:
        return self._server is not None

    def answer(self, handler: http.server.BaseHTTPRequestHandler, raw: bytes) -> None:
        fault = self.fault()
        if fault == "cut":
            handler.connection.close()
            return
        if isinstance(fault, tuple):
            self._reply(handler, *fault)
            return
        token = (handler.headers.get("Authorization") or "").removeprefix("Bearer ")
        participant = self.tokens.get(token)
        batch = json.loads(raw)
        with self._lock:
            self.requests.append({"path": handler.path, "events": len(batch["events"]), "bytes": len(raw)})
        if participant is None:
            self._reply(handler, 401, {}, {"error": "bad-token", "message": "unknown token"})
        elif handler.path != f"/api/v1/labs/{self.lab}/events":
            self._reply(handler, 404, {}, {"error": "not-found", "message": "no such lab"})
        else:
            reply = self.commit(participant, batch)
            if fault == "cut-after":
                handler.connection.close()
                return
            self._reply(handler, 200, {}, reply)

    def answer_me(self, handler: http.server.BaseHTTPRequestHandler) -> None:
        """`GET /api/v1/me`, as far as a kernel reads it."""
        participant = self.tokens.get((handler.headers.get("Authorization") or "").removeprefix("Bearer "))
        if participant is None or handler.path != "/api/v1/me":
            self._reply(handler, 404, {}, {"error": "not-found", "message": "nothing here"})
        else:
            me = {"participant": participant, "sending": participant not in self.sending_off}
            self._reply(handler, 200, {}, me)

    def _reply(
        self, handler: http.server.BaseHTTPRequestHandler, status: int, headers: dict[str, str], body: Any
    ) -> None:
        raw = json.dumps(body).encode()
        handler.send_response(status)
        for name, text in {"Content-Type": "application/json", "Content-Length": str(len(raw)), **headers}.items():
            handler.send_header(name, text)
        handler.end_headers()
        handler.wfile.write(raw)


def random_faults(chance: random.Random, share: float) -> Callable[[], Any]:
    """A network as students have it."""
    faults: list[Any] = [
        "cut",
        "cut-after",
        (500, {}, {"error": "internal", "message": "oops"}),
        (503, {"Retry-After": "0.05"}, {"error": "unavailable", "message": "restarting"}),
        (429, {"Retry-After": "0.05"}, {"error": "too-fast", "message": "slower"}),
    ]
    return lambda: chance.choice(faults) if chance.random() < share else None
