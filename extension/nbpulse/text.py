"""Text on the wire: what Postgres' jsonb refuses (NUL, lone surrogates) is escaped, what is too long is cut.

The reading side is schema/src/wire/text.ts; both are held together by schema/fixtures/values.json.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

_UNSAFE = re.compile("[\x00\ud800-\udfff]")
_ESCAPED = re.compile("[\\\\\x00\ud800-\udfff]")
_LABEL_CHARS = 300


def _escape_one(match: re.Match[str]) -> str:
    char = match.group()
    if char == "\\":
        return "\\\\"
    if char == "\x00":
        return "\\0"
    return f"\\u{ord(char):04X}"


def escape(text: str) -> tuple[str, bool]:
    """The text as it may travel, and whether escapes were needed."""
    if _UNSAFE.search(text) is None:
        return text, False
    return _ESCAPED.sub(_escape_one, text), True


def text_json(text: str, chars: int, utf8_bytes: int = 1 << 30) -> dict[str, Any]:
    """Text with its marks (`textJson` of the wire), cut to `chars` code points and `utf8_bytes` of UTF-8.

    Escapes count towards the bytes, so that the result always fits its budget.
    """
    text = str.__str__(text)
    kept = text if len(text) <= chars else text[:chars]
    value, escaped = escape(kept)
    if len(value) * 4 > utf8_bytes:
        while len(value.encode("utf-8")) > utf8_bytes:
            kept = kept[: max(0, min(len(kept) - 1, len(kept) * utf8_bytes // len(value.encode("utf-8"))))]
            value, escaped = escape(kept)
    out: dict[str, Any] = {"v": value}
    if escaped:
        out["esc"] = True
    if len(kept) < len(text):
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        out["cut"] = {"length": len(text), "sha256": digest}
    return out


def label(text: object) -> str:
    """A short name (class, dtype, column): unsafe characters become U+FFFD, at most 300 UTF-16 units."""
    try:
        name = str(text)
    except Exception:
        name = type(text).__name__
    name = _UNSAFE.sub("\ufffd", str.__str__(name))
    if len(name) > _LABEL_CHARS // 2:
        while len(name.encode("utf-16-le")) > 2 * _LABEL_CHARS:
            name = name[:-1] if len(name) <= _LABEL_CHARS else name[:_LABEL_CHARS]
    return name


def class_label(kind: type) -> str:
    """`pandas.core.frame.DataFrame`; the student's own classes and builtins go without a module."""
    try:
        module, name = kind.__module__, kind.__qualname__
    except Exception:
        return "object"
    if not isinstance(module, str) or module in ("__main__", "builtins"):
        return label(name)
    return label(f"{module}.{name}")


def safe_repr(value: object) -> str:
    """`repr` that cannot fail: an object whose own repr raises or returns no text is described instead."""
    try:
        text = repr(value)
        if isinstance(text, str):
            return text
        problem = "did not return text"
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        problem = f"raised {type(error).__name__}"
    return f"<{class_label(type(value))}: its repr {problem}>"


def safe_str(value: object) -> str:
    """`str` that cannot fail; falls back to `safe_repr`."""
    try:
        text = str(value)
        if isinstance(text, str):
            return text
    except KeyboardInterrupt:
        raise
    except BaseException:
        pass
    return safe_repr(value)
