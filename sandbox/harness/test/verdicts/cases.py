"""The corpus as data: one folder per topic, with a file of tests and the solutions that it judges.

A mistake stands in `wrong.toml` as what it changes in the right solution; what has little in common with it is a file.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
#: Of a folder's wrong solutions, how many in ten a quick run grades. The right and the crashing ones always count.
_QUICK_TENTHS = 3


@dataclass(frozen=True)
class Solution:
    #: As its file is called, or would be: `wrong_sides.py`.
    name: str
    text: str

    @property
    def stem(self) -> str:
        return self.name.rsplit(".", 1)[0]


@dataclass(frozen=True)
class Case:
    """One folder of the corpus, such as `07-bank-account`."""

    name: str
    #: Test files and what they import or read, by file name.
    tests: dict[str, str]
    #: The author's own solution, from which the rights of all others are recorded.
    right: Solution
    #: Every solution that is graded, `right` first.
    solutions: tuple[Solution, ...]


def all_cases() -> list[Case]:
    return [_read(folder) for folder in sorted(CORPUS.iterdir()) if (folder / "right.py").exists() or _notebook(folder)]


def _notebook(folder: Path) -> bool:
    return (folder / "right.ipynb").exists()


def _read(folder: Path) -> Case:
    files = sorted(path for path in folder.iterdir() if path.suffix in (".py", ".ipynb"))
    tests = {path.name: path.read_text() for path in files if path.name.startswith("test_") or path.stem == "conftest"}
    rest = [Solution(path.name, path.read_text()) for path in files if path.name not in tests]
    right = next(solution for solution in rest if solution.stem == "right")
    others = [solution for solution in rest if solution != right] + _changed(folder, right)
    return Case(folder.name, tests, right, (right, *sorted(others, key=lambda solution: solution.name)))


def _changed(folder: Path, right: Solution) -> list[Solution]:
    """The right solution with each of the mistakes in `wrong.toml` and `crash.toml`."""
    ending = right.name.removeprefix(right.stem)
    made = []
    for kind, prefix in (("wrong", "wrong_"), ("crash", "")):
        path = folder / f"{kind}.toml"
        mistakes = tomllib.loads(path.read_text()) if path.exists() else {}
        for name, mistake in mistakes.items():
            text = right.text
            for change in mistake["changes"]:
                if text.count(change["was"]) != 1:
                    raise ValueError(f"{path}: [{name}] changes lines that are not there once: {change['was']!r}")
                text = text.replace(change["was"], change["now"])
            made.append(Solution(f"{prefix}{name}{ending}", text))
    return made


def chosen(case: Case, *, whole: bool) -> tuple[Solution, ...]:
    """The solutions of a run: all of them, or a sample of the wrong ones that a stable hash draws, at least one."""
    wrong = [solution for solution in case.solutions if solution.stem.startswith("wrong")]
    if whole or not wrong:
        return case.solutions
    ranks = {one: int(hashlib.sha256(f"{case.name}/{one.name}".encode()).hexdigest(), 16) for one in wrong}
    drawn = {one for one, rank in ranks.items() if rank % 10 < _QUICK_TENTHS} or {min(wrong, key=ranks.__getitem__)}
    return tuple(one for one in case.solutions if one not in ranks or one in drawn)


def test_ms(solution: Solution) -> int:
    """A test's own time, to end what hangs and not what is slow. Solutions that never end say so in their name."""
    return 3_000 if "endless" in solution.stem else 60_000
