"""What the harness itself asks a probe (files, random state, coroutines, scripts), answered by raw wire."""

from __future__ import annotations

import asyncio
import inspect
import os
import random
import socket
import threading
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nbpulse_harness.notebook import Cell, Source
from nbpulse_harness.oracle.exchange import Exchange, Home
from nbpulse_harness.oracle.fixtures import Fixtures
from nbpulse_harness.oracle.peer import TrustedPeer
from nbpulse_harness.oracle.surroundings import Surroundings
from nbpulse_harness.probe.peer import UntrustedPeer
from nbpulse_harness.seam.awaiting import awaited
from nbpulse_harness.seam.channel import Channel
from nbpulse_harness.seam.errors import SeamError
from nbpulse_harness.seam.handles import Handle
from nbpulse_harness.seam.peer import RAISE, RESULT
from nbpulse_harness.seam.signatures import from_parts


def answered(answer: Any, step: Callable[[TrustedPeer], Any], *, kind: int = RESULT) -> Any:
    """Let a step of the oracle's run against a probe that answers everything alike."""
    ours, theirs = socket.socketpair()
    oracle = TrustedPeer(Channel(ours))

    def serve() -> None:
        try:
            while True:
                data = Channel(theirs).receive()
                probe = UntrustedPeer(Channel(theirs))
                probe._call = int.from_bytes(data[1:5], "little")
                probe.shared._next = 1 + 2 * probe._call
                Channel(theirs).send(probe._message(kind, answer))
        except SeamError:
            pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        return step(oracle)
    finally:
        ours.shutdown(socket.SHUT_RDWR)
        thread.join(5)
        ours.close()
        theirs.close()


PATHS = st.sampled_from(
    ["a.txt", "../a", "/etc/a", "a/../../b", "", ".", "b//c", "conftest.py", "x\0y", "d/e/f", "l/k"]
)
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.binary(max_size=9) | PATHS
SOURCE = Source((Cell("submission", "print(1)"),), is_notebook=False)
NESTED = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=5).map(tuple), max_leaves=12)
FILES = st.lists(st.tuples(PATHS, st.none() | st.binary(max_size=5), st.integers(), st.integers()), max_size=4)
fuzz = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))


def refused_or_done(answer: Any, step: Callable[[TrustedPeer], Any]) -> None:
    try:
        answered(answer, step)
    except SeamError:
        pass


@fuzz
@given(answer=st.one_of(NESTED, FILES.map(tuple), FILES.map(lambda files: tuple(file[:2] for file in files))))
def test_files(tmp_path_factory: pytest.TempPathFactory, answer: Any) -> None:
    base = tmp_path_factory.mktemp("files")
    root = base / "root"
    root.mkdir()
    outside = base / "outside"
    outside.mkdir()
    (root / "l").symlink_to(outside)
    refused_or_done(answer, Home(str(root)).after)
    refused_or_done(answer, Exchange(root).after)
    assert sorted(os.listdir(base)) == ["outside", "root"] and not os.listdir(outside)


@fuzz
@given(answer=NESTED)
def test_random_state(answer: Any) -> None:
    before = random.getstate()
    for reply in (answer, (answer,), ((answer, None),)):
        surroundings = Surroundings()
        surroundings.seeded["random"] = None
        refused_or_done(reply, surroundings.after)
    assert random.getstate() == before


@fuzz
@given(answer=NESTED)
def test_signatures(answer: Any) -> None:
    try:
        assert isinstance(from_parts(answer), inspect.Signature)
    except (TypeError, ValueError, KeyError):
        pass


@fuzz
@given(answer=NESTED)
def test_scripts(answer: Any) -> None:
    def step(oracle: TrustedPeer) -> Any:
        session: Any = types.SimpleNamespace(peer=oracle)
        return Fixtures(session, SOURCE, "x.py").run()

    with pytest.raises(SeamError):
        answered(answer, step)


def test_an_honest_script() -> None:
    def step(oracle: TrustedPeer) -> Any:
        session: Any = types.SimpleNamespace(peer=oracle)
        return Fixtures(session, SOURCE, "x.py").run()

    assert answered((3, "out", "err"), step).stdout == "out"


@fuzz
@given(answer=NESTED.filter(lambda answer: not (isinstance(answer, tuple) and len(answer) == 2)))
def test_coroutines(answer: Any) -> None:
    def step(oracle: TrustedPeer) -> None:
        for _ in awaited(Handle(oracle.seat, 1, 0)):
            pass

    with pytest.raises(SeamError):
        answered(answer, step)


@pytest.mark.parametrize("kind", [RAISE])
def test_an_exception_in_the_harness_of_the_probe_ends_the_session(tmp_path: Path, kind: int) -> None:
    def step(oracle: TrustedPeer) -> None:
        with pytest.raises(SeamError):
            Home(str(tmp_path)).after(oracle)
        assert oracle.over is not None

    answered(ValueError("mine"), step, kind=kind)


def test_a_coroutine_that_never_ends_leaves_the_loop_alive() -> None:
    """The probe says *not yet* for ever: a timeout of the test's own still comes."""

    def step(oracle: TrustedPeer) -> None:
        async def wait() -> None:
            class Remote:
                def __await__(self) -> Any:
                    return awaited(Handle(oracle.seat, 1, 0))

            await asyncio.wait_for(Remote(), 0.05)

        with pytest.raises((asyncio.TimeoutError, TimeoutError)):
            asyncio.run(wait())

    answered((False, None), step)
