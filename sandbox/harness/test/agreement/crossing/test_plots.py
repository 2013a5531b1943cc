from unittest.mock import patch

import pandas as pd
import submission


def test_axes():
    ax = submission.plot()
    assert ax.get_title() == "T" and ax.get_xlabel() == "x"
    assert len(ax.lines) == 1
    assert list(ax.lines[0].get_ydata()) == [1, 4, 9]
    assert ax.lines[0].get_label() == "sq"
    assert ax.get_legend() is not None
    x, y = ax.lines[0].get_data()
    assert list(x) == [1, 2, 3]
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["sq"]
    import matplotlib.axes

    assert isinstance(ax, matplotlib.axes.Axes)


def test_gcf():
    import matplotlib.pyplot as plt

    submission.plot()
    assert plt.gca().get_title() == "T"


def test_student_plt():
    with patch("matplotlib.pyplot.show"):
        submission.plot()


def test_series():
    s = submission.frame_summary(pd.DataFrame({"k": ["a", "b", "a"], "v": [1, 2, 3]}))
    pd.testing.assert_series_equal(s, pd.Series([4, 2], index=pd.Index(["a", "b"], name="k"), name="v"))
