"""The oracle's end: what the probe may ask for, and what becomes of what it says."""

from __future__ import annotations

import builtins
import logging
import pathlib
import sys
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

from ..seam.bounds import NAME_CHARS, OUTPUT_CHARS, TEXT_CHARS
from ..seam.channel import Channel
from ..seam.errors import ProtocolError
from ..seam.gate import Gate
from ..seam.handles import Handle
from ..seam.judge import Right
from ..seam.mirror import handle_of
from ..seam.peer import Peer
from .exchange import Exchange


class Place(NamedTuple):
    """A line of the student's notebook, as the probe says: shown to the student and to staff, believed by nobody."""

    cell: str
    line: int
    function: str


class TrustedPeer(Peer):
    trusted = True

    def __init__(self, channel: Channel, *, profile: frozenset[Right] = frozenset()) -> None:
        super().__init__(channel, profile=profile)
        self._gate = Gate()
        self._shown = 0
        #: Where the last exception of the student's code arose: by id, because any exception class may come.
        self.places: dict[int, list[Place]] = {}
        #: The last call that a test made, for the student's feedback: (function's name, args, kwargs).
        self.last_call: tuple[str, tuple[Any, ...], tuple[Any, ...]] | None = None
        #: What that call gave, in a tuple; None while it runs and when it raised.
        self.last_answer: tuple[Any] | None = None
        #: The files of the test's `tmp_path`; None for a test without.
        self.exchange: Exchange | None = None
        #: While a test runs, `sys.exit()` of a student is an exception like any other; outside it would end pytest.
        self.in_test = False

    # ------------------------------------------------------------ what the probe may ask

    def operations(self) -> dict[str, Callable[..., Any]]:
        return {
            "call": self._serve_call,
            "get": self._serve_get,
            "set": self._serve_set,
            "delete": self._serve_set,
            "special": self._serve_special,
            "names": self._serve_names,
            "input": self._serve_input,
        }

    def _target(self, target: Any) -> Any:
        """Only what a test handed over may be used: never an object that the probe merely knows by name."""
        if not self.is_exported(target):
            raise ProtocolError("something was used that was never given to the submission")
        return target

    def _serve_call(self, target: Any, args: Any, kwargs: Any) -> Any:
        return self._gate.result(self._target(target)(*args, **_names(kwargs)))

    def _serve_get(self, target: Any, name: Any) -> Any:
        self._gate.read(self._target(target), name)
        return self._gate.result(getattr(target, name))

    def _serve_set(self, target: Any, name: Any, value: Any = None) -> Any:
        self._gate.write(self._target(target), name)

    def _serve_special(self, target: Any, name: Any, args: Any, kwargs: Any) -> Any:
        self._gate.special(self._target(target), name)
        return self._gate.result(getattr(type(target), name)(target, *args, **_names(kwargs)))

    def _serve_names(self, target: Any) -> Any:
        return [name for name in dir(self._target(target)) if not name.startswith("_")]

    def _serve_input(self, prompt: Any) -> Any:
        """A student's `input()`: the oracle's own, so that a patched `builtins.input` or stdin answers."""
        if type(prompt) is not str:
            raise ProtocolError("a prompt is expected")
        answer = builtins.input(prompt)
        return answer if type(answer) is str else str(answer)

    # ------------------------------------------------------------ what becomes of what it says

    def request(self, operation: str, arguments: tuple[Any, ...]) -> Any:
        if self._nesting == 0 and operation == "call":
            self.last_call = (type.__getattribute__(arguments[0], "__name__"), arguments[1], arguments[2])
            self.last_answer = None
        elif self._nesting == 0 and operation == "special" and arguments[1] == "__call__":
            self.last_call = (self._name_of(arguments[0]), arguments[2], arguments[3])
            self.last_answer = None
            answer = self._exchanged(operation, arguments)
            self.last_answer = (answer,)
            return answer
        answer = self._exchanged(operation, arguments)
        if operation == "get" and handle_of(answer) is not None and not isinstance(answer, type):
            object.__setattr__(answer, "_seam_name", arguments[1])
        return answer

    def ask_plainly(self, operation: str, arguments: tuple[Any, ...]) -> Any:
        """A request of the harness's own: it is no call of the test's."""
        return super().request(operation, arguments)

    def _exchanged(self, operation: str, arguments: tuple[Any, ...]) -> Any:
        """A request, with the files of the test's `tmp_path` sent before and fetched after, if it has one."""
        exchange = self.exchange
        if exchange is None or self._nesting > 0 or self.over is not None:
            return super().request(operation, arguments)
        exchange.before(self)
        try:
            return super().request(operation, arguments)
        finally:
            if self.over is None:
                exchange.after(self)

    def path(self, path: pathlib.PurePosixPath) -> Any:
        return path if self.exchange is None else self.exchange.concrete(path)

    def _name_of(self, handle: Handle) -> str:
        proxy = self._proxies.get(handle.number)
        try:
            return str(object.__getattribute__(proxy, "_seam_name"))
        except AttributeError:
            return "the function"

    def received(self, error: BaseException) -> BaseException:
        if isinstance(error, SystemExit) and not self.in_test:
            return RuntimeError(f"the submission called exit({str(error)[:100]})")
        return error

    def show(self, printed: Any) -> None:
        for stream, *rest in printed:
            if stream == 3:
                _warn(*rest)
                continue
            if stream == 4:
                _log(*rest)
                continue
            (text,) = rest
            if type(text) is not str or stream not in (1, 2):
                raise ProtocolError("output is expected")
            if self._shown >= OUTPUT_CHARS:
                continue
            text = text[: OUTPUT_CHARS - self._shown]
            self._shown += len(text)
            (sys.stderr if stream == 2 else sys.stdout).write(text)

    def came_from(self, error: BaseException, where: Any) -> None:
        places = []
        for cell, line, function in where[:20]:
            if not (type(cell) is str and type(line) is int and type(function) is str):
                raise ProtocolError("a place in the notebook is expected")
            places.append(Place(cell[:NAME_CHARS], line, function[:NAME_CHARS]))
        self.places = {id(error): places}


def _warn(category: Any, text: Any) -> None:
    if type(text) is not str or not (isinstance(category, type) and issubclass(category, Warning)):
        raise ProtocolError("a warning is expected")
    try:
        warnings.warn_explicit(text[:TEXT_CHARS], category, "submission", 1)
    except Warning:
        pass  # a test that turns warnings into errors means its own


def _log(name: Any, level: Any, text: Any) -> None:
    if type(name) is not str or type(level) is not int or type(text) is not str:
        raise ProtocolError("a log record is expected")
    logger = logging.getLogger(name[:NAME_CHARS] if name in logging.root.manager.loggerDict else None)
    if logger.isEnabledFor(level):
        record = logging.LogRecord(name[:NAME_CHARS], level, "submission", 0, "%s", (text[:TEXT_CHARS],), None)
        logger.handle(record)


def _names(pairs: Any) -> dict[str, Any]:
    if type(pairs) is not tuple or not all(type(name) is str for name, _ in pairs):
        raise ProtocolError("keyword arguments are expected")
    return dict(pairs)
