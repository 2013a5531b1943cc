"""Mirror classes: for each class of the other end a real local class, so that Python's own rules decide.

`isinstance`, `except`, `pytest.raises(MyError)`, `callable`, `iter` and reflected operators come out right because a
mirror has the same bases (the standard ones real), and exactly the special methods that its original has. An instance
is a *proxy*: its attributes and methods are asked of the other end. `__class__` is answered here, never over there.
"""

from __future__ import annotations

import enum
import types
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from . import special
from .awaiting import Driver, awaited, left
from .checks import forward_check
from .derived import derive
from .descriptions import ClassDescription, value_base
from .errors import CannotCross, ProtocolError
from .handles import Handle
from .leaving import without_trace
from .shared import CONTAINERS
from .signatures import from_parts

if TYPE_CHECKING:
    from .peer import Peer

_get, _set = object.__getattribute__, object.__setattr__
_type_get = type.__getattribute__
_own_names = type.__dict__["__dict__"].__get__

#: Attributes of an exception that belong to the local copy.
_OF_EXCEPTIONS = frozenset(
    "args __traceback__ __cause__ __context__ __suppress_context__ with_traceback __notes__ add_note errno strerror "
    "filename filename2 code value name path msg obj lineno offset text end_lineno end_offset encoding object start "
    "end reason".split()
)
_OF_CLASSES = frozenset(
    "__name__ __qualname__ __module__ __bases__ __mro__ __class__ mro __hash__ __eq__ __ne__ __new__ "
    "__dir__ __repr__ __str__ __call__".split()
)


def signature_of(target: Any, handle: Handle) -> Any:
    """For `inspect.signature`, which asks for `__signature__` first. Only tests ask a submission."""
    peer = handle.peer()
    if not peer.trusted:
        raise AttributeError("__signature__")
    try:
        return from_parts(peer.request("signature", (target,)))
    except (TypeError, ValueError, KeyError):
        raise AttributeError("__signature__") from None


def handle_of(value: Any) -> Handle | None:
    """The handle inside a proxy, else None. Looks at the real type only: nothing of the object's is asked."""
    kind = type(value)
    if "_seam_mirror" in _own_names(kind):
        try:
            found = _get(value, "_seam_handle")
        except AttributeError:
            return None
        return found if type(found) is Handle else None
    return None


def is_mirror(cls: Any) -> bool:
    """True for a class of the other end."""
    return isinstance(type(cls), type) and issubclass(type(cls), MirrorMeta) and "_seam_mirror" in _own_names(cls)


