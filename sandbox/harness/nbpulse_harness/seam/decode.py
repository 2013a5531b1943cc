"""From bytes to Python values, on the word of a peer that may be hostile.

Any surprise is a `ProtocolError`, which ends the session: unknown tags and numbers, wrong types, too deep, too many
nodes after following shared references. Nothing of the other end's runs while a message is read: keys that need a
student's `__hash__` are put into their containers after the message is complete. The file is long because the reader of
each tag stands beside the others, which one table names.
"""

from __future__ import annotations

import array
import collections
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from . import arrays, polars_frames, shared, tags, values
from .bounds import CLASS_BASES, CLASSES, COPIED_VIEW_BYTES, INTEGER_BITS, TEXT_CHARS, VALUE_DEPTH, VALUE_NODES
from .descriptions import read_description
from .encode import ARRAY_CODE, F64, FRAME_CODE, I64, OTHER_CONTAINERS, U32, VIEW_CODE, plain_key
from .errors import ProtocolError
from .handles import Handle
from .known import by_name
from .mirror import build, is_mirror, new_proxy
from .rebuild import carry, keys_of, make_exception

if TYPE_CHECKING:
    from .peer import Peer


_u32, _i64, _f64 = U32.unpack_from, I64.unpack_from, F64.unpack_from
_TEXT_TAG, _INT_TAG, _FLOAT_TAG = tags.TEXT[0], tags.INT[0], tags.FLOAT[0]


