import contextlib

import pytest
from submission import Timer, Transaction, suppressed, temporary_change


def test_transaction_commits():
    data = {"a": 1}
    with Transaction(data) as draft:
        draft["b"] = 2
        assert data == {"a": 1}
    assert data == {"a": 1, "b": 2}


def test_transaction_rolls_back():
    data = {"a": 1}
    with pytest.raises(KeyError):
        with Transaction(data) as draft:
            draft["b"] = 2
            draft["missing"]
    assert data == {"a": 1}


def test_transaction_knows_its_state():
    transaction = Transaction({})
    assert transaction.state == "new"
    with transaction:
        assert transaction.state == "open"
    assert transaction.state == "committed"
    with contextlib.suppress(ZeroDivisionError):
        with transaction:
            1 / 0
    assert transaction.state == "rolled back"


def test_suppressed():
    with suppressed(ValueError, KeyError):
        int("x")
    with suppressed(ValueError, KeyError):
        {}["x"]


def test_suppressed_passes_others():
    with pytest.raises(TypeError):
        with suppressed(ValueError):
            len(5)


def test_suppressed_keeps_what_it_caught():
    with suppressed(ValueError) as caught:
        raise ValueError("seen")
    assert str(caught.error) == "seen"


class Settings:
    color = "red"


def test_temporary_change():
    settings = Settings()
    with temporary_change(settings, "color", "blue"):
        assert settings.color == "blue"
    assert settings.color == "red"


def test_temporary_change_after_an_error():
    settings = Settings()
    with pytest.raises(RuntimeError, match="boom"):
        with temporary_change(settings, "color", "blue"):
            raise RuntimeError("boom")
    assert settings.color == "red"


def test_timer():
    ticks = iter([10.0, 12.5])
    with Timer(clock=lambda: next(ticks)) as timer:
        pass
    assert timer.elapsed == 2.5


def test_exit_stack():
    data = {}
    with contextlib.ExitStack() as stack:
        a = stack.enter_context(Transaction(data))
        a["x"] = 1
    assert data == {"x": 1}
