"""The page's end of the two comms, spoken in real messages to a real kernel: the JupyterLab plugin in Python.

It relays events to a `LabServer`'s commit, as the page does over its socket, and says `saved` when that has answered.
"""

from __future__ import annotations

import base64
import queue
import threading
import uuid
from typing import Any, Callable

from await_condition import eventually
from ipykernel._version import version_info as ipykernel_version
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager


class Page:
    """States: attached until `detach`; a reload is a `detach` and a new page."""

    def __init__(
        self,
        manager: KernelManager,
        commit: Callable[[str, dict[str, Any]], dict[str, Any]] | None = None,
        enrolment: dict[str, str] | None = None,
        subshell: bool = True,
        speak: bool = True,
    ) -> None:
        self.enrolment = enrolment
        self.hellos: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.parents: list[str] = []
        self._heard: set[tuple[str, int]] = set()
        self.problems: list[str] = []
        self.offers: list[dict[str, Any]] = []
        self.told_saved: list[int] = []
        self.asked: list[str] = []
        self.data_comms: list[str] = []
        self.comm_id = uuid.uuid4().hex
        self._commit = commit
        # A session of its own: two clients of one session would share one address in the kernel's router.
        self._client = BlockingKernelClient(connection_file=manager.connection_file)
        self._client.load_connection_file()
        self._client.start_channels()
        self._stop = threading.Event()
        self._say_lock = threading.Lock()
        self._subshell = self._create_subshell() if subshell and ipykernel_version >= (7,) else None
        self._thread = threading.Thread(target=self._listen, name="page", daemon=True)
        self._thread.start()
        if speak:
            self.attach()

    def attach(self) -> None:
        self.say_raw("comm_open", {"comm_id": self.comm_id, "target_name": "nbpulse.ack", "data": {}})
        if self.enrolment is not None:
            self.say({"v": 1, "type": "enrol", "enrolment": self.enrolment})
        self.say({"v": 1, "type": "have"})

    def detach(self) -> None:
        """Gone without a word, as a page that is reloaded."""
        self._stop.set()
        self._thread.join(5)
        self._client.stop_channels()

    def say(self, message: dict[str, Any]) -> None:
        self.say_raw("comm_msg", {"comm_id": self.comm_id, "data": message})

    def say_raw(self, kind: str, content: dict[str, Any]) -> None:
        message = self._client.session.msg(kind, content)
        if self._subshell is not None:
            message["header"]["subshell_id"] = self._subshell
        with self._say_lock:
            self._client.shell_channel.send(message)

    def saw(self, what: Callable[[Page], Any], name: str, seconds: float = 20.0) -> Any:
        return eventually(lambda: what(self), name, seconds)

    def seqs(self, stream: str | None = None) -> list[int]:
        return [event["seq"] for event in self.events if stream is None or event["stream"] == stream]

    def _create_subshell(self) -> str | None:
        message = self._client.session.msg("create_subshell_request", {})
        self._client.control_channel.send(message)
        reply = self._client.control_channel.get_msg(timeout=20)
        subshell = reply["content"].get("subshell_id")
        return subshell if isinstance(subshell, str) else None

    def _listen(self) -> None:
        while not self._stop.is_set():
            try:
                message = self._client.get_iopub_msg(timeout=0.05)
            except queue.Empty:
                continue
            if message["msg_type"] in ("comm_open", "comm_msg"):
                self._hear(message)

    def _hear(self, message: dict[str, Any]) -> None:
        content = message["content"]
        if message["msg_type"] == "comm_open":
            if content["target_name"] != "nbpulse.data":
                return
            self.data_comms.append(content["comm_id"])
        data = content["data"]
        kind = data.get("type")
        if kind == "hello":
            self.hellos.append(data)
        elif kind == "problem":
            self.problems.append(data["message"])
        elif kind == "unclaimed":
            self.offers.append(data)
        elif kind == "saved":
            self.told_saved += data["seqs"]
        elif kind == "ask":
            self.asked.append(data["what"])
        elif kind == "events":
            events = data["events"]
            for position, buffer in zip(data.get("binary", []), message["buffers"]):
                events[position]["value"]["b64"] = base64.b64encode(bytes(buffer)).decode("ascii")
            for event in events:
                if (data["stream"], event["seq"]) not in self._heard:  # what comes twice counts once
                    self._heard.add((data["stream"], event["seq"]))
                    self.events.append({**event, "stream": data["stream"]})
                    self.parents.append(message["parent_header"].get("msg_id", ""))
            if self._commit is not None and self.enrolment is not None:
                self._relay(data["stream"], data["sentAt"], events)

    def _relay(self, stream: str, sent_at: str, events: list[dict[str, Any]]) -> None:
        assert self._commit is not None and self.enrolment is not None
        try:
            reply = self._commit(
                self.enrolment["participant"], {"v": 1, "stream": stream, "sentAt": sent_at, "events": events}
            )
        except ConnectionError:
            return  # the server is down: the page says nothing, the kernel keeps the records
        self.say({"v": 1, "type": "saved", "stream": stream, "seqs": reply["saved"], "refused": reply["refused"]})


class Kernel:
    """A real kernel, and the client that runs cells in it."""

    def __init__(self) -> None:
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel()
        self._connect()

    def _connect(self) -> None:
        self.client: BlockingKernelClient = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def start_cell(self, code: str, cell_id: str | None = None, silent: bool = False) -> str:
        message = self.client.session.msg(
            "execute_request",
            {
                "code": code,
                "silent": silent,
                "store_history": not silent,
                "user_expressions": {},
                "allow_stdin": False,
                "stop_on_error": True,
            },
            metadata={} if cell_id is None else {"cellId": cell_id},
        )
        self.client.shell_channel.send(message)
        return str(message["header"]["msg_id"])

    def finish_cell(self, msg_id: str, seconds: float = 30) -> list[dict[str, Any]]:
        """The cell's outputs; fails when it raised."""
        outputs: list[dict[str, Any]] = []
        while True:
            message = self.client.get_iopub_msg(timeout=seconds)
            if message["parent_header"].get("msg_id") != msg_id:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] == "idle":
                return outputs
            if kind == "error":
                raise AssertionError("\n".join(content["traceback"]))
            if kind in ("stream", "display_data", "execute_result"):
                outputs.append({"kind": kind, **content})

    def run(self, code: str, cell_id: str | None = None, silent: bool = False) -> list[dict[str, Any]]:
        return self.finish_cell(self.start_cell(code, cell_id, silent))

    def printed(self, code: str) -> str:
        return "".join(output["text"] for output in self.run(code) if output["kind"] == "stream")

    def restart(self) -> None:
        """As the button does, without a chance to say goodbye."""
        self.client.stop_channels()
        self.manager.restart_kernel(now=True)
        self._connect()

    def stop(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        self.manager.cleanup_resources()
