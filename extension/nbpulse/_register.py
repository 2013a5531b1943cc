"""Registers the package's source in a kernel whose environment lacks it. Run by the JupyterLab extension.

The extension executes this file, silently, in a namespace of its own that holds one name:

    bundle = {"version": "0.1.0", "sources": {"__init__.py": "…", "encode.py": "…", …}}

made from `extension/nbpulse/*.py` at build time. As one expression, so that nothing is bound in the student's
namespace: `exec(source_of_this_file, {"__name__": "_nbpulse_register", "bundle": {…}})`.

An installed package always wins. Running it again is harmless: a kernel keeps the version that it has imported,
because records may be waiting in it. It never raises and prints nothing.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from typing import Any


class BundledSource(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Finds `nbpulse` and its modules in the bundle. Last on the path of finders."""

    def __init__(self, sources: dict[str, str]) -> None:
        self.sources = sources

    def _file(self, fullname: str) -> str | None:
        package, _, module = fullname.partition(".")
        file = f"{module or '__init__'}.py"
        return file if package == "nbpulse" and file in self.sources else None

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: Any = None) -> Any:
        if self._file(fullname) is None:
            return None
        spec = importlib.machinery.ModuleSpec(fullname, self, origin=f"<{fullname}>", is_package=fullname == "nbpulse")
        return spec

    def is_package(self, fullname: str) -> bool:
        return fullname == "nbpulse"

    def get_source(self, fullname: str) -> str | None:
        file = self._file(fullname)
        return None if file is None else self.sources[file]


def register(sources: dict[str, str]) -> None:
    if "nbpulse" not in sys.modules:
        # By name: this file may have run before, and then its class is another object.
        sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "BundledSource"]
        sys.meta_path.append(BundledSource(sources))
    import nbpulse

    nbpulse._listen()
    seen = getattr(nbpulse, "_page_seen", None)  # an installed package may be older than the page
    if seen is not None:
        seen()


if "bundle" in globals():
    try:
        register(globals()["bundle"]["sources"])
    except Exception:
        pass  # a kernel that cannot have it: the page says what to do
