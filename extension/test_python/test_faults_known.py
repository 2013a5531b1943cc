"""Single faults against the real server, each with its own promise.

The rate limit, closed and deleted labs, sending off, hours offline and mad clocks, full disks on either side.
"""

from __future__ import annotations

import os
import struct
import subprocess
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from await_condition import eventually
from conftest import say_skipped
from lab_server import LabServer
from network import Network
from page_end import Kernel, Page
from real_server import RealServer

from nbpulse.custodian import Custodian
from nbpulse.journal_file import host_folder, read_journal
from nbpulse.unsent import unsent

Make = Callable[[], Custodian]


@pytest.fixture
def network(real_server: RealServer) -> Iterator[Network]:
    made = Network(real_server.port)
    yield made
    made.stop()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str, int], Path]]:
    """Makes disks of so many MiB, as only root can."""
    mounted: list[Path] = []

    def make(name: str, mib: int) -> Path:
        # Below /tmp: Postgres runs as another user when we are root.
        folder = Path("/tmp") / f"nbp-disk-{os.getpid()}-{name}"
        folder.mkdir()
        options = ["-t", "tmpfs", "-o", f"size={mib}m,mode=711", "tmpfs", str(folder)]
        if subprocess.run(["mount", *options], capture_output=True).returncode != 0:
            folder.rmdir()
            say_skipped("a full disk: no disk of a few MB can be mounted here", "run the tests as root")
        mounted.append(folder)
        return folder

    yield make
    for folder in mounted:
        subprocess.run(["umount", "-l", str(folder)], check=True)
        folder.rmdir()


def fill(disk: Path) -> Path:
    """Takes all the room there is."""
    path = disk / "filler"
    with open(path, "wb", buffering=0) as file:
        try:
            while file.write(b"x" * 65_536):
                pass
        except OSError:
            pass
    return path


def enrol(keeper: Custodian, enrolment: dict[str, str]) -> None:
    keeper.hear({"v": 1, "type": "enrol", "enrolment": enrolment})


def test_a_journal_larger_than_the_burst_goes_out_without_loss_and_without_a_storm(
    keepers: Make, real_server: RealServer, network: Network
) -> None:
    """Two kernels of one device come back with 14,000 records; the server lets 12,000 through, then 200 a second."""
    network.cut()
    enrolment = {**real_server.join("Ada, back online"), "server": network.url}
    kernels = [keepers(), keepers()]
    taken = 0

    def take(count: int) -> None:
        nonlocal taken
        for keeper in kernels:
            for number in range(count):
                keeper.take(number, f"kernel {kernels.index(keeper)}, {number % 20}", None)
            taken += count

    def asked_to_wait() -> bool:
        return any(route.asked_to_wait for keeper in kernels for route in keeper.upload._routes.values())

    def are_saved() -> bool:
        return all(keeper.unsaved() == 0 for keeper in kernels)

    for keeper in kernels:
        enrol(keeper, enrolment)
    take(7_000)
    network.connections = 0
    network.connect()
    for _ in range(20):
        eventually(lambda: asked_to_wait() or are_saved(), "the server to ask for patience, or to have it all", 120)
        if asked_to_wait():
            break
        take(1_000)  # a slow machine sends so slowly that the allowance grows meanwhile
    assert asked_to_wait()
    eventually(are_saved, "all of them saved", 120)
    state = real_server.call("GET", f"/labs/{enrolment['lab']}/state")
    stored = sum(cell["records"] for cell in state["cells"] if cell["participant"] == enrolment["participant"])
    assert stored == taken
    # A batch of 500 at best, smaller ones at the start, and some that were told to wait.
    assert network.connections < taken / 500 * 4 + 60


def test_what_a_full_journal_gave_up_is_told_to_the_teacher(
    keepers: Make, real_server: RealServer, network: Network
) -> None:
    enrolment = {**real_server.join("Ada, in a loop"), "server": network.url}
    keeper = keepers()
    enrol(keeper, enrolment)
    network.cut()
    keeper.own.max_records = 300
    for number in range(3_000):
        keeper.take(number, number % 3, None)
    network.connect()
    eventually(lambda: keeper.unsaved() == 0, "all saved", 60)
    items = real_server.items(enrolment)
    stored = [int(item["record"]["summary"]) for item in items if item["kind"] == "record"]
    told = sum(item["count"] for item in items if item["kind"] == "dropped")
    assert len(stored) + told == 3_000
    assert stored[-3:] == [2_997, 2_998, 2_999]  # the last of each question