class _OwnNames(Mapping[str, Any]):
    """`vars(Shape)`: the names of the original's own dictionary; a value is asked for when it is read."""

    def __init__(self, cls: type) -> None:
        self._cls = cls
        self._names: tuple[str, ...] = _type_get(cls, "_seam_own")

    def __getitem__(self, name: str) -> Any:
        if name not in self._names:
            raise KeyError(name)
        return getattr(self._cls, name, None)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class MirrorMeta(type):
    """The type of mirror classes: calling one makes an instance at the other end."""

    def mro(cls) -> list[type]:
        """Known standard bases (Enum, ABC, Mapping …) take part behind all others, so that `isinstance` holds."""
        order = type.mro(cls)
        more: list[type] = []
        for ancestor in order:
            if isinstance(ancestor, MirrorMeta):
                for base in _own_names(ancestor).get("_seam_standard", ()):
                    more += [b for b in base.__mro__ if b not in order and b not in more and value_base(b) is None]
        more.sort(key=lambda b: -len(b.__mro__))
        return order[:-1] + more + order[-1:]

    @classmethod
    def __prepare__(meta, name: str, bases: tuple[type, ...], /, **options: Any) -> dict[str, Any]:
        """A plain body for a class that a test derives, an enum's too: it is made at the other end."""
        return {}

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        handle: Handle = _type_get(cls, "_seam_class")
        return handle.peer().request("call", (cls, args, tuple(kwargs.items())))

    def __getattribute__(cls, name: str) -> Any:
        dunder = name[:2] == "__" and name[-2:] == "__"
        if (
            dunder
            and (name not in special.ATTRIBUTES or name in _OF_CLASSES)
            and name != "__signature__"
            or name[:5] in ("_seam", "_abc_")
        ):
            return _type_get(cls, name)
        if name == "mro":
            return _type_get(cls, name)
        if name == "__dict__":
            return types.MappingProxyType(_OwnNames(cls))
        if name == "__signature__":
            return signature_of(cls, _type_get(cls, "_seam_class"))
        handle: Handle = _type_get(cls, "_seam_class")
        return handle.peer().request("get", (cls, name))

    def __setattr__(cls, name: str, value: Any) -> None:
        if name[:5] in ("_seam", "_abc_") or name == "__abstractmethods__":
            type.__setattr__(cls, name, value)
            return
        _type_get(cls, "_seam_class").peer().request("set", (cls, name, value))

    def __delattr__(cls, name: str) -> None:
        _type_get(cls, "_seam_class").peer().request("delete", (cls, name))

    def __dir__(cls) -> list[str]:
        names: list[str] = _type_get(cls, "_seam_class").peer().request("names", (cls,))
        return names

    def __new__(meta, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> Any:
        if not options.pop("_mirror", False):
            return derive(name, bases, namespace)
        return type.__new__(meta, name, bases, namespace)

    def __init__(cls, *args: Any, **options: Any) -> None:
        pass


# ---------------------------------------------------------------- instances


def _instance_get(self: Any, name: str) -> Any:
    kind = type(self)
    if name == "__class__":
        real = _type_get(kind, "_seam_real")
        return kind if real is None else real
    if name[:5] == "_seam":
        return _get(self, name)
    if name[:2] == "__" and name[-2:] == "__":
        if name in ("__reduce__", "__reduce_ex__", "__getstate__"):
            raise CannotCross(f"an object of the submission ({kind.__name__}) cannot be pickled or copied by a test")
        if name == "__signature__":
            return signature_of(self, _get(self, "_seam_handle"))
        if name not in special.ATTRIBUTES:
            return _get(self, name)
    if _type_get(kind, "_seam_exception") and name in _OF_EXCEPTIONS:
        try:
            return _get(self, name)
        except AttributeError:
            pass  # a student's own `self.code = 7`
    if name in ("send", "throw", "close") and _type_get(kind, "_seam_real") is types.CoroutineType:
        return getattr(_driver(self), name)
    base = _type_get(kind, "_seam_base")
    if base is not None and name[:2] != "__" and hasattr(base, name):
        # `MyList(...).count(3)`: a builtin's own method works on the local value, like the operators. A container's may
        # be overridden (`class Stack(list)` with a `pop` of its own), a text's `startswith` may not: it would lie.
        if base not in CONTAINERS or name not in _type_get(kind, "_seam_names"):
            return _get(self, name)
    return _get(self, "_seam_handle").ask("get", name)


def _driver(coroutine: Any) -> Driver:
    try:
        found: Driver = _get(coroutine, "_seam_driver")
    except AttributeError:
        found = Driver(_get(coroutine, "_seam_handle"))
        _set(coroutine, "_seam_driver", found)
    return found


def _instance_set(self: Any, name: str, value: Any) -> None:
    kind = type(self)
    if name[:5] == "_seam" or (_type_get(kind, "_seam_exception") and name in _OF_EXCEPTIONS):
        _set(self, name, value)
        return
    handle: Handle = _get(self, "_seam_handle")
    if name[:2] == "__" and not handle.peer().trusted:
        _set(self, name, value)  # a library's note on a test's function, such as `__signature__`: nothing for the test
        return
    handle.ask("set", name, value)


def _instance_delete(self: Any, name: str) -> None:
    _get(self, "_seam_handle").ask("delete", name)


def _instance_names(self: Any) -> Any:
    return _get(self, "_seam_handle").ask("names")


def _bind(self: Any, instance: Any, owner: Any = None) -> Any:
    return self if instance is None else types.MethodType(self, instance)


def _itself(self: Any, memo: Any = None) -> Any:
    """The copy of an enum's member: there is only one."""
    return self


def _forward(name: str) -> Callable[..., Any]:
    """A special method that asks the original; operators ask the judge first."""
    if name in special.COMPARISON or name in special.ARITHMETIC or name == "__contains__":

        def method(self: Any, *args: Any, **kwargs: Any) -> Any:
            handle: Handle = _get(self, "_seam_handle")
            return handle.peer().judge.operator(handle, self, name, args)

    elif name == "__exit__":

        def method(self: Any, *args: Any, **kwargs: Any) -> Any:
            handle: Handle = _get(self, "_seam_handle")
            answer = handle.ask("special", name, without_trace(args), ())
            return handle.peer().judge.swallow(answer, args)

    elif name == "__await__":

        def method(self: Any, *args: Any, **kwargs: Any) -> Any:
            return awaited(_get(self, "_seam_handle"))

    elif name == "__aexit__":

        def method(self: Any, *args: Any, **kwargs: Any) -> Any:
            handle: Handle = _get(self, "_seam_handle")
            return left(handle.ask("special", name, args, ()), args, handle.peer())

    elif name == "__str__":

        def method(self: Any, *args: Any, **kwargs: Any) -> Any:
            handle: Handle = _get(self, "_seam_handle")
            return handle.text if handle.text is not None else handle.ask("special", name, (), ())

    elif name == "__hash__":

        def method(self: Any, *args: Any, **kwargs: Any) -> Any:
            answer = _get(self, "_seam_handle").ask("special", name, (), ())
            return answer if type(answer) is int else object.__hash__(self)

    else:

        def method(self: Any, *args: Any, **kwargs: Any) -> Any:
            return _get(self, "_seam_handle").ask("special", name, args, tuple(kwargs.items()))

    method.__name__ = method.__qualname__ = name
    return method


def _forward_meta(name: str) -> Callable[..., Any]:
    if name in special.CHECKS:
        return forward_check(name)

    def method(cls: Any, *args: Any) -> Any:
        if name == "__contains__" and handle_of(args[0]) is None:
            return False  # plain data is in no class; only `Color.RED in Color` is a question for the student
        return _type_get(cls, "_seam_class").peer().request("special", (cls, name, args, ()))

    method.__name__ = method.__qualname__ = name
    return method


# ---------------------------------------------------------------- building

#: Standard classes that carry a builtin's value: their layout is no plain `int`'s or `str`'s, so they are real bases.
_CARRYING = (enum.IntEnum, enum.IntFlag, enum.StrEnum)
_LOCAL_TO_VALUES = special.COMPARISON | {"__contains__", "__hash__", "__bool__"}


def build(peer: Peer, handle: Handle | None, about: ClassDescription, bases: list[type], real: type | None) -> type:
    """The mirror of one class. `real` is set for instances of known standard types (generators, functions …)."""
    local: list[type] = []
    standard: list[type] = []
    for base in bases:
        if value_base(base) is base or issubclass(base, BaseException) or is_mirror(base) or base in _CARRYING:
            local.append(base)
        elif base is not object:
            carrier = value_base(base)
            if carrier is not None:  # a `numpy.float64`: a `float` in front
                local.append(carrier)
            standard.append(base)
    carried = next((found for b in local if (found := value_base(b)) is not None), None)
    namespace: dict[str, Any] = {
        "__module__": about.module,
        "__qualname__": about.qualname,
        "_seam_mirror": True,
        "_seam_class": handle,
        "_seam_real": real,
        "_seam_base": carried,
        "_seam_exception": any(issubclass(b, BaseException) for b in local),
        "_seam_standard": tuple(standard),
        "_seam_own": about.names,
        "_seam_names": frozenset(about.names).union(*(_seam_names(b) for b in local)),
        "__getattribute__": _instance_get,
        "__setattr__": _instance_set,
        "__delattr__": _instance_delete,
        "__dir__": _instance_names,
    }
    for name in about.methods:
        if not (carried is not None and name in _LOCAL_TO_VALUES):
            namespace[name] = _forward(name)
    if carried is not None:
        # What a builtin subclass is worth is judged by its value alone: it carries the builtin's own comparison.
        for name in _LOCAL_TO_VALUES:
            if hasattr(carried, name):
                namespace[name] = getattr(carried, name)
    elif about.unhashable:
        namespace["__hash__"] = None
    elif "__eq__" in namespace and "__hash__" not in namespace:
        namespace["__hash__"] = object.__hash__
    if real is types.FunctionType:
        namespace["__get__"] = _bind
    is_enum = any(issubclass(b, enum.Enum) for b in bases)
    if is_enum:
        namespace["__copy__"] = namespace["__deepcopy__"] = _itself
    meta = _metaclass(peer, about.meta, local, is_enum=is_enum)
    try:
        mirror: type = meta.__new__(meta, about.name, tuple(local) or (object,), namespace, _mirror=True)
    except TypeError:
        # Bases that don't fit together locally, such as two builtins with different layouts: the first one counts.
        namespace["_seam_standard"] = ()
        try:
            mirror = meta.__new__(meta, about.name, tuple(local[:1]) or (object,), namespace, _mirror=True)
        except TypeError as error:
            raise ProtocolError(f"class {about.name}: {error}") from None
    if about.abstract:
        type.__setattr__(mirror, "__abstractmethods__", frozenset(about.abstract))
    return mirror


def _seam_names(base: type) -> frozenset[str]:
    names: frozenset[str] = _type_get(base, "_seam_names") if is_mirror(base) else frozenset()
    return names


def _metaclass(peer: Peer, names: tuple[str, ...], local: list[type], *, is_enum: bool) -> Any:
    parents: set[type] = {type(b) for b in local if isinstance(b, MirrorMeta)} or {MirrorMeta}
    key = (names, frozenset(parents), is_enum)
    found = peer.metaclasses.get(key)
    if found is None:
        needed = [p for p in parents if not any(p is not o and issubclass(o, p) for o in parents)]
        missing = {n: _forward_meta(n) for n in names if not all(n in vars(p) for p in needed)}
        if is_enum and not any(issubclass(p, enum.EnumMeta) for p in needed):
            needed.append(enum.EnumMeta)
        found = type("MirrorMeta_", tuple(needed), missing) if missing or len(needed) > 1 else needed[0]
        peer.metaclasses[key] = found
    return found


def new_proxy(mirror: type, handle: Handle) -> Any:
    proxy: Any = object.__new__(mirror)
    _set(proxy, "_seam_handle", handle)
    return proxy
