"""Every test gets a state folder of its own, and leaves no thread and no kernel behind."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from await_condition import eventually
from lab_server import LabServer
from page_end import Kernel, Page

from nbpulse.custodian import Custodian

PACKAGE = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def state_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "state"
    monkeypatch.setenv("XDG_STATE_HOME", str(home))
    for name in ("SERVER", "LAB", "PARTICIPANT", "TOKEN"):
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
