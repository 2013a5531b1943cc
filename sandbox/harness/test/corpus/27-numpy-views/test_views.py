import numpy as np
import pytest
from submission import Grid, add_border, diagonal_of, double_in_place, flip_rows, fill_diagonal, replace_nan, running_total


def test_double():
    data = np.array([1, 2, 3])
    double_in_place(data)
    assert data.tolist() == [2, 4, 6]


def test_double_keeps_dtype():
    data = np.array([1, 2], dtype=np.int16)
    double_in_place(data)
    assert data.dtype == np.int16


def test_returns_the_same_array():
    data = np.zeros(3)
    assert running_total(data) is data


def test_running_total():
    data = np.array([1.0, 2.0, 3.0])
    running_total(data)
    assert data.tolist() == [1, 3, 6]


def test_nan():
    data = np.array([1.0, np.nan, 3.0])
    result = replace_nan(data)
    assert result.tolist() == [1, 2, 3]
    assert np.isnan(data[1])


def test_all_nan():
    with pytest.raises(ValueError):
        replace_nan(np.array([np.nan]))


def test_flip_does_not_touch_the_original():
    data = np.arange(6).reshape(3, 2)
    flipped = flip_rows(data)
    flipped[0, 0] = 100
    assert data.max() == 5
    assert flipped[2].tolist() == [0, 1]


def test_border():
    bordered = add_border(np.ones((2, 2)), 5)
    assert bordered.shape == (4, 4)
    assert bordered[0].tolist() == [5] * 4 and bordered[1, 1] == 1


def test_diagonal():
    assert diagonal_of(np.array([[1, 2], [3, 4]])).tolist() == [1, 4]
    with pytest.raises(ValueError, match="square"):
        diagonal_of(np.ones((2, 3)))


def test_fill_diagonal():
    data = np.zeros((3, 3), dtype=int)
    fill_diagonal(data, [1, 2, 3])
    assert np.trace(data) == 6 and data.sum() == 6


def test_grid_keeps_its_cells():
    grid = Grid(2, 3)
    grid.set(1, 2, 9)
    assert grid.cells[1, 2] == 9
    assert grid.cells.shape == (2, 3)
    assert grid.row(1).tolist() == [0, 0, 9]


def test_grid_has_its_own_copy():
    start = np.ones((2, 2))
    grid = Grid.from_array(start)
    grid.set(0, 0, 7)
    assert start[0, 0] == 1
    start[1, 1] = 5
    assert grid.cells[1, 1] == 1


def test_grid_step_replaces_the_cells():
    grid = Grid.from_array(np.array([[0, 1], [2, 3]]))
    before = grid.cells
    grid.step()
    assert grid.cells.tolist() == [[1, 2], [3, 4]]
    assert before.tolist() == [[0, 1], [2, 3]]


def test_order_and_strides_do_not_matter():
    data = np.asfortranarray(np.arange(12).reshape(3, 4))
    assert flip_rows(data[:, ::2]).tolist() == [[8, 10], [4, 6], [0, 2]]
