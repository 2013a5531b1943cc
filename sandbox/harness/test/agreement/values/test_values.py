import collections
import datetime
import decimal
import fractions
import inspect
import itertools
import math
import random
from unittest import mock

import pytest
import submission
import submission as s
from submission import TooSmall, append, identity, squares

CASES = [(0, []), (3, [0, 1, 4])]


@pytest.mark.parametrize(("n", "expected"), CASES)
def test_generator(n, expected):
    assert list(squares(n)) == expected


@pytest.mark.parametrize(
    "value",
    [0, -1, 2**63, -(2**63) - 1, 1.5, "", "ü", b"\0", (), (1, [2, {3: "x"}]), {"a": {1, 2}}, None, True, [[[]]]],
)
def test_identity(value):
    back = identity(value)
    assert back == value
    assert type(back) is type(value)


def test_nan():
    assert math.isnan(identity(float("nan")))


def test_exact_types():
    assert [type(v).__name__ for v in s.values()] == (
        "datetime datetime date time timedelta Decimal Fraction complex range bytes bytearray set frozenset deque "
        "OrderedDict Counter int int float str NoneType bool ellipsis slice"
    ).split()


def test_values():
    v = s.values()
    assert v[0] == datetime.datetime(2020, 1, 2, 3, 4, 5, 6)
    assert v[1].tzinfo is datetime.UTC
    assert v[5] == decimal.Decimal("1.10") and str(v[5]) == "1.10"
    assert v[6] == fractions.Fraction(1, 3)
    assert v[13].maxlen == 3
    assert v[15]["a"] == 2
    assert v[16] == 10**40


def test_defaultdict():
    d = s.groups()
    assert type(d) is collections.defaultdict and d == {"a": [1]}
    d["z"].append(2)
    assert d["z"] == [2]


def test_keys():
    assert sorted(s.keys()) == ["a", "b"]
    assert "a" in s.keys()


def test_in_place():
    items = [3, 1, 2]
    s.sort_in_place(items)
    assert items == [1, 2, 3]
    append(items, items)
    assert items[3] is items


def test_deep_change():
    d = {"rows": [[1], [2]]}
    rows = d["rows"]
    s.deep_change(d)
    assert d == {"rows": [[1, 99], [2]], "new": [[1, 99], [2]]}
    assert d["new"] is rows


def test_same_object():
    items = [1, 2]
    assert identity(items) is items
    a, b = s.pair(items)
    assert a is b is items
    assert s.selfish()[1][1][0] == 1


def test_global_names():
    assert s.LIMIT == 10
    assert s.TABLE["a"] == [1, 2]
    before = submission.counter
    assert s.bump() == before + 1
    assert submission.counter == before + 1


def test_set_global(monkeypatch):
    monkeypatch.setattr(submission, "LIMIT", 3)
    assert s.check(5) == 5


def test_patched_function():
    with mock.patch("submission.dice", return_value=4) as dice:
        assert s.dice() == 4
    dice.assert_called_once_with()


def test_patched_everywhere(monkeypatch):
    with mock.patch("time.sleep") as sleep:
        assert s.nap() == "woke"
    sleep.assert_called_once_with(100)
    with mock.patch("random.randint", side_effect=[3, 5]):
        assert [s.dice(), s.dice()] == [3, 5]
    monkeypatch.setattr(random, "randint", lambda a, b: b)
    assert s.dice() == 6
    monkeypatch.setattr("random.randint", lambda a, b: a)
    assert s.dice() == 1


def test_seeded():
    random.seed(1)
    mine = [random.randint(1, 6) for _ in range(5)]
    random.seed(1)
    assert [s.dice() for _ in range(5)] == mine


def test_warnings():
    with pytest.warns(DeprecationWarning, match="old thing"):
        assert s.careful() == 1


def test_logging(caplog):
    s.log_it()
    assert "careful" in caplog.text
    assert caplog.records[0].levelname == "WARNING"


def test_patched_module():
    with mock.patch("submission.time.sleep") as sleep:
        assert s.nap() == "woke"
    sleep.assert_called_once_with(100)


def test_builtin_exception():
    with pytest.raises(KeyError, match="twelve") as caught:
        s.check(12)
    assert caught.value.args == ("twelve",)
    with pytest.raises(ZeroDivisionError):
        s.apply(lambda: 1 / 0)


def test_own_exception():
    with pytest.raises(ValueError, match="3 is too small") as caught:
        s.check(3)
    assert caught.type is TooSmall
    assert caught.value.least == 10
    with pytest.raises(s.Silent) as caught:
        s.check(11)
    assert str(caught.value) == "nice text"
    assert caught.value.args == (1, 2)


def test_cause():
    with pytest.raises(RuntimeError) as caught:
        s.check(13)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_wrong_arguments():
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        s.check()
    with pytest.raises(AttributeError):
        s.not_there


def test_send_to_generator():
    g = s.echo()
    assert next(g) == []
    assert g.send(5) == [5]
    g.close()
    assert inspect.isgenerator(g)


def test_endless():
    assert list(itertools.islice(s.endless(), 3)) == [10, 15, 20]
    assert iter(squares(2)) is not None


def test_callbacks():
    assert s.apply(lambda a, b=2: a * b, 4) == 8
    assert s.apply(max, 1, 5) == 5
    assert s.compose(lambda x: x + 1, lambda x: x * 2)(10) == 21
    assert s.by_key(["bb", "a"], len) == ["a", "bb"]
    assert s.by_key([3, 1], key=lambda x: -x) == [3, 1]


def test_callback_raises():
    def fail():
        raise IndexError("mine", 3)

    assert s.catch(fail) == ("IndexError", "('mine', 3)", ("mine", 3))

    class Mine(Exception):
        pass

    error = Mine("x")

    def raise_mine():
        raise error

    with pytest.raises(Mine):
        s.again(raise_mine)


def test_iterator_argument():
    assert s.total(x for x in [1, 2, 3]) == 6
    assert s.total(iter([1, 2])) == 3


def test_output(capsys):
    s.hello()
    out, err = capsys.readouterr()
    assert out == "hello world\n"
    assert err == "oops\n"
    s.hello(name="Ada")
    assert "Ada" in capsys.readouterr().out


def test_input(monkeypatch):
    monkeypatch.setattr("builtins.input", lambda prompt="": "Ada")
    assert s.ask() == "Hi Ada"


def test_context_manager():
    log = []
    with s.managed(log) as v:
        assert v == "v" and log == ["in"]
    assert log == ["in", "out"]


def test_source():
    source = inspect.getsource(s.root)
    assert source == "def root(x):\n    return math.sqrt(x)\n"
    assert "class TooSmall(ValueError):" in inspect.getsource(TooSmall)


def test_docs_and_names():
    assert s.annotated.__doc__ == "what it does"
    assert s.annotated.__name__ == "annotated"
    assert callable(s.annotated)
    assert s.annotated.__annotations__["a"] is int
    assert hasattr(submission, "bump") and not hasattr(submission, "bumps")
    assert inspect.isfunction(s.annotated)


def test_plain_types_seen_inside():
    assert s.types_of([]) == "list"
    assert s.types_of({}) == "dict"
    assert s.types_of(3) == "int"


def test_recursion():
    with pytest.raises(RecursionError):
        s.deep(10**6)
    assert s.deep(50) == 50


@pytest.fixture(scope="function")
def data(tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("x")
    yield file
    assert file.exists()


def test_fixture(data):
    assert identity(data.read_text()) == "x"


def test_big_list():
    numbers = list(range(100_000))
    assert identity(numbers) == numbers
    assert s.total(numbers) == sum(numbers)
