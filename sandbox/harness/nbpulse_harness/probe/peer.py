"""The probe's end: does what the oracle asks with the student's objects. The oracle relies on nothing in here."""

from __future__ import annotations

import builtins
import logging
import os
import re
import sys
import threading
import types
from collections.abc import Callable
from typing import Any

from ..seam.bounds import NOTES, OUTPUT_CHARS
from ..seam.channel import Channel
from ..seam.derived import found_by_super, made
from ..seam.encode import Encoder
from ..seam.errors import SeamError
from ..seam.leaving import with_trace
from ..seam.peer import OVER, RESULT, Peer
from ..seam.signatures import parts_of
from .exchange import Mirror
from .patches import Patches
from .scripts import run_script
from .surroundings import Surroundings

_builtin_input = builtins.input
#: `_`, `__`, `_2`, `_i`, `_i3`: what cells gave and what they were.
_OF_IPYTHON = re.compile(r"_{1,3}|_i{1,3}|_i?\d+")
_NOTHING = object()
_OF_ANY_MODULE = frozenset(vars(types.ModuleType("any")))


class UntrustedPeer(Peer):
    trusted = False

    def __init__(self, channel: Channel) -> None:
        super().__init__(channel)
        self.notebook: types.ModuleType = types.ModuleType("submission")
        #: Blank lines at the start of a cell, which IPython drops before it compiles: file name → how many.
        self.skipped_lines: dict[str, int] = {}
        #: What was in the notebook's module before its first cell.
        self.given: dict[str, object] = {}
        self._main_thread = threading.get_ident()
        self._printed_chars = 0
        self._files = Mirror()
        self._patches = Patches(lambda: self.notebook.__dict__)
        self._surroundings = Surroundings()
        #: Set by the template: makes the process for the next test.
        self.fork: Callable[[], Any] = lambda: None

    def operations(self) -> dict[str, Callable[..., Any]]:
        return {
            "import": self._serve_import,
            "call": lambda target, args, kwargs: target(*args, **dict(kwargs)),
            "get": getattr,
            "set": setattr,
            "delete": delattr,
            "special": self._serve_special,
            "names": self._serve_names,
            "star": self._serve_star,
            "where": self._serve_where,
            "derive": made,
            "surround": self._surroundings.surround,
            "drawn": self._surroundings.drawn,
            "recursion-limit": sys.setrecursionlimit,
            "log-level": lambda name, level: logging.getLogger(name).setLevel(level),
            "pyplot": self._serve_pyplot,
            "script": lambda source, name, args, text: run_script(source, name, args, text, _builtin_input),
            "super": found_by_super,
            "signature": parts_of,
            "begin": self.awaiting.begin,
            "finish": self.awaiting.finish,
            "cancel": self.awaiting.cancel,
            "echo": lambda value: value,
            "put-files": self._files.put,
            "patch": self._patches.patch,
            "unpatch": self._patches.unpatch,
            "get-files": self._files.get,
            "put-home": self._files.put_home,
            "get-home": self._files.get_home,
            "fork": lambda: self.fork(),
        }

    def request(self, operation: str, arguments: tuple[Any, ...]) -> Any:
        if threading.get_ident() != self._main_thread:
            raise RuntimeError("only the thread that was called by the test may call back into it")
        return super().request(operation, arguments)

    # ------------------------------------------------------------ what the oracle asks

    def _serve_import(self, name: str) -> Any:
        return self.notebook

    def _serve_special(self, target: Any, name: str, args: tuple[Any, ...], kwargs: tuple[Any, ...]) -> Any:
        return getattr(type(target), name)(target, *with_trace(name, args), **dict(kwargs))

    def _serve_star(self, module: Any) -> list[str]:
        listed = getattr(module, "__all__", None)
        names = list(listed) if listed is not None else [n for n in self._serve_names(module) if not n.startswith("_")]
        return [n for n in names if type(n) is str]

    def _serve_names(self, target: Any) -> list[str]:
        names = [name for name in dir(target) if type(name) is str]
        if target is not self.notebook:
            return names
        own, given = vars(target), self.given
        kept = [name for name in names if name in _OF_ANY_MODULE or own.get(name) is not given.get(name, _NOTHING)]
        return [name for name in kept if not (given and _OF_IPYTHON.fullmatch(name))]

    def _serve_where(self, item: Any) -> tuple[str, int]:
        """The qualified name and first line of a function or class, for `inspect.getsource` at the oracle."""
        import inspect

        item = inspect.unwrap(item) if callable(item) else item
        item = getattr(item, "__func__", item)
        code = getattr(item, "__code__", None)
        return (str(item.__qualname__), code.co_firstlineno if code is not None else 0)

    def _serve_pyplot(self, name: str, args: tuple[Any, ...], kwargs: tuple[tuple[str, Any], ...]) -> Any:
        """A question of the test's to `matplotlib.pyplot`, about figures that the submission drew."""
        import matplotlib.pyplot

        return getattr(matplotlib.pyplot, name)(*args, **dict(kwargs))

    def ask_input(self, prompt: object = "") -> str:
        answer: str = self.request("input", (str(prompt),))
        return answer

    def ask_stdin(self, whole: bool, most: int) -> str:
        answer: str = self.request("read", (whole, most))
        return answer

    # ------------------------------------------------------------ what the ends do differently

    def module_name(self, cls: type) -> str | None:
        return self.notebook.__dict__.get("__nbpulse_name__") if cls.__module__ == self.notebook.__name__ else None

    def where(self, error: BaseException) -> Any:
        """The lines of the notebook that the exception went through, outermost first."""
        places: list[tuple[str, int, str]] = []
        trace = error.__traceback__
        while trace is not None and len(places) < 20:
            code = trace.tb_frame.f_code
            if code.co_filename.startswith("<cell ") or code.co_filename == "<submission>":
                skipped = self.skipped_lines.get(code.co_filename, 0)
                places.append((code.co_filename.strip("<>"), trace.tb_lineno + skipped, code.co_name))
            trace = trace.tb_next
        return tuple(places)

    def _let_go(self, result: Any) -> None:
        error = result if isinstance(result, BaseException) else None
        while error is not None:
            error.__traceback__ = None
            error = error.__cause__ or error.__context__

    def _with_over(self, message: bytes) -> bytes:
        if self._nesting or not len(self.shared):
            return message
        over = self.shared.sweep()
        if not over:
            return message
        encoder = Encoder(self)
        encoder.value(tuple(over))
        head = bytearray(message)
        head[5] |= OVER
        return bytes(head) + bytes(encoder.out)

    def be_like_the_template(self) -> None:
        """In a new fork: go through what the template goes through when it answers the request for this fork."""
        self._nesting = 0
        self._with_over(self._message(RESULT, None))
        self.printed.clear()
        self._printed_chars = 0

    # ------------------------------------------------------------ output

    def warn(self, message: Any, category: Any, filename: Any, line: Any, file: Any = None, text: Any = None) -> None:
        """`warnings.showwarning` of a probe: the test's `pytest.warns` sees it."""
        self._note((3, category, str(message)))

    def log(self, name: str, level: int, message: str) -> None:
        self._note((4, name, level, message))

    def _note(self, note: tuple[Any, ...]) -> None:
        if len(self.printed) < NOTES:
            self.printed.append(note)

    def write(self, stream: int, text: str) -> None:
        if self._printed_chars >= OUTPUT_CHARS:
            return
        text = text[: OUTPUT_CHARS - self._printed_chars]
        self._printed_chars += len(text)
        if self.printed and self.printed[-1][0] == stream:
            self.printed[-1] = (stream, self.printed[-1][1] + text)
        else:
            self.printed.append((stream, text))

    def serve_for_ever(self) -> None:
        """Answer until the oracle hangs up. Never returns."""
        status = 0
        try:
            while True:
                kind, call, body = self._receive()
                if kind != 0:
                    break
                box = [body]
                del body
                self._serve(call, box)
        except SeamError:
            pass
        except BaseException:  # noqa: BLE001 - staff read it on the sandbox's stderr
            import traceback

            traceback.print_exc(file=sys.__stderr__)
            status = 4
        os._exit(status)
