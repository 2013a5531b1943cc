"""Containers of one kind with what was in them, compared all at once: a student may keep thousands of them.

Before each message all containers in use are compared with what both ends know. One by one that is a few microseconds
each; here the whole of a kind goes through a few chains of C functions, and only when these find a difference is it
looked for. Nothing of a student's runs while that happens: lengths, identities and raw bytes are compared.

`values` and `before` have the same keys in the same order: the number of a container, itself, and its snapshot.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from . import arrays

_same = operator.is_
_chained = itertools.chain.from_iterable
#: Of a frame, of its manager, of a block, of an axis or a series; then of a frame's mark.
_managers, _blocks, _axes, _values, _name = map(operator.attrgetter, ("_mgr", "blocks", "axes", "values", "_name"))
_blocks_then, _axes_then, _names_then = map(operator.itemgetter, (1, 2, 3))
Changed = Callable[[Any, Any], bool]


class Alike:
    """Any containers, one by one."""

    def __init__(self, changed: Changed) -> None:
        self._changed = changed
        self.values: dict[int, Any] = {}
        self.before: dict[int, Any] = {}

    def put(self, number: int, value: Any, snapshot: Any) -> None:
        self.values[number], self.before[number] = value, snapshot

    def forget(self, number: int) -> None:
        del self.values[number]
        del self.before[number]

    def changed(self) -> list[int]:
        """The numbers of those that are no longer as they were."""
        if not self.values or self._unchanged():
            return []
        return self._search()

    def _search(self) -> list[int]:
        return [number for number, value in self.values.items() if self._changed(value, self.before[number])]

    def _unchanged(self) -> bool:
        return False


class Lists(Alike):
    def _unchanged(self) -> bool:
        values, before = self.values.values(), self.before.values()
        return _alike_long(values, before) and self._identical(values, before)

    def _identical(self, values: Iterable[Any], before: Iterable[Any]) -> bool:
        return all(map(_same, _chained(values), _chained(before)))

    def _search(self) -> list[int]:
        """Most changes change a length; then the others need no search, when these are as they were."""
        same = list(map(operator.eq, map(len, self.values.values()), map(len, self.before.values())))
        if not all(same):
            now, then = itertools.compress(self.values.values(), same), itertools.compress(self.before.values(), same)
            if self._identical(list(now), list(then)):
                return list(itertools.compress(self.values, map(operator.not_, same)))
        return super()._search()


class Dicts(Lists):
    def _identical(self, values: Iterable[Any], before: Iterable[Any]) -> bool:
        values, before = list(values), list(before)
        return super()._identical(values, before) and all(
            map(_same, _chained(map(dict.values, values)), _chained(map(dict.values, before)))
        )


class SmallArrays(Alike):
    """Arrays whose snapshot is their bytes."""

    def _unchanged(self) -> bool:
        marks = map(operator.methodcaller("tobytes"), self.values.values())
        return all(map(operator.eq, marks, self.before.values()))


class Frames(Alike):
    """DataFrames, or Series (`named`), of a pandas that copies on write: see `arrays.mark_of_frame`."""

    def __init__(self, changed: Changed, *, named: bool) -> None:
        super().__init__(changed)
        self._named = named

    def _unchanged(self) -> bool:
        managers = list(map(_managers, self.values.values()))
        blocks, marks = list(map(_blocks, managers)), self.before.values()
        if not _alike_long(blocks, map(_blocks_then, marks)):
            return False
        now, then = map(_values, _chained(blocks)), _chained(map(_blocks_then, marks))
        axes = list(_chained(map(_axes, managers)))
        return (
            all(map(_same, now, then))
            and all(map(_same, axes, _chained(map(_axes_then, marks))))
            and all(map(_same, self._names(axes), _chained(map(_names_then, marks))))
        )

    def _names(self, axes: list[Any]) -> Iterator[Any]:
        """In the order of a mark: of a frame those of its two axes, of a series that of its one and its own."""
        of_axes = map(_name, axes)
        if not self._named:
            return of_axes
        return _chained(zip(of_axes, map(_name, self.values.values()), strict=True))


def _alike_long(values: Iterable[Any], before: Iterable[Any]) -> bool:
    return all(map(operator.eq, map(len, values), map(len, before)))


class Groups:
    """Every container of a table, each among its kind."""

    def __init__(self, changed: Changed) -> None:
        self._by_type: dict[type, Alike] = {list: Lists(changed), dict: Dicts(changed)}
        self._arrays, self._others = SmallArrays(changed), Alike(changed)
        self._frames, self._series = Frames(changed, named=False), Frames(changed, named=True)
        self.all = (*self._by_type.values(), self._arrays, self._frames, self._series, self._others)

    def of(self, value: Any, snapshot: Any) -> Alike:
        found = self._by_type.get(type(value))
        if found is not None:
            return found
        if arrays.is_array(value):
            return self._arrays if type(snapshot) is bytes else self._others
        if arrays.is_frame(value) and arrays.has_plain_axes(snapshot):
            return self._frames if value.ndim == 2 else self._series
        return self._others
