"""Coroutines across the seam: awaited here, run over there, each end with an event loop of its own.

Awaiting one of the other end's is three requests. *begin* makes a task of it on the other end's loop and returns at
once, so that everything which `gather` begins runs side by side over there. *finish* runs that loop until the task is
done or a slice of time is over; between slices the awaiting end's own loop goes on, which is what makes `wait_for` and
timeouts work. *cancel* is asked when the awaiting task is cancelled here.

What belongs to one loop (a queue, an event, a future of a test) cannot be awaited on the other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator
from typing import TYPE_CHECKING, Any

from .errors import ProtocolError

if TYPE_CHECKING:
    from .handles import Handle
    from .peer import Peer

_SLICE_S = 0.01
#: Begun and not yet finished, at one end.
_TASKS = 10_000


class Awaiting:
    """The served half: this end's loop, and the tasks on it that the other end awaits."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: dict[int, asyncio.Task[Any]] = {}
        self._next = 1

    def begin(self, awaitable: Any) -> int:
        if len(self._tasks) >= _TASKS:
            raise RuntimeError(f"more than {_TASKS} coroutines are awaited at once")
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
        number = self._next
        self._next += 1
        self._tasks[number] = self._loop.create_task(_waited(awaitable))
        return number

    def finish(self, number: Any) -> tuple[bool, Any]:
        """Run for a slice: (True, the result) or (False, None). Raises what the coroutine raised."""
        task = self._task(number)
        outer = asyncio._get_running_loop()
        asyncio._set_running_loop(None)
        try:
            assert self._loop is not None
            self._loop.run_until_complete(asyncio.wait({task}, timeout=_SLICE_S))
        finally:
            asyncio._set_running_loop(outer)
        if not task.done():
            return False, None
        del self._tasks[number]
        return True, task.result()

    def cancel(self, number: Any) -> None:
        task = self._tasks.get(number) if type(number) is int else None
        if task is not None:
            task.cancel()

    def _task(self, number: Any) -> asyncio.Task[Any]:
        task = self._tasks.get(number) if type(number) is int else None
        if task is None:
            raise ProtocolError("a coroutine is awaited that was not begun")
        return task


async def _waited(awaitable: Any) -> Any:
    return await awaitable


def awaited(handle: Handle) -> Generator[None, None, Any]:
    """What `__await__` of the other end's object gives: one step for each slice."""
    peer: Peer = handle.peer()
    number = peer.request("begin", (handle,))
    try:
        yield None
        while True:
            answer = peer.request("finish", (number,))
            if type(answer) is not tuple or len(answer) != 2:
                peer.end("an answer about a coroutine is expected")
                raise ProtocolError("an answer about a coroutine is expected")
            if answer[0] is True:
                return answer[1]
            yield None
    except (GeneratorExit, asyncio.CancelledError):
        if peer.over is None:
            peer.request("cancel", (number,))
        raise


class Driver:
    """`send`, `throw` and `close` of the other end's coroutine, as an event loop of this end uses them."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self._steps: Generator[None, None, Any] | None = None

    def _generator(self) -> Generator[None, None, Any]:
        if self._steps is None:
            self._steps = awaited(self._handle)
        return self._steps

    def send(self, value: Any) -> Any:
        return self._generator().send(value)

    def throw(self, *error: Any) -> Any:
        return self._generator().throw(*error)

    def close(self) -> None:
        if self._steps is None:
            self._handle.ask("get", "close")()
        else:
            self._steps.close()


async def left(answer: Coroutine[Any, Any, Any], raised: tuple[Any, ...], peer: Peer) -> bool:
    """`__aexit__`: whether it swallows an exception is judged as for `__exit__`."""
    return peer.judge.swallow(await answer, raised)
