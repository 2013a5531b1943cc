"""IPython as a notebook has it, without a Jupyter server, a kernel, or files of its own.

What a cell shows goes to `Outputs`; what it prints also to the sandbox's output, for staff. Imported only once the
notebook is about to run: a grading environment without IPython is told as such.
"""

from __future__ import annotations

import os
import sys
import types
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.history import HistoryManager
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

from .figures import figure_png
from .magics import install_magics, unknown_magic
from .outputs import CellStream, Outputs

_OURS = os.path.dirname(os.path.abspath(__file__))


class CellHook(DisplayHook):  # type: ignore[misc]
    """A cell's last value."""

    @property
    def prompt_count(self) -> int:
        return int(self.shell.execution_count)

    def quiet(self) -> bool:
        try:
            return bool(self.semicolon_at_end_of_expression(self.shell.cell_source))
        except Exception:  # noqa: BLE001 - a cell of magics is no Python to take apart
            return False

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        self.shell.echo(format_dict.get("text/plain"))
        self.shell.outputs.result(self.prompt_count, format_dict, md_dict)

    def log_output(self, format_dict: Any) -> None:
        pass

    def finish_displayhook(self) -> None:
        self._is_active = False


class CellPublisher(DisplayPublisher):  # type: ignore[misc]
    """`display(…)`, `clear_output()` and handles that are updated."""

    def publish(self, data: Any, metadata: Any = None, *_: Any, transient: Any = None, **more: Any) -> None:
        display_id = transient.get("display_id") if isinstance(transient, dict) else None
        self.shell.echo(data.get("text/plain") if isinstance(data, dict) else None)
        self.shell.outputs.display(data, metadata, display_id, update=bool(more.get("update")))

    def clear_output(self, wait: bool = False) -> None:
        self.shell.outputs.clear(wait=bool(wait))


class NotebookShell(InteractiveShell):  # type: ignore[misc]
    displayhook_class = Type(CellHook)
    display_pub_class = Type(CellPublisher)
    outputs: Outputs
    #: The running cell's text.
    cell_source = ""

    def run_one(self, number: int, source: str) -> BaseException | None:
        """One cell under its number. What it raised comes back; what breaks the shell itself is raised."""
        self.execution_count = number
        self.cell_source = source
        result = self.run_cell(source, store_history=False)
        try:
            self.history_manager.store_inputs(number, source, source)
        except Exception:  # noqa: BLE001 - `In` is a comfort: a student may have rebound it
            pass
        error: BaseException | None = result.error_before_exec or result.error_in_exec
        return error

    def echo(self, text: Any) -> None:
        """For staff, who read what the sandbox printed."""
        if isinstance(text, str):
            stream = sys.stdout.before if isinstance(sys.stdout, CellStream) else sys.stdout
            stream.write(f"{str.__str__(text)}\n")

    def _get_exc_info(self, exc_tuple: Any = None) -> Any:
        """Without the frames of ours that end a cell or refuse `input`."""
        found = super()._get_exc_info(exc_tuple)
        trace = found[2]
        while trace is not None and trace.tb_next is not None:
            if trace.tb_next.tb_frame.f_code.co_filename.startswith(_OURS):
                trace.tb_next = None
            trace = trace.tb_next
        return found

    def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
        lines = [line for line in stb if isinstance(line, str)] if isinstance(stb, (list, tuple)) else [str(stb)]
        self.echo("\n".join(lines))
        try:
            value = str(evalue)
        except BaseException:  # noqa: BLE001 - a student's own `__str__`
            value = ""
        self.outputs.error(str(getattr(etype, "__name__", etype)), value, "\n".join(lines).split("\n"))

    def run_line_magic(self, magic_name: str, line: str, _stack_depth: int = 1) -> Any:
        """A magic that is not there is told, and the rest of the cell goes on."""
        if self.find_line_magic(magic_name) is None and not _is_lazy(self, "line", magic_name):
            return unknown_magic(self, magic_name)
        return super().run_line_magic(magic_name, line, _stack_depth + 1)

    def enable_gui(self, gui: Any = None) -> None:
        pass

    def enable_matplotlib(self, gui: Any = None) -> tuple[str, str]:
        """Plots are drawn without a screen whatever a notebook asks for."""
        return "inline", "agg"

    def ask_exit(self) -> None:
        pass

    def init_virtualenv(self) -> None:
        pass


def _is_lazy(shell: Any, kind: str, name: str) -> bool:
    try:
        return shell._find_with_lazy_load(kind, name) is not None
    except Exception:  # noqa: BLE001 - IPython before 9 has no such thing
        return False


def make_shell(module: types.ModuleType, outputs: Outputs) -> NotebookShell:
    """No history, no profile, no colours in messages."""
    os.environ["IPYTHONDIR"] = os.path.join(os.getcwd(), ".ipython")
    HistoryManager.enabled = False
    settings = Config()
    settings.HistoryManager.enabled = False
    settings.InteractiveShell.colors = "NoColor"
    settings.InteractiveShell.ast_node_interactivity = "last_expr"
    NotebookShell.outputs = outputs
    shell: NotebookShell = NotebookShell.instance(config=settings, user_module=module, user_ns=module.__dict__)
    install_magics(shell)
    png = shell.display_formatter.formatters["image/png"]
    png.for_type_by_name("matplotlib.figure", "Figure", figure_png)
    return shell
