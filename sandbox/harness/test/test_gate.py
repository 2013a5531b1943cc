"""The oracle against a probe that speaks raw wire: the honest probe's own filters would hide holes in the oracle's.

The two ends run in one process here, on a socket pair: the hostile end is a thread that answers with prepared bytes.
"""

from __future__ import annotations

import random
import socket
import struct
import threading
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nbpulse_harness.oracle.peer import TrustedPeer
from nbpulse_harness.probe.peer import UntrustedPeer
from nbpulse_harness.seam.channel import Channel
from nbpulse_harness.seam.encode import ARRAY_CODE, VIEW_CODE, Encoder
from nbpulse_harness.seam.errors import ProbeGone, ProtocolError, SeamError
from nbpulse_harness.seam.peer import RAISE, REQUEST, RESULT


class Wire:
    """The probe's end of a pair, spoken by hand."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        self.peer = TrustedPeer(Channel(ours))
        self.peer.in_test = True
        self.channel = Channel(theirs)
        self.writer = UntrustedPeer(Channel(theirs))

    def encoded(self, value: Any) -> bytes:
        encoder = Encoder(self.writer)
        encoder.value(value)
        return bytes(encoder.out)

    def ask(self, *answers: Any) -> Any:
        """Let the oracle ask something and answer it: bytes as they are, else a function of the call's number."""

        def answer() -> None:
            try:
                for reply in answers:
                    (call,) = struct.unpack_from("<I", self.channel.receive(), 1)
                    data = reply(call) if callable(reply) else reply
                    self.channel.send(data)
                self.channel.receive()
            except SeamError:
                pass

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        try:
            return self.peer.request("echo", (1,))
        finally:
            self.peer.channel.sock.shutdown(socket.SHUT_RDWR)
            thread.join(5)
            assert not thread.is_alive()
            self.channel.close()
            self.peer.channel.close()


@pytest.fixture
def wire() -> Wire:
    return Wire()


def head(kind: int, call: int, notes: int = 0) -> bytes:
    return struct.pack("<BIB", kind, call, notes)


def result(body: bytes, notes: int = 0) -> Any:
    return lambda call: head(RESULT, call, notes) + body


def u32(number: int) -> bytes:
    return struct.pack("<I", number)


def test_an_honest_answer(wire: Wire) -> None:
    assert wire.ask(result(wire.encoded([1, "a"]))) == [1, "a"]


NAME = b"S" + u32(1) + b"A"
NOTHING = b"t" + u32(0)
ABOUT = b"t" + u32(8) + NAME * 3 + NOTHING + b"F" + NOTHING * 3
CLASS = b"K" + u32(5) + ABOUT + u32(0)
INT = b"G" + b"S" + u32(8) + b"builtins" + b"S" + u32(3) + b"int"
LIST = b"G" + b"S" + u32(8) + b"builtins" + b"S" + u32(4) + b"list"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"?",
        b"i\0",
        b"S" + u32(100) + b"a",
        b"S" + u32(2) + b"\xff\xfe",
        b"t" + u32(2**32 - 1),
        b"l" + u32(1) + u32(2**31),
        b"l" + u32(2) + u32(0),  # numbered as the oracle would
        b"l" + u32(1) + u32(1) + b"l" + u32(1) + u32(0),  # one number twice
        b"R" + u32(7),
        b"P" + u32(7),
        b"C" + u32(7),
        b"H" + u32(1) + INT,  # a handle where a value is expected
        b"H" + u32(1) + b"N",
        b"V" + u32(1) + INT + u32(0) + b"i" + b"\0" * 8,
        b"V" + u32(1) + b"K" + u32(5) + ABOUT + u32(1) + INT + u32(0) + NAME,  # an int that carries a text
        b"K" + u32(5) + NOTHING + u32(0),
        b"K" + u32(5) + ABOUT + u32(10_000),
        b"K" + u32(5) + ABOUT + u32(1) + b"C" + u32(5),  # its own base
        CLASS + CLASS,
        b"G" + b"S" + u32(2) + b"os" + b"S" + u32(6) + b"system",
        b"G" + b"S" + u32(8) + b"builtins" + b"S" + u32(4) + b"exec",
        b"G" + b"S" + u32(8) + b"builtins" + b"S" + u32(17) + b"KeyboardInterrupt",
        b"G" + b"S" + u32(8) + b"unittest" + b"S" + u32(8) + b"SkipTest",
        b"G" + b"i" + b"\0" * 8 + NAME,
        b"Q" + NAME + NOTHING,
        b"Q" + b"S" + u32(5) + b"array" + b"t" + u32(3) + b"S" + u32(2) + b"|O" + NOTHING + b"b" + u32(0),
        b"Q" + b"S" + u32(5) + b"array" + b"t" + u32(3) + b"S" + u32(3) + b"<f8" + b"t" + u32(1) + b"i" + b"\xff" * 8
        + b"b" + u32(8) + b"\0" * 8,
        b"Q" + b"S" + u32(5) + b"range" + b"t" + u32(3) + NAME * 3,
        b"Q" + b"S" + u32(7) + b"pattern" + b"t" + u32(2) + b"S" + u32(2) + b"((" + b"i" + b"\0" * 8,
        b"Q" + b"S" + u32(8) + b"datetime" + NOTHING,
        b"E" + u32(1) + INT + b"t" + u32(4) + NOTHING + NAME + NOTHING + NOTHING + b"N",
        b"p" + u32(1) + b"d" + u32(2**31),
        b"p" + u32(1) + b"x" + u32(1),
        b"O" + u32(1) + b"\xff" + NOTHING,
        b"O" + u32(1) + b"\x00" + b"t" + u32(1) + b"l" + u32(3) + u32(0),  # a set with a list in it
        b"d" + u32(1) + u32(1) + b"l" + u32(3) + u32(0) + b"N",
        b"J" + u32(2**24) + b"\1" * 64,
        b"z" + u32(1) + b"H" + u32(1) + CLASS,
    ],
)  # fmt: skip
def test_a_malformed_answer_ends_the_session(wire: Wire, body: bytes) -> None:
    with pytest.raises(ProtocolError):
        wire.ask(result(body))
    assert wire.peer.over is not None
    with pytest.raises(ProbeGone):
        wire.peer.request("echo", (1,))


