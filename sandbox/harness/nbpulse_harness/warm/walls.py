"""How a child of the nursery becomes a sandbox, before it has read one byte of a student's or of a test.

The same walls as bubblewrap's, in its order: namespaces, disk, user, limits, capabilities, system calls. Each step
needs the right that a later one gives up, so none can be undone. The child is process 1 of its pid namespace.
"""

from __future__ import annotations

import os
import resource

from ..probe.lockdown import lock_down
from . import kernel
from .orders import Order, ProcessLimits

#: Where the host's folder for this nursery stands in its own sandbox. No child sees it.
HOST_FOLDER = "/tmp/nursery"
_DATA = "/job/data"
#: As bubblewrap does: settings of the kernel, which no process of a sandbox may write.
_KERNEL_SETTINGS = ("/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/bus")
#: Who a program is inside, as the sandbox's `/etc/passwd` has it.
_STUDENT = 1000


def isolate(order: Order, seccomp: bytes, nursery_bytes: int) -> None:
    """Raises OSError when a wall cannot be put up: then the child must end."""
    os.setsid()
    kernel.unshare(
        kernel.NEW_MOUNTS | kernel.NEW_NET | kernel.NEW_IPC | kernel.NEW_HOSTNAME | kernel.NEW_CGROUP,
    )
    _mount(order)
    os.chdir("/tmp")
    _limit(order.process_limits, nursery_bytes)
    _become_nobody(order.uid)
    if order.process_limits is not None:
        # Set inside the user namespace, where the processes of this uid outside do not count.
        _set_limit(resource.RLIMIT_NPROC, order.process_limits.processes)
    kernel.drop_capabilities()
    lock_down(seccomp)


def _mount(order: Order) -> None:
    kernel.mount("none", "/", "", kernel.RECURSIVE | kernel.PRIVATE)
    # The host's folder is mounted read-only; a bind of a part of it is so as well.
    kernel.mount(f"{HOST_FOLDER}/runs/{order.run}/data", _DATA, "", kernel.BIND)
    kernel.unmount(HOST_FOLDER)
    kernel.unmount("/tmp")
    flags = kernel.NO_SUID | kernel.NO_DEVICES
    kernel.mount("none", "/tmp", "tmpfs", flags, f"size={order.tmp_bytes},nr_inodes={order.tmp_inodes},mode=1777")
    kernel.mount("none", "/dev/shm", "tmpfs", flags, f"size={order.shm_bytes},nr_inodes={order.shm_inodes},mode=1777")
    kernel.mount("none", "/dev/pts", "devpts", kernel.NO_SUID | kernel.NO_EXEC, "newinstance,ptmxmode=0666,mode=620")
    sealed = kernel.NO_SUID | kernel.NO_DEVICES | kernel.NO_EXEC
    kernel.mount("proc", "/proc", "proc", sealed)
    for path in _KERNEL_SETTINGS:
        if os.path.exists(path):
            kernel.mount(path, path, "", kernel.BIND)
            kernel.mount("none", path, "", kernel.REMOUNT | kernel.BIND | kernel.READ_ONLY | sealed)


def _become_nobody(uid: int) -> None:
    """A uid of its own, and a user namespace of its own in which that is the only one there is."""
    if uid != 0:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
        kernel.be_dumpable(True)
    kernel.unshare(kernel.NEW_USERS)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{_STUDENT} {uid} 1"), ("gid_map", f"{_STUDENT} {uid} 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)


def _limit(limits: ProcessLimits | None, nursery_bytes: int) -> None:
    _set_limit(resource.RLIMIT_CORE, 0)
    if limits is not None:
        _set_limit(resource.RLIMIT_AS, nursery_bytes + limits.address_space_bytes)
        _set_limit(resource.RLIMIT_CPU, limits.cpu_seconds)
        _set_limit(resource.RLIMIT_FSIZE, limits.file_bytes)


def _set_limit(which: int, most: int) -> None:
    """Never above what is there: nobody may raise a hard limit."""
    hard = resource.getrlimit(which)[1]
    value = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(which, (value, value))
