"""What `send` costs the student's cell, per type of value, and what `import nbpulse` costs.

    python test_python/bench_send.py [--quick]

Measured in a real kernel's process: records go to the journal file, to a comm that nobody answers, and to a server
that is `up`, `slow` (1 s an answer) or `down`. The baseline of a row is `json.dumps(repr(value))` in the same process.
"""

from __future__ import annotations

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

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from lab_server import LabServer  # noqa: E402
from page_end import Kernel, Page  # noqa: E402

CELL = """
import json, time, statistics, math
import numpy as np, pandas as pd
import matplotlib; matplotlib.use('agg')
import matplotlib.pyplot as plt
from nbpulse import send
rng = np.random.default_rng(1)
def student(x):
    return x + 1
figure, axes = plt.subplots()
axes.plot([1, 2])
values = {
    'int': (3, N), 'float': (math.pi, N), 'str, 20 characters': ('x' * 20, N), 'None': (None, N),
    'np.float64': (np.float64(1.5), N), 'list of 10 ints': (list(range(10)), N),
    'list of 1,000 ints': (list(range(1000)), N // 10), 'dict of 10': ({str(n): n for n in range(10)}, N),
    'str, 100 kB': ('x' * 100_000, N // 10),
    'array of 100': (rng.random(100), N), 'array 1,000 × 1,000': (rng.random((1000, 1000)), N // 100),
    'frame 5 × 3': (pd.DataFrame(rng.random((5, 3)), columns=list('abc')), N // 10),
    'frame 10,000 × 10': (pd.DataFrame(rng.random((10_000, 10))), N // 100),
    'function': (student, N // 10), 'exception': (ValueError('bad'), N // 10), 'figure': (figure, max(3, N // 200)),
}
def cost(action, count):
    times = []
    for _ in range(count):
        begun = time.perf_counter()
        action()
        times.append(1e6 * (time.perf_counter() - begun))
        time.sleep(PAUSE)
    times.sort()
    return [times[len(times) // 2], times[int(0.95 * len(times))], times[int(0.99 * len(times))]]
for name, (value, count) in values.items():
    count = max(3, count)
    base = cost(lambda: json.dumps(repr(value)), min(count, 50))[0]
    print(json.dumps([name, count, *cost(lambda: send(value, name), count), base]), flush=True)
begun = time.perf_counter()
for number in range(LOOP):
    send(number, number % 10)
print(json.dumps(['loop', LOOP, 1e6 * (time.perf_counter() - begun) / LOOP, 0, 0, 0]))
"""


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


def import_cost(runs: int) -> list[tuple[float, float]]:
    """(wall, CPU) ms of `import nbpulse` in processes that have ipykernel loaded, as a kernel has."""
    code = (
        "import ipykernel.kernelapp, time; t, c = time.perf_counter(), time.process_time(); import nbpulse\n"
        "print(1e3 * (time.perf_counter() - t), 1e3 * (time.process_time() - c))"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    costs = []
    for _ in range(runs):
        run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        wall, cpu = run.stdout.split()
        costs.append((float(wall), float(cpu)))
    return sorted(costs)


def slow_answers() -> Callable[[], None]:
    pause = threading.Event()

    def wait() -> None:
        pause.wait(1.0)

    return wait


def main() -> None:
    quick = "--quick" in sys.argv
    print(machine())
    times = import_cost(3 if quick else 9)
    wall, cpu = (statistics.median(one[kind] for one in times) for kind in (0, 1))
    print(f"import nbpulse, in a kernel: median {wall:.1f} ms, of it CPU {cpu:.1f} ms; worst {times[-1][0]:.1f} ms")
    for state in ("up", "slow", "down"):
        server = LabServer()
        server.start()
        enrolment = server.enrolment()
        if state == "slow":
            server.fault = slow_answers()
        if state == "down":
            server.stop()
        with tempfile.TemporaryDirectory() as folder:
            os.environ["XDG_STATE_HOME"] = folder
            os.environ["PYTHONPATH"] = str(Path(__file__).parents[1])
            kernel = Kernel()
            page = Page(kernel.manager, enrolment=enrolment)
            count, loop = (200, 10_000) if quick else (1_000, 100_000)
            cell = f"N, LOOP, PAUSE = {count}, {loop}, 0.001\n{CELL}"
            outputs = kernel.finish_cell(kernel.start_cell(cell), 600)
            print(f"\nsend, server {state}; microseconds in the cell")
            print(f"{'value':24}{'sends':>8}{'p50':>10}{'p95':>10}{'p99':>10}{'× json.dumps(repr)':>22}")
            for text in "".join(output.get("text", "") for output in outputs).splitlines():
                name, sends, p50, p95, p99, base = json.loads(text)
                if name == "loop":
                    print(f"loop without pause: {sends:,} sends, {p50:.1f} µs each")
                else:
                    print(f"{name:24}{sends:>8}{p50:>10.0f}{p95:>10.0f}{p99:>10.0f}{p50 / base:>22.1f}")
            page.detach()
            kernel.stop()
        server.stop()


if __name__ == "__main__":
    main()
