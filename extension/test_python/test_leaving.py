"""Whose a record is when several ways of joining meet, and what `leave` may delete."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from await_condition import eventually
from lab_server import LabServer

from nbpulse import connector as connector_module
from nbpulse import leaving
from nbpulse.connection import Connection
from nbpulse.connector import Connector
from nbpulse.custodian import Custodian
from nbpulse.enrolment import parse_enrolment
from nbpulse.identity import Identity, Wanted
from nbpulse.journal_file import host_folder

Make = Callable[[], Custodian]


def enrol(keeper: Custodian, enrolment: dict[str, str]) -> None:
    keeper.hear({"v": 1, "type": "enrol", "enrolment": enrolment})


def journals() -> list[Path]:
    return [path for path in host_folder().glob("*/*") if len(path.name) == 36]


@pytest.mark.parametrize("is_attached", [True, False])
def test_a_connect_that_is_answered_late_does_not_take_the_kernel_from_the_page(
    keepers: Make, server: LabServer, monkeypatch: pytest.MonkeyPatch, is_attached: bool
) -> None:
    keeper, page, late = keepers(), server.enrolment("Ben"), parse_enrolment(server.enrolment("Ada"))
    assert late is not None
    monkeypatch.setattr(connector_module, "custodian", lambda: keeper)
    connector, connection = Connector(), Connection(Wanted(server.url, "AAAA-AAAA", "Ada", False))
    connector.present = connection
    enrol(keeper, page)
    if is_attached:
        keeper.page._acks["a page"] = object()
    connector._enrol(connection, Identity(late, "RETURN"))
    keeper.page._acks.clear()
    assert keeper.current is not None
    assert keeper.current.name == ("Ben" if is_attached else "Ada")
    assert ("the notebook page has joined as Ben" in repr(connection)) == is_attached


def test_what_another_kernel_left_meanwhile_counts_before_leaving(
    keepers: Make, server: LabServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrolment = server.enrolment()
    keeper, other = keepers(), keepers()
    enrol(keeper, enrolment)
    eventually(lambda: not keeper.writer._scan, "the first look for what others left")
    server.stop()
    enrol(other, enrolment)
    other.take("not saved", 1, None)
    other.close(0)
    assert len(journals()) == 1
    monkeypatch.setattr(leaving, "custodian", lambda: keeper)
    monkeypatch.setattr(leaving, "_PATIENCE_SECONDS", 0.0)
    assert keeper.current is not None
    assert leaving._wait_saved(keeper.current.claim) == 1


def test_leaving_in_the_last_line_of_a_script_deletes_the_journal(keepers: Make, server: LabServer) -> None:
    server.stop()
    keeper = keepers()
    enrol(keeper, server.enrolment())
    keeper.take("given up", 1, None)
    keeper.writer.write_now()
    assert len(journals()) == 1
    keeper.writer.stop()  # its thread comes to nothing any more
    keeper.leave()
    keeper.close(0)
    assert journals() == []


def test_a_refused_record_is_kept_though_its_stream_ends_with_it(keepers: Make, server: LabServer) -> None:
    keeper, enrolment = keepers(), server.enrolment()
    server.stop()
    enrol(keeper, enrolment)
    keeper.take("never taken", 1, None)
    stream = keeper.own.id
    keeper.writer.write_now()
    enrol(keeper, server.enrolment("Ben"))  # the first stream ends when it is empty
    keeper.writer.stop()
    keeper.writer.wake = keeper.writer.write_now  # type: ignore[method-assign] # as if it ran at once
    keeper.settle(stream, [], [{"seq": 1, "code": "invalid", "message": "no"}])
    assert stream not in keeper.streams
    [kept] = host_folder().glob(f"*/{stream}.refused")
    assert "never taken" in kept.read_text("utf-8")


@pytest.mark.parametrize("state", ["connecting", "waiting"])
def test_what_was_sent_before_an_answer_is_not_the_next_ones(
    keepers: Make, server: LabServer, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    keeper, ben = keepers(), parse_enrolment(server.enrolment("Ben"))
    assert ben is not None
    monkeypatch.setattr(connector_module, "custodian", lambda: keeper)
    connector, first = Connector(), Connection(Wanted(server.url, "AAAA-AAAA", "Ada", False))
    first.state = state
    keeper.take("Ada's", 1, None)
    sent_first = keeper.own.id
    second = Wanted(server.url, "AAAA-AAAA", "Ben", False)
    connector._make_room(first, second)
    connector.present = Connection(second)
    connector._enrol(connector.present, Identity(ben, "RETURN"))
    assert keeper.own.claim == ben.claim
    assert keeper.streams[sent_first].claim is None
