"""Fixtures that a test file may ask for: `run_student`, the submission as a script, and `source`, its text."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from ..notebook import Source
from ..seam.errors import ProtocolError
from .session import Session
from .sources import whole

_CHARS = 2 * 1024 * 1024


class Fixtures:
    def __init__(self, session: Session, source: Source | None, filename: str) -> None:
        self._session = session
        self._source = source
        self._filename = filename

    @pytest.fixture
    def source(self) -> str:
        """The text of the submission; a notebook's cells one below the other, magics as comments."""
        return whole(self._source)

    @pytest.fixture
    def run_student(self) -> Callable[..., subprocess.CompletedProcess[str]]:
        """`run_student(["3"], "Ada\\n").stdout`: never a process of the oracle's, whatever the submission does."""
        return self.run

    def run(self, args: Iterable[object] = (), stdin: str = "") -> subprocess.CompletedProcess[str]:
        texts = tuple(str(arg) for arg in args)
        asked: tuple[Any, ...] = (whole(self._source), self._filename, texts, stdin)
        peer = self._session.peer
        answer = peer.request("script", asked)
        if type(answer) is not tuple or [type(part) for part in answer] != [int, str, str]:
            peer.end("the end of a script is expected")
            raise ProtocolError("the end of a script is expected")
        status, out, err = answer
        return subprocess.CompletedProcess([self._filename, *texts], status, out[:_CHARS], err[:_CHARS])
