"""The probe's part of `oracle/surroundings.py`."""

from __future__ import annotations

import array
import os
import random
import sys
import warnings
from typing import Any


class Surroundings:
    def __init__(self) -> None:
        self._states: dict[str, Any] = {}

    def surround(self, changes: tuple[tuple[str, Any], ...]) -> None:
        for what, value in changes:
            if what == "environment":
                for key, text in value:
                    if text is None:
                        os.environ.pop(key, None)
                    else:
                        os.environ[key] = text
            elif what == "arguments":
                sys.argv[:] = value
            elif what == "warnings":
                _filter(value)
            else:
                _set_state(what, value)
                self._states[what] = value

    def drawn(self, names: tuple[str, ...]) -> tuple[Any, ...]:
        """The states that changed since the oracle knew them; None for the others."""
        answer = []
        for name in names:
            state = _state(name)
            answer.append(None if state == self._states.get(name) else state)
            self._states[name] = state
        return tuple(answer)


def _filter(filters: tuple[tuple[Any, str | None, Any], ...] | None) -> None:
    warnings.resetwarnings()
    warnings.simplefilter("always")
    for action, message, category in reversed(filters or ()):
        warnings.filterwarnings(action, message or "", category)


def _state(name: str) -> Any:
    if name == "random":
        _, words, gauss = random.getstate()
        return array.array("I", words).tobytes(), gauss
    import numpy

    state: Any = numpy.random.get_state(legacy=True)
    return state[1].tobytes(), int(state[2]), int(state[3]), float(state[4])


def _set_state(name: str, state: Any) -> None:
    if name == "random":
        random.setstate((3, tuple(array.array("I", state[0])), state[1]))
        return
    import numpy

    numpy.random.set_state(("MT19937", numpy.frombuffer(state[0], "<u4"), *state[1:]))
