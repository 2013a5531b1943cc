"""The probe's copy of a test's temporary folder. See `oracle/exchange.py`."""

from __future__ import annotations

import os

from ..files import Change, Seen, apply_changes, changes_since


class Mirror:
    def __init__(self) -> None:
        self._root: str | None = None
        self._seen: Seen = {}
        self._home = os.getcwd()

    def put(self, root: str, changes: tuple[Change, ...], folder: str | None) -> None:
        """Take over the test's files, and its current folder when that lies inside."""
        if root != self._root:
            self._root, self._seen, self._home = root, {}, os.getcwd()
            os.makedirs(root, exist_ok=True)
        apply_changes(root, list(changes), self._seen)
        if folder is None:
            os.chdir(self._home)
        else:
            os.makedirs(os.path.join(root, folder), exist_ok=True)
            os.chdir(os.path.join(root, folder))

    def get(self) -> tuple[Change, ...]:
        return tuple(changes_since(self._root, self._seen)) if self._root is not None else ()
