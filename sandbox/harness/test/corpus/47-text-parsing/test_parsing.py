import json

import pytest
import submission


def test_ini():
    text = "[server]\nport = 80\nname=web\n\n; comment\n[client]\ntimeout=2.5\n"
    assert submission.parse_ini(text) == {"server": {"port": 80, "name": "web"}, "client": {"timeout": 2.5}}


def test_ini_key_before_section():
    with pytest.raises(SyntaxError, match="line 1"):
        submission.parse_ini("a=1")


def test_query():
    assert submission.parse_query("a=1&b=two%20words&a=3") == {"a": ["1", "3"], "b": ["two words"]}
    assert submission.parse_query("") == {}


def test_json_lines():
    text = '{"a": 1}\n\n{"a": [true, null, "é"]}\n'
    assert submission.json_lines(text) == [{"a": 1}, {"a": [True, None, "é"]}]


def test_json_error():
    with pytest.raises(json.JSONDecodeError):
        submission.json_lines("{oops}")


def test_to_json():
    text = submission.to_json({"b": (1, 2), "a": {3}})
    assert json.loads(text) == {"a": [3], "b": [1, 2]}
    assert text.index('"a"') < text.index('"b"')


def test_table():
    text = "name  | age\n------|----\nAda   | 36\nBen   | 5\n"
    assert submission.parse_table(text) == [{"name": "Ada", "age": "36"}, {"name": "Ben", "age": "5"}]


def test_expression():
    assert submission.tokenize("3+4*(2-1)") == [3, "+", 4, "*", "(", 2, "-", 1, ")"]
    assert submission.calculate("3+4*(2-1)") == 7
    assert submission.calculate("2*3+4*5") == 26


@pytest.mark.parametrize("text", ["3+", "(1", "1)", "*2"])
def test_bad_expression(text):
    with pytest.raises(ValueError):
        submission.calculate(text)


def test_roman():
    numbers = {1: "I", 4: "IV", 9: "IX", 14: "XIV", 40: "XL", 1994: "MCMXCIV"}
    for number, text in numbers.items():
        assert submission.to_roman(number) == text
        assert submission.from_roman(text) == number


def test_wrap():
    lines = submission.wrap("the quick brown fox jumps", 10).split("\n")
    assert lines == ["the quick", "brown fox", "jumps"]


def test_bytes():
    assert submission.checksum(b"abc") == 294 % 256
    assert submission.hex_dump(b"\x00\xffA") == "00 ff 41"
    assert submission.decode("é".encode("latin-1")) == "é"
    assert submission.decode("é".encode()) == "é"
