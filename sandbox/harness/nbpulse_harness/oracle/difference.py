"""Where two values differ: the first places, each in words. From plain data, in bounded work; objects are not asked."""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass, field
from typing import Any

from ..seam import arrays
from .plain import MAPPINGS, SCALARS, SEQUENCES, SETS, cut, is_number, is_plain_array, text_of

_MOST, _VISITS, _DEPTH = 20, 200_000, 12
_AT, _SHOWN = 200, 300
_LINES, _ARRAY_ITEMS, _OBJECT_ITEMS = 400, 5_000_000, 20_000
_MISSING: Any = object()


@dataclass(frozen=True)
class Tolerance:
    relative: float = 0.0
    absolute: float = 0.0

    def near(self, expected: Any, got: Any) -> bool:
        try:
            if expected == got or (expected != expected and got != got):
                return True
            if not (math.isfinite(abs(expected)) and math.isfinite(abs(got))):
                return False
            return bool(abs(expected - got) <= max(self.absolute, self.relative * abs(expected)))
        except (TypeError, OverflowError, ArithmeticError):
            return False


EXACT = Tolerance()


class _Enough(Exception):
    """As much was looked at as is worth it."""


@dataclass
class Differences:
    tolerance: Tolerance
    found: list[dict[str, Any]] = field(default_factory=list)
    more: int = 0
    visits: int = 0

    def add(self, at: str, expected: Any, got: Any) -> None:
        """Either side may be absent (`_MISSING`) or a text already (`str` in a one-tuple)."""
        if len(self.found) >= _MOST:
            self.more += 1
            return
        self.found.append({"at": cut(at or "value", _AT), "expected": _side(expected), "got": _side(got)})

    # ------------------------------------------------------------ by kind

    def compare(self, expected: Any, got: Any, at: str = "", depth: int = 0) -> None:
        self.visits += 1
        if self.visits > _VISITS or depth > _DEPTH:
            raise _Enough
        if is_number(expected) and is_number(got):
            if not self.tolerance.near(expected, got):
                self.add(at, expected, got)
        elif type(expected) is str and type(got) is str:
            self._text(expected, got, at)
        elif type(expected) in SEQUENCES and type(got) is type(expected):
            self._sequence(expected, got, at, depth)
        elif type(expected) in SETS and type(got) in SETS:
            self._set(expected, got, at)
        elif type(expected) in MAPPINGS and type(got) in MAPPINGS:
            self._mapping(expected, got, at, depth)
        elif arrays.is_frame(expected) and arrays.is_frame(got) and expected.ndim == got.ndim:
            self._frame(expected, got, at, depth)
        elif arrays.is_array(expected) and arrays.is_array(got):
            self._array(expected, got, at)
        elif type(expected) in SCALARS and type(got) is type(expected):
            if expected != got:
                self.add(at, expected, got)
        elif type(expected) is not type(got) and _known(expected) and _known(got):
            self._types(expected, got, at)

    def _types(self, expected: Any, got: Any, at: str) -> None:
        """`[1]` and `(1,)`, `1` and `'1'`, a list and an array: the kind is what differs."""
        where = f"type of {at}" if at else "type"
        self.add(where, (type(expected).__name__,), (type(got).__name__,))

    def _sequence(self, expected: Any, got: Any, at: str, depth: int) -> None:
        if len(expected) != len(got):
            self.add(f"length of {at}" if at else "length", len(expected), len(got))
        both = min(len(expected), len(got))
        for index in range(both):
            self.compare(expected[index], got[index], f"{at}[{index}]", depth + 1)
        for index in range(both, len(expected)):
            self.add(f"{at}[{index}]", expected[index], _MISSING)
        for index in range(both, len(got)):
            self.add(f"{at}[{index}]", _MISSING, got[index])

    def _set(self, expected: Any, got: Any, at: str) -> None:
        if not all(type(item) in SCALARS or type(item) is tuple for item in (*expected, *got)):
            return
        of = f" of {at}" if at else ""
        for item in sorted(expected - got, key=text_of):
            self.add(f"missing{of}", item, _MISSING)
        for item in sorted(got - expected, key=text_of):
            self.add(f"too much{of}", _MISSING, item)

    def _mapping(self, expected: Any, got: Any, at: str, depth: int) -> None:
        if not all(type(key) in SCALARS or type(key) is tuple for key in (*expected, *got)):
            return
        for key, value in expected.items():
            where = f"{at}[{text_of(key, 60)}]"
            if dict.__contains__(got, key):
                self.compare(value, dict.__getitem__(got, key), where, depth + 1)
            else:
                self.add(where, value, _MISSING)
        for key in got:
            if not dict.__contains__(expected, key):
                self.add(f"{at}[{text_of(key, 60)}]", _MISSING, dict.__getitem__(got, key))

    def _text(self, expected: str, got: str, at: str) -> None:
        if expected == got:
            return
        of = f" of {at}" if at else ""
        wanted, given = expected.split("\n"), got.split("\n")
        if len(wanted) == len(given) == 1:
            column = _first_difference(expected, got)
            self.add(at or f"column {column + 1}", (_around(expected, column),), (_around(got, column),))
            return
        for number, one, other in _line_pairs(wanted, given):
            if one is None or other is None:
                self.add(f"line {number}{of}", _line(one), _line(other))
            else:
                column = _first_difference(one, other)
                where = f"line {number}, column {column + 1}{of}"
                self.add(where, (_around(one, column),), (_around(other, column),))

    # ------------------------------------------------------------ arrays and tables

    def _array(self, expected: Any, got: Any, at: str) -> None:
        import numpy

        of = f" of {at}" if at else ""
        if expected.shape != got.shape:
            self.add(f"shape{of}", (str(expected.shape),), (str(got.shape),))
            return
        both_numbers = expected.dtype.kind in "biuf" and got.dtype.kind in "biuf"
        if expected.dtype != got.dtype and not both_numbers:
            self.add(f"dtype{of}", (str(expected.dtype),), (str(got.dtype),))
        if expected.size > _ARRAY_ITEMS:
            raise _Enough
        if is_plain_array(expected) and is_plain_array(got):
            differ = self._unlike(expected, got)
            places = numpy.argwhere(differ)
            for place in places[: _MOST + 1]:
                index = tuple(int(part) for part in place)
                self.add(f"{at}{_index(index)}", _item(expected[index]), _item(got[index]))
            self.more += max(0, len(places) - _MOST - 1)
            if expected.dtype != got.dtype and both_numbers and len(places) == 0:
                # `1` and `1.0` are worth telling only where nothing else differs.
                self.add(f"dtype{of}", (str(expected.dtype),), (str(got.dtype),))
        elif expected.size <= _OBJECT_ITEMS:
            for index in numpy.ndindex(expected.shape):
                self.compare(_item(expected[index]), _item(got[index]), f"{at}{_index(index)}", 1)

    def _unlike(self, expected: Any, got: Any) -> Any:
        import numpy

        numbers = expected.dtype.kind in "biufc" and got.dtype.kind in "biufc"
        if not numbers:
            return numpy.atleast_1d(numpy.asarray(expected != got)).reshape(expected.shape)
        with numpy.errstate(all="ignore"):
            same = (expected == got) | ((expected != expected) & (got != got))
            if self.tolerance != EXACT:
                room = numpy.maximum(self.tolerance.absolute, self.tolerance.relative * numpy.abs(expected))
                first = expected.astype("f8") if expected.dtype.kind in "bu" else expected
                second = got.astype("f8") if got.dtype.kind in "bu" else got
                same |= numpy.abs(first - second) <= room
        return ~same

    def _frame(self, expected: Any, got: Any, at: str, depth: int) -> None:
        of = f" of {at}" if at else ""
        if expected.shape != got.shape:
            self.add(f"shape{of}", (str(expected.shape),), (str(got.shape),))
        if expected.ndim == 1:
            if _label(expected.name) != _label(got.name):
                self.add(f"name{of}", expected.name, got.name)
            self._column(expected, got, f"{at} " if at else "", "", depth)
            return
        wanted, given = [_label(name) for name in expected.columns], [_label(name) for name in got.columns]
        for name in wanted:
            if name not in given:
                self.add(f"column {name}{of}", ("there",), ("missing",))
        for name in given:
            if name not in wanted:
                self.add(f"column {name}{of}", ("not there",), ("there",))
        if wanted != given and sorted(wanted) == sorted(given):
            self.add(f"order of columns{of}", (", ".join(wanted),), (", ".join(given),))
        for place, name in enumerate(wanted):
            if name in given and wanted.count(name) == given.count(name) == 1:
                one, other = expected.iloc[:, place], got.iloc[:, given.index(name)]
                self._column(one, other, "", f"column {name}", depth)

    def _column(self, expected: Any, got: Any, before: str, column: str, depth: int) -> None:
        where = f"{before}{column}".strip()
        if str(expected.dtype) != str(got.dtype):
            self.add(f"dtype of {where}" if where else "dtype", (str(expected.dtype),), (str(got.dtype),))
        rows = min(len(expected), len(got))
        if rows > _ARRAY_ITEMS:
            raise _Enough
        labels = list(expected.index[:rows])
        others = list(got.index[:rows])
        unlike = next((row for row in range(rows) if _label(labels[row]) != _label(others[row])), None)
        if unlike is not None:
            self.add(f"label of row {unlike}", (_label(labels[unlike]),), (_label(others[unlike]),))
        one, other = expected.iloc[:rows], got.iloc[:rows]
        wanted, given = _values(one), _values(other)
        if is_plain_array(wanted) and is_plain_array(given) and wanted.dtype.kind in "biufcmM":
            places = [int(place) for place in self._unlike(wanted, given).nonzero()[0]]
        else:
            places = list(range(rows)) if rows <= _OBJECT_ITEMS else []
        tail = f", {column}" if column else ""
        for row in places:
            self.visits += 1
            self.compare(_item(wanted[row]), _item(given[row]), f"{before}row {_label(labels[row])}{tail}", depth + 1)


