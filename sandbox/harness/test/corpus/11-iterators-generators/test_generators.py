import collections.abc
import inspect
import itertools
import types

import pytest
from submission import Countdown, chunks, fibonacci, flatten, running_average, take_while_positive


def test_fibonacci_is_endless():
    assert list(itertools.islice(fibonacci(), 10)) == [0, 1, 1, 2, 3, 5, 8, 13, 21, 34]


def test_fibonacci_is_a_generator():
    assert inspect.isgenerator(fibonacci())
    assert isinstance(fibonacci(), types.GeneratorType)
    assert isinstance(fibonacci(), collections.abc.Iterator)


def test_two_generators_do_not_disturb_each_other():
    a, b = fibonacci(), fibonacci()
    next(a), next(a), next(a)
    assert next(b) == 0
    assert next(a) == 2


def test_chunks():
    assert [list(c) for c in chunks([1, 2, 3, 4, 5], 2)] == [[1, 2], [3, 4], [5]]
    assert len(list(chunks("abcdefg", 3))[0]) == 3
    assert list(chunks([], 3)) == []


def test_chunks_is_lazy():
    pulled = []

    def source():
        for i in range(100):
            pulled.append(i)
            yield i

    first = next(iter(chunks(source(), 3)))
    assert list(first) == [0, 1, 2]
    assert len(pulled) <= 4


def test_chunks_of_no_size():
    with pytest.raises(ValueError):
        list(chunks([1], 0))


def test_flatten():
    assert list(flatten([1, [2, (3, [4])], "ab"])) == [1, 2, 3, 4, "ab"]


def test_countdown():
    assert list(Countdown(3)) == [3, 2, 1]
    assert list(Countdown(0)) == []


def test_countdown_twice():
    countdown = Countdown(2)
    assert list(countdown) == [2, 1]
    assert list(countdown) == [2, 1]


def test_countdown_in_two_loops():
    countdown = Countdown(2)
    assert [(a, b) for a in countdown for b in countdown] == [(2, 2), (2, 1), (1, 2), (1, 1)]


def test_running_average_with_send():
    average = running_average()
    next(average)
    assert average.send(10) == 10
    assert average.send(20) == 15
    assert average.send(0) == 10
    average.close()
    with pytest.raises(StopIteration):
        next(average)


def test_take_while():
    assert list(take_while_positive([3, 1, -2, 5])) == [3, 1]


def test_take_while_leaves_the_rest():
    source = iter([1, -1, 2, 3])
    assert list(take_while_positive(source)) == [1]
    assert list(source) == [2, 3]


def test_zip_and_sum():
    assert sum(itertools.takewhile(lambda n: n < 100, fibonacci())) == 232
    assert dict(zip("abc", Countdown(3))) == {"a": 3, "b": 2, "c": 1}
    assert max(Countdown(5)) == 5 and 4 in list(Countdown(5))
