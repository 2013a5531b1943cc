"""What `import submission` gives a test: a module whose names are asked of the probe."""

from __future__ import annotations

import dis
import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NoReturn

from ..seam.errors import SeamError
from ..seam.handles import Handle
from ..seam.mirror import handle_of
from .session import Session

#: `import *` is an instruction of its own up to Python 3.11, then the second call of an intrinsic.
_IMPORTING = {dis.opmap[name] for name in ("IMPORT_FROM", "IMPORT_STAR", "CALL_INTRINSIC_1") if name in dis.opmap}


class NotAvailable(AttributeError):
    """A name of the submission that isn't there. The text is for the student."""


class Absent:
    """Stands for a name that `from submission import name` asked for and that the notebook does not define.

    The import goes through, so that the file's other tests count; using the name fails in words.
    """

    def __init__(self, reason: str) -> None:
        object.__setattr__(self, "_reason", reason)

    def __getattribute__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            return object.__getattribute__(self, name)
        _refuse(self)

    def __call__(self, *args: object, **kwargs: object) -> Any:
        _refuse(self)

    def __eq__(self, other: object) -> bool:
        _refuse(self)

    def __hash__(self) -> int:
        _refuse(self)

    def __repr__(self) -> str:
        return "<not defined in the notebook>"

    def __bool__(self) -> bool:
        _refuse(self)


def _refuse(absent: Absent) -> NoReturn:
    raise NotAvailable(object.__getattribute__(absent, "_reason"))


for _name in (
    "__len__ __iter__ __getitem__ __contains__ __lt__ __le__ __gt__ __ge__ __ne__ __add__ __radd__ __sub__ __rsub__ "
    "__mul__ __rmul__ __truediv__ __float__ __int__ __index__ __neg__ __abs__ __str__ __enter__ __exit__ __next__"
).split():
    setattr(Absent, _name, lambda self, *args: _refuse(self))


class SubmissionModule(types.ModuleType):
    """The stand-in itself. It knows nothing of the notebook but where to ask."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__") and name not in ("__all__", "__doc__"):
            raise AttributeError(name)
        session: Session = types.ModuleType.__getattribute__(self, "_seam_session")
        module: str = types.ModuleType.__getattribute__(self, "__name__")
        try:
            handle: Handle = types.ModuleType.__getattribute__(self, "_seam_handle")
            if name == "__all__":
                return _star(session, handle)
            return handle.ask("get", name)
        except AttributeError as error:
            reason = f"`{name}` is not defined in your notebook"
            if handle_of(error) is None and not hasattr(error, "_seam_handle"):
                reason = session.unavailable or reason
        except SeamError as error:
            if session.peer.in_test:
                raise
            reason = str(error)
        if _asked_by_import():
            return Absent(reason)
        raise NotAvailable(f"module {module!r}: {reason}")

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("__") and name.endswith("__"):
            types.ModuleType.__setattr__(self, name, value)
            return
        types.ModuleType.__getattribute__(self, "_seam_handle").ask("set", name, value)

    def __delattr__(self, name: str) -> None:
        types.ModuleType.__getattribute__(self, "_seam_handle").ask("delete", name)

    @property
    def __dict__(self) -> Any:  # type: ignore[override]
        """For `vars(submission)`. The stand-in's own few names are no part of it."""
        return Names(self)

    def __dir__(self) -> list[str]:
        names: list[str] = types.ModuleType.__getattribute__(self, "_seam_handle").ask("names")
        return names


class Names(Mapping[str, Any]):
    """What the notebook defines, by name; a value is asked for when it is looked at."""

    def __init__(self, module: SubmissionModule) -> None:
        self._module = module

    def __iter__(self) -> Iterator[str]:
        return iter(dir(self._module))

    def __len__(self) -> int:
        return len(dir(self._module))

    def __contains__(self, name: object) -> bool:
        return name in dir(self._module)

    def __getitem__(self, name: str) -> Any:
        if name not in dir(self._module):
            raise KeyError(name)
        return getattr(self._module, name)


def _star(session: Session, handle: Handle) -> list[str]:
    """What `import *` gives: what it gave for the author's solution. A name that is missing says so when it is used.

    Without a profile, and while one is recorded: never a name by which a student could replace what a test uses itself.
    """
    import builtins

    frame = sys._getframe(2)
    rights = session.rights_of(str(frame.f_globals.get("__file__", "")))
    if rights.star is not None:
        return sorted(rights.star)
    reserved = ("test", "Test", "pytest", "unittest", "setUp", "setup", "teardown", "_")
    names = handle.peer().request("star", (handle,))
    given = [
        name
        for name in names
        if type(name) is str
        and name.isidentifier()
        and not name.startswith(reserved)
        and not hasattr(builtins, name)
        and name not in session.taken_names
        and name not in frame.f_globals
    ]
    rights.gave_star(given)
    return given


def _asked_by_import() -> bool:
    """Whether the running instruction of the caller is the `name` part of `from module import name`, or its `*`."""
    frame = sys._getframe(2)
    return frame.f_code.co_code[frame.f_lasti] in _IMPORTING


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Answers for the submission's module name before anything on the disk can."""

    def __init__(self, session: Session, module: str) -> None:
        self._session = session
        self._module = module

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname == self._module:
            return importlib.machinery.ModuleSpec(fullname, self)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        module = SubmissionModule(spec.name)
        types.ModuleType.__setattr__(module, "_seam_session", self._session)
        try:
            found = self._session.peer.request("import", (spec.name,))
            types.ModuleType.__setattr__(module, "_seam_handle", handle_of(found))
            types.ModuleType.__setattr__(module, "_seam_proxy", found)
        except SeamError as error:
            self._session.unavailable = str(error)
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        pass
