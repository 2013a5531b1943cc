"""Objects that both ends know by name: standard types, standard exceptions and pure functions.

They cross as a name and arrive as the receiver's own object, so `pytest.raises(ValueError)` and `isinstance(x, list)`
mean what they say. The list is closed. Nothing is on it that could steer a test runner (skip, exit, xfail), run code,
open files or reach an interpreter's insides, and no module: a student's `submission.np` is a handle.
"""

from __future__ import annotations

import abc
import builtins
import collections
import collections.abc
import contextlib
import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import importlib
import inspect
import io
import itertools
import math
import numbers
import operator
import pathlib
import re
import sys
import types
import typing
import uuid
from typing import Any

Name = tuple[str, str]

_by_name: dict[Name, Any] = {}
_by_id: dict[int, Name] = {}

#: Modules whose exception classes may be named. Never `unittest`, `pytest`, `bdb`, `doctest`, `concurrent`, `asyncio`.
_EXCEPTION_MODULES = frozenset(
    "builtins decimal json json.decoder csv struct zlib binascii zipfile re socket ssl statistics configparser "
    "numpy numpy.exceptions numpy.linalg pandas.errors zoneinfo sqlite3 xml.etree.ElementTree copy pickle queue "
    "polars.exceptions fractions string shutil urllib.error http.client email.errors graphlib tomllib dataclasses "
    "calendar".split()
)

#: `BaseException`s that are no `Exception`. Only these may be named; all but the first are turned into failures.
_BASE_EXCEPTIONS = (BaseException, SystemExit, GeneratorExit)

_PURE_BUILTINS = (
    "abs all any ascii bin callable chr divmod format hash hex isinstance issubclass iter len max min next oct ord "
    "pow repr round sorted sum"
).split()


#: Types that would open a file or change the process when a test calls what it believes to be a student's function.
_NEVER = frozenset("memmap DataSource HDFStore ExcelFile ExcelWriter".split())


def _know(module: str, name: str, value: Any) -> None:
    _by_name.setdefault((module, name), value)
    _by_id.setdefault(id(value), (module, name))


def _know_types(module: types.ModuleType, *, public_only: bool = True) -> None:
    for name in dir(module):
        value = getattr(module, name)
        if isinstance(value, type) and not (public_only and name.startswith("_")):
            _know(module.__name__, name, value)


def _fill() -> None:
    for name in dir(builtins):
        value = getattr(builtins, name)
        if isinstance(value, type) and not name.startswith("_"):
            if issubclass(value, BaseException) and not issubclass(value, Exception) and value not in _BASE_EXCEPTIONS:
                continue
            _know("builtins", name, value)
    for name in _PURE_BUILTINS:
        _know("builtins", name, getattr(builtins, name))
    _know_types(types)
    known_type_modules: tuple[types.ModuleType, ...] = (
        collections,
        collections.abc,
        datetime,
        decimal,
        fractions,
        itertools,
        enum,
        numbers,
        uuid,
        abc,
        functools,
        dataclasses,
    )
    for module in known_type_modules:
        _know_types(module)
    for value in (io.IOBase, io.TextIOBase, io.StringIO, io.BytesIO, pathlib.PurePath, pathlib.PurePosixPath):
        _know(value.__module__, value.__name__, value)
    for value in (contextlib.AbstractContextManager, contextlib.ContextDecorator):
        _know("contextlib", value.__name__, value)
    for module in (operator, math):
        for name in dir(module):
            value = getattr(module, name)
            if callable(value) and not isinstance(value, type) and not name.startswith("_"):
                if name not in ("attrgetter", "methodcaller", "call"):
                    _know(module.__name__, name, value)
    iterators: dict[str, object] = {
        "list_iterator": iter([]),
        "list_reverseiterator": reversed([]),
        "tuple_iterator": iter(()),
        "set_iterator": iter(set()),
        "str_ascii_iterator": iter(""),
        "str_iterator": iter("é"),
        "bytes_iterator": iter(b""),
        "range_iterator": iter(range(0)),
        "dict_keyiterator": iter({}),
        "dict_valueiterator": iter({}.values()),
        "dict_itemiterator": iter({}.items()),
    }
    for name, example in iterators.items():
        _know("seam", name, type(example))
    _know("re", "Match", re.Match)
    _know("re", "Pattern", re.Pattern)
    for name, value in (
        ("MISSING", dataclasses.MISSING),
        # What `dataclasses.fields`, `asdict` and `replace` tell the fields of a class by.
        ("FIELD", getattr(dataclasses, "_FIELD")),  # noqa: B009
        ("FIELD_CLASSVAR", getattr(dataclasses, "_FIELD_CLASSVAR")),  # noqa: B009
        ("FIELD_INITVAR", getattr(dataclasses, "_FIELD_INITVAR")),  # noqa: B009
        ("empty", inspect.Parameter.empty),
        ("Any", typing.Any),
        ("NotImplemented", NotImplemented),
        ("Ellipsis", Ellipsis),
    ):
        _know("seam", name, value)


