import numpy as np

kept = None
grid = np.zeros((3, 4))
first_row = grid[0]


def tail(a):
    return a[1:]


def every_other(a):
    return a[::2]


def transposed(a):
    return a.T


def flipped(a):
    return a[::-1]


def fill(a, value):
    a[...] = value


def keep(a):
    global kept
    kept = a


def fill_kept(value):
    kept[...] = value


def base_and_view():
    base = np.zeros(5)
    return base, base[1:3]


def three():
    base = np.arange(6)
    return [base, base.reshape(2, 3), base[::2]]


def reshaped(n):
    return np.arange(n).reshape(2, -1)


def copied(a):
    return a[1:].copy()


def real_part(z):
    return z.real


def diagonal(a):
    return a.diagonal()


def shares(a, b):
    return bool(np.shares_memory(a, b))


def large():
    return np.zeros(4_000_000, dtype="u1")[:10]


def set_row(row, value):
    grid[row] = value
