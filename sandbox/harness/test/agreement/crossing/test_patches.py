import datetime
import io
import time
from unittest import mock
from unittest.mock import patch

import pytest
import submission
from submission import Shape


def test_patch_name():
    with patch("submission.helper", return_value=10):
        assert submission.uses_helper() == 11
    assert submission.uses_helper() == 2


def test_patch_object():
    with mock.patch.object(submission, "helper", lambda: 5):
        assert submission.uses_helper() == 6


def test_patch_method():
    with mock.patch.object(Shape, "area", return_value=9):
        assert Shape("q").describe() == "q 9"


def test_monkeypatch(monkeypatch):
    monkeypatch.setattr(submission, "helper", lambda: 20)
    assert submission.uses_helper() == 21


def test_monkeypatch_str(monkeypatch):
    monkeypatch.setattr("submission.helper", lambda: 20)
    assert submission.uses_helper() == 21


def test_input(monkeypatch):
    monkeypatch.setattr("builtins.input", lambda *_: "Ada")
    assert submission.ask() == "Ada"


def test_input_stdin(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("Bob\n"))
    assert submission.ask() == "Bob"


def test_input_patch():
    with patch("builtins.input", side_effect=["x", "y"]) as m:
        assert submission.ask() == "x"
        m.assert_called_once_with("name? ")


def test_submission_input(monkeypatch):
    monkeypatch.setattr(submission, "input", lambda p: "Z", raising=False)
    assert submission.ask() == "Z"


@patch("random.randint", return_value=4)
def test_patch_random(m):
    assert submission.roll() == 4
    m.assert_called_with(1, 6)


def test_patch_sub_random():
    with patch("submission.random.randint", return_value=4):
        assert submission.roll() == 4


def test_patch_sleep(monkeypatch):
    monkeypatch.setattr(time, "sleep", lambda s: None)
    assert submission.nap() == "slept"


def test_patch_sub_sleep():
    with patch("submission.time.sleep") as m:
        assert submission.nap() == "slept"
        m.assert_called_once_with(100)


def test_patch_sub_datetime():
    with patch("submission.datetime") as m:
        m.date.today.return_value = datetime.date(1999, 1, 1)
        assert submission.today() == 1999


def test_spy_builtin():
    with patch("builtins.sum", side_effect=AssertionError("used sum")):
        with pytest.raises(AssertionError):
            submission.mysum([1])


def test_stringio_arg():
    f = io.StringIO("abc")
    assert f.read() == "abc"


def test_now_type():
    assert isinstance(submission.now(), datetime.datetime)


def test_key():
    assert submission.sorter(["b", "A"], key=str.lower) == ["A", "b"]


def test_patch_print():
    with patch("builtins.print") as m:
        submission.say()
    m.assert_any_call("hello")
