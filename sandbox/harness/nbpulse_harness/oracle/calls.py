"""The last calls that a test made of the submission, as they were when they were made.

Kept as text or as copies of small plain data: no container that crosses the seam is held, so that a call costs what it
cost before, and a list that the student sorts later still shows as it was given.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from ..seam.mirror import handle_of
from .plain import brief, cut

_KEPT, _CHARS, _ARGUMENTS, _ITEMS = 3, 400, 8, 32
_SIMPLE = frozenset({type(None), bool, int, float, complex, str, bytes})


class Written(str):
    """A value that was written down at once."""


class Call:
    __slots__ = ("name", "args", "kwargs", "gave", "raised")

    def __init__(self, name: str, args: tuple[Any, ...], kwargs: tuple[tuple[str, Any], ...]) -> None:
        self.name = name
        self.args = [_kept(value) for value in args[:_ARGUMENTS]]
        self.kwargs = [(key, _kept(value)) for key, value in kwargs[:_ARGUMENTS]]
        if len(args) > _ARGUMENTS or len(kwargs) > _ARGUMENTS:
            self.args.append(Written("…"))
        #: What it gave, in a tuple; None while it runs, when it raised, and for the making of an object.
        self.gave: tuple[Any] | None = None
        self.raised: str | None = None

    def returned(self, value: Any) -> None:
        self.gave = (_kept(value),)

    def failed(self, error: BaseException) -> None:
        self.raised = cut(error_words(error), _CHARS)

    @property
    def text(self) -> str:
        shown = [_shown(value, 120) for value in self.args]
        shown += [f"{key}={_shown(value, 120)}" for key, value in self.kwargs]
        return cut(f"{self.name}({', '.join(shown)})", _CHARS)

    @property
    def gave_text(self) -> str | None:
        return None if self.gave is None else _shown(self.gave[0], _CHARS)


class Calls:
    def __init__(self) -> None:
        self.recent: deque[Call] = deque(maxlen=_KEPT)

    def begin(self, name: str, args: tuple[Any, ...], kwargs: tuple[tuple[str, Any], ...]) -> Call:
        call = Call(name, args, kwargs)
        self.recent.append(call)
        return call

    @property
    def last(self) -> Call | None:
        return self.recent[-1] if self.recent else None


def error_words(error: BaseException) -> str:
    """`ValueError: no numbers`. The text of a student's exception is the one that crossed with it, never asked anew."""
    handle = handle_of(error)
    if handle is not None:
        text = handle.text or ""
    else:
        try:
            text = str(error)
        except Exception:  # noqa: BLE001 - an exception class of the test's own
            text = ""
    name = type(error).__name__
    return f"{name}: {text}" if text else name


def _kept(value: Any) -> Any:
    kind = type(value)
    if kind in _SIMPLE:
        return value
    if kind in (list, tuple) and len(value) <= _ITEMS and all(type(item) in _SIMPLE for item in value):
        return kind(value)
    return Written(brief(value, _CHARS))


def _shown(value: Any, chars: int) -> str:
    return cut(value, chars) if type(value) is Written else brief(value, chars)
