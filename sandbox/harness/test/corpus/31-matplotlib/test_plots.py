import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import pytest
import submission


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")


def test_line():
    ax = submission.plot_line([1, 2, 3], [1, 4, 9])
    assert len(ax.lines) == 1
    line = ax.lines[0]
    assert list(line.get_xdata()) == [1, 2, 3]
    assert list(line.get_ydata()) == [1, 4, 9]


def test_labels():
    ax = submission.plot_line([1], [1])
    assert ax.get_title() == "Squares"
    assert ax.get_xlabel() == "x"
    assert ax.get_ylabel() == "x squared"


def test_bars():
    ax = submission.plot_bars({"a": 3, "b": 5})
    assert len(ax.patches) == 2
    assert [bar.get_height() for bar in ax.patches] == [3, 5]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["a", "b"]


def test_histogram_has_bins():
    ax = submission.plot_histogram([1, 2, 2, 3, 3, 3], bins=3)
    assert [p.get_height() for p in ax.patches] == [1, 2, 3]


def test_two_axes():
    figure = submission.side_by_side([1, 2], [3, 4])
    assert len(figure.axes) == 2
    assert figure.axes[0].get_title() == "left"
    assert figure.axes[1].get_title() == "right"


def test_legend():
    ax = submission.with_legend()
    legend = ax.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["sin", "cos"]


def test_limits():
    ax = submission.with_legend()
    assert ax.get_ylim() == (-2, 2)
    assert ax.get_yscale() == "linear"


def test_scatter():
    ax = submission.scatter([1, 2], [3, 4])
    assert len(ax.collections) == 1
    assert ax.collections[0].get_offsets().tolist() == [[1, 3], [2, 4]]


def test_color():
    ax = submission.plot_line([1], [1])
    assert ax.lines[0].get_color() == "red"
    assert ax.lines[0].get_linestyle() == "--"
