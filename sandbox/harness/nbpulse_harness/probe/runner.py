"""Runs a submission once, as a notebook would run it, and says what became of each cell.

An error in one cell does not stop the later ones: what a student defined there still counts. A cell that runs too long
is interrupted, and the later ones get a little time each. IPython gives magics, `display`, `await` at the top level
and `_`; there is no Jupyter server and no kernel.
"""

from __future__ import annotations

import builtins
import os
import signal
import sys
import time
import types
from dataclasses import dataclass, field
from typing import Any

from ..notebook import Cell, Source

#: Shares of the run's wall clock: all cells together, and with the short turns after an interrupted one.
_CELLS_SHARE = 0.6
_LAST_SHARE = 0.8
_SHORT_TURN_S = 1.0
_MESSAGE_CHARS = 500


class CellTimeout(BaseException):
    """Raised inside a cell that runs too long. No `except Exception` of a student's stops it."""


@dataclass
class FailedCell:
    cell: str
    message: str


@dataclass
class Outcome:
    failed: list[FailedCell] = field(default_factory=list)
    #: Nothing could be defined at all: every cell failed, or the file does not compile.
    lost: bool = False
    #: Blank lines that IPython drops at the start of a cell: file name of the cell → how many.
    skipped_lines: dict[str, int] = field(default_factory=dict)


def refuse_input(prompt: object = "") -> str:
    raise EOFError("input() has nobody to ask while the notebook is graded")


class Timer:
    """Interrupts the running cell. Armed only around student code, so that it never hits the harness itself."""

    def __init__(self, wall_ms: int) -> None:
        self._began = time.monotonic()
        self._wall_s = wall_ms / 1000
        self._inside = False
        signal.signal(signal.SIGALRM, self._fire)

    def _fire(self, *_: object) -> None:
        if self._inside:
            raise CellTimeout

    def turn_s(self, *, short: bool) -> float:
        spent = time.monotonic() - self._began
        if short:
            return max(0.0, min(_SHORT_TURN_S, self._wall_s * _LAST_SHARE - spent))
        return max(0.05, self._wall_s * _CELLS_SHARE - spent)

    def start(self, seconds: float) -> None:
        self._inside = True
        # A repeated alarm: a cell that catches the first one meets the next.
        signal.setitimer(signal.ITIMER_REAL, seconds, 0.5)

    def stop(self) -> None:
        self._inside = False
        signal.setitimer(signal.ITIMER_REAL, 0)

    def close(self) -> None:
        self.stop()
        signal.signal(signal.SIGALRM, signal.SIG_DFL)


def run(source: Source, module_name: str, wall_ms: int) -> tuple[types.ModuleType, Outcome]:
    """The module that tests will see, and what failed while it came to be."""
    builtins.input = refuse_input
    timer = Timer(wall_ms)
    try:
        if source.is_notebook:
            return _run_notebook(source, module_name, timer)
        return _run_file(source.cells[0], module_name, timer)
    finally:
        timer.close()


def _run_file(cell: Cell, module_name: str, timer: Timer) -> tuple[types.ModuleType, Outcome]:
    import linecache

    module = types.ModuleType(module_name)
    module.__dict__["__nbpulse_name__"] = module_name
    sys.modules[module_name] = module
    name = f"<{cell.name}>"
    linecache.cache[name] = (len(cell.source), None, cell.source.splitlines(keepends=True), name)
    outcome = Outcome()
    seconds = timer.turn_s(short=False)
    try:
        code = compile(cell.source, name, "exec", dont_inherit=True)
        timer.start(seconds)
        exec(code, module.__dict__)
    except BaseException as error:  # noqa: BLE001 - whatever the student's code raises
        timer.stop()
        outcome.failed.append(FailedCell(cell.name, describe_failure(error, seconds)))
        outcome.lost = isinstance(error, SyntaxError)
    finally:
        timer.stop()
    return module, outcome


def _run_notebook(source: Source, module_name: str, timer: Timer) -> tuple[types.ModuleType, Outcome]:
    module = types.ModuleType("__main__")
    module.__dict__["__nbpulse_name__"] = module_name
    shell = _shell(module)
    sys.modules[module_name] = module
    outcome = Outcome()
    stopped = False
    for number, cell in enumerate(source.cells, 1):
        if not cell.source.strip():
            continue
        seconds = timer.turn_s(short=stopped)
        if seconds <= 0:
            outcome.failed.append(FailedCell(cell.name, "was not run: the notebook's time was used up"))
            continue
        shell.compile.get_code_name = lambda raw, code, count, name=cell.name: f"<{name}>"
        shell.execution_count = number
        outcome.skipped_lines[f"<{cell.name}>"] = _leading_blank_lines(cell.source)
        timer.start(seconds)
        try:
            result = shell.run_cell(cell.source, store_history=False)
            error: BaseException | None = result.error_before_exec or result.error_in_exec
        except BaseException as raised:  # noqa: BLE001 - CellTimeout, or a shell that the student's code broke
            error = raised
        finally:
            timer.stop()
        if error is None:
            continue
        stopped = stopped or isinstance(error, CellTimeout)
        if "raises-exception" not in cell.tags:
            outcome.failed.append(FailedCell(cell.name, describe_failure(error, seconds)))
    outcome.lost = bool(source.cells) and len(outcome.failed) == sum(bool(c.source.strip()) for c in source.cells)
    return module, outcome


def _leading_blank_lines(source: str) -> int:
    lines = source.splitlines()
    return next((number for number, line in enumerate(lines) if line.strip()), 0)


def _shell(module: types.ModuleType) -> Any:
    """An IPython without files of its own: no history, no profile, no colours in messages."""
    folder = os.path.join(os.getcwd(), ".ipython")
    os.environ["IPYTHONDIR"] = folder
    from IPython.core.history import HistoryManager
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    HistoryManager.enabled = False
    settings = Config()
    settings.HistoryManager.enabled = False
    settings.InteractiveShell.colors = "NoColor"
    settings.InteractiveShell.ast_node_interactivity = "last_expr"
    shell: Any = InteractiveShell.instance(config=settings, user_module=module, user_ns=module.__dict__)
    shell.system = _no_shell
    shell.getoutput = _no_shell
    shell.ask_exit = lambda: None
    # Plots are drawn without a screen whatever a notebook asks for.
    shell.register_magic_function(lambda line: None, "line", "matplotlib")
    return shell


def _no_shell(command: str, *args: Any, **kwargs: Any) -> Any:
    """`!pip install …` and `%%bash` have no place in a graded run: said in words, without failing the cell."""
    print(f"[shell commands do not run while the notebook is graded: {command!r:.80}]")
    return []


def describe_failure(error: BaseException, seconds: float) -> str:
    if isinstance(error, CellTimeout):
        return f"was stopped after {seconds:.0f} s"
    if isinstance(error, SystemExit):
        return "called exit()"
    try:
        text = str(error)
    except BaseException:  # noqa: BLE001 - a student's own `__str__`
        text = ""
    return f"{type(error).__name__}: {text}"[:_MESSAGE_CHARS]
