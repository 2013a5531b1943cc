"""What the cells put out while the notebook runs, in nbformat's own words: merged streams, displays, results, errors.

States of a cell's list: *open* between `begin` and `end`; what comes outside of that (a thread that goes on printing,
a probe that runs tests) is dropped. All of it is the student's word: it is kept to be looked at, and nobody else reads
it here.
"""

from __future__ import annotations

import base64
import io
import json
import re
import sys
from typing import Any

KiB, MiB = 1024, 1024 * 1024
#: Of one stream in one cell; the rest is dropped with a note.
_STREAM_CHARS = 256 * KiB
#: Of one display, all its formats together.
_DISPLAY_CHARS = 4 * MiB
#: Held at most while the notebook runs. What leaves is capped again (`executed.py`).
_HELD_CHARS = 24 * MiB
_CELL_OUTPUTS = 300
_PLAIN_CHARS = 64 * KiB
_ERROR_LINES, _ERROR_CHARS = 400, 64 * KiB
_MIME = re.compile(r"[a-z]+/[a-z0-9][\w.+-]{0,100}", re.IGNORECASE)
#: A view of a widget needs a kernel; its text is kept instead.
_NEEDS_KERNEL = ("application/vnd.jupyter.widget-",)
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\].*?(?:\x07|\x1b\\)")
#: A progress bar writes its line over and over: only the last state counts.
_OVERWRITTEN = re.compile(r"[^\n]*\r(?=[^\n\r])")

Output = dict[str, Any]


class Outputs:
    def __init__(self) -> None:
        #: cell's name → its outputs, in order.
        self.of: dict[str, list[Output]] = {}
        self._open: list[Output] | None = None
        self._held = 0
        self._streams: dict[str, int] = {}
        self._clear_next = False
        self._named: dict[str, list[Output]] = {}

    def begin(self, cell: str) -> None:
        self._open = self.of.setdefault(cell, [])
        self._streams = {}
        self._clear_next = False

    def end(self) -> None:
        if self._open is not None:
            for output in self._open:
                if output["output_type"] == "stream":
                    output["text"] = _OVERWRITTEN.sub("", _COLOURS.sub("", "".join(output["text"])))
        self._open = None

    # ------------------------------------------------------------ what comes

    def stream(self, name: str, text: str) -> None:
        if self._open is None or not text:
            return
        room = _STREAM_CHARS - self._streams.get(name, 0)
        if room <= 0:
            return
        part = text[:room]
        self._streams[name] = self._streams.get(name, 0) + len(part)
        if len(part) == room:
            part += "\n[the rest of this cell's output was dropped]\n"
        self._make_room()
        last = self._open[-1] if self._open else None
        if last is not None and last["output_type"] == "stream" and last["name"] == name:
            if self._take(len(part)):
                last["text"].append(part)
        else:
            self._add({"output_type": "stream", "name": name, "text": [part]}, len(part))

    def display(self, data: Any, metadata: Any, display_id: Any = None, *, update: bool = False) -> None:
        bundle = _bundle(data)
        if not bundle:
            return
        output = {"output_type": "display_data", "data": bundle, "metadata": _metadata(metadata)}
        if type(display_id) is str:
            if update:
                for earlier in self._named.get(display_id, []):
                    earlier["data"], earlier["metadata"] = output["data"], output["metadata"]
                return
            self._named.setdefault(display_id, []).append(output)
        self._make_room()
        self._add(output, _size(bundle))

    def result(self, count: int, data: Any, metadata: Any) -> None:
        bundle = _bundle(data)
        if bundle:
            output = {"output_type": "execute_result", "execution_count": count, "data": bundle}
            self._make_room()
            self._add({**output, "metadata": _metadata(metadata)}, _size(bundle))

    def error(self, name: str, value: str, traceback: list[str]) -> None:
        lines = [_COLOURS.sub("", line)[:_PLAIN_CHARS] for line in traceback[-_ERROR_LINES:]]
        while sum(map(len, lines)) > _ERROR_CHARS and len(lines) > 1:
            lines.pop(0)
        output = {"output_type": "error", "ename": name[:300], "evalue": value[:4_000], "traceback": lines}
        self._add(output, sum(map(len, lines)))

    def clear(self, *, wait: bool) -> None:
        if wait:
            self._clear_next = True
        elif self._open is not None:
            self._open.clear()

    # ------------------------------------------------------------ keeping it small

    def _make_room(self) -> None:
        if self._clear_next and self._open is not None:
            self._open.clear()
        self._clear_next = False

    def _add(self, output: Output, size: int) -> None:
        if self._open is None or len(self._open) > _CELL_OUTPUTS or not self._take(size):
            return
        if len(self._open) == _CELL_OUTPUTS:
            output = {"output_type": "stream", "name": "stderr", "text": ["[more outputs were dropped]\n"]}
        self._open.append(output)

    def _take(self, size: int) -> bool:
        if self._held + size > _HELD_CHARS:
            return False
        self._held += size
        return True


