"""The journal: in memory, on disk, after a crash, on a full disk, and between two kernels."""

from __future__ import annotations

import json
import os
import random
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable

import pytest
from await_condition import eventually
from hypothesis import given
from hypothesis import strategies as st
from lab_server import LabServer

from nbpulse import journal_file
from nbpulse.custodian import Custodian
from nbpulse.enrolment import Claim
from nbpulse.journal import Entry, Stream, Taken
from nbpulse.journal_file import host_folder, line, ranges_text, read_journal, read_lines, read_ranges

Make = Callable[[], Custodian]


def enrol(keeper: Custodian, enrolment: dict[str, str]) -> None:
    keeper.hear({"v": 1, "type": "enrol", "enrolment": enrolment})


def take(stream: Stream, question: str, value: str = "1") -> Entry:
    return stream.enter(Taken(question, None, None, value))


def on_disk(path: Path) -> list[int]:
    try:
        content = read_journal(path.read_bytes())
    except OSError:
        return []
    return [entry.seq for entry in content.entries] if content is not None else []


def test_numbers_have_no_holes(keepers: Make) -> None:
    keeper = keepers()
    keeper.take(1, 1, None)
    keeper.take(1, "x" * 10_000, None)
    keeper.take(b"x" * 3_000_000, 1, None)
    keeper.take(2, 1, None)
    assert list(keeper.own.entries) == [1, 2]


@pytest.mark.parametrize(
    ("question", "key"),
    [(3, "3"), ("2b", "2b"), (" warm-up ", "warm-up"), (2.5, "2.5"), ("größe", "größe"), ("x" * 64, "x" * 64)],
)
def test_question_keys(keepers: Make, question: object, key: str) -> None:
    keeper = keepers()
    assert keeper.take(1, question, None)
    assert json.loads(keeper.own.entries[1].body)["question"] == key


@pytest.mark.parametrize(
    "question", ["x" * 10_000, "", "  ", None, True, [1], "a\nb", "a\x00b", "\ud800", "x" * 65, object(), float]
)
def test_a_bad_key_is_a_problem_and_no_error(keepers: Make, question: object) -> None:
    keeper = keepers()
    sent = keeper.take(1, question, None)
    assert repr(sent).startswith("refused: ")
    assert not sent
    assert keeper.last_problem is not None and len(keeper.last_problem) < 300
    assert keeper.unsaved() == 0


@pytest.mark.parametrize("part", ["x" * 65, "a\nb", "\ud800"])
def test_a_bad_part_is_a_problem(keepers: Make, part: object) -> None:
    assert "part" in repr(keepers().take(1, 1, part))


def test_a_full_journal_keeps_the_last_of_each_question_and_counts() -> None:
    stream = Stream()
    stream.max_records = 100
    take(stream, "first")
    for number in range(1_000):
        take(stream, f"q{number % 3}", str(number))
    kept = [entry.question for entry in stream.entries.values()]
    assert len(stream.entries) == 100
    assert kept[0] == "first"
    assert [entry.seq for entry in stream.entries.values()][-99:] == list(range(903, 1_002))
    assert sum(stream.dropped.values()) == 901
    stream.mint_dropped()
    told = [json.loads(entry.body) for entry in stream.entries.values() if not entry.is_record]
    assert sum(event["count"] for event in told) == 901
    assert {event["seq"] for event in told} == {1_002, 1_003, 1_004}
    assert stream.dropped == {}


def test_a_full_journal_counts_bytes_too() -> None:
    stream = Stream()
    stream.max_bytes = 50_000
    for _ in range(100):
        take(stream, "1", json.dumps({"t": "str", "v": "x" * 5_000}))
    assert stream.bytes <= 50_000
    assert len(stream.entries) + sum(stream.dropped.values()) == 100


def test_ten_thousand_questions_do_not_fill_the_memory() -> None:
    stream = Stream()
    stream.max_records = 100
    for number in range(1_000):
        take(stream, f"q{number}")
    assert len(stream.entries) == 200


