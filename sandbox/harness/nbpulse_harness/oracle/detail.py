"""Why a test failed, in parts that a page can lay out: `failureDetail` of the schema, with its caps.

Written by the oracle from plain data while the seam is closed, so nothing of the student's code runs or is asked. Made
only where the student may read it; `results.py` and the host look at that again.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..notebook import Source
from ..seam.mirror import handle_of, is_mirror
from . import difference
from .comparisons import Comparison, Comparisons
from .difference import EXACT
from .plain import is_number, text_of

if TYPE_CHECKING:
    from .peer import Place, TrustedPeer

#: The schema counts as JavaScript does: a character outside the basic plane is two.
_CALL, _VALUE, _AT, _SIDE, _CELL, _SOURCE = 400, 1_000, 200, 300, 60, 300
_NOT_RAISED = re.compile(r"(?:DID NOT RAISE (?P<pytest>.+))|(?:(?P<unittest>[\w.]+) not raised(?: by .*)?)")
_NOT_MATCHED = re.compile(r"\n\s*Expected regex: (?P<wanted>.*)\n\s*Actual message: (?P<given>.*)")
_WORDS = {"!=": "anything but", "is not": "anything but", "is": "exactly the object"}


def failure_detail(
    error: BaseException, source: Source | None, peer: TrustedPeer, comparisons: Comparisons
) -> dict[str, Any]:
    with peer.muted():
        detail: dict[str, Any] = {"calls": _calls(peer)}
        came_from_submission = handle_of(error) is not None or "_seam_handle" in getattr(error, "__dict__", {})
        if not came_from_submission:
            _add_comparison(detail, error, peer, comparisons)
        line = _line(peer.places.get(id(error), []), source)
        if came_from_submission and line is not None:
            detail["line"] = line
        return detail


def _calls(peer: TrustedPeer) -> list[dict[str, str]]:
    shown = []
    for call in peer.calls.recent:
        entry = {"call": _cut(call.text, _CALL)}
        if call.raised is not None:
            entry["raised"] = _cut(_clean(call.raised), _CALL)
        elif call.gave_text is not None:
            entry["gave"] = _cut(_clean(call.gave_text), _CALL)
        shown.append(entry)
    return shown


def _add_comparison(detail: dict[str, Any], error: BaseException, peer: TrustedPeer, comparisons: Comparisons) -> None:
    words = _message(error)
    matched = _NOT_MATCHED.search(words)
    if matched is not None:
        detail["expected"] = _cut(f"an error whose text matches {matched['wanted']}", _VALUE)
        detail["got"] = _cut(_clean(matched["given"]), _VALUE)
        return
    not_raised = _NOT_RAISED.fullmatch(words.strip())
    if not_raised is not None:
        name = not_raised["pytest"] or not_raised["unittest"]
        detail["expected"] = _cut(f"{name.strip()} to be raised", _VALUE)
        last = peer.calls.last
        if last is not None and last.gave_text is not None:
            detail["got"] = _cut(_clean(last.gave_text), _VALUE)
        return
    found = comparisons.of(error, peer.last_answer)
    if found is not None:
        _add_sides(detail, found)


def _add_sides(detail: dict[str, Any], found: Comparison) -> None:
    if _is_object(found.expected) and _is_object(found.got):
        return
    expected = text_of(found.expected, _VALUE)
    if found.operator in ("in", "not in"):
        expected = f"something {'without' if found.operator == 'not in' else 'that holds'} {expected}"
    elif found.operator in _WORDS:
        expected = f"{_WORDS[found.operator]} {expected}"
    elif found.operator != "==":
        expected = f"{found.operator} {expected}"
    elif found.tolerance != EXACT and is_number(found.expected):
        expected = f"{expected} {_tolerance_words(found)}".rstrip()
    detail["expected"] = _cut(_clean(expected), _VALUE)
    detail["got"] = _cut(_clean(text_of(found.got, _VALUE)), _VALUE)
    if found.operator != "==" or (is_number(found.expected) and is_number(found.got)):
        return
    seen = difference.differences(found.expected, found.got, found.tolerance)
    if seen.found:
        detail["difference"] = [
            {
                "at": _cut(entry["at"], _AT),
                "expected": None if entry["expected"] is None else _cut(_clean(entry["expected"]), _SIDE),
                "got": None if entry["got"] is None else _cut(_clean(entry["got"]), _SIDE),
            }
            for entry in seen.found
        ]
        if seen.more:
            detail["moreDifferences"] = seen.more


def _tolerance_words(found: Comparison) -> str:
    try:
        room = max(found.tolerance.absolute, found.tolerance.relative * abs(found.expected))
        return f"± {float(room):.2g}"
    except (TypeError, ValueError, OverflowError):
        return ""


def _is_object(value: Any) -> bool:
    return handle_of(value) is not None or is_mirror(type(value))


def _line(places: list[Place], source: Source | None) -> dict[str, Any] | None:
    if not places or places[-1].line < 1:
        return None
    place = places[-1]
    text = source.line(place.cell, place.line) if source is not None else None
    return {"cell": _cut(place.cell, _CELL), "line": place.line, "source": _cut((text or "").strip(), _SOURCE)}


def _message(error: BaseException) -> str:
    try:
        return str(error)[:4_000]
    except Exception:  # noqa: BLE001 - an exception class of the test's own
        return ""


def _clean(text: str) -> str:
    from .feedback import clean

    return clean(text)


def _cut(text: str, most: int) -> str:
    if len(text) * 2 <= most:
        return text
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) <= most * 2:
        return text
    return f"{units[: (most - 1) * 2].decode('utf-16-le', 'ignore')}…"
