import abc
import collections.abc
import enum
import inspect

import pytest
import submission
from submission import *


@pytest.fixture
def v():
    return Vector(3, 4)


def test_attributes(v):
    assert v.x == 3
    assert (v.x, v.y) == (3, 4)
    v.x = 5
    assert v[0] == 5
    assert Vector.dimension == 2 and v.dimension == 2
    assert not hasattr(v, "z")
    with pytest.raises(AttributeError, match="no attribute 'z'"):
        v.z
    del v.x
    with pytest.raises(AttributeError):
        v.x


def test_isinstance(v):
    assert isinstance(v, Vector)
    assert type(v) is Vector
    assert not isinstance(v, Animal)
    assert isinstance(Dog("Rex"), Animal)
    assert issubclass(Dog, Animal)
    assert type(v).__name__ == "Vector"


def test_text(v):
    assert repr(v) == "Vector(3, 4)"
    assert str(v) == "Vector(3, 4)"
    assert f"{v:02d}" == "<03>"


def test_protocols(v):
    assert len(v) == 2
    assert list(v) == [3, 4]
    assert v[1] == 4
    with pytest.raises(IndexError):
        v[2]
    assert bool(v) and not Vector(0, 0)
    assert abs(v) == 5
    assert float(v) == 5.0
    assert v(2) == 6
    a, b = v
    assert (a, b) == (3, 4)


def test_own_operators(v):
    assert v + Vector(1, 1) == Vector(4, 5)
    assert v != Vector(4, 5)
    assert not v == Vector(0, 0)
    assert -v == Vector(-3, -4)
    assert Vector(0, 1) < v
    assert v > Vector(0, 1)
    assert sorted([v, Vector(0, 1)])[0].y == 1
    assert {v: "x"}[Vector(3, 4)] == "x"
    assert len({v, Vector(3, 4)}) == 1
    assert three()[1] == Vector.unit()
    assert Vector(1, 0) in three()


def test_not_equal_to_data(v):
    assert v != (3, 4)
    assert not v == 3
    with pytest.raises(TypeError):
        v + 1


def test_properties(v):
    assert v.norm == 5
    v.norm = 7
    assert v.x == 7 and v.y == 0
    with pytest.raises(AttributeError):
        v.fixed = 2


def test_class_methods():
    assert Vector.unit().x == 1
    assert Vector.twice(4) == 8
    assert Vector(1, 2).twice(3) == 6


def test_inheritance():
    assert Dog("Rex").speak() == "Rex says woof"
    with pytest.raises(NotImplementedError):
        Animal("x").speak()
    assert Dog.kind == "animal"
    assert Dog.__name__ == "Dog"
    assert Dog.__mro__[1] is Animal


def test_abstract():
    with pytest.raises(TypeError, match="abstract"):
        Shape()
    assert Square(3).area() == 9
    assert isinstance(Square(3), Shape)
    assert inspect.isabstract(Shape)
    assert issubclass(Shape, abc.ABC)


def test_stack():
    s = Stack()
    s.push(1)
    s.push([2])
    assert len(s) == 2
    assert s.items == [1, [2]]
    assert 1 in s
    assert 7 not in s
    assert s.pop() == [2]
    assert s.pop() == 1
    with pytest.raises(IndexError, match="empty"):
        s.pop()


def test_state_is_kept():
    a = Account(10)
    a.deposit(5)
    assert a.balance == 15
    assert a.history == [("deposit", 5)]
    history = a.history
    a.deposit(1)
    assert len(history) == 2
    assert a.history is history
    with pytest.raises(ValueError, match="positive"):
        a.deposit(-1)


def test_enum():
    assert Color.RED is Color.RED
    assert Color.RED.value == 1
    assert Color.RED.name == "RED"
    assert Color["GREEN"] is Color.GREEN
    assert Color(2) is Color.GREEN
    assert [c.name for c in Color] == ["RED", "GREEN"]
    assert len(Color) == 2
    assert Color.RED != Color.GREEN
    assert isinstance(Color.RED, enum.Enum)
    assert Level.HIGH > Level.LOW
    assert Level.HIGH == 3


def test_dataclass():
    p = Point(1)
    assert p.y == 0
    assert p == Point(1, 0)
    assert repr(p) == "Point(x=1, y=0)"
    p.x += 5
    assert p.x == 6


def test_named_tuple():
    p = Pair(1, 2)
    assert p == (1, 2)
    assert p.left == 1
    assert p._fields == ("left", "right")
    left, right = p
    assert right == 2
    assert isinstance(p, tuple)
    assert Typed(1).b == "z"
    assert p._replace(left=9) == (9, 2)


def test_builtin_subclasses():
    n = make_numbers()
    assert n == [1, 2, 3]
    assert isinstance(n, list) and isinstance(n, Numbers)
    assert n.total() == 6
    n.append(4)
    assert n.total() == 10
    assert n.count(4) == 1
    assert Shout("a").loud() == "A!"
    assert Shout("a") + "b" == "ab"
    assert len(Shout("abc")) == 3
    assert Shout("abc").startswith("ab")
    assert (Money(3) + Money(2)).text() == "5.00 €"
    assert Money(3) + 2 == 5
    assert Money(3) == 3.0 and Money(3) < 4
    assert round(Money(3.14159), 2) == 3.14
    d = Doubling()
    assert d[4] == 8
    d["x"] = 1
    assert dict(d) == {"x": 1}


def test_context_manager():
    with Resource() as r:
        assert not r.closed
    assert r.closed
    with Resource():
        raise KeyError
    with pytest.raises(ValueError):
        with Resource():
            raise ValueError


def test_iterators():
    assert list(Countdown(3)) == [2, 1, 0]
    assert isinstance(Countdown(1), collections.abc.Iterator)
    c = Countdown(2)
    assert next(c) == 1
    assert next(c, "end") == 0
    assert next(c, "end") == "end"


def test_objects_go_back(v):
    assert is_vector(v)
    assert not is_vector(3)
    assert adder(2)(3) == 5


def test_objects_of_the_test():
    class Thing:
        value = 4

        def double(self):
            return self.value * 2

    assert submission.public_of(Thing()) == 12


def test_identity(v):
    items = [v]
    assert items[0] is v
    assert submission.three() is not submission.three()


class TestGroup:
    @pytest.fixture(autouse=True)
    def start(self):
        self.account = Account(1)

    def test_one(self):
        self.account.deposit(1)
        assert self.account.balance == 2

    def test_two(self):
        assert self.account.balance == 1