def differences(expected: Any, got: Any, tolerance: Tolerance = EXACT) -> Differences:
    """The first differences, and how many more were seen."""
    seen = Differences(tolerance)
    try:
        seen.compare(expected, got)
    except _Enough:
        pass
    except Exception:  # noqa: BLE001 - values that numpy or pandas cannot compare: what was found stays
        pass
    return seen


def _known(value: Any) -> bool:
    kind = type(value)
    return (
        kind in SCALARS or kind in SEQUENCES or kind in SETS or kind in MAPPINGS or is_number(value)
    ) or arrays.is_array(value)


def _side(value: Any) -> str | None:
    if value is _MISSING:
        return None
    if type(value) is tuple and len(value) == 1 and type(value[0]) is str:
        return cut(value[0], _SHOWN)
    return text_of(value, _SHOWN)


def _item(value: Any) -> Any:
    """An element of an array as Python's own number, where it is one."""
    if is_number(value) and hasattr(value, "item") and value.dtype.kind in "biufc":
        return value.item()
    return value


def _values(series: Any) -> Any:
    import numpy

    try:
        return series.to_numpy()
    except Exception:  # noqa: BLE001 - an extension type that has no array
        return numpy.array(list(series), dtype=object)


def _index(index: tuple[int, ...]) -> str:
    return f"[{', '.join(map(str, index))}]"


