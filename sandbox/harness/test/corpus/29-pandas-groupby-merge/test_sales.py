import numpy as np
import pandas as pd
import pytest
import submission
from pandas.testing import assert_frame_equal, assert_series_equal


@pytest.fixture
def orders():
    return pd.DataFrame(
        {
            "order": [1, 2, 3, 4, 5],
            "customer": ["a", "b", "a", "c", "b"],
            "amount": [10, 20, 30, 40, 50],
            "day": pd.to_datetime(["2024-01-01", "2024-01-15", "2024-02-01", "2024-02-10", "2024-02-20"]),
        }
    )


@pytest.fixture
def customers():
    return pd.DataFrame({"customer": ["a", "b", "d"], "city": ["Bern", "Basel", "Chur"]})


def test_total_by_customer(orders):
    result = submission.total_by_customer(orders)
    assert result.to_dict() == {"a": 40, "b": 70, "c": 40}


def test_with_city(orders, customers):
    result = submission.with_city(orders, customers)
    assert len(result) == len(orders)
    assert result.loc[result["customer"] == "c", "city"].isna().all()
    assert result["city"].tolist()[:2] == ["Bern", "Basel"]
    assert "city" not in orders.columns


def test_statistics(orders):
    result = submission.statistics(orders)
    expected = pd.DataFrame(
        {"count": [2, 2, 1], "mean": [20.0, 35.0, 40.0], "max": [30, 50, 40]},
        index=pd.Index(["a", "b", "c"], name="customer"),
    )
    assert_frame_equal(result, expected)


def test_monthly(orders):
    result = submission.monthly(orders)
    assert result.tolist() == [30, 120]
    assert str(result.index[0]) == "2024-01"


def test_pivot(orders):
    table = submission.pivot(orders)
    assert table.shape == (3, 2)
    assert table.loc["b", 2] == 50
    assert table.loc["c", 1] == 0


def test_share(orders):
    result = submission.share(orders)
    assert result.sum() == pytest.approx(3)
    assert_series_equal(result, pd.Series([0.25, 20 / 70, 0.75, 1.0, 50 / 70], name="amount"))


def test_best_customer(orders):
    assert submission.best_customer(orders) == "b"


def test_without_orders(orders, customers):
    assert submission.without_orders(orders, customers) == ["d"]


def test_cumulative(orders):
    result = submission.cumulative(orders.iloc[::-1])
    assert result["running"].tolist() == [10, 20, 40, 40, 70]
    assert result["order"].tolist() == [1, 2, 3, 4, 5]


def test_multi_index(orders):
    result = submission.by_customer_and_month(orders)
    assert isinstance(result.index, pd.MultiIndex)
    assert result.loc[("a", 2)] == 30
    assert result.index.names == ["customer", "month"]


def test_categories(orders):
    result = submission.sizes(orders)
    assert result.dtype == "category"
    assert list(result) == ["small", "small", "medium", "medium", "large"]
    assert result.cat.ordered


def test_missing_values():
    frame = pd.DataFrame({"a": [1.0, np.nan, 3.0], "b": ["x", None, "y"]})
    assert submission.missing(frame) == {"a": 1, "b": 1}
