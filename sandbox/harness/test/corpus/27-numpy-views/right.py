import numpy as np


def double_in_place(data):
    data *= 2


def running_total(data):
    np.cumsum(data, out=data)
    return data


def replace_nan(data):
    if np.isnan(data).all():
        raise ValueError("nothing but nan")
    result = data.copy()
    result[np.isnan(result)] = np.nanmean(data)
    return result


def flip_rows(data):
    return data[::-1].copy()


def add_border(data, value):
    return np.pad(data, 1, constant_values=value)


def diagonal_of(data):
    if data.shape[0] != data.shape[1]:
        raise ValueError("not square")
    return np.diag(data)


def fill_diagonal(data, values):
    for i, value in enumerate(values):
        data[i, i] = value


class Grid:
    def __init__(self, rows, columns):
        self.cells = np.zeros((rows, columns))

    @classmethod
    def from_array(cls, array):
        grid = cls(*array.shape)
        grid.cells = array.copy()
        return grid

    def set(self, row, column, value):
        self.cells[row, column] = value

    def row(self, i):
        return self.cells[i]

    def step(self):
        self.cells = self.cells + 1
