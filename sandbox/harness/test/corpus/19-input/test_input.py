import builtins
import io
from unittest import mock

import pytest
import submission


def feed(monkeypatch, *answers):
    waiting = list(answers)
    prompts = []

    def fake(prompt=""):
        prompts.append(prompt)
        return waiting.pop(0)

    monkeypatch.setattr(builtins, "input", fake)
    return prompts


def test_greeting(monkeypatch, capsys):
    prompts = feed(monkeypatch, "Ada")
    submission.greet()
    assert capsys.readouterr().out == "Hello, Ada!\n"
    assert prompts == ["What is your name? "]


def test_sum_until_empty(monkeypatch):
    feed(monkeypatch, "1", "2.5", "", "100")
    assert submission.sum_until_empty() == 3.5


def test_asks_again(monkeypatch, capsys):
    prompts = feed(monkeypatch, "abc", "-1", "7")
    assert submission.ask_positive() == 7
    assert len(prompts) == 3
    assert capsys.readouterr().out.count("not a positive number") == 2


def test_guessing_game(monkeypatch, capsys):
    monkeypatch.setattr("random.randint", lambda a, b: 42)
    feed(monkeypatch, "50", "25", "42")
    assert submission.guessing_game() == 3
    assert capsys.readouterr().out.split() == ["lower", "higher", "correct"]


@mock.patch("builtins.input", side_effect=["yes", "no", "y"])
def test_confirm(asked):
    assert submission.confirm("sure?") is True
    assert submission.confirm("sure?") is False
    assert submission.confirm("sure?") is True
    asked.assert_called_with("sure? ")
    assert asked.call_count == 3


def test_stdin(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("3\n4\n\n"))
    assert submission.sum_until_empty() == 7


def test_end_of_input(monkeypatch):
    with mock.patch("builtins.input", side_effect=EOFError):
        with pytest.raises(EOFError):
            submission.confirm("x")


def test_menu(monkeypatch, capsys):
    feed(monkeypatch, "2", "9", "q")
    assert submission.menu({"1": lambda: "one", "2": lambda: "two"}) == ["two"]
    assert "unknown choice 9" in capsys.readouterr().out
