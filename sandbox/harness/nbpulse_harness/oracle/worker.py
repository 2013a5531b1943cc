"""One run of pytest, in a process of its own that the supervisor may kill: a value that hangs C code costs one test."""

from __future__ import annotations

import json
import os
import pathlib
import resource
import signal
import socket
import sys
import tempfile
from typing import Any, NoReturn

from ..memory import go_first
from ..notebook import Source
from ..seam.errors import SeamError
from .canary import canary_source
from .exchange import Exchange, Home
from .importer import Finder
from .job import OracleJob
from .options import pytest_options
from .profile import FileRights, RecordedRights, Recorder
from .roster import Roster
from .session import Session
from .suite import CANARY, Suite, bound_names

#: A test file that needs more nesting sets its own limit; reading a deep value must not fail before its cap.
_RECURSION_LIMIT = 3_000


def run_worker(
    job: OracleJob,
    suite: Suite,
    source: Source | None,
    seam: socket.socket,
    results: int,
    skip: frozenset[str],
    unavailable: str | None,
) -> NoReturn:
    """In a fresh fork of the supervisor. Ends the process; what it has to say goes to `results`, one JSON a line."""
    status = 1
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        go_first()
        silence = os.open(os.devnull, os.O_RDWR)
        os.dup2(silence, 0)
        os.dup2(2, 1)
        _run(job, suite, source, seam, results, skip, unavailable)
        status = 0
    except BaseException:  # noqa: BLE001 - staff read it on the sandbox's stderr
        import traceback

        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _run(
    job: OracleJob,
    suite: Suite,
    source: Source | None,
    seam: socket.socket,
    results: int,
    skip: frozenset[str],
    unavailable: str | None,
) -> None:
    import pytest

    from . import pickles, repeat, sources, surroundings
    from .fixtures import Fixtures
    from .plugin import OraclePlugin, WithoutProbe

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.setrecursionlimit(_RECURSION_LIMIT)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    os.environ.pop("PYTEST_ADDOPTS", None)
    os.chdir(suite.workplace)
    taken: frozenset[str] = frozenset()
    for path in suite.files:
        with open(os.path.join(suite.root, path), encoding="utf-8", errors="replace") as file:
            taken |= bound_names(file.read())
    recorder = Recorder() if job.record else None

    def rights_of(path: str) -> FileRights:
        file = os.path.relpath(path, suite.root)
        return FileRights(job.profile, file) if recorder is None else RecordedRights(recorder, file)

    session = Session(seam, taken, unavailable, rights_of)
    _share_folders(session, suite)
    sys.meta_path.insert(0, Finder(session, job.module))
    sources.install(session, source)
    repeat.install(session)
    surroundings.worker_begins()
    pickles.guard(suite.root)
    canary = os.path.join(suite.root, CANARY)
    with open(canary, "w", encoding="utf-8") as file:
        file.write(canary_source(job.module))
    write = os.fdopen(results, "w", buffering=1, encoding="utf-8")

    def emit(message: dict[str, Any]) -> None:
        write.write(json.dumps(message) + "\n")
        write.flush()
        if recorder is not None and message["type"] in ("collected", "result"):
            write.write(json.dumps(recorder.take()) + "\n")
            write.flush()

    roster = None if job.record or job.profile is None else Roster(suite, job.profile.tests)
    plugin = OraclePlugin(
        session,
        suite,
        source,
        emit,
        test_ms=job.test_ms,
        show_hidden_messages=job.show_hidden_messages,
        skip=skip,
        roster=roster,
    )
    paths = [canary, *(os.path.join(suite.root, path) for path in suite.files)]
    base_folder = os.path.join(tempfile.mkdtemp(prefix="exchange-"), "tmp")
    options = pytest_options(suite.ini, suite.root, base_folder)
    plugins = [plugin, plugin.comparisons, WithoutProbe(session), Fixtures(session, source, job.filename)]
    code = pytest.main([*options, *paths], plugins=plugins)
    emit({"type": "done", "code": int(code)})


def _share_folders(session: Session, suite: Suite) -> None:
    if suite.uses_files:
        home = Home(suite.workplace)
        session.folders.append(lambda: home)
        try:
            # For what a test file reads while it is imported.
            home.after(session.template)
        except SeamError:
            pass  # the session remembers, and says so to each test
    if suite.uses_temporary_files:
        tempfile.tempdir = tempfile.mkdtemp(prefix="files-")
        folder = pathlib.Path(tempfile.tempdir)
        session.folders.append(lambda: Exchange(folder))
