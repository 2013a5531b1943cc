"""The figure that was shown last, for `send(plt, …)` after `plt.show()` or in a later cell.

A notebook's inline backend closes every figure as soon as it is drawn, and a closed one is no longer current. So the
last one that matplotlib's registry gives up is kept here, one at a time: it replaces the one before. `watch` hangs
itself onto that registry once matplotlib is there; a notebook asks before each cell whether it is.
"""

from __future__ import annotations

import sys
from typing import Any

_MARK = "_nbpulse_keeps_the_last_figure"
_last: list[Any] = []


def watch(*_event: Any) -> None:
    """Called when the package is imported, before each cell and with each `plt` sent. Never raises."""
    helpers = sys.modules.get("matplotlib._pylab_helpers")
    registry = getattr(helpers, "Gcf", None)
    if registry is None or getattr(registry, _MARK, False):
        return
    try:
        for name in ("destroy", "destroy_all"):
            _keep_before(registry, name)
        setattr(registry, _MARK, True)
    except Exception:
        pass


def _keep_before(registry: Any, name: str) -> None:
    close = getattr(registry, name)

    def keep_and_close(cls: Any, *arguments: Any) -> Any:
        _keep(cls)
        return close(*arguments)

    setattr(registry, name, classmethod(keep_and_close))


def _keep(registry: Any) -> None:
    try:
        manager = registry.get_active()
        if manager is not None:
            _last[:] = [manager.canvas.figure]
    except Exception:
        pass


def watch_cells() -> None:
    """In IPython: `watch` before each cell."""
    watch()
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None and hasattr(ipython, "get_ipython") else None
    if shell is not None:
        shell.events.register("pre_run_cell", watch)


def last_shown() -> Any:
    """None when no figure was shown; else the last one, closed or not."""
    watch()
    return _last[0] if _last else _youngest_left()


def _youngest_left() -> Any:
    """matplotlib came and showed before anybody could watch: its closed figures are mostly still in memory."""
    import gc  # noqa: PLC0415

    kind = getattr(sys.modules.get("matplotlib.figure"), "Figure", None)
    if kind is None:
        return None
    left = [item for item in gc.get_objects() if type(item) is kind and isinstance(getattr(item, "number", None), int)]
    return max(left, key=lambda figure: int(figure.number), default=None)
