"""The comm's door: whatever a page says, nothing escapes into the kernel and no record is lost.

Messages that nearly fit `pageMessage` (schema/src/wire/comm.ts), and such that do not, reach a real custodian as
ipykernel would hand them over, beside records that are being sent. A page may say "saved" of what it was handed, that
is its word; so here it is only told of other numbers and other streams, and then every record must still be there.
"""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any, Callable

import pytest
from await_condition import eventually
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lab_server import LabServer

from nbpulse.custodian import Custodian
from nbpulse.journal_file import host_folder, read_journal

Make = Callable[[], Custodian]

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["\x00", "\ud800", "../../x", "saved", "lab-closed", 2**63, -1, 1e308]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def nearly(right: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(right, right, right, anything)


#: Streams that are nobody's here, so that no word of the page is true.
streams = st.uuids().map(str)
seqs = st.lists(nearly(st.integers(1, 50)), max_size=5)
refusals = st.lists(
    nearly(
        st.fixed_dictionaries(
            {
                "seq": nearly(st.integers(1_000, 2_000)),
                "code": nearly(st.sampled_from(["invalid", "lab-closed", "conflict", "new-code"])),
                "message": nearly(st.text(max_size=30)),
            }
        )
    ),
    max_size=4,
)
messages = st.one_of(
    st.fixed_dictionaries(
        {"v": nearly(st.just(1)), "type": st.just("saved"), "stream": nearly(streams), "seqs": nearly(seqs)},
        optional={"refused": nearly(refusals)},
    ),
    st.fixed_dictionaries(
        {"v": nearly(st.just(1)), "type": st.just("have")},
        optional={"stream": nearly(streams), "seqs": nearly(seqs)},
    ),
    st.fixed_dictionaries({"v": st.just(1), "type": st.just("claim"), "stream": nearly(streams)}),
    st.fixed_dictionaries(
        {"v": nearly(st.just(1)), "type": nearly(st.sampled_from(["asked", "sending", "enrol", "pong", "later"]))},
        # A plain False is no noise: it is the student's own choice, and nothing is taken after it.
        optional={
            "enrolment": anything,
            "on": anything.filter(lambda on: on is not False),
            "message": anything,
            "id": anything,
            "stream": streams,
        },
    ),
    st.dictionaries(st.text(max_size=8), anything, max_size=5),
)
#: As ipykernel hands it over, and what a broken front end makes of it.
envelopes = st.one_of(
    messages.map(lambda message: {"content": {"data": message}}),
    messages.map(lambda message: {"content": {"data": message}}),
    anything.map(lambda data: {"content": {"data": data}}),
    anything.map(lambda content: {"content": content}),
    anything,
)


def kept(keeper: Custodian) -> list[int]:
    return sorted(seq for stream in keeper.streams.values() for seq in stream.entries)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], print_blob=True)
@given(said=st.lists(envelopes, min_size=1, max_size=12))
def test_no_message_of_a_page_escapes_or_loses_a_record(keepers: Make, said: list[Any]) -> None:
    keeper = _keeper(keepers)
    before = keeper.unsaved()
    for number, envelope in enumerate(said):
        keeper.page._on_ack_message(envelope)  # ipykernel's way in
        sent = keeper.take(number, f"question {number}", None)
        assert sent  # taken
    assert keeper.unsaved() == before + len(said)
    assert keeper.sending


_made: dict[int, Custodian] = {}


def _keeper(keepers: Make) -> Custodian:
    """One for all examples of a test: what one message did to it, the next ones meet."""
    key = id(keepers)
    if key not in _made:
        _made.clear()
        _made[key] = keepers()
    return _made[key]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], print_blob=True)
@given(opening=st.one_of(anything, messages), comm_id=st.text(max_size=10))
def test_no_opening_of_a_comm_escapes(keepers: Make, opening: Any, comm_id: str) -> None:
    class Comm:
        """What the comm package gives: only what the pipe calls."""

        def __init__(self) -> None:
            self.comm_id = comm_id
            self.handle_msg: Any = None

        def on_msg(self, callback: Any) -> None:
            self.on = callback

        def on_close(self, callback: Any) -> None:
            self.closed = callback

    keeper = _keeper(keepers)
    comm = Comm()
    keeper.page._on_ack_open(comm, {"content": {"data": opening}})
    comm.handle_msg({"content": {"data": opening}})
    comm.closed({})
    assert keeper.take(1, 1, None)


def test_what_was_said_does_not_keep_records_from_the_server(keepers: Make, server: LabServer) -> None:
    keeper = keepers()
    for number in range(20):
        keeper.take(number, number, None)
    for message in (
        {"v": 1, "type": "saved", "stream": str(uuid.uuid4()), "seqs": list(range(1, 21))},
        {"v": 1, "type": "saved", "stream": keeper.own.id, "seqs": ["1", 1.0, True, None, [1], {"seq": 1}]},
        {"v": 1, "type": "saved", "stream": keeper.own.id, "seqs": "12345"},
        {"v": 1, "type": "saved", "stream": keeper.own.id, "seqs": {"1": 1}},
        {"v": 1, "type": "have", "stream": keeper.own.id, "seqs": list(range(1, 21))},
        {
            "v": 1,
            "type": "enrol",
            "enrolment": {"server": "file:///etc/passwd", "lab": "x", "participant": "y", "token": "z"},
        },
        {"v": 1, "type": "enrol", "enrolment": None},
    ):
        keeper.page._on_ack_message({"content": {"data": message}})
    keeper.page._on_ack_message({"content": {"data": {"v": 1, "type": "enrol", "enrolment": server.enrolment()}}})
    eventually(lambda: sorted(server.seqs(keeper.own.id)) == list(range(1, 21)), "all records")


def test_a_journal_file_with_anything_in_it_is_read_without_a_fault(tmp_path: Path) -> None:
    @settings(max_examples=200, deadline=None)
    @given(st.binary(max_size=200), st.sampled_from([b"", b"\n", b'{"v":1', b"\xff\xfe\n"]))
    def read(noise: bytes, start: bytes) -> None:
        read_journal(start + noise)

    read()
    assert host_folder()


@pytest.mark.parametrize("depth", [1_000, 100_000])
def test_a_message_nested_without_end_is_passed_over(keepers: Make, depth: int) -> None:
    keeper = keepers()
    nested: Any = []
    for _ in range(depth):
        nested = [nested]
    keeper.page._on_ack_message(
        {"content": {"data": {"v": 1, "type": "saved", "stream": keeper.own.id, "seqs": nested}}}
    )
    assert keeper.take(1, 1, None)
    assert keeper.unsaved() == 1
