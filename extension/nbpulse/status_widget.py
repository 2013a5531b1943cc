"""`status()`: a small anywidget that says how it stands with sending and keeps itself up to date.

In a kernel of Jupyter a thread looks twice a second and tells the page what changed, in a running cell too. marimo has
no place for such a thread's messages: there the widget asks (`ask_ms`), and is answered between cells.
"""

from __future__ import annotations

import sys
import weakref
from pathlib import Path
from typing import Any

from .custodian import custodian
from .page import kernel_comms
from .standing import standing
from .thread import Worker

_LOOK_SECONDS = 0.5
_ASK_MILLISECONDS = 1_000
_HOW = 'For a widget that updates itself: pip install "nbpulse[widget]" in the environment of this kernel'

_shown: weakref.WeakSet[Any] = weakref.WeakSet()
_class: Any = None


class PlainStatus:
    """Where there is no anywidget: its repr tells how it stands when it is shown."""

    def __init__(self, how: str) -> None:
        self._how = how

    def __repr__(self) -> str:
        return f"{standing().said()}\n{self._how}"


def status() -> Any:
    """Never raises."""
    try:
        kind = _widget_class()
    except ImportError:
        return PlainStatus(_HOW)
    except Exception as error:
        custodian().note_fault(error)
        return PlainStatus(f"The widget could not be made ({type(error).__name__}).")
    try:
        widget = kind()
        if not widget.ask_ms:
            _shown.add(widget)
            _looker.wake()
        return widget
    except Exception as error:
        custodian().note_fault(error)
        return PlainStatus(f"The widget could not be made ({type(error).__name__}).")


def _widget_class() -> Any:
    global _class
    if _class is None:
        import anywidget  # noqa: PLC0415
        import traitlets  # noqa: PLC0415

        source = (Path(__file__).parent / "status.js").read_text("utf-8")

        class NbpulseStatus(anywidget.AnyWidget):  # type: ignore[misc,unused-ignore]
            _esm = source
            standing = traitlets.Dict().tag(sync=True)
            ask_ms = traitlets.Int(0).tag(sync=True)

            def __init__(self) -> None:
                in_thread = kernel_comms() is not None and "marimo" not in sys.modules
                super().__init__(standing=standing()._asdict(), ask_ms=0 if in_thread else _ASK_MILLISECONDS)
                self.on_msg(self._asked)

            def _asked(self, _widget: Any, message: Any, _buffers: Any) -> None:
                self.look()

            def look(self) -> None:
                """Says to the page what changed, if anything did."""
                now = standing()._asdict()
                if now != self.standing:
                    self.standing = now

            def __repr__(self) -> str:
                return str(standing().said())

        _class = NbpulseStatus
    return _class


def _look() -> float | None:
    for widget in list(_shown):
        if getattr(widget, "comm", None) is None:
            _shown.discard(widget)  # closed
        else:
            widget.look()
    return _LOOK_SECONDS if _shown else None


_looker = Worker("nbpulse-status", _look)
