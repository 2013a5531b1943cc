"""The probe's copies of folders that exist at both ends. See `oracle/exchange.py`."""

from __future__ import annotations

import os

from ..files import Change, Seen, apply_changes, changes_since


class Mirror:
    def __init__(self) -> None:
        #: Folders of the same path at both ends, and what is known of each.
        self._seen: dict[str, Seen] = {}
        #: Where the notebook ran.
        self._home = os.getcwd()
        self._known: Seen = {}

    def put(self, root: str, changes: tuple[Change, ...], folder: str | None) -> None:
        """Take over the test's files, and its current folder when that lies inside."""
        os.makedirs(root, exist_ok=True)
        apply_changes(root, list(changes), self._seen.setdefault(root, {}))
        if folder is not None:
            os.makedirs(os.path.join(root, folder), exist_ok=True)
            os.chdir(os.path.join(root, folder))
        elif os.getcwd().startswith(root):
            os.chdir(self._home)

    def get(self, root: str) -> tuple[Change, ...]:
        return tuple(changes_since(root, self._seen[root])) if root in self._seen else ()

    def put_home(self, changes: tuple[Change, ...]) -> None:
        apply_changes(self._home, list(changes), self._known)

    def get_home(self, root: str, known: tuple[tuple[str, int, int], ...]) -> tuple[tuple[object, ...], ...]:
        """What is there beyond what the oracle knows. Its own path for this folder leads here too."""
        if not os.path.lexists(root):
            os.makedirs(os.path.dirname(root), exist_ok=True)
            os.symlink(self._home, root)
        seen = {path: (modified, size) for path, modified, size in known} | self._known
        changes = changes_since(self._home, seen, hidden=False)
        return tuple((path, data, *seen.get(path, (0, 0))) for path, data in changes)
