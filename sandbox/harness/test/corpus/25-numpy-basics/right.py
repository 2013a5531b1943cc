import numpy as np


def normalise(data):
    data = np.asarray(data, dtype=float)
    spread = data.max() - data.min()
    return (data - data.min()) / (spread or 1)


def clip_negative(data):
    data[data < 0] = 0


def checkerboard(n):
    return np.indices((n, n)).sum(axis=0) % 2


def moving_average(data, window):
    return np.convolve(data, np.ones(window) / window, mode="valid")


def one_hot(labels, n):
    return np.eye(n, dtype=int)[labels]


def center(data):
    return data - data.mean(axis=0)


def col_max(data):
    return data.max(axis=0)


def to_unit(rows):
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(lengths == 0, 1, lengths)
