"""What the probe gives up before it runs a byte of the student's: new privileges, system calls, core dumps.

The engines put up the outer walls. The system call filter is loaded here so that it is the same on every engine.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal

_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS = 1, 22, 36, 38
_SECCOMP_MODE_FILTER = 2
_INSTRUCTION_BYTES = 8
_libc = ctypes.CDLL(None, use_errno=True)


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def lock_down(bpf: bytes | None) -> None:
    """Raises OSError when the kernel refuses: without the filter no student code may run."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    if bpf is not None:
        load_filter(bpf)


def load_filter(bpf: bytes) -> None:
    if not bpf or len(bpf) % _INSTRUCTION_BYTES:
        raise ValueError(f"a seccomp filter of {len(bpf)} bytes is not a whole number of instructions")
    program = _Program(len(bpf) // _INSTRUCTION_BYTES, bpf)
    _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program))


def die_with_parent() -> None:
    """After each fork: the setting is not inherited. The parent may have died just before."""
    parent = os.getppid()
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def adopt_orphans() -> None:
    """What a student's process leaves behind becomes our child, so that it can be found and ended."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def _prctl(option: int, *arguments: object) -> None:
    padded = [*arguments, 0, 0, 0, 0][:4]
    if _libc.prctl(option, *padded) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"prctl({option}): {os.strerror(code)}")
