"""What a test changes around the submission, kept in step with the probe: environment, warnings, random state.

Looked at before each request of a test; what differs from what this probe was told goes ahead of it. The state of a
random generator travels both ways, and only once a test has seeded it: then test and student draw from one sequence.
"""

from __future__ import annotations

import array
import operator
import os
import random
import sys
import warnings
from typing import TYPE_CHECKING, Any

from ..seam.errors import ProtocolError

if TYPE_CHECKING:
    from .peer import TrustedPeer

_WORDS = 625
_MOST_FILTERS = 100
#: The environment of the oracle itself never crosses: only what tests change.
_own_environment = dict(os.environ)
_own_arguments = list(sys.argv)


def worker_begins() -> None:
    """From here on a difference is a test's doing."""
    global _own_environment, _own_arguments
    _own_environment, _own_arguments = dict(os.environ), list(sys.argv)


class Surroundings:
    def __init__(self) -> None:
        self._environment = _own_environment
        #: The environment as the interpreter keeps it when it was last looked at. It is compared in C.
        self._raw: dict[Any, Any] | None = None
        self._arguments = _own_arguments
        self._filters: tuple[Any, ...] | None = None
        #: The very filters of which `_filters` is the essence.
        self._all_filters: list[Any] = []
        #: Generators that a test has seeded, with the state that both ends had last.
        self.seeded: dict[str, Any] = {}

    def copy(self) -> Surroundings:
        """For the next fork of the probe, which begins as the template is."""
        twin = Surroundings()
        twin._environment, twin._arguments, twin._filters = self._environment, self._arguments, self._filters
        twin._raw, twin._all_filters = self._raw, self._all_filters
        twin.seeded = dict(self.seeded)
        return twin

    def before(self, peer: TrustedPeer) -> None:
        changes: list[tuple[str, Any]] = []
        if self._raw is None or _raw_environment() != self._raw:
            self._see_environment(changes)
        if sys.argv != self._arguments:
            self._arguments = [item for item in sys.argv if isinstance(item, str)]
            changes.append(("arguments", tuple(self._arguments)))
        if not _identical(warnings.filters, self._all_filters):
            self._all_filters = list(warnings.filters)
            filters = _filters()
            if filters != self._filters:
                self._filters = filters
                changes.append(("warnings", filters))
        for name, known in self.seeded.items():
            state = _state(name)
            if state != known:
                self.seeded[name] = state
                changes.append((name, state))
        if changes:
            peer.ask_surely("surround", (tuple(changes),))

    def _see_environment(self, changes: list[tuple[str, Any]]) -> None:
        raw = _raw_environment()
        self._raw = None if raw is None else dict(raw)
        if os.environ == self._environment:
            return
        known, self._environment = self._environment, dict(os.environ)
        names = sorted({*self._environment, *known})
        told = [(name, self._environment.get(name)) for name in names if _crosses(name)]
        told = [(name, value) for name, value in told if value != known.get(name)]
        if told:
            changes.append(("environment", tuple(told)))

    def after(self, peer: TrustedPeer) -> None:
        if not self.seeded:
            return
        answer = peer.ask_surely("drawn", (tuple(self.seeded),))
        if type(answer) is not tuple or len(answer) != len(self.seeded):
            raise ProtocolError("the state of a random generator is expected")
        for name, state in zip(tuple(self.seeded), answer, strict=True):
            if state is not None:
                _set_state(name, state)
                self.seeded[name] = _state(name)


def _raw_environment() -> Any:
    """What `os.environ` decodes at each look; None when a test put something else in its place."""
    return getattr(os.environ, "_data", None)


def _identical(now: Any, before: list[Any]) -> bool:
    """By identity: a category may be a class of the submission's, whose `==` is not asked."""
    return len(now) == len(before) and all(map(operator.is_, now, before))


def _crosses(name: str) -> bool:
    """pytest keeps the name of the running test in the environment: it may be a hidden one."""
    return not name.startswith("PYTEST_")


def _filters() -> tuple[Any, ...] | None:
    """Filters in front of the first that holds for all warnings, if one of them turns a warning into an error."""
    found: list[tuple[str, Any, Any]] = []
    for action, message, category, module, line in warnings.filters[:_MOST_FILTERS]:
        if module is None and line == 0:
            found.append((action if action in ("error", "ignore") else "always", _pattern(message), category))
            if message is None and category is Warning:
                break
    return tuple(found) if any(action == "error" for action, _, _ in found) else None


def _pattern(message: Any) -> Any:
    return getattr(message, "pattern", message)


def _state(name: str) -> Any:
    if name == "random":
        _, words, gauss = random.getstate()
        return array.array("I", words).tobytes(), gauss
    import numpy

    state: Any = numpy.random.get_state(legacy=True)
    return state[1].tobytes(), int(state[2]), int(state[3]), float(state[4])


def _set_state(name: str, state: Any) -> None:
    """Raises ProtocolError on what is no state: it comes from the probe."""
    try:
        if name == "random":
            words, gauss = state
            if type(words) is not bytes or len(words) != 4 * _WORDS or not (gauss is None or type(gauss) is float):
                raise ValueError("state")
            random.setstate((3, tuple(array.array("I", words)), gauss))
            return
        import numpy

        words, position, has_gauss, gauss = state
        if type(words) is not bytes or len(words) != 4 * (_WORDS - 1) or type(gauss) is not float:
            raise ValueError("state")
        if type(position) is not int or not 0 <= position < _WORDS or has_gauss not in (0, 1):
            raise ValueError("state")
        numpy.random.set_state(("MT19937", numpy.frombuffer(words, "<u4"), position, has_gauss, gauss))
    except (TypeError, ValueError) as error:
        raise ProtocolError(f"the state of a random generator: {error}") from None
