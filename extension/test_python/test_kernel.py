"""In a real kernel: what a page hears, acknowledgements in a running cell, restart, fork, loops, figures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable

import golden
import pytest
from await_condition import eventually
from ipykernel._version import version_info as ipykernel_version
from lab_server import LabServer
from page_end import Kernel, Page

PACKAGE = Path(__file__).parents[1]
needs_subshells = pytest.mark.skipif(
    ipykernel_version < (7,),
    reason="ipykernel 6 reads comms when the cell ends; nothing depends on them sooner",
)


@pytest.fixture(scope="module")
def shared_kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """Started once; the state folder is set from inside by each test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(PACKAGE))
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        patch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
        kernel = Kernel()
        kernel.run("from nbpulse import send, checkpoint, submit\nfrom nbpulse.custodian import custodian\nimport time")
        yield kernel
        kernel.stop()


@pytest.fixture
def kernel(shared_kernel: Kernel, state_home: Path) -> Iterator[Kernel]:
    """The shared kernel, as new: a fresh custodian, an own state folder."""
    shared_kernel.run(
        f"""
import os, nbpulse.custodian as _module
os.environ['XDG_STATE_HOME'] = {str(state_home)!r}
if _module._current is not None:
    _module._current.close(0)
    if _module._current.page._comm is not None:
        _module._current.page._comm.close()
_module._current = None
nbpulse = __import__('nbpulse')
nbpulse._listen()
del _module
""",
        silent=True,
    )
    yield shared_kernel


MakePage = Callable[..., Page]


def shape(data: Any) -> Any:
    """The keys and types of a message, without its particulars."""
    if isinstance(data, dict):
        return {key: shape(item) for key, item in sorted(data.items())}
    return type(data).__name__


def test_the_page_hears_hello_and_records_with_their_cell(kernel: Kernel, page_of: MakePage) -> None:
    page = page_of(kernel)
    [hello] = page.saw(lambda page: page.hellos, "hello")
    golden_kernel = {
        item["name"]: item["data"]
        for item in json.loads((golden.FIXTURES / "kernel-messages.json").read_text(encoding="utf-8"))["kernel"]
    }
    assert shape(hello) == shape(golden_kernel["hello, the data of comm_open"])
    msg_id = kernel.start_cell("send('hello', 1)\nsend(2, '2b', part='B');", cell_id="a1b2c3d4")
    assert kernel.finish_cell(msg_id) == []
    page.saw(lambda page: len(page.events) == 2, "both records")
    assert [(event["question"], event.get("part"), event["cell"]) for event in page.events] == [
        ("1", None, "a1b2c3d4"),
        ("2b", "B", "a1b2c3d4"),
    ]
    assert page.parents == [msg_id, msg_id]


def test_a_picture_travels_as_a_buffer_and_comes_back_as_it_was(kernel: Kernel, page_of: MakePage) -> None:
    page = page_of(kernel)
    kernel.run("import matplotlib.pyplot as plt\nplt.plot([1, 2]); send(plt, 4);")
    page.saw(lambda page: page.events, "the picture")
    value = page.events[0]["value"]
    body = json.loads(kernel.printed("print(next(iter(custodian().own.entries.values())).body)"))
    assert value == body["value"]
    assert list(value)[-1] == list(body["value"])[-1] == "b64"


@needs_subshells
def test_acknowledgements_arrive_in_a_running_cell(kernel: Kernel, page_of: MakePage, server: LabServer) -> None:
    page = page_of(kernel, commit=server.commit, enrolment=server.enrolment())
    page.saw(lambda page: page.hellos, "hello")
    printed = kernel.printed(
        """
sent = [send(number, 1) for number in range(3)]
begun = time.monotonic()
while any(repr(one) != 'saved' for one in sent) and time.monotonic() - begun < 20:
    pass  # busy, as a student's loop
print({repr(one) for one in sent})
"""
    )
    assert printed == "{'saved'}\n"


@needs_subshells
def test_acknowledgements_do_not_disturb_a_half_drawn_figure(
    kernel: Kernel, page_of: MakePage, server: LabServer
) -> None:
    page = page_of(kernel, commit=server.commit, enrolment=server.enrolment())
    page.saw(lambda page: page.hellos, "hello")
    outputs = kernel.run(
        """
import matplotlib.pyplot as plt
plt.plot([1, 2])
number = plt.gcf().number
sent = send('before', 1)
begun = time.monotonic()
while repr(sent) != 'saved' and time.monotonic() - begun < 20:
    time.sleep(0.01)
assert repr(sent) == 'saved'
assert plt.get_fignums() == [number], 'the figure was closed in the middle of the cell'
plt.title('complete');
"""
    )
    assert [output["kind"] for output in outputs] == ["display_data"]


