"""Every test gets a state folder of its own, and leaves no thread and no kernel behind."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from await_condition import eventually
from lab_server import LabServer
from page_end import Kernel, Page
from real_server import RealServer, missing

from nbpulse.custodian import Custodian

PACKAGE = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def state_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "state"
    monkeypatch.setenv("XDG_STATE_HOME", str(home))
    for name in ("SERVER", "LAB", "PARTICIPANT", "TOKEN", "PARENT"):
        monkeypatch.delenv(f"NBPULSE_{name}", raising=False)
    return home


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    eventually(
        lambda: (
            not [
                thread for thread in threading.enumerate() if thread not in before and thread.name.startswith("nbpulse")
            ]
        ),
        "the threads of nbpulse to end",
    )


@pytest.fixture
def server() -> Iterator[LabServer]:
    lab_server = LabServer()
    lab_server.start()
    yield lab_server
    lab_server.stop()


def say_skipped(what: str, cure: str) -> None:
    """For the last lines of `npm test`, which say what could not run here."""
    path = os.environ.get("NBPULSE_SKIPS")
    if path:
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps({"what": what, "cure": cure}) + "\n")
    pytest.skip(what)


@pytest.fixture(scope="session")
def real_server() -> Iterator[RealServer]:
    """nbpulse's own server and Postgres, once for all fault tests; each makes its own lab or student."""
    why = missing()
    if why is not None:
        say_skipped(why, "npm test")
    server = RealServer()
    try:
        server.begin()
        yield server
    finally:
        server.stop()


@pytest.fixture
def keepers(state_home: Path) -> Iterator[Callable[[], Custodian]]:
    """Makes custodians as separate kernels would have them; each closes at the end without a last chance."""
    made: list[Custodian] = []

    def make() -> Custodian:
        made.append(Custodian())
        return made[-1]

    yield make
    for keeper in made:
        keeper.close(0)


@pytest.fixture
def own_kernel(state_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Kernel]]:
    """Kernels that a test may kill."""
    monkeypatch.setenv("PYTHONPATH", str(PACKAGE))
    made: list[Kernel] = []

    def make() -> Kernel:
        made.append(Kernel())
        return made[-1]

    yield make
    for kernel in made:
        kernel.stop()


@pytest.fixture
def page_of(server: LabServer) -> Iterator[Callable[..., Page]]:
    made: list[Page] = []

    def make(kernel: Kernel, **options: Any) -> Page:
        made.append(Page(kernel.manager, **options))
        return made[-1]

    yield make
    for page in made:
        page.detach()
