import sys

import pytest
import submission


def test_triangle(capsys):
    submission.print_triangle(3)
    assert capsys.readouterr().out == "*\n**\n***\n"


def test_triangle_of_nothing(capsys):
    assert submission.print_triangle(0) is None
    assert capsys.readouterr().out == ""


def test_table(capsys):
    submission.print_table({"apple": 1.5, "fig": 22.25})
    assert capsys.readouterr().out.splitlines() == ["apple      1.50", "fig       22.25"]


def test_fizzbuzz(capsys):
    submission.fizzbuzz(15)
    lines = capsys.readouterr().out.split()
    assert len(lines) == 15
    assert lines[2] == "Fizz" and lines[4] == "Buzz" and lines[14] == "FizzBuzz" and lines[0] == "1"


def test_no_trailing_blank(capsys):
    submission.countdown(3)
    assert capsys.readouterr().out == "3, 2, 1, go!\n"


def test_errors_go_to_stderr(capsys):
    submission.warn("careful")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "warning: careful\n"


def test_reading_twice(capsys):
    print("from the test")
    submission.print_triangle(1)
    assert capsys.readouterr().out == "from the test\n*\n"
    submission.print_triangle(1)
    assert capsys.readouterr().out == "*\n"


def test_redirect():
    import contextlib
    import io

    buffer = io.StringIO()
    with contextlib.redirect_stdout(buffer):
        submission.countdown(1)
    assert buffer.getvalue() == "1, go!\n"


def test_patched_stdout(monkeypatch):
    import io

    monkeypatch.setattr(sys, "stdout", io.StringIO())
    submission.print_triangle(2)
    assert sys.stdout.getvalue() == "*\n**\n"


@pytest.mark.parametrize(("width", "expected"), [(5, "--x--"), (6, "--x---"), (1, "x")])
def test_returns_instead_of_printing(width, expected, capsys):
    assert submission.centre("x", width) == expected
    assert capsys.readouterr().out == ""


def test_print_is_called_for_each_row(monkeypatch):
    rows = []
    monkeypatch.setattr("builtins.print", lambda *args, **kwargs: rows.append(args))
    submission.print_triangle(4)
    assert len(rows) == 4
