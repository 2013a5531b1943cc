"""What a nursery imports ahead: what takes an interpreter most of a second, and is the same for every run."""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import pkgutil
import time

import nbpulse_harness

from .rehearsal import rehearse

#: May be missing: then a child that wants one says so itself.
_FOR_BOTH = ("numpy", "numpy.random", "pandas", "matplotlib", "matplotlib.pyplot", "inspect", "ast", "unittest.mock")
_FOR_ROLE = {
    "oracle": ("pytest",),
    "probe": ("IPython", "IPython.core.interactiveshell", "IPython.core.history", "IPython.core.completer"),
}
_OUR_PACKAGES = {"oracle": ("seam", "oracle", "recording"), "probe": ("seam", "probe", "recording")}
_THREADS_END_WITHIN_S = 10.0


class NotAlone(RuntimeError):
    """An imported package has started a thread: a fork would lose it, and whatever it holds."""


def import_ahead(role: str, *, rehearsed: bool = False) -> None:
    """`rehearsed`: for many runs to come. A single one would pay for more than it needs, in time and memory."""
    for name in (*_FOR_BOTH, *_FOR_ROLE[role]):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    if role == "oracle":
        _import_pytest()
    for package in _OUR_PACKAGES[role]:
        paths = [os.path.join(path, package) for path in nbpulse_harness.__path__]
        for module in pkgutil.iter_modules(paths):
            importlib.import_module(f"nbpulse_harness.{package}.{module.name}")
    if rehearsed:
        rehearse(role)
    # Which of numpy's, pandas' and matplotlib's names are public is asked here, not by every child.
    importlib.import_module("nbpulse_harness.seam.known").name_of(role)
    _wait_until_alone()
    # Collected now and never looked at again: a child's own collections would copy every page of these.
    gc.collect()
    gc.freeze()


def _import_pytest() -> None:
    """Its own plugins, which it would import at the start of a session."""
    with contextlib.suppress(ImportError, AttributeError):
        for name in importlib.import_module("_pytest.config").default_plugins:
            importlib.import_module(f"_pytest.{name}")


def _wait_until_alone() -> None:
    """matplotlib looks for fonts beside a timer that takes a moment to end."""
    until = time.monotonic() + _THREADS_END_WITHIN_S
    while len(os.listdir("/proc/self/task")) > 1:
        if time.monotonic() > until:
            raise NotAlone("a package that the nursery imports keeps a thread running")
        time.sleep(0.005)
