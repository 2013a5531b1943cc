"""What `send` costs the student's cell, and what `import nbpulse` costs: `npm run bench:send [-- --quick]`.

Measured inside the process of a real kernel. Records go to the journal's file, to the comm, and to a server that is
*up*, *slow* (2 s an answer), *down* (refused), a *black hole* (takes connections, says nothing) or *hostile* (a
minute-long drip, endless bodies, nonsense, false acknowledgements, a mad Retry-After, in turn); with a page attached
and without. Each row stands beside a baseline of the same run: keeping the value as text in a list, or for a figure
`savefig` alone. Nothing is asserted; the limits that we aim at stand in the last lines.
"""

from __future__ import annotations

import itertools
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from lab_server import LabServer  # noqa: E402
from page_end import Kernel, Page  # noqa: E402
from test_hostile_servers import WAYS, BareServer  # noqa: E402

STATES = ("up", "slow", "down", "black hole", "hostile")


def machine() -> str:
    try:
        model = next(
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        )
    except (OSError, StopIteration):
        model = platform.processor()
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    return f"{model}, {os.cpu_count()} cores, load {load:.1f}, {system}"


def import_cost(before: str, runs: int) -> list[tuple[float, float]]:
    """(wall, CPU) ms of `import nbpulse` in new processes that imported `before`; with byte code, as pip leaves it."""
    code = (
        f"{before}\nimport time; t, c = time.perf_counter(), time.process_time(); import nbpulse\n"
        "print(1e3 * (time.perf_counter() - t), 1e3 * (time.process_time() - c))"
    )
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "PYTHONPATH": str(HERE.parent), "PYTHONPYCACHEPREFIX": cache}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        costs = []
        for _ in range(runs + 1):
            run = subprocess.run(
                [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
            )
            wall, cpu = run.stdout.split()
            costs.append((float(wall), float(cpu)))
    return sorted(costs[1:])


def hostility() -> Callable[[], Any]:
    """What a server that means ill answers, in turn."""
    answers = itertools.cycle(
        [
            (200, {}, {"v": 1, "saved": [10**12], "refused": []}),
            (503, {"Retry-After": "0.01"}, {"error": "unavailable"}),
            (200, {}, ["nonsense"] * 50_000),
            (302, {"Location": "http://127.0.0.1:9/"}, {}),
            (500, {}, {"error": "internal", "message": "x" * 100_000}),
            (429, {"Retry-After": "nan"}, {"error": "too-fast"}),
            "cut",
        ]
    )
    return lambda: next(answers)


def slowly() -> Callable[[], Any]:
    pause = threading.Event()

    def wait() -> None:
        pause.wait(2.0)

    return wait


class Scene:
    """A server in one of the states, and a kernel that is enrolled there."""

    def __init__(self, state: str, with_page: bool) -> None:
        self.server = LabServer()
        self.server.start()
        self.bare: BareServer | None = None
        enrolment = self.server.enrolment()
        if state == "slow":
            self.server.fault = slowly()
        elif state == "down":
            self.server.stop()
        elif state == "hostile":
            self.server.fault = hostility()
        elif state == "black hole":
            self.bare = BareServer(WAYS["is silent"])
            enrolment = {**enrolment, "server": self.bare.url}
        self.folder = tempfile.TemporaryDirectory()
        os.environ.update(XDG_STATE_HOME=self.folder.name, PYTHONPATH=str(HERE.parent))
        self.kernel = Kernel()
        self.page: Page | None = None
        if with_page:
            relay = self.server.commit if state == "up" else None
            self.page = Page(self.kernel.manager, commit=relay, enrolment=enrolment)
        else:
            self.kernel.run(
                "from nbpulse.custodian import custodian\n"
                f"custodian().hear({{'v': 1, 'type': 'enrol', 'enrolment': {enrolment!r}}})"
            )

    def measure(self, settings: dict[str, Any]) -> list[dict[str, Any]]:
        code = f"SETTINGS = {settings!r}\n{(HERE / 'bench_cell.py').read_text(encoding='utf-8')}"
        outputs = self.kernel.finish_cell(self.kernel.start_cell(code), 900)
        text = "".join(output.get("text", "") for output in outputs if output["kind"] == "stream")
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]

    def close(self) -> None:
        if self.page is not None:
            self.page.detach()
        self.kernel.stop()
        self.server.stop()
        if self.bare is not None:
            self.bare.stop()
        self.folder.cleanup()


def heading(title: str) -> None:
    print(f"\n{title}")
    print(f"{'':24}{'sends':>7}{'p50':>10}{'p95':>10}{'p99':>10}{'baseline p50':>14}{'p99':>8}{'ratio p50':>11}")


def say(name: str, row: dict[str, Any]) -> None:
    p50, p95, p99 = row["send"]
    base50, _, base99 = row["base"]
    print(
        f"{name:24}{row['sends']:>7}{p50:>10.0f}{p95:>10.0f}{p99:>10.0f}{base50:>14.0f}{base99:>8.0f}"
        f"{p50 / base50:>10.1f}×",
        flush=True,
    )


def main() -> None:
    quick = "--quick" in sys.argv
    print(machine())
    for title, before in (("in plain Python", ""), ("in a kernel", "import ipykernel.kernelapp")):
        times = import_cost(before, 3 if quick else 11)
        wall, cpu = (statistics.median(one[kind] for one in times) for kind in (0, 1))
        print(f"import nbpulse {title}: median {wall:.1f} ms, of it CPU {cpu:.1f} ms; worst {times[-1][0]:.1f} ms")
    sends, loop = (200, 10_000) if quick else (2_000, 100_000)
    print(f"below: microseconds in the cell; {sends:,} sends of a scalar, 1 ms apart; a loop of {loop:,} without pause")

    heading("each type, server up, page attached")
    scene = Scene("up", with_page=True)
    for row in scene.measure({"sends": sends, "loop": 0, "types": True}):
        if "row" in row:
            say(row["row"], row)
    scene.close()

    heading("an int in every condition")
    loops: list[tuple[str, dict[str, Any]]] = []
    for state, with_page in itertools.product(STATES, (True, False)):
        name = f"{state}, {'page' if with_page else 'no page'}"
        scene = Scene(state, with_page)
        for row in scene.measure({"sends": sends, "loop": loop, "types": False}):
            if "row" in row:
                say(name, row)
            else:
                loops.append((name, row))
        scene.close()

    print(f"\na loop of {loop:,} sends to 10 questions")
    for name, row in loops:
        each, ratio = 1e6 * row["seconds"] / loop, row["seconds"] / row["bare"]
        print(
            f"{name:24}{row['seconds']:>8.2f} s, {each:.0f} µs each, {ratio:.0f}× json.dumps and append; "
            f"peak memory of the kernel {row['peakMiB']:.0f} MiB"
        )
    print("\naim: a scalar below 200 µs at p50 and 1,000 µs at p99 in every condition; import below 50 ms")
    print("a figure's baseline is savefig alone: its cost is its rendering")


if __name__ == "__main__":
    main()
