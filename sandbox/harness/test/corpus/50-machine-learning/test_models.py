import numpy as np
import pytest
from submission import KMeans, KNeighbors, LinearRegression, NotFitted, Scaler, accuracy, train_test_split


@pytest.fixture(scope="module")
def line():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(80, 2))
    y = x @ np.array([2.0, -1.0]) + 3
    return x, y


@pytest.fixture(scope="class")
def model(line):
    return LinearRegression().fit(*line)


class TestLinearRegression:
    def test_coefficients(self, model):
        np.testing.assert_allclose(model.coef_, [2, -1], atol=1e-8)
        assert model.intercept_ == pytest.approx(3)

    def test_predict(self, model):
        np.testing.assert_allclose(model.predict(np.array([[1.0, 1.0], [0.0, 0.0]])), [4, 3], atol=1e-8)

    def test_score(self, model, line):
        assert model.score(*line) == pytest.approx(1)

    def test_fit_returns_itself(self, line):
        model = LinearRegression()
        assert model.fit(*line) is model

    def test_not_fitted(self):
        with pytest.raises(NotFitted):
            LinearRegression().predict(np.ones((1, 2)))

    def test_data_is_not_changed(self, line):
        x, y = line
        before = x.copy(), y.copy()
        LinearRegression().fit(x, y)
        np.testing.assert_array_equal(x, before[0])
        np.testing.assert_array_equal(y, before[1])


def test_neighbours():
    x = np.array([[0.0], [1.0], [10.0], [11.0]])
    model = KNeighbors(k=1).fit(x, np.array(["low", "low", "high", "high"]))
    assert list(model.predict(np.array([[2.0], [9.0]]))) == ["low", "high"]


def test_neighbours_vote():
    x = np.arange(5.0).reshape(-1, 1)
    model = KNeighbors(k=3).fit(x, np.array([0, 0, 1, 1, 1]))
    assert model.predict(np.array([[0.4], [3.6]])).tolist() == [0, 1]


def test_k_must_be_positive():
    with pytest.raises(ValueError):
        KNeighbors(k=0)


def test_clusters():
    x = np.array([[0.0, 0.0], [0.1, 0.0], [5.0, 5.0], [5.1, 5.0]])
    model = KMeans(2, seed=0).fit(x)
    assert model.labels_[0] == model.labels_[1] != model.labels_[2] == model.labels_[3]
    assert sorted(model.centers_[:, 0].tolist()) == pytest.approx([0.05, 5.05])


def test_clusters_are_reproducible():
    x = np.random.default_rng(1).normal(size=(40, 2))
    a, b = KMeans(3, seed=5).fit(x), KMeans(3, seed=5).fit(x)
    np.testing.assert_array_equal(a.labels_, b.labels_)


def test_split():
    x = np.arange(20).reshape(10, 2)
    y = np.arange(10)
    x_train, x_test, y_train, y_test = train_test_split(x, y, share=0.3, seed=1)
    assert len(x_train) == 7 and len(x_test) == 3
    assert sorted([*y_train, *y_test]) == list(range(10))
    assert all(row[0] == 2 * label for row, label in zip(x_train, y_train))


def test_split_is_seeded():
    x = np.arange(10)
    assert (train_test_split(x, x, seed=3)[1] == train_test_split(x, x, seed=3)[1]).all()


def test_accuracy():
    assert accuracy(np.array([1, 0, 1, 1]), np.array([1, 1, 1, 1])) == 0.75


def test_scaler():
    x = np.array([[1.0, 10.0], [3.0, 30.0]])
    scaler = Scaler().fit(x)
    np.testing.assert_allclose(scaler.transform(x), [[-1, -1], [1, 1]])
    np.testing.assert_allclose(scaler.transform(np.array([[2.0, 20.0]])), [[0, 0]])


def test_scaler_uses_training_data_only():
    scaler = Scaler().fit(np.array([[0.0], [2.0]]))
    assert scaler.transform(np.array([[10.0]]))[0, 0] == pytest.approx(9)
