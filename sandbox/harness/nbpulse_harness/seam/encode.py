"""From Python values to bytes. See `tags.py` for the form, `decode.py` for the way back."""

from __future__ import annotations

import array
import collections
import datetime
import decimal
import fractions
import struct
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from . import arrays, polars_frames, shared, tags, values
from .bounds import INTEGER_BITS, TEXT_CHARS, VALUE_DEPTH
from .descriptions import describe, value_base
from .errors import CannotCross, SeamError
from .handles import Handle
from .known import name_of
from .mirror import handle_of, is_mirror

if TYPE_CHECKING:
    from .peer import Peer

U32 = struct.Struct("<I")
I64 = struct.Struct("<q")
F64 = struct.Struct("<d")
#: A tag and what follows it, in one step: most of what crosses is a few scalars.
_TAG_U32 = struct.Struct("<cI").pack
_TAG_I64 = struct.Struct("<cq").pack
_TAG_F64 = struct.Struct("<cd").pack

#: The byte that tells which container follows tag `O`. Order is part of the protocol.
OTHER_CONTAINERS: tuple[type, ...] = (
    set,
    bytearray,
    collections.deque,
    collections.OrderedDict,
    collections.defaultdict,
    collections.Counter,
)
ARRAY_CODE = len(OTHER_CONTAINERS)
FRAME_CODE = ARRAY_CODE + 1
VIEW_CODE = FRAME_CODE + 1

_LEAST, _MOST = -(1 << 63), (1 << 63) - 1
_PLAIN = (type(None), bool, int, float, complex, str, bytes)
_PACK_FROM = 16


