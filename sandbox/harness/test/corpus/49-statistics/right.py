import math
from collections import Counter
from typing import NamedTuple


def _check(data):
    if not data:
        raise ValueError("no data")


def mean(data):
    _check(data)
    return math.fsum(data) / len(data)


def median(data):
    _check(data)
    return quantile(data, 0.5)


def mode(data):
    _check(data)
    return Counter(data).most_common(1)[0][0]


def std(data, sample=False):
    _check(data)
    m = mean(data)
    return math.sqrt(sum((x - m) ** 2 for x in data) / (len(data) - sample))


def quantile(data, q):
    ordered = sorted(data)
    place = q * (len(ordered) - 1)
    low = math.floor(place)
    high = math.ceil(place)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def z_scores(data):
    m, s = mean(data), std(data)
    return [(x - m) / s for x in data]


def correlation(a, b):
    ma, mb = mean(a), mean(b)
    bottom = std(a) * std(b) * len(a)
    return sum((x - ma) * (y - mb) for x, y in zip(a, b)) / bottom if bottom else math.nan


class Fit(NamedTuple):
    slope: float
    intercept: float

    def predict(self, x):
        return self.slope * x + self.intercept


def linear_fit(x, y):
    mx, my = mean(x), mean(y)
    slope = sum((a - mx) * (b - my) for a, b in zip(x, y)) / sum((a - mx) ** 2 for a in x)
    return Fit(slope, my - slope * mx)


def histogram(data, bins):
    low, high = min(data), max(data)
    counts = [0] * bins
    for x in data:
        counts[min(bins - 1, int((x - low) / (high - low) * bins))] += 1
    return counts


class Summary:
    def __init__(self, data):
        self.n = len(data)
        self.mean = mean(data)
        self.min, self.max = min(data), max(data)

    def as_dict(self):
        return dict(vars(self))