def test_what_was_carried_already_is_dropped_last_and_taken_back_when_saved_late() -> None:
    stream = Stream()
    stream.max_records = 10
    for _ in range(10):
        take(stream, "1").handed = True
    for _ in range(5):
        take(stream, "1")
    assert list(stream.entries)[0] == 1 + 1  # four not carried went first, then the oldest carried
    assert stream.dropped == {"1": 5}
    stream.settle([1])
    assert stream.dropped == {"1": 4}


@given(st.sets(st.integers(1, 400)))
def test_ranges_come_back(seqs: set[int]) -> None:
    assert sorted(seqs) == ([] if not seqs else list(read_ranges(ranges_text(seqs))))


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=8), st.data())
def test_a_torn_tail_never_reads_as_something_else(payloads: list[str], data: Any) -> None:
    raw = b"".join(map(line, payloads))
    cut = data.draw(st.integers(0, len(raw)))
    read = list(read_lines(raw[:cut]))
    assert read == payloads[: len(read)]
    assert list(read_lines(raw)) == payloads


@given(st.data())
def test_a_damaged_byte_ends_the_reading_there(data: Any) -> None:
    payloads = [f"e {number}" for number in range(5)]
    raw = bytearray(b"".join(map(line, payloads)))
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    read = list(read_lines(bytes(raw)))
    assert read == payloads[: len(read)]


def test_records_are_on_disk_soon_for_their_owner_only(keepers: Make) -> None:
    keeper = keepers()
    keeper.take("secret", 1, None)
    path = host_folder() / "unclaimed" / keeper.own.id
    eventually(lambda: on_disk(path) == [1], "the record in the file")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_file_moves_to_its_lab_and_shrinks_as_records_are_saved(keepers: Make, server: LabServer) -> None:
    server.stop()
    keeper, enrolment = keepers(), server.enrolment()
    keeper.take(1, 1, None)
    unclaimed = host_folder() / "unclaimed" / keeper.own.id
    eventually(lambda: on_disk(unclaimed) == [1], "the unclaimed file")
    enrol(keeper, enrolment)
    path = host_folder() / server.lab / keeper.own.id
    eventually(lambda: on_disk(path) == [1], "the file in the lab's folder")
    assert not unclaimed.exists()
    assert not Path(f"{unclaimed}.lock").exists()
    keeper.take(2, 1, None)
    eventually(lambda: on_disk(path) == [1, 2], "the second record")
    keeper.settle(keeper.own.id, [1])
    eventually(lambda: on_disk(path) == [2], "the acknowledgement in the file")
    assert enrolment["token"] not in path.read_text(encoding="utf-8")


def test_a_long_journal_is_rewritten_when_most_of_it_is_over(keepers: Make) -> None:
    keeper = keepers()
    path = host_folder() / "unclaimed" / keeper.own.id
    for number in range(300):
        keeper.take("x" * 10_000, number % 5, None)
    eventually(lambda: len(on_disk(path)) == 300, "all in the file")
    assert path.stat().st_size > 3_000_000
    keeper.settle(keeper.own.id, range(1, 299))
    eventually(lambda: path.stat().st_size < 100_000, "the rewrite")
    assert on_disk(path) == [299, 300]


def test_an_unwritable_folder_disturbs_nobody_and_is_tried_again(
    keepers: Make, state_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_file, "RETRY_SECONDS", 0.05)
    state_home.write_text("a file where the folder should be")
    keeper = keepers()
    assert repr(keeper.take(1, 1, None)) == "queued"
    assert repr(keeper.take(2, 1, None)) == "queued"
    state_home.unlink()
    eventually(lambda: on_disk(host_folder() / "unclaimed" / keeper.own.id) == [1, 2], "the file, once it can be")


