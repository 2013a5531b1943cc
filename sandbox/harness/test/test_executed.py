"""The executed notebook: how magics, displays and errors come out of a run, and what leaves of it."""

from __future__ import annotations

import base64
import json
import socket
import threading
from pathlib import Path
from typing import Any

import pytest
from conftest import Graded, notebook

from nbpulse_harness.notebook import read_source
from nbpulse_harness.oracle.executed import MOST_BYTES, receive
from nbpulse_harness.probe.executed import EXECUTED_BYTES, CellTime, executed_notebook
from nbpulse_harness.probe.outputs import Outputs

ONE = "import submission\n\ndef test_x():\n    assert submission.x == 1\n"


def executed(graded: Graded) -> dict[str, Any]:
    (found,) = [one for one in graded.frames if one["type"] == "executed"]
    parsed: dict[str, Any] = json.loads(base64.b64decode(found["b64"]))
    return parsed


def outputs_of(graded: Graded) -> list[list[dict[str, Any]]]:
    return [cell.get("outputs", []) for cell in executed(graded)["cells"]]


def text_of(outputs: list[dict[str, Any]]) -> str:
    parts = [one.get("text") or one.get("data", {}).get("text/plain") or one.get("evalue", "") for one in outputs]
    return "\n".join(parts)


def test_outputs_of_cells(grade: Any) -> None:
    graded = grade(
        notebook(
            "x = 1\nprint('a')\nprint('b')\nimport sys\nprint('c', file=sys.stderr)\nx",
            "1 / 0",
            "from IPython.display import HTML, display\nhandle = display('first', display_id=True)\n"
            "handle.update('then')\ndisplay(HTML('<b>bold</b>'))\nNone",
            "'quiet';",
            "import pandas as pd\npd.DataFrame({'a': [1]})",
            "import asyncio\nawait asyncio.sleep(0)\n(_1, Out[1], In[1][:5], type(get_ipython()).__name__)",
            "for step in range(3):\n    print(f'\\r{step} of 3', end='')",
            "class W:\n    def _repr_mimebundle_(self, include=None, exclude=None):\n"
            "        return {'application/vnd.jupyter.widget-view+json': {'a': 1}, 'text/plain': 'a slider'}\nW()",
        ),
        ONE,
    )
    assert graded.passed == {"test_x"}, graded.explain()
    cells = outputs_of(graded)
    assert cells[0] == [
        {"output_type": "stream", "name": "stdout", "text": "a\nb\n"},
        {"output_type": "stream", "name": "stderr", "text": "c\n"},
        {"output_type": "execute_result", "execution_count": 1, "data": {"text/plain": "1"}, "metadata": {}},
    ]
    (error,) = cells[1]
    assert (error["ename"], error["evalue"]) == ("ZeroDivisionError", "division by zero")
    assert "----> 1 1 / 0" in error["traceback"] and "\x1b" not in "".join(error["traceback"])
    assert [one["data"] for one in cells[2]] == [
        {"text/plain": "'then'"},
        {"text/plain": "<IPython.core.display.HTML object>", "text/html": "<b>bold</b>"},
    ]
    assert cells[3] == []
    assert "<table" in cells[4][0]["data"]["text/html"]
    assert text_of(cells[5]) == "(1, 1, 'x = 1', 'NotebookShell')"
    assert text_of(cells[6]) == "2 of 3"
    assert cells[7][0]["data"] == {"text/plain": "a slider"}
    made = executed(graded)
    assert (made["nbformat"], made["nbformat_minor"]) == (4, 5)
    assert [cell["metadata"]["nbpulse"]["status"] for cell in made["cells"][:2]] == ["ok", "error"]
    assert [cell["execution_count"] for cell in made["cells"]] == list(range(1, 9))
    assert "bold" not in graded.report["notebook"].get("reason", "")