class CellStream(io.TextIOBase):
    """`sys.stdout` or `sys.stderr` of a notebook: to where it went before, and into the cell's outputs."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, name: str, outputs: Outputs, before: Any) -> None:
        self._name = name
        self._outputs = outputs
        #: What staff read as the run's printed output.
        self.before = before

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return int(self.before.fileno())

    def flush(self) -> None:
        self.before.flush()

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        plain = str.__str__(text)
        self.before.write(plain)
        self._outputs.stream(self._name, plain)
        return len(plain)


def restore_streams() -> None:
    """What is printed from here on belongs to no cell."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if isinstance(stream, CellStream):
            setattr(sys, name, stream.before)


def _bundle(data: Any) -> dict[str, Any]:
    """The formats of one display that a notebook file can hold."""
    if not isinstance(data, dict):
        return {}
    kept: dict[str, Any] = {}
    for mime, value in list(data.items())[:30]:
        if type(mime) is not str or not _MIME.fullmatch(mime) or mime.startswith(_NEEDS_KERNEL):
            continue
        found = _value(mime, value)
        if found is not None:
            kept[mime] = found
    while kept and _size(kept) > _DISPLAY_CHARS:
        largest = max(kept, key=lambda mime: _size({mime: kept[mime]}))
        text = f"[{largest} of {_size({largest: kept.pop(largest)}) // 1000} kB was dropped]"
        kept.setdefault("text/plain", text)
    if len(kept.get("text/plain", "")) > _PLAIN_CHARS:
        kept["text/plain"] = kept["text/plain"][:_PLAIN_CHARS] + "\n[…]"
    return kept


def _value(mime: str, value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, str):
        return _COLOURS.sub("", str.__str__(value)) if mime == "text/plain" else str.__str__(value)
    if isinstance(value, (list, tuple)) and all(isinstance(part, str) for part in value) and "json" not in mime:
        return "".join(value)
    if mime == "application/json" or mime.endswith("+json"):
        return plain_json(value, _DISPLAY_CHARS)
    return None


def _metadata(metadata: Any) -> dict[str, Any]:
    found = plain_json(metadata, 16 * KiB) if isinstance(metadata, dict) else None
    return found if isinstance(found, dict) else {}


def plain_json(value: Any, most_chars: int) -> Any:
    """What JSON makes of it, or None: too large, too deep, or nothing that JSON can hold."""
    try:
        text = json.dumps(value, allow_nan=False)
        if len(text) > most_chars or not shallow(value):
            return None
        return json.loads(text)
    except (TypeError, ValueError, RecursionError, OverflowError):
        return None


def shallow(value: Any, depth: int = 24) -> bool:
    if isinstance(value, dict):
        return depth > 0 and all(shallow(item, depth - 1) for item in value.values())
    if isinstance(value, (list, tuple)):
        return depth > 0 and all(shallow(item, depth - 1) for item in value)
    return True


def _size(bundle: dict[str, Any]) -> int:
    return sum(len(value) if isinstance(value, str) else len(json.dumps(value)) for value in bundle.values())
