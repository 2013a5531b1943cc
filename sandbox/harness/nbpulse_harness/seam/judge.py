"""Operators between an object of the submission and anything else: who is asked, and who is not.

Plain data against plain data never gets here: that is the oracle's own `==`. A student's subclass of a builtin is
judged by the value that it carries (`mirror.py`). Left are a student's ordinary objects:

- against another object of the student's: the student is asked, and an `==` that also holds for a random token lies;
- against plain data or an object of the test, and in `x in theirs`: the student is asked only with a right from the
  *profile*, which is recorded from the author's own solution, file by file (`rights.py`). Without that right the
  student never sees the expected value: Python gets `NotImplemented`, as from a class that does not know the operator.
  With it, equality and `in` are asked again with decoys, in random order.

An `==` without a right is still asked about a random token: an `__eq__` that stumbles over foreign types fails here as
it does in one process. Its answer counts for nothing, so a right is recorded only where the author's own said *equal*.

Decoys alone do not hold: an `==` that *checks* the answer instead of computing it passes them, and so do `__rsub__`
under `assertAlmostEqual` and `__lt__` under `assertLess`. Therefore the profile.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from . import special
from .decoys import decoys
from .errors import SeamError
from .handles import Handle
from .rights import Right, Rights, kind_of

if TYPE_CHECKING:
    from .peer import Peer


class Judge:
    """At the probe every operator of the oracle's objects is simply asked; the oracle's gate decides there."""

    def __init__(self, peer: Peer, *, trusted: bool) -> None:
        self._peer = peer
        self._trusted = trusted
        self._random = random.SystemRandom()
        #: Of the file whose tests run.
        self.rights = Rights()
        #: What was not asked during this test, for the report: (operator, class of the student, other type).
        self.refused: list[tuple[str, str, str]] = []
        #: Rights that this test wanted and that are not there, as the report names them.
        self.wanted: set[str] = set()

    def operator(self, handle: Handle, left: Any, name: str, args: tuple[Any, ...]) -> Any:
        if not self._trusted or not args:
            return handle.ask("special", name, args, ())
        from .mirror import handle_of, is_mirror

        other = args[0]
        if handle_of(other) is not None or is_mirror(other):
            if name in special.EQUALITY:
                answer = self._decoyed(handle, name, other, [self._token(None)])
                if answer is not NotImplemented:
                    self.rights.own_equality()
                return answer
            if name == "__contains__":
                return self._decoyed(handle, name, other, [self._token(None)])
            return handle.ask("special", name, args, ())
        return self._against_data(handle, left, name, args)

    def new_test(self, rights: Rights) -> None:
        self.rights = rights
        self.refused.clear()
        self.wanted.clear()

    def refuse_attribute(self, class_name: str, name: str) -> None:
        self.wanted.add(f"set {class_name}.{name}")

    def _refuse(self, right: Right, name: str, other: Any) -> None:
        self.wanted.add(f"{right.kind} {right.class_name}")
        if len(self.refused) < 50:
            self.refused.append((name, right.class_name, type(other).__name__))

    def swallow(self, answer: Any, raised: tuple[Any, ...]) -> bool:
        """Whether a student's `__exit__` may swallow an exception: never a failed check of the test's own."""
        error = raised[1] if len(raised) > 1 else None
        if not self._trusted:
            return bool(answer)
        if error is None or isinstance(error, (AssertionError, SeamError)) or not isinstance(error, Exception):
            return False
        return bool(answer)

    def _against_data(self, handle: Handle, left: Any, name: str, args: tuple[Any, ...]) -> Any:
        other = args[0]
        right = Right(kind_of(name), type.__getattribute__(type(left), "__qualname__"))
        if not self.rights.may_operate(right):
            return self._without_right(handle, left, right, name, args)
        try:
            if right.kind in ("equal", "contains"):
                answer = self._decoyed(handle, name, other, [*decoys(other, self._random), self._token(other)])
            else:
                answer = handle.ask("special", name, args, ())
        except SeamError:
            raise
        except BaseException:
            self.rights.needed(right)
            raise
        if right.kind != "equal":
            if answer is not NotImplemented:
                self.rights.needed(right)
        elif answer is not NotImplemented and _yes(answer) != (name == "__ne__"):
            self.rights.needed(right)
            self.rights.own_equality()
        return answer

    def _without_right(self, handle: Handle, left: Any, right: Right, name: str, args: tuple[Any, ...]) -> Any:
        if right.kind == "equal":
            said = handle.ask("special", name, (self._token(args[0]),), ())
            if said is NotImplemented:
                return said
        self._refuse(right, name, args[0])
        if name == "__contains__":
            return _found_by_going_through(left, args[0])
        carried = type.__getattribute__(type(left), "_seam_base")
        # A subclass of a builtin is worth its value: `Money(3) + 2` is a plain 5.
        operator = None if carried is None else getattr(carried, name, None)
        return NotImplemented if operator is None else operator(left, *args)

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


def _found_by_going_through(container: Any, item: Any) -> bool:
    """`in` as Python does it without a `__contains__`: compared here, and nobody learns what is sought."""
    if not hasattr(type(container), "__iter__"):
        return False
    return any(found is item or found == item for found in container)


def _yes(answer: Any) -> bool:
    from .mirror import handle_of

    return True if handle_of(answer) is not None else bool(answer)