def test_a_page_that_attaches_late_is_told_everything_that_is_not_saved(kernel: Kernel, page_of: MakePage) -> None:
    kernel.run("for number in range(30): send(number, number % 3)")
    page = page_of(kernel)
    page.saw(lambda page: sorted(set(page.seqs())) == list(range(1, 31)), "all thirty")


def test_after_a_reload_the_page_gets_what_it_does_not_have(kernel: Kernel, page_of: MakePage) -> None:
    first = page_of(kernel)
    # Nobody saves anything here; a slow machine must not take the second time of asking for the answer to `have`.
    kernel.run("from nbpulse.custodian import custodian; custodian().page._again_seconds = 300.0")
    kernel.run("for number in range(10): send(number, 1)")
    first.saw(lambda page: len(set(page.seqs())) == 10, "the first ten")
    first.detach()
    kernel.run("for number in range(10): send(number, 1)")
    second = page_of(kernel, speak=False)
    stream = first.events[0]["stream"]
    second.say_raw("comm_open", {"comm_id": second.comm_id, "target_name": "nbpulse.ack", "data": {}})
    second.say({"v": 1, "type": "have", "stream": stream, "seqs": list(range(1, 8))})
    second.saw(lambda page: sorted(set(page.seqs(stream))) == list(range(8, 21)), "the rest and no more")


def test_two_pages_on_one_kernel_are_harmless(kernel: Kernel, page_of: MakePage, server: LabServer) -> None:
    enrolment = server.enrolment()
    pages = [page_of(kernel, commit=server.commit, enrolment=enrolment) for _ in range(2)]
    kernel.run("sent = [send(number, 1) for number in range(50)]")
    for page in pages:
        page.saw(lambda page: len(set(page.seqs())) == 50, "all fifty")
    eventually(lambda: "{'saved'}" in kernel.printed("print({repr(one) for one in sent})"), "all saved")
    [stream] = server.records
    assert server.seqs(stream) == list(range(1, 51))
    assert server.conflicts == []


def test_both_pipes_send_the_same_body(kernel: Kernel, page_of: MakePage, server: LabServer) -> None:
    page = page_of(kernel, enrolment=server.enrolment())  # relays nothing: HTTP comes after a moment
    kernel.run("import numpy as np\nsend([1.5, float('nan'), 2**70, 'é\\x00'], 1); send(np.arange(3), 2);")
    eventually(lambda: server.count() == 2, "both by HTTP")
    page.saw(lambda page: len(page.events) >= 2, "both by comm")
    [stream] = server.records
    page.saw(lambda page: sorted(page.told_saved) == [1, 2], "the page to be told what HTTP brought")
    by_comm = {event["seq"]: {key: item for key, item in event.items() if key != "stream"} for event in page.events}
    assert [by_comm[event["seq"]] for event in server.events(stream)] == server.events(stream)


def test_a_front_end_without_the_target_costs_nothing(kernel: Kernel, page_of: MakePage) -> None:
    stranger = page_of(kernel, speak=False)
    kernel.run("send(1, 1);")
    comm = eventually(lambda: kernel.printed("print(custodian().page._comm.comm_id, end='')"), "the data comm")
    stranger.say_raw("comm_close", {"comm_id": comm, "data": {}})
    eventually(lambda: "False" in kernel.printed("print(custodian().page.open)"), "the comm to be closed")
    kernel.run("send(2, 1);")
    page = page_of(kernel)
    page.saw(lambda page: sorted(set(page.seqs())) == [1, 2], "both, on a new data comm")
    assert page.data_comms and comm not in page.data_comms


def test_nothing_is_printed_unless_nobody_shows_the_mark(kernel: Kernel, page_of: MakePage, server: LabServer) -> None:
    outputs = kernel.run("send(1, 1)")
    assert [output["data"]["text/plain"] for output in outputs] == ["queued"]
    assert kernel.run("send(1, 1);") == []
    assert kernel.run("for number in range(3): send(number, 1)") == []
    page_of(kernel, commit=server.commit, enrolment=server.enrolment())
    eventually(lambda: "True" in kernel.printed("print(custodian().page.attached)"), "the page to be attached")
    assert kernel.run("send(1, 1)") == []
    assert kernel.run("send(1, 'x' * 10_000)") == []


