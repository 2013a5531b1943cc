"""Pipe A: comm messages to the notebook page, and the page's words back on a comm of their own.

States of the data comm: *absent* (no kernel with comms around us: a script, marimo), *closed* (not opened yet, or a
front end without our target closed it), *open*. It is opened at the first need and again when a page opens an
acknowledgement comm while none is open.

The first event goes at once, then at most ten messages a second. A stock Jupyter server drops what comes faster, and
above 1 MB/s it even writes a warning into the student's cell: so bytes are metered well below that (`_Meter`), and
what does not fit is left to pipe B. The kernel never publishes on the acknowledgement comm: ipykernel sends its
messages to a thread that is free while a cell runs only as long as that holds.
"""

from __future__ import annotations

import base64
import binascii
import contextvars
import json
import logging
import os
import sys
import time
from collections import deque
from typing import TYPE_CHECKING, Any, Callable

from . import limits
from .event import now_text
from .journal import Entry, Stream
from .thread import Worker

if TYPE_CHECKING:
    from .custodian import Custodian

DATA_TARGET = "nbpulse.data"
ACK_TARGET = "nbpulse.ack"
_GAP_SECONDS = 0.1
#: A data comm that was opened again for one page is not for the next one this soon: a page that answers each opening
#: with a new acknowledgement comm must not keep us going round.
_REOPEN_SECONDS = 2.0
#: Records that a page was handed but nobody saved are handed again; the wait doubles up to the longest.
_AGAIN_SECONDS = 10.0
_AGAIN_LONGEST_SECONDS = 300.0
_WORDS_KEPT = 20
_CELL_ID_CHARS = 64
_MESSAGE_CHARS = 1_000
#: `refusalCode` of the wire: a page reads no other.
_REFUSAL_CODES = {
    "invalid",
    "too-large",
    "lab-closed",
    "lab-deleted",
    "not-yours",
    "conflict",
    "sending-off",
    "activity-off",
}


class _Meter:
    """A bucket of bytes: `BURST` at once, `PER_SECOND` sustained. One message may overdraw it."""

    BURST = 1_200_000
    PER_SECOND = 200_000

    def __init__(self) -> None:
        self.level = float(self.BURST)
        self.at = time.monotonic()

    def wait_seconds(self) -> float:
        now = time.monotonic()
        self.level = min(float(self.BURST), self.level + (now - self.at) * self.PER_SECOND)
        self.at = now
        return 0.0 if self.level > 0 else -self.level / self.PER_SECOND

    def spend(self, count: int) -> None:
        self.level -= count


def kernel_comms() -> Any:
    """The module `comm` when a kernel stands behind it, else None."""
    comm = sys.modules.get("comm")
    if comm is None:
        return None
    marimo = sys.modules.get("marimo")
    if marimo is not None:
        try:
            if marimo.running_in_notebook():
                return None  # any comm but anywidget's goes nowhere there
        except Exception:
            pass
    base = sys.modules.get("ipykernel.kernelbase")
    if base is not None and not base.Kernel.initialized():
        return None
    if getattr(comm, "create_comm", None) is getattr(comm, "_create_comm", None):
        return None  # nobody replaced the placeholder
    return comm


def _not_too_early(record: logging.LogRecord) -> bool:
    """ipykernel's router warns on stderr when a page's message overtakes its `comm_open`; nothing is lost."""
    return not (record.threadName == "Shell channel" and str(record.msg).startswith("No such comm"))


