"""Magics that mean something else in a graded run: said in words where they have no place, without failing the cell."""

from __future__ import annotations

import os
import sys
import timeit
from typing import Any

from IPython.core.error import UsageError
from IPython.utils.text import SList

from ..notebook import Unreadable, read_source

#: They start programs or change the environment.
_NO_PROGRAMS = ("pip", "conda", "mamba", "micromamba", "uv", "system", "sx", "sc", "debug", "edit", "notebook")
_NO_SCRIPTS = ("bash", "sh", "script", "perl", "ruby", "python2", "pypy", "cmd", "powershell", "R", "system", "sx", "!")
_PYTHON_CELLS = ("python", "python3")
#: `%timeit` runs a statement so long, and so many times, at most.
_TIMEIT_S, _TIMEIT_REPEATS, _TIMEIT_LOOPS = 0.2, 3, 100_000
_NOTEBOOK_BYTES = 10 * 1024 * 1024


def say(text: str) -> None:
    print(f"[{text}]", file=sys.stderr)


def unknown_magic(shell: Any, name: str) -> None:
    cell = f"; the cell magic %%{name} is" if shell.find_cell_magic(name) is not None else ""
    say(f"%{name} is not known while the notebook is graded{cell}: this line did nothing")


def install_magics(shell: Any) -> None:
    def no_shell(command: Any, *_: Any, **__: Any) -> Any:
        say(f"shell commands do not run while the notebook is graded: {str(command)!r:.80}")
        return SList([])

    shell.system = shell.getoutput = no_shell

    def line(name: str, function: Any) -> None:
        # Not `register_magic_function`: some names are attributes of the object that it would set.
        shell.magics_manager.magics["line"][name] = function

    def cell(name: str, function: Any) -> None:
        shell.magics_manager.magics["cell"][name] = function

    for name in _NO_PROGRAMS:
        line(name, lambda text="", name=name: say(f"%{name} does nothing while the notebook is graded"))
    for name in _NO_SCRIPTS:
        cell(name, lambda text, body, name=name: say(f"%%{name} does not run while the notebook is graded"))
    for name in _PYTHON_CELLS:
        cell(name, lambda text, body: shell.ex(body))
    line("matplotlib", lambda text="": None)
    line("gui", lambda text="": None)
    _wrap_config(shell, line)
    _wrap_load_ext(shell, line)
    _wrap_run(shell, line)
    _bound_timeit(shell)


def _wrap_config(shell: Any, line: Any) -> None:
    """`%config InlineBackend.figure_format = 'retina'` stands in many notebooks and changes no result."""
    original = shell.find_line_magic("config")

    def config(text: str = "") -> Any:
        return None if text.strip().startswith("InlineBackend") else original(text)

    line("config", config)


def _wrap_load_ext(shell: Any, line: Any) -> None:
    for name in ("load_ext", "reload_ext"):
        original = shell.find_line_magic(name)

        def load(text: str = "", original: Any = original, name: str = name) -> Any:
            try:
                return original(text)
            except ImportError:
                say(f"%{name}: the grading environment has no extension {text.strip()!r:.60}; its magics do nothing")
                return None

        line(name, load)


def _wrap_run(shell: Any, line: Any) -> None:
    """`%run other.ipynb`: its cells, in this namespace. `%run file.py` is IPython's own."""
    original = shell.find_line_magic("run")

    def run(text: str = "") -> Any:
        path = text.strip().strip("\"'")
        if not path.lower().endswith(".ipynb"):
            return original(text)
        if not os.path.isfile(path):
            raise UsageError(f"%run: there is no file {path!r:.80} beside the notebook")
        if os.path.getsize(path) > _NOTEBOOK_BYTES:
            raise UsageError(f"%run: {path!r:.80} is larger than {_NOTEBOOK_BYTES // 1024 // 1024} MiB")
        with open(path, "rb") as file:
            data = file.read()
        try:
            source = read_source(os.path.basename(path), data)
        except Unreadable as error:
            raise UsageError(f"%run: {error}") from None
        for one in source.cells:
            result = shell.run_cell(one.source, store_history=False)
            result.raise_error()
        return None

    line("run", run)


def _bound_timeit(shell: Any) -> None:
    original = shell.find_line_magic("timeit")

    def timed(text: str = "", body: str | None = None) -> Any:
        options, statement = _options(text)
        code = statement if body is None else body
        if not code.strip():
            return None
        timer = timeit.Timer(
            shell.transform_cell(code), setup="pass" if body is None else statement or "pass", globals=shell.user_ns
        )
        once = max(timer.timeit(1), 1e-7)
        asked = options.get("n", 0)
        most = max(1, min(_TIMEIT_LOOPS, int(_TIMEIT_S / once)))
        loops = min(asked, most) if asked else most
        repeats = max(1, min(options.get("r", _TIMEIT_REPEATS), _TIMEIT_REPEATS))
        flags = "".join(f" {flag}" for flag in options.get("flags", ()))
        arguments = f"-n {loops} -r {repeats}{flags} {statement}"
        return original(arguments, body) if body is not None else original(arguments)

    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind]["timeit"] = timed


def _options(text: str) -> tuple[dict[str, Any], str]:
    """`-n 10 -r3 -o f(x)` → what was asked, and the statement."""
    found: dict[str, Any] = {"flags": []}
    rest = text.strip()
    while rest.startswith("-"):
        word, _, after = rest.partition(" ")
        if word[:2] in ("-n", "-r", "-p"):
            value, _, later = (word[2:], "", after) if len(word) > 2 else after.lstrip().partition(" ")
            if not value.isdecimal():
                raise UsageError(f"%timeit: {word} needs a number")
            if word[1] != "p":
                found[word[1]] = int(value)
            rest = later.lstrip()
        elif word in ("-o", "-q", "-qo", "-oq"):
            found["flags"].append(word)
            rest = after.lstrip()
        elif word in ("-t", "-c", "-v"):
            rest = after.lstrip()
        else:
            break
    return found, rest
