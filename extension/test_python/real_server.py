"""nbpulse's own server on an embedded Postgres, as processes that a test may kill: for the fault tests.

Both keep their address over a restart. What the class page would show is asked over the API, as its teacher.
"""

from __future__ import annotations

import http.cookiejar
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from await_condition import eventually

CHECKOUT = Path(__file__).parents[2]
MAIN = CHECKOUT / "server/dist/src/main.js"
CLI = CHECKOUT / "server/cli/nbpulse.mjs"
DATABASE = Path(__file__).with_name("real_database.mjs")


def missing() -> str | None:
    """Why there can be no real server here; None when there can."""
    if shutil.which("node") is None:
        return "node is not there, so the kernel was not tried against the real server"
    if not MAIN.exists():
        return "the server is not built, so the kernel was not tried against it"
    return None


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def first_line(process: subprocess.Popen[str], what: str) -> str:
    """What it prints first; the rest is read and thrown away, so that it never blocks."""
    assert process.stdout is not None
    lines: list[str] = []

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)

    threading.Thread(target=read, daemon=True).start()
    eventually(lambda: lines or process.poll() is not None, what, 60)
    assert lines, f"{what}: it ended with {process.returncode}"
    return lines[0].strip()


class RealServer:
    """States of each of the two, database and server: *running* or *killed*."""

    def __init__(self, data: Path | None = None, cluster: Path | None = None) -> None:
        """`data`: where pictures go; `cluster`: the database's folder. Both may lie on small disks."""
        # Postgres runs as another user when we are root, and a socket's path must be short.
        self.folder = Path(tempfile.mkdtemp(prefix="nbp-faults-", dir="/tmp"))
        self.folder.chmod(0o711)
        self.data = data or self.folder / "data"
        self.cluster = cluster or self.folder / "pg"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._sockets = Path(tempfile.mkdtemp(prefix="nbp,", dir="/tmp"))
        if os.getuid() == 0:
            shutil.chown(self._sockets, "nobody")
        self._database: subprocess.Popen[str] | None = None
        self._server: subprocess.Popen[str] | None = None
        self._database_url = ""
        self._cookies = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )
        self.course = ""
        self.lab: dict[str, Any] = {}

    # -- the processes ---------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Both processes, a teacher who is signed in, and an open lab."""
        self.start_database()
        made = subprocess.run(
            ["node", str(CLI), "setup", "--json"],
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert made.returncode == 0, made.stderr
        self.start_server()
        token = json.loads(made.stdout)["teacherLink"].rsplit("#", 1)[1]
        teacher = {"name": "Dorothy Vaughan", "email": "dorothy@example.org", "password": "correct horse battery"}
        self.call("POST", f"/links/{token}", {**teacher, "handle": "dorothy"})
        [course] = self.call("GET", "/session")["courses"]
        self.course = course["id"]
        self.lab = self.open_lab("Faults")

    def start_database(self) -> None:
        self._database = subprocess.Popen(
            ["node", str(DATABASE), str(self.cluster), str(self._sockets)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._database_url = first_line(self._database, "Postgres")

    def kill_database(self) -> None:
        """SIGKILL to the postmaster itself."""
        pid = int((self.cluster / "cluster/postmaster.pid").read_text().split("\n")[0])
        os.kill(pid, signal.SIGKILL)
        assert self._database is not None
        self._database.wait(30)

    def database_lives(self) -> bool:
        return self._database is not None and self._database.poll() is None

    def start_server(self) -> None:
        self._server = subprocess.Popen(
            ["node", str(MAIN)],
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert "listening" in first_line(self._server, "the server")

    def kill_server(self) -> None:
        assert self._server is not None
        self._server.kill()
        self._server.wait(30)

    def stop(self) -> None:
        for process in (self._server, self._database):
            if process is None:
                continue
            if process is self._server:
                process.terminate()
            elif process.stdin is not None:
                process.stdin.close()
            try:
                process.wait(40)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)
        for folder in (self.folder, self._sockets):
            shutil.rmtree(folder, ignore_errors=True)

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DATABASE_URL": self._database_url,
            "NBPULSE_DATA": str(self.data),
            "NBPULSE_SECRETS": str(self.folder / "secrets"),
            "NBPULSE_PORT": str(self.port),
            "NBPULSE_PUBLIC_URL": self.url,
        }

    # -- what people do there --------------------------------------------------------------------------------------

    def call(self, method: str, path: str, json_body: Any = None, token: str | None = None) -> Any:
        """One request of the API: the teacher's, or with a token a student's. An error says what the server said."""
        headers = {"Origin": self.url, "Content-Type": "application/json"}
        if token is not None:
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        data = None if json_body is None else json.dumps(json_body).encode()
        request = urllib.request.Request(f"{self.url}/api/v1{path}", data=data, method=method, headers=headers)
        try:
            with self._cookies.open(request, timeout=20) as reply:
                raw = reply.read()
        except urllib.error.HTTPError as error:
            with error:
                raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()[:500]}") from error
        return json.loads(raw) if raw else None

    def open_lab(self, name: str) -> dict[str, Any]:
        lab: dict[str, Any] = self.call("POST", f"/courses/{self.course}/labs", {"name": name})
        self.call("PATCH", f"/labs/{lab['id']}", {"status": "open"})
        return lab

    def join(self, name: str, lab: dict[str, Any] | None = None) -> dict[str, str]:
        """A participant on a device of theirs, as an enrolment of the wire."""
        there = lab or self.lab
        body = {"code": there["joinCode"], "name": name, "device": {"kind": "kernel", "label": "fault tests"}}
        joined = self.call("POST", "/join", body)
        return {
            "server": self.url,
            "lab": there["id"],
            "participant": joined["participant"],
            "token": joined["token"],
            "name": name,
        }

    def items(self, enrolment: dict[str, str]) -> list[dict[str, Any]]:
        """A participant's timeline, oldest first: what the teacher sees."""
        path = f"/labs/{enrolment['lab']}/participants/{enrolment['participant']}/timeline"
        items: list[dict[str, Any]] = self.call("GET", path)["items"]
        return items

    def summaries(self, enrolment: dict[str, str]) -> list[str]:
        """One line of each record's value, in the order of the timeline."""
        return [item["record"]["summary"] for item in self.items(enrolment) if item["kind"] == "record"]
