"""Golden messages: the bytes of `docs/seam-protocol.md`, written by one end and read by the other.

A change of the protocol changes `golden/messages.json`: take the new bytes from the failure, and change the page.
"""

from __future__ import annotations

import collections
import datetime
import decimal
import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from nbpulse_harness.oracle.peer import TrustedPeer
from nbpulse_harness.probe.peer import UntrustedPeer
from nbpulse_harness.seam.channel import Channel
from nbpulse_harness.seam.handles import Seat
from nbpulse_harness.seam.peer import RAISE, REQUEST, RESULT, Peer

GOLDEN: dict[str, str] = json.loads((Path(__file__).parent / "golden" / "messages.json").read_text())
CALL = 7


@pytest.fixture
def ends() -> Iterator[tuple[TrustedPeer, UntrustedPeer]]:
    """Oracle and probe of one conversation, each with the call number of the golden messages."""
    ours, theirs = socket.socketpair()
    oracle, probe = TrustedPeer(Channel(ours)), UntrustedPeer(Channel(theirs))
    oracle._call = probe._call = CALL
    yield oracle, probe
    ours.close()
    theirs.close()


def function(x: int) -> int:
    return x


def aliased() -> list[Any]:
    inner = [1]
    return [inner, inner]


#: What the probe sends as a result. Each crosses by value and comes out equal.
VALUES: dict[str, Callable[[], Any]] = {
    "none": lambda: None,
    "booleans": lambda: (True, False),
    "small integer": lambda: -2,
    "large integer": lambda: 2**70,
    "float": lambda: 1.5,
    "complex": lambda: 1 - 2j,
    "text": lambda: "é\ud800",
    "bytes": lambda: b"\x00\xff",
    "frozenset": lambda: frozenset({3}),
    "list": lambda: [1, "a"],
    "aliased list": aliased,
    "packed integers": lambda: list(range(16)),
    "dict": lambda: {"a": None},
    "set": lambda: {5},
    "deque": lambda: collections.deque([1], 3),
    "defaultdict": lambda: collections.defaultdict(int, {"a": 1}),
    "date": lambda: datetime.date(2026, 1, 2),
    "decimal": lambda: decimal.Decimal("1.50"),
    "known type": lambda: ValueError,
}


@pytest.mark.parametrize("name", VALUES)
def test_a_value(ends: tuple[TrustedPeer, UntrustedPeer], name: str) -> None:
    oracle, probe = ends
    message = probe._message(RESULT, VALUES[name]())
    assert message.hex(" ") == GOLDEN[name]
    kind, call, value = oracle._read(message)
    assert (kind, call) == (RESULT, CALL)
    assert value == VALUES[name]() and type(value) is type(VALUES[name]())


def whole(name: str, sender: Peer, receiver: Peer, kind: int, body: Any) -> Any:
    message = sender._message(kind, body)
    assert message.hex(" ") == GOLDEN[name]
    found_kind, call, found = receiver._read(message)
    assert (found_kind, call) == (kind, CALL)
    return found


def test_a_call_of_a_function(ends: tuple[TrustedPeer, UntrustedPeer]) -> None:
    """The probe's function becomes a handle; the oracle calls it by its number, with a list that gets number 0."""
    oracle, probe = ends
    handle = whole("function", probe, oracle, RESULT, function)
    assert callable(handle)
    asked = whole("call", oracle, probe, REQUEST, ("special", (handle, "__call__", ([1],), ())))
    assert asked == ("special", (function, "__call__", ([1],), ()))


def test_a_class_and_its_instance(ends: tuple[TrustedPeer, UntrustedPeer]) -> None:
    oracle, probe = ends

    body = {"__module__": "Point", "__eq__": lambda self, other: True, "__hash__": None}
    Point = type("Point", (), body)
    found = whole("instance", probe, oracle, RESULT, Point())
    assert type(found).__name__ == "Point"


def test_an_exception(ends: tuple[TrustedPeer, UntrustedPeer]) -> None:
    oracle, probe = ends
    error = whole("exception", probe, oracle, RAISE, KeyError("k"))
    assert isinstance(error, KeyError) and error.args == ("k",)


def test_the_notes_of_a_message(ends: tuple[TrustedPeer, UntrustedPeer], capsys: pytest.CaptureFixture[str]) -> None:
    """Output, a dropped handle, a changed list and one that is over."""
    oracle, probe = ends
    assert isinstance(oracle.seat, Seat)
    kept: list[int] = [1]
    passing: list[int] = []
    held = whole("lists", probe, oracle, RESULT, (kept, passing))
    number = oracle.export(object())
    kept.append(2)
    del passing
    probe.write(1, "hello")
    probe.dropped.append(number)
    message = probe._with_over(probe._message(RESULT, None))
    assert message.hex(" ") == GOLDEN["notes"]
    oracle._read(message)
    assert held[0] == [1, 2]
    assert len(oracle.shared) == 1
    assert capsys.readouterr().out == "hello"


def test_every_golden_message_is_tested() -> None:
    assert set(GOLDEN) == {*VALUES, "function", "call", "instance", "exception", "lists", "notes"}
