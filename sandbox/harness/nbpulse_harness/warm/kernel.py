"""The system calls of which Python 3.11 has no function. Each raises OSError naming what was refused."""

from __future__ import annotations

import ctypes
import os

NEW_MOUNTS, NEW_CGROUP, NEW_HOSTNAME, NEW_IPC = 0x00020000, 0x02000000, 0x04000000, 0x08000000
NEW_USERS, NEW_PIDS, NEW_NET = 0x10000000, 0x20000000, 0x40000000

READ_ONLY, NO_SUID, NO_DEVICES, NO_EXEC, REMOUNT, BIND, RECURSIVE, PRIVATE = 1, 2, 4, 8, 32, 4096, 16384, 1 << 18
_DETACH = 2
_COLLAPSE = 25

_PR_SET_DUMPABLE, _PR_SET_NAME, _PR_CAPBSET_DROP, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL = 4, 15, 24, 47, 4
_CAPABILITY_VERSION_3 = 0x20080522
_MOST_CAPABILITIES = 64
_libc = ctypes.CDLL(None, use_errno=True)


def unshare(flags: int) -> None:
    _check(_libc.unshare(flags), f"unshare({flags:#x})")


def enter_pids(fd: int) -> None:
    """From now on children are made in that pid namespace."""
    _check(_libc.setns(fd, NEW_PIDS), "setns(pid)")


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    encoded = [text.encode() for text in (source, target, kind)]
    _check(_libc.mount(*encoded, ctypes.c_ulong(flags), options.encode()), f"mount {kind or 'bind'} on {target}")


def unmount(target: str) -> None:
    """With everything below it, even while it is in use."""
    _check(_libc.umount2(target.encode(), _DETACH), f"unmount {target}")


def drop_capabilities() -> None:
    """All of them, from every set, for good."""
    for number in range(_MOST_CAPABILITIES):
        if _libc.prctl(_PR_CAPBSET_DROP, number, 0, 0, 0) != 0:
            break  # the first number that this kernel does not know
    _check(_libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "prctl(ambient capabilities)")
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    _check(_libc.capset(header, (ctypes.c_uint32 * 6)()), "capset")


def be_dumpable(allowed: bool) -> None:
    """Whether `/proc/<pid>` belongs to this process's own uid. A change of uid switches it off."""
    _check(_libc.prctl(_PR_SET_DUMPABLE, int(allowed), 0, 0, 0), "prctl(dumpable)")


def collapse(address: int, length: int) -> None:
    """Put this memory, in whole large pages, into large pages. From Linux 6.1 on."""
    _check(_libc.madvise(ctypes.c_void_p(address), ctypes.c_size_t(length), _COLLAPSE), "madvise(collapse)")


def set_name(name: str) -> None:
    """What `ps` and `top` call the process, up to 15 bytes."""
    _check(_libc.prctl(_PR_SET_NAME, name.encode()[:15], 0, 0, 0), "prctl(name)")


def _check(result: int, what: str) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
