"""What the text of an author's tests tells. Each pattern with a near miss that must not be told."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from nbpulse_harness import framing
from nbpulse_harness.reading.main import read_assignment

HARNESS = Path(__file__).parents[1]


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def job(tests: str, solution: str = "", paths: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "nonce": "n",
        "module": "submission",
        "paths": ["tests/test_a.py", "solution.py", *paths],
        "tests": [{"path": "tests/test_a.py", "b64": b64(tests)}],
        "notebooks": [{"path": "solution.py", "b64": b64(solution)}],
    }


def kinds(tests: str, solution: str = "") -> list[tuple[str, str | None]]:
    return [(found["kind"], found["test"]) for found in read_assignment(job(tests, solution))["findings"]]


@pytest.mark.parametrize(
    ("line", "imports", "kind"),
    [
        ("subprocess.run(['python3', 'x.py'])", "import subprocess", "starts-a-process"),
        ("run(['ls'])", "from subprocess import run", "starts-a-process"),
        ("runpy.run_path('submission.py')", "import runpy", "starts-a-process"),
        ("os.system('ls')", "import os", "starts-a-process"),
        ("open(submission.__file__)", "import submission", "starts-a-process"),
        ("pickle.loads(pickle.dumps(f()))", "import pickle", "pickles"),
        ("assert type(f) is types.FunctionType", "import types", "exact-types"),
        ("assert type(f()) == GeneratorType", "from types import GeneratorType", "exact-types"),
        ("threading.Thread(target=f).start()", "import threading", "overlapping-threads"),
        ("asyncio.run(asyncio.gather(f(), f()))", "import asyncio", "overlapping-threads"),
    ],
)
def test_told(line: str, imports: str, kind: str) -> None:
    assert kinds(f"{imports}\n\ndef test_it():\n    {line}\n") == [(kind, "test_it")]
    assert kinds(f"{imports}\n\nclass TestIt:\n    def test_it(self):\n        {line}\n") == [(kind, "TestIt::test_it")]
    assert kinds(f"{imports}\n\ndef helper():\n    {line}\n") == [(kind, None)]


@pytest.mark.parametrize(
    "text",
    [
        "import os\n\ndef test_a():\n    os.path.join('a', 'b')",
        "def test_a():\n    run(['ls'])",
        "import types\n\ndef test_a():\n    assert isinstance(f, types.FunctionType)",
        "def test_a():\n    assert type(f()) is list",
        "import threading\n\ndef test_a():\n    threading.Lock()",
        "import asyncio\n\ndef test_a():\n    asyncio.run(f())",
        "def test_a():\n    open(__file__)",
    ],
)
def test_not_told(text: str) -> None:
    assert kinds(text) == []


def test_random_numbers_are_told_only_when_both_sides_draw_after_a_seed() -> None:
    tests = "import random\n\ndef test_a():\n    random.seed(1)\n    assert f() == random.random()\n"
    draws = "import random\ndef f():\n    return random.random()\n"
    assert kinds(tests, draws) == [("random-on-both-sides", "test_a")]
    assert kinds(tests, "def f(): return 1") == []
    assert kinds(tests.replace("random.seed(1)", "pass"), draws) == []
    seeds_only = "import random\n\ndef test_a():\n    random.seed(1)\n    assert f() == 0.13\n"
    assert kinds(seeds_only, draws) == []
    numpy_tests = "import numpy as np\n\ndef test_a():\n    np.random.seed(1)\n    np.random.normal()\n"
    assert kinds(numpy_tests, "import numpy\nnumpy.random.rand()") == [("random-on-both-sides", "test_a")]
    assert kinds(numpy_tests, "import numpy\nnumpy.random.default_rng(1).normal()") == []


def test_packages_that_are_not_here_are_named_with_the_first_file() -> None:
    tests = """
import json, no_such_package.part
import nbpulse
from submission import f
import helpers
try:
    import optional_thing
except ImportError:
    optional_thing = None
"""
    answer = read_assignment(job(tests, "from another_missing import x\nimport no_such_package", ("tests/helpers.py",)))
    assert answer["missing"] == [
        {"name": "another_missing", "file": "solution.py"},
        {"name": "no_such_package", "file": "solution.py"},
    ]


def test_a_notebook_with_magics_is_read_around_them() -> None:
    cells = [
        {"cell_type": "code", "source": "%matplotlib inline\nimport not_installed_1"},
        {"cell_type": "code", "source": "%%bash\nls 'x"},
        {"cell_type": "markdown", "source": "import not_installed_2"},
    ]
    asked = job("", "")
    text = json.dumps({"nbformat": 4, "cells": cells})
    asked["notebooks"] = [{"path": "solution.ipynb", "b64": b64(text)}]
    assert [one["name"] for one in read_assignment(asked)["missing"]] == ["not_installed_1"]


def test_a_file_that_is_no_python_is_named_with_its_line() -> None:
    assert read_assignment(job("def test_a(:\n"))["broken"] == [
        {"file": "tests/test_a.py", "line": 1, "why": "invalid syntax"}
    ]


def test_the_entry_answers_in_one_frame() -> None:
    asked = json.dumps(job("import pickle\npickle.dumps(1)")).encode()
    done = subprocess.run(
        [sys.executable, "-I", str(HARNESS / "reading.py")],
        input=len(asked).to_bytes(4, "little") + asked,
        capture_output=True,
        check=True,
    )
    size = int.from_bytes(done.stdout[:4], "little")
    answer = json.loads(done.stdout[4:])
    assert len(done.stdout) == size + 4 < framing.JOB_BYTES
    assert answer["nonce"] == "n"
    assert [found["kind"] for found in answer["findings"]] == ["pickles"]
