"""Files across the seam: a test's temporary folder, and the folder where tests and notebook run, exist at both ends.

Oracle and probe share no writable file. Before each request the test's files that changed are sent, after it the
student's come back, as plain bytes that the oracle itself writes: regular files, inside the folder, capped.
"""

from __future__ import annotations

import os
import pathlib
from typing import TYPE_CHECKING, Any

from ..files import MOST_BYTES, MOST_FILES, Change, Seen, apply_changes, changes_since
from ..seam.errors import ProtocolError

if TYPE_CHECKING:
    from .peer import TrustedPeer


class Exchange:
    def __init__(self, root: pathlib.Path) -> None:
        #: The same absolute path at both ends, so that a test may hand it over as a text too.
        self._root = os.path.realpath(root)
        self._seen: Seen = {}
        self._told_folder = False

    def before(self, peer: TrustedPeer) -> None:
        changes = changes_since(self._root, self._seen)
        folder = os.path.relpath(os.getcwd(), self._root)
        inside = not folder.startswith("..")
        if changes or inside or not self._told_folder:
            self._told_folder = True
            peer.ask_surely("put-files", (self._root, tuple(changes), folder if inside else None))

    def after(self, peer: TrustedPeer) -> None:
        changes = peer.ask_surely("get-files", (self._root,))
        self._apply([(path, data) for path, data in _checked(changes, 2)])

    def _apply(self, changes: list[Change]) -> None:
        if sum(len(data or b"") for _, data in changes) > MOST_BYTES:
            raise ProtocolError(f"more than {MOST_BYTES} bytes of files")
        try:
            apply_changes(self._root, changes, self._seen)
        except ValueError as error:
            raise ProtocolError(str(error)) from None

    def concrete(self, path: pathlib.PurePosixPath) -> pathlib.Path | None:
        """A path that the student gives back is a real one only inside this folder."""
        text = str(path)
        if ".." not in path.parts and (text == self._root or text.startswith(self._root + "/")):
            return pathlib.Path(text)
        return None


class Home(Exchange):
    """The notebook's folder: what the notebook wrote there lies where the tests run. One for all tests of a worker.

    Nothing that an import, pytest or an interpreter would pick up by its name comes along.
    """

    def __init__(self, root: str) -> None:
        super().__init__(pathlib.Path(root))
        #: What came from the probe, as its own disk has it: path → (modified, size).
        self._known: dict[str, tuple[int, int]] = {}

    def before(self, peer: TrustedPeer) -> None:
        changes = changes_since(self._root, self._seen, hidden=False)
        if changes:
            peer.ask_surely("put-home", (tuple(changes),))

    def after(self, peer: TrustedPeer) -> None:
        known = tuple((path, *mark) for path, mark in self._known.items())
        found = _checked(peer.ask_surely("get-home", (self._root, known)), 4)
        for path, data, modified, size in found:
            if type(modified) is not int or type(size) is not int:
                raise ProtocolError("a file is expected")
            if data is None:
                self._known.pop(path, None)
            else:
                self._known[path] = (modified, size)
        self._apply([(path, data) for path, data, _, _ in found if not _is_picked_up(path)])

    def concrete(self, path: pathlib.PurePosixPath) -> pathlib.Path | None:
        if not path.is_absolute() and ".." not in path.parts:
            return pathlib.Path(path)
        return super().concrete(path)


_PICKED_UP = (".py", ".pyc", ".pyo", ".pyi", ".so", ".pth", ".ini", ".cfg", ".toml", ".egg-link")


def _is_picked_up(path: str) -> bool:
    """`conftest.py`, `numpy.py`, `pytest.ini`: names that would steer what runs in their folder."""
    return path.lower().endswith(_PICKED_UP) or any(part.startswith((".", "__")) for part in path.split("/"))


def _checked(changes: Any, parts: int) -> list[tuple[Any, ...]]:
    """A list of files from the probe: (path, content or None for one that is gone, …)."""
    if type(changes) is not tuple or len(changes) > 2 * MOST_FILES:
        raise ProtocolError("files are expected")
    for change in changes:
        if type(change) is not tuple or len(change) != parts or type(change[0]) is not str:
            raise ProtocolError("a file is expected")
        if change[1] is not None and type(change[1]) is not bytes:
            raise ProtocolError("the content of a file is expected")
    return list(changes)
