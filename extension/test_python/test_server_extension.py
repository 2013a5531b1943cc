"""The Jupyter server's pages learn from `NBPULSE_SERVER` which nbpulse server this place uses."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from await_condition import eventually

ROOT = Path(__file__).parents[1]


class _Config(HTMLParser):
    """What stands in `<script id="jupyter-config-data">`."""

    inside = False
    text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag == "script" and ("id", "jupyter-config-data") in attrs

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        self.inside = False


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def page_config(url: str) -> dict[str, Any]:
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=30) as reply:
        reader = _Config()
        reader.feed(reply.read().decode())
    config = json.loads(reader.text)
    assert isinstance(config, dict)
    return config


@contextmanager
def jupyter(folder: Path, **more: str) -> Iterator[tuple[str, Path]]:
    """A Jupyter server with Lab and Notebook 7, which loads the extension as the wheel installs it."""
    config = folder / "config" / "jupyter_server_config.d"
    config.mkdir(parents=True)
    shutil.copy(ROOT / "jupyter_server_config.json", config / "nbpulse.json")
    port, log = free_port(), folder / "jupyter.log"
    environment = {
        **{name: text for name, text in os.environ.items() if not name.startswith(("JUPYTER", "NBPULSE"))},
        "HOME": str(folder),
        "JUPYTER_CONFIG_PATH": str(folder / "config"),
        "JUPYTER_CONFIG_DIR": str(folder / "own"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "PYTHONPATH": str(ROOT),
        **more,
    }
    options = ["--no-browser", f"--port={port}", "--ServerApp.port_retries=0", "--ServerApp.ip=127.0.0.1"]
    options += ["--IdentityProvider.token=letmein", "--allow-root", f"--ServerApp.root_dir={folder}"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "notebook", *options], env=environment, cwd=folder, stdout=output, stderr=output
        )
        url = f"http://127.0.0.1:{port}"
        try:

            def answers() -> bool:
                assert process.poll() is None, log.read_text()
                try:
                    return bool(page_config(f"{url}/lab?token=letmein"))
                except OSError:
                    return False

            eventually(answers, "Jupyter to answer", 60)
            yield url, log
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.mark.parametrize(
    ("server", "told"),
    [
        (" https://class.example.org/nbpulse/ ", "https://class.example.org/nbpulse"),
        ("", None),
        ("javascript:alert(1)", None),
    ],
)
def test_pages_learn_the_server(tmp_path: Path, server: str, told: str | None) -> None:
    with jupyter(tmp_path, NBPULSE_SERVER=server) as (url, log):
        for front in ("lab", "tree"):
            assert page_config(f"{url}/{front}?token=letmein").get("nbpulseServer") == told
        said = log.read_text()
    assert ("is no address of a server" in said) is (server.startswith("javascript"))
    assert "nbpulse_jupyter | extension was successfully loaded" in said
