"""What a child runs once it is a sandbox: the program that a cold start would have given to a fresh interpreter.

`python3 -I FILE` and `python3 -I -c CODE`, with that program's arguments, environment, `__main__`, random numbers and
way to end. What stays of the nursery is what it imported.
"""

from __future__ import annotations

import atexit
import ctypes
import os
import signal
import sys
import threading
import types
from typing import Any, NoReturn, Protocol

from . import kernel

#: More likely than process 1 to be ended for memory: that one tells the exit code. In thousandths.
_GO_BEFORE_INIT = "100"


class Program(Protocol):
    """What an order says of it, whichever engine gave the order."""

    @property
    def argv(self) -> tuple[str, ...]: ...

    #: All of it.
    @property
    def environment(self) -> dict[str, str]: ...

    @property
    def processor_cores(self) -> int: ...


def run(order: Program, title_room: tuple[int, int]) -> NoReturn:
    """In process 2 of the sandbox. Ends the process with the program's exit code."""
    status = 1
    try:
        _be_fresh(order, title_room)
        status = _execute(order.argv)
    except BaseException:  # noqa: BLE001 - as an interpreter ends
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(_leave(status))


def _execute(argv: tuple[str, ...]) -> int:
    main = types.ModuleType("__main__")
    main.__dict__["__builtins__"] = sys.modules["builtins"]
    sys.modules["__main__"] = main
    option = argv[2]
    if option == "-c":
        source, name = argv[3], "<string>"
        sys.argv = ["-c", *argv[4:]]
    else:
        name = option
        with open(option, encoding="utf-8") as file:
            source = file.read()
        main.__file__ = option
        sys.argv = list(argv[2:])
    try:
        exec(compile(source, name, "exec", dont_inherit=True), main.__dict__)
        return 0
    except SystemExit as end:
        return _exit_code(end)
    except BaseException as error:  # noqa: BLE001 - as an interpreter ends
        trace = error.__traceback__
        # From the program's own first line on.
        error.__traceback__ = None if trace is None else trace.tb_next
        sys.excepthook(type(error), error, error.__traceback__)
        return 1


def _exit_code(end: SystemExit) -> int:
    if end.code is None:
        return 0
    if isinstance(end.code, int):
        return end.code & 0xFF
    print(end.code, file=sys.stderr)
    return 1


def _leave(status: int) -> int:
    """What an interpreter does on its way out, but for taking apart what it has imported."""
    end_threads: Any = threading
    end_exits: Any = atexit
    for step in (end_threads._shutdown, end_exits._run_exitfuncs):
        try:
            step()
        except BaseException:  # noqa: BLE001 - a student's `atexit`
            sys.excepthook(*sys.exc_info())
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:  # noqa: BLE001 - the reader is gone, or a student's own stream
            status = status or 120
    return status


def _be_fresh(order: Program, title_room: tuple[int, int]) -> None:
    """Nothing of the nursery's own person: its name, its signals, its environment, its random numbers."""
    set_title(title_room, *order.argv)
    kernel.set_name("python3")
    kernel.be_dumpable(True)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
        file.write(_GO_BEFORE_INIT)
    os.environ.clear()
    os.environ.update(order.environment)
    sys.orig_argv[:] = order.argv
    _reseed()
    _forget_folders()
    _use_cores(order.processor_cores)


def _reseed() -> None:
    import random
    import tempfile

    random.seed()
    names: Any = tempfile
    names._name_sequence = None
    names.tempdir = None
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is not None:
        numpy_random.seed()
    processes = sys.modules.get("multiprocessing.process")
    if processes is not None:
        processes.current_process().authkey = os.urandom(32)


def _forget_folders() -> None:
    """matplotlib keeps the paths of its folders once it has asked for them; they were the nursery's."""
    matplotlib = sys.modules.get("matplotlib")
    for name in ("get_configdir", "get_cachedir"):
        function: Any = getattr(matplotlib, name, None)
        if function is None:
            continue
        for variable, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=False):
            if variable == "called":
                cell.cell_contents = False


def _use_cores(cores: int) -> None:
    """The nursery has one thread, so its BLAS has as well; an assignment may have more cores."""
    if cores == 1 or "numpy" not in sys.modules:
        return
    with open("/proc/self/maps", encoding="utf-8") as maps:
        libraries = {line.split()[-1] for line in maps if "openblas" in line}
    for library in libraries:
        blas = ctypes.CDLL(library)
        for name in ("scipy_openblas_set_num_threads64_", "openblas_set_num_threads64_", "openblas_set_num_threads"):
            if hasattr(blas, name):
                blas[name](cores)
                break


def title_room() -> tuple[int, int]:
    """Where the argument list of this process stands in its memory, first byte and the one after the last."""
    with open("/proc/self/stat", encoding="utf-8") as file:
        fields = file.read().rpartition(")")[2].split()
    return int(fields[45]), int(fields[46])


def set_title(room: tuple[int, int], *words: str) -> None:
    """What `ps` shows, cut to the room that the nursery's own arguments had."""
    start, end = room
    title = b"\0".join(word.encode("utf-8", "replace") for word in words)[: end - start - 1]
    ctypes.memset(start, 0, end - start)
    ctypes.memmove(start, title, len(title))
