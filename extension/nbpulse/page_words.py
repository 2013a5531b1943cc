"""What a page says to the kernel: `pageMessage` of schema/src/wire/comm.ts, and what follows from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .enrolment import parse_enrolment

if TYPE_CHECKING:
    from .custodian import Custodian

MESSAGE_CHARS = 1_000


def hear_page(keeper: Custodian, message: dict[str, Any]) -> None:
    """One message. What is not understood is for a later version, or nonsense: it changes nothing."""
    kind, stream_id = message.get("type"), message.get("stream")
    if kind == "saved":
        if isinstance(stream_id, str):
            keeper.settle(stream_id.lower(), integers(message.get("seqs")), message.get("refused"))
    elif kind == "have":
        keeper.offer_to_page(stream_id.lower() if isinstance(stream_id, str) else None, integers(message.get("seqs")))
    elif kind == "enrol":
        enrolment = parse_enrolment(message.get("enrolment"))
        if enrolment is None:
            keeper.problem(
                "enrolment", "the page sent an enrolment that this package does not understand; update both."
            )
        else:
            keeper.enrol(enrolment)
    elif kind == "leave":
        keeper.leave()
    elif kind == "sending":
        keeper.switch.page_says(message.get("on") is not False)
    elif kind == "claim" and isinstance(stream_id, str):
        keeper.claim(stream_id)


def refusals(value: Any) -> dict[int, tuple[str, str]]:
    """Number → (code, words) of a reply's `refused`."""
    why: dict[int, tuple[str, str]] = {}
    for item in value if isinstance(value, (list, tuple)) else ():
        if isinstance(item, dict) and type(item.get("seq")) is int:
            code, message = str(item.get("code", "invalid")), str(item.get("message", ""))[:MESSAGE_CHARS]
            why[item["seq"]] = (code, message or f"the server refused a record ({code}).")
    return why


def integers(value: Any) -> list[int]:
    """The whole numbers of a list; nothing of anything else."""
    return [item for item in value if type(item) is int] if isinstance(value, list) else []
