"""Faults against the real thing: nbpulse's server, its Postgres, real kernels, and a network between them.

The model: one student with two kernels, each with up to two front ends. At random a kernel sends, forks, or is killed;
front ends come and go; the server or the database is killed and started; the network is cut, swallows everything, or
becomes another; a kernel's clock jumps by hours. At the end all is healed, and then the teacher sees

- each record of a kernel that lives exactly once, in the order in which it was sent;
- of a killed kernel the same, up to what had reached its journal when it died: only a tail may be missing.

`NBPULSE_FAULT_SEED=7` repeats a run; `NBPULSE_FAULT_RUNS=50` makes so many, each with a seed of its own.
"""

from __future__ import annotations

import json
import os
import random
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from await_condition import eventually
from network import Network
from page_end import Kernel, Page
from real_server import RealServer

from nbpulse.journal_file import host_folder, read_journal

STEPS = 24
#: Slow ones, so many in a run at most.
BUDGET = {"kill database": 1, "kill server": 2, "kill kernel": 3, "black hole": 2}
WEIGHTS = {
    "send": 9,
    "fork": 2,
    "kill kernel": 2,
    "front end": 4,
    "no front end": 2,
    "kill server": 2,
    "kill database": 2,
    "cut": 2,
    "black hole": 1,
    "move": 2,
    "network back": 3,
    "clock": 2,
}
SHIFTED = """
import types, time as _time, nbpulse.journal as _journal
_journal.time = types.SimpleNamespace(time=lambda: _time.time() + {seconds}, monotonic=_time.monotonic)
"""


