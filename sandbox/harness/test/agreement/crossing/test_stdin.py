"""What a submission reads from `sys.stdin` is what the test put there; pytest's own refuses in words."""

import io
from unittest.mock import patch

import pytest
from submission import all_lines, ask, ask_two, read_all, read_line


def test_nothing_was_given():
    for read in (ask, read_all, read_line, all_lines):
        with pytest.raises(OSError, match="reading from stdin while output is captured"):
            read()


def test_the_whole(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("a\nb\n"))
    assert read_all() == "a\nb\n" and read_all() == "" and read_line() == ""


def test_lines_and_input(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("a\nb\nc\nd"))
    assert read_line() == "a\n" and ask() == "b" and all_lines() == ["c\n", "d"]
    assert capsys.readouterr().out == "name? "


def test_too_few(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("1\n"))
    with pytest.raises(EOFError):
        ask_two()


def test_patched():
    with patch("sys.stdin", io.StringIO("x\n")):
        assert all_lines() == ["x\n"]
    with patch("builtins.input", side_effect=["1", "2"]) as asked:
        assert ask_two() == 3
    assert asked.call_count == 2
    with patch("builtins.input", side_effect=["1"]), pytest.raises(StopIteration):
        ask_two()
