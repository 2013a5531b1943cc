"""The `nbpulse` that a recorded notebook finds: `send` encodes as a student's kernel does and tells the scribe.

The encoders are the extension's own, so that an answer of the template or the solution is the same JSON, and the same
hash, as a student's. Of the package only these modules are loaded: its journal, threads and pipes have no place here.
"""

from __future__ import annotations

import importlib
import os
import queue
import sys
import threading
import types
from collections.abc import Callable
from typing import Any

from .. import framing
from ..probe.recorder import Accepted
from ..probe.workplace import harness_folder

#: Beside the harness where an engine put a copy, else in the checkout.
_FOLDERS = ("encoders/nbpulse", "../../extension/nbpulse")
_WHY_CHARS = 400
#: The scribe reads at once; should it ever not, the notebook goes on.
_CELL_S = 2.0
_PICTURE = "A picture: there is no answer to compare it with."


class NoEncoders(RuntimeError):
    """The host's fault; staff read the text."""


class Telling:
    """Frames to the scribe, written by a thread: a cell's alarm is raised in the main one and must not cut a frame."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._pid = os.getpid()
        self._waiting: queue.SimpleQueue[dict[str, Any] | threading.Event | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write, daemon=True)
        self._thread.start()

    def say(self, message: dict[str, Any]) -> None:
        # A forked child has the queue and not the thread; its frames would cut into ours.
        if os.getpid() == self._pid:
            self._waiting.put(message)

    def begin_cell(self, cell: str) -> None:
        """What earlier cells sent, and which one comes now, is out before it runs: it may end the process."""
        written = threading.Event()
        self.say({"type": "cell", "cell": cell})
        self._waiting.put(written)
        written.wait(_CELL_S)

    def finish(self, seconds: float) -> None:
        self._waiting.put(None)
        self._thread.join(seconds)

    def _write(self) -> None:
        while (message := self._waiting.get()) is not None:
            if isinstance(message, threading.Event):
                message.set()
                continue
            try:
                framing.write_frame(self._fd, message)
            except OSError:
                return  # the scribe is gone: the run is over


def install(telling: Telling) -> None:
    """Stand in for `nbpulse`, whether or not the package is installed here."""
    module = types.ModuleType("nbpulse", "Runs once, for what it sends.")
    module.__path__ = [_encoders_folder()]
    sys.modules["nbpulse"] = module
    send, register = _sender(telling), _register()

    def accept(*args: Any, **kwargs: Any) -> Accepted:
        return Accepted()

    def find(name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return accept

    module.__dict__.update(send=send, register=register, checkpoint=accept, submit=accept, connect=accept)
    module.__dict__["__version__"] = "0"
    module.__dict__["__getattr__"] = find
    module.__dict__["__all__"] = ["send", "checkpoint", "submit"]


def _encoders_folder() -> str:
    for name in _FOLDERS:
        folder = os.path.normpath(os.path.join(harness_folder(), name))
        if os.path.isfile(os.path.join(folder, "encode.py")):
            return folder
    raise NoEncoders("the encoders of the nbpulse package are not beside the harness; is this checkout complete?")


def _sender(telling: Telling) -> Callable[..., Accepted]:
    encode = importlib.import_module("nbpulse.encode").encode
    refused: type[BaseException] = importlib.import_module("nbpulse.budget").Refused
    question_key = importlib.import_module("nbpulse.event").question_key

    def send(value: Any = None, question: Any = None, part: Any = None) -> Accepted:
        try:
            key = question_key(question)
        except refused as refusal:
            telling.say({"type": "lost", "why": str(refusal)[:_WHY_CHARS]})
            return Accepted()
        try:
            encoded, body = encode(value)
        except Exception as error:  # noqa: BLE001 - as in a kernel, `send` never raises
            telling.say({"type": "sent", "question": key, "value": None, "why": str(error)[:_WHY_CHARS]})
            return Accepted()
        if encoded["t"] == "image":
            telling.say({"type": "sent", "question": key, "value": None, "why": _PICTURE})
        else:
            telling.say({"type": "sent", "question": key, "value": body, "why": None})
        return Accepted()

    return send


def _register() -> Callable[..., Any]:
    add_rule = importlib.import_module("nbpulse.registry").add_rule

    def register(kind: Any, encoder: Any = None) -> Any:
        if encoder is None:
            return lambda function: register(kind, function)
        try:
            add_rule(kind, encoder)
        except ValueError:
            pass  # in a kernel the status badge says why
        return encoder

    return register
