"""Journals of kernels that ended before anyone had joined: offered to whoever joins, never sent by themselves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from await_condition import eventually
from lab_server import LabServer
from page_end import Kernel, Page

from nbpulse.custodian import Custodian
from nbpulse.journal_file import host_folder

Make = Callable[[], Custodian]


def killed_without_an_owner(values: list[str]) -> str:
    """A kernel that sent these, one question each, and was killed before anyone joined."""
    code = (
        "import json, os, signal, sys, nbpulse\n"
        "from nbpulse.custodian import custodian\n"
        f"for number, value in enumerate({values!r}): nbpulse.send(value, f'q{{number}}')\n"
        "custodian().writer.write_now()\n"
        "print(custodian().own.id, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60)
    assert run.returncode == -signal.SIGKILL, run.stderr
    return run.stdout.strip()


def enrol(keeper: Custodian, enrolment: dict[str, str]) -> None:
    keeper.hear({"v": 1, "type": "enrol", "enrolment": enrolment})


def test_they_are_offered_without_values_and_stay_until_somebody_claims_them(keepers: Make, server: LabServer) -> None:
    one, other = killed_without_an_owner(["secret A", "secret B"]), killed_without_an_owner(["secret C"])
    keeper, enrolment = keepers(), server.enrolment()
    enrol(keeper, enrolment)
    eventually(lambda: len(keeper.unclaimed) == 2, "both to be found")
    assert {(left.stream, left.records, tuple(left.questions)) for left in keeper.unclaimed} == {
        (one, 2, ("q0", "q1")),
        (other, 1, ("q0",)),
    }
    assert all(left.first_at <= left.last_at and left.first_at.startswith("20") for left in keeper.unclaimed)
    assert "secret" not in repr(keeper.unclaimed)
    keeper.take("mine", 1, None)
    eventually(lambda: server.seqs(keeper.own.id) == [1], "the kernel's own record")
    assert server.count() == 1
    keeper.hear({"v": 1, "type": "claim", "stream": one})
    eventually(lambda: server.seqs(one) == [1, 2], "the claimed journal's records")
    assert server.owners[one] == enrolment["participant"]
    eventually(lambda: [left.stream for left in keeper.unclaimed] == [other], "the offer to shrink")
    eventually(lambda: not list((host_folder()).glob(f"*/{one}*")), "its files to go")
    assert server.seqs(other) == []


def test_a_claim_without_a_participant_or_of_nonsense_does_nothing(keepers: Make, server: LabServer) -> None:
    stream = killed_without_an_owner(["secret"])
    keeper = keepers()
    for nonsense in (stream, "../../etc/passwd", "", 5, None):
        keeper.hear({"v": 1, "type": "claim", "stream": nonsense})
    enrol(keeper, server.enrolment())
    for nonsense in ("../../etc/passwd", "", "x" * 36):
        keeper.hear({"v": 1, "type": "claim", "stream": nonsense})
    eventually(lambda: [left.stream for left in keeper.unclaimed] == [stream], "the offer")
    assert server.count() == 0
    assert list(keeper.streams) == [keeper.own.id]


def test_a_living_kernels_unclaimed_journal_is_not_offered(keepers: Make, server: LabServer) -> None:
    living, keeper = keepers(), keepers()
    living.take("not dead", 1, None)
    eventually(lambda: (host_folder() / "unclaimed" / living.own.id).exists(), "its file")
    dead = killed_without_an_owner(["dead"])
    enrol(keeper, server.enrolment())
    eventually(lambda: [left.stream for left in keeper.unclaimed] == [dead], "the dead one's alone")


def test_the_page_hears_the_offer_and_claims_it(
    own_kernel: Callable[[], Kernel], page_of: Callable[..., Page], server: LabServer
) -> None:
    stream = killed_without_an_owner(["from before"])
    kernel = own_kernel()
    kernel.run("import nbpulse")
    page = page_of(kernel, commit=server.commit, enrolment=server.enrolment())
    offer = page.saw(lambda page: page.offers, "the offer")[-1]
    golden = json.loads((Path(__file__).parents[2] / "schema/fixtures/kernel-messages.json").read_text("utf-8"))
    [example] = [item["data"] for item in golden["kernel"] if item["data"].get("type") == "unclaimed"]
    assert offer.keys() == example.keys()
    assert offer["journals"][0].keys() == example["journals"][0].keys()
    assert [(one["stream"], one["records"]) for one in offer["journals"]] == [(stream, 1)]
    page.say({"v": 1, "type": "claim", "stream": stream})
    eventually(lambda: server.seqs(stream) == [1], "the record")
    page.saw(lambda page: page.offers[-1]["journals"] == [], "the offer to be taken back")
