"""What a submission may do beyond being called: nothing, unless the author's own solution needed it.

The judge and the gate ask here before each operator between a student's object and plain data, and before each
attribute that a student sets on an object of the test's. `oracle/profile.py` has the rights of one file of tests, and
their recorder.
"""

from __future__ import annotations

from typing import NamedTuple

from . import special


class Right(NamedTuple):
    """One kind of operator between one class of the submission and other data."""

    kind: str
    class_name: str


class Rights:
    """The rights of a submission of which nothing is known: none. At the probe nobody asks."""

    #: True while the author's solution is run: everything is allowed and what was needed is kept.
    recording = False

    def may_operate(self, right: Right) -> bool:
        return False

    def may_set(self, class_name: str, name: str) -> bool:
        return False

    def needed(self, right: Right) -> None:
        """The submission answered an operator that it had a right to."""

    def own_equality(self) -> None:
        """A `==` or `!=` of the submission's own decided something."""


def kind_of(operator: str) -> str:
    """The kind of a special method of two operands, as the profile names it."""
    if operator in special.EQUALITY:
        return "equal"
    if operator in special.COMPARISON:
        return "compare"
    return "contains" if operator == "__contains__" else "arithmetic"
