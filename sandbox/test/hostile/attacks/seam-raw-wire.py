# the seam: do not use the harness at all, write frames of one's own: results before questions, wrong numbers, noise.
# honest: double
import os
import random
import socket
import stat
import struct


def double(x):
    return 2 * x


def sockets():
    found = []
    for name in os.listdir("/proc/self/fd"):
        fd = int(name)
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                found.append(fd)
        except OSError:
            pass
    return found


def noise(seed):
    rng = random.Random(seed)
    for fd in sockets():
        for _ in range(20):
            body = bytes(rng.randrange(256) for _ in range(rng.randrange(40)))
            kind = struct.pack("<BIB", rng.randrange(4), rng.randrange(2**32), rng.randrange(16))
            data = rng.choice([kind, b""]) + body
            length = rng.choice([len(data), len(data), 2**31, 0, rng.randrange(100)])
            try:
                os.write(fd, struct.pack("<I", length) + data)
            except OSError:
                pass
    return []


primes = lambda n: noise(1)
mean = lambda values: noise(2)
half = lambda x: noise(3)
find = lambda: noise(4)
guess = lambda text: noise(5)


def small(*args):
    for fd in sockets():
        for call in range(2000):
            data = struct.pack("<BIB", 1, call, 0) + b"i" + struct.pack("<q", 3)
            os.write(fd, struct.pack("<I", len(data)) + data)
    return 3


def check(x):
    for fd in sockets():
        os.close(fd)


def search(compare):
    for fd in sockets():
        try:
            socket.socket(fileno=os.dup(fd)).shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
