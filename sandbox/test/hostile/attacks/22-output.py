# attack 22: flood the output, while the notebook runs and in a test.
# honest: double
# needs: engine
import os
import sys


def double(x):
    return 2 * x


for _ in range(3000):
    sys.stdout.write("x" * 1000 + "\n")


def primes(n):
    for _ in range(3000):
        print("y" * 10_000)
    return []


def mean(values):
    for _ in range(20_000):
        os.write(2, b"z" * 1000)
