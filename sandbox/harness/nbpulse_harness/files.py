"""A folder of small files as plain data: what changed in it since the last look. Used at both ends of the exchange.

Only regular files count, found without following links. What is too much is left out, so that no folder can fill a
message: files beyond the caps are as if they were not there.
"""

from __future__ import annotations

import os
import stat

#: Bound here: a test may patch `builtins.open`.
_open = open

MOST_FILES = 200
MOST_BYTES = 8 * 1024 * 1024
_MOST_DEPTH = 8

#: relative path → (modified, size)
Seen = dict[str, tuple[int, int]]
#: relative path and content; None for a file that is gone
Change = tuple[str, bytes | None]


def changes_since(root: str, seen: Seen, *, hidden: bool = True) -> list[Change]:
    """What is new, changed or gone. `seen` is brought up to date. Names that begin with a dot count if `hidden`."""
    found: Seen = {}
    changes: list[Change] = []
    room = MOST_BYTES
    for path in _files(root, hidden=hidden):
        full = os.path.join(root, path)
        try:
            state = os.lstat(full)
            mark = (state.st_mtime_ns, state.st_size)
            if not stat.S_ISREG(state.st_mode) or state.st_size > room:
                continue
            if seen.get(path) != mark:
                with _open(full, "rb", opener=_no_links) as file:
                    data = file.read(room)
                room -= len(data)
                changes.append((path, data))
        except OSError:
            continue
        found[path] = mark
    changes += [(path, None) for path in seen if path not in found]
    seen.clear()
    seen.update(found)
    return changes


def apply_changes(root: str, changes: list[Change], seen: Seen) -> None:
    """Write what changed at the other end. Raises ValueError for a path that could lead out of the folder."""
    for path, data in changes:
        parts = path.split("/")
        if (
            len(path) > 300
            or len(parts) > _MOST_DEPTH
            or any(part in ("", ".", "..") or "\0" in part for part in parts)
        ):
            raise ValueError(f"{path!r:.100} is no path inside the folder")
        full = os.path.join(root, path)
        try:
            if data is None:
                os.unlink(full)
                seen.pop(path, None)
                continue
            os.makedirs(os.path.dirname(full), exist_ok=True)
            if os.path.realpath(os.path.dirname(full)) != os.path.normpath(os.path.dirname(full)):
                raise ValueError(f"{path!r:.100} leads through a link")
            with _open(full, "wb", opener=_no_links) as file:
                file.write(data)
            state = os.lstat(full)
            seen[path] = (state.st_mtime_ns, state.st_size)
        except OSError:
            continue


def _no_links(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o644)


def _files(root: str, *, hidden: bool) -> list[str]:
    found: list[str] = []
    waiting = [("", 0)]
    while waiting and len(found) < MOST_FILES:
        folder, depth = waiting.pop()
        try:
            entries = sorted(os.scandir(os.path.join(root, folder)), key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            if not hidden and entry.name.startswith((".", "__")):
                continue
            path = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_dir(follow_symlinks=False):
                if depth < _MOST_DEPTH:
                    waiting.append((path, depth + 1))
            elif len(found) < MOST_FILES:
                found.append(path)
    return found
