"""One end of the conversation between oracle and probe: the same turn-taking at both.

A message is `u8 kind, u32 call, u8 notes`, then the notes that its bits announce, then one value. Kinds: a *request*
(operation, arguments), a *result*, a *raise*. Calls are strictly nested: while one end waits for call 7, the other may
ask something itself (a callback), and that must be answered first. An answer bears the number of its request.

Notes, in this order, keep the two ends in step: handles whose proxies died, output that was printed, containers that
changed, and after the value the containers that are over.

States: *open*; *over*, with the reason, after any surprise, end of file or timeout. It never opens again; the next
test gets a fresh fork with a fresh peer.
"""

from __future__ import annotations

import os
import pathlib
import struct
import threading
import weakref
from collections.abc import Callable
from typing import Any

from .awaiting import Awaiting
from .bounds import CALL_NESTING, EXPORTS, MESSAGE_BYTES, NOTES
from .channel import Channel
from .decode import Decoder
from .descriptions import describe, value_base
from .encode import U32, Encoder
from .errors import CannotCross, ProbeGone, ProtocolError, SeamError
from .handles import Seat
from .judge import Judge
from .mirror import build
from .shared import SharedTable, content

_HEAD = struct.Struct("<BIB")
REQUEST, RESULT, RAISE = 0, 1, 2
_DROPPED, _PRINTED, _CHANGED, OVER = 1, 2, 4, 8


