import pytest

pl = pytest.importorskip("polars")

import submission  # noqa: E402


@pytest.fixture
def frame():
    return pl.DataFrame({"city": ["a", "b", "a"], "n": [1, 2, 3]})


def test_totals(frame):
    result = submission.totals(frame)
    assert result.sort("city").to_dict(as_series=False) == {"city": ["a", "b"], "n": [4, 2]}


def test_filter(frame):
    assert submission.above(frame, 1)["n"].to_list() == [2, 3]


def test_new_column(frame):
    result = submission.with_double(frame)
    assert result.columns == ["city", "n", "double"]
    assert result["double"].sum() == 12
    assert frame.columns == ["city", "n"]


def test_mean(frame):
    assert submission.mean(frame, "n") == pytest.approx(2)


def test_missing_column(frame):
    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        submission.mean(frame, "nothing")
