"""The command line `nbpulse`.

Exit codes of `nbpulse number`: 0 – the numbers are in order (now); 1 – they are not, and nothing was changed (a dry
run, or the answer was no); 2 – a file could not be read or written, or the command was wrong.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from ..version import VERSION
from .difference import difference, left_lines, show
from .notebook_file import NotebookFile, NotebookProblem
from .number import plan_numbers

IN_ORDER, NOT_IN_ORDER, PROBLEM = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """The console script `nbpulse`, and `python -m nbpulse`."""
    parser = argparse.ArgumentParser(prog="nbpulse", description="nbpulse, beside the notebook.")
    parser.add_argument("--version", action="version", version=f"nbpulse {VERSION}")
    commands = parser.add_subparsers(dest="command", metavar="command", required=True)
    number = commands.add_parser(
        "number",
        help="number the send lines of a notebook in cell order",
        description="Numbers the send lines of a notebook 1, 2, 3 … in cell order, and shows the difference first. "
        "Keys that were equal stay equal, suffixes (2b, 3.a) stay, texts without a number stay.",
    )
    number.add_argument("notebook", nargs="+", type=Path)
    number.add_argument("-y", "--yes", action="store_true", help="write without asking")
    number.add_argument("-n", "--dry-run", action="store_true", help="only show the difference")
    chosen = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without Unicode
    try:
        return max(_number(path, chosen.yes, chosen.dry_run) for path in chosen.notebook)
    except KeyboardInterrupt:
        print("\nNothing more was changed.", file=sys.stderr)
        return NOT_IN_ORDER
    except BrokenPipeError:  # `nbpulse number … | head`
        sys.stderr.close()
        return NOT_IN_ORDER


def _number(path: Path, yes: bool, dry_run: bool) -> int:
    try:
        notebook = NotebookFile(path)
        cells = notebook.cells
        plan = plan_numbers(cells)
        show(difference(path.name, cells, plan))
        show(left_lines(plan.left))
        if not plan.edits:
            print(f"{path}: the numbers are in order.")
            return IN_ORDER
        count = len(plan.changes)
        what = f"{path}: {count} send {'line' if count == 1 else 'lines'} to renumber"
        if dry_run:
            print(f"{what}.")
            return NOT_IN_ORDER
        if not yes and not _agreed(f"{what}. Write? [y/N] "):
            print(f"{path} is as it was.")
            return NOT_IN_ORDER
        if notebook.has_changed():
            raise NotebookProblem(f"{path} was changed meanwhile; it is left alone. Run the command again.")
        notebook.write(plan.edits)
        print(f"{path}: {count} {'line' if count == 1 else 'lines'} renumbered.")
        return IN_ORDER
    except NotebookProblem as problem:
        print(f"nbpulse number: {problem}", file=sys.stderr)
        return PROBLEM


def _agreed(question: str) -> bool:
    if not sys.stdin.isatty():
        print(f"{question.removesuffix(' Write? [y/N] ')} To write, add --yes.")
        return False
    try:
        return input(question).strip().lower() in ("y", "yes")
    except EOFError:
        print()
        return False