def test_plots_belong_to_their_cells(grade: Any) -> None:
    graded = grade(
        notebook(
            "%matplotlib widget\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])",
            "plt.plot([3, 4])\nlines = len(plt.gca().lines)\nx = 1",
            "fig, ax = plt.subplots()\nplt.close(fig)\nfig",
        ),
        ONE + "\ndef test_new_figure():\n    assert submission.lines == 1\n",
    )
    assert graded.passed == {"test_x", "test_new_figure"}, graded.explain()
    kinds = [[sorted(one["data"]) for one in outputs if "data" in one] for outputs in outputs_of(graded)]
    assert kinds[0] == [["text/plain"], ["image/png", "text/plain"]]
    assert kinds[1] == [["image/png", "text/plain"]]
    assert kinds[2] == [["image/png", "text/plain"]]
    png = outputs_of(graded)[0][1]["data"]["image/png"]
    assert base64.b64decode(png).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("%pip install numpy", "%pip does nothing while the notebook is graded"),
        ("!ls", "shell commands do not run while the notebook is graded: 'ls'"),
        ("%%bash\nls", "%%bash does not run while the notebook is graded"),
        ("%load_ext not_there\n%not_there now", "the grading environment has no extension 'not_there'"),
        ("%not_known 3", "%not_known is not known while the notebook is graded: this line did nothing"),
        ("%config InlineBackend.figure_format = 'retina'", ""),
        ("%timeit -n 1000000 -r 50 sum(range(100))", "3 runs"),
        ("%%timeit\nsum(range(10))", "per loop"),
        ("%time y = 2\ny", "Wall time"),
        ("%%time\ny = 2", "Wall time"),
        ("%%capture kept\nprint('not shown')", ""),
        ("%precision 2\n3.14159", "3.14"),
        ("%%writefile made.py\nvalue = 7", "Writing made.py"),
        ("open('other.py', 'w').write('value = 8')\n%run other.py\nvalue", "8"),
        ("%pylab inline\narange(2)", "array([0, 1])"),
        ("names = !ls\nnames.n, len(names)", "('', 0)"),
        ("exit()", ""),
    ],
)
def test_magics(grade: Any, cell: str, words: str) -> None:
    graded = grade(notebook(cell, "x = 1"), ONE)
    assert graded.passed == {"test_x"}, graded.explain()
    assert "reason" not in graded.report["notebook"], graded.report["notebook"]
    assert words in text_of(outputs_of(graded)[0])
    assert "not shown" not in text_of(outputs_of(graded)[0])


def test_a_cell_magic_that_is_not_there_fails_its_cell(grade: Any) -> None:
    graded = grade(notebook("%%cython\ny = 2", "x = 1"), ONE)
    assert graded.passed == {"test_x"}
    assert "cell 1: UsageError: Cell magic `%%cython` not found." in graded.report["notebook"]["reason"]


def test_run_of_another_notebook(grade: Any, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "other.ipynb").write_bytes(notebook("a = 1", "b = a + 1"))
    graded = grade(notebook("%run other.ipynb\nx = b - 1", "%run missing.ipynb"), ONE, data=data)
    assert graded.passed == {"test_x"}, graded.explain()
    assert "no file 'missing.ipynb' beside the notebook" in graded.report["notebook"]["reason"]


def test_a_cell_that_does_not_end(grade: Any) -> None:
    graded = grade(notebook("print('before')\nwhile True: pass", "x = 1"), ONE, wall_ms=4_000)
    assert graded.passed == {"test_x"}, graded.explain()
    cell = executed(graded)["cells"][0]
    assert cell["metadata"]["nbpulse"]["status"] == "stopped"
    assert cell["outputs"][0]["text"] == "before\n"
    assert "nbpulse_harness" not in "".join(cell["outputs"][1]["traceback"])


def test_a_file_of_python(grade: Any) -> None:
    graded = grade("x = 1\nprint('hello')\nraise ValueError('no')\n", ONE)
    (cell,) = executed(graded)["cells"]
    assert text_of(cell["outputs"]) == "hello\n\nno"


def test_a_flood_is_capped(grade: Any) -> None:
    graded = grade(
        notebook(
            "from IPython.display import display\nfor n in range(1000): display(n)",
            "from IPython.display import HTML\nHTML('y' * 9_000_000)",
            "x = 1",
        ),
        ONE,
    )
    assert graded.passed == {"test_x"}, graded.explain()
    floods = outputs_of(graded)
    assert len(floods[0]) == 301 and "more outputs were dropped" in floods[0][-1]["text"]
    assert floods[1][0]["data"] == {"text/plain": "<IPython.core.display.HTML object>"}


