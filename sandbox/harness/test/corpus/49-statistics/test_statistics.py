import math
import statistics

import pytest
from submission import Summary, correlation, histogram, linear_fit, mean, median, mode, quantile, std, z_scores

DATA = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]


def test_mean():
    assert mean(DATA) == pytest.approx(5)
    assert mean([0.1] * 3) == pytest.approx(0.1)


@pytest.mark.parametrize("function", [mean, median, mode, std], ids=["mean", "median", "mode", "std"])
def test_nothing(function):
    with pytest.raises(ValueError, match="no data"):
        function([])


def test_median():
    assert median([3, 1, 2]) == 2
    assert median([4, 1, 2, 3]) == 2.5


def test_median_leaves_its_argument():
    data = [3, 1, 2]
    median(data)
    assert data == [3, 1, 2]


def test_mode():
    assert mode(DATA) == 4
    assert mode(["b", "a", "b"]) == "b"


def test_std():
    assert std(DATA) == pytest.approx(2)
    assert std(DATA, sample=True) == pytest.approx(statistics.stdev(DATA))


@pytest.mark.parametrize("q", [0, 0.25, 0.5, 0.9, 1])
def test_quantile(q):
    expected = {0: 2, 0.25: 4, 0.5: 4.5, 0.9: 7.6, 1: 9}
    assert quantile(DATA, q) == pytest.approx(expected[q])


def test_z():
    z = z_scores(DATA)
    assert sum(z) == pytest.approx(0, abs=1e-12)
    assert z[0] == pytest.approx(-1.5)


def test_correlation():
    assert correlation([1, 2, 3], [2, 4, 6]) == pytest.approx(1)
    assert correlation([1, 2, 3], [3, 2, 1]) == pytest.approx(-1)
    assert math.isnan(correlation([1, 1], [1, 2]))


def test_fit():
    slope, intercept = linear_fit([0, 1, 2], [1, 3, 5])
    assert (slope, intercept) == pytest.approx((2, 1))


def test_fit_is_a_named_result():
    fit = linear_fit([0, 1], [0, 2])
    assert fit.slope == pytest.approx(2)
    assert fit.predict(10) == pytest.approx(20)


def test_histogram():
    assert histogram([1, 2, 2, 5], bins=2) == [3, 1]
    assert sum(histogram(DATA, bins=5)) == len(DATA)


def test_summary():
    summary = Summary(DATA)
    assert summary.as_dict() == pytest.approx({"n": 8, "mean": 5, "min": 2, "max": 9})
    assert summary.n == 8


def test_numbers_are_plain():
    assert type(mean([1, 2])) is float
    assert isinstance(std([1.0, 2.0]), float)
