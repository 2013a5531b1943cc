"""Where no page is: notebooks that a program executes, scripts, threads, and an interrupt in the midst of a send."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from await_condition import eventually
from lab_server import LabServer
from nbclient import NotebookClient

PACKAGE = Path(__file__).parents[1]

CELLS = [
    "from nbpulse import send\nsend('plain', 1);",
    "import asyncio\nasync def later(n):\n    await asyncio.sleep(0.01)\n    send(n, 'async')\n"
    "await asyncio.gather(*[later(n) for n in range(5)]);",
    "%%time\nsend('timed', 2);",
    "from concurrent.futures import ThreadPoolExecutor\n"
    "with ThreadPoolExecutor(4) as pool: list(pool.map(lambda n: send(n, 'threads'), range(200)));",
    "send('last', 3);",
]
EXPECTED = {"1": 1, "async": 5, "2": 1, "threads": 200, "3": 1}


@pytest.fixture
def environment(server: LabServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """As a script's user sets it: whose records these are, and where they go."""
    names = {f"NBPULSE_{key.upper()}": text for key, text in server.enrolment().items()}
    for name, text in {**names, "PYTHONPATH": str(PACKAGE)}.items():
        monkeypatch.setenv(name, text)
    yield {**os.environ}


def notebook(cells: list[str]) -> Any:
    made = nbformat.v4.new_notebook()
    made.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    return made


def counted(server: LabServer) -> dict[str, int]:
    counts: dict[str, int] = {}
    for stream in list(server.records):
        for event in server.events(stream):
            counts[event["question"]] = counts.get(event["question"], 0) + 1
    return counts


def in_order(server: LabServer) -> None:
    [stream] = server.records
    assert server.seqs(stream) == list(range(1, sum(EXPECTED.values()) + 1))
    assert server.conflicts == []


def test_nbclient_runs_a_notebook_whose_records_all_arrive(environment: dict[str, str], server: LabServer) -> None:
    made = notebook(CELLS)
    NotebookClient(made, timeout=60).execute()
    eventually(lambda: counted(server) == EXPECTED, "every record, though the kernel is shut down at the end")
    in_order(server)
    printed = [output for cell in made.cells for output in cell.outputs]
    assert [output.get("name") for output in printed] == ["stdout"]  # that of %%time, and nothing of ours


@pytest.mark.parametrize("tool", ["papermill", "nbconvert"])
def test_a_tool_runs_a_notebook_whose_records_all_arrive(
    environment: dict[str, str], server: LabServer, tmp_path: Path, tool: str
) -> None:
    path = tmp_path / "lab.ipynb"
    nbformat.write(notebook(CELLS), path)
    command = {
        "papermill": ["papermill", "lab.ipynb", "out.ipynb", "--no-progress-bar"],
        "nbconvert": ["nbconvert", "--to", "notebook", "--execute", "lab.ipynb", "--output", "out.ipynb"],
    }[tool]
    run = subprocess.run(
        [sys.executable, "-m", *command], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
    )
    assert run.returncode == 0, run.stderr
    eventually(lambda: counted(server) == EXPECTED, "every record")
    in_order(server)


def test_an_interrupt_in_the_midst_of_sends_loses_and_doubles_nothing(
    environment: dict[str, str], server: LabServer, tmp_path: Path
) -> None:
    """The stop button, again and again, while a loop sends: what `send` gave back is there once."""
    server.stop()
    code = (
        "import json, signal, nbpulse\n"
        "from nbpulse.custodian import custodian\n"
        "done, n, caught, going = [], 0, 0, True\n"
        "while going:\n"
        "    try:\n"
        "        while caught < 40 and n < 200_000:\n"
        "            try:\n"
        "                n += 1\n"
        "                nbpulse.send(n, n)\n"
        "                done.append(n)\n"
        "                if n % 2_000 == 1: print('more', flush=True)\n"
        "            except KeyboardInterrupt:\n"
        "                caught += 1\n"
        "        signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "        going = False\n"
        "    except KeyboardInterrupt:\n"
        "        pass  # between two turns of the loop\n"
        "custodian().own.max_records = 10**9\n"
        "entries = [json.loads(entry.body) for entry in custodian().own.entries.values()]\n"
        "values = [entry['value']['v'] for entry in entries if entry['kind'] == 'record']\n"
        "told = custodian().own.dropped\n"
        "print(json.dumps([caught, len(done), len(set(values)) == len(values), values == sorted(values),\n"
        "    len(set(done) - set(values) - {int(q) for q in told})]), flush=True)\n"
        "import os; os._exit(0)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stderr is not None
    last = ""
    for line in process.stdout:
        last = line
        if not line.startswith("["):
            process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0, process.stderr.read()
    process.stdout.close()
    process.stderr.close()
    caught, taken, once, ordered, lost = json.loads(last)
    assert caught > 5 and taken > 1_000
    assert (once, ordered, lost) == (True, True, 0)


def test_a_script_with_threads_of_its_own_ends_with_everything_saved(
    environment: dict[str, str], server: LabServer
) -> None:
    code = (
        "import threading, nbpulse\n"
        "def work(name):\n"
        "    for n in range(100): nbpulse.send(n, name)\n"
        "threads = [threading.Thread(target=work, args=(f't{i}',)) for i in range(5)]\n"
        "[one.start() for one in threads]; [one.join() for one in threads]\n"
    )
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60)
    assert (run.stdout, run.stderr, run.returncode) == ("", "", 0)
    [stream] = server.records
    assert server.seqs(stream) == list(range(1, 501))
    for name in (f"t{i}" for i in range(5)):  # each thread's own records in its order
        values = [event["value"]["v"] for event in server.events(stream) if event["question"] == name]
        assert values == list(range(100))


def test_an_address_that_is_none_is_no_fault_of_the_cell(environment: dict[str, str]) -> None:
    environment["NBPULSE_SERVER"] = "http://[::1"
    code = "import nbpulse; print(nbpulse.send(1, 1))"
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60)
    assert (run.stdout, run.stderr, run.returncode) == ("queued\n", "", 0)
