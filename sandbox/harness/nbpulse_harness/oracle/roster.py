"""Which tests count: those that the author's solution had, function by function, whatever a submission makes of them.

A test file may take its parameters from the submission, or fail to import because of it. Neither may change how many
tests there are: what is missing is lost with its weight, what is too much is not run. Ids may differ from run to run
(a random parameter), so a function's tests are counted, and compared by id only to choose among them.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from .profile import id_in_profile
from .suite import Suite, WrittenTest, written_tests

_NOT_MADE = "this test was not made: its parameters come from your notebook, which gave too few of them"


@dataclass(frozen=True)
class Missing:
    """A test of the author's run that this submission's run does not have."""

    id: str
    visible: bool
    weight: float
    reason: str


def function_of(test_id: str) -> str:
    return test_id.partition("[")[0]


class Roster:
    def __init__(self, suite: Suite, expected: tuple[str, ...]) -> None:
        self._suite = suite
        self._expected: dict[str, list[str]] = {}
        for test_id in expected:
            self._expected.setdefault(function_of(test_id), []).append(test_id)

    def share(self, function: str) -> int | None:
        """Among how many tests a function's points are shared; None when the author's run had no such function."""
        expected = self._expected.get(function)
        return None if expected is None else len(expected)

    def surplus(self, collected: list[str]) -> set[str]:
        """What the author's run did not have."""
        by_function: dict[str, list[str]] = {}
        for test_id in collected:
            by_function.setdefault(function_of(test_id), []).append(test_id)
        surplus: set[str] = set()
        for function, ids in by_function.items():
            expected = self._expected.get(function, [])
            others = [test_id for test_id in ids if id_in_profile(test_id) not in expected]
            surplus.update(others[max(0, len(expected) - (len(ids) - len(others))) :])
        return surplus

    def missing(self, kept: list[str], lost: dict[str, str]) -> list[Missing]:
        """What only the author's run had. `lost` says why a file did not import because of the submission."""
        counts: dict[str, int] = {}
        for test_id in kept:
            counts[function_of(test_id)] = counts.get(function_of(test_id), 0) + 1
        known = {id_in_profile(test_id) for test_id in kept}
        written: dict[str, dict[str, WrittenTest]] = {}
        found: list[Missing] = []
        for function, expected in self._expected.items():
            absent = [test_id for test_id in expected if test_id not in known]
            absent = absent[: max(0, len(expected) - counts.get(function, 0))]
            if not absent:
                continue
            path, _, name = function.partition("::")
            if path not in written:
                written[path] = {test.name: test for test in written_tests(self._source(path))}
            about = written[path].get(name) or WrittenTest(name, False, 1.0, False)
            weight = about.weight / len(expected) if about.marked else 1.0
            reason = lost.get(path, _NOT_MADE)
            found += [Missing(test_id, about.visible, weight, reason) for test_id in absent]
        return found

    def _source(self, path: str) -> str:
        try:
            with open(os.path.join(self._suite.root, path), encoding="utf-8", errors="replace") as file:
                return file.read()
        except OSError:
            return ""
