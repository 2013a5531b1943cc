"""What the probe may do to objects of the oracle. Everything that is not named here is refused.

A test hands objects to the student's code: functions to call back, iterators, instances of its own classes, mocks.
Functions may be called, nothing more. Of instances the public names may be read and called. Names that lead to an
interpreter's insides (frames, code, globals, modules) are closed whatever the object is, and setting an attribute needs
a right from the author's profile.
"""

from __future__ import annotations

import functools
import inspect
import sys
import types
from typing import TYPE_CHECKING, Any

from . import special
from .errors import ProtocolError
from .known import name_of

if TYPE_CHECKING:
    from .judge import Judge

_CLOSED_PREFIXES = ("_", "gi_", "cr_", "ag_", "f_", "tb_", "co_", "func_", "im_", "mock_")
_CLOSED_TYPES = (types.ModuleType, types.FrameType, types.CodeType, types.TracebackType, type)
_CALL_ONLY = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, functools.partial)
_OPEN_SPECIAL = (special.METHODS | {"__name__", "__doc__"}) - {"__dir__"}
#: What a mock keeps about its calls belongs to the test: a student who writes it forges `assert_called_once`.
_MOCK_NAMES = frozenset(
    "method_calls call_args call_args_list call_count called reset_mock configure_mock attach_mock side_effect "
    "return_value".split()
)


class Gate:
    """Asked by the oracle before it serves a request of the probe."""

    def read(self, target: Any, name: Any) -> None:
        if type(name) is not str:
            raise ProtocolError("a name is expected")
        if isinstance(target, BaseException) and name in ("args", "__cause__"):
            return
        if isinstance(target, _CALL_ONLY) and name not in ("__name__", "__doc__", "__call__"):
            raise AttributeError(f"{name!r} of a function of the test cannot be read by the submission")
        if name.startswith("__") and name.endswith("__"):
            if name not in _OPEN_SPECIAL:
                raise AttributeError(name)
        elif name.startswith(_CLOSED_PREFIXES):
            raise AttributeError(name)
        if isinstance(target, _CLOSED_TYPES):
            raise AttributeError(name)
        if self._is_mock(target) and (name in _MOCK_NAMES or name.startswith("assert")):
            raise AttributeError(f"{name} of a mock belongs to the test")
        if isinstance(inspect.getattr_static(target, name, None), _CLOSED_TYPES):
            raise AttributeError(name)

    def write(self, judge: Judge, target: Any, name: Any) -> None:
        """Whether the submission may set or delete an attribute: of a test's own instance, and only with a right."""
        self.read(target, name)
        if name.startswith("__") or isinstance(target, (_CALL_ONLY, BaseException)):
            raise AttributeError(f"{name} may not be set by the submission")
        class_name = type(target).__qualname__
        if not judge.rights.may_set(class_name, name):
            judge.refuse_attribute(class_name, name)
            raise AttributeError(f"{name} of this object belongs to the test and may not be set by the submission")

    def special(self, target: Any, name: Any) -> None:
        if type(name) is not str or name not in special.METHODS:
            raise ProtocolError("a special method is expected")
        if name not in _OPEN_SPECIAL or isinstance(target, _CLOSED_TYPES):
            raise AttributeError(name)

    def result(self, value: Any) -> Any:
        """What the oracle answers: never a piece of its interpreter."""
        if isinstance(value, _CLOSED_TYPES) and name_of(value) is None and not isinstance(value, type):
            raise AttributeError("this is not available to the submission")
        return value

    @staticmethod
    def _is_mock(target: Any) -> bool:
        mock = sys.modules.get("unittest.mock")
        return mock is not None and isinstance(target, mock.NonCallableMock)
