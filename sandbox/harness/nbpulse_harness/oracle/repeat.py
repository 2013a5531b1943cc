"""What a test does to modules that both ends have is repeated in the probe: patches and seeds.

`mock.patch("time.sleep")` and `monkeypatch.setattr(random, "randint", …)` change the oracle's module only; the
student's code uses its own. So each such change of a standard module is sent along, and taken back with the test's.
Patches of the submission itself go there anyway, and `builtins.input` is answered by the oracle's.
"""

from __future__ import annotations

import functools
import random
import sys
import types
import unittest.mock
from collections.abc import Callable
from typing import Any, TypeGuard

import pytest

from ..seam.errors import SeamError
from .importer import SubmissionModule
from .session import Session

#: Modules of the harness's own machinery: a patch of these is the oracle's own affair.
_OURS = frozenset("sys os io builtins socket signal threading subprocess importlib inspect pytest unittest".split())
_NUMERIC = frozenset({"numpy", "pandas", "matplotlib"})


def install(session: Session) -> None:
    """Patch the patchers, once per worker."""
    _repeat_mock(session)
    _repeat_monkeypatch(session)
    _repeat_seed(session, random, "random")
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


def _repeat_mock(session: Session) -> None:
    patcher: Any = unittest.mock._patch
    enter, leave = patcher.__enter__, patcher.__exit__

    def __enter__(self: Any) -> Any:
        value = enter(self)
        if _is_repeated(self.target):
            _tell(session, "patch", self.target.__name__, self.attribute, getattr(self.target, self.attribute))
        return value

    def __exit__(self: Any, *error: Any) -> Any:
        target = getattr(self, "target", None)
        try:
            return leave(self, *error)
        finally:
            if _is_repeated(target):
                _tell(session, "unpatch", target.__name__, self.attribute)

    patcher.__enter__, patcher.__exit__ = __enter__, __exit__


def _repeat_monkeypatch(session: Session) -> None:
    patcher: Any = pytest.MonkeyPatch
    setattr_, undo_ = patcher.setattr, patcher.undo

    @functools.wraps(setattr_)
    def setattr(self: Any, *args: Any, **kwargs: Any) -> None:
        setattr_(self, *args, **kwargs)
        target, name, _ = self._setattr[-1] if self._setattr else (None, "", None)
        if _is_repeated(target):
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
        answer = original(*args, **kwargs)
        try:
            _tell(session, "seed", name, args, tuple(kwargs.items()))
        except SeamError:
            raise
        except Exception:  # noqa: BLE001 - a seed that the student's module refuses
            pass
        return answer

    module.seed = seed