class Encoder:
    """Encodes one message. `undo` takes back what a message entered in the tables when it could not be finished."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self.out = bytearray()
        self._entered: list[int] = []
        self._described: list[int] = []

    def undo(self) -> None:
        self._peer.shared.forget(self._entered)
        for key in self._described:
            self._peer.described.pop(key, None)

    def value(self, item: Any, depth: int = 0) -> None:
        out, kind = self.out, type(item)
        if kind is str:
            raw = item.encode("utf-8", "surrogatepass")
            out += _TAG_U32(b"S", len(raw))
            out += raw
        elif kind is int:
            if _LEAST <= item <= _MOST:
                out += _TAG_I64(b"i", item)
            else:
                self._big(item)
        elif item is None:
            out += b"N"
        elif kind is float:
            out += _TAG_F64(b"f", item)
        elif kind is bool:
            out += b"T" if item else b"F"
        elif kind is bytes:
            out += _TAG_U32(b"b", len(item))
            out += item
        elif depth > VALUE_DEPTH:
            raise CannotCross(f"a value nested deeper than {VALUE_DEPTH} levels cannot cross to or from the submission")
        elif kind is tuple:
            out += _TAG_U32(b"t", len(item))
            if item:
                self._values(item, depth + 1)
        elif kind is Handle and item.seat is self._peer.seat:
            self._at_home(item)
        elif kind in shared.CONTAINERS:
            self._container(item, kind, depth)
        else:
            self._other(item, kind, depth)

    def _values(self, items: Iterable[Any], depth: int) -> None:
        """One after the other. Texts and numbers are written here: most of what crosses is these."""
        out = self.out
        for item in items:
            kind = type(item)
            if kind is str:
                raw = item.encode("utf-8", "surrogatepass")
                out += _TAG_U32(b"S", len(raw))
                out += raw
            elif kind is float:
                out += _TAG_F64(b"f", item)
            elif kind is int and _LEAST <= item <= _MOST:
                out += _TAG_I64(b"i", item)
            else:
                self.value(item, depth)

    def _big(self, item: int) -> None:
        bits = item.bit_length()
        if bits > INTEGER_BITS:
            raise CannotCross(f"an integer of {bits} bits is too large to cross: compare its remainder or its log")
        raw = item.to_bytes(bits // 8 + 1, "little", signed=True)
        self.out += b"J" + U32.pack(len(raw)) + raw

    # ------------------------------------------------------------ containers with an identity

    def _known_container(self, item: Any) -> bool:
        number = self._peer.shared.number_of(item)
        if number is None:
            return False
        self.out += tags.SHARED + U32.pack(number)
        return True

    def _enter(self, item: Any) -> int:
        number = self._peer.shared.enter(item)
        self._entered.append(number)
        return number

    def _container(self, item: Any, kind: type, depth: int) -> None:
        if self._known_container(item):
            return
        number = self._enter(item)
        out = self.out
        if kind is list:
            if len(item) >= _PACK_FROM and self._packed(item, number):
                pass
            else:
                out += b"l" + U32.pack(number) + U32.pack(len(item))
                self._values(item, depth + 1)
        elif kind is dict:
            out += b"d" + U32.pack(number) + U32.pack(len(item))
            for key, part in item.items():
                self.value(key, depth + 1)
                self.value(part, depth + 1)
        else:
            out += tags.CONTAINER + U32.pack(number) + bytes((OTHER_CONTAINERS.index(kind),))
            self.value(shared.content(item), depth + 1)
        self._peer.shared.remember(number)

    def _packed(self, items: list[Any], number: int) -> bool:
        kinds = set(map(type, items))
        if len(kinds) != 1:
            return False
        (kind,) = kinds
        head = tags.PACKED + U32.pack(number)
        if kind is float:
            self.out += head + b"d" + U32.pack(len(items)) + array.array("d", items).tobytes()
        elif kind is int:
            try:
                raw = array.array("q", items).tobytes()
            except OverflowError:
                return False
            self.out += head + b"q" + U32.pack(len(items)) + raw
        elif kind is str:
            texts = [text.encode("utf-8", "surrogatepass") for text in items]
            lengths = array.array("I", map(len, texts)).tobytes()
            self.out += head + b"s" + U32.pack(len(items)) + lengths + b"".join(texts)
        else:
            return False
        return True

    # ------------------------------------------------------------ everything else

    def _other(self, item: Any, kind: type, depth: int) -> None:
        handle = handle_of(item)
        if handle is not None and handle.seat is self._peer.seat:
            self._at_home(handle)
            return
        if isinstance(item, type):
            self.class_of(item)
            return
        name = name_of(item)
        if name is not None:
            self.out += tags.KNOWN
            self.value(name[0])
            self.value(name[1])
            return
        if kind is frozenset and all(plain_key(part) for part in item):
            self.out += tags.FROZENSET + U32.pack(len(item))
            for part in item:
                self.value(part, depth + 1)
            return
        if kind is complex:
            self.out += tags.COMPLEX + F64.pack(item.real) + F64.pack(item.imag)
            return
        if kind in _numeric_containers():
            if self._array(item, depth):
                return
        parts = self._parts(item)
        if parts is not None:
            self.out += tags.PARTS
            self.value(parts[0])
            self.value(parts[1], depth + 1)
            return
        if isinstance(item, BaseException):
            self._exception(item, depth)
            return
        base = value_base(kind)
        if base is not None and not self._peer.trusted:
            self._subclass_value(item, kind, base, depth)
            return
        self.out += tags.HANDLE + U32.pack(self._peer.export(item))
        self.class_of(kind)

    def _at_home(self, handle: Handle) -> None:
        """An object of the receiver's."""
        handle.peer()  # raises in words when the object's process is gone
        self.out += _TAG_U32(tags.HOME, handle.number)

    def _parts(self, item: Any) -> values.Parts | None:
        try:
            return values.to_parts(item) or arrays.to_parts(item) or polars_frames.to_parts(item)
        except ValueError:
            return None

    def _array(self, item: Any, depth: int) -> bool:
        if self._known_container(item):
            return True
        view = arrays.view_of(item) if arrays.is_array(item) and item.base is not None else None
        if view is not None:
            self._view(item, *view, depth)
            return True
        parts = arrays.to_parts(item)
        if parts is None or parts[0] == "object-array":
            return False
        number = self._enter(item)
        self.out += tags.CONTAINER + U32.pack(number)
        self.out += bytes((FRAME_CODE if arrays.is_frame(item) else ARRAY_CODE,))
        self.value(parts, depth + 1)
        self._peer.shared.remember(number)
        return True

    def _view(self, item: Any, owner: Any, place: tuple[Any, ...], depth: int) -> None:
        number = self._enter(item)
        self.out += tags.CONTAINER + U32.pack(number) + bytes((VIEW_CODE,)) + tags.TUPLE + U32.pack(2)
        self._array(owner, depth + 1)
        self.value(place, depth + 1)
        self._peer.shared.remember(number, arrays.IN_OWNER)

    def _subclass_value(self, item: Any, kind: type, base: type, depth: int) -> None:
        if self._known_container(item):
            return
        self.out += tags.VALUE + U32.pack(self._peer.export(item))
        self.class_of(kind)
        mutable = base in shared.CONTAINERS
        number = self._enter(item) if mutable else 0
        self.out += U32.pack(number)
        self.value(_builtin_content(item, base), depth + 1)
        if mutable:
            self._peer.shared.remember(number)

    def class_of(self, cls: type) -> None:
        if is_mirror(cls):
            handle = type.__getattribute__(cls, "_seam_class")
            if handle is not None and handle.seat is self._peer.seat:
                self.out += tags.HOME + U32.pack(handle.number)
                return
            real = type.__getattribute__(cls, "_seam_real")
            if real is not None:
                cls = real
        name = name_of(cls)
        if name is not None:
            self.out += tags.KNOWN
            self.value(name[0])
            self.value(name[1])
            return
        number = self._peer.described.get(id(cls))
        if number is not None:
            self.out += tags.CLASS_AGAIN + U32.pack(number)
            return
        number = self._peer.export(cls)
        self._peer.described[id(cls)] = number
        self._described.append(id(cls))
        self.out += tags.CLASS + U32.pack(number)
        self.value(tuple(describe(cls, module=self._peer.module_name(cls))))
        self.out += U32.pack(len(cls.__bases__))
        for base in cls.__bases__:
            self.class_of(base)

    def _exception(self, error: BaseException, depth: int) -> None:
        text = _text_of(error)
        attributes = tuple(
            (key, part)
            for key, part in list(getattr(error, "__dict__", {}).items())
            if type(key) is str and not key.startswith("_") and type(part) in _PLAIN
        )
        args = error.args if type(error.args) is tuple else ()
        where = self._peer.where(error)
        self.out += tags.EXCEPTION + U32.pack(self._peer.export(error))
        self.class_of(self._peer.exception_class(type(error)))
        mark = len(self.out)
        try:
            self.value((args, text, attributes, where), depth + 1)
        except CannotCross:
            del self.out[mark:]
            self.value(((text,), text, (), where), depth + 1)
        cause = error.__cause__
        self.value(cause if depth < 3 and isinstance(cause, Exception) else None, depth + 1)


