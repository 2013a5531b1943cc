"""A run of ours in a nursery, before its first child: what only comes when it is asked for is there then.

Importing is half of what a program does for the first time. The other half – IPython's magics, the tables of traits,
regular expressions, pytest's plugins, the way from a file to its module, fonts – costs each child most of its processor
time when no parent has done it. So a notebook and a suite of our own run here once, as all others will, and all that
they changed about the process is put back. No word of a student's or an author's is in them.
"""

from __future__ import annotations

import atexit
import builtins
import contextlib
import io
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from typing import Any

_NAME = "nbpulse_rehearsal"
_CELLS = (
    "print('one')",
    "import math\nmath.sqrt(2)",
    "def twice(x):\n    return 2 * x\n\nclass One:\n    pass",
    "1 / 0",
    "import numpy as np\nnp.random.default_rng(1).normal(size=5)",
    "import pandas as pd\nframe = pd.DataFrame({'a': [1, 2, 1], 'b': [1.5, 2.5, 3.5]})\nframe",
    "frame.groupby('a')['b'].agg(['mean', 'max', 'count'])",
    "import matplotlib.pyplot as plt\n"
    "fig, axes = plt.subplots(1, 2)\n"
    "axes[0].plot([1, 2], [3, 4], label='a')\naxes[0].legend()\naxes[1].hist([1, 2, 2])\nplt.show()",
)
_SUITE = """
import unittest
import pytest

def test_passes():
    assert 1 + 1 == 2

def test_texts():
    assert "one" == "two"

def test_containers():
    assert {"a": [1]} == {"a": [2]}

def test_raises():
    with pytest.raises(ValueError):
        pass

@pytest.mark.parametrize("x", [1, 2])
def test_fixtures(x, tmp_path, capsys, monkeypatch):
    print(x)
    assert capsys.readouterr().out

class TestUnit(unittest.TestCase):
    def test_equal(self):
        self.assertEqual(1, 2)
"""
_WALL_MS = 60_000


def rehearse(role: str) -> None:
    """Whatever fails costs the children what it would have saved them, and nothing else."""
    with contextlib.suppress(Exception), _put_back():
        {"oracle": _rehearse_suite, "probe": _rehearse_notebook}[role]()


def _rehearse_notebook() -> None:
    from ..notebook import read_source
    from ..probe import executed, figures, runner

    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": source} for source in _CELLS]
    raw = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode("ascii")
    source = read_source("rehearsal.ipynb", raw)
    try:
        outcome = runner.run(source, _NAME, _WALL_MS)[1]
        executed.executed_notebook("rehearsal.ipynb", raw, source, outcome.outputs, outcome.times)
    finally:
        _forget_shell()
        managers = figures.open_figures()
        if managers:
            managers.clear()


def _forget_shell() -> None:
    from ..probe.shell import NotebookShell

    if NotebookShell.initialized():
        atexit.unregister(NotebookShell.instance().atexit_operations)
    NotebookShell.clear_instance()


def _rehearse_suite() -> None:
    import pytest

    from ..oracle.options import pytest_options

    root = os.path.join(os.getcwd(), "tests")
    os.mkdir(root)
    path = os.path.join(root, f"test_{_NAME}.py")
    ini = os.path.join(os.getcwd(), "pytest.ini")
    for file, text in ((path, _SUITE), (ini, "[pytest]\n")):
        with open(file, "w", encoding="utf-8") as out:
            out.write(text)
    pytest.main([*pytest_options(ini, root, os.path.join(os.getcwd(), "tmp")), path])


# ---------------------------------------------------------------- nothing of it stays


@contextlib.contextmanager
def _put_back() -> Iterator[None]:
    """All that a run changes about its process, but for what it has imported and remembered. In a folder of its own."""
    restore: list[Callable[[], object]] = [
        _keep_dict(vars(sys), but=("modules",)),
        _keep_dict(vars(builtins)),
        _keep_list(sys.path),
        _keep_list(sys.meta_path),
        _keep_list(warnings.filters),
        _keep_signals(),
        _keep_random(),
        _keep_main(),
    ]
    environment, before = dict(os.environ), os.getcwd()
    folder = tempfile.mkdtemp(prefix="rehearsal-")
    os.chdir(folder)
    silence = io.StringIO()
    try:
        with contextlib.redirect_stdout(silence), contextlib.redirect_stderr(silence):
            yield
    finally:
        os.chdir(before)
        shutil.rmtree(folder, ignore_errors=True)
        os.environ.clear()
        os.environ.update(environment)
        for step in restore:
            step()
        _forget_files(folder)


def _keep_dict(kept: dict[str, Any], but: tuple[str, ...] = ()) -> Callable[[], object]:
    before = {name: value for name, value in kept.items() if name not in but}

    def restore() -> None:
        for name in [name for name in kept if name not in before and name not in but]:
            del kept[name]
        kept.update(before)

    return restore


def _keep_list(kept: Any) -> Callable[[], object]:
    before = list(kept)

    def restore() -> None:
        kept[:] = before

    return restore


def _keep_signals() -> Callable[[], object]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGALRM, signal.SIGTERM)}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    return restore


def _keep_random() -> Callable[[], object]:
    state = random.getstate()
    return lambda: random.setstate(state)


def _keep_main() -> Callable[[], object]:
    main = sys.modules["__main__"]

    def restore() -> None:
        sys.modules["__main__"] = main
        for name in [name for name in sys.modules if _NAME in name]:
            del sys.modules[name]

    return restore


def _forget_files(folder: str) -> None:
    import inspect
    import linecache

    for name in [name for name in linecache.cache if name.startswith((folder, "<cell "))]:
        del linecache.cache[name]
    by_file: dict[str, str] = getattr(inspect, "modulesbyfile", {})
    for name in [name for name in by_file if name.startswith(folder)]:
        del by_file[name]
