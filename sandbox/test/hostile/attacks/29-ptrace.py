# attack 29: ptrace(PTRACE_TRACEME) and a signal, so that the engine forgets the process.
# honest: double
# needs: engine
import ctypes
import os
import signal


def double(x):
    return 2 * x


libc = ctypes.CDLL(None, use_errno=True)
print("ptrace", libc.ptrace(0, 0, 0, 0), ctypes.get_errno())
try:
    os.kill(1, signal.SIGTRAP)
except OSError as error:
    print(error)


def primes(n):
    libc.ptrace(0, 0, 0, 0)
    os.kill(os.getpid(), signal.SIGTRAP)
    return []
