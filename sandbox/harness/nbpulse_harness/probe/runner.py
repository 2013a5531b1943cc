"""Runs a submission once, as a notebook would run it, and says what became of each cell.

An error in one cell does not stop the later ones: what a student defined there still counts. A cell that runs too long
is interrupted, and the later ones get a little time each. IPython gives magics, `display`, `await` at the top level
and `_`; there is no Jupyter server and no kernel.
"""

from __future__ import annotations

import builtins
import signal
import sys
import time
import types
from collections.abc import Callable
from dataclasses import dataclass, field

from ..notebook import Cell, Source
from .executed import CellTime
from .figures import Figures
from .outputs import CellStream, Outputs, restore_streams

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
    #: What the cells put out and how long they took, for the executed notebook.
    outputs: Outputs = field(default_factory=Outputs)
    times: dict[str, CellTime] = field(default_factory=dict)
    #: What the module held before the first cell ran: IPython's `In`, `get_ipython`, `exit` are none of the notebook's.
    given: dict[str, object] = field(default_factory=dict)


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
            raise CellTimeout("this cell ran too long and was stopped")

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


def run(
    source: Source, module_name: str, wall_ms: int, on_cell: Callable[[str], None] = lambda name: None
) -> tuple[types.ModuleType, Outcome]:
    """The module that tests will see, and what failed while it came to be. `on_cell` hears of each cell beforehand."""
    builtins.input = refuse_input
    timer = Timer(wall_ms)
    try:
        if source.is_notebook:
            return _run_notebook(source, module_name, timer, on_cell)
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
    outputs = outcome.outputs
    sys.stdout, sys.stderr = CellStream("stdout", outputs, sys.stdout), CellStream("stderr", outputs, sys.stderr)
    outputs.begin(cell.name)
    seconds, began = timer.turn_s(short=False), time.monotonic()
    status = "ok"
    try:
        code = compile(cell.source, name, "exec", dont_inherit=True)
        timer.start(seconds)
        exec(code, module.__dict__)
    except BaseException as error:  # noqa: BLE001 - whatever the student's code raises
        timer.stop()
        message = describe_failure(error, seconds)
        status = "stopped" if isinstance(error, CellTimeout) else "error"
        outcome.failed.append(FailedCell(cell.name, message))
        outcome.lost = isinstance(error, SyntaxError)
        outputs.error(type(error).__name__, message.partition(": ")[2], _short_traceback(error, name, message))
    finally:
        timer.stop()
        outputs.end()
        restore_streams()
    outcome.times[cell.name] = CellTime(status, (time.monotonic() - began) * 1000)
    return module, outcome


def _short_traceback(error: BaseException, name: str, message: str) -> list[str]:
    """The file's own lines that the exception went through; nothing of the student's is asked."""
    import traceback

    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == name]
    lines = [f"  line {frame.lineno}, in {frame.name}\n    {frame.line}" for frame in frames]
    return ["Traceback (most recent call last):", *lines, message]


def _run_notebook(
    source: Source, module_name: str, timer: Timer, on_cell: Callable[[str], None]
) -> tuple[types.ModuleType, Outcome]:
    from .shell import make_shell

    outcome = Outcome()
    outputs, times = outcome.outputs, outcome.times
    module = types.ModuleType("__main__")
    module.__dict__["__nbpulse_name__"] = module_name
    shell = make_shell(module, outputs)
    outcome.given = dict(module.__dict__)
    sys.modules[module_name] = module
    sys.stdout, sys.stderr = CellStream("stdout", outputs, sys.stdout), CellStream("stderr", outputs, sys.stderr)
    figures = Figures(outputs)
    stopped = False
    for number, cell in enumerate(source.cells, 1):
        if not cell.source.strip():
            times[cell.name] = CellTime("empty", 0)
            continue
        seconds = timer.turn_s(short=stopped)
        if seconds <= 0:
            times[cell.name] = CellTime("not run", 0)
            outcome.failed.append(FailedCell(cell.name, "was not run: the notebook's time was used up"))
            continue
        shell.compile.get_code_name = lambda raw, code, count, name=cell.name: f"<{name}>"
        outcome.skipped_lines[f"<{cell.name}>"] = _leading_blank_lines(cell.source)
        on_cell(cell.name)
        began = time.monotonic()
        outputs.begin(cell.name)
        timer.start(seconds)
        try:
            error = shell.run_one(number, cell.source)
            figures.end_of_cell()
        except BaseException as raised:  # noqa: BLE001 - CellTimeout, or a shell that the student's code broke
            error = raised
        finally:
            timer.stop()
            outputs.end()
        late = isinstance(error, CellTimeout)
        status = "ok" if error is None else "stopped" if late else "error"
        times[cell.name] = CellTime(status, (time.monotonic() - began) * 1000)
        stopped = stopped or late
        if error is not None and "raises-exception" not in cell.tags:
            outcome.failed.append(FailedCell(cell.name, describe_failure(error, seconds)))
    figures.end_of_notebook()
    restore_streams()
    outcome.lost = bool(source.cells) and len(outcome.failed) == sum(bool(c.source.strip()) for c in source.cells)
    return module, outcome


def _leading_blank_lines(source: str) -> int:
    lines = source.splitlines()
    return next((number for number, line in enumerate(lines) if line.strip()), 0)


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
