"""The `marimo` that a notebook finds where the package isn't installed: texts, sliders and layouts show nothing.

A slider has the value that it begins with. A cell that needs more than that of marimo fails, and costs only itself.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

_BEGINS_WITH_ITS_FIRST_ARGUMENT = frozenset({"slider", "number"})


class Stopped(Exception):
    """`mo.stop`: the rest of the cell isn't run."""


class Shown:
    """Whatever marimo would show: may be called, asked for parts, iterated over and entered."""

    def __init__(self, name: str, value: Any = None) -> None:
        self._name = name
        self.value = value

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and not kwargs and isinstance(args[0], (types.FunctionType, type)):
            return args[0]  # `@mo.cache` and its kind
        first = args[0] if args and self._name in _BEGINS_WITH_ITS_FIRST_ARGUMENT else None
        return Shown(self._name, kwargs.get("value", first))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return Shown(name)

    def __getitem__(self, key: object) -> Any:
        return Shown(self._name)

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *exception: object) -> None:
        return None

    def __repr__(self) -> str:
        return ""


def _stop(predicate: object, output: object = None) -> None:
    if predicate:
        raise Stopped("mo.stop: the rest of this cell was not run")


def _state(value: Any, *args: Any, **kwargs: Any) -> tuple[Callable[[], Any], Callable[[Any], None]]:
    kept = [value]

    def change(new: Any) -> None:
        kept[0] = new(kept[0]) if isinstance(new, types.FunctionType) else new

    return lambda: kept[0], change


def install() -> None:
    """For a submission that names marimo. A marimo that is installed stays what it is."""
    if "marimo" in sys.modules or importlib.util.find_spec("marimo") is not None:
        return
    module = types.ModuleType("marimo", "Shows nothing.")

    def find(name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Shown(name)

    module.__spec__ = importlib.machinery.ModuleSpec("marimo", None)
    module.__dict__.update(stop=_stop, state=_state, running_in_notebook=lambda: False, __version__="0")
    module.__dict__["__getattr__"] = find
    sys.modules["marimo"] = module
