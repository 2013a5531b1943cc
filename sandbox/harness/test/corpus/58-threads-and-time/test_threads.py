import threading
import time
from unittest import mock

import pytest
import submission


def test_counter_with_threads():
    counter = submission.SafeCounter()
    submission.run_in_threads(counter.increment, threads=4, times=50)
    assert counter.value == 200


def test_results_in_order():
    assert submission.parallel_map(lambda x: x * x, [1, 2, 3]) == [1, 4, 9]


def test_threads_of_the_test():
    results = []
    workers = [threading.Thread(target=lambda i=i: results.append(submission.slow_double(i))) for i in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(results) == [0, 2, 4]


def test_stopwatch(monkeypatch):
    clock = iter([100.0, 103.5])
    monkeypatch.setattr(time, "perf_counter", lambda: next(clock))
    watch = submission.Stopwatch()
    watch.start()
    assert watch.stop() == 3.5


def test_rate_limit():
    with mock.patch("time.monotonic", side_effect=[0, 1, 2, 11]):
        limiter = submission.RateLimiter(2, per=10)
        assert [limiter.allow() for _ in range(4)] == [True, True, False, True]


def test_timestamp():
    with mock.patch("time.time", return_value=0):
        assert submission.stamp("x") == "0: x"


def test_is_fast():
    began = time.perf_counter()
    submission.primes(2000)
    assert time.perf_counter() - began < 5


def test_stopwatch_not_started():
    with pytest.raises(RuntimeError):
        submission.Stopwatch().stop()
