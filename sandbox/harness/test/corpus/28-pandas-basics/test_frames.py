import pandas as pd
import pytest
from submission import add_grade, clean, load, passed, summary, top


@pytest.fixture
def scores():
    return pd.DataFrame(
        {"name": ["Ada", "Ben", "Cy", "Di"], "group": ["x", "y", "x", "y"], "points": [90.0, 40.0, 75.0, None]},
    )


def test_passed(scores):
    result = passed(scores, 60)
    assert list(result["name"]) == ["Ada", "Cy"]
    assert list(result.index) == [0, 2]


def test_passed_leaves_its_argument(scores):
    before = scores.copy()
    result = passed(scores, 60)
    result.loc[0, "points"] = 0
    pd.testing.assert_frame_equal(scores, before)


def test_grade_in_place(scores):
    assert add_grade(scores) is None
    assert list(scores.columns) == ["name", "group", "points", "grade"]
    assert scores["grade"].tolist() == ["A", "F", "B", "F"]


def test_clean(scores):
    scores.loc[4] = ["Ada", "x", 90.0]
    result = clean(scores)
    expected = pd.DataFrame({"name": ["Ada", "Ben", "Cy"], "group": ["x", "y", "x"], "points": [90.0, 40.0, 75.0]})
    pd.testing.assert_frame_equal(result, expected)


def test_summary(scores):
    result = summary(scores)
    assert isinstance(result, pd.Series)
    assert result["x"] == pytest.approx(82.5)
    assert result["y"] == 40
    assert result.index.name == "group"


def test_summary_as_series(scores):
    expected = pd.Series([82.5, 40.0], index=pd.Index(["x", "y"], name="group"), name="points")
    pd.testing.assert_series_equal(summary(scores), expected)


def test_top(scores):
    assert top(scores, 2) == ["Ada", "Cy"]


def test_missing_column(scores):
    with pytest.raises(KeyError):
        passed(scores.drop(columns="points"), 60)


def test_empty(scores):
    assert len(passed(scores.iloc[:0], 60)) == 0


def test_load(tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text("name,date,points\nAda,2024-01-31,1\nBen,2024-02-01,\n")
    frame = load(path)
    assert frame.index.name == "name"
    assert frame["date"].dt.month.tolist() == [1, 2]
    assert frame["points"].isna().sum() == 1


def test_types(scores):
    assert scores["points"].dtype == float
    assert len(passed(scores, 0)) == 3
