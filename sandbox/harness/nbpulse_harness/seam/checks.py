"""`isinstance` and `issubclass` of classes that decide it themselves: `register`, `__subclasshook__`, protocols."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .known import name_of

if TYPE_CHECKING:
    from .handles import Handle

_type_get = type.__getattribute__


def forward_check(name: str) -> Callable[..., Any]:
    """`isinstance` and `issubclass` of a class with a say in it: an abstract one, a protocol, a metaclass of its own.

    About an object of the submission its own class is asked; about a test's value only whether its type belongs. Never
    about exceptions: who says that a failed check is his would have `pytest.raises` swallow it.
    """
    from .mirror import handle_of, is_mirror

    local = getattr(type, name)

    def method(cls: Any, item: Any) -> bool:
        if local(cls, item):
            return True
        handle: Handle | None = _type_get(cls, "_seam_class")
        if handle is None or not handle.peer().trusted or _type_get(cls, "_seam_exception"):
            return False
        kind = type(item) if name == "__instancecheck__" else item
        if not isinstance(kind, type) or issubclass(kind, BaseException):
            return False
        if name == "__instancecheck__" and handle_of(item) is not None:
            return handle.peer().request("special", (cls, name, (item,), ())) is True
        if not is_mirror(kind) and name_of(kind) is None:
            return False
        return handle.peer().request("special", (cls, "__subclasscheck__", (kind,), ())) is True

    method.__name__ = method.__qualname__ = name
    return method
