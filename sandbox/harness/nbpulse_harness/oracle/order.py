"""In which order tests run, so that what a hidden test let the submission see cannot come out of a visible one.

Code that a hidden test calls sees its arguments, and may keep them: in a file, or in memory where tests share a probe.
The message of a visible test holds words of the submission. So visible tests run first; one that cannot, because its
file's tests share a probe with hidden ones before it, keeps its result but doesn't say why it failed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

WITHHELD = (
    "why it failed is not shown: hidden tests ran before it, and what your code keeps from them could be told here. "
    "Ask your teacher, who can read the whole report."
)


def visible_first(items: list[T], is_visible: Callable[[T], bool], shared_file: Callable[[T], str | None]) -> list[T]:
    """The same tests; those of a file that shares a probe stay together and in their order."""
    mixed = {shared_file(item) for item in items if not is_visible(item)} - {None}
    early = [item for item in items if is_visible(item) and shared_file(item) not in mixed]
    first = {id(item) for item in early}
    return early + [item for item in items if id(item) not in first]
