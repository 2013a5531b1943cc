import pandas as pd
import pytest
import submission


@pytest.fixture
def frame():
    return pd.DataFrame({"A b": [3, 1, 2], "C": ["x", "y", "z"]}, index=["r", "s", "t"])


def test_rename(frame):
    same = frame
    assert submission.tidy_names(frame) is None
    assert list(frame.columns) == ["a_b", "c"]
    assert same is frame


def test_sort(frame):
    submission.sort_by(frame, "A b")
    assert frame["A b"].tolist() == [1, 2, 3]
    assert list(frame.index) == ["s", "t", "r"]


def test_drop_rows(frame):
    submission.drop_small(frame, "A b", 2)
    assert list(frame.index) == ["r", "t"]
    assert len(frame) == 2


def test_add_column(frame):
    submission.add_double(frame, "A b")
    assert frame["A b doubled"].tolist() == [6, 2, 4]


def test_set_value(frame):
    submission.set_cell(frame, "s", "C", "changed")
    assert frame.loc["s", "C"] == "changed"


def test_missing_label(frame):
    with pytest.raises(KeyError):
        submission.set_cell(frame, "nowhere", "C", "x")
    assert "nowhere" not in frame.index


def test_series():
    series = pd.Series([1.0, None, 3.0], name="s")
    submission.fill(series)
    assert series.tolist() == [1, 2, 3]
    assert series.name == "s"


def test_insert_first(frame):
    submission.number_rows(frame)
    assert list(frame.columns) == ["n", "A b", "C"]
    assert frame["n"].tolist() == [1, 2, 3]


def test_pop(frame):
    column = submission.take(frame, "C")
    assert column.tolist() == ["x", "y", "z"]
    assert "C" not in frame


def test_class_keeps_the_frame(frame):
    table = submission.Table(frame)
    assert table.frame is frame
    table.scale("A b", 10)
    assert frame["A b"].tolist() == [30, 10, 20]
    frame.loc["r", "A b"] = 7
    assert table.total("A b") == 37


def test_copy_is_independent(frame):
    table = submission.Table(frame).copy()
    table.scale("A b", 10)
    assert frame["A b"].tolist() == [3, 1, 2]
