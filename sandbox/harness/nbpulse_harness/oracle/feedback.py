"""What a student reads about a failed test, and what staff read.

The student's text is short: what was called, what was expected and what came, in pytest's words; for an exception the
line of their own notebook. It holds no path of the sandbox. Staff get pytest's whole report.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..notebook import Source
from ..seam.errors import SeamError
from ..seam.mirror import handle_of
from .calls import error_words

if TYPE_CHECKING:
    from .peer import Place, TrustedPeer

STUDENT_CHARS = 4_000
STAFF_CHARS = 20_000
_PATH = re.compile(r"(?:/[\w.\-]+){2,}/?")
_ADDRESS = re.compile(r" at 0x[0-9a-f]{6,}")
_MESSAGE_LINES = 25
#: pytest shows a call of a proxy as `<function double at 0x…>(2)`, and on a line of its own where it got the function.
_CALLED = re.compile(r"<(?:function|class|bound method) '?([\w.<>]+?)'?(?: of [^>]*>?)?(?: at 0x[0-9a-f]+)?>\(")
_WHERE_FUNCTION = re.compile(r"\s*\+\s+where <(?:function|class|bound method) .* = ")


def student_message(error: BaseException, source: Source | None, peer: TrustedPeer) -> str:
    """Why a test failed. `error` is what pytest caught."""
    parts: list[str] = []
    if isinstance(error, SeamError):
        parts.append(str(error))
        parts += _call_lines(peer)
    elif isinstance(error, AssertionError) and not _from_submission(error):
        parts.append(_assertion(error))
        if not _names_a_call(parts[0]):
            parts += _call_lines(peer, gave_too=True)
    elif _from_submission(error):
        parts.append(_line_of(error))
        parts += _call_lines(peer)
        parts += _place_lines(peer.places.get(id(error), []), source)
    else:
        parts.append(_line_of(error))
        if type(error).__name__ != "NotAvailable":
            parts += _call_lines(peer, gave_too=True)
    parts += _refused_lines(peer)
    return clean("\n".join(part for part in parts if part))[:STUDENT_CHARS]


def _from_submission(error: BaseException) -> bool:
    return handle_of(error) is not None or "_seam_handle" in getattr(error, "__dict__", {})


def _line_of(error: BaseException) -> str:
    if type(error).__name__ == "Failed":  # pytest's own: "DID NOT RAISE ValueError"
        return str(error)[:1_500]
    return error_words(error)[:1_500]


def _assertion(error: AssertionError) -> str:
    """pytest's own explanation of an assert, without the lines that only say how to see more."""
    lines = [
        _CALLED.sub(r"\1(", line)
        for line in str(error).splitlines()
        if "Use -v to get more diff" not in line and not _WHERE_FUNCTION.match(line)
    ]
    if len(lines) > _MESSAGE_LINES:
        lines = [*lines[:_MESSAGE_LINES], "…"]
    return "\n".join(lines) or "an assertion of the test failed"


def _names_a_call(text: str) -> bool:
    return "where " in text


def _call_lines(peer: TrustedPeer, *, gave_too: bool = False) -> list[str]:
    """`when mean([1, 2], skip=True) was called, which gave None`"""
    call = peer.calls.last
    if call is None:
        return []
    gave = f", which gave {call.gave_text}" if gave_too and call.gave_text is not None else ""
    return [f"when {call.text} was called{gave}"]


def _place_lines(places: list[Place], source: Source | None) -> list[str]:
    if not places:
        return []
    place = places[-1]
    where = "your file" if place.cell == "submission" else f"your {place.cell}"
    inside = f", in {place.function}" if place.function and not place.function.startswith("<") else ""
    lines = [f"in {where}, line {place.line}{inside}:"]
    text = source.line(place.cell, place.line) if source is not None else None
    return [*lines, f"    {text.strip()}"] if text else lines


def _refused_lines(peer: TrustedPeer) -> list[str]:
    """Why an operator between a student's object and plain data was not decided by the student's own class."""
    if not peer.judge.refused:
        return []
    operator, class_name, other = peer.judge.refused[-1]
    return [
        f"(your class {class_name} was not asked for {operator} with a {other}: "
        "the test compares it with plain data, so an attribute or a method that gives plain data is needed)"
    ]


def clean(text: str) -> str:
    """No path of the sandbox, no address in memory."""
    return _ADDRESS.sub("", _PATH.sub("…", text))


def staff_message(report: str, peer: TrustedPeer) -> str:
    lines = [report]
    for operator, class_name, other in peer.judge.refused:
        lines.append(f"not asked: {class_name}.{operator} with {other} (no profile allows it)")
    text = "\n".join(lines)
    if len(text) <= STAFF_CHARS:
        return text
    half = STAFF_CHARS // 2 - 20
    return f"{text[:half]}\n[…]\n{text[-half:]}"