def _numeric_containers() -> tuple[type, ...]:
    import sys

    numpy, pandas = sys.modules.get("numpy"), sys.modules.get("pandas")
    found: tuple[type, ...] = () if numpy is None else (numpy.ndarray,)
    return found if pandas is None or not hasattr(pandas, "DataFrame") else (*found, pandas.DataFrame, pandas.Series)


def plain_key(item: Any) -> bool:
    """True when hashing and comparing it runs no code of a student's."""
    kind = type(item)
    if kind in (tuple, frozenset):
        return all(plain_key(part) for part in item)
    return kind in _PLAIN or kind.__module__ in ("datetime", "decimal", "fractions", "uuid", "pathlib", "numpy")


def _text_of(error: BaseException) -> str:
    try:
        text = str(error)
    except SeamError:
        raise
    except BaseException:  # noqa: BLE001 - a student's own `__str__` may raise anything
        return f"<{type(error).__name__} whose text cannot be shown>"
    return str.__str__(text)[:TEXT_CHARS]


def _builtin_content(item: Any, base: type) -> Any:
    """The value inside an instance of a builtin's subclass, whatever the subclass overrides."""
    if issubclass(base, (dict, collections.deque, list, set, bytearray)):
        return shared.content(item)
    if base is tuple:
        return tuple(tuple.__iter__(item))
    if base is frozenset:
        return tuple(frozenset.__iter__(item))
    if base is str:
        return "".join(str.__iter__(item))
    if base is bytes:
        return bytes(bytes.__iter__(item))
    if base is int:
        return int.__add__(item, 0)
    if base is float:
        return float.__add__(item, 0.0)
    if base is complex:
        return complex.__add__(item, 0j)
    if base is datetime.datetime:
        return values.to_parts(
            datetime.datetime(
                item.year, item.month, item.day, item.hour, item.minute, item.second, item.microsecond, item.tzinfo
            )
        )
    if base is datetime.date:
        return values.to_parts(datetime.date(item.year, item.month, item.day))
    if base is datetime.timedelta:
        return values.to_parts(datetime.timedelta(item.days, item.seconds, item.microseconds))
    if base is decimal.Decimal:
        return values.to_parts(decimal.Decimal(item))
    return values.to_parts(fractions.Fraction(item.numerator, item.denominator))
