import numpy as np


def distances(points):
    difference = points[:, None, :] - points[None, :, :]
    return np.sqrt((difference**2).sum(axis=-1))


def times_table(n):
    numbers = np.arange(1, n + 1)
    return numbers[:, None] * numbers


def to_gray(image):
    return image.mean(axis=2).astype(np.uint8)


def brighten(image, amount):
    return np.clip(image.astype(int) + amount, 0, 255).astype(np.uint8)


def polynomial(coefficients, x):
    return sum(c * x**k for k, c in enumerate(coefficients))


def solve(a, b):
    return np.linalg.solve(a, b)


def add_bias(rows, bias):
    if rows.shape[1] != bias.shape[0]:
        raise ValueError(f"a bias of shape {bias.shape} does not fit {rows.shape}")
    return rows + bias


def outliers(data):
    return np.abs(data - np.median(data)) > 2 * data.std()


def weighted_mean(values, weights):
    return float((values * weights).sum() / weights.sum())


def swap_rows(a, i, j):
    a[[i, j]] = a[[j, i]]


def records(pairs):
    return np.array(pairs, dtype=[("name", "U10"), ("value", float)])
