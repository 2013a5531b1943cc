"""Containers that cross by value *and* keep their identity, so that a change at one end is seen at the other.

States of an entry. *Entered*: the container was sent or received once and has a number; from then on it crosses as
that number, so `f(x) is x`, aliases and cycles hold. *Changed*: it differs from its snapshot; before the next message
its whole content is sent. *Over*: only the probe's table still holds it; the probe says so and both ends forget it.
Ordinary arguments are over as soon as the call returns, so a call costs nothing for what earlier calls were given.

Numbers made by the oracle are even, by the probe odd: neither end can enter something in the other's name.

Before each message all containers in use are compared with their snapshots, each kind at once (`alike.py`).
"""

from __future__ import annotations

import collections
import itertools
import operator
import sys
from collections.abc import Iterable
from typing import Any

from . import arrays
from .alike import Alike, Groups
from .bounds import SHARED_OBJECTS, VALUE_DEPTH, VALUE_NODES
from .errors import ProtocolError

CONTAINERS: frozenset[type] = frozenset(
    (
        list,
        dict,
        set,
        bytearray,
        collections.deque,
        collections.OrderedDict,
        collections.defaultdict,
        collections.Counter,
    )
)
_same = operator.is_


class Entry:
    __slots__ = ("value", "number", "snapshot", "nodes", "group")

    def __init__(self, value: Any, number: int) -> None:
        self.value = value
        self.number = number
        #: Set by the table only. None until the container was read or written to its end.
        self.snapshot: Any = None
        #: Those that it is compared together with; None until there is a snapshot.
        self.group: Alike | None = None
        #: How many values it holds with everything below it counted as often as it appears.
        self.nodes = 1


