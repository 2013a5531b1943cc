"""Custody: whatever is killed or cut, at random, every record that `send` took is on the server once, in order.

The model: real kernels, a real HTTP server that commits, pages that relay by comm and may vanish. In each step one of
them is killed, started, cut or attached, or a cell sends. What a kernel took is written down from its own answer.
At the end everything is healed, and then

- a stream whose kernel was never killed has every number that it took, without holes;
- a stream whose kernel was killed has every number that had reached its journal file or the server by then; what is
  missing is a tail, taken within the last moments before the kill, that lived in memory alone;
- each number has one body, and values stand in the order in which they were sent.

A failing run prints its seed and its steps: `NBPULSE_CUSTODY_SEED=… pytest test_python/test_custody.py`.
"""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any

import pytest
from await_condition import eventually
from lab_server import LabServer, random_faults
from page_end import Kernel, Page

from nbpulse.journal_file import host_folder, read_journal

STEPS = 40
KERNELS = 2


class Model:
    def __init__(self, server: LabServer, chance: random.Random) -> None:
        self.server = server
        self.chance = chance
        self.enrolment = server.enrolment()
        self.kernels: list[Kernel] = []
        self.pages: dict[int, Page] = {}
        self.streams: dict[int, str] = {}
        #: Values that each stream took, in order: the value at position 0 has number 1.
        self.taken: dict[str, list[int]] = {}
        #: Numbers of a killed kernel's stream that were safe when it died.
        self.safe_at_death: dict[str, set[int]] = {}
        self.steps: list[str] = []
        self._counter = 0

    def begin(self) -> None:
        for _ in range(KERNELS):
            self.kernels.append(Kernel())
            self._meet(len(self.kernels) - 1)

    def _meet(self, at: int) -> None:
        """A started kernel's first page enrols it."""
        stream = self.kernels[at].printed(
            "from nbpulse import send\nfrom nbpulse.custodian import custodian\nprint(custodian().own.id, end='')"
        )
        self.streams[at] = stream
        self.taken[stream] = []
        self.attach(at)
        claimed = "print(custodian().own.claim is not None, end='')"
        eventually(lambda: self.kernels[at].printed(claimed) == "True", "the kernel to know whose it is")

    def commit(self, participant: str, batch: dict[str, Any]) -> dict[str, Any]:
        """The page's way to the server, which is up or is not, and is cut as often as the kernel's own way."""
        fault = self.server.fault()
        if not self.server.running or fault is not None and fault != "cut-after":
            raise ConnectionError
        reply = self.server.commit(participant, batch)
        if fault == "cut-after":
            raise ConnectionError
        return reply

    def send(self, at: int) -> None:
        count = self.chance.choice([1, 1, 2, 5, 40])
        first, self._counter = self._counter, self._counter + count
        code = (
            f"sent = [send(n, n % {self.chance.choice([1, 3, 50])}) for n in range({first}, {first + count})]\n"
            "print([bool(one) for one in sent].count(True), end='')"
        )
        assert self.kernels[at].printed(code) == str(count)
        self.taken[self.streams[at]] += range(first, first + count)

    def kill(self, at: int) -> None:
        """`kill -9`, then a new kernel in the same place."""
        stream = self.streams[at]
        if self.chance.random() < 0.5:
            # Half of the time the file has caught up; otherwise the kill comes within milliseconds of the last send.
            eventually(
                lambda: len(self._on_file(stream) | set(self.server.seqs(stream))) == len(self.taken[stream]),
                "the file",
            )
        self.detach(at)
        process = self.kernels[at].manager.provisioner.process  # type: ignore[union-attr]
        process.kill()
        process.wait()
        self.safe_at_death[stream] = self._on_file(stream) | set(self.server.seqs(stream))
        self.kernels[at].restart()
        self._meet(at)

    def _on_file(self, stream: str) -> set[int]:
        path = host_folder() / self.server.lab / stream
        try:
            content = read_journal(path.read_bytes())
        except OSError:
            return set()
        return {entry.seq for entry in content.entries} if content is not None else set()

    def attach(self, at: int) -> None:
        self.detach(at)
        self.pages[at] = Page(self.kernels[at].manager, commit=self.commit, enrolment=self.enrolment)

    def detach(self, at: int) -> None:
        page = self.pages.pop(at, None)
        if page is not None:
            page.detach()

    def step(self) -> None:
        at = self.chance.randrange(KERNELS)
        action = self.chance.choices(
            ["send", "kill", "reload", "close page", "server", "network"], [10, 2, 3, 2, 3, 2]
        )[0]
        self.steps.append(f"{action} {at}")
        if action == "send":
            self.send(at)
        elif action == "kill":
            self.kill(at)
        elif action == "reload":
            self.attach(at)
        elif action == "close page":
            self.detach(at)
        elif action == "server":
            if self.server.running:
                self.server.stop()
            else:
                self.server.start()
        else:
            self.server.fault = random_faults(self.chance, self.chance.choice([0.0, 0.3, 0.9]))

    def heal(self) -> None:
        self.server.fault = lambda: None
        if not self.server.running:
            self.server.start()
        for at in range(KERNELS):
            self.attach(at)
        for kernel in self.kernels:
            eventually(lambda: kernel.printed("print(custodian().unsaved(), end='')") == "0", "all saved", 60)  # noqa: B023
        folder = host_folder() / self.server.lab
        living = set(self.streams.values())
        eventually(
            lambda: not [path for path in folder.iterdir() if path.name not in living and "." not in path.name],
            "every journal of a dead kernel to be sent and gone",
            60,
        )

    def check(self) -> None:
        assert self.server.conflicts == []
        for stream, values in self.taken.items():
            seqs = self.server.seqs(stream)
            assert seqs == list(range(1, len(seqs) + 1)), f"holes in {stream}"
            assert [event["value"]["v"] for event in self.server.events(stream)] == values[: len(seqs)]
            if stream in self.safe_at_death:
                assert set(seqs) >= self.safe_at_death[stream], f"{stream} lost what was safe"
            else:
                assert len(seqs) == len(values), f"{stream} lost records of a kernel that lives"
        assert set(self.server.records) <= set(self.taken)

    def end(self) -> None:
        for at in list(self.pages):
            self.detach(at)
        for kernel in self.kernels:
            kernel.stop()


def seeds() -> list[int]:
    given = os.environ.get("NBPULSE_CUSTODY_SEED")
    return [int(given)] if given else [2, random.SystemRandom().randrange(10**6)]


@pytest.mark.parametrize("seed", seeds())
def test_nothing_is_lost_and_nothing_comes_twice(
    seed: int, server: LabServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
    model = Model(server, random.Random(seed))
    try:
        model.begin()
        for _ in range(STEPS):
            model.step()
        model.heal()
        model.check()
    except AssertionError as failure:
        raise AssertionError(f"seed {seed}, steps {json.dumps(model.steps)}") from failure
    finally:
        model.end()
