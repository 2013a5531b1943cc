"""Operators between an object of the submission and anything else: who is asked, and who is not.

Plain data against plain data never gets here: that is the oracle's own `==`. A student's subclass of a builtin is
judged by the value that it carries (`mirror.py`). Left are a student's ordinary objects:

- against another object of the student's: the student is asked, and an `==` that also holds for a random token lies;
- against plain data or an object of the test: the student is asked only with a right from the *profile*, which is
  recorded from the author's own solution. Without that right the student is not asked and never sees the expected
  value: Python gets `NotImplemented`, as from a class that does not know the operator;
- `x in theirs`: asked only of a class that the test itself named (`submission.Stack`), never of a surprise that some
  function returned; and asked again with decoys, in random order.

Decoys alone do not hold: an `==` that *checks* the answer instead of computing it passes them, and so do `__rsub__`
under `assertAlmostEqual` and `__lt__` under `assertLess`. Therefore the profile.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any, NamedTuple

from . import special
from .decoys import decoys
from .errors import SeamError
from .handles import Handle

if TYPE_CHECKING:
    from .peer import Peer


class Right(NamedTuple):
    """One thing that an author's solution needed: this kind of operator between this class and other data."""

    kind: str
    class_name: str


class Judge:
    """At the probe every operator of the oracle's objects is simply asked; the oracle's gate decides there."""

    def __init__(self, peer: Peer, *, trusted: bool, profile: frozenset[Right] = frozenset()) -> None:
        self._peer = peer
        self._trusted = trusted
        self._profile = profile
        self._random = random.SystemRandom()
        #: Mirror classes that the test read by name. They live as long as the session, so their ids stay theirs.
        self._named: set[int] = set()
        #: What was not asked during this test, for the report: (operator, class of the student, other type).
        self.refused: list[tuple[str, str, str]] = []
        #: What a run of the author's solution would have to be allowed.
        self.wanted: set[Right] = set()

    def operator(self, handle: Handle, left: Any, name: str, args: tuple[Any, ...]) -> Any:
        if not self._trusted or not args:
            return handle.ask("special", name, args, ())
        from .mirror import handle_of, is_mirror

        other = args[0]
        theirs = handle_of(other) is not None or is_mirror(other)
        if theirs:
            if name in special.EQUALITY or name == "__contains__":
                return self._decoyed(handle, name, other, [self._token(None)])
            return handle.ask("special", name, args, ())
        if name == "__contains__":
            if self._is_named(type(left)):
                return self._decoyed(handle, name, other, [*decoys(other, self._random), self._token(other)])
            self._refuse(name, left, other)
            return False
        return self._against_data(handle, left, name, args)

    def name(self, value: Any) -> None:
        """The test read this from the submission by name: a class among them is one that the test knows of."""
        from .mirror import is_mirror

        if is_mirror(value):
            self._named.add(id(value))

    def _is_named(self, cls: type) -> bool:
        return any(id(base) in self._named for base in type.__getattribute__(cls, "__mro__"))

    def _refuse(self, name: str, left: Any, other: Any) -> None:
        if len(self.refused) < 50:
            class_name = type.__getattribute__(type(left), "__qualname__")
            self.refused.append((name, class_name, type(other).__name__))

    def swallow(self, answer: Any, raised: tuple[Any, ...]) -> bool:
        """Whether a student's `__exit__` may swallow an exception: never a failed check of the test's own."""
        error = raised[1] if len(raised) > 1 else None
        if not self._trusted:
            return bool(answer)
        if error is None or isinstance(error, (AssertionError, SeamError)) or not isinstance(error, Exception):
            return False
        return bool(answer)

    def _against_data(self, handle: Handle, left: Any, name: str, args: tuple[Any, ...]) -> Any:
        kind = _kind(name)
        class_name = type.__getattribute__(type(left), "__qualname__")
        right = Right(kind, class_name)
        self.wanted.add(right)
        if right not in self._profile:
            self._refuse(name, left, args[0])
            carried = type.__getattribute__(type(left), "_seam_base")
            # A subclass of a builtin is worth its value: `Money(3) + 2` is a plain 5.
            operator = None if carried is None else getattr(carried, name, None)
            return NotImplemented if operator is None else operator(left, *args)
        if name in special.EQUALITY:
            return self._decoyed(handle, name, args[0], [*decoys(args[0], self._random), self._token(args[0])])
        return handle.ask("special", name, args, ())

    def _decoyed(self, handle: Handle, name: str, real: Any, false_ones: list[Any]) -> Any:
        """Ask about the real operand and the decoys in random order. Whoever says yes to all decoys is not believed."""
        questions = [(False, item) for item in false_ones] + [(True, real)]
        self._random.shuffle(questions)
        answer: Any = NotImplemented
        failure: BaseException | None = None
        lies = 0
        for genuine, operand in questions:
            try:
                said = handle.ask("special", name, (operand,), ())
            except SeamError:
                raise
            except BaseException as error:  # noqa: BLE001 - whatever the student raises is kept
                if genuine:
                    failure = error
                continue
            if genuine:
                answer = said
            elif said is not NotImplemented or name == "__contains__":
                lies += (not _yes(said)) if name == "__ne__" else _yes(said)
        if failure is not None:
            raise failure
        # A container may well hold a neighbour; nothing equals two values that differ.
        if lies and (lies == len(false_ones) or (lies >= 2 and name != "__contains__")):
            return name == "__ne__"
        return answer

    def _token(self, other: Any) -> Any:
        """A value that nothing equals: nobody could know it before."""
        number = self._random.getrandbits(60) + 10**15
        return number if type(other) is str else f"{number:x}"


def _yes(answer: Any) -> bool:
    from .mirror import handle_of

    return True if handle_of(answer) is not None else bool(answer)


def _kind(name: str) -> str:
    if name in special.EQUALITY:
        return "equal"
    if name in special.COMPARISON:
        return "compare"
    return "arithmetic"
