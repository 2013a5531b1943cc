"""What one end tells the other about a class, so that it can build the mirror of it."""

from __future__ import annotations

import datetime
import decimal
import fractions
from typing import Any, NamedTuple

from . import special
from .bounds import CLASS_NAMES, NAME_CHARS
from .known import name_of
from .shared import CONTAINERS

#: Builtin bases whose instances carry a value: an instance of a subclass crosses as a local subclass with that value.
VALUE_BASES: tuple[type, ...] = (
    int,
    float,
    complex,
    str,
    bytes,
    tuple,
    frozenset,
    *CONTAINERS,
    datetime.datetime,
    datetime.date,
    datetime.timedelta,
    decimal.Decimal,
    fractions.Fraction,
)
_VALUE_BASES = frozenset(VALUE_BASES)


class ClassDescription(NamedTuple):
    name: str
    qualname: str
    module: str
    #: Special methods that the class or its own bases define.
    methods: tuple[str, ...]
    unhashable: bool
    #: Special methods of its metaclass: `len(Color)`, `Color["RED"]`, `for color in Color`.
    meta: tuple[str, ...]
    #: Names of the class's own dictionary, for `"area" in vars(Shape)` and `hasattr`.
    names: tuple[str, ...]
    abstract: tuple[str, ...]


def value_base(cls: type) -> type | None:
    """The builtin that instances of this class carry the value of, nearest first; None for ordinary classes."""
    for base in cls.__mro__:
        if base in _VALUE_BASES:
            return None if base is int and issubclass(cls, bool) else base
    return None


def describe(cls: type, *, module: str | None = None) -> ClassDescription:
    base = value_base(cls)
    skipped: set[type] = {object}
    if base is not None:
        skipped |= set(base.__mro__)
    if issubclass(cls, BaseException):
        skipped |= {b for b in cls.__mro__ if name_of(b) is not None}
    methods: set[str] = set()
    for ancestor in cls.__mro__:
        if ancestor not in skipped:
            own = type.__dict__["__dict__"].__get__(ancestor)
            methods |= {n for n in own if n in special.METHODS and own[n] is not None}
    hasher: Any = cls.__hash__
    if hasher is None or hasher is object.__hash__:
        methods.discard("__hash__")
    meta: set[str] = set()
    for ancestor in type.__dict__["__mro__"].__get__(type(cls)):
        if ancestor is type:
            break
        meta |= {n for n in ancestor.__dict__ if n in _META}
    names = tuple(n for n in vars(cls) if type(n) is str and len(n) <= NAME_CHARS)[:CLASS_NAMES]
    abstract = tuple(getattr(cls, "__abstractmethods__", ()))
    return ClassDescription(
        str(cls.__name__),
        str(cls.__qualname__),
        module or str(cls.__module__),
        tuple(sorted(methods)),
        hasher is None,
        tuple(sorted(meta)),
        names,
        tuple(n for n in abstract if type(n) is str),
    )


def read_description(parts: Any) -> ClassDescription:
    """A description that came from the other end. Raises ValueError or TypeError when it is none."""
    name, qualname, module, methods, unhashable, meta, names, abstract = parts
    for text in (name, qualname, module):
        if type(text) is not str or not 0 < len(text) <= NAME_CHARS or "\0" in text:
            raise ValueError("name of a class")
    for group in (methods, meta, names, abstract):
        if type(group) is not tuple or len(group) > CLASS_NAMES or not all(type(n) is str for n in group):
            raise ValueError("names of a class")
    return ClassDescription(
        name,
        qualname,
        module,
        tuple(n for n in methods if n in special.METHODS),
        unhashable is True,
        tuple(n for n in meta if n in _META),
        names,
        abstract,
    )


#: What a mirror of a metaclass forwards; `__call__` and `__eq__` of classes stay local.
_META = special.CONTAINER | special.CHECKS | {"__len__", "__bool__", "__repr__", "__str__", "__or__", "__ror__"}
