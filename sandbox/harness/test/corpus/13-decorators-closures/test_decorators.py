import functools

import pytest
import submission
from submission import compose, counted, logged, make_counter, memoize, retry, validated


def test_memoize_calls_once():
    calls = []

    @memoize
    def square(n):
        calls.append(n)
        return n * n

    assert [square(3), square(3), square(4)] == [9, 9, 16]
    assert calls == [3, 4]


def test_memoize_keeps_name_and_doc():
    @memoize
    def cube(n):
        """Third power."""
        return n**3

    assert cube.__name__ == "cube"
    assert cube.__doc__ == "Third power."


def test_memoized_functions_do_not_share():
    double = memoize(lambda n: 2 * n)
    triple = memoize(lambda n: 3 * n)
    assert double(5) == 10
    assert triple(5) == 15


def test_counted():
    @counted
    def hello():
        return "hi"

    hello()
    hello()
    assert hello.calls == 2


def test_counted_submission():
    submission.greet.calls = 0
    assert submission.greet("Ada") == "Hello, Ada!"
    submission.greet("Bob")
    assert submission.greet.calls == 2


def test_retry():
    attempts = []

    @retry(times=3)
    def flaky():
        attempts.append(1)
        if len(attempts) < 3:
            raise ConnectionError("again")
        return "done"

    assert flaky() == "done"
    assert len(attempts) == 3


def test_retry_gives_up():
    @retry(times=2)
    def broken():
        raise ConnectionError("never")

    with pytest.raises(ConnectionError, match="never"):
        broken()


def test_retry_only_retries_connections():
    attempts = []

    @retry(times=5)
    def wrong():
        attempts.append(1)
        raise TypeError("no use")

    with pytest.raises(TypeError):
        wrong()
    assert attempts == [1]


def test_counters():
    a, b = make_counter(), make_counter(10)
    assert [a(), a(), b(), a()] == [1, 2, 11, 3]


def test_compose():
    assert compose(str, len)(12345) == 5
    assert compose(lambda x: x + 1, lambda x: x * 2)(3) == 8
    assert compose()(7) == 7


def test_logged(capsys):
    add = logged(lambda a, b: a + b)
    assert add(2, b=3) == 5
    assert capsys.readouterr().out == "called with (2,) {'b': 3}\n"


def test_validated():
    @validated(int, str)
    def repeat(n, text):
        return n * text

    assert repeat(2, "ab") == "abab"
    with pytest.raises(TypeError, match="argument 1 .*str"):
        repeat(2, 5)


def test_multipliers():
    assert [f(10) for f in submission.multipliers(3)] == [0, 10, 20]


def test_partial():
    add = functools.partial(compose(sum, str), [1, 2])
    assert add() == "3"
