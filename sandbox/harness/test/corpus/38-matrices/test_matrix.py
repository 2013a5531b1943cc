import pytest
from submission import Matrix, determinant, identity, matmul, transpose


def test_product():
    assert matmul([[1, 2], [3, 4]], [[5, 6], [7, 8]]) == [[19, 22], [43, 50]]
    assert matmul([[1, 2, 3]], [[1], [2], [3]]) == [[14]]


def test_product_that_does_not_fit():
    with pytest.raises(ValueError, match="2.*3"):
        matmul([[1, 2]], [[1], [2], [3]])


def test_identity():
    assert identity(3) == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    rows = identity(2)
    rows[0][0] = 9
    assert identity(2)[0][0] == 1 and rows[1] == [0, 1]


def test_transpose():
    m = [[1, 2, 3], [4, 5, 6]]
    assert transpose(m) == [[1, 4], [2, 5], [3, 6]]
    assert m == [[1, 2, 3], [4, 5, 6]]


@pytest.mark.parametrize(
    ("m", "value"), [([[5]], 5), ([[1, 2], [3, 4]], -2), ([[2, 0, 1], [1, 3, 2], [1, 1, 1]], 0), ([[0, 1], [1, 0]], -1)]
)
def test_determinant(m, value):
    assert determinant(m) == pytest.approx(value)


class TestClass:
    def test_shape(self):
        assert Matrix([[1, 2, 3], [4, 5, 6]]).shape == (2, 3)

    def test_index(self):
        m = Matrix([[1, 2], [3, 4]])
        assert m[1, 0] == 3
        m[1, 0] = 7
        assert m[1, 0] == 7 and m[0, 0] == 1

    def test_matmul(self):
        assert Matrix([[1, 2], [3, 4]]) @ Matrix([[1, 0], [0, 1]]) == Matrix([[1, 2], [3, 4]])

    def test_add_and_equal(self):
        assert Matrix([[1]]) + Matrix([[2]]) == Matrix([[3]])
        assert Matrix([[1]]) != Matrix([[2]])

    def test_scalar(self):
        assert (2 * Matrix([[1, 2]])).rows == [[2, 4]]
        assert (Matrix([[1, 2]]) * 3).rows == [[3, 6]]

    def test_power(self):
        assert (Matrix([[1, 1], [1, 0]]) ** 10)[0, 1] == 55

    def test_rows_are_copied(self):
        rows = [[1, 2]]
        m = Matrix(rows)
        rows[0][0] = 99
        assert m[0, 0] == 1

    def test_text(self):
        assert str(Matrix([[1, 20], [3, 4]])) == "1 20\n3  4"

    def test_ragged(self):
        with pytest.raises(ValueError):
            Matrix([[1, 2], [3]])

    def test_iteration(self):
        assert [list(row) for row in Matrix([[1, 2], [3, 4]])] == [[1, 2], [3, 4]]
