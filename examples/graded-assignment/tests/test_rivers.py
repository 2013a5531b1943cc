"""Questions 3 and 4. Frames go in and come back as frames."""

import pandas as pd
import pytest
from submission import longest, mean_by_group


@pytest.fixture
def lakes():
    return pd.DataFrame(
        {
            "lake": ["Baikal", "Victoria", "Tanganyika", "Superior", "Huron"],
            "continent": ["Asia", "Africa", "Africa", "North America", "North America"],
            "area_km2": [31_500, 68_870, 32_900, 82_100, 59_600],
        }
    )


@pytest.mark.visible
@pytest.mark.points(1)
def test_mean_of_two_groups():
    table = pd.DataFrame({"team": ["a", "b", "a"], "score": [1.0, 5.0, 3.0]})
    means = mean_by_group(table, "team", "score")
    assert means["a"] == pytest.approx(2.0)
    assert means["b"] == pytest.approx(5.0)


@pytest.mark.points(1)
def test_mean_by_continent(lakes):
    expected = pd.Series({"Africa": 50_885.0, "Asia": 31_500.0, "North America": 70_850.0})
    means = mean_by_group(lakes, "continent", "area_km2")
    assert isinstance(means, pd.Series)
    assert means.sort_index().tolist() == pytest.approx(expected.tolist())


@pytest.mark.points(1)
def test_longest(lakes):
    assert longest(lakes, "lake", "area_km2", 2) == ["Superior", "Victoria"]
    assert longest(lakes, "lake", "area_km2", 9)[-1] == "Baikal"


@pytest.mark.points(1)
def test_the_table_is_left_alone(lakes):
    before = lakes.copy()
    assert longest(lakes, "lake", "area_km2", 1) == ["Superior"]
    assert mean_by_group(lakes, "continent", "area_km2")["Asia"] == 31_500
    pd.testing.assert_frame_equal(lakes, before)
