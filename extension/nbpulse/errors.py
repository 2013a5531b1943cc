"""Exceptions that a student sends: class, message, traceback."""

from __future__ import annotations

import sys
from typing import Any

from .budget import Budget, Encoded
from .text import class_label, safe_str, text_json

_MESSAGE_CHARS = 10_000
_TRACEBACK_CHARS = 20_000


def encode_error(error: BaseException, budget: Budget) -> Encoded:
    out: Encoded = {
        "t": "error",
        "cls": class_label(type(error)),
        "message": text_json(safe_str(error), _MESSAGE_CHARS, max(200, budget.text_bytes)),
    }
    if error.__traceback__ is not None:
        text = _traceback_text(error)
        if text:
            out["tb"] = text_json(text, _TRACEBACK_CHARS, max(200, budget.text_bytes))
    budget.text_bytes -= len(out["message"]["v"]) + len(out.get("tb", {"v": ""})["v"])
    return out


def _traceback_text(error: BaseException) -> str:
    traceback: Any = sys.modules.get("traceback")
    if traceback is None:
        import traceback  # noqa: PLC0415 - only when an exception is sent
    try:
        return "".join(traceback.format_exception(type(error), error, error.__traceback__, limit=-30))
    except Exception:
        return ""