class Model:
    def __init__(self, server: RealServer, chance: random.Random, name: str) -> None:
        self.server = server
        self.chance = chance
        self.network = Network(server.port)
        self.enrolment = {**server.join(name), "server": self.network.url}
        self.kernels: list[Kernel] = []
        self.pages: dict[int, list[Page]] = {}
        self.streams: dict[int, str] = {}
        #: The numbers that each stream was sent, in order.
        self.taken: dict[str, list[int]] = {}
        #: How many of a killed kernel's stream had reached its journal.
        self.safe_at_death: dict[str, int] = {}
        #: Numbers sent by forked processes, in order.
        self.forked: list[list[int]] = []
        self.steps: list[str] = []
        self.left = dict(BUDGET)
        self._counter = 0

    def begin(self) -> None:
        for at in range(2):
            self.kernels.append(Kernel())
            self._meet(at)

    def _meet(self, at: int) -> None:
        self.streams[at] = self.kernels[at].printed(
            "from nbpulse import send\nfrom nbpulse.custodian import custodian\nprint(custodian().own.id, end='')"
        )
        self.taken[self.streams[at]] = []
        self.front_end(at)
        claimed = "print(custodian().own.claim is not None, end='')"
        eventually(lambda: self.kernels[at].printed(claimed) == "True", "the kernel to know whose it is", 60)

    def relay(self, participant: str, batch: dict[str, Any]) -> dict[str, Any]:
        """The page's way to the server: the same network."""
        request = urllib.request.Request(
            f"{self.network.url}/api/v1/labs/{self.enrolment['lab']}/events",
            data=json.dumps(batch).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {self.enrolment['token']}"},
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=1.0) as reply:
                return dict(json.loads(reply.read()))
        except (OSError, ValueError, urllib.error.URLError) as error:
            raise ConnectionError from error

    # -- steps ---------------------------------------------------------------------------------------------------

    def _next(self, count: int) -> range:
        first, self._counter = self._counter, self._counter + count
        return range(first, first + count)

    def send(self, at: int) -> None:
        numbers = self._next(self.chance.choice([1, 1, 3, 30]))
        code = f"print(all([bool(send(n, n % 3)) for n in range({numbers.start}, {numbers.stop})]), end='')"
        assert self.kernels[at].printed(code) == "True"
        self.taken[self.streams[at]] += numbers

    def fork(self, at: int) -> None:
        numbers = self._next(3)
        self.kernels[at].run(
            f"""
import os, warnings
warnings.simplefilter('ignore')
child = os.fork()
if child == 0:
    try:
        for n in range({numbers.start}, {numbers.stop}): send(n, 'forked')
    finally:
        os._exit(0)
os.waitpid(child, 0);
"""
        )
        self.forked.append(list(numbers))

    def kill_kernel(self, at: int) -> None:
        stream = self.streams[at]
        self._close_pages(at)
        process = self.kernels[at].manager.provisioner.process  # type: ignore[union-attr]
        process.kill()
        process.wait()
        try:
            content = read_journal((host_folder() / self.enrolment["lab"] / stream).read_bytes())
        except OSError:
            content = None
        self.safe_at_death[stream] = content.last_seq if content is not None else 0
        self.kernels[at].restart()
        self._meet(at)

    def front_end(self, at: int) -> None:
        pages = self.pages.setdefault(at, [])
        if len(pages) == 2:
            pages.pop(self.chance.randrange(2)).detach()
        pages.append(Page(self.kernels[at].manager, commit=self.relay, enrolment=self.enrolment))

    def _close_pages(self, at: int) -> None:
        for page in self.pages.pop(at, []):
            page.detach()

    def move(self) -> None:
        self.network.move()
        self.enrolment = {**self.enrolment, "server": self.network.url}
        for at in range(2):
            self.front_end(at)

    def step(self) -> None:
        names = [name for name in WEIGHTS if self.left.get(name, 1) > 0]
        action = self.chance.choices(names, [WEIGHTS[name] for name in names])[0]
        if action in self.left:
            self.left[action] -= 1
        at = self.chance.randrange(2)
        self.steps.append(f"{action} {at}")
        if action == "send":
            self.send(at)
        elif action == "fork":
            self.fork(at)
        elif action == "kill kernel":
            self.kill_kernel(at)
        elif action == "front end":
            self.front_end(at)
        elif action == "no front end":
            self._close_pages(at)
        elif action == "kill server":
            self.server.kill_server()
            self.send(at)
            self.server.start_server()
        elif action == "kill database":
            self.server.kill_database()
            self.send(at)
            self.server.start_database()
        elif action == "cut":
            self.network.cut()
        elif action == "black hole":
            self.network.black_hole()
        elif action == "move":
            self.move()
        elif action == "network back":
            self.network.connect()
        else:
            hours = self.chance.choice([-30, -2, 0, 5, 100])
            self.kernels[at].run(SHIFTED.format(seconds=3600 * hours))

    # -- the end ---------------------------------------------------------------------------------------------------

    def heal(self) -> None:
        self.network.connect()
        for at in range(2):
            self._close_pages(at)
            self.front_end(at)
        for kernel in self.kernels:
            unsaved = "print(custodian().unsaved(), end='')"
            eventually(lambda: kernel.printed(unsaved) == "0", "everything saved", 90)  # noqa: B023
        folder, living = host_folder() / self.enrolment["lab"], set(self.streams.values())
        eventually(
            lambda: (
                not [path for path in folder.glob("*") if path.name not in living and "." not in path.name]
                if folder.exists()
                else True
            ),
            "every journal of a dead process to be sent and gone",
            90,
        )

    def check(self) -> None:
        seen = [int(summary) for summary in self.server.summaries(self.enrolment)]
        assert len(seen) == len(set(seen)), "a record came twice"
        place = {number: index for index, number in enumerate(seen)}
        for stream, numbers in self.taken.items():
            there = [number for number in numbers if number in place]
            assert there == numbers[: len(there)], f"{stream} has a hole"
            assert sorted(there, key=lambda number: place[number]) == there, f"{stream} is out of order"
            if stream in self.safe_at_death:
                assert len(there) >= self.safe_at_death[stream], f"{stream} lost what was in its journal"
            else:
                assert there == numbers, f"{stream} lost records of a kernel that lives"
        for numbers in self.forked:
            assert [number for number in numbers if number in place] == numbers, "a forked process lost records"
        assert len(seen) <= self._counter

    def end(self) -> None:
        for at in list(self.pages):
            self._close_pages(at)
        for kernel in self.kernels:
            kernel.stop()
        self.network.stop()


def seeds() -> list[int]:
    given = os.environ.get("NBPULSE_FAULT_SEED")
    if given:
        return [int(given)]
    return [random.SystemRandom().randrange(10**6) for _ in range(int(os.environ.get("NBPULSE_FAULT_RUNS", "1")))]


@pytest.fixture(autouse=True)
def kernels_find_the_package(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
    yield


@pytest.mark.parametrize("seed", seeds())
def test_whatever_is_killed_or_cut_every_record_is_there_once_and_in_order(seed: int, real_server: RealServer) -> None:
    model = Model(real_server, random.Random(seed), f"Student {seed}")
    try:
        model.begin()
        for _ in range(STEPS):
            model.step()
        model.heal()
        model.check()
    except Exception as failure:
        raise AssertionError(f"NBPULSE_FAULT_SEED={seed}, steps {json.dumps(model.steps)}") from failure
    finally:
        model.end()
