"""What grading is compared with: the same notebooks without us. `bench:grade` starts it.

`grade_baselines.py nbclient FOLDER LIMIT_S JOBS` executes each notebook in a fresh Jupyter kernel, as nbgrader and
papermill do; it runs no tests. `grade_baselines.py fork FOLDER LIMIT_S JOBS` runs each, and the tests on it, in a bare
fork of a process that has imported what a course imports: no walls, no seam, the tests in the student's interpreter.
The least that a run can cost.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import signal
import sys
import time
import types
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any


def cpu_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def execute(path: Path, limit: float) -> float:
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellTimeoutError

    began = time.perf_counter()
    read: Any = nbformat.read
    notebook = read(path, as_version=4)
    client = NotebookClient(notebook, timeout=limit, kernel_name="python3", allow_errors=True)
    with contextlib.suppress(CellTimeoutError):
        client.execute()
    return time.perf_counter() - began


def run_in_forks(paths: list[Path], tests: Path, limit: float, jobs: int) -> list[float]:
    """Without threads: they and forks do not go together."""
    began: dict[int, float] = {}
    taken: list[float] = []
    for path in [*paths, *[None] * jobs]:
        if len(began) == jobs or (path is None and began):
            pid, _ = os.wait()
            taken.append(time.perf_counter() - began.pop(pid))
        if path is not None:
            at = time.perf_counter()
            began[_fork(path, tests, limit)] = at
    return taken


def _fork(path: Path, tests: Path, limit: float) -> int:
    pid = os.fork()
    if pid:
        return pid
    signal.setitimer(signal.ITIMER_REAL, limit)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(1, 2)
    _run_here(path, tests)
    os._exit(0)


def _run_here(path: Path, tests: Path) -> None:
    import pytest

    module = types.ModuleType("submission")
    sys.modules["submission"] = module
    for cell in json.loads(path.read_text())["cells"]:
        with contextlib.suppress(Exception), contextlib.redirect_stdout(io.StringIO()):
            exec(cell["source"], module.__dict__)
    pytest.main(["-q", "-p", "no:cacheprovider", "--rootdir", str(tests.parent), str(tests)])


def main() -> None:
    mode, folder, limit, jobs = sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
    paths = sorted((folder / "notebooks").glob("*.ipynb"))
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    if mode == "fork":
        os.environ["MPLBACKEND"] = "agg"
        import matplotlib.pyplot  # noqa: F401
        import numpy  # noqa: F401
        import pandas  # noqa: F401
        import pytest  # noqa: F401
    began, began_cpu = time.perf_counter(), cpu_seconds()
    if mode == "fork":
        taken = run_in_forks(paths, folder / "tests" / "test_work.py", limit, jobs)
    else:
        with ThreadPoolExecutor(jobs) as pool:
            taken = list(pool.map(lambda path: execute(path, limit), paths))
    result: dict[str, Any] = {
        "wallMs": (time.perf_counter() - began) * 1000,
        "cpuMs": (cpu_seconds() - began_cpu) * 1000,
        "eachMs": [seconds * 1000 for seconds in taken],
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