@pytest.mark.parametrize(
    "reply",
    [
        lambda call: head(RESULT, call + 1) + b"N",
        lambda call: head(9, call) + b"N",
        lambda call: head(RAISE, call) + b"N",
        lambda call: head(RESULT, call) + b"NN",
        lambda call: head(RESULT, call)[:3],
        lambda call: b"",
        lambda call: head(RESULT, call, 1) + b"N" + b"N",
        lambda call: head(RESULT, call, 1) + b"t" + u32(1) + b"l" + u32(1) + u32(0) + b"N",
        lambda call: head(RESULT, call, 2) + b"t" + u32(1) + b"t" + u32(2) + b"i" + b"\x07" + b"\0" * 7 + NAME + b"N",
        lambda call: head(RESULT, call, 4) + u32(1) + u32(0) + NOTHING + b"N",
        lambda call: head(RESULT, call, 8) + b"N",
        lambda call: head(REQUEST, call) + b"N",
        lambda call: head(REQUEST, call) + b"t" + u32(2) + NAME + NOTHING,
    ],
)
def test_a_malformed_message_ends_the_session(wire: Wire, reply: Any) -> None:
    with pytest.raises(ProtocolError):
        wire.ask(reply)
    assert wire.peer.over is not None


OWNER = ("array", ("<i8", (4,), bytes(32)))


def view(wire: Wire, owner: bytes, place: Any) -> bytes:
    return b"O" + u32(1) + bytes((VIEW_CODE,)) + b"t" + u32(2) + owner + wire.encoded(place)


def owner(wire: Wire) -> bytes:
    return b"O" + u32(3) + bytes((ARRAY_CODE,)) + wire.encoded(OWNER)


def test_a_view_shares_its_array(wire: Wire) -> None:
    found = wire.ask(result(b"t" + u32(2) + view(wire, owner(wire), ("<i8", (2,), (-16,), 24)) + b"R" + u32(3)))
    found[1][3] = 7
    assert found[0].tolist() == [7, 0] and found[0].base is found[1]


@pytest.mark.parametrize(
    "place",
    [
        ("<i8", (5,), (8,), 0),
        ("<i8", (4,), (8,), 8),
        ("<i8", (4,), (8,), -8),
        ("<i8", (2,), (-8,), 0),
        ("<i8", (2,), (2**62,), 0),
        ("<i8", (2**40,), (0,), 0),
        ("<i8", (2, 2), (8,), 0),
        ("<i8", (2,), ("8",), 0),
        ("<i8", (-1,), (8,), 0),
        ("|O", (4,), (8,), 0),
        ("|V8", (4,), (8,), 0),
        ("<i8", (4,), (8,)),
        (),
    ],
)
def test_a_view_outside_its_array_ends_the_session(wire: Wire, place: Any) -> None:
    with pytest.raises(ProtocolError):
        wire.ask(result(view(wire, owner(wire), place)))


