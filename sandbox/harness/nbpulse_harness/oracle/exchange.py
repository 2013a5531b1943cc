"""`tmp_path` across the seam: the files of a test's temporary folder exist at both ends.

Oracle and probe share no writable file. Before each request the test's files that changed are sent, after it the
student's come back, as plain bytes that the oracle itself writes: regular files, inside the folder, capped.
"""

from __future__ import annotations

import os
import pathlib
from typing import TYPE_CHECKING, Any

from ..files import MOST_BYTES, MOST_FILES, Seen, apply_changes, changes_since
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
            peer.ask_plainly("put-files", (self._root, tuple(changes), folder if inside else None))

    def after(self, peer: TrustedPeer) -> None:
        changes = peer.ask_plainly("get-files", ())
        if type(changes) is not tuple or len(changes) > 2 * MOST_FILES:
            raise ProtocolError("files are expected")
        room = MOST_BYTES
        for change in changes:
            if type(change) is not tuple or len(change) != 2 or type(change[0]) is not str:
                raise ProtocolError("a file is expected")
            if change[1] is not None and type(change[1]) is not bytes:
                raise ProtocolError("the content of a file is expected")
            room -= len(change[1] or b"")
        if room < 0:
            raise ProtocolError(f"more than {MOST_BYTES} bytes of files")
        try:
            apply_changes(self._root, list(changes), self._seen)
        except ValueError as error:
            raise ProtocolError(str(error)) from None

    def concrete(self, path: pathlib.PurePosixPath) -> Any:
        """A path that the student gives back is a real one only inside this folder."""
        text = str(path)
        if ".." not in path.parts and (text == self._root or text.startswith(self._root + "/")):
            return pathlib.Path(text)
        return path
