"""Which special names may cross. A name that is not listed here is answered locally, never by the other end.

`__array_interface__` read from a proxy would make numpy read arbitrary memory of the oracle; `__reduce__`,
`__mro_entries__`, `__subclasshook__` and their like are believed by libraries in the same way.
"""

from __future__ import annotations

EQUALITY = frozenset({"__eq__", "__ne__"})
COMPARISON = EQUALITY | {"__lt__", "__le__", "__gt__", "__ge__"}
_OPERATORS = "add sub mul matmul truediv floordiv mod divmod pow lshift rshift and or xor".split()
ARITHMETIC = frozenset(f"__{p}{n}__" for n in _OPERATORS for p in ("", "r", "i")) - {"__idivmod__"}
CONVERSION = frozenset(
    "__neg__ __pos__ __abs__ __invert__ __int__ __float__ __complex__ __index__ __round__ __trunc__ __floor__ __ceil__ "
    "__bool__ __len__ __length_hint__ __hash__ __repr__ __str__ __format__ __bytes__".split()
)
CONTAINER = frozenset(
    "__getitem__ __setitem__ __delitem__ __iter__ __next__ __reversed__ __contains__ __missing__".split()
)
PROTOCOL = frozenset("__call__ __enter__ __exit__ __dir__".split())
ASYNC = frozenset("__await__ __aiter__ __anext__ __aenter__ __aexit__".split())

#: Of a metaclass: `isinstance` and `issubclass`.
CHECKS = frozenset({"__instancecheck__", "__subclasscheck__"})

#: Special methods that a mirror class may forward.
METHODS = COMPARISON | ARITHMETIC | CONVERSION | CONTAINER | PROTOCOL | ASYNC

#: Special attributes that may be read from an object of the other end.
ATTRIBUTES = METHODS | frozenset(
    "__doc__ __name__ __qualname__ __module__ __dict__ __annotations__ __defaults__ __kwdefaults__ __wrapped__ "
    "__dataclass_fields__ __dataclass_params__ __class_getitem__ __match_args__ __slots__ __members__ __self__ "
    "__func__ __all__ __init__ __post_init__ __code__ __closure__ __cause__ __context__ __version__ "
    "__abstractmethods__".split()
)
