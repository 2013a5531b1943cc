"""Kernels that are restarted, forked, or lack the package: each a process of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from await_condition import eventually
from lab_server import LabServer
from page_end import Kernel, Page

from nbpulse.journal_file import host_folder, read_journal

PACKAGE = Path(__file__).parents[1]
MakePage = Callable[..., Page]


def test_a_restarted_kernel_sends_what_the_one_before_took(
    own_kernel: Callable[[], Kernel], page_of: MakePage, server: LabServer
) -> None:
    server.stop()  # nothing can be saved yet
    kernel, enrolment = own_kernel(), server.enrolment()
    kernel.run("from nbpulse import send\nfrom nbpulse.custodian import custodian")
    page = page_of(kernel, enrolment=enrolment)
    kernel.run("for number in range(20): send(number, number)")
    page.saw(lambda page: len(set(page.seqs())) == 20, "the page to hear them")
    stream = page.events[0]["stream"]
    path = host_folder() / server.lab / stream

    def kept() -> int:
        content = read_journal(path.read_bytes()) if path.exists() else None
        return len(content.entries) if content is not None else 0

    eventually(lambda: kept() == 20, "the journal file")
    page.detach()
    kernel.restart()
    kernel.run("import nbpulse")
    after = page_of(kernel, commit=server.commit, enrolment=enrolment)
    eventually(lambda: server.seqs(stream) == list(range(1, 21)), "the old stream's records")
    eventually(lambda: not path.exists(), "its file to go")
    assert after.saw(lambda page: page.hellos, "hello")[-1]["stream"] != stream


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_process_has_a_stream_of_its_own(
    own_kernel: Callable[[], Kernel], page_of: MakePage, server: LabServer
) -> None:
    kernel, enrolment = own_kernel(), server.enrolment()
    kernel.run("from nbpulse import send\nimport os")
    page = page_of(kernel, commit=server.commit, enrolment=enrolment)
    kernel.run("send('parent before', 1);")
    eventually(lambda: server.count() == 1, "the parent's record")
    outputs = kernel.run(
        """
import warnings
warnings.simplefilter('ignore')
pid = os.fork()
if pid == 0:
    try:
        for number in range(5):
            send(f'child {number}', 2)
    finally:
        os._exit(0)  # no goodbye: what is in the child's journal must be found by the parent
os.waitpid(pid, 0)
send('parent after', 1);
"""
    )
    assert outputs == []
    eventually(lambda: server.count() == 7, "all seven records")
    parent = page.events[0]["stream"]
    [child] = [stream for stream in server.records if stream != parent]
    assert server.seqs(parent) == [1, 2]
    assert [event["value"]["v"] for event in server.events(child)] == [f"child {number}" for number in range(5)]
    assert server.conflicts == []
    folder = host_folder() / server.lab
    eventually(lambda: not (folder / child).exists(), "the child's file to go")


def test_multiprocessing_workers_send_too(
    own_kernel: Callable[[], Kernel], page_of: MakePage, server: LabServer
) -> None:
    kernel = own_kernel()
    kernel.run("from nbpulse import send")
    page_of(kernel, commit=server.commit, enrolment=server.enrolment())
    kernel.run(
        """
import multiprocessing, warnings
warnings.simplefilter('ignore')
send('parent', 0)
def work(number):
    send(number, 'pool')
    return number
with multiprocessing.get_context('fork').Pool(2) as pool:
    assert pool.map(work, range(10)) == list(range(10))
"""
    )
    eventually(lambda: server.count() == 11, "all eleven records")
    values = [event["value"]["v"] for stream in server.records for event in server.events(stream)]
    assert sorted(values, key=str) == sorted([*range(10), "parent"], key=str)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_child_forked_before_anyone_joined_is_found_after(
    own_kernel: Callable[[], Kernel], page_of: MakePage, server: LabServer
) -> None:
    kernel = own_kernel()
    kernel.run(
        """
import os, warnings
warnings.simplefilter('ignore')
from nbpulse import send
send('parent', 1)
pid = os.fork()
if pid == 0:
    send('child', 2)
    os._exit(0)