class SharedTable:
    """The containers that both ends know, at one end."""

    def __init__(self, *, trusted: bool) -> None:
        self._next = 0 if trusted else 1
        self._entries: dict[int, Entry] = {}
        self._numbers: dict[int, int] = {}
        self._foreign_parity = 1 if trusted else 0
        self._groups = Groups(changed)
        #: Entered since the last sweep.
        self._fresh: list[int] = []
        self._largest = 1
        self._growth = 0
        self._must_measure = False

    def copy(self) -> SharedTable:
        """For the next fork of the probe, which starts from the same containers."""
        twin = SharedTable(trusted=self._foreign_parity == 1)
        twin._next = self._next
        for number, entry in self._entries.items():
            same = twin._put(number, entry.value)
            same.nodes = entry.nodes
            if entry.snapshot is not None:
                twin.settle(same, entry.snapshot)
        twin._largest, twin._growth, twin._must_measure = self._largest, self._growth, self._must_measure
        return twin

    def __len__(self) -> int:
        return len(self._entries)

    def number_of(self, value: Any) -> int | None:
        number = self._numbers.get(id(value))
        if number is not None and self._entries[number].value is value:
            return number
        return None

    def enter(self, value: Any) -> int:
        """Give a container of this end its number."""
        number = self._next
        self._next += 2
        self._put(number, value)
        return number

    def accept(self, number: int, value: Any) -> Entry:
        """Enter a container that the other end numbered."""
        if number & 1 != self._foreign_parity or number in self._entries:
            raise ProtocolError("a container was numbered wrongly")
        if len(self._entries) >= SHARED_OBJECTS:
            raise ProtocolError(f"more than {SHARED_OBJECTS} containers are in use at once")
        return self._put(number, value)

    def _put(self, number: int, value: Any) -> Entry:
        entry = self._entries[number] = Entry(value, number)
        self._numbers[id(value)] = number
        self._fresh.append(number)
        return entry

    def entry(self, number: int) -> Entry:
        try:
            return self._entries[number]
        except KeyError:
            raise ProtocolError("a container was named that is not in use") from None

    def remember(self, number: int, as_of: Any = None) -> None:
        self.settle(self._entries[number], as_of)

    def settle(self, entry: Entry, as_of: Any = None) -> None:
        """What is in the container now (or was, in `as_of`) is what both ends know."""
        entry.snapshot = snapshot(entry.value) if as_of is None else as_of
        group = self._groups.of(entry.value, entry.snapshot)
        if entry.group is not None and entry.group is not group:
            entry.group.forget(entry.number)
        entry.group = group
        group.put(entry.number, entry.value, entry.snapshot)

    def changes(self) -> list[tuple[int, Entry]]:
        if not self._entries:
            return []
        return [(number, self._entries[number]) for group in self._groups.all for number in group.changed()]

    # ------------------------------------------------------------ sizes, at the oracle

    @property
    def is_stale(self) -> bool:
        """Whether some container holds one that has grown since it was measured."""
        return self._growth > 0

    def grew(self, entry: Entry, before: int, parts: Any) -> None:
        """An update gave `entry` these parts. If they are plain values, what holds it needs no new measure yet."""
        if not _is_flat(parts):
            self._must_measure = True
            return
        self._growth += max(0, entry.nodes - before)
        self._largest = max(self._largest, entry.nodes)

    def check_sizes(self) -> None:
        """After updates: no container may have grown beyond the cap by what others that it refers to became."""
        if self._must_measure or self._largest * (1 + self._growth) > VALUE_NODES:
            self.measure()

    def measure(self) -> None:
        """Each single message is counted while it is read; a container that was small then may hold one that is large
        now. Cycles are safe: `repr` and `==` know them.
        """
        sizes: dict[int, int] = {}
        self._largest, self._growth, self._must_measure = 1, 0, False
        for entry in self._entries.values():
            entry.nodes = _measure(entry.value, sizes, 0)
            self._largest = max(self._largest, entry.nodes)

    # ------------------------------------------------------------ what is over

    def forget(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            entry = self._entries.pop(number, None)
            if entry is not None:
                self._numbers.pop(id(entry.value), None)
                if entry.group is not None:
                    entry.group.forget(number)

    def sweep(self) -> list[int]:
        """Forget what only this table still holds, and name it. Parents were entered before their children."""
        over: list[int] = []
        fresh, self._fresh = self._fresh, []
        self._sweep(fresh, over)
        # What is older is over only if the test or the student let go of it: one look in C says whether that is so.
        held = itertools.chain.from_iterable(group.values.values() for group in self._groups.all)
        if min(map(sys.getrefcount, held), default=99) <= _HELD_BY_TABLE:
            self._sweep(list(self._entries), over)
        return over

    def _sweep(self, numbers: list[int], over: list[int]) -> None:
        for number in numbers:
            entry = self._entries.get(number)
            if entry is not None and sys.getrefcount(entry.value) <= _HELD_BY_TABLE - (entry.group is None):
                self.forget((number,))
                over.append(number)


#: References to a container that nobody else holds: its entry's, its group's, and getrefcount's own.
_HELD_BY_TABLE = 3


_LEAVES = frozenset({type(None), bool, int, float, complex, str, bytes})


def _is_flat(parts: Any) -> bool:
    """Whether the content of a container is made of plain values, or of pairs of them."""
    if type(parts) is not tuple:
        return type(parts) is bytes
    if _LEAVES.issuperset(map(type, parts)):
        return True
    if not all(type(part) is tuple for part in parts):
        return False
    return _LEAVES.issuperset(map(type, itertools.chain.from_iterable(parts)))


def _measure(value: Any, sizes: dict[int, int], depth: int) -> int:
    """Nodes of a value with everything below it counted as often as it appears; what is being measured counts once."""
    known = sizes.get(id(value))
    if known is not None:
        return known
    if depth > VALUE_DEPTH + 20:
        raise ProtocolError("a value that is nested too deeply")
    parts: list[Any] = []
    if isinstance(value, dict):
        parts = [*dict.__iter__(value), *dict.values(value)]
    elif isinstance(value, (list, tuple, set, frozenset, collections.deque)):
        base: Any = next(b for b in (list, tuple, set, frozenset, collections.deque) if isinstance(value, b))
        parts = list(base.__iter__(value))
    sizes[id(value)] = 1
    total = 1 + sum(1 if type(part) in _LEAVES else _measure(part, sizes, depth + 1) for part in parts)
    if total > VALUE_NODES:
        raise ProtocolError(f"a value of more than {VALUE_NODES} parts")
    sizes[id(value)] = total
    return total


def snapshot(value: Any) -> Any:
    """What `changed` compares with later: shallow, by the builtin's own methods, whatever a subclass overrides."""
    if isinstance(value, list):
        return list.__getitem__(value, slice(None))
    if isinstance(value, dict):
        return dict(dict.items(value))
    if isinstance(value, bytearray):
        return bytes(value)
    if isinstance(value, collections.deque):
        return list(collections.deque.__iter__(value))
    if isinstance(value, set):
        return set(set.__iter__(value))
    if arrays.is_frame(value):
        return arrays.mark_of_frame(value)
    return arrays.mark_of_array(value)


def changed(value: Any, before: Any) -> bool:
    if isinstance(value, list):
        return list.__len__(value) != len(before) or not all(map(_same, list.__iter__(value), before))
    if isinstance(value, dict):
        return dict.__len__(value) != len(before) or not (
            all(map(_same, dict.values(value), before.values())) and all(map(_same, dict.__iter__(value), before))
        )
    if isinstance(value, collections.deque):
        items = collections.deque.__iter__(value)
        return collections.deque.__len__(value) != len(before) or not all(map(_same, items, before))
    if isinstance(value, set):
        # By identity, not `==`: an element's own comparison must not run here.
        ours, theirs = set(map(id, set.__iter__(value))), set(map(id, before))
        return ours != theirs
    if isinstance(value, bytearray):
        return bool(bytes(value) != before)
    if arrays.is_frame(value):
        return arrays.frame_changed(value, before)
    return arrays.array_changed(value, before)


def content(value: Any) -> Any:
    """The whole content as plain parts, for an update and for a first crossing."""
    if isinstance(value, dict):
        items = tuple(dict.items(value))
        if isinstance(value, collections.defaultdict):
            return (value.default_factory, items)
        return items
    if isinstance(value, bytearray):
        return bytes(value)
    if isinstance(value, list):
        return tuple(list.__iter__(value))
    if isinstance(value, set):
        return tuple(set.__iter__(value))
    if isinstance(value, collections.deque):
        return (value.maxlen, tuple(collections.deque.__iter__(value)))
    parts = arrays.to_parts(value)
    if parts is None:
        raise ValueError(f"{type(value).__name__} has lost its plain form")
    return parts


def fill(value: Any, parts: Any) -> None:
    """Replace the content of a container by what the other end sent. Raises ValueError or TypeError on nonsense."""
    if isinstance(value, bytearray):
        if type(parts) is not bytes:
            raise ValueError("bytes are expected")
        value[:] = parts
        return
    if type(parts) is not tuple:
        raise ValueError("parts")
    if isinstance(value, list):
        list.__setitem__(value, slice(None), parts)
    elif isinstance(value, set):
        set.clear(value)
        set.update(value, parts)
    elif isinstance(value, collections.deque):
        _, items = parts
        collections.deque.clear(value)
        collections.deque.extend(value, items)
    elif isinstance(value, dict):
        _fill_dict(value, parts)
    elif arrays.is_frame(value):
        _fill_frame(value, parts)
    else:
        tag, data = parts
        if tag != "array":
            raise ValueError("array")
        new = arrays.from_parts(tag, data)
        if new.shape != value.shape or new.dtype != value.dtype:
            raise ValueError("an array changed its shape or dtype in place")
        value[...] = new


def _fill_dict(value: dict[Any, Any], parts: tuple[Any, ...]) -> None:
    if isinstance(value, collections.defaultdict):
        factory, parts = parts
        if factory is not None and not callable(factory):
            raise ValueError("factory")
        value.default_factory = factory
    ordered = isinstance(value, collections.OrderedDict)
    put: Any = collections.OrderedDict.__setitem__ if ordered else dict.__setitem__
    (collections.OrderedDict if ordered else dict).clear(value)
    for key, item in parts:
        put(value, key, item)


def _fill_frame(value: Any, parts: tuple[Any, ...]) -> None:
    tag, data = parts
    if tag != ("frame" if value.ndim == 2 else "series"):
        raise ValueError("frame")
    value._update_inplace(arrays.from_parts(tag, data))
