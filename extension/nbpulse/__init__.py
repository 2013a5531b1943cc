"""nbpulse: one line, `send(result, 3)`, shows the teacher what question 3 gave.

`send` never raises, never blocks and prints nothing. What it took stays in a journal beside the kernel until the
server has committed it. See docs/decisions and extension/README.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .sent import Note, Sent
from .version import VERSION as __version__

if TYPE_CHECKING:
    from .connection import Connection
    from .unsent import Exported

__all__ = [
    "Sent",
    "__version__",
    "checkpoint",
    "connect",
    "export_unsent",
    "leave",
    "register",
    "send",
    "status",
    "submit",
]


def send(value: Any = None, question: Any = None, part: Any = None) -> Sent:
    """Send the value of a question to the class: `send(result, 3)`, `send(plt, "2b", part="B")`.

    `value` may be anything that a notebook can produce; `question` is a number or a text of at most 64 characters.
    Returns an object that says "saved", "queued" or "refused: why".
    """
    return _custodian().take(value, question, part)


def connect(
    server: str | None = None,
    code: str | None = None,
    name: str | None = None,
    return_code: str | None = None,
    another: bool = False,
) -> Connection:
    """Join a lab where no notebook page does it: VS Code, Colab, marimo, scripts, papermill.

    `server`: its address, as `https://class.example.org`; `code`: the join code that the teacher shows; `name`: yours.
    What is not given comes from `NBPULSE_SERVER`, `NBPULSE_CODE`, `NBPULSE_NAME`. This computer remembers who you are:
    the same line again is the same participant. On another computer `return_code` says that it is you; `another=True`
    that you are somebody else of the same name. Waits some seconds for the server, never raises, and goes on trying in
    the background; what it gives back tells how it stands.
    """
    from .connector import connect as begin  # noqa: PLC0415

    return begin(server, code, name, return_code, another)


def leave(discard: bool = False) -> Note:
    """Forget on this computer who `connect` joined as: the token, and the journal once everything in it is saved.

    While answers are not saved it stays, and says so; `discard=True` gives them up.
    """
    from .leaving import leave as begin  # noqa: PLC0415

    return begin(discard)


def status() -> Any:
    """A small widget: saved, queued, offline. Words where there is no `anywidget` (`pip install "nbpulse[widget]"`)."""
    from .status_widget import status as begin  # noqa: PLC0415

    return begin()


def export_unsent(path: Any = "nbpulse-unsent.json", everything: bool = False) -> Exported:
    """Write what no server has taken into a readable JSON file, refused records included; it is a copy. Never raises.

    For a lab that was deleted. `everything=True`: also of earlier labs on this computer, and of nobody yet.
    """
    from .unsent import export_unsent as begin  # noqa: PLC0415

    return begin(path, everything)


def register(kind: Any, encoder: Any = None) -> Any:
    """Send values of a class in a way of your own: `register(Grid, lambda grid: grid.rows)`, or as a decorator.

    `kind`: the class, or its name `"package.module.Class"` where importing it would be a burden. `encoder` takes the
    value and returns any other value, which is sent in its place. It holds for subclasses too; the nearest class wins.
    Never raises: what is wrong with it, or with what it gives, the status badge says. See docs/values.md.
    """
    if encoder is None:
        return lambda function: register(kind, function)
    from .registry import add_rule  # noqa: PLC0415

    try:
        add_rule(kind, encoder)
    except ValueError as error:
        _custodian().problem("encoder", str(error))
    return encoder


def checkpoint(path: Any = None) -> Note:
    """Store the notebook as it is now: asks the notebook page; without one sends the file `path` as it is on disk."""
    return _hand_in("checkpoint", path, None)


def submit(path: Any = None, assignment: str | None = None) -> Note:
    """Hand the notebook in: asks the notebook page; without one sends the file `path` as it is on disk.

    `assignment`: its short name, needed where a lab has several. Returns the receipt: number, time, sha256.
    """
    return _hand_in("submit", path, assignment)


def _hand_in(what: str, path: Any, assignment: Any) -> Note:
    if path is None and assignment is None:
        from .ask import ask_page  # noqa: PLC0415

        asked = ask_page(what)
        if asked is not None:
            return asked
    from .hand_in import hand_in  # noqa: PLC0415

    return hand_in(what, path, assignment)


def _listen() -> None:
    """In a kernel: be ready for a page before the first `send`."""
    import sys

    from .shown import watch_cells

    watch_cells()
    if "ipykernel" in sys.modules or "comm" in sys.modules:
        try:
            _custodian().page.listen()
        except Exception:
            pass  # a kernel of another kind; `send` tries again


def _page_seen() -> None:
    """A notebook page with nbpulse is at this kernel; its comm may come behind cells that were run at once."""
    from . import sent  # noqa: PLC0415

    sent.note_page()


def _jupyter_labextension_paths() -> Any:
    """Where `jupyter labextension develop` finds the built extension."""
    return [{"src": "labextension", "dest": "nbpulse"}]


from .custodian import custodian as _custodian  # noqa: E402

_listen()
