import matplotlib.pyplot as plt
import numpy as np


def plot_line(x, y):
    fig, ax = plt.subplots()
    ax.plot(x, y, "r--", color="red")
    ax.set_title("Squares")
    ax.set_xlabel("x")
    ax.set_ylabel("x squared")
    return ax


def plot_bars(data):
    fig, ax = plt.subplots()
    ax.bar(list(data), list(data.values()))
    return ax


def plot_histogram(data, bins):
    fig, ax = plt.subplots()
    ax.hist(data, bins=bins)
    return ax


def side_by_side(left, right):
    fig, (a, b) = plt.subplots(1, 2)
    a.plot(left)
    a.set_title("left")
    b.plot(right)
    b.set_title("right")
    return fig


def with_legend():
    x = np.linspace(0, 6, 50)
    fig, ax = plt.subplots()
    ax.plot(x, np.sin(x), label="sin")
    ax.plot(x, np.cos(x), label="cos")
    ax.set_ylim(-2, 2)
    ax.legend()
    return ax


def scatter(x, y):
    fig, ax = plt.subplots()
    ax.scatter(x, y)
    return ax