def test_a_closed_lab_takes_what_was_made_before_and_keeps_out_what_was_made_after(
    keepers: Make, real_server: RealServer, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nbpulse.upload.HELD_SECONDS", 0.5)
    lab = real_server.open_lab("Closes")
    enrolment = {**real_server.join("Ada", lab), "server": network.url}
    keeper = keepers()
    enrol(keeper, enrolment)
    network.cut()
    keeper.take("before", 1, None)
    keeper.clear_desk()
    real_server.call("PATCH", f"/labs/{lab['id']}", {"status": "closed"})
    closed_at = time.time()
    eventually(lambda: time.time() > closed_at + 0.05, "an instant after the close, whatever the clocks' grain")
    after = keeper.take("after", 1, None)
    network.connect()
    eventually(lambda: keeper.held() == 1 and keeper.unsaved() == 1, "the answers", 60)
    assert "refused" in repr(after)
    [item] = [item for item in real_server.items(enrolment) if item["kind"] == "record"]
    assert item["record"]["late"] and "before" in item["record"]["summary"]
    real_server.call("PATCH", f"/labs/{lab['id']}", {"status": "open"})
    eventually(lambda: keeper.unsaved() == 0, "what was held, once the lab is open again", 60)
    assert repr(after) == "saved"
    assert len(real_server.summaries(enrolment)) == 2


def test_a_deleted_lab_leaves_the_records_here_and_says_how_to_have_them(
    keepers: Make, real_server: RealServer
) -> None:
    lab = real_server.open_lab("Deleted")
    enrolment = real_server.join("Ada", lab)
    keeper = keepers()
    enrol(keeper, enrolment)
    keeper.take("stored", 1, None)
    eventually(lambda: keeper.unsaved() == 0, "the first", 60)
    real_server.call("DELETE", f"/labs/{lab['id']}", {"joinCode": lab["joinCode"]})
    keeper.take("kept here", 2, None)
    eventually(lambda: "export_unsent" in (keeper.last_problem or ""), "the problem", 60)
    [stream] = unsent(keeper)["streams"]
    assert [record["value"]["v"] for record in stream["records"]] == ["kept here"]


def test_sending_switched_off_elsewhere_is_followed(
    keepers: Make, real_server: RealServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nbpulse.upload.LOOK_AT_SENDING_SECONDS", 0.1)
    enrolment = real_server.join("Ada, who switches off")
    keeper = keepers()
    enrol(keeper, enrolment)
    keeper.take("on", 1, None)
    eventually(lambda: keeper.unsaved() == 0, "the first", 60)
    real_server.call("PATCH", "/me", {"sending": False}, token=enrolment["token"])
    switched_at = time.time()
    eventually(lambda: time.time() > switched_at + 0.05, "an instant after it, whatever the clocks' grain")
    keeper.take("brings the news", 1, None)
    eventually(lambda: not keeper.sending and keeper.held() == 1, "the kernel to hear of it", 60)
    assert "switched off" in repr(keeper.take("not taken", 1, None))
    assert len(real_server.summaries(enrolment)) == 1
    real_server.call("PATCH", "/me", {"sending": True}, token=enrolment["token"])
    eventually(lambda: keeper.take("on again", 1, None), "sends to be taken again", 60)
    eventually(lambda: keeper.unsaved() == 0, "all saved", 60)
    assert not [summary for summary in real_server.summaries(enrolment) if "not taken" in summary]


def test_hours_offline_and_a_clock_that_jumps_lose_nothing_and_keep_the_order(
    keepers: Make, real_server: RealServer, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The computer's clock says that six hours pass offline; in between it is set back by a day, and runs ahead."""
    shift = [0.0]
    real_time = time.time
    monkeypatch.setattr("nbpulse.journal.time.time", lambda: real_time() + shift[0])
    enrolment = {**real_server.join("Ada, on the train"), "server": network.url}
    keeper = keepers()
    enrol(keeper, enrolment)
    network.black_hole()
    for number in range(60):
        shift[0] += 360
        if number == 20:
            shift[0] -= 86_400
        if number == 40:
            shift[0] += 200_000
        keeper.take(number, 1, None)
    shift[0] = 0.0
    network.cut()
    network.connect()
    keeper.hear({"v": 1, "type": "have"})  # a page says that the network is back
    eventually(lambda: keeper.unsaved() == 0, "all saved", 90)
    assert [int(summary) for summary in real_server.summaries(enrolment)] == list(range(60))


def test_a_full_disk_beside_the_kernel_costs_the_file_and_not_the_records(
    own_kernel: Callable[[], Kernel],
    real_server: RealServer,
    small_disk: Callable[[str, int], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    disk = small_disk("kernel", 1)
    monkeypatch.setenv("XDG_STATE_HOME", str(disk))
    kernel, enrolment = own_kernel(), real_server.join("Ada, whose disk is full")
    kernel.run(
        "import nbpulse.journal_file; nbpulse.journal_file.RETRY_SECONDS = 0.2\n"
        "from nbpulse import send\nfrom nbpulse.custodian import custodian"
    )
    filler = fill(disk)
    page = Page(kernel.manager, enrolment={**enrolment, "server": "http://127.0.0.1:9"})  # nobody is there
    try:
        assert kernel.run("for n in range(50): send(str(n) * 5_000, n % 7)") == []
        page.saw(lambda page: [text for text in page.problems if "disk" in text], "the badge to say so")
        assert kernel.printed("print(custodian().unsaved(), end='')") == "50"
        filler.unlink()
        kernel.run("send('there is room again', 1);")

        def in_file() -> int:
            [path] = [path for path in (host_folder() / enrolment["lab"]).glob("*") if len(path.name) == 36] or [None]
            content = read_journal(path.read_bytes()) if path is not None else None
            return len(content.entries) if content is not None else 0

        eventually(lambda: in_file() == 51, "the whole journal in its file")
        page.say({"v": 1, "type": "enrol", "enrolment": enrolment})
        eventually(lambda: kernel.printed("print(custodian().unsaved(), end='')") == "0", "all saved", 60)
    finally:
        page.detach()
    assert len(real_server.summaries(enrolment)) == 51


def test_a_file_that_may_not_grow_is_a_full_disk_too(
    own_kernel: Callable[[], Kernel], page_of: Callable[..., Page], server: LabServer
) -> None:
    """As above, on any machine: the system refuses every write beyond 40 kB."""
    kernel = own_kernel()
    kernel.run(
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))\n"
        "from nbpulse import send\nfrom nbpulse.custodian import custodian"
    )
    server.stop()
    page = page_of(kernel, enrolment=server.enrolment())
    assert kernel.run("for n in range(30): send(str(n % 10) * 5_000, n % 7)") == []
    page.saw(lambda page: [text for text in page.problems if "disk" in text], "the badge to say so")
    server.start()
    eventually(lambda: kernel.printed("print(custodian().unsaved(), end='')") == "0", "all saved")
    assert (server.count(), server.conflicts) == (30, [])


def picture() -> Any:
    """A PNG of 120 kB, as an object that notebooks show: random points, so that no two are the same file."""
    side = 200
    rows = b"".join(b"\0" + os.urandom(3 * side) for _ in range(side))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")

    class Picture:
        def _repr_png_(self) -> bytes:
            return png

    return Picture()


def test_a_full_disk_of_the_server_acknowledges_nothing_and_recovers(
    keepers: Make, small_disk: Callable[[str, int], Path]
) -> None:
    """Pictures lie on one small disk, the database on another; both are full, then there is room again."""
    pictures, database = small_disk("pictures", 16), small_disk("database", 160)
    server = RealServer(data=pictures, cluster=database / "pg")
    try:
        server.begin()
        enrolment = server.join("Ada")
        keeper = keepers()
        enrol(keeper, enrolment)
        fillers = [fill(pictures), fill(database)]
        for number in range(40):
            keeper.take(picture(), f"picture {number}", None)
            keeper.take([number] * 900 + [os.urandom(6_000).hex()], f"list {number}", None)
        eventually(lambda: "records" in (keeper.last_problem or ""), "the kernel to say that they wait", 60)
        assert keeper.unsaved() > 0
        for filler in fillers:
            filler.unlink()
        if not server.database_lives():
            server.start_database()
        keeper.upload.renew(keeper.own.claim)  # type: ignore[arg-type]
        eventually(lambda: keeper.unsaved() == 0, "everything, once there is room", 90)
        stored = [item["record"]["question"] for item in server.items(enrolment) if item["kind"] == "record"]
        assert sorted(stored) == sorted(f"{kind} {number}" for kind in ("picture", "list") for number in range(40))
    finally:
        server.stop()
