"""`nbpulse number`: what it shows, what it writes, what it leaves alone."""

from __future__ import annotations

import json
import os
import pty
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nbpulse.command import main

PACKAGE = Path(__file__).parents[1]


def notebook(*sources: Any, **more: Any) -> dict[str, Any]:
    cells = [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": f"c{index}",
            "metadata": {},
            "outputs": [],
            "source": source,
        }
        for index, source in enumerate(sources)
    ]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more}


def write(path: Path, content: Any, **how: Any) -> Path:
    path.write_text(json.dumps(content, **how), "utf-8")
    return path


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    return write(tmp_path / "lab.ipynb", notebook("send(a, 3)", ["x = 1\n", "send(b, 1)"], "send(c, key)"), indent=1)


def test_shows_the_difference_and_writes(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = lab.read_text("utf-8")
    assert main(["number", "--yes", str(lab)]) == 0
    shown = capsys.readouterr().out
    for line in ("--- lab.ipynb cell 1", "-send(a, 3)", "+send(a, 1)", " x = 1", "-send(b, 1)", "+send(b, 2)"):
        assert line in shown.splitlines()
    assert "stays: cell 3, line 1: key is worked out when the cell runs" in shown
    assert "2 lines renumbered" in shown
    assert lab.read_text("utf-8") == before.replace("send(b, 1)", "send(b, 2)").replace("send(a, 3)", "send(a, 1)")
    assert main(["number", str(lab)]) == 0
    assert "in order" in capsys.readouterr().out


def test_a_dry_run_writes_nothing(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = lab.stat()
    assert main(["number", "--dry-run", str(lab)]) == 1
    assert "+send(a, 1)" in capsys.readouterr().out
    assert (lab.stat().st_mtime_ns, lab.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


def test_without_a_terminal_it_does_not_ask_and_does_not_write(lab: Path) -> None:
    before = lab.read_bytes()
    run = subprocess.run(
        [sys.executable, "-m", "nbpulse", "number", str(lab)],
        cwd=PACKAGE,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (run.returncode, run.stderr) == (1, "")
    assert "add --yes" in run.stdout and lab.read_bytes() == before


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 1), ("\n", 1), ("\x04", 1), ("\x03", 1)])
def test_on_a_terminal_it_asks_in_colour(lab: Path, answer: str, code: int) -> None:
    before = lab.read_bytes()
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(PACKAGE)
        os.environ.update(TERM="xterm", PYTHONDONTWRITEBYTECODE="1")
        os.environ.pop("NO_COLOR", None)
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # whoever runs the tests may ignore it
        signal.alarm(60)  # a hang ends
        os.execv(sys.executable, [sys.executable, "-m", "nbpulse", "number", str(lab)])
    shown = b""
    while b"[y/N]" not in shown:
        shown += os.read(terminal, 4096)
    os.write(terminal, answer.encode())
    try:
        while more := os.read(terminal, 4096):
            shown += more
    except OSError:
        pass  # how a terminal of Linux ends
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == code
    assert b"\x1b[32m+send(a, 1)\x1b[0m" in shown and b"\x1b[31m-send(a, 3)\x1b[0m" in shown
    assert b"Traceback" not in shown
    assert (lab.read_bytes() != before) is (code == 0)


def test_what_a_notebook_says_cannot_steer_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "lab.ipynb", notebook("# \x1b]0;title\x07\nsend(a, 3)"))
    assert main(["number", "--dry-run", str(path)]) == 1
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[]", "no list of cells"),
        (b'{"cells": [1]}', "no list of cells"),
        (b'{"cells": [{"cell_type": "code", "source": [1]}]}', "the source of cell 1 is no text"),
        (b'{"worksheets": [{"cells": []}]}', "old format"),
        (b'{"cells": [], "metadata": {"kernelspec": {"language": "R"}}}', "notebook of r"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_what_is_no_notebook(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, says: str) -> None:
    path = tmp_path / "lab.ipynb"
    path.write_bytes(content)
    assert main(["number", "--yes", str(path)]) == 2
    error = capsys.readouterr().err
    assert says in error and "Traceback" not in error and path.read_bytes() == content


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["number", str(tmp_path / "none.ipynb"), str(tmp_path)]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_several_files_and_the_worst_code(lab: Path, tmp_path: Path) -> None:
    other = write(tmp_path / "other.ipynb", notebook("send(a, 1)"))
    assert main(["number", "-n", str(other), str(lab)]) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_is_not_ours(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = lab.read_bytes()
    lab.parent.chmod(0o500)
    try:
        assert main(["number", "--yes", str(lab)]) == 2
    finally:
        lab.parent.chmod(0o700)
    assert "cannot be written" in capsys.readouterr().err and lab.read_bytes() == before


def test_a_link_and_the_file_mode_stay(lab: Path, tmp_path: Path) -> None:
    lab.chmod(0o640)
    link = tmp_path / "link.ipynb"
    link.symlink_to(lab)
    assert main(["number", "--yes", str(link)]) == 0
    assert link.is_symlink() and stat.S_IMODE(lab.stat().st_mode) == 0o640 and "send(a, 1)" in lab.read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lab.ipynb", "link.ipynb"]


texts = st.text(st.characters(codec="utf-8"), max_size=12).filter(lambda text: "\n" not in text)
sources = st.lists(
    st.one_of(texts.map(lambda text: f"# {text!r}"), st.integers(0, 9).map(lambda key: f"send(a, {key})")), max_size=4
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(sources, max_size=4),
    st.booleans(),
    st.fixed_dictionaries(
        {
            "indent": st.sampled_from([None, 0, 1, 4, "\t"]),
            "ensure_ascii": st.booleans(),
            "separators": st.sampled_from([None, (",", ":"), (" ,", " : ")]),
            "sort_keys": st.booleans(),
        }
    ),
    st.sampled_from(["", "\n", "\r\n", "  \n"]),
    st.booleans(),
)
def test_every_other_byte_stays(
    tmp_path: Path, cells: list[list[str]], as_list: bool, how: dict[str, Any], end: str, mark: bool
) -> None:
    outputs = [{"output_type": "stream", "name": "stdout", "text": ["send(a, 9) 😀 é\n"]}]
    content = notebook(*("\n".join(cell) if not as_list else [line + "\n" for line in cell] for cell in cells))
    content["metadata"] = {
        "z": [1.0, 1e5, "send(a, 9)"],
        "a": {"cells": [{"cell_type": "code", "source": "send(a, 9)"}]},
    }
    for cell in content["cells"]:
        cell["outputs"] = outputs
    path = tmp_path / "lab.ipynb"
    before = (("\ufeff" if mark else "") + json.dumps(content, **how) + end).encode()
    path.write_bytes(before)
    assert main(["number", "--yes", str(path)]) == 0
    after = path.read_bytes()
    changed = [(one, two) for one, two in zip(before, after, strict=True) if one != two]
    assert all(chr(one).isdigit() and chr(two).isdigit() for one, two in changed)
    read = json.loads(after.decode("utf-8-sig"))
    keys: dict[str, str] = {}
    for old, new in zip(content["cells"], read["cells"], strict=True):
        assert new["outputs"] == outputs
        was, now = "".join(old["source"]).split("\n"), "".join(new["source"]).split("\n")
        for one, two in zip(was, now, strict=True):
            if one.startswith("send("):
                assert two == f"send(a, {keys.setdefault(one, str(len(keys) + 1))})"
            else:
                assert one == two
