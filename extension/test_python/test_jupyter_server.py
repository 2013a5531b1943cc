"""A stock Jupyter server between kernel and page: its rate limits are not reached, and nothing shows in the cell.

Above 1,000 messages or 1 MB a second such a server drops messages and writes a warning into the student's cell.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import websocket
from await_condition import eventually
from lab_server import LabServer
from real_server import free_port

TOKEN = "a-token-of-this-test"


class JupyterServer:
    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root", "--ip=127.0.0.1"),
                *(f"--port={self.port}", f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={folder}"),
                *("--ServerApp.port_retries=0", "--ServerApp.jpserver_extensions={}"),
            ],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), "JUPYTER_CONFIG_DIR": str(folder)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        eventually(self._is_up, "the Jupyter server", 60)

    def _is_up(self) -> bool:
        assert self._process.poll() is None, "the Jupyter server ended"
        try:
            self.call("GET", "/api/status")
            return True
        except OSError:
            return False

    def call(self, method: str, path: str) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            data=b"{}" if method == "POST" else None,
            method=method,
            headers={"Authorization": f"token {TOKEN}", "Content-Type": "application/json"},
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=30) as reply:
            raw = reply.read()
        return json.loads(raw) if raw else None

    def stop(self) -> None:
        try:
            for kernel in self.call("GET", "/api/kernels"):
                self.call("DELETE", f"/api/kernels/{kernel['id']}")
        except OSError:
            pass  # it is gone already
        self._process.terminate()
        self._process.wait(30)


class Tab:
    """A front end on the server's socket, as a browser's tab: runs cells, keeps what it is told."""

    def __init__(self, jupyter: JupyterServer) -> None:
        self.kernel = jupyter.call("POST", "/api/kernels")["id"]
        self._session = uuid.uuid4().hex
        self._socket = websocket.create_connection(
            f"ws://127.0.0.1:{jupyter.port}/api/kernels/{self.kernel}/channels?token={TOKEN}", timeout=120
        )
        self.comm_messages = 0

    def say(self, kind: str, content: dict[str, Any]) -> str:
        msg_id = uuid.uuid4().hex
        now = dt.datetime.now(dt.timezone.utc).isoformat()
        header = {"msg_id": msg_id, "msg_type": kind, "session": self._session, "username": "ada", "version": "5.3"}
        message = {"header": {**header, "date": now}, "parent_header": {}, "metadata": {}, "content": content}
        self._socket.send(json.dumps({**message, "channel": "shell", "buffers": []}))
        return msg_id

    def run(self, code: str) -> list[dict[str, Any]]:
        """The outputs of a cell: streams, results, errors."""
        msg_id = self.say(
            "execute_request",
            {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False},
        )
        outputs: list[dict[str, Any]] = []
        while True:
            raw = self._socket.recv()
            if not isinstance(raw, str):
                continue  # binary: pictures in buffers
            message = json.loads(raw)
            kind, parent = message["msg_type"], message["parent_header"].get("msg_id")
            if kind == "comm_msg":
                self.comm_messages += 1
            if kind in ("stream", "error", "display_data", "execute_result"):
                outputs.append({"kind": kind, **message["content"]})  # the server's warnings have no parent
            if kind == "status" and parent == msg_id and message["content"]["execution_state"] == "idle":
                return outputs

    def close(self) -> None:
        self._socket.close()


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterServer]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        made = JupyterServer(tmp_path_factory.mktemp("jupyter"))
        yield made
        made.stop()


def enrolling(server: LabServer) -> str:
    return (
        "from nbpulse import send\nfrom nbpulse.custodian import custodian\n"
        f"custodian().hear({{'v': 1, 'type': 'enrol', 'enrolment': {server.enrolment()!r}}})"
    )


@pytest.mark.parametrize(
    "loop",
    [
        "for n in range(100_000): send(n, n % 10)",
        "for n in range(200): send('x' * 200_000, n % 10)",
        "import numpy as np\nfor n in range(20): send(np.random.rand(300, 300), n)",
    ],
    ids=["100,000 numbers", "40 MB of text", "20 arrays"],
)
def test_a_loop_stays_below_its_rate_limits(jupyter: JupyterServer, server: LabServer, loop: str) -> None:
    tab = Tab(jupyter)
    try:
        assert tab.run("print('hello')")[-1]["text"] == "hello\n"
        assert tab.run(enrolling(server)) == []
        assert tab.run(loop) == []
        # The limits are over a window of three seconds: what comes after the cell counts too.
        assert tab.run("import time; time.sleep(3)") == []
        assert tab.comm_messages > 0
        assert tab.run("assert custodian().unsaved() <= 2 * 10_000") == []
    finally:
        tab.close()
