"""The submission as a script, for a test's `run_student`: run again from its source, with arguments and an input."""

from __future__ import annotations

import builtins
import io
import sys
import traceback
import types
from collections.abc import Callable
from typing import Any

_STREAM_CHARS = 1024 * 1024


def run_script(
    source: str, filename: str, args: tuple[str, ...], stdin: str, builtin_input: Callable[..., Any]
) -> tuple[int, str, str]:
    """(exit code, standard output, standard error), as of a process of its own."""
    module = types.ModuleType("__main__")
    module.__file__ = filename
    before = sys.argv, sys.stdin, sys.stdout, sys.stderr, builtins.input, sys.modules.get("__main__")
    out, err = io.StringIO(), io.StringIO()
    sys.argv, sys.stdin, sys.stdout, sys.stderr = [filename, *args], io.StringIO(stdin), out, err
    builtins.input = builtin_input
    sys.modules["__main__"] = module
    status = 0
    try:
        exec(compile(source, "<submission>", "exec", dont_inherit=True), module.__dict__)
    except SystemExit as end:
        if isinstance(end.code, str):
            err.write(end.code + "\n")
        status = 0 if end.code is None else end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 - a script that fails says so on its standard error
        traceback.print_exc(file=err)
        status = 1
    finally:
        sys.argv, sys.stdin, sys.stdout, sys.stderr, builtins.input, main = before
        if main is not None:
            sys.modules["__main__"] = main
    return status, out.getvalue()[:_STREAM_CHARS], err.getvalue()[:_STREAM_CHARS]