os.waitpid(pid, 0);
"""
    )
    page_of(kernel, commit=server.commit, enrolment=server.enrolment())
    eventually(lambda: server.count() == 2, "both records")
    values = {event["value"]["v"] for stream in server.records for event in server.events(stream)}
    assert values == {"parent", "child"}
    unclaimed = host_folder() / "unclaimed"
    eventually(lambda: not list(unclaimed.iterdir()), "nothing to be left unclaimed")


def test_the_bundled_source_serves_a_kernel_that_lacks_the_package(
    own_kernel: Callable[[], Kernel], monkeypatch: pytest.MonkeyPatch, page_of: MakePage, server: LabServer
) -> None:
    monkeypatch.delenv("PYTHONPATH")
    kernel = own_kernel()
    kernel.run(  # also where the package is installed: this kernel cannot see it
        """
import sys, importlib.machinery
class Without(importlib.machinery.PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.split('.')[0] == 'nbpulse' else super().find_spec(name, path, target)
sys.meta_path[:] = [Without if finder is importlib.machinery.PathFinder else finder for finder in sys.meta_path
                    if 'Editable' not in repr(finder) and 'editable' not in repr(finder)]
try:
    import nbpulse
    raise SystemError('found after all')
except ImportError:
    pass
before = set(globals())
"""
    )
    sources = {path.name: path.read_text(encoding="utf-8") for path in (PACKAGE / "nbpulse").glob("*.py")}
    bundle = json.dumps(json.dumps({"version": "0.1.0", "sources": sources}))
    register = json.dumps(json.dumps(sources["_register.py"]))
    code = (
        f"exec(__import__('json').loads({register}), "
        f"{{'__name__': '_nbpulse_register', 'bundle': __import__('json').loads({bundle})}})"
    )
    assert kernel.run(code, silent=True) == []
    assert kernel.run(code, silent=True) == []
    assert (
        kernel.printed("print([name for name in set(globals()) - before - {'before'} if name[:2] != '_i'])") == "[]\n"
    )
    page = page_of(kernel, commit=server.commit, enrolment=server.enrolment())
    assert kernel.run("from nbpulse import send\nsend('from the bundle', 1);") == []
    page.saw(lambda page: page.events, "the record")
    assert re.match(r"<nbpulse", kernel.printed("import nbpulse\nprint(nbpulse.__spec__.origin)"))


def test_processes_that_a_kernel_starts_without_forking_are_its_own(
    own_kernel: Callable[[], Kernel], page_of: MakePage, server: LabServer
) -> None:
    """`subprocess`, and `multiprocessing` with spawn: no token goes to them, what they sent is found when they end."""
    kernel = own_kernel()
    kernel.run(
        "import multiprocessing, subprocess, sys, nbpulse.writer\n"
        "nbpulse.writer.CHILDREN_SECONDS = 0.2\n"
        "from nbpulse import send\nfrom nbpulse.custodian import custodian"
    )
    page_of(kernel, commit=server.commit, enrolment=server.enrolment())
    eventually(lambda: kernel.printed("print(custodian().own.claim is not None)") == "True\n", "the claim")
    kernel.run(
        """
subprocess.run([sys.executable, '-c', "import nbpulse; nbpulse.send('from a subprocess', 1)"], check=True)
child = multiprocessing.get_context('spawn').Process(target=send, args=('from a spawned process', 2))
child.start(); child.join()
"""
    )
    eventually(lambda: server.count() == 2, "both records")
    values = {event["value"]["v"] for stream in server.records for event in server.events(stream)}
    assert values == {"from a subprocess", "from a spawned process"}
    eventually(lambda: not list((host_folder() / "unclaimed").glob("*")), "nothing to be left unclaimed")


def test_what_send_gives_back_goes_through_a_pool(own_kernel: Callable[[], Kernel]) -> None:
    kernel = own_kernel()
    printed = kernel.printed(
        """
import copy, multiprocessing, warnings
warnings.simplefilter('ignore')
from nbpulse import send
with multiprocessing.get_context('fork').Pool(2) as pool:
    print(pool.starmap(send, [(1, 1), (2, 'x' * 100)]))
print(copy.deepcopy(send(1, 1)), bool(copy.copy(send(1))))
"""
    )
    assert printed.startswith("[queued, refused: a question key has at most 64 characters")
    assert printed.splitlines()[1] == "queued False"
