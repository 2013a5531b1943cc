import abc
import inspect
import math

import pytest
import submission
from submission import Circle, Rectangle, Shape, Square, total_area


def test_abstract():
    assert inspect.isabstract(Shape)
    assert issubclass(Shape, abc.ABC)
    with pytest.raises(TypeError, match="abstract"):
        Shape()


@pytest.mark.parametrize("method", ["area", "perimeter"])
def test_abstract_methods(method):
    assert method in Shape.__abstractmethods__


@pytest.mark.parametrize(
    ("shape", "area", "perimeter"),
    [
        (lambda: Circle(1), math.pi, 2 * math.pi),
        (lambda: Rectangle(2, 3), 6, 10),
        (lambda: Square(4), 16, 16),
    ],
    ids=["circle", "rectangle", "square"],
)
def test_measures(shape, area, perimeter):
    made = shape()
    assert isinstance(made, Shape)
    assert made.area() == pytest.approx(area)
    assert made.perimeter() == pytest.approx(perimeter)


def test_square_is_a_rectangle():
    assert issubclass(Square, Rectangle)
    assert Square.__mro__[:3] == (Square, Rectangle, Shape)


def test_total():
    assert total_area([Rectangle(1, 2), Square(2), Rectangle(3, 1)]) == 9
    assert total_area([]) == 0


def test_total_asks_each_shape():
    class Blob:
        calls = 0

        def area(self):
            Blob.calls += 1
            return 2.5

    assert total_area([Blob(), Square(2), Blob()]) == 9
    assert Blob.calls == 2


def test_describe():
    assert Circle(2).describe() == "Circle with area 12.57"
    assert Square(2).describe() == "Square with area 4.00"


def test_shapes_sort_by_area():
    shapes = [Square(3), Circle(1), Rectangle(1, 2)]
    assert [type(s).__name__ for s in sorted(shapes)] == ["Rectangle", "Circle", "Square"]
    assert Circle(1) < Square(3)


def test_no_negative_sizes():
    for make in (lambda: Circle(-1), lambda: Rectangle(-1, 2), lambda: Square(-1)):
        with pytest.raises(ValueError):
            make()


def test_methods_are_written_once():
    assert "area" not in vars(Square)
    assert "describe" in vars(Shape) and "describe" not in vars(Circle)


def test_doc():
    assert submission.Shape.__doc__
