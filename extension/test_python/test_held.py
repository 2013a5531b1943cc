"""What a server will not take now: closed and deleted labs, sending off. It stays here, is counted, can be had."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from await_condition import eventually
from lab_server import LabServer

import nbpulse.custodian as custodian_module
from nbpulse.custodian import Custodian
from nbpulse.unsent import Exported, export_unsent

Make = Callable[[], Custodian]


def enrol(keeper: Custodian, enrolment: dict[str, str]) -> None:
    keeper.hear({"v": 1, "type": "enrol", "enrolment": enrolment})


def test_sending_off_elsewhere_is_followed_and_on_again(
    keepers: Make, server: LabServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nbpulse.upload.LOOK_AT_SENDING_SECONDS", 0.05)
    monkeypatch.setattr("nbpulse.upload.HELD_SECONDS", 60.0)
    keeper, enrolment = keepers(), server.enrolment()
    enrol(keeper, enrolment)
    server.sending_off.add(enrolment["participant"])
    last = keeper.take("the one that brings the news", 1, None)
    eventually(lambda: not keeper.sending, "the kernel to hear of it")
    eventually(lambda: "switched sending off" in repr(last), "its fate")
    refused = keeper.take("not taken", 1, None)
    assert "sending is switched off" in repr(refused) and not refused
    assert (keeper.unsaved(), keeper.held()) == (1, 1)
    server.sending_off.clear()
    eventually(lambda: keeper.take("on again?", 2, None), "a send that is taken again, without any page")
    eventually(lambda: keeper.unsaved() == 0, "what was held too")
    values = [event["value"]["v"] for event in server.events(keeper.own.id)]
    assert values[0] == "the one that brings the news" and "not taken" not in values


def test_what_was_made_before_it_was_switched_off_still_comes_in(keepers: Make, server: LabServer) -> None:
    server.stop()
    keeper, enrolment = keepers(), server.enrolment()
    enrol(keeper, enrolment)
    for number in range(3):
        keeper.take(number, 1, None)
    early = {1, 2}
    server.refuse = lambda event: None if event["seq"] in early else ("sending-off", "You switched sending off before.")
    server.start()
    eventually(lambda: keeper.held() == 1, "the third to be held")
    assert server.seqs(keeper.own.id) == [1, 2]
    assert keeper.unsaved() == 1


def test_another_participants_switch_is_not_this_ones(keepers: Make, server: LabServer) -> None:
    keeper, ada, grace = keepers(), server.enrolment("Ada"), server.enrolment("Grace")
    enrol(keeper, ada)
    server.sending_off.add(ada["participant"])
    keeper.take("Ada's", 1, None)
    eventually(lambda: not keeper.sending, "off for Ada")
    enrol(keeper, grace)
    assert keeper.sending
    keeper.take("Grace's", 1, None)
    eventually(lambda: server.seqs(keeper.own.id) == [1], "Grace's record")
    keeper.hear({"v": 1, "type": "have"})  # Ada's held record is tried again, and answered as before
    assert keeper.sending


def test_the_page_has_the_last_word_on_this_computer(keepers: Make, server: LabServer) -> None:
    keeper = keepers()
    enrol(keeper, server.enrolment())
    keeper.hear({"v": 1, "type": "sending", "on": False})
    keeper.heard_sending(keeper.own.claim, True)  # type: ignore[arg-type]
    assert not keeper.sending
    keeper.hear({"v": 1, "type": "sending", "on": True})
    assert keeper.sending


def test_a_held_record_is_tried_rarely_and_counted(
    keepers: Make, server: LabServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nbpulse.upload.HELD_SECONDS", 60.0)
    server.refuse = lambda event: ("lab-closed", "The lab closed at 10:00.")
    keeper = keepers()
    enrol(keeper, server.enrolment())
    for number in range(5):
        keeper.take(number, number, None)
    eventually(lambda: keeper.held() == 5, "all to be held")
    asked = len(server.requests)
    assert asked <= 5
    server.refuse = lambda event: None
    keeper.take("new", "new", None)
    eventually(lambda: server.seqs(keeper.own.id) == [6], "the new one, at once")
    assert keeper.held() == 5  # their time has not come


@pytest.fixture
def exporting(keepers: Make, monkeypatch: pytest.MonkeyPatch) -> Custodian:
    """The process' own custodian, as `export_unsent` finds it."""
    keeper = keepers()
    monkeypatch.setattr(custodian_module, "_current", keeper)
    return keeper


def exported(result: Exported) -> dict[str, Any]:
    assert result.path is not None, repr(result)
    content: dict[str, Any] = json.loads(Path(result.path).read_text(encoding="utf-8"))
    return content


def test_a_deleted_lab_leaves_its_records_with_the_student_who_can_have_them(
    exporting: Custodian, server: LabServer, tmp_path: Path
) -> None:
    keeper = exporting
    server.refuse = lambda event: ("invalid", "This does not fit.") if event["question"] == "bad" else None
    enrol(keeper, server.enrolment())
    keeper.take("refused for good", "bad", None)
    eventually(lambda: keeper.unsaved() == 0, "the refusal")
    server.fault = lambda: (410, {}, {"error": "lab-deleted", "message": "This lab was deleted."})
    keeper.take({"a": [1, 2.5]}, "2b", "B")
    eventually(lambda: keeper.last_problem is not None and "export_unsent" in keeper.last_problem, "how to have them")
    keeper.take("sent after", 3, None)
    result = export_unsent(tmp_path / "mine.json")
    assert repr(result) == f"3 records in {tmp_path / 'mine.json'}"
    [stream] = exported(result)["streams"]
    assert (stream["lab"], stream["stream"]) == (server.lab, keeper.own.id)
    assert [(one["seq"], one["question"], one["why"].split(":")[0]) for one in stream["records"]] == [
        (1, "bad", "refused"),
        (2, "2b", "not sent yet"),
        (3, "3", "not sent yet"),
    ]
    assert stream["records"][1]["value"]["t"] == "dict" and stream["records"][1]["part"] == "B"
    assert keeper.unsaved() == 2  # it is a copy


def test_an_export_holds_nothing_of_another_student(exporting: Custodian, server: LabServer, tmp_path: Path) -> None:
    keeper = exporting
    server.refuse = lambda event: ("invalid", "no") if event["question"] == "bad" else ("lab-closed", "closed")
    enrol(keeper, server.enrolment("Ada"))
    keeper.take("Ada's refused", "bad", None)
    keeper.take("Ada's held", 1, None)
    eventually(lambda: keeper.held() == 1 and keeper.unsaved() == 1, "the answers")
    enrol(keeper, server.enrolment("Grace"))
    keeper.take("Grace's", 1, None)
    text = json.dumps(exported(export_unsent(tmp_path / "grace.json")))
    assert "Grace's" in text and "Ada's" not in text
    everything = json.dumps(exported(export_unsent(tmp_path / "all.json", everything=True)))
    assert all(words in everything for words in ("Grace's", "Ada's refused", "Ada's held"))


def test_an_export_says_when_there_is_nothing_and_when_it_cannot_write(
    exporting: Custodian, server: LabServer, tmp_path: Path
) -> None:
    assert "nothing to export" in repr(export_unsent(tmp_path / "none.json"))
    assert not (tmp_path / "none.json").exists()
    exporting.take(1, 1, None)
    result = export_unsent(tmp_path / "no such folder" / "x.json")
    assert not result and "nothing was written" in repr(result) and "No such file" in repr(result)
