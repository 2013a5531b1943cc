import pytest
from submission import (
    ConfigError,
    MissingKey,
    ParseError,
    parse_config,
    parse_number,
    read_setting,
    safe_divide,
    first_error,
)


def test_divide():
    assert safe_divide(6, 3) == 2
    assert safe_divide(1, 0) is None


def test_divide_does_not_hide_other_errors():
    with pytest.raises(TypeError):
        safe_divide("6", 3)


def test_numbers():
    assert parse_number("42") == 42
    assert parse_number(" 2.5 ") == 2.5
    assert isinstance(parse_number("42"), int)


@pytest.mark.parametrize("text", ["", "abc", "1,5", "--3"])
def test_bad_numbers(text):
    with pytest.raises(ParseError) as caught:
        parse_number(text)
    assert caught.value.text == text
    assert repr(text) in str(caught.value)


def test_cause():
    with pytest.raises(ParseError) as caught:
        parse_number("abc")
    assert isinstance(caught.value.__cause__, ValueError)


def test_hierarchy():
    assert issubclass(ParseError, ConfigError)
    assert issubclass(MissingKey, ConfigError)
    assert issubclass(MissingKey, KeyError)
    assert not issubclass(ConfigError, ValueError)


def test_config():
    assert parse_config("width = 3\n# comment\n\nheight=4.5\n") == {"width": 3, "height": 4.5}


def test_config_says_the_line():
    with pytest.raises(ParseError, match=r"^line 2: .*'oops'"):
        parse_config("a=1\nb=oops")


def test_line_without_equals():
    with pytest.raises(ParseError, match="line 1"):
        parse_config("nothing here")


def test_missing():
    with pytest.raises(MissingKey):
        read_setting({"a": 1}, "b")
    with pytest.raises(KeyError):
        read_setting({"a": 1}, "b")


def test_default():
    assert read_setting({"a": 1}, "b", default=None) is None


def test_finally():
    log = []

    def action():
        log.append("action")
        raise ConfigError("no")

    with pytest.raises(ConfigError):
        first_error([action], cleanup=lambda: log.append("cleanup"))
    assert log == ["action", "cleanup"]


def test_no_error():
    log = []
    assert first_error([lambda: 1, lambda: 2], cleanup=lambda: log.append("c")) is None
    assert log == ["c"]


def test_args():
    assert ConfigError("a", 2).args == ("a", 2)


def test_caught_by_base():
    for text in ("x", "=", "a=b=c"):
        try:
            parse_config(text)
        except ConfigError as error:
            assert type(error) is ParseError
        else:
            pytest.fail("nothing was raised")
