"""The probe's part of `oracle/repeat.py`: patches of a test, done to the modules that the student uses."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

_MISSING = object()


class Patches:
    def __init__(self, names_of_notebook: Callable[[], dict[str, Any]]) -> None:
        self._names_of_notebook = names_of_notebook
        self._before: dict[tuple[str, str], Any] = {}

    def patch(self, module_name: str, name: str, value: Any) -> None:
        if module_name == "builtins":
            # Only the student's code is to see it: the harness itself opens, sums and sorts with these.
            names = self._names_of_notebook()
            if name not in names or (module_name, name) in self._before:
                self._before[module_name, name] = _MISSING
                names[name] = value
            return
        module = importlib.import_module(module_name)
        self._before.setdefault((module_name, name), getattr(module, name, _MISSING))
        setattr(module, name, value)

    def unpatch(self, module_name: str, name: str) -> None:
        before = self._before.pop((module_name, name), None)
        if module_name == "builtins":
            if before is _MISSING:
                self._names_of_notebook().pop(name, None)
            return
        module = importlib.import_module(module_name)
        if before is _MISSING:
            delattr(module, name)
        elif before is not None:
            setattr(module, name, before)
