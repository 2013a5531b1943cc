"""A `with` block left by an exception, across the seam.

A traceback holds frames and stays where it is. The receiver's `__exit__` wants a real one all the same: that of
`contextlib.contextmanager` passes it on to `generator.throw`, which takes nothing else.
"""

from __future__ import annotations

import types
from typing import Any


def without_trace(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """The arguments of `__exit__` as they are sent."""
    return (*args[:2], None) if len(args) == 3 else args


def with_trace(name: str, args: tuple[Any, ...]) -> tuple[Any, ...]:
    """The arguments of a special method as it is called: an `__exit__` that is told of an exception gets a trace."""
    if name != "__exit__" or len(args) != 3 or not isinstance(args[1], BaseException):
        return args
    return (*args[:2], _trace(args[1]))


def _trace(error: BaseException) -> types.TracebackType | None:
    before = error.__traceback__
    try:
        raise error
    except BaseException as raised:  # noqa: BLE001 - the very exception that was raised on the line above
        return raised.__traceback__
    finally:
        error.__traceback__ = before
