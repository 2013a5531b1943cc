# attack 12: crash instead of answering.
# honest: double
import ctypes
import os
import signal
import sys


def double(x):
    return 2 * x


primes = lambda n: os._exit(0)
mean = lambda values: os.kill(os.getpid(), signal.SIGKILL)
half = lambda x: ctypes.string_at(0)
small = lambda *args: os.kill(os.getppid(), signal.SIGSTOP) or None
find = lambda: os.abort()


def check(x):
    sys.setrecursionlimit(10**9)
    deep = []
    for _ in range(10**5):
        deep = [deep]
    repr(deep)


def guess(text):
    os.killpg(0, signal.SIGKILL)
