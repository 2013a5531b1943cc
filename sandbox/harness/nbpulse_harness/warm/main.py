"""A nursery: one warm parent of one role. It hears the host only, knows no test, no submission and no expected value.

States of a child: *waiting* (process 1 of its own pid namespace; the host puts it into its control group) → *begun*
(all walls are up, the program runs in process 2) → *ended* (a zombie, whose id nobody else can get) → *buried* by the
host's word. A wall that cannot be put up ends the child before it has begun, with the reason.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import sys
from dataclasses import dataclass
from typing import Any, NoReturn

from .. import framing
from ..probe.lockdown import die_with_parent
from . import kernel, pages, program
from .imports import import_ahead
from .orders import ROLES, Hello, Order, read_hello, read_order, read_run
from .walls import HOST_FOLDER, isolate

_BRIDGE_FD = 3
_DOOR = f"{HOST_FOLDER}/door"
_STREAMS = ("stdin", "stdout", "stderr")
_SEAM_FD = 3
_MOST_REASON = 2_000
_CLOSED = -1


@dataclass
class Child:
    run: str
    pid: int
    pidfd: int
    #: A byte on it lets the child go on; closed after it.
    gate: int
    #: What the child says until its program begins: one byte, or why it could not.
    word: int


def main() -> NoReturn:
    role = sys.argv[1]
    if role not in ROLES:
        sys.exit(f"nursery: {role!r} is neither oracle nor probe")
    room = program.title_room()
    program.set_title(room, f"nbpulse-nursery {role}")
    # Away from 0, 1 and 2, which become a child's own.
    commands, answers = os.dup(0), os.dup(1)
    silence = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1):
        os.dup2(silence, fd)
    os.close(silence)
    bridge = socket.socket(fileno=os.dup(_BRIDGE_FD))
    os.close(_BRIDGE_FD)
    bridge.setblocking(True)
    try:
        hello = read_hello(framing.read_frame(commands))
        import_ahead(role, rehearsed=True)
        pages.collapse()
        Nursery(role, hello, commands, answers, bridge, room).serve()
    except framing.BadJob as end:
        # The host is gone, or speaks another version.
        sys.exit(f"nursery: {end}")


class Nursery:
    def __init__(
        self, role: str, hello: Hello, commands: int, answers: int, bridge: socket.socket, room: tuple[int, int]
    ) -> None:
        self._role = role
        self._hello = hello
        self._commands = commands
        self._answers = answers
        self._bridge = bridge
        self._room = room
        self._own_pids = os.open("/proc/self/ns/pid", os.O_RDONLY)
        self._children: dict[str, Child] = {}
        #: Ends of seams that the oracle's nursery has sent and no order has asked for yet.
        self._seams: dict[str, socket.socket] = {}
        self._poll = select.poll()
        self._bytes = _mapped_bytes()

    def serve(self) -> NoReturn:
        self._say({"type": "ready"})
        self._poll.register(self._commands, select.POLLIN)
        while True:
            for fd, _ in self._poll.poll():
                if fd == self._commands:
                    self._obey(framing.read_frame(self._commands))
                else:
                    self._hear(fd)

    # ------------------------------------------------------------ the host's words

    def _obey(self, message: Any) -> None:
        kind = message.get("type") if isinstance(message, dict) else None
        if kind == "fork":
            order = read_order(message)
            try:
                self._fork(order)
            except OSError as error:
                self._say({"type": "refused", "run": order.run, "reason": str(error)})
            return
        child = self._children.get(read_run(message))
        if child is None:
            return
        if kind == "go":
            with contextlib.suppress(BrokenPipeError):
                os.write(child.gate, b"g")
            os.close(child.gate)
        elif kind == "bury":
            os.waitpid(child.pid, 0)
            del self._children[child.run]
        else:
            raise framing.BadJob(f"{kind!r:.100} is no command")

    def _fork(self, order: Order) -> None:
        # First: the other nursery waits for its end, whatever becomes of this child.
        seam = self._seam(order.run)
        streams = [_knock(order.run, self._role, stream) for stream in _STREAMS]
        gate_read, gate = os.pipe()
        word, word_write = os.pipe()
        try:
            kernel.unshare(kernel.NEW_PIDS)
            try:
                pid = os.fork()
                if pid == 0:
                    self._be_init(order, [*streams, seam], gate_read, word_write)
            finally:
                # Only here: the child ends without coming back.
                kernel.enter_pids(self._own_pids)
            child = Child(order.run, pid, os.pidfd_open(pid), gate, word)
        except OSError:
            os.close(gate)
            os.close(word)
            raise
        finally:
            os.close(gate_read)
            os.close(word_write)
            for end in (*streams, seam):
                end.close()
        self._children[order.run] = child
        self._poll.register(child.pidfd, select.POLLIN)
        self._poll.register(child.word, select.POLLIN)
        self._say({"type": "forked", "run": order.run, "pid": pid})

    def _seam(self, run: str) -> socket.socket:
        """This role's end of the run's seam. The oracle's nursery makes it and hands the other end over the bridge."""
        if self._role == "oracle":
            ours, theirs = socket.socketpair()
            with theirs:
                socket.send_fds(self._bridge, [run.encode("ascii")], [theirs.fileno()])
            return ours
        while run not in self._seams:
            name, descriptors, _, _ = socket.recv_fds(self._bridge, 32, 1)
            if not name or not descriptors:
                raise framing.BadJob("the oracle's nursery is gone")
            self._seams[name.decode("ascii")] = socket.socket(fileno=descriptors[0])
        return self._seams.pop(run)

    # ------------------------------------------------------------ the children's

    def _hear(self, fd: int) -> None:
        self._poll.unregister(fd)
        for child in self._children.values():
            if fd == child.word:
                said = os.read(fd, _MOST_REASON)
                # Its number is soon another child's.
                child.word = _CLOSED
                if said == b"b":
                    self._say({"type": "begun", "run": child.run})
                else:
                    reason = said.decode("utf-8", "replace") or "it ended while its walls were put up"
                    self._say({"type": "refused", "run": child.run, "reason": reason})
                break
            if fd == child.pidfd:
                ended = os.waitid(os.P_PIDFD, fd, os.WEXITED | os.WNOWAIT)
                child.pidfd = _CLOSED
                if ended is None:
                    raise RuntimeError("a child that has ended has no status")
                killed = ended.si_code != os.CLD_EXITED
                code = ended.si_status + (128 if killed else 0)
                # Process 1 hears no signal from inside, and hands on the program's own end as an exit code.
                self._say({"type": "ended", "run": child.run, "exitCode": code, "killed": killed})
                break
        os.close(fd)

    def _say(self, message: dict[str, Any]) -> None:
        framing.write_frame(self._answers, message)

    def _be_init(self, order: Order, ends: list[socket.socket], gate: int, word: int) -> NoReturn:
        """In the child, process 1 of its namespace. Never returns into the nursery's loop."""
        status = 1
        try:
            word = _keep_only(ends, gate, word)
            self._children.clear()
            for end in self._seams.values():
                end.detach()
            self._seams.clear()
            if os.read(_GATE_FD, 1) != b"g":
                os._exit(status)  # the nursery is gone
            os.close(_GATE_FD)
            isolate(order, self._hello.seccomp, self._bytes)
            die_with_parent()
            os.write(word, b"b")
            os.close(word)
            status = _run_below(order, self._room)
        except BaseException as error:  # noqa: BLE001 - the host hears of it, and the child ends here
            os.write(word, str(error).encode("utf-8", "replace")[:_MOST_REASON])
        finally:
            os._exit(status)