def test_problems_go_to_the_badge(kernel: Kernel, page_of: MakePage) -> None:
    page = page_of(kernel)
    assert kernel.run("send(1, 'x' * 10_000); send(b'x' * 3_000_000, 1); send(1);") == []
    page.saw(lambda page: len(page.problems) == 3, "three problems")
    assert "64 characters" in page.problems[0] and "1 MB" in page.problems[1] and "send(result, 3)" in page.problems[2]


def test_checkpoint_and_submit_ask_the_page_or_say_how(kernel: Kernel, page_of: MakePage) -> None:
    assert "submit(path=" in kernel.run("submit()")[0]["data"]["text/plain"]
    page = page_of(kernel)
    eventually(lambda: "True" in kernel.printed("print(custodian().page.attached)"), "the page to be attached")
    assert kernel.run("checkpoint()\nsubmit()") == []
    page.saw(lambda page: page.asked == ["checkpoint", "submit"], "both questions")


def test_a_class_and_a_lambda_of_a_cell_bring_their_source(kernel: Kernel, page_of: MakePage) -> None:
    page = page_of(kernel)
    kernel.run(
        "class Circle:\n    def area(self):\n        return 3.14\n\n"
        "@__import__('functools').lru_cache\ndef f(x):\n    return x + 1"
    )
    kernel.run("send(Circle, 1); send(Circle().area, 2); send(f, 3); send(lambda x: 2 * x, 4);")
    page.saw(lambda page: len(page.events) == 4, "four records")
    sources = [event["value"]["src"]["v"] for event in page.events]
    assert sources[0] == "class Circle:\n    def area(self):\n        return 3.14\n"
    assert "return 3.14" in sources[1] and "return x + 1" in sources[2] and "2 * x" in sources[3]


def test_async_cells_threads_and_magics(kernel: Kernel, page_of: MakePage) -> None:
    page = page_of(kernel)
    kernel.run("import asyncio\nawait asyncio.sleep(0)\nsend('async', 1);")
    kernel.run(
        "import threading\n"
        "threads = [threading.Thread(target=send, args=(n, 2)) for n in range(20)]\n"
        "[one.start() for one in threads]\n[one.join() for one in threads]; None"
    )
    kernel.run("%%capture\n%time send('timed', 3)")
    page.saw(lambda page: sorted(set(page.seqs())) == list(range(1, 23)), "all of them")


def test_a_loop_of_100_000_finishes_prints_nothing_and_counts_its_drops(
    kernel: Kernel, page_of: MakePage, server: LabServer
) -> None:
    assert kernel.run("for number in range(100_000): send(number, number % 10)") == []
    bounded = kernel.printed("print(len(custodian().own.entries))")
    assert int(bounded) <= 10_000
    page_of(kernel, commit=server.commit, enrolment=server.enrolment())
    eventually(lambda: kernel.printed("print(custodian().unsaved(), end='')") == "0", "everything saved", 60)
    [stream] = server.records
    events = server.events(stream)
    records = [event for event in events if event["kind"] == "record"]
    assert len(records) + sum(event["count"] for event in events if event["kind"] == "dropped") == 100_000
    assert {event["value"]["v"] for event in records} >= set(range(99_990, 100_000))
    assert server.conflicts == []


def test_a_busy_loop_stays_below_what_the_jupyter_server_lets_through(kernel: Kernel, page_of: MakePage) -> None:
    """Above 1,000 messages or 1 MB a second a stock server drops messages and writes a warning into the cell."""
    page = page_of(kernel)
    page.saw(lambda page: page.hellos, "hello")
    messages: list[int] = []
    original = page._hear

    def count(message: dict[str, Any]) -> None:
        if message["msg_type"] == "comm_msg":
            messages.append(len(json.dumps(message["content"])))
        original(message)

    page._hear = count  # type: ignore[method-assign]
    kernel.run("begun = time.monotonic()\nwhile time.monotonic() - begun < 3: send('x' * 500, 1)")
    assert 3 <= len(messages) <= 40
    assert sum(messages) < 2_500_000