def _label(name: Any) -> str:
    return text_of(name, 80).replace("'", '"') if type(name) is str else text_of(name, 80)


def _first_difference(one: str, other: str) -> int:
    both = min(len(one), len(other))
    return next((at for at in range(both) if one[at] != other[at]), both)


def _around(text: str, column: int) -> str:
    """The text near a column, quoted, so that blanks show."""
    start = max(0, column - 60)
    part = text[start : column + 80]
    return f"{'…' if start else ''}{part!r}{'…' if column + 80 < len(text) else ''}"


def _line(text: str | None) -> Any:
    return _MISSING if text is None else (_around(text, 0),)


def _line_pairs(wanted: list[str], given: list[str]) -> list[tuple[int, str | None, str | None]]:
    """Lines that differ, with the expected one's number; lines that one side lacks stand alone."""
    if len(wanted) > _LINES or len(given) > _LINES:
        pairs = zip(wanted, given, strict=False)
        return [(at, one, other) for at, (one, other) in enumerate(pairs, 1) if one != other]
    found: list[tuple[int, str | None, str | None]] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, wanted, given, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        for step in range(max(b - a, d - c)):
            one = wanted[a + step] if a + step < b else None
            other = given[c + step] if c + step < d else None
            found.append((a + step + 1, one, other))
    return found
