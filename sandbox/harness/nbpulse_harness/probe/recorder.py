"""The `nbpulse` that a notebook finds while it is graded: it takes everything, sends nothing and never raises."""

from __future__ import annotations

import sys
import types
from typing import Any


class Accepted:
    """What `send` answers. Tracker notebooks read `status_code` and `text`."""

    status_code = 200
    ok = True
    text = "Success: Record inserted"
    content = b"Success: Record inserted"

    def __repr__(self) -> str:
        return ""

    def __bool__(self) -> bool:
        return True


def _accept(*args: Any, **kwargs: Any) -> Accepted:
    return Accepted()


def install() -> None:
    """Stand in for `nbpulse`, whether or not the package is installed here."""
    module = types.ModuleType("nbpulse", "Records of a graded run go nowhere.")

    def find(name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _accept

    module.__dict__.update(send=_accept, checkpoint=_accept, submit=_accept, connect=_accept, __version__="0")
    module.__dict__["__getattr__"] = find
    module.__dict__["__all__"] = ["send", "checkpoint", "submit"]
    sys.modules["nbpulse"] = module
