import numpy as np
import numpy.testing as npt
import pandas as pd
import pandas.testing as pdt
import pytest
import submission as s


def test_array():
    a = s.array()
    assert isinstance(a, np.ndarray)
    assert a.shape == (2, 2)
    npt.assert_allclose(a, [[1.5, 2], [3, 4]])
    assert a.dtype == np.float64


def test_in_and_out():
    a = np.arange(6).reshape(2, 3)
    assert s.total(a) == 15
    assert (s.mask(a) == (a > 1)).all()
    assert s.CONSTANT.tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("dtype", ["i1", "u8", "f4", "c16", "?", "U5", "S3", "M8[D]", "m8[s]"])
def test_dtypes(dtype):
    a = np.zeros(3, dtype=dtype)
    assert s.dtype_of(a) == np.dtype(dtype)


def test_in_place():
    a = np.array([1.0, 2.0])
    s.scale(a)
    assert a.tolist() == [2.0, 4.0]


def test_scalars():
    a, b, c = s.scalar()
    assert type(a) is np.float32 and a == 1.5
    assert type(b) is np.int64 and b == 3
    assert type(c) is np.bool_ and c


def test_approx():
    assert s.normalise(np.array([1.0, 3.0])) == pytest.approx([-1, 1])
    with pytest.raises(ValueError, match="constant"):
        s.normalise(np.ones(3))


def test_frame():
    df = s.frame()
    assert list(df.columns) == ["a", "b", "c"]
    assert df.loc["r", "b"] == "x"
    assert df["c"].isna().tolist() == [False, True]
    pdt.assert_frame_equal(df, pd.DataFrame({"a": [1, 2], "b": ["x", None], "c": [1.5, np.nan]}, index=["r", "s"]))


def test_series():
    pdt.assert_series_equal(s.series(), pd.Series([1, 2, 3], name="n"))


def test_frame_in_place():
    df = pd.DataFrame({"a": [1, 2]})
    out = s.add_column(df)
    assert out is df
    assert df["z"].tolist() == [1, 1]


def test_new_frame():
    df = pd.DataFrame({"a": [1, 2]})
    assert s.new_column(df)["z"].tolist() == [2, 4]
    assert "z" not in df


def test_dates():
    df = s.dates()
    assert df["t"].dt.year.tolist() == [2020, 2021]
    assert df["k"].cat.categories.tolist() == ["u", "v"]


def test_group():
    df = pd.DataFrame({"k": ["a", "b", "a"], "v": [1.0, 2.0, 3.0]})
    result = s.mean_by(df, "k", "v")
    assert result["a"] == 2.0
    pdt.assert_series_equal(result, pd.Series([2.0, 2.0], index=pd.Index(["a", "b"], name="k"), name="v"))


def test_multi_index():
    df = pd.DataFrame({"k": ["a", "b"], "g": [1, 2], "v": [3, 4]})
    assert s.both(df).loc[("a", 1), "v"] == 3


def test_axes():
    axes = s.plot([1, 4, 9])
    assert axes.get_title() == "growth"
    assert axes.get_xlabel() == "time"
    line = axes.lines[0]
    assert line.get_ydata().tolist() == [1, 4, 9]


def test_objects():
    assert s.objects().tolist() == [1, "a", None]


def test_its_numpy():
    assert s.np.array([1, 2]).tolist() == [1, 2]
    assert s.pd.DataFrame is pd.DataFrame
