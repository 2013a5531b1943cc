import numpy as np
import pytest
from submission import center, checkerboard, clip_negative, col_max, moving_average, normalise, one_hot, to_unit


def test_normalise():
    result = normalise(np.array([1.0, 2.0, 3.0]))
    np.testing.assert_allclose(result, [0, 0.5, 1])
    assert result.dtype == np.float64


def test_normalise_integers():
    np.testing.assert_allclose(normalise(np.array([0, 5, 10])), [0, 0.5, 1])


def test_normalise_takes_lists():
    assert isinstance(normalise([1, 3]), np.ndarray)


def test_normalise_leaves_its_argument():
    data = np.array([1.0, 2.0, 4.0])
    normalise(data)
    assert data.tolist() == [1, 2, 4]


def test_constant():
    assert np.all(normalise(np.full(4, 7.0)) == 0)


def test_clip_in_place():
    data = np.array([[1, -2], [-3, 4]])
    assert clip_negative(data) is None
    assert (data == [[1, 0], [0, 4]]).all()


def test_clip_changes_the_same_memory():
    data = np.array([-1.0, 1.0])
    view = data[:]
    clip_negative(data)
    assert view[0] == 0


def test_checkerboard():
    board = checkerboard(4)
    assert board.shape == (4, 4)
    assert board.dtype.kind in "iub"
    assert board.sum() == 8 and board[0, 0] == 0 and board[0, 1] == 1
    assert (board[:-1] + board[1:] == 1).all()


@pytest.mark.parametrize("window", [1, 2, 3])
def test_moving_average(window):
    data = np.array([1.0, 4.0, 2.0, 8.0])
    expected = [data[i : i + window].mean() for i in range(len(data) - window + 1)]
    np.testing.assert_allclose(moving_average(data, window), expected)


def test_one_hot():
    result = one_hot(np.array([2, 0, 1]), 3)
    np.testing.assert_array_equal(result, [[0, 0, 1], [1, 0, 0], [0, 1, 0]])


def test_center():
    data = np.arange(6.0).reshape(3, 2)
    result = center(data)
    np.testing.assert_allclose(result.mean(axis=0), [0, 0], atol=1e-12)
    assert result.shape == data.shape


def test_col_max():
    assert list(col_max(np.array([[1, 5], [7, 2]]))) == [7, 5]


def test_unit_rows():
    result = to_unit(np.array([[3.0, 4.0], [0.0, 2.0]]))
    assert np.linalg.norm(result, axis=1) == pytest.approx([1, 1])


def test_unit_of_zero():
    with np.errstate(all="raise"):
        assert to_unit(np.zeros((1, 2))).tolist() == [[0, 0]]


def test_no_loops_needed_for_large():
    assert moving_average(np.ones(10_000), 10).shape == (9_991,)
