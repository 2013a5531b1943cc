import re

import pytest
import submission


@pytest.mark.parametrize("text", ["a@b.ch", "first.last@uni-x.edu", "x_1+y@mail.example.org"])
def test_valid_mail(text):
    assert submission.is_mail(text)


@pytest.mark.parametrize("text", ["", "a@b", "a b@c.de", "@c.de", "a@@c.de", "a@c.de "])
def test_invalid_mail(text):
    assert not submission.is_mail(text)


def test_match_object_or_bool():
    result = submission.first_number("abc 42 def 7")
    assert result.group() == "42"
    assert result.start() == 4
    assert result.span() == (4, 6)
    assert submission.first_number("none") is None


def test_groups():
    match = submission.parse_date("due 2024-03-09!")
    assert match.group("year", "month", "day") == ("2024", "03", "09")
    assert match.groupdict()["month"] == "03"
    assert match["day"] == "09"


def test_find_all():
    assert submission.hashtags("#one and #two2, not # three #four-five") == ["one", "two2", "four"]


def test_substitute():
    assert submission.censor("my pin is 1234 and 99") == "my pin is **** and **"


def test_substitute_with_a_function():
    assert submission.double_numbers("3 apples, 10 pears") == "6 apples, 20 pears"


def test_pattern():
    assert isinstance(submission.WORD, re.Pattern)
    assert submission.WORD.findall("Hello, wide World") == ["Hello", "World"]
    assert submission.WORD.pattern == r"\b[A-Z]\w*"


def test_split():
    assert submission.tokens("a+b*(c-12)") == ["a", "+", "b", "*", "(", "c", "-", "12", ")"]


def test_log():
    log = "INFO start\nERROR disk full\nINFO x\nERROR net: down\n"
    assert submission.errors(log) == ["disk full", "net: down"]


def test_case():
    assert submission.contains_word("The Cat sat", "cat")
    assert not submission.contains_word("concatenate", "cat")
    assert not submission.contains_word("abc", "a.c")