@pytest.mark.parametrize("other", [3, b"abcdefgh" * 4, (), OWNER])
def test_a_view_of_what_is_no_array_ends_the_session(wire: Wire, other: Any) -> None:
    with pytest.raises(ProtocolError):
        wire.ask(result(view(wire, wire.encoded(other), ("<i8", (4,), (8,), 0))))


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("call", (len, ([],), ())),
        ("call", (ValueError, (), ())),
        ("get", (int, "__subclasses__")),
        ("get", ("text", "format")),
        ("special", (len, "__call__", ([],), ())),
        ("names", (len,)),
        ("set", (int, "x", 1)),
        ("import", ("os",)),
        ("fork", ()),
        ("echo", (1,)),
        ("_serve_call", ()),
    ],
)
def test_only_what_was_given_may_be_used(wire: Wire, operation: str, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(ProtocolError):
        wire.ask(lambda call: head(REQUEST, call + 1) + wire.encoded((operation, arguments)))


def refusal(given_object: Any, operation: str, *arguments: Any) -> str:
    """What the probe is told when it does that with an object that the test handed over."""
    wire = Wire()
    number = wire.peer.export(given_object)
    said: list[bytes] = []

    def ask(call: int) -> bytes:
        parts = [wire.encoded(operation), b"t" + u32(1 + len(arguments)) + b"P" + u32(number)]
        parts += [wire.encoded(argument) for argument in arguments]
        return head(REQUEST, call + 1) + b"t" + u32(2) + b"".join(parts)

    def answer() -> None:
        try:
            (call,) = struct.unpack_from("<I", wire.channel.receive(), 1)
            wire.channel.send(ask(call))
            said.append(wire.channel.receive())
            wire.channel.send(head(RESULT, call) + b"N")
        except SeamError:
            pass

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    wire.peer.request("echo", (1,))
    thread.join(5)
    wire.channel.close()
    wire.peer.channel.close()
    kind = said[0][0]
    return said[0].decode("latin-1") if kind == RAISE else "allowed"


class Thing:
    public = 3
    _private = 4

    def method(self) -> int:
        return self.public


def test_the_gate() -> None:
    def function() -> None: ...

    generator = (x for x in [1])
    thing = Thing()
    assert refusal(thing, "get", "public") == "allowed"
    assert refusal(thing, "get", "method") == "allowed"
    assert refusal(thing, "special", "__len__", (), ()) != "allowed"
    assert refusal(function, "special", "__call__", (), ()) == "allowed"
    assert refusal(generator, "special", "__next__", (), ()) == "allowed"
    for name in ("__globals__", "__code__", "__closure__", "__builtins__", "__self__", "__class__", "func_globals"):
        assert "AttributeError" in refusal(function, "get", name)
    for name in ("gi_frame", "gi_code", "gi_yieldfrom"):
        assert "AttributeError" in refusal(generator, "get", name)
    for name in ("_private", "__dict__", "__class__", "__init_subclass__", "__reduce_ex__", "__setattr__"):
        assert "AttributeError" in refusal(thing, "get", name)
    assert "AttributeError" in refusal(thing, "set", "public", 5)
    assert "AttributeError" in refusal(Thing, "get", "public")
    assert "AttributeError" in refusal(random, "get", "seed")
    assert "AttributeError" in refusal("text".format, "get", "__self__")
    assert thing.public == 3


SOUND = [NAME, NOTHING, CLASS, INT, LIST, b"N", b"T", b"i" + b"\1" * 8, b"l" + u32(1) + u32(1), b"d" + u32(3) + u32(1)]


TAGS = st.sampled_from("NTFiJfcSbtzldpORQGHPVECK").map(str.encode)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.one_of(st.sampled_from(SOUND), st.binary(max_size=12), TAGS), max_size=12),
    st.integers(0, 15),
)
def test_fuzzed_answers(parts: list[bytes], notes: int) -> None:
    """Whatever comes: a value, an exception that a test may see, or the end of the session; and soon."""
    wire = Wire()
    try:
        wire.ask(result(b"".join(parts), notes))
    except SeamError:
        assert wire.peer.over is not None


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_flipped_bytes(data: st.DataObject) -> None:
    """An honest message with a few bytes changed."""
    wire = Wire()
    values = st.recursive(st.none() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=4))
    honest = bytearray(wire.encoded(data.draw(values)) + CLASS)
    for _ in range(data.draw(st.integers(1, 4))):
        honest[data.draw(st.integers(0, len(honest) - 1))] = data.draw(st.integers(0, 255))
    try:
        wire.ask(result(bytes(honest)))
    except SeamError:
        assert wire.peer.over is not None


def test_bombs_are_counted(wire: Wire) -> None:
    bomb: list[Any] = [0]
    for _ in range(40):
        bomb = [bomb, bomb]
    with pytest.raises(ProtocolError, match="more than"):
        wire.ask(result(wire.encoded(bomb)))


def test_a_bomb_that_is_built_by_updates(wire: Wire) -> None:
    """Outside first: each list is empty when the one that holds it twice is sent, and grows only afterwards."""
    lists: list[list[Any]] = [[] for _ in range(40)]
    first = wire.encoded(lists)

    def grown(call: int) -> bytes:
        for outer, inner in zip(lists, lists[1:], strict=False):
            outer.extend([inner, inner])
        changes = list(wire.writer.shared.changes())
        body = b"".join(u32(number) + wire.encoded(tuple(entry.value)) for number, entry in changes)
        return head(RESULT, call, 4) + u32(len(changes)) + body + b"N"

    ours, theirs = wire.peer, wire.channel

    def answer() -> None:
        for reply in (result(first), grown):
            (call,) = struct.unpack_from("<I", theirs.receive(), 1)
            theirs.send(reply(call))

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    kept = ours.request("echo", (1,))
    with pytest.raises(ProtocolError, match="more than"):
        ours.request("echo", (1,))
    thread.join(5)
    assert len(kept) == 40
    theirs.close()
    ours.channel.close()


def test_deep_values_end_before_recursion_does(wire: Wire) -> None:
    with pytest.raises(ProtocolError, match="deep"):
        wire.ask(result((b"t" + u32(1)) * 5_000 + b"N"))
