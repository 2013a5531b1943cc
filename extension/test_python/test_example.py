"""`examples/hello-send/lab.ipynb` runs in a real kernel and sends what it says."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from await_condition import eventually
from lab_server import LabServer
from page_end import Kernel, Page

LAB = Path(__file__).parents[2] / "examples" / "hello-send" / "lab.ipynb"


def test_hello_send_is_a_clean_notebook() -> None:
    notebook = json.loads(LAB.read_text(encoding="utf-8"))
    nbformat.validate(notebook)
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert notebook["metadata"]["nbpulse"] == {}
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in notebook["cells"])


def test_hello_send_sends_each_kind_of_value(server: LabServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
    cells = [cell for cell in json.loads(LAB.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
    kernel = Kernel()
    try:
        kernel.run("import nbpulse\nfrom nbpulse.custodian import custodian")
        page = Page(kernel.manager, commit=server.commit, enrolment=server.enrolment("Ada"))
        attached = "print(custodian().page.attached and custodian().own.claim is not None, end='')"
        eventually(lambda: kernel.printed(attached) == "True", "the page")
        kinds: list[str] = []
        for cell in cells:
            kinds += [output["kind"] for output in kernel.run("".join(cell["source"]), cell_id=cell["id"])]
        assert kinds == ["display_data"], "send shows nothing; the figure shows itself"
        eventually(lambda: server.count() == 9, "nine records")
        [stream] = server.records
        events = server.events(stream)
        page.detach()
    finally:
        kernel.stop()
    assert [(event["question"], event.get("part"), event["value"]["t"], event["cell"]) for event in events] == [
        ("1", None, "str", "q1"),
        ("2", None, "int", "q2"),
        ("2b", None, "float", "q2"),
        ("3", None, "array", "q3"),
        ("4", None, "frame", "q4"),
        ("4b", None, "str", "q4"),
        ("5", None, "image", "q5"),
        ("6", None, "code", "q6"),
        ("6b", None, "list", "q6"),
    ]
