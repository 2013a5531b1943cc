"""A warm interpreter that grades what it is asked to, each time in fresh forks: `python -I warm.py`.

The cost of starting Python and importing numpy, pandas and matplotlib is paid once, and left out of both times that are
compared. On stdin: frames of {kind: "alone" | "across", job}. On stdout, for each: {seconds, answer} or {error}.
"""

import gc
import os
import shutil
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any

TEST = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TEST.parent), str(TEST)]
sys.dont_write_bytecode = True
os.environ.update(MPLBACKEND="Agg", PYTEST_DISABLE_PLUGIN_AUTOLOAD="1", PYTHONDONTWRITEBYTECODE="1")

import hypothesis  # noqa: E402
import IPython.core.interactiveshell  # noqa: E402, F401
import matplotlib.pyplot  # noqa: E402, F401
import pandas  # noqa: E402, F401

from nbpulse_harness import framing  # noqa: E402
from nbpulse_harness.oracle import plugin, repeat, sources, worker  # noqa: E402, F401
from nbpulse_harness.probe import recorder, runner  # noqa: E402, F401
from verdicts import across, alone  # noqa: E402

# The submission must find neither the harness nor the tests that grade it.
del sys.path[:2]
# The same examples in both runs and in every run, and no verdict that depends on how busy the machine is.
hypothesis.settings.register_profile("corpus", derandomize=True, database=None, deadline=None, max_examples=40)
hypothesis.settings.load_profile("corpus")


def serve(request: dict[str, Any]) -> dict[str, Any]:
    folder = Path(tempfile.mkdtemp(prefix="verdict-"))
    try:
        grade = {"alone": alone.grade, "across": across.grade}[request["kind"]]
        began = time.monotonic()
        answer = grade(request["job"], folder)
        return {"seconds": time.monotonic() - began, "answer": answer}
    except Exception:  # noqa: BLE001 - told to the one who asked
        return {"error": traceback.format_exc()}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    out = os.dup(1)
    os.dup2(2, 1)
    requests = os.dup(0)
    silence = os.open(os.devnull, os.O_RDONLY)
    os.dup2(silence, 0)
    # What is loaded now stays: no collection in a fork has to look at it, which would copy its pages.
    gc.collect()
    gc.freeze()
    while True:
        try:
            request = framing.read_frame(requests)
        except framing.BadJob:
            return  # whoever asked is gone
        framing.write_frame(out, serve(request))


if __name__ == "__main__":
    main()
