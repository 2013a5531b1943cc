import math
from abc import ABC, abstractmethod


class Shape(ABC):
    """Something flat."""

    @abstractmethod
    def area(self):
        """How much paper it takes."""

    @abstractmethod
    def perimeter(self):
        """How far it is around."""

    def describe(self):
        return f"{type(self).__name__} with area {self.area():.2f}"

    def __lt__(self, other):
        return self.area() < other.area()


class Circle(Shape):
    def __init__(self, radius):
        if radius < 0:
            raise ValueError("negative radius")
        self.radius = radius

    def area(self):
        return math.pi * self.radius**2

    def perimeter(self):
        return 2 * math.pi * self.radius


class Rectangle(Shape):
    def __init__(self, width, height):
        if width < 0 or height < 0:
            raise ValueError("negative side")
        self.width = width
        self.height = height

    def area(self):
        return self.width * self.height

    def perimeter(self):
        return 2 * (self.width + self.height)


class Square(Rectangle):
    def __init__(self, side):
        super().__init__(side, side)


def total_area(shapes):
    return sum(shape.area() for shape in shapes)