_GATE_FD, _WORD_FD, _FIRST_FREE_FD = 4, 5, 6


def _keep_only(ends: list[socket.socket], gate: int, word: int) -> int:
    """Descriptors 0 to 3 as a cold start has them, and two for the way there. None of the nursery's own stays."""
    high = [os.dup(fd) for fd in (*(end.fileno() for end in ends), gate, word)]
    # Above all that are to be given: none is overwritten before it was copied.
    moved = [fd if fd >= _FIRST_FREE_FD else _above(fd) for fd in high]
    for target, fd in enumerate(moved):
        os.dup2(fd, target, inheritable=target <= _SEAM_FD)
    os.closerange(_FIRST_FREE_FD, os.sysconf("SC_OPEN_MAX"))
    for end in ends:
        end.detach()
    return _WORD_FD


def _above(fd: int) -> int:
    import fcntl

    return fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, _FIRST_FREE_FD)


def _run_below(order: Order, room: tuple[int, int]) -> int:
    """The program in process 2; here its end, and that of every orphan, is waited for."""
    # With no handler at all process 1 cannot be disturbed from inside; the program sets Python's again.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # The program takes it back for itself; nobody opens what `/proc/1` leads to.
    kernel.be_dumpable(False)
    pid = os.fork()
    if pid == 0:
        program.run(order, room)
    # Only the program holds its streams and its seam: their end is its end.
    os.closerange(0, _FIRST_FREE_FD)
    while True:
        ended, status = os.wait()
        if ended == pid:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


def _knock(run: str, role: str, stream: str) -> socket.socket:
    """A connection to the host, which it knows by its first line."""
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.connect(_DOOR)
        sock.sendall(f"{run} {role} {stream}\n".encode("ascii"))
        # One way only, as the stream's name says.
        sock.shutdown(socket.SHUT_WR if stream == "stdin" else socket.SHUT_RD)
        return sock
    except OSError:
        sock.close()
        raise


def _mapped_bytes() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
