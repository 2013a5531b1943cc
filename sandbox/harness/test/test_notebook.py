"""How a notebook runs without a Jupyter server, and what is said when it doesn't."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import notebook

from nbpulse_harness.notebook import Unreadable, read_source

ONE = """
    import submission

    def test_x():
        assert submission.x == 1
"""


@pytest.mark.parametrize(
    "cell",
    [
        "%matplotlib inline\nx = 1",
        "%time x = 1",
        "%%time\nx = 1",
        "!echo hello\nx = 1",
        "files = !ls\nx = 1",
        "import asyncio\nawait asyncio.sleep(0)\nx = 1",
        "from IPython.display import display, HTML\ndisplay(HTML('<b>x</b>'), 3)\nx = 1",
        "import nbpulse\nr = nbpulse.send(3, '1')\nnbpulse.submit()\nnbpulse.checkpoint(); x = int(r.ok)",
        "from nbpulse import send\nsend(open, question=2, part='B')\nx = 1",
        "if __name__ == '__main__':\n    x = 1",
        "import matplotlib.pyplot as plt\nplt.plot([1])\nplt.show()\nx = 1",
        "import pickle\nclass A: pass\nx = int(isinstance(pickle.loads(pickle.dumps(A())), A))",
        "import os, tempfile\nopen('mine.txt', 'w').write('a')\nx = len(open('mine.txt').read())",
        "x = 1;",
        "%load_ext autoreload\nx = 1",
        "import os\nx = int(os.environ.get('NBPULSE_SEAM_FD') is None)",
    ],
)
def test_cells_run_as_in_ipython(grade: Any, cell: str) -> None:
    graded = grade(notebook(cell), ONE)
    assert graded.passed == {"test_x"}, graded.explain()


def test_the_last_value_of_a_cell(grade: Any) -> None:
    assert grade(notebook("1", "x = _"), ONE).passed == {"test_x"}


def test_an_error_does_not_stop_later_cells(grade: Any) -> None:
    graded = grade(notebook("y = 1", "1 / 0", "x = 1", "def f(:", ("raise ValueError", ["raises-exception"])), ONE)
    assert graded.passed == {"test_x"}
    assert graded.report["notebook"]["ok"] is True
    lines = graded.report["notebook"]["reason"].splitlines()
    assert lines[0] == "cell 2: ZeroDivisionError: division by zero"
    assert lines[1].startswith("cell 4: SyntaxError: ")
    assert len(lines) == 2


def test_input_has_nobody_to_ask(grade: Any) -> None:
    graded = grade(notebook("name = input('name? ')", "x = 1"), ONE)
    assert graded.passed == {"test_x"}
    assert "cell 1: EOFError: input() has nobody to ask" in graded.report["notebook"]["reason"]


def test_data_files_lie_beside_the_notebook(grade: Any, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "numbers.csv").write_text("a\n1\n")
    cell = "import pandas as pd\nx = pd.read_csv('numbers.csv')['a'][0]\nopen('numbers.csv', 'a').write('2\\n')"
    graded = grade(notebook(cell), ONE, data=data)
    assert graded.passed == {"test_x"}, graded.explain()
    assert (data / "numbers.csv").read_text() == "a\n1\n"


def test_tmp_path_is_at_both_ends(grade: Any) -> None:
    graded = grade(
        """
import csv
from pathlib import Path

def read(path):
    return open(path).read()

def write(path, rows):
    with open(path, 'w', newline='') as file:
        csv.writer(file).writerows(rows)
    return Path(path)

def clean(folder):
    for file in Path(folder).iterdir():
        file.unlink()

def here():
    Path('sub').mkdir(exist_ok=True)
    Path('sub/made.txt').write_text(Path('given.txt').read_text() + '!')

def outside():
    return Path('/etc/passwd')

def link(folder):
    Path(folder, 'link').symlink_to('/etc/passwd')
""",
        """
    import os
    import pytest
    import submission as s

    def test_read(tmp_path):
        (tmp_path / "a.txt").write_text("hello")
        assert s.read(tmp_path / "a.txt") == "hello"
        assert s.read(str(tmp_path / "a.txt")) == "hello"
        (tmp_path / "a.txt").write_text("again")
        assert s.read(tmp_path / "a.txt") == "again"

    def test_write(tmp_path):
        out = s.write(tmp_path / "b.csv", [[1, 2]])
        assert out == tmp_path / "b.csv"
        assert out.read_text() == "1,2\\n" or out.read_bytes() == b"1,2\\r\\n"
        assert os.listdir(tmp_path) == ["b.csv"]

    def test_delete(tmp_path):
        (tmp_path / "a.txt").write_text("x")
        s.clean(tmp_path)
        assert os.listdir(tmp_path) == []

    def test_current_folder(tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "given.txt").write_text("g")
        s.here()
        assert (tmp_path / "sub" / "made.txt").read_text() == "g!"

    def test_missing(tmp_path):
        with pytest.raises(FileNotFoundError):
            s.read(tmp_path / "no.txt")

    def test_outside(tmp_path):
        assert not hasattr(s.outside(), "read_text")
    """,
    )
    assert set(graded.statuses.values()) == {"passed"}, graded.explain()


def test_a_file_of_python(grade: Any) -> None:
    graded = grade("x = 1\nif __name__ == '__main__':\n    x = 2\n", ONE)
    assert graded.passed == {"test_x"}


def test_another_module_name(grade: Any) -> None:
    graded = grade(
        "x = 1",
        "import probe as p\nfrom probe import x as y\n\ndef test_x():\n    assert p.x == y == 1",
        module="probe",
    )
    assert graded.passed == {"test_x"}, graded.explain()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"not json", "not valid JSON"),
        (b"\xff\xfe", "not valid JSON"),
        (b"[" * 100_000, "not valid JSON"),
        (b"[]", "no cells"),
        (b'{"nbformat": 9, "cells": []}', "format 9"),
        (b'{"nbformat": 4}', "no list of cells"),
    ],
)
def test_no_notebook(grade: Any, data: bytes, words: str) -> None:
    graded = grade(
        data, "import pytest\nimport submission\n\n@pytest.mark.visible\ndef test_x():\n    assert submission.x == 1"
    )
    assert graded.statuses == {"test_x": "not-run"}
    assert words in graded.report["notebook"]["reason"]
    assert words in graded.tests["test_x"]["message"]
    assert graded.report["canary"] == "held"


def test_strange_cells_are_passed_over() -> None:
    cells: list[Any] = [
        1,
        {"cell_type": "code"},
        {"cell_type": "code", "source": {"a": 1}, "metadata": []},
        {"cell_type": "code", "source": ["a\n", 3, "b"], "metadata": {"tags": [1, "x"]}},
        {"cell_type": "markdown", "source": "c"},
    ]
    source = read_source("a.ipynb", json.dumps({"nbformat": 4, "cells": cells}).encode())
    assert [cell.source for cell in source.cells] == ["", "", "a\nb"]
    assert source.cells[2].tags == {"x"}
    assert source.line("cell 3", 2) == "b"
    assert source.line("cell 3", 9) is None
    old = {"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": "d"}]}]}
    assert read_source("a.ipynb", json.dumps(old).encode()).cells[0].source == "d"


def test_a_script_that_is_no_text() -> None:
    with pytest.raises(Unreadable, match="UTF-8"):
        read_source("a.py", b"\xff")
