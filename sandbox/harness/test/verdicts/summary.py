"""What a run of the corpus says at its end."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from .grader import Compared


@dataclass(frozen=True)
class Summary:
    results: list[Compared]
    cases: int
    wall_s: float

    def lines(self) -> list[str]:
        verdicts = sum(len({*one.alone, *one.across}) for one in self.results)
        if not verdicts:
            return ["no verdict was compared"]
        differing = [text for one in self.results for text in one.differences.items()]
        alone_s, across_s = sum(one.alone_s for one in self.results), sum(one.across_s for one in self.results)
        agreed = verdicts - len(differing)
        return [
            f"{agreed} of {verdicts} verdicts agree ({agreed / verdicts:.3%}): {self.cases} files of tests, "
            f"{len(self.results)} solutions, {self.wall_s:.0f} s",
            f"one process {alone_s:.1f} s, across the seam {across_s:.1f} s: {across_s / alone_s:.2f} times "
            "(warm interpreters, starting of pytest and the run of the solution included)",
            *(f"  {name}: {text}" for name, text in differing),
        ]


summary_key = pytest.StashKey[Summary]()
