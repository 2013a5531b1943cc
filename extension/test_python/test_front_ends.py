"""What differs from front end to front end, as the kernel sees it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from await_condition import eventually
from lab_server import LabServer
from page_end import Kernel, Page

PACKAGE = Path(__file__).parents[1] / "nbpulse"


def test_a_page_that_has_shown_up_but_not_attached_yet_shows_the_marks(own_kernel: Callable[[], Kernel]) -> None:
    kernel = own_kernel()
    shown = kernel.run("from nbpulse import send\nsend(1, 1)")
    assert [output["data"]["text/plain"] for output in shown] == ["queued"]
    source = json.dumps((PACKAGE / "_register.py").read_text("utf-8"))
    # What the extension runs when it comes to a kernel; an installed package wins over the bundle.
    code = f"exec({source}, {{'__name__': '_nbpulse_register', 'bundle': {{'version': '0.1.0', 'sources': {{}}}}}})"
    assert kernel.run(code, silent=True) == []
    assert kernel.run("send(2, 1)") == []


def test_where_the_page_has_joined_connect_leaves_it_to_the_page(
    own_kernel: Callable[[], Kernel], page_of: Callable[..., Page], server: LabServer
) -> None:
    kernel = own_kernel()
    kernel.run("import nbpulse")
    page_of(kernel, commit=server.commit, enrolment=server.enrolment("Ada"))
    code = "from nbpulse.custodian import custodian; print(custodian().current is not None)"
    eventually(lambda: "True" in kernel.printed(code), "the page to be attached")
    connect = f"import nbpulse; print(nbpulse.connect({server.url!r}, 'AAAA-AAAA', {{!r}}))"
    assert kernel.printed(connect.format("ada")).startswith("Connected as Ada. The notebook page has joined")
    assert "the notebook page has joined as Ada" in kernel.printed(connect.format("Bob"))
    assert "the notebook page joined" in kernel.printed("print(nbpulse.leave())")
    assert kernel.printed(code) == "True\n"