class Peer:
    """The common half. `TrustedPeer` and `UntrustedPeer` add what each end serves, and who may ask for it."""

    trusted = False

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.seat = Seat(self)
        self.judge = Judge(self, trusted=self.trusted)
        self.shared = SharedTable(trusted=self.trusted)
        #: Objects of this end that the other holds: number → [object, times sent].
        self._exports: dict[int, list[Any]] = {}
        self._export_numbers: dict[int, int] = {}
        self._next_export = 1
        #: Classes of this end that were described: id → number.
        self.described: dict[int, int] = {}
        #: Classes of the other end: number → mirror.
        self.mirrors: dict[int, type] = {}
        self._standard_mirrors: dict[type, type] = {}
        self.metaclasses: dict[Any, Any] = {}
        self._proxies: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()
        self._held: dict[int, Any] = {}
        #: Handles whose proxies died and that the other end may release.
        self.dropped: list[int] = []
        #: What this end printed since the last message: (1 or 2, text), a warning (3, category, text), or a log record
        #: (4, logger, level, text).
        self.printed: list[tuple[Any, ...]] = []
        #: Bytes of views that had to be copied here, in all.
        self.copied_views = 0
        self.awaiting = Awaiting()
        self.over: str | None = None
        self._operations: dict[str, Callable[..., Any]] | None = None
        self._call = int.from_bytes(os.urandom(3), "little")
        self._nesting = 0
        self._lock = threading.RLock()

    def successor(self, channel: Channel) -> Peer:
        """The peer for the next fork: it starts from the same tables, in the same seat."""
        twin = type(self)(channel)
        twin.seat, twin.judge = self.seat, self.judge
        twin.shared = self.shared.copy()
        twin._exports = {number: list(entry) for number, entry in self._exports.items()}
        twin._export_numbers = dict(self._export_numbers)
        twin._next_export = self._next_export
        twin.described, twin.mirrors = dict(self.described), dict(self.mirrors)
        twin._standard_mirrors, twin.metaclasses = dict(self._standard_mirrors), dict(self.metaclasses)
        twin._proxies = weakref.WeakValueDictionary(self._proxies.items())
        twin._held = dict(self._held)
        return twin

    # ------------------------------------------------------------ what both ends know

    def export(self, item: Any) -> int:
        number = self._export_numbers.get(id(item))
        if number is None:
            if len(self._exports) >= EXPORTS:
                raise CannotCross(f"more than {EXPORTS} objects are in use across the seam")
            number = self._next_export
            self._next_export += 1
            self._exports[number] = [item, 0]
            self._export_numbers[id(item)] = number
        self._exports[number][1] += 1
        return number

    def exported(self, number: int) -> Any:
        try:
            return self._exports[number][0]
        except KeyError:
            raise ProtocolError("an object was named that was never given") from None

    def is_exported(self, item: Any) -> bool:
        number = self._export_numbers.get(id(item))
        return number is not None and self._exports[number][0] is item

    def _release(self, numbers: Any) -> None:
        for number in numbers:
            entry = self._exports.get(number)
            if entry is None:
                continue
            entry[1] -= 1
            if entry[1] <= 0 and not isinstance(entry[0], type):
                del self._exports[number]
                self._export_numbers.pop(id(entry[0]), None)

    def proxy(self, number: int) -> Any:
        """The living proxy of a remote object. It was sent once more, so one more release is due."""
        found = self._held.get(number) if number in self._held else self._proxies.get(number)
        if found is not None:
            self.dropped.append(number)
        return found

    def remember(self, number: int, proxy: Any) -> None:
        try:
            self._proxies[number] = proxy
        except TypeError:  # builtin exceptions and subclasses of int, str, tuple take no weak references
            self._held[number] = proxy

    def mirror(self, number: int) -> type:
        try:
            return self.mirrors[number]
        except KeyError:
            raise ProtocolError("a class was named that was never described") from None

    def standard_mirror(self, cls: type) -> type:
        """The mirror for instances of a standard type: generators, functions, iterators."""
        found = self._standard_mirrors.get(cls)
        if found is None:
            if issubclass(cls, BaseException) or value_base(cls) is not None:
                raise ProtocolError("a handle where a value is expected")
            found = self._standard_mirrors[cls] = build(self, None, describe(cls), [], cls)
        return found

    # ------------------------------------------------------------ what the ends do differently

    def module_name(self, cls: type) -> str | None:
        """The module to tell for a class, when its own is not the one that the other end knows."""
        return None

    def path(self, path: pathlib.PurePosixPath) -> Any:
        """What a path that was received becomes."""
        return path

    def exception_class(self, cls: type) -> type:
        return cls

    def where(self, error: BaseException) -> Any:
        """Where in the student's code an exception arose, as plain data."""
        return ()

    def came_from(self, error: BaseException, where: Any) -> None:
        """Keep `where` of a received exception, if this end has use for it."""

    def show(self, printed: Any) -> None:
        raise ProtocolError("output from this end is not expected")

    def operations(self) -> dict[str, Callable[..., Any]]:
        raise NotImplementedError

    # ------------------------------------------------------------ messages

    def _message(self, kind: int, body: Any, *, with_changes: bool = True) -> bytes:
        """Encode a whole message, or raise CannotCross with the tables as they were."""
        encoder = Encoder(self)
        out = encoder.out
        changes = self.shared.changes() if with_changes else []
        snapshots = [(entry, entry.snapshot) for _, entry in changes]
        dropped, self.dropped = self.dropped, []
        printed, self.printed = self.printed, []
        notes = (_DROPPED if dropped else 0) | (_PRINTED if printed else 0) | (_CHANGED if changes else 0)
        out += _HEAD.pack(kind, self._call, notes)
        try:
            if dropped:
                encoder.value(tuple(dropped))
            if printed:
                encoder.value(tuple(printed))
            if changes:
                out += U32.pack(len(changes))
                for number, entry in changes:
                    out += U32.pack(number)
                    encoder.value(content(entry.value), 1)
                    self.shared.settle(entry)
            encoder.value(body)
            if len(out) > MESSAGE_BYTES:
                raise CannotCross(f"a value of {len(out)} bytes is larger than the limit of {MESSAGE_BYTES} bytes")
        except (CannotCross, RecursionError, MemoryError, ValueError) as error:
            encoder.undo()
            for entry, before in snapshots:
                self.shared.settle(entry, before)
            self.dropped = dropped + self.dropped
            self.printed = printed + self.printed
            if isinstance(error, CannotCross):
                raise
            raise CannotCross(f"a value cannot cross: {type(error).__name__}: {error}") from None
        return bytes(out)

    def _read(self, data: bytes) -> tuple[int, int, Any]:
        if len(data) < _HEAD.size:
            raise ProtocolError("a message without a head")
        kind, call, notes = _HEAD.unpack_from(data)
        decoder = Decoder(self, data, _HEAD.size)
        try:
            dropped = decoder.value() if notes & _DROPPED else ()
            printed = decoder.value() if notes & _PRINTED else ()
            if notes & _CHANGED:
                for _ in range(decoder.u32()):
                    decoder.update()
            body = decoder.value()
            if notes & OVER:
                gone = decoder.value()
            else:
                gone = ()
            decoder.finish()
            if notes & _CHANGED and self.trusted:
                self.shared.check_sizes()
            self.shared.forget(gone)
            self._release(dropped)
            if printed:
                self.show(printed[:NOTES])
        except Exception as error:  # noqa: BLE001 - of a message nothing is expected, so anything may be wrong
            raise ProtocolError(f"a malformed message ({type(error).__name__}: {error})") from None
        return kind, call, body

    def _receive(self) -> tuple[int, int, Any]:
        try:
            return self._read(self.channel.receive())
        except SeamError as error:
            self.end(str(error))
            raise

    @property
    def is_asking(self) -> bool:
        """True between a question and its answer."""
        return self._nesting > 0

    def end(self, reason: str) -> None:
        """Close this conversation for good. The first reason stays."""
        self.over = self.over or reason

    def request(self, operation: str, arguments: tuple[Any, ...]) -> Any:
        """Ask the other end and wait, serving what it asks meanwhile. Raises what the other end raised."""
        with self._lock:
            if self.over is not None:
                raise ProbeGone(self.over)
            if self._nesting > CALL_NESTING:
                raise RecursionError("too many calls back and forth between test and submission")
            before = self._call
            self._call = mine = (before + 1) & 0xFFFFFFFF
            self._nesting += 1
            try:
                message = self._message(REQUEST, (operation, arguments))
                del arguments
                self._send(message)
                while True:
                    kind, call, body = self._receive()
                    if kind == REQUEST:
                        box = [body]
                        del body
                        self._serve(call, box)
                        continue
                    if call != mine or kind not in (RESULT, RAISE):
                        self._surprise("an answer to a question that was not asked")
                    if kind == RESULT:
                        return body
                    if not isinstance(body, BaseException):
                        self._surprise("something was raised that is no exception")
                    raise self.received(body)
            finally:
                self._nesting -= 1

    def received(self, error: BaseException) -> BaseException:
        """The exception to raise for one that came from the other end."""
        return error

    def _surprise(self, what: str) -> None:
        self.end(what)
        raise ProtocolError(what)

    def _send(self, message: bytes) -> None:
        try:
            self.channel.send(message)
        except SeamError as error:
            self.end(str(error))
            raise

    def _serve(self, call: int, box: list[Any]) -> None:
        """Answer one request of the other end. It comes in a box, so that no caller's frame keeps its parts alive."""
        body = box.pop()
        mine = self._call
        self._call = call
        if type(body) is not tuple or len(body) != 2 or type(body[0]) is not str or type(body[1]) is not tuple:
            self._surprise("a request that is none")
        operation, arguments = body
        del body
        if self._operations is None:
            self._operations = self.operations()
        serve = self._operations.get(operation)
        if serve is None:
            self._surprise(f"an unknown operation {operation!r:.60}")
        kind, result = RESULT, None
        self._nesting += 1
        try:
            if self._nesting > CALL_NESTING + 5:
                raise RecursionError("too many calls back and forth between test and submission")
            result = serve(*arguments)  # type: ignore[misc]
        except ProtocolError as error:
            self.end(str(error))
            raise
        except SeamError:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever was raised is the answer
            kind, result = RAISE, error
        finally:
            self._nesting -= 1
        del arguments
        self._call = call
        try:
            message = self._message(kind, result)
        except CannotCross as error:
            message = self._message(RAISE, CannotCross(str(error)), with_changes=False)
        self._let_go(result)
        result = None
        self._send(self._with_over(message))
        self._call = mine

    def _let_go(self, result: Any) -> None:
        """Frames of a traceback would keep every argument of the call alive."""
        if isinstance(result, BaseException):
            result.__traceback__ = None

    def _with_over(self, message: bytes) -> bytes:
        """At the probe: add which containers only this table holds now."""
        return message
