"""What a call across the seam costs: `python3 sandbox/bench/bench_seam.py`, in the grading environment.

Oracle and probe are two processes joined by a socket pair, without a sandbox around them: walls do not change these
figures. Each line is a median and a 95th percentile, and the ratio to a bare round trip of 20 bytes in the same run.
"""

from __future__ import annotations

import functools
import os
import platform
import socket
import statistics
import sys
import time
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

from nbpulse_harness.oracle.session import Session
from nbpulse_harness.probe import main as probe
from nbpulse_harness.probe.lockdown import adopt_orphans
from nbpulse_harness.probe.peer import UntrustedPeer
from nbpulse_harness.seam.channel import Channel

SOURCE = """
kept = []

def identity(x): return x
def fail(): raise ValueError("no")
def call(f, n):
    for _ in range(n): f(1)
def squares(n):
    for i in range(n): yield i * i
def keep(n): kept.extend([i] for i in range(n))
def keep_arrays(n):
    import numpy
    kept.extend(numpy.arange(10) + i for i in range(n))
def keep_frames(n):
    import pandas
    kept.extend(pandas.DataFrame({"a": [i, i], "b": "x"}) for i in range(n))
class Counter:
    def __init__(self): self.n = 0
    def add(self): self.n += 1; return self.n
    def __eq__(self, other): return self.n == other.n
"""


def start() -> tuple[Session, int]:
    """A probe that has run the source above, and the oracle's session with it."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        ours.close()
        try:
            import numpy  # noqa: F401
            import pandas  # noqa: F401
        except ImportError:
            pass
        adopt_orphans()
        peer = UntrustedPeer(Channel(theirs))
        peer.notebook = types.ModuleType("submission")
        exec(SOURCE, peer.notebook.__dict__)
        probe._make_templates(theirs, peer, b"")
        os._exit(0)
    theirs.close()
    session = Session(ours, frozenset(), None)
    session_sockets.append(ours)
    return session, pid


session_sockets: list[socket.socket] = []


def measure(step: Callable[[], Any], times: int) -> tuple[float, float]:
    """Median and 95th percentile in microseconds, after a tenth as many to warm up."""
    for _ in range(max(3, times // 10)):
        step()
    taken = []
    for _ in range(times):
        began = time.perf_counter_ns()
        step()
        taken.append((time.perf_counter_ns() - began) / 1000)
    taken.sort()
    return statistics.median(taken), taken[int(len(taken) * 0.95)]


def bare_round_trip(times: int) -> tuple[float, float]:
    ours, theirs = socket.socketpair()
    if os.fork() == 0:
        ours.close()
        while data := theirs.recv(64):
            theirs.sendall(data)
        os._exit(0)
    theirs.close()
    message = b"x" * 20

    def step() -> None:
        ours.sendall(message)
        ours.recv(64)

    try:
        return measure(step, times)
    finally:
        ours.close()
        os.wait()


def cases(session: Session) -> dict[str, tuple[Callable[[], Any], int, float]]:
    """name → (what to do, how often, by how much to divide)."""
    module = session.peer.request("import", ("submission",))
    counter, other = module.Counter(), module.Counter()
    identity, fail, call, add = module.identity, module.fail, module.call, counter.add
    ten = list(range(10))
    hundred_thousand = list(range(100_000))
    rows = [[i, str(i), i / 2] for i in range(10_000)]

    def failing() -> None:
        try:
            fail()
        except ValueError:
            pass

    found: dict[str, tuple[Callable[[], Any], int, float]] = {
        "scalar call": (lambda: identity(3), 5_000, 1),
        "list of 10, the same object back": (lambda: identity(ten), 2_000, 1),
        "exception caught": (failing, 2_000, 1),
        "bound method": (lambda: add(), 2_000, 1),
        "attribute and call": (lambda: counter.add(), 2_000, 1),
        "student == student, with a token": (lambda: counter == other, 1_000, 1),
        "callback, each": (lambda: call(lambda x: x, 100), 50, 100),
        "generator item": (lambda: list(module.squares(100)), 50, 101),
        "100,000 integers there and back": (lambda: identity(hundred_thousand), 20, 1),
        "10,000 rows there and back": (lambda: identity(rows), 10, 1),
    }
    if "numpy" in sys.modules:
        import numpy
        import pandas

        million = numpy.zeros(1_000_000)
        frame = pandas.DataFrame({"a": range(100_000), "b": 0.5, "c": "x"})
        found["array of 1e6 floats there and back"] = (lambda: identity(million), 10, 1)
        found["frame of 1e5 × 3 there and back"] = (lambda: identity(frame), 5, 1)
    return found


def kept_sizes() -> list[tuple[str, int]]:
    numeric = [("arrays", 1_000), ("arrays", 5_000), ("frames", 1_000), ("frames", 5_000)]
    lists = [("lists", 100), ("lists", 1_000), ("lists", 5_000)]
    return lists + (numeric if "pandas" in sys.modules else [])


def main() -> None:
    try:
        import pandas  # noqa: F401
    except ImportError:
        pass
    base, base_95 = bare_round_trip(5_000)
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    print(f"{model}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}")
    print(f"{'':40}{'p50 µs':>12}{'p95 µs':>12}{'× bare':>9}")
    print(f"{'bare round trip of 20 bytes':40}{base:12.1f}{base_95:12.1f}{1:9.1f}")
    session, pid = start()
    session.begin_test(None)
    for name, (step, times, parts) in cases(session).items():
        median, high = measure(step, times)
        print(f"{name:40}{median / parts:12.1f}{high / parts:12.1f}{median / parts / base:9.1f}")
    for what, size in kept_sizes():
        session.begin_test(None)
        module = session.peer.request("import", ("submission",))
        getattr(module, f"keep_{what}" if what != "lists" else "keep")(size)
        kept, identity = module.kept, module.identity
        median, high = measure(functools.partial(identity, 3), 200)
        name = f"scalar call, {len(kept):,} {what} in common"
        print(f"{name:40}{median:12.1f}{high:12.1f}{median / base:9.1f}")
        del kept, identity, module
    median, high = measure(lambda: session.begin_test(None), 50)
    print(f"{'fork for a test':40}{median:12.1f}{high:12.1f}{median / base:9.1f}")
    session.end_test()
    session.template.channel.close()
    for sock in session_sockets:
        sock.close()
    os.waitpid(pid, 0)


if __name__ == "__main__":
    main()
