"""The rehearsal of a warm parent: what it is for is there afterwards, and nothing else of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

_HARNESS = Path(__file__).parent.parent

#: In a process of its own, as a nursery is one. Says what differs, and what is there now.
_PROGRAM = """
import builtins, json, os, signal, sys, warnings
sys.path.insert(0, {harness!r})
sys.dont_write_bytecode = True
os.environ["MPLBACKEND"] = "Agg"
role = {role!r}
# What is imported ahead without a rehearsal.
import IPython.core.interactiveshell, matplotlib.pyplot, numpy, pandas, pytest
import nbpulse_harness.oracle.worker, nbpulse_harness.probe.main, nbpulse_harness.probe.shell
from nbpulse_harness.warm import rehearsal

def state():
    return {{
        "sys": {{name: id(value) for name, value in vars(sys).items()}},
        "builtins": {{name: id(value) for name, value in vars(builtins).items()}},
        "path": list(sys.path), "finders": [id(one) for one in sys.meta_path],
        "environment": dict(os.environ), "folder": os.getcwd(),
        "warnings": [repr(one) for one in warnings.filters],
        "signals": [repr(signal.getsignal(one)) for one in (signal.SIGINT, signal.SIGALRM, signal.SIGTERM)],
        "main": id(sys.modules["__main__"]),
        "threads": len(os.listdir("/proc/self/task")),
    }}

before = state()
errors = []
one = rehearsal._rehearse_suite if role == "oracle" else rehearsal._rehearse_notebook
def noting(run):
    def told():
        try:
            run()
        except BaseException as error:
            errors.append(repr(error))
            raise
    return told
rehearsal._rehearse_suite = noting(rehearsal._rehearse_suite)
rehearsal._rehearse_notebook = noting(rehearsal._rehearse_notebook)
rehearsal.rehearse(role)
after = state()
shell = sys.modules.get("nbpulse_harness.probe.shell")
print(json.dumps({{
    "differs": [name for name in before if before[name] != after[name]],
    "errors": errors,
    "named": [name for name in sys.modules if "rehearsal" in name],
    "imported": [name for name in {wanted!r} if name in sys.modules],
    "shell": shell is not None and shell.NotebookShell.initialized(),
    "left": os.listdir({folder!r}),
}}))
"""
_WANTED = {
    "oracle": ["pdb", "_pytest._argcomplete"],
    "probe": ["IPython.core.magics.execution", "IPython.core.oinspect"],
}


@pytest.mark.parametrize("role", ["oracle", "probe"])
def test_a_rehearsal_leaves_what_it_imported_and_nothing_else(role: str, tmp_path: Path) -> None:
    program = _PROGRAM.format(harness=str(_HARNESS), role=role, wanted=_WANTED[role], folder=str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=tmp_path,
        env={"TMPDIR": str(tmp_path), "HOME": "/nonexistent", "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    assert said["errors"] == []
    assert said["differs"] == []
    assert said["imported"] == _WANTED[role]
    assert said["named"] == ["nbpulse_harness.warm.rehearsal"]
    assert said["shell"] is False
    # matplotlib makes a folder of its own where the usual one is not to be written, and removes it when it ends.
    assert [name for name in said["left"] if not name.startswith("matplotlib-")] == []
