"""The profile: what the author's solution needed, recorded when it is run, and granted to students file by file.

`schema/src/wire/suite-profile.ts` has its form. A *recording* run allows everything and keeps what was used; its
workers tell the supervisor in lines of JSON, so that a worker which is replaced takes nothing with it. A *graded* run
has exactly the rights of its profile, and none without one. Sizes are capped and order is by name: the same run gives
the same profile.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ..seam.rights import Right, Rights

#: The caps of the wire's schema.
MOST_ENTRIES = 2_000
MOST_FILES = 500
NAME_CHARS = 200
ID_CHARS = 400
KINDS = ("equal", "compare", "contains", "arithmetic")


@dataclass(frozen=True)
class Profile:
    operators: frozenset[tuple[str, Right]] = frozenset()
    attributes: frozenset[tuple[str, str, str]] = frozenset()
    #: File → what `from submission import *` gives in it.
    star_names: dict[str, frozenset[str]] = field(default_factory=dict)
    #: pytest's ids of all tests that there are, in order of name.
    tests: tuple[str, ...] = ()


def read_profile(message: Any) -> Profile | None:
    """The job's `profile`. Raises KeyError, TypeError or ValueError on anything that is none."""
    if message is None:
        return None
    if message["v"] != 1:
        raise ValueError(f"profile version {message['v']!r:.20} is not 1")
    operators = set()
    for entry in _entries(message["rights"], MOST_ENTRIES):
        if entry["kind"] not in KINDS:
            raise ValueError(f"{entry['kind']!r:.40} is no kind of operator")
        operators.add((_name(entry["file"]), Right(entry["kind"], _name(entry["className"]))))
    attributes = {
        (_name(entry["file"]), _name(entry["className"]), _name(entry["name"]))
        for entry in _entries(message["attributes"], MOST_ENTRIES)
    }
    star = {
        _name(entry["file"]): frozenset(_name(name) for name in _entries(entry["names"], MOST_ENTRIES))
        for entry in _entries(message["starNames"], MOST_FILES)
    }
    tests = tuple(_name(entry["id"], ID_CHARS) for entry in _entries(message["tests"], MOST_ENTRIES))
    return Profile(frozenset(operators), frozenset(attributes), star, tests)


def _entries(items: Any, most: int) -> list[Any]:
    if not isinstance(items, list) or len(items) > most:
        raise ValueError(f"the profile: a list of at most {most} is expected")
    return items


def _name(value: Any, most: int = NAME_CHARS) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= most:
        raise ValueError(f"the profile: {value!r:.50} is no name")
    return value


def id_in_profile(test_id: str) -> str:
    """pytest's id as the profile has it: a very long one, of a parameter that is a long text, by its hash."""
    if len(test_id) <= ID_CHARS:
        return test_id
    return f"{test_id[: ID_CHARS - 20]}#{hashlib.sha256(test_id.encode()).hexdigest()[:16]}"


class FileRights(Rights):
    """What a submission may do in the tests of one file."""

    def __init__(self, profile: Profile | None, file: str) -> None:
        known = profile or Profile()
        self._operators = {right for at, right in known.operators if at == file}
        self._attributes = {(of, name) for at, of, name in known.attributes if at == file}
        #: What `import *` gives; None without a profile, then the importer's own caution decides.
        self.star: frozenset[str] | None = None if profile is None else known.star_names.get(file, frozenset())
        #: Whether a `==` of the submission's own decided in the current test.
        self.own_equality_decided = False

    def may_operate(self, right: Right) -> bool:
        return right in self._operators

    def may_set(self, class_name: str, name: str) -> bool:
        return (class_name, name) in self._attributes

    def own_equality(self) -> None:
        self.own_equality_decided = True

    def gave_star(self, names: Iterable[str]) -> None:
        """`import *` gave these."""


class RecordedRights(FileRights):
    """Everything is allowed, and what was needed is kept."""

    recording = True

    def __init__(self, recorder: Recorder, file: str) -> None:
        super().__init__(None, file)
        self._recorder, self._file = recorder, file

    def may_operate(self, right: Right) -> bool:
        return True

    def may_set(self, class_name: str, name: str) -> bool:
        self._recorder.attributes.add((self._file, class_name, name))
        return True

    def needed(self, right: Right) -> None:
        self._recorder.rights.add((self._file, *right))

    def gave_star(self, names: Iterable[str]) -> None:
        self._recorder.stars |= {(self._file, name) for name in names}


class Recorder:
    """In a worker: what was needed since it was last told."""

    def __init__(self) -> None:
        self.rights: set[tuple[str, str, str]] = set()
        self.attributes: set[tuple[str, str, str]] = set()
        self.stars: set[tuple[str, str]] = set()

    def take(self) -> dict[str, Any]:
        """A message for the supervisor. Sets give no order; `Recording` sorts."""
        message = {
            "type": "recorded",
            "rights": list(self.rights),
            "attributes": list(self.attributes),
            "stars": list(self.stars),
        }
        self.__init__()  # type: ignore[misc]
        return message


class Recording:
    """In the supervisor: the profile of a run, as far as its workers told."""

    def __init__(self) -> None:
        self._rights: set[tuple[str, str, str]] = set()
        self._attributes: set[tuple[str, str, str]] = set()
        self._stars: dict[str, set[str]] = {}

    def take(self, message: dict[str, Any]) -> None:
        self._rights |= {(file, kind, name) for file, kind, name in message["rights"]}
        self._attributes |= {(file, of, name) for file, of, name in message["attributes"]}
        for file, name in message["stars"]:
            self._stars.setdefault(file, set()).add(name)

    def written(self, tests: Iterable[str], own_equality: Iterable[str]) -> dict[str, Any]:
        """The profile as the report carries it."""
        decided = set(own_equality)
        return {
            "v": 1,
            "rights": [
                {"file": file, "kind": kind, "className": name}
                for file, kind, name in sorted(self._rights)
                if len(file) <= NAME_CHARS and 0 < len(name) <= NAME_CHARS
            ][:MOST_ENTRIES],
            "attributes": [
                {"file": file, "className": of, "name": name}
                for file, of, name in sorted(self._attributes)
                if max(len(file), len(of), len(name)) <= NAME_CHARS and of and name
            ][:MOST_ENTRIES],
            "starNames": [
                {"file": file, "names": [name for name in sorted(names) if len(name) <= NAME_CHARS][:MOST_ENTRIES]}
                for file, names in sorted(self._stars.items())
                if len(file) <= NAME_CHARS
            ][:MOST_FILES],
            "tests": [{"id": id_in_profile(test), "ownEquality": test in decided} for test in sorted(set(tests))][
                :MOST_ENTRIES
            ],
        }