def test_a_full_disk_disturbs_nobody(keepers: Make, server: LabServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_space(*_: Any) -> int:
        raise OSError(28, "No space left on device")

    keeper = keepers()
    monkeypatch.setattr("nbpulse.journal_file.os.write", no_space)
    enrol(keeper, server.enrolment())
    for number in range(100):
        keeper.take(number, 1, None)
    eventually(lambda: server.seqs(keeper.own.id) == list(range(1, 101)), "the server to have all")
    eventually(lambda: keeper.unsaved() == 0, "the acknowledgements")


def dead_kernel(code: str) -> list[Any]:
    """A kernel's process that sends and is killed: `code` runs with a custodian named `keeper`."""
    script = (
        "import json, os, signal, sys\n"
        "from nbpulse.custodian import custodian\n"
        "keeper = custodian()\n"
        f"{code}\n"
        "keeper.writer.write_now()\n"
        "print(json.dumps([keeper.own.id, list(keeper.own.entries)]), flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    run = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=60)
    assert run.stderr == ""
    result: list[Any] = json.loads(run.stdout)
    return result


def killed_after(enrolment: dict[str, str], count: int) -> str:
    claim = Claim(enrolment["lab"], enrolment["participant"])
    stream, seqs = dead_kernel(
        "from nbpulse.enrolment import Claim\n"
        f"keeper.own.claim = Claim{tuple(claim)!r}\n"
        f"for number in range({count}): keeper.take(number, 1, None)"
    )
    assert seqs == list(range(1, count + 1))
    return str(stream)


def test_the_next_kernel_sends_what_a_killed_one_left(keepers: Make, server: LabServer) -> None:
    enrolment = server.enrolment()
    stream = killed_after(enrolment, 5)
    keeper = keepers()
    enrol(keeper, enrolment)
    eventually(lambda: server.seqs(stream) == [1, 2, 3, 4, 5], "the dead kernel's records")
    folder = host_folder() / server.lab
    eventually(lambda: not (folder / stream).exists() and not (folder / f"{stream}.lock").exists(), "its file to go")
    assert keeper.own.id != stream


def test_a_server_that_moved_gets_them_at_its_new_address(keepers: Make, server: LabServer) -> None:
    enrolment = server.enrolment()
    stream = killed_after(enrolment, 3)
    server.stop()
    server.port = 0
    server.start()
    keeper = keepers()
    enrol(keeper, enrolment)
    keeper.take("on its way", 1, None)
    enrol(keeper, {**enrolment, "server": server.url})
    eventually(lambda: server.seqs(stream) == [1, 2, 3] and server.seqs(keeper.own.id) == [1], "both streams", 40)


def test_another_participant_neither_sends_nor_deletes_them(keepers: Make, server: LabServer) -> None:
    ada, grace = server.enrolment("Ada"), server.enrolment("Grace")
    stream = killed_after(ada, 3)
    keeper = keepers()
    enrol(keeper, grace)
    keeper.take(1, 1, None)
    eventually(lambda: server.seqs(keeper.own.id) == [1], "Grace's own record")
    assert server.seqs(stream) == []
    assert on_disk(host_folder() / server.lab / stream) == [1, 2, 3]
    keeper.hear({"v": 1, "type": "leave"})
    enrol(keeper, ada)
    eventually(lambda: server.seqs(stream) == [1, 2, 3], "Ada's records, once Ada is back")
    assert server.owners[stream] == ada["participant"]


def test_a_living_kernels_journal_is_left_alone(keepers: Make, server: LabServer) -> None:
    server.stop()
    enrolment = server.enrolment()
    one, other = keepers(), keepers()
    enrol(one, enrolment)
    one.take(1, 1, None)
    eventually(lambda: on_disk(host_folder() / server.lab / one.own.id) == [1], "its file")
    enrol(other, enrolment)
    other.take(1, 1, None)
    eventually(lambda: on_disk(host_folder() / server.lab / other.own.id) == [1], "the other's file")
    assert list(other.streams) == [other.own.id]


def test_a_torn_tail_costs_only_the_torn_record(keepers: Make, server: LabServer) -> None:
    enrolment = server.enrolment()
    stream = killed_after(enrolment, 4)
    path = host_folder() / server.lab / stream
    path.write_bytes(path.read_bytes()[:-20])
    keeper = keepers()
    enrol(keeper, enrolment)
    eventually(lambda: server.seqs(stream) == [1, 2, 3], "what was whole")


@pytest.mark.parametrize("kill", range(6))
def test_a_kernel_killed_while_it_writes_loses_a_tail_at_most(keepers: Make, server: LabServer, kill: int) -> None:
    """SIGKILL while the journal grows as fast as it can, at a size of the file drawn at random."""
    chance = random.Random(kill)
    enrolment = server.enrolment()
    code = (
        "from nbpulse.custodian import custodian\n"
        "from nbpulse.enrolment import Claim\n"
        "keeper = custodian()\n"
        f"keeper.own.claim = Claim({enrolment['lab']!r}, {enrolment['participant']!r})\n"
        "number = 0\n"
        "while True:\n"
        "    keeper.take(f'{number}:' + 'x' * (number * 37 % 5_000), number % 5, None); number += 1\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    process = subprocess.Popen([sys.executable, "-c", code], env=environment)
    folder, size = host_folder() / server.lab, chance.randrange(10_000, 3_000_000)
    try:
        eventually(
            lambda: [path for path in folder.glob("*") if len(path.name) == 36 and path.stat().st_size > size],
            "the journal to grow",
        )
    finally:
        process.kill()
        process.wait()
    [path] = [path for path in folder.glob("*") if len(path.name) == 36]
    safe = on_disk(path)
    assert safe and safe == list(range(1, len(safe) + 1))
    keeper = keepers()
    enrol(keeper, enrolment)
    eventually(lambda: len(server.seqs(path.name)) == len(safe), "all that was whole", 60)
    values = [event["value"]["v"].split(":")[0] for event in server.events(path.name)]
    assert values == [str(number) for number in range(len(safe))]


def test_drops_that_no_event_told_survive_the_kernel(keepers: Make, server: LabServer) -> None:
    enrolment = server.enrolment()
    claim = (enrolment["lab"], enrolment["participant"])
    stream, _ = dead_kernel(
        "from nbpulse.enrolment import Claim\n"
        f"keeper.own.claim = Claim{claim!r}\n"
        "keeper.own.max_records = 10\n"
        "for number in range(50): keeper.take(number, 1, None)"
    )
    keeper = keepers()
    enrol(keeper, enrolment)
    eventually(lambda: any(event["kind"] == "dropped" for event in server.events(stream)), "the drops to be told")
    eventually(lambda: keeper.unsaved() == 0, "everything saved")
    told = sum(event["count"] for event in server.events(stream) if event["kind"] == "dropped")
    records = [event["seq"] for event in server.events(stream) if event["kind"] == "record"]
    assert told + len(records) == 50
    assert records[-1] == 50


def test_leaving_wipes_token_records_and_files(keepers: Make, server: LabServer) -> None:
    server.stop()
    keeper, enrolment = keepers(), server.enrolment()
    old = killed_after(enrolment, 2)
    enrol(keeper, enrolment)
    keeper.take("mine", 1, None)
    folder = host_folder() / server.lab
    eventually(lambda: on_disk(folder / keeper.own.id) == [1], "the file")
    before = keeper.own.id
    keeper.hear({"v": 1, "type": "leave"})
    eventually(lambda: not (folder / before).exists() and not (folder / old).exists(), "the files to go")
    assert keeper.own.id != before
    assert keeper.enrolments == {}
    keeper.take("the next student's", 1, None)
    server.start()
    assert keeper.own.claim is None
    assert server.count() == 0


def test_two_students_after_each_other_stay_two(keepers: Make, server: LabServer) -> None:
    keeper, ada, grace = keepers(), server.enrolment("Ada"), server.enrolment("Grace")
    enrol(keeper, ada)
    keeper.take("from Ada", 1, None)
    first = keeper.own.id
    enrol(keeper, grace)
    keeper.take("from Grace", 1, None)
    second = keeper.own.id
    assert first != second
    eventually(lambda: server.seqs(first) == [1] and server.seqs(second) == [1], "both records")
    assert (server.owners[first], server.owners[second]) == (ada["participant"], grace["participant"])


def test_a_stream_that_is_saved_leaves_no_file(keepers: Make, server: LabServer, state_home: Path) -> None:
    keeper = keepers()
    enrol(keeper, server.enrolment())
    keeper.take(1, 1, None)
    eventually(lambda: keeper.unsaved() == 0, "saved")
    keeper.close(0)
    assert [path for path in state_home.rglob("*") if path.is_file()] == []
