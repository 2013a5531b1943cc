import ast
import inspect
import textwrap

import pytest
import submission
from submission import Shape


def test_gen_send():
    g = submission.echoer()
    next(g)
    assert g.send(4) == 4
    assert g.throw(KeyError) == "caught"
    g.close()
    with pytest.raises(StopIteration):
        next(g)


def test_gen_close():
    log = []
    g = submission.closing(log)
    next(g)
    g.close()
    assert log == ["closed"]


def test_isgen():
    assert inspect.isgeneratorfunction(submission.echoer)
    assert inspect.isgenerator(submission.echoer())


def test_managed():
    with submission.managed(2) as v:
        assert v == 3


def test_res():
    with submission.Res() as r:
        pass
    assert r.closed


def test_getsource():
    assert "comment" in inspect.getsource(submission.add)
    assert ast.parse(inspect.getsource(submission))
    assert "def area" in inspect.getsource(Shape)
    assert ast.parse(textwrap.dedent(inspect.getsource(Shape.area)))


def test_signature():
    s = inspect.signature(submission.add)
    assert list(s.parameters) == ["a", "b", "c"]
    assert s.parameters["b"].default == 2
    assert s.return_annotation is int
    assert s.parameters["a"].annotation is int
    assert s.parameters["c"].kind is inspect.Parameter.KEYWORD_ONLY


def test_signature_class():
    assert list(inspect.signature(Shape).parameters) == ["name"]
    assert list(inspect.signature(Shape.__init__).parameters) == ["self", "name"]
    assert list(inspect.signature(Shape("x").area).parameters) == []


def test_getfullargspec():
    assert inspect.getfullargspec(submission.add).args == ["a", "b"]


def test_doc():
    assert submission.add.__doc__ == "Adds." and inspect.getdoc(submission.add) == "Adds."


def test_isfunction():
    assert (
        inspect.isfunction(submission.add)
        and inspect.isclass(Shape)
        and inspect.ismethod(Shape("x").area)
        and callable(submission.add)
    )


def test_getmembers():
    names = [n for n, _ in inspect.getmembers(submission, inspect.isfunction)]
    assert "add" in names
    assert "area" in dict(inspect.getmembers(Shape))


def test_hints():
    import typing

    assert typing.get_type_hints(submission.add) == {"a": int, "b": int, "return": int}


def test_code():
    assert submission.add.__code__.co_argcount == 2
    assert "a" in submission.add.__code__.co_varnames


def test_derive():
    class Square(Shape):
        def area(self):
            return 4

    s = Square("sq")
    assert s.describe() == "sq 4"
    assert isinstance(s, Shape) and issubclass(Square, Shape)


def test_derive_super():
    class Child(submission.Base):
        def __init__(self, x):
            super().__init__()
            self.x = x

        def hook(self):
            return "child" + super().hook() + str(self.x)

    assert Child(3).run() == "childbase3"


def test_globals():
    assert submission.COUNT == 3
    assert submission.bump() == 4
    assert submission.COUNT == 4
    submission.COUNT = 10
    assert submission.bump() == 11
    submission.mutate_global()
    assert submission.TABLE == {"a": [1, 2, 3]}
    assert hasattr(submission, "COUNT") and not hasattr(submission, "NOPE")
    assert "COUNT" in dir(submission) and "COUNT" in vars(submission)


class Mixin:
    def extra(self):
        return "extra"


def test_derive_more():
    class C(Mixin, submission.Base):
        kind = 3

        def __str__(self):
            return "C!"

        @property
        def p(self):
            return self.kind + 1

        @staticmethod
        def st(x):
            return x * 2

        @classmethod
        def make(cls):
            return cls()

    c = C.make()
    assert str(c) == "C!" and c.p == 4 and C.st(2) == 4 and c.extra() == "extra" and c.run() == "base"


def test_derive_error():
    class C(submission.Base):
        def hook(self):
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        C().run()


def test_method_signature():
    assert str(inspect.signature(submission.add)) == "(a: int, b: int = 2, *, c=3) -> int"
