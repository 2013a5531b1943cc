"""Plots of a notebook, as the inline backend of Jupyter has them, drawn by Agg: each cell's figures are its outputs.

A figure is done when its cell is: the next cell's `plt.plot` draws on a new one. Those of the last cell that drew are
there again when the notebook is at its end, so that a test's `plt.gcf()` finds them.
"""

from __future__ import annotations

import io
import sys
from typing import Any

from .outputs import Outputs

_MOST = 20


class Figures:
    def __init__(self, outputs: Outputs) -> None:
        self._outputs = outputs
        self._last: list[tuple[Any, Any]] = []

    def end_of_cell(self) -> None:
        """Draw what the cell has left open. Runs a student's artists: call it while the cell's clock runs."""
        managers = open_figures()
        if not managers:
            return
        open_ones = list(managers.items())
        try:
            for _, manager in open_ones[:_MOST]:
                self._draw(manager.canvas.figure)
        finally:
            self._last = open_ones
            managers.clear()

    def _draw(self, figure: Any) -> None:
        """A plot that cannot be drawn is told beside the cell; what the cell computed counts."""
        try:
            self._outputs.display(figure_bundle(figure), {})
        except Exception as error:  # noqa: BLE001 - artists, fonts and formatters of the student's
            self._outputs.stream("stderr", f"[a figure could not be drawn: {type(error).__name__}]\n")

    def end_of_notebook(self) -> None:
        managers = open_figures()
        if managers is not None:
            managers.update(self._last)


def figure_bundle(figure: Any) -> dict[str, Any]:
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", bbox_inches="tight")
    width, height = figure.get_size_inches() * figure.dpi
    plain = f"<Figure size {width:.0f}x{height:.0f} with {len(figure.axes)} Axes>"
    return {"image/png": drawn.getvalue(), "text/plain": plain}


def figure_png(figure: Any) -> bytes:
    """For IPython's formatter: a figure that is a cell's last value, or given to `display`."""
    return bytes(figure_bundle(figure)["image/png"])


def open_figures() -> Any:
    """pyplot's open figures by number, or None where pyplot was never imported."""
    helpers = sys.modules.get("matplotlib._pylab_helpers")
    pyplot = sys.modules.get("matplotlib.pyplot")
    return getattr(getattr(helpers, "Gcf", None), "figs", None) if pyplot is not None else None
