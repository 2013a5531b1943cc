"""The oracle's end: what the probe may ask for, and what becomes of what it says."""

from __future__ import annotations

import builtins
import contextlib
import inspect
import logging
import pathlib
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from ..seam.bounds import NAME_CHARS, OUTPUT_CHARS, TEXT_CHARS
from ..seam.channel import Channel
from ..seam.errors import ProtocolError
from ..seam.gate import Gate
from ..seam.handles import Handle
from ..seam.leaving import with_trace
from ..seam.mirror import handle_of
from ..seam.peer import Peer
from .calls import Call, Calls
from .exchange import Exchange
from .surroundings import Surroundings


class Place(NamedTuple):
    """A line of the student's notebook, as the probe says: shown to the student and to staff, believed by nobody."""

    cell: str
    line: int
    function: str


class TrustedPeer(Peer):
    trusted = True

    def __init__(self, channel: Channel) -> None:
        super().__init__(channel)
        self._gate = Gate()
        self._shown = 0
        #: Where the last exception of the student's code arose: by id, because any exception class may come.
        self.places: dict[int, list[Place]] = {}
        #: The last calls that a test made, for the student's feedback.
        self.calls = Calls()
        #: What the last of them gave, in a tuple; None while it runs and when it raised.
        self.last_answer: tuple[Any] | None = None
        self._muted = False
        #: Folders whose files exist at both ends: the test's `tmp_path`, and where it runs.
        self.exchanges: list[Exchange] = []
        self.surroundings = Surroundings()
        #: While a test runs, `sys.exit()` of a student is an exception like any other; outside it would end pytest.
        self.in_test = False

    # ------------------------------------------------------------ what the probe may ask

    def operations(self) -> dict[str, Callable[..., Any]]:
        return {
            "call": self._serve_call,
            "get": self._serve_get,
            "set": self._serve_set,
            "delete": self._serve_delete,
            "special": self._serve_special,
            "names": self._serve_names,
            "begin": self._serve_begin,
            "finish": lambda number: self._gate.result(self.awaiting.finish(number)),
            "cancel": self.awaiting.cancel,
            "input": self._serve_input,
            "read": self._serve_read,
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

    def _serve_set(self, target: Any, name: Any, value: Any) -> Any:
        self._gate.write(self.judge, self._target(target), name)
        setattr(target, name, value)

    def _serve_delete(self, target: Any, name: Any) -> Any:
        self._gate.write(self.judge, self._target(target), name)
        delattr(target, name)

    def _serve_special(self, target: Any, name: Any, args: Any, kwargs: Any) -> Any:
        self._gate.special(self._target(target), name)
        return self._gate.result(getattr(type(target), name)(target, *with_trace(name, args), **_names(kwargs)))

    def _serve_names(self, target: Any) -> Any:
        return [name for name in dir(self._target(target)) if not name.startswith("_")]

    def _serve_begin(self, target: Any) -> Any:
        """A coroutine of the test's that the submission awaits: an `async` callback."""
        if not inspect.isawaitable(self._target(target)):
            raise ProtocolError("something was awaited that is no coroutine")
        return self.awaiting.begin(target)

    def _serve_input(self, prompt: Any) -> Any:
        """A student's `input()`: the oracle's own, so that a patched `builtins.input` or stdin answers."""
        if type(prompt) is not str:
            raise ProtocolError("a prompt is expected")
        answer = builtins.input(prompt)
        return answer if type(answer) is str else str(answer)

    def _serve_read(self, whole: Any, most: Any) -> Any:
        """A student's `sys.stdin.read()` or a line of it: of what the test put there; pytest's own raises."""
        if type(whole) is not bool or type(most) is not int:
            raise ProtocolError("how much to read is expected")
        read = sys.stdin.read if whole else sys.stdin.readline
        answer = read() if most < 0 else read(most)
        return answer if type(answer) is str else str(answer)

    # ------------------------------------------------------------ what becomes of what it says

    def request(self, operation: str, arguments: tuple[Any, ...]) -> Any:
        if self._muted:
            raise RuntimeError("nothing of the submission is asked while feedback is written")
        call = self._began(operation, arguments) if self._nesting == 0 else None
        try:
            answer = self._exchanged(operation, arguments)
        except BaseException as error:
            if call is not None:
                call.failed(error)
            raise
        if call is not None:
            self.last_answer = (answer,)
            if operation != "call":
                call.returned(answer)
        if operation == "get" and handle_of(answer) is not None and not isinstance(answer, type):
            object.__setattr__(answer, "_seam_name", arguments[1])
        return answer

    def _began(self, operation: str, arguments: tuple[Any, ...]) -> Call | None:
        """A call of the test's own: of a class, or of a function."""
        if operation == "call":
            name, args, kwargs = type.__getattribute__(arguments[0], "__name__"), arguments[1], arguments[2]
        elif operation == "special" and arguments[1] == "__call__":
            name, args, kwargs = self._name_of(arguments[0]), arguments[2], arguments[3]
        else:
            return None
        self.last_answer = None
        return self.calls.begin(name, args, kwargs)

    def forget_calls(self) -> None:
        self.calls, self.last_answer = Calls(), None

    @contextlib.contextmanager
    def muted(self) -> Iterator[None]:
        """While feedback is written: whatever would ask the submission raises instead."""
        self._muted = True
        try:
            yield
        finally:
            self._muted = False

    def ask_plainly(self, operation: str, arguments: tuple[Any, ...]) -> Any:
        """A request of the harness's own: it is no call of the test's."""
        return super().request(operation, arguments)

    def ask_surely(self, operation: str, arguments: tuple[Any, ...]) -> Any:
        """A request of the harness's own that no honest probe answers with an exception."""
        try:
            return self.ask_plainly(operation, arguments)
        except Exception as error:  # noqa: BLE001 - whatever the probe raised
            self.end(f"the process of the submission is broken: {type(error).__name__} while {operation}")
            raise ProtocolError(self.over or "") from None

    def _exchanged(self, operation: str, arguments: tuple[Any, ...]) -> Any:
        """A request; what the test changed around it is told before, files and random state go there and back."""
        if self._nesting > 0 or self.over is not None:
            return super().request(operation, arguments)
        try:
            return self._with_surroundings(operation, arguments)
        except ProtocolError as error:
            self.end(str(error))
            raise

    def _with_surroundings(self, operation: str, arguments: tuple[Any, ...]) -> Any:
        self.surroundings.before(self)
        if not self.exchanges and not self.surroundings.seeded:
            return super().request(operation, arguments)
        for exchange in self.exchanges:
            exchange.before(self)
        try:
            return super().request(operation, arguments)
        finally:
            if self.over is None:
                for exchange in self.exchanges:
                    exchange.after(self)
                self.surroundings.after(self)

    def successor(self, channel: Channel) -> Peer:
        twin = super().successor(channel)
        assert isinstance(twin, TrustedPeer)
        twin.surroundings = self.surroundings.copy()
        return twin

    def path(self, path: pathlib.PurePosixPath) -> Any:
        for exchange in self.exchanges:
            found = exchange.concrete(path)
            if found is not None:
                return found
        return path

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
    # The levels were asked over there, where the test's are known too.
    logger = logging.getLogger(name[:NAME_CHARS] if name in logging.root.manager.loggerDict else None)
    logger.handle(logging.LogRecord(name[:NAME_CHARS], level, "submission", 0, "%s", (text[:TEXT_CHARS],), None))


def _names(pairs: Any) -> dict[str, Any]:
    if type(pairs) is not tuple or not all(type(name) is str for name, _ in pairs):
        raise ProtocolError("keyword arguments are expected")
    return dict(pairs)
