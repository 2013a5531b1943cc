"""Objects that draw themselves for a notebook: `_repr_mimebundle_`, `_repr_png_`, `_repr_html_` and their like."""

from __future__ import annotations

import base64
from typing import Any

from . import limits
from .budget import Budget, Encoded
from .charts import CHART_MIME, chart
from .figures import checked_image
from .text import class_label, text_json

#: What is looked for, best first.
_METHODS = {
    "image/png": "_repr_png_",
    "image/jpeg": "_repr_jpeg_",
    "image/svg+xml": "_repr_svg_",
    "text/html": "_repr_html_",
    "text/markdown": "_repr_markdown_",
    "text/latex": "_repr_latex_",
}


def encode_rich(value: Any, budget: Budget) -> Encoded | None:
    """None when the object has no such method, or each of them declines or fails."""
    kind = type(value)
    bundle: dict[str, Any] = {}
    if callable(getattr(kind, "_repr_mimebundle_", None)):
        try:
            result = value._repr_mimebundle_()
            result = result[0] if isinstance(result, tuple) else result
            bundle = dict(result) if isinstance(result, dict) else {}
        except Exception:
            bundle = {}
    for mime, data in bundle.items():
        if isinstance(mime, str) and CHART_MIME.fullmatch(mime):
            encoded = chart(mime, data, value, budget)
            if encoded is not None:
                return encoded
    for mime, name in _METHODS.items():
        data = bundle.get(mime)
        if data is None and callable(getattr(kind, name, None)):
            try:
                data = getattr(value, name)()
            except Exception:
                data = None
        if isinstance(data, tuple) and data:  # (data, metadata)
            data = data[0]
        encoded = _encode(mime, data, class_label(kind), budget)
        if encoded is not None:
            return encoded
    return None


def _encode(mime: str, data: Any, of: str, budget: Budget) -> Encoded | None:
    if mime in ("image/png", "image/jpeg"):
        if isinstance(data, str):
            try:
                data = base64.b64decode(data, validate=False)
            except ValueError:
                return None
        if not isinstance(data, bytes) or not data:
            return None
        return _afford(checked_image(mime, data, of), budget)
    if not isinstance(data, str) or not data:
        return None
    if mime == "image/svg+xml":
        return _afford(checked_image(mime, data.encode("utf-8", "replace"), of), budget)
    text = text_json(data, limits.TEXT_CHARS, max(200, budget.text_bytes))
    budget.text_bytes -= len(text["v"])
    return {"t": "rich", "cls": of, "mime": mime, "data": text}


def _afford(encoded: Encoded, budget: Budget) -> Encoded | None:
    """Inside another value a picture pays like text; one that is too large there arrives as its repr."""
    if budget.depth == 0:
        return encoded
    if len(encoded["b64"]) > budget.text_bytes:
        return None
    budget.text_bytes -= len(encoded["b64"])
    return encoded
