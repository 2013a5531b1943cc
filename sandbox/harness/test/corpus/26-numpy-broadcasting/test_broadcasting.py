import numpy as np
import pytest
import submission


def test_distance_matrix():
    points = np.array([[0.0, 0.0], [3.0, 4.0], [6.0, 8.0]])
    distances = submission.distances(points)
    assert distances.shape == (3, 3)
    np.testing.assert_allclose(distances, [[0, 5, 10], [5, 0, 5], [10, 5, 0]])
    np.testing.assert_array_equal(distances, distances.T)


def test_outer_table():
    table = submission.times_table(5)
    assert table[4, 4] == 25 and table[2, 3] == 12
    assert table.dtype == np.dtype(int)


def test_dtypes():
    image = np.zeros((2, 2, 3), dtype=np.uint8)
    image[0, 0] = [255, 128, 0]
    gray = submission.to_gray(image)
    assert gray.dtype == np.uint8
    assert gray.shape == (2, 2)
    assert gray[0, 0] == 127


def test_brighten_does_not_wrap():
    image = np.array([250, 10], dtype=np.uint8)
    result = submission.brighten(image, 20)
    assert result.dtype == np.uint8
    assert result.tolist() == [255, 30]
    assert image.tolist() == [250, 10]


def test_polynomial():
    x = np.linspace(-1, 1, 5)
    np.testing.assert_allclose(submission.polynomial([1, 0, 2], x), 1 + 2 * x**2)
    assert submission.polynomial([1, 1], 2.0) == 3.0


def test_solve():
    a, b = np.array([[2.0, 1.0], [1.0, 3.0]]), np.array([3.0, 5.0])
    np.testing.assert_allclose(submission.solve(a, b), np.linalg.solve(a, b))


def test_singular():
    with pytest.raises(np.linalg.LinAlgError):
        submission.solve(np.ones((2, 2)), np.ones(2))


def test_shapes_that_do_not_fit():
    with pytest.raises(ValueError, match="shape"):
        submission.add_bias(np.ones((2, 3)), np.ones(2))


def test_bias():
    assert submission.add_bias(np.zeros((2, 3)), np.array([1, 2, 3])).tolist() == [[1, 2, 3], [1, 2, 3]]


def test_boolean():
    mask = submission.outliers(np.array([1.0, 1.1, 0.9, 1.0, 9.0]))
    assert mask.dtype == bool
    assert mask.tolist() == [False, False, False, False, True]


def test_scalar_type():
    mean = submission.weighted_mean(np.array([1, 3]), np.array([3, 1]))
    assert mean == pytest.approx(1.5)
    assert isinstance(mean, float)


def test_swap_rows_in_place():
    a = np.arange(6).reshape(3, 2)
    submission.swap_rows(a, 0, 2)
    np.testing.assert_array_equal(a, [[4, 5], [2, 3], [0, 1]])


def test_structured():
    table = submission.records([("a", 1.5), ("b", 2.5)])
    assert table["value"].sum() == 4
    assert table.dtype.names == ("name", "value")
