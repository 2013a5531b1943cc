"""Events of schema/src/wire/event.ts: their text is made once, in `send`, and never changes after."""

from __future__ import annotations

import datetime as dt
import json
import time
import unicodedata

from . import limits
from .budget import Refused


def now_text() -> str:
    """This clock in ISO 8601, UTC, milliseconds."""
    return instant_text(time.time())


def instant_text(epoch_seconds: float) -> str:
    try:
        moment = dt.datetime.fromtimestamp(epoch_seconds, dt.timezone.utc)
    except (ValueError, OverflowError, OSError):  # a clock gone mad; the server knows when it received the event
        moment = dt.datetime.fromtimestamp(0, dt.timezone.utc)
    return moment.isoformat(timespec="milliseconds")[:-6] + "Z"


def question_key(question: object) -> str:
    """`3` → `"3"`; raises `Refused` for what cannot be a key."""
    if isinstance(question, str):
        key = str.__str__(question).strip().strip("\ufeff")
    elif question is None or isinstance(question, bool):
        raise Refused("question", "send needs a question, as in send(result, 3).")
    elif isinstance(question, (int, float)):
        key = repr(question) if type(question) in (int, float) else str(question)
    elif type(question).__module__ == "numpy" and getattr(question, "shape", None) == ():
        key = str(question)
    else:
        raise Refused("question", f"a question is a number or a short text, not a {type(question).__name__}.")
    if not key:
        raise Refused("question", "a question key has at least one character, as in send(result, 3).")
    if len(key) > limits.QUESTION_KEY_CHARS:
        raise Refused(
            "question",
            f"a question key has at most {limits.QUESTION_KEY_CHARS} characters; this one has {len(key):,}. "
            "The value comes first: send(result, 3).",
        )
    if (not key.isascii() or not key.isprintable()) and any(unicodedata.category(char)[0] == "C" for char in key):
        raise Refused("question", "a question key has no control characters or line breaks.")
    return key


def part_key(part: object) -> str | None:
    if part is None:
        return None
    text = part if isinstance(part, str) else str(part)
    text = str.__str__(text).strip()
    if len(text.encode("utf-16-le", "surrogatepass")) > 2 * limits.PART_CHARS:
        raise Refused("part", f"a part has at most {limits.PART_CHARS} characters.")
    if any(unicodedata.category(char)[0] == "C" for char in text):
        raise Refused("part", "a part has no control characters or line breaks.")
    return text or None


def record_body(seq: int, made_at: str, question: str, part: str | None, cell: str | None, value: str) -> str:
    """One `send` as JSON text. `value` is JSON text already and stands last."""
    middle = f'"question":{json.dumps(question, ensure_ascii=False)},'
    if part is not None:
        middle += f'"part":{json.dumps(part, ensure_ascii=False)},'
    if cell is not None:
        middle += f'"cell":{json.dumps(cell, ensure_ascii=False)},'
    return f'{{"kind":"record","seq":{seq},"madeAt":"{made_at}",{middle}"value":{value}}}'


def dropped_body(seq: int, made_at: str, question: str, count: int) -> str:
    text = json.dumps(question, ensure_ascii=False)
    return f'{{"kind":"dropped","seq":{seq},"madeAt":"{made_at}","question":{text},"count":{count}}}'


def read_body(body: str) -> tuple[int, str, bool, int]:
    """(seq, question, is it a record, count of a `dropped`) of an event's text; ValueError when it is none."""
    parsed = json.loads(body)
    seq, question, kind = parsed.get("seq"), parsed.get("question"), parsed.get("kind")
    if not isinstance(seq, int) or not isinstance(question, str) or kind not in ("record", "dropped"):
        raise ValueError("not an event")
    return seq, question, kind == "record", int(parsed.get("count", 0))
