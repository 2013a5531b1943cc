"""What `send` gives back: nothing to see unless it is a cell's last line where no page shows the mark itself."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from .journal import Fate

if TYPE_CHECKING:
    from .custodian import Custodian

#: A record that is on its way is given this long before a cell's output says "queued".
_GRACE_SECONDS = 0.15
#: A page that has shown up attaches within this; until then its marks are counted on.
_ATTACH_SECONDS = 60.0
_page_until = 0.0


def note_page() -> None:
    """A page with nbpulse has shown up at this kernel and will attach."""
    global _page_until
    _page_until = time.monotonic() + _ATTACH_SECONDS


def _copy(status: str, was_taken: bool) -> Sent:
    if not was_taken:
        return Sent(None, None, status)
    fate = Fate()
    fate.outcome = status
    return Sent(None, fate)


class Sent:
    """`saved`, `queued` or `refused: why`. Its `status` is that of now, not of when it was made."""

    __slots__ = ("_custodian", "_fate", "_message")

    def __init__(self, custodian: Custodian | None, fate: Fate | None, message: str = "") -> None:
        self._custodian = custodian
        self._fate = fate
        self._message = message

    @classmethod
    def not_taken(cls, why: str) -> Sent:
        return cls(None, None, f"refused: {why}")

    @property
    def status(self) -> str:
        if self._fate is None:
            return self._message
        return self._fate.outcome or "queued"

    def __repr__(self) -> str:
        return self.status

    def __bool__(self) -> bool:
        """True when the record was taken."""
        return self._fate is not None

    def __reduce__(self) -> Any:
        """A copy, as `multiprocessing` carries it to another process, says what was true when it was made."""
        return _copy, (self.status, bool(self))

    def _is_over(self) -> bool:
        return self._fate is None or self._fate.outcome is not None

    def _ipython_display_(self) -> None:
        """With a page attached the mark stands beside the cell, and the notebook's file stays clean."""
        custodian = self._custodian
        if custodian is None:
            from .custodian import custodian as current  # noqa: PLC0415

            custodian = current()
        if not custodian.page.attached and time.monotonic() >= _page_until:
            raise NotImplementedError  # IPython then shows the repr

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        custodian = self._custodian
        enrolment = custodian.current if custodian is not None else None
        if custodian is not None and enrolment is not None:
            seconds = _GRACE_SECONDS if custodian.upload.is_ready(enrolment.claim) else 0.0
            custodian.wait_saved(self._is_over, seconds)
        return {"text/plain": repr(self)}


class Note:
    """What came of `checkpoint()`, `submit()` or `leave()`, in words."""

    def __init__(self, words: str, done: bool = False, quiet: bool = False) -> None:
        """`quiet`: the page shows it, so that the notebook's file stays clean."""
        self.status = "".join(char if char.isprintable() else " " for char in words)
        self._done = done
        self._quiet = quiet

    def __repr__(self) -> str:
        return self.status

    def __bool__(self) -> bool:
        return self._done

    def _ipython_display_(self) -> None:
        if not self._quiet:
            raise NotImplementedError  # IPython then shows the repr
