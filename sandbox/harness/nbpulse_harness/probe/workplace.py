"""Where a notebook runs: a writable folder of its own, with the data files in it."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile

from .job import ProbeJob

_COPY_BYTES = 8 * 1024 * 1024


def enter_workplace(job: ProbeJob) -> None:
    """Small data files are copied there, large ones linked."""
    folder = tempfile.mkdtemp(prefix="notebook-")
    if job.data and os.path.isdir(job.data):
        for name in os.listdir(job.data):
            source, target = os.path.join(job.data, name), os.path.join(folder, name)
            if os.path.isfile(source) and os.path.getsize(source) <= _COPY_BYTES:
                shutil.copyfile(source, target)
            else:
                os.symlink(source, target)
    os.chdir(folder)
    os.environ["HOME"] = os.environ["MPLCONFIGDIR"] = folder
    os.environ["MPLBACKEND"] = "Agg"
    sys.argv = [job.filename]
    # The harness is loaded; a student's `import oracle` must not find it.
    sys.path[:] = [folder] + [entry for entry in sys.path if entry != harness_folder()]


def harness_folder() -> str:
    return os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