class PagePipe(Worker):
    def __init__(self, custodian: Custodian, enabled: bool = True) -> None:
        super().__init__("nbpulse-page", self._pass)
        self._custodian = custodian
        self._enabled = enabled
        self._comm: Any = None
        self._reopened_at = 0.0
        self._was_closed = False
        self._reopen = False
        self._acks: dict[str, Any] = {}
        self._next_at = 0.0
        self._meter = _Meter()
        self._again_seconds = _AGAIN_SECONDS
        self._again_at = 0.0
        self._words: deque[dict[str, Any]] = deque(maxlen=_WORDS_KEPT)
        self._context: contextvars.Context | None = None
        self._target_registered = False

    @property
    def attached(self) -> bool:
        """A page has opened its acknowledgement comm."""
        return bool(self._acks)

    @property
    def open(self) -> bool:
        return self._comm is not None

    # -- called from the student's thread ---------------------------------------------------------------------

    def listen(self) -> None:
        """Registers the acknowledgement target, once; harmless without a kernel."""
        comm = kernel_comms() if self._enabled else None
        if comm is not None and not self._target_registered:
            comm.get_comm_manager().register_target(ACK_TARGET, self._on_ack_open)
            self._target_registered = True
            logging.getLogger("Comm").addFilter(_not_too_early)
            self.wake()

    def notice(self) -> None:
        """There is something new. Remembers the running cell: the page needs its message as the parent."""
        if not self._enabled:
            return
        if not self._target_registered:
            self.listen()
        if self._target_registered:
            self._context = contextvars.copy_context()
            self.wake()

    def cell_id(self) -> str | None:
        """The notebook cell that is running, when the front end said so (JupyterLab does)."""
        base = sys.modules.get("ipykernel.kernelbase")
        if base is None or not self._enabled:
            return None
        try:
            if not base.Kernel.initialized():
                return None
            cell = base.Kernel.instance().get_parent("shell").get("metadata", {}).get("cellId")
        except Exception:
            return None
        return cell if isinstance(cell, str) and 0 < len(cell) <= _CELL_ID_CHARS and cell.isascii() else None

    def say(self, message: dict[str, Any]) -> None:
        """A `problem` or an `ask`; kept for a while when no page is there."""
        self._words.append(message)
        self.notice()

    def tell_saved(self, stream_id: str, saved: list[int], refused: list[dict[str, Any]]) -> None:
        """What pipe B brought, for the marks of a page that waits for the same records."""
        if self.attached:
            said: dict[str, Any] = {"v": 1, "type": "saved", "stream": stream_id, "seqs": saved}
            if refused:
                said["refused"] = [
                    {"seq": item["seq"], "code": item["code"], "message": str(item.get("message", ""))[:_MESSAGE_CHARS]}
                    for item in refused
                    if item.get("code") in _REFUSAL_CODES
                ]
            self._words.append(said)
            self.wake()

    # -- the page's side -----------------------------------------------------------------------------------------

    def _on_ack_open(self, comm: Any, message: Any) -> None:
        # ipykernel's own handle_msg fires pre_execute and post_execute around a comm message. In a running cell that
        # makes matplotlib's inline backend show and close the student's half-drawn figure. So it is bypassed.
        comm.handle_msg = self._on_ack_message
        comm.on_msg(self._on_ack_message)
        key = str(comm.comm_id)
        self._acks[key] = comm
        comm.on_close(lambda _message: self._acks.pop(key, None) and None)
        data = message.get("content", {}).get("data")
        known = data.get("data") if isinstance(data, dict) else None
        current = self._comm
        if current is None:
            self._was_closed = False
        elif known != current.comm_id and time.monotonic() > self._reopened_at + _REOPEN_SECONDS:
            self._reopened_at = time.monotonic()
            self._reopen = True  # this page cannot know the data comm: open one that it sees
        self._on_ack_message(message)
        self.wake()

    def _on_ack_message(self, message: Any) -> None:
        try:
            data = message["content"]["data"]
            if isinstance(data, dict) and isinstance(data.get("type"), str):
                self._custodian.hear(data)
        except Exception as error:
            self._custodian.note_fault(error)
        self.wake()

    def _on_data_close(self, comm: Any) -> None:
        if self._comm is comm:
            self._comm = None
            self._was_closed = True

    # -- the thread ------------------------------------------------------------------------------------------------

    def progress(self) -> None:
        """Something was saved: the page, or pipe B, works."""
        self._again_seconds = _AGAIN_SECONDS

    def _publish(self, action: Callable[[], Any]) -> Any:
        """Runs in the context of the last `send`, so that the message has its cell as parent."""
        context = self._context
        return action() if context is None else context.copy().run(action)

    def _ensure_open(self) -> bool:
        comm = kernel_comms() if self._enabled else None
        if comm is None:
            return False
        if self._reopen and self._comm is not None:
            stale, self._comm = self._comm, None
            # Silently: pages that still hold it lose nothing, they see the new one open.
            stale._closed = True
            comm.get_comm_manager().comms.pop(stale.comm_id, None)
        self._reopen = False
        if self._comm is None and not self._was_closed:
            with self._custodian.lock:
                own = self._custodian.own
                hello = {
                    "v": 1,
                    "type": "hello",
                    "stream": own.id,
                    "wheel": self._custodian.version,
                    "pid": os.getpid(),
                    "lastSeq": own.last_seq,
                }
            opened = self._publish(lambda: comm.create_comm(target_name=DATA_TARGET, data=hello))
            opened.on_close(lambda _message: self._on_data_close(opened))
            self._comm = opened
        return self._comm is not None

    def _send(self, data: dict[str, Any], buffers: list[bytes] | None = None) -> None:
        comm = self._comm
        if comm is not None:
            self._publish(lambda: comm.send(data=data, buffers=buffers))

    def _pass(self) -> float | None:
        if not self._ensure_open():
            return None
        while self._words and self.attached:
            self._send(self._words.popleft())
        now = time.monotonic()
        if now < self._next_at:
            self.rest(self._next_at - now)
        self.rest(self._meter.wait_seconds())
        stream, entries = self._next_batch()
        if stream is None:
            return self._offer_again()
        self._send_events(stream.id, entries)
        self._next_at = time.monotonic() + _GAP_SECONDS
        self._again_at = time.monotonic() + self._again_seconds
        return 0.0

    def _next_batch(self) -> tuple[Stream | None, list[Entry]]:
        with self._custodian.lock:
            for stream in self._custodian.streams_for_page():
                batch: list[Entry] = []
                size = 0
                while stream.for_page and len(batch) < limits.BATCH_EVENTS:
                    entry = stream.entries.get(stream.for_page[0])
                    if entry is not None:
                        if batch and size + len(entry.body) > min(limits.BATCH_BYTES, _Meter.BURST) - 64 * limits.KIB:
                            break
                        size += len(entry.body)
                        entry.handed = True
                        batch.append(entry)
                    stream.for_page.popleft()
                if batch:
                    return stream, batch
        return None, []

    def _offer_again(self) -> float | None:
        """Messages can get lost between kernel and page without a word; numbers make a second time harmless."""
        with self._custodian.lock:
            waiting = [stream for stream in self._custodian.streams_for_page() if stream.oldest() is not None]
            if not waiting or not self.attached:
                return None
            left = self._again_at - time.monotonic()
            if left > 0:
                return left
            for stream in waiting:
                stream.offer_to_page_again(stream.held)
        self._again_seconds = min(2 * self._again_seconds, _AGAIN_LONGEST_SECONDS)
        return 0.0

    def _send_events(self, stream_id: str, entries: list[Entry]) -> None:
        events: list[Any] = []
        binary: list[int] = []
        buffers: list[bytes] = []
        size = 0
        for position, entry in enumerate(entries):
            parsed = json.loads(entry.body)
            size += len(entry.body)
            value = parsed.get("value")
            if isinstance(value, dict) and value.get("t") == "image":
                try:
                    raw = base64.b64decode(value["b64"], validate=True)
                except (KeyError, binascii.Error):
                    raw = b""
                if raw:
                    del value["b64"]
                    binary.append(position)
                    buffers.append(raw)
            events.append(parsed)
        message: dict[str, Any] = {
            "v": 1,
            "type": "events",
            "stream": stream_id,
            "sentAt": now_text(),
            "events": events,
        }
        if binary:
            message["binary"] = binary
        self._meter.spend(size)
        self._send(message, buffers or None)

    def tell(self) -> str:
        """One word for a person: `absent`, `closed`, `open`, `attached`."""
        if self.attached:
            return "attached"
        if self._comm is not None:
            return "open"
        return "closed" if self._target_registered else "absent"
