"""The cell that `bench_send.py` runs in a real kernel. Prints one JSON line per row; `SETTINGS` is put before it."""

# ruff: noqa: E402
# mypy: ignore-errors
import json
import math
import resource
import time

import matplotlib
import numpy as np
import pandas as pd

matplotlib.use("agg")
import io

import matplotlib.pyplot as plt

from nbpulse import send

try:
    import polars as pl
except ImportError:
    pl = None

rng = np.random.default_rng(1)
kept = []


def student(x):
    """A function as students write them."""
    return [x + n for n in range(10)]


def failed():
    try:
        return [1][2]
    except IndexError as error:
        return error


def draw():
    figure, axes = plt.subplots()
    axes.plot(rng.random(100))
    return figure


def bare_dumps(value):
    """The least that anything which keeps a value as text must do."""
    kept.append(json.dumps(value, default=repr))


def bare_savefig(figure):
    """What Jupyter itself does to show a figure: cut to what is drawn, at 100 dpi."""
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=100, bbox_inches="tight")
    kept.append(file.getvalue())


def bare_repr(value):
    kept.append(json.dumps(repr(value)))


def quantiles(times):
    times.sort()
    return [1e6 * times[min(len(times) - 1, int(part * len(times)))] for part in (0.5, 0.95, 0.99)]


def cost(action, count, pause_seconds):
    """Microseconds: p50, p95, p99 of `action`, with pauses as between a student's cells, in which our threads work."""
    times = []
    for _ in range(count):
        begun = time.perf_counter()
        action()
        times.append(time.perf_counter() - begun)
        time.sleep(pause_seconds)
    return quantiles(times)


def row(name, value, count, bare=bare_repr, pause_seconds=0.001):
    count = max(5, count)
    base = cost(lambda: bare(value), min(count, 300), pause_seconds)
    said = {"row": name, "sends": count, "send": cost(lambda: send(value, name), count, pause_seconds), "base": base}
    print(json.dumps({**said, "bare": bare.__name__}), flush=True)
    kept.clear()


N = SETTINGS["sends"]  # noqa: F821
if SETTINGS["types"]:  # noqa: F821
    row("int", 3, N, bare_dumps)
    row("float", math.pi, N, bare_dumps)
    row("None", None, N, bare_dumps)
    row("str, 20 characters", "x" * 20, N, bare_dumps)
    row("str, 100 kB", "x" * 100_000, N // 10, bare_dumps)
    row("np.float64", np.float64(1.5), N)
    row("list of 10", list(range(10)), N, bare_dumps)
    row("list of 1,000", list(range(1000)), N // 10, bare_dumps)
    row("dict of 10", {str(n): n for n in range(10)}, N, bare_dumps)
    row("array of 1,000", rng.random(1000), N // 5)
    row("array of 1,000,000", rng.random(1_000_000), N // 50)
    row("frame, 100 × 4", pd.DataFrame(rng.random((100, 4)), columns=list("abcd")), N // 10)
    row("frame, 100,000 × 4", pd.DataFrame(rng.random((100_000, 4)), columns=list("abcd")), N // 50)
    if pl is not None:
        row("polars, 100,000 × 4", pl.DataFrame({name: rng.random(100_000) for name in "abcd"}), N // 50)
    row("function", student, N // 5)
    row("exception", failed(), N // 5)
    row("figure", draw(), max(5, N // 50), bare_savefig, 0.01)
else:
    row("int", 3, N, bare_dumps)
begun = time.perf_counter()
for number in range(SETTINGS["loop"]):  # noqa: F821
    bare_dumps(number)
bare_seconds = time.perf_counter() - begun
kept.clear()
begun = time.perf_counter()
for number in range(SETTINGS["loop"]):  # noqa: F821
    send(number, number % 10)
seconds = time.perf_counter() - begun
peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"loop": SETTINGS["loop"], "seconds": seconds, "bare": bare_seconds, "peakMiB": peak_mib}))  # noqa: F821