def test_printed_text_is_capped_in_each_cell() -> None:
    outputs = Outputs()
    outputs.stream("stdout", "nobody's")
    for cell in ("cell 1", "cell 2"):
        outputs.begin(cell)
        for _ in range(10_000):
            outputs.stream("stdout", "x" * 100)
            outputs.stream("stdout", "\n")
        outputs.end()
        (stream,) = outputs.of[cell]
        assert 256 * 1024 < len(stream["text"]) < 270_000
        assert stream["text"].endswith("[the rest of this cell's output was dropped]\n")


def test_what_was_handed_in_stays_but_for_what_is_hostile() -> None:
    deep: Any = []
    for _ in range(200):
        deep = [deep]
    raw = {
        "nbformat": 4,
        "nbformat_minor": 2,
        "metadata": {"kernelspec": {"name": "python3"}, "widgets": {"a": 1}, "deep": deep, "big": "x" * 100_000},
        "cells": [
            {
                "cell_type": "markdown",
                "id": "same",
                "source": ["# a\n", "b"],
                "attachments": {"p.png": {"image/png": "AA=="}},
            },
            {
                "cell_type": "code",
                "id": "same",
                "source": "x = 1",
                "metadata": {"tags": ["t"]},
                "outputs": [{"old": 1}],
            },
            {"cell_type": "raw", "id": "not an id!", "source": "r", "attachments": {"p": 3}},
            {"cell_type": "strange", "source": 7},
            3,
        ],
    }
    data = json.dumps(raw).encode()
    source = read_source("a.ipynb", data)
    made = json.loads(executed_notebook("a.ipynb", data, source, Outputs(), {"cell 1": CellTime("ok", 1)}))
    assert set(made["metadata"]) == {"kernelspec", "nbpulse"}
    assert [cell["id"] for cell in made["cells"]] == ["same", "cell-2", "cell-3", "cell-4", "cell-5"]
    assert made["cells"][0]["attachments"] == {"p.png": {"image/png": "AA=="}}
    assert made["cells"][1]["outputs"] == [] and made["cells"][1]["metadata"]["tags"] == ["t"]
    assert "attachments" not in made["cells"][2]
    assert [cell["cell_type"] for cell in made["cells"][3:]] == ["raw", "raw"]


def test_the_largest_outputs_go_first() -> None:
    data = notebook("a", "b", "c")
    outputs = Outputs()
    for cell, size in (("cell 1", 3_500_000), ("cell 2", 3_900_000), ("cell 3", 3_600_000)):
        outputs.begin(cell)
        outputs.display({"text/html": "h" * size}, {})
        outputs.end()
    times = {f"cell {number}": CellTime("ok", 1) for number in (1, 2, 3)}
    made = executed_notebook("a.ipynb", data, read_source("a.ipynb", data), outputs, times)
    assert len(made) <= EXECUTED_BYTES
    first, second, third = (cell["outputs"][0] for cell in json.loads(made)["cells"])
    assert "left out" in second["text"]
    assert "data" in first and "data" in third


@pytest.mark.parametrize(
    ("told", "sent", "expected"),
    [
        ({"executedBytes": 3}, b"abc", b"abc"),
        ({"executedBytes": 3}, b"ab", b""),
        ({"executedBytes": MOST_BYTES + 1}, b"", b""),
        ({"executedBytes": True}, b"a", b""),
        ({"executedBytes": "3"}, b"abc", b""),
        ({}, b"abc", b""),
        (None, b"", b""),
    ],
)
def test_the_oracle_takes_as_many_bytes_as_were_announced(told: Any, sent: bytes, expected: bytes) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:

        def answer() -> None:
            theirs.sendall(sent)
            theirs.shutdown(socket.SHUT_WR)

        other = threading.Thread(target=answer)
        other.start()
        assert receive(ours, told) == expected
        other.join()


def test_a_student_who_breaks_the_harness_loses_only_the_copy(grade: Any) -> None:
    graded = grade(notebook("import json\ndef broken(*a, **k): raise RuntimeError\njson.loads = broken", "x = 1"), ONE)
    assert graded.passed == {"test_x"}, graded.explain()
    assert [one for one in graded.frames if one["type"] == "executed"] == []
