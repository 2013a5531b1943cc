"""The probe's part of `oracle/repeat.py`: patches and seeds of a test, done to the modules that the student uses."""

from __future__ import annotations

import importlib
from typing import Any

_MISSING = object()


class Patches:
    def __init__(self) -> None:
        self._before: dict[tuple[str, str], Any] = {}

    def patch(self, module_name: str, name: str, value: Any) -> None:
        module = importlib.import_module(module_name)
        self._before.setdefault((module_name, name), getattr(module, name, _MISSING))
        setattr(module, name, value)

    def unpatch(self, module_name: str, name: str) -> None:
        before = self._before.pop((module_name, name), None)
        module = importlib.import_module(module_name)
        if before is _MISSING:
            delattr(module, name)
        elif before is not None:
            setattr(module, name, before)

    @staticmethod
    def seed(module_name: str, args: tuple[Any, ...], kwargs: tuple[tuple[str, Any], ...]) -> None:
        importlib.import_module(module_name).seed(*args, **dict(kwargs))