class Decoder:
    """Decodes one message. Call `finish` when it is read to its end.

    Whatever an error in here is called, `Peer._read` makes a ProtocolError of it.
    """

    def __init__(self, peer: Peer, data: bytes, position: int) -> None:
        self._peer = peer
        self._data = data
        self.position = position
        self._nodes = 0
        self._class_depth = 0
        self._later: list[Callable[[], None]] = []

    def finish(self) -> None:
        """Check that nothing is left over, then put in what had to wait."""
        if self.position != len(self._data):
            raise ProtocolError("bytes after the end of a message")
        for step in self._later:
            step()

    # ------------------------------------------------------------ reading

    def u32(self) -> int:
        at = self.position
        self.position = at + 4
        number: int = _u32(self._data, at)[0]
        return number

    def u8(self) -> int:
        return self._take(1)[0]

    def _take(self, size: int) -> bytes:
        start = self.position
        end = start + size
        if end > len(self._data):
            raise ProtocolError("a message ends too early")
        self.position = end
        return self._data[start:end]

    def _count(self, nodes: int) -> None:
        self._nodes += nodes
        if self._nodes > VALUE_NODES:
            raise ProtocolError(f"a value of more than {VALUE_NODES} parts")

    def _length(self) -> int:
        """A number of items that follow: each takes at least a byte, so no length is longer than the message."""
        length = self.u32()
        if length > len(self._data) - self.position:
            raise ProtocolError("a length that is longer than its message")
        self._count(length)
        return length

    def value(self, depth: int = 0) -> Any:
        data, at = self._data, self.position
        tag = data[at]
        self.position = at + 1
        simple = _SIMPLE[tag]
        if simple is not None:
            return simple(self)
        if depth > VALUE_DEPTH + 20:
            raise ProtocolError("a value that is nested too deeply")
        reader = _NESTED[tag]
        if reader is None:
            raise ProtocolError(f"unknown tag {bytes((tag,))!r}")
        return reader(self, depth + 1)

    def _values(self, into: list[Any], length: int, depth: int) -> list[Any]:
        """So many values, one after the other. Numbers and texts are read here: most of what crosses is these."""
        data, at, add = self._data, self.position, into.append
        for _ in range(length):
            tag = data[at]
            if tag == _INT_TAG:
                add(_i64(data, at + 1)[0])
                at += 9
            elif tag == _TEXT_TAG:
                start = at + 5
                at = start + _u32(data, at + 1)[0]
                if at > len(data):
                    raise ProtocolError("a message ends too early")
                add(data[start:at].decode("utf-8", "surrogatepass"))
            elif tag == _FLOAT_TAG:
                add(_f64(data, at + 1)[0])
                at += 9
            else:
                self.position = at
                add(self.value(depth))
                at = self.position
        self.position = at
        return into

    def text(self, most: int = TEXT_CHARS) -> str:
        text = self.value()
        if type(text) is not str or len(text) > most:
            raise ProtocolError("a text is expected")
        return text

    # ------------------------------------------------------------ plain values

    def _int(self) -> int:
        at = self.position
        self.position = at + 8
        number: int = _i64(self._data, at)[0]
        return number

    def _text(self) -> str:
        return self._take(self.u32()).decode("utf-8", "surrogatepass")

    def _big(self) -> int:
        size = self.u32()
        if size > INTEGER_BITS // 8 + 2:
            raise ProtocolError("an integer that is too long")
        return int.from_bytes(self._take(size), "little", signed=True)

    def _float(self) -> float:
        at = self.position
        self.position = at + 8
        number: float = _f64(self._data, at)[0]
        return number

    def _complex(self) -> complex:
        return complex(self._float(), self._float())

    def _bytes(self) -> bytes:
        return self._take(self.u32())

    def _tuple(self, depth: int) -> tuple[Any, ...]:
        length = self._length()
        return tuple(self._values([], length, depth)) if length else ()

    def _frozenset(self, depth: int) -> frozenset[Any]:
        items = self._values([], self._length(), depth)
        self._keys(items)
        return frozenset(items)

    def _keys(self, items: list[Any]) -> None:
        if not all(plain_key(item) for item in items):
            raise ProtocolError("a key that is no plain value")

    # ------------------------------------------------------------ containers with an identity

    def _shared(self, depth: int) -> Any:
        table = self._peer.shared
        entry = table.entry(self.u32())
        if table.is_stale:
            table.measure()
        self._count(entry.nodes)
        return entry.value

    def _list(self, depth: int) -> list[Any]:
        number = self.u32()
        before = self._nodes
        found: list[Any] = []
        entry = self._peer.shared.accept(number, found)
        self._values(found, self._length(), depth)
        entry.nodes += self._nodes - before
        self._peer.shared.settle(entry)
        return found

    def _dict(self, depth: int) -> dict[Any, Any]:
        number = self.u32()
        before = self._nodes
        found: dict[Any, Any] = {}
        entry = self._peer.shared.accept(number, found)
        items = []
        for _ in range(self._length()):
            key = self.value(depth)
            items.append((key, self.value(depth)))
        entry.nodes += self._nodes - before
        self._fill(entry, found, tuple(items), [key for key, _ in items])
        return found

    def _packed(self, depth: int) -> list[Any]:
        number = self.u32()
        kind, length = self._take(1), self.u32()
        items: list[Any]
        if kind in (b"d", b"q"):
            numbers = array.array(kind.decode())
            numbers.frombytes(self._take(8 * length))
            items = numbers.tolist()
        elif kind == b"s":
            lengths = array.array("I")
            lengths.frombytes(self._take(4 * length))
            items = [self._take(size).decode("utf-8", "surrogatepass") for size in lengths]
        else:
            raise ProtocolError("a packed list of unknown kind")
        self._count(length)
        entry = self._peer.shared.accept(number, items)
        entry.nodes += length
        self._peer.shared.settle(entry)
        return items

    def _other_container(self, depth: int) -> Any:
        number, code = self.u32(), self.u8()
        before = self._nodes
        if code in (ARRAY_CODE, FRAME_CODE):
            tag, parts = self.value(depth)
            found = arrays.from_parts(tag, parts)
            if not (arrays.is_frame(found) if code == FRAME_CODE else arrays.is_array(found)):
                raise ProtocolError("an array or a frame is expected")
            entry = self._peer.shared.accept(number, found)
            entry.nodes += self._nodes - before
            self._peer.shared.settle(entry)
            return found
        if code == VIEW_CODE:
            found, shares = arrays.view_from(self.value(depth))
            entry = self._peer.shared.accept(number, found)
            entry.nodes += self._nodes - before
            if shares:
                self._peer.shared.settle(entry, arrays.IN_OWNER)
            else:
                self._peer.shared.settle(entry)
                # A message of some bytes makes a whole array here: bounded in all.
                self._peer.copied_views += found.nbytes
                if self._peer.copied_views > COPIED_VIEW_BYTES:
                    raise ProtocolError("too many views of arrays with gaps")
            return found
        if code >= len(OTHER_CONTAINERS):
            raise ProtocolError("an unknown container")
        kind = OTHER_CONTAINERS[code]
        if kind is collections.deque:
            # Its length comes first and must be known to make it; its items may refer to it, so it is entered before.
            if self._take(1) != b"t" or self._length() != 2:
                raise ProtocolError("a deque is expected")
            most = self.value(depth + 1)
            if most is not None and (type(most) is not int or most < 0):
                raise ProtocolError("a deque's length")
            found = collections.deque((), most)
            entry = self._peer.shared.accept(number, found)
            parts = (most, self.value(depth + 1))
        else:
            found = kind()
            entry = self._peer.shared.accept(number, found)
            parts = self.value(depth)
        entry.nodes += self._nodes - before
        self._fill(entry, found, parts, keys_of(found, parts))
        return found

    def _fill(self, entry: shared.Entry, container: Any, parts: Any, keys: list[Any]) -> None:
        """Fill a container; when one of its keys is a student's object, only after the message is read."""

        def fill() -> None:
            shared.fill(container, parts)
            self._peer.shared.settle(entry)

        if all(plain_key(key) for key in keys):
            fill()
        else:
            self._later.append(fill)

    def update(self) -> None:
        """New content of a container that both ends know."""
        entry = self._peer.shared.entry(self.u32())
        before, size_before = self._nodes, entry.nodes
        parts = self.value(1)
        entry.nodes = 1 + self._nodes - before
        self._peer.shared.grew(entry, size_before, parts)
        self._fill(entry, entry.value, parts, keys_of(entry.value, parts))

    # ------------------------------------------------------------ objects

    def _parts(self, depth: int) -> Any:
        tag, parts = self.text(40), self.value(depth)
        if tag in arrays.TAGS:
            return arrays.from_parts(tag, parts)
        if tag in polars_frames.TAGS:
            return polars_frames.from_parts(tag, parts)
        if tag in ("keys", "items"):
            self._keys([item if tag == "keys" else item[0] for item in parts[0]])
        found = values.from_parts(tag, parts, trusted_sender=not self._peer.trusted)
        return self._peer.path(found) if tag == "path" else found

    def _known(self, depth: int) -> Any:
        return by_name((self.text(100), self.text(200)))

    def _home(self, depth: int) -> Any:
        return self._peer.exported(self.u32())

    def _handle(self, depth: int) -> Any:
        number, cls = self.u32(), self.class_of()
        peer = self._peer
        found = peer.proxy(number)
        if found is not None:
            return found
        if not is_mirror(cls):
            cls = peer.standard_mirror(cls)
        if type.__getattribute__(cls, "_seam_base") is not None or type.__getattribute__(cls, "_seam_exception"):
            raise ProtocolError("a handle where a value is expected")
        proxy = new_proxy(cls, Handle(peer.seat, number, peer.seat.epoch))
        peer.remember(number, proxy)
        return proxy

    def _subclass_value(self, depth: int) -> Any:
        peer = self._peer
        number, cls, container = self.u32(), self.class_of(), self.u32()
        base = type.__getattribute__(cls, "_seam_base") if is_mirror(cls) else None
        if base is None:
            raise ProtocolError("a value of a class that carries none")
        if base in shared.CONTAINERS:
            item = base.__new__(cls)
            base.__init__(item)
            entry = peer.shared.accept(container, item)
            object.__setattr__(item, "_seam_handle", Handle(peer.seat, number, peer.seat.epoch))
            peer.remember(number, item)
            before = self._nodes
            parts = self.value(depth)
            entry.nodes += self._nodes - before
            self._fill(entry, item, parts, keys_of(item, parts))
            return item
        content = self.value(depth)
        found = peer.proxy(number)
        if found is not None and type(found) is cls:
            return found
        item = carry(cls, base, content, trusted_sender=not peer.trusted)
        object.__setattr__(item, "_seam_handle", Handle(peer.seat, number, peer.seat.epoch))
        peer.remember(number, item)
        return item

    def class_of(self) -> Any:
        tag = self._take(1)
        if tag == b"G":
            cls = self._known(0)
            if not isinstance(cls, type):
                raise ProtocolError("a class is expected")
            return cls
        if tag == b"C":
            return self._peer.mirror(self.u32())
        if tag == b"P":
            cls = self._peer.exported(self.u32())
            if not isinstance(cls, type):
                raise ProtocolError("a class is expected")
            return cls
        if tag != b"K":
            raise ProtocolError("a class is expected")
        peer = self._peer
        number = self.u32()
        about = read_description(self.value(VALUE_DEPTH - 5))
        count = self.u32()
        self._class_depth += 1
        if count > CLASS_BASES or self._class_depth > 60 or len(peer.mirrors) > CLASSES or number in peer.mirrors:
            raise ProtocolError("too many classes, or one twice")
        bases = [self.class_of() for _ in range(count)]
        self._class_depth -= 1
        cls = build(peer, Handle(peer.seat, number, peer.seat.epoch), about, bases, None)
        peer.mirrors[number] = cls
        return cls

    def _class(self, depth: int) -> Any:
        self.position -= 1
        return self.class_of()

    def _exception(self, depth: int) -> BaseException:
        peer = self._peer
        number, cls = self.u32(), self.class_of()
        args, text, attributes, where = self.value(depth)
        cause = self.value(depth)
        found = peer.proxy(number)
        if found is not None:
            if not isinstance(found, BaseException):
                raise ProtocolError("an exception is expected")
            return found
        if not (isinstance(cls, type) and issubclass(cls, BaseException)) or type(args) is not tuple:
            raise ProtocolError("an exception is expected")
        if type(text) is not str or type(attributes) is not tuple:
            raise ProtocolError("an exception is expected")
        error = make_exception(cls, args, text)
        handle = Handle(peer.seat, number, peer.seat.epoch)
        handle.text = text
        object.__setattr__(error, "_seam_handle", handle)
        peer.remember(number, error)
        peer.came_from(error, where)
        for name, value in attributes:
            if type(name) is str and not name.startswith("_") and not is_mirror(cls) and not hasattr(cls, name):
                object.__setattr__(error, name, value)
        if isinstance(cause, Exception):
            error.__cause__ = cause
        return error


_READ_SIMPLE: dict[bytes, Callable[[Decoder], Any]] = {
    b"N": lambda d: None,
    b"T": lambda d: True,
    b"F": lambda d: False,
    b"i": Decoder._int,
    b"J": Decoder._big,
    b"f": Decoder._float,
    b"c": Decoder._complex,
    b"S": Decoder._text,
    b"b": Decoder._bytes,
}
_READ_NESTED: dict[bytes, Callable[[Decoder, int], Any]] = {
    b"t": Decoder._tuple,
    b"z": Decoder._frozenset,
    b"l": Decoder._list,
    b"d": Decoder._dict,
    b"p": Decoder._packed,
    b"O": Decoder._other_container,
    b"R": Decoder._shared,
    b"Q": Decoder._parts,
    b"G": Decoder._known,
    b"H": Decoder._handle,
    b"P": Decoder._home,
    b"V": Decoder._subclass_value,
    b"E": Decoder._exception,
    b"C": Decoder._class,
    b"K": Decoder._class,
}
#: The same by the number of the tag's byte.
_SIMPLE = [_READ_SIMPLE.get(bytes((tag,))) for tag in range(256)]
_NESTED = [_READ_NESTED.get(bytes((tag,))) for tag in range(256)]
