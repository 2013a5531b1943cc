"""`class Square(submission.Shape)` in a test: the class is made at the other end, its methods are the test's.

There the student's base is real, so its methods find the overriding ones, `__init_subclass__` runs and an abstract base
refuses what is incomplete. The test's functions are called back with the object; `super()` in them leads to the base
over there. Here the name `Square` gets the mirror of the new class.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

from .errors import CannotCross
from .handles import Handle
from .known import name_of

_type_get = type.__getattribute__
_LEFT_OUT = frozenset("__module__ __qualname__ __classcell__ __dict__ __weakref__ __static_attributes__".split())
_LEFT_OUT |= {"__firstlineno__", "__orig_bases__", "__annotate__", "__conditional_annotations__"}

#: How an entry of the class's body crosses: as it is, or a function with its wrapping.
PLAIN, FUNCTION, STATIC, CLASS, PROPERTY = "plain", "function", "static", "class", "property"


def derive(name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> type:
    """Ask for the class, and give its mirror."""
    from .mirror import is_mirror

    remote: list[type] = []
    body = dict(namespace)
    for base in bases:
        if is_mirror(base) or name_of(base) is not None:
            remote.append(base)
            continue
        if any(ancestor.__module__.partition(".")[0] in ("unittest", "pytest", "_pytest") for ancestor in base.__mro__):
            raise CannotCross(
                f"class {name} derives from a class of the submission and from {base.__name__}: "
                "keep an instance of the submission's class in an attribute instead"
            )
        # A mixin of the test's: its functions go along.
        for ancestor in base.__mro__[:-1]:
            for key, value in vars(ancestor).items():
                body.setdefault(key, value)
    handle: Handle = next(_type_get(base, "_seam_class") for base in bases if is_mirror(base))
    entries = tuple((key, *_entry(value)) for key, value in body.items() if key not in _LEFT_OUT)
    mirror: type = handle.peer().request("derive", (name, tuple(remote), entries))
    for ancestor in mirror.__mro__[1:]:
        if is_mirror(ancestor):
            _open_to_super(ancestor)
    cell = namespace.get("__classcell__")
    if isinstance(cell, types.CellType):
        cell.cell_contents = mirror
    return mirror


def _entry(value: Any) -> tuple[str, Any]:
    if isinstance(value, staticmethod):
        return STATIC, value.__func__
    if isinstance(value, classmethod):
        return CLASS, value.__func__
    if isinstance(value, property):
        return PROPERTY, (value.fget, value.fset, value.fdel)
    return (FUNCTION if isinstance(value, types.FunctionType) else PLAIN), value


class _Super:
    """What `super().name` finds in the mirror of a base: the base's own, bound to the object."""

    def __init__(self, owner: type, name: str) -> None:
        self._owner, self._name = owner, name

    def __get__(self, instance: Any, kind: Any = None) -> Any:
        handle: Handle = _type_get(self._owner, "_seam_class")
        return handle.peer().request("super", (self._owner, self._name, kind if instance is None else instance))


def _open_to_super(mirror: type) -> None:
    own = type.__dict__["__dict__"].__get__(mirror)
    for name in _type_get(mirror, "_seam_names"):
        if (name not in own or name == "__init__") and not (name.startswith("__") and name != "__init__"):
            type.__setattr__(mirror, name, _Super(mirror, name))


def made(name: str, bases: tuple[type, ...], entries: tuple[tuple[str, str, Any], ...]) -> type:
    """At the other end: the class itself."""
    body: dict[str, Any] = {}
    for key, kind, value in entries:
        if kind == FUNCTION:
            body[key] = _calling(key, value)
        elif kind == STATIC:
            body[key] = staticmethod(_calling(key, value))
        elif kind == CLASS:
            body[key] = classmethod(_calling(key, value))
        elif kind == PROPERTY:
            parts: list[Any] = [None if part is None else _calling(key, part) for part in value]
            body[key] = property(*parts)
        else:
            body[key] = value
    return types.new_class(name, bases, {}, lambda namespace: namespace.update(body))


def _calling(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A real function, so that it binds: the test's own would be called without the object."""

    def method(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    method.__name__ = method.__qualname__ = name
    return method


def found_by_super(owner: type, name: str, instance: Any) -> Any:
    """At the other end: `owner`'s attribute as `super()` of a derived class finds it, bound to the object."""
    order = instance.__mro__ if isinstance(instance, type) else type(instance).__mro__
    for cls in order[order.index(owner) :]:
        if name in cls.__dict__:
            found = cls.__dict__[name]
            if hasattr(type(found), "__get__"):
                return found.__get__(None, instance) if isinstance(instance, type) else found.__get__(instance)
            return found
    raise AttributeError(f"'super' object has no attribute {name!r}")
