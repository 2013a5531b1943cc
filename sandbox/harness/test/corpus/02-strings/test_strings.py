import string

import submission


def test_reverse():
    assert submission.reverse_words("the quick brown fox") == "fox brown quick the"
    assert submission.reverse_words("  spaces   everywhere ") == "everywhere spaces"
    assert submission.reverse_words("") == ""


def test_palindrome():
    assert submission.is_palindrome("A man, a plan, a canal: Panama")
    assert submission.is_palindrome("")
    assert not submission.is_palindrome("hello")


def test_palindrome_gives_a_truth_value():
    assert isinstance(submission.is_palindrome("abba"), bool)


def test_caesar():
    assert submission.caesar("abc xyz", 3) == "def abc"
    assert submission.caesar("Hello, World!", 5) == "Mjqqt, Btwqi!"


def test_caesar_round_trip():
    text = string.ascii_letters + string.punctuation
    for shift in (0, 1, 13, 25, 26, 40, -7):
        assert submission.caesar(submission.caesar(text, shift), -shift) == text


def test_vowels():
    assert submission.count_vowels("Programming Is FUN") == 5
    assert submission.count_vowels("rhythm") == 0


def test_unicode():
    assert submission.reverse_words("häuser Straße ñandú") == "ñandú Straße häuser"


def test_title():
    assert submission.title_case("war and peace") == "War and Peace"
    assert submission.title_case("the lord of the rings") == "The Lord of the Rings"
