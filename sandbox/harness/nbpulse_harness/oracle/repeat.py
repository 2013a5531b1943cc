"""What a test does to modules that both ends have is repeated in the probe: patches, seeds, levels and limits.

`mock.patch("time.sleep")` and `monkeypatch.setattr(random, "randint", …)` change the oracle's module only; the
student's code uses its own. So each such change of a standard module is sent along, and taken back with the test's.
Patches of the submission itself go there anyway, and `builtins.input` is answered by the oracle's; another builtin is
patched for the names of the notebook only. What a test seeds is from then on one sequence for both (`surroundings.py`).
"""

from __future__ import annotations

import builtins
import functools
import logging
import random
import sys
import types
import unittest.mock
from collections.abc import Callable
from typing import Any, TypeGuard

import pytest

from .importer import SubmissionModule
from .session import Session

#: Modules of the harness's own machinery: a patch of these is the oracle's own affair.
_OURS = frozenset("sys os io socket signal threading subprocess importlib inspect pytest unittest".split())
#: A limit beyond this lets a recursion end the process: that costs the test, and says nothing in words.
_MOST_FRAMES = 200_000
_NUMERIC = frozenset({"numpy", "pandas", "matplotlib"})


def install(session: Session) -> None:
    """Patch the patchers, once per worker."""
    _repeat_mock(session)
    _repeat_monkeypatch(session)
    _repeat_seed(session, random, "random")
    _repeat_limits(session)
    if "matplotlib" in sys.modules:
        _ask_for_figures(session)
    if "numpy" in sys.modules:
        import numpy.random

        _repeat_seed(session, numpy.random, "numpy.random")


def _tell(session: Session, operation: str, *arguments: Any) -> None:
    peer = session.peer
    if peer.over is None:
        peer.ask_plainly(operation, arguments)


def _is_repeated(target: Any) -> TypeGuard[types.ModuleType]:
    if not isinstance(target, types.ModuleType) or isinstance(target, SubmissionModule):
        return False
    top = target.__name__.partition(".")[0]
    return (
        sys.modules.get(target.__name__) is target
        and top not in _OURS
        and (top in sys.stdlib_module_names or top in _NUMERIC)
    )


def _repeated(target: Any, name: str) -> TypeGuard[types.ModuleType]:
    return _is_repeated(target) and not (target is builtins and name == "input")


def _repeat_mock(session: Session) -> None:
    patcher: Any = unittest.mock._patch
    enter, leave = patcher.__enter__, patcher.__exit__

    def __enter__(self: Any) -> Any:
        value = enter(self)
        if _repeated(self.target, self.attribute):
            _tell(session, "patch", self.target.__name__, self.attribute, getattr(self.target, self.attribute))
        return value

    def __exit__(self: Any, *error: Any) -> Any:
        target = getattr(self, "target", None)
        try:
            return leave(self, *error)
        finally:
            if _repeated(target, self.attribute):
                _tell(session, "unpatch", target.__name__, self.attribute)

    patcher.__enter__, patcher.__exit__ = __enter__, __exit__


def _repeat_monkeypatch(session: Session) -> None:
    patcher: Any = pytest.MonkeyPatch
    setattr_, undo_ = patcher.setattr, patcher.undo

    @functools.wraps(setattr_)
    def setattr(self: Any, *args: Any, **kwargs: Any) -> None:
        setattr_(self, *args, **kwargs)
        target, name, _ = self._setattr[-1] if self._setattr else (None, "", None)
        if _repeated(target, name):
            _tell(session, "patch", target.__name__, name, getattr(target, name))
            repeated: list[tuple[str, str]] = self.__dict__.setdefault("_seam_repeated", [])
            repeated.append((target.__name__, name))

    @functools.wraps(undo_)
    def undo(self: Any) -> None:
        undo_(self)
        for module, name in reversed(self.__dict__.pop("_seam_repeated", [])):
            _tell(session, "unpatch", module, name)

    patcher.setattr, patcher.undo = setattr, undo


def _repeat_seed(session: Session, module: Any, name: str) -> None:
    original: Callable[..., Any] = module.seed

    @functools.wraps(original)
    def seed(*args: Any, **kwargs: Any) -> Any:
        session.peer.surroundings.seeded.setdefault(name, None)
        return original(*args, **kwargs)

    module.seed = seed


def _repeat_limits(session: Session) -> None:
    set_limit, set_level = sys.setrecursionlimit, logging.Logger.setLevel

    @functools.wraps(set_limit)
    def setrecursionlimit(limit: int) -> None:
        set_limit(limit)
        _tell(session, "recursion-limit", min(limit, _MOST_FRAMES))

    @functools.wraps(set_level)
    def setLevel(self: logging.Logger, level: int | str) -> None:
        set_level(self, level)
        _tell(session, "log-level", None if self is logging.root else self.name, self.level)

    sys.setrecursionlimit = setrecursionlimit
    logging.Logger.setLevel = setLevel  # type: ignore[method-assign]


def _ask_for_figures(session: Session) -> None:
    """`plt.gca()` in a test means the student's figure, unless the test drew one itself."""
    import matplotlib.pyplot
    from matplotlib import _pylab_helpers

    pyplot: Any = matplotlib.pyplot
    helpers: Any = _pylab_helpers

    def asking(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def ask(*args: Any, **kwargs: Any) -> Any:
            if helpers.Gcf.figs or session.peer.over is not None:
                return original(*args, **kwargs)
            return session.peer.request("pyplot", (name, args, tuple(kwargs.items())))

        return ask

    for name in ("gca", "gcf", "get_fignums", "get_figlabels", "fignum_exists", "close", "clf", "cla"):
        setattr(pyplot, name, asking(name, getattr(pyplot, name)))