_fill()


_NUMERIC = ("numpy", "pandas", "matplotlib")
#: What a plot is made of, for `isinstance` in a test; each goes as a handle.
_OF_PLOTS = {
    "axes": "Axes",
    "figure": "Figure",
    "lines": "Line2D",
    "collections": "Collection LineCollection PathCollection PolyCollection QuadMesh",
    "patches": "Patch Rectangle Wedge Polygon Circle",
    "legend": "Legend",
    "text": "Text Annotation",
    "image": "AxesImage",
    "spines": "Spine",
}
_numeric_known: set[str] = set()
#: How many modules there were when it was last looked for those.
_modules_seen = 0


def _know_numeric() -> None:
    """Add numpy's and pandas' public types and ufuncs, once they are imported."""
    numpy = sys.modules.get("numpy")
    if numpy is not None and "numpy" not in _numeric_known:
        _numeric_known.add("numpy")
        # Never `dir` and `getattr`: numpy imports some of its modules when they are asked for, with what is there then.
        for name, value in list(vars(numpy).items()):
            if not name.startswith("_") and name not in _NEVER and isinstance(value, (type, numpy.ufunc)):
                _know("numpy", name, value)
    pandas = sys.modules.get("pandas")
    if pandas is not None and hasattr(pandas, "NaT") and "pandas" not in _numeric_known:
        _numeric_known.add("pandas")
        for name, value in list(vars(pandas).items()):
            if not name.startswith("_") and name not in _NEVER and isinstance(value, type):
                _know("pandas", name, value)
        _know("pandas", "NA", pandas.NA)
        _know("pandas", "NaT", pandas.NaT)
    if "matplotlib.pyplot" in sys.modules and "matplotlib" not in _numeric_known:
        _numeric_known.add("matplotlib")
        for module_name, names in _OF_PLOTS.items():
            module = sys.modules.get(f"matplotlib.{module_name}")
            for name in names.split():
                value = getattr(module, name, None)
                if isinstance(value, type):
                    _know("matplotlib", name, value)


def name_of(value: Any) -> Name | None:
    """The name under which the other end finds its own copy of this very object, or None."""
    global _modules_seen
    if len(sys.modules) != _modules_seen and len(_numeric_known) < len(_NUMERIC):
        _modules_seen = len(sys.modules)
        _know_numeric()
    name = _by_id.get(id(value))
    if name is not None and _by_name[name] is value:
        return name
    if isinstance(value, type) and issubclass(value, Exception):
        name = (str(value.__module__), str(value.__qualname__))
        if _exception(name) is value:
            return name
    return None


def by_name(name: Name) -> Any:
    """The local object of that name. Raises KeyError when the name is not on the list."""
    if name[0] in _NUMERIC and name[0] not in _numeric_known:
        importlib.import_module("matplotlib.pyplot" if name[0] == "matplotlib" else name[0])
        _know_numeric()
    try:
        return _by_name[name]
    except KeyError:
        found = _exception(name)
        if found is None:
            raise
        return found


def _exception(name: Name) -> type[Exception] | None:
    """An exception class of a listed module that is already imported here: a name never causes an import."""
    module_name, attribute = name
    if module_name not in _EXCEPTION_MODULES:
        return None
    found = getattr(sys.modules.get(module_name), attribute, None)
    if isinstance(found, type) and issubclass(found, Exception) and found.__qualname__ == attribute:
        return found
    return None
