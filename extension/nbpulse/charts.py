"""plotly and altair figures travel as data: their JSON, drawn on the teacher's page in a frame without network."""

from __future__ import annotations

import json
import re
import sys
from typing import Any

from . import limits
from .budget import Budget, Encoded, Refused
from .text import class_label, label, text_json

PLOTLY = "application/vnd.plotly.v1+json"
#: Kinds that a mime bundle may hold and that the pages can draw.
CHART_MIME = re.compile(r"application/vnd\.(plotly\.v1|vega(lite)?\.v\d{1,2}(\.\d+)*)\+json")
#: Room in a record beside the chart's text.
_CHART_BYTES = limits.VALUE_BYTES - 16 * limits.KIB


def encode_chart(value: Any, budget: Budget) -> Encoded | None:
    """None when the value is no chart of plotly or altair."""
    plotly = sys.modules.get("plotly.basedatatypes")
    if plotly is not None and isinstance(value, plotly.BaseFigure):
        return chart(PLOTLY, json.loads(value.to_json(validate=False)), value, budget)
    altair = sys.modules.get("altair")
    if altair is not None and isinstance(value, getattr(altair, "TopLevelMixin", ())):
        return _altair(altair, value, budget)
    return None


def _altair(altair: Any, value: Any, budget: Budget) -> Encoded | None:
    # Whatever the notebook chose for its own display (files beside it, a server): here the data goes inside.
    with altair.data_transformers.enable("default", max_rows=None):
        spec = value.to_dict(validate=False)
    found = re.search(r"/vega-lite/v(\d+)", str(spec.get("$schema", "")))
    return chart(f"application/vnd.vegalite.v{found.group(1) if found else 6}+json", spec, value, budget)


def chart(mime: str, spec: Any, value: Any, budget: Budget) -> Encoded | None:
    """A chart as `rich`, with what it is in words; None where it cannot be afforded inside another value."""
    if not isinstance(spec, dict) or budget.plain:
        return None
    text = json.dumps(spec, ensure_ascii=False, separators=(",", ":"), allow_nan=False, sort_keys=True)
    # The JSON becomes a text inside JSON: its quotes cost twice.
    size = len(text.encode("utf-8", "replace")) + text.count('"') + text.count("\\")
    if size > (_CHART_BYTES if budget.depth == 0 else budget.text_bytes):
        if budget.depth > 0:
            return None
        raise Refused(
            "too-large",
            f"this chart takes {size:,} bytes with its data; a record holds 1 MB. Plot fewer rows (a sample, or sums "
            "made before plotting), or send a picture of it.",
        )
    budget.text_bytes -= size
    data = text_json(text, len(text))
    words = plotly_words(spec) if mime == PLOTLY else vega_words(spec)
    return {"t": "rich", "cls": class_label(type(value)), "mime": mime, "data": data, "alt": label(words)}


def plotly_words(spec: dict[str, Any]) -> str:
    """ "Chart “Sales”: 2 series (bar, scatter), x: year, y: CHF"."""
    layout = spec.get("layout")
    layout = layout if isinstance(layout, dict) else {}
    kinds = [str(trace.get("type", "scatter")) for trace in spec.get("data") or [] if isinstance(trace, dict)]
    axes = [f"{name[0]}: {_title(layout.get(name))}" for name in ("xaxis", "yaxis") if _title(layout.get(name))]
    return _words(_title(layout), kinds, axes)


def vega_words(spec: dict[str, Any]) -> str:
    marks: list[str] = []
    axes: dict[str, str] = {}
    _look(spec, marks, axes, 0)
    title = spec.get("title")
    title = title.get("text") if isinstance(title, dict) else title
    return _words(title if isinstance(title, str) else "", marks, [f"{name}: {text}" for name, text in axes.items()])


def _look(spec: dict[str, Any], marks: list[str], axes: dict[str, str], depth: int) -> None:
    mark = spec.get("mark")
    if mark is not None:
        marks.append(str(mark.get("type", "")) if isinstance(mark, dict) else str(mark))
    encoding = spec.get("encoding")
    for name in ("x", "y"):
        channel = encoding.get(name) if isinstance(encoding, dict) else None
        if isinstance(channel, dict) and (channel.get("title") or channel.get("field")):
            axes.setdefault(name, str(channel.get("title") or channel.get("field")))
    for key in ("layer", "hconcat", "vconcat", "concat"):
        for inner in spec.get(key) or []:
            if isinstance(inner, dict) and depth < 5:
                _look(inner, marks, axes, depth + 1)
    if isinstance(spec.get("spec"), dict) and depth < 5:
        _look(spec["spec"], marks, axes, depth + 1)


def _title(part: Any) -> str:
    title = part.get("title") if isinstance(part, dict) else None
    text = title.get("text") if isinstance(title, dict) else title
    return text if isinstance(text, str) else ""


def _words(title: str, kinds: list[str], axes: list[str]) -> str:
    what = f"Chart “{title}”" if title else "Chart"
    series = f"{len(kinds)} series ({', '.join(dict.fromkeys(kinds))})" if kinds else "no series"
    return ", ".join([f"{what}: {series}", *axes])
