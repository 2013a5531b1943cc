import functools
from unittest.mock import Mock

import pytest
import submission
from submission import LRUCache, cached_property_holder, fib, slow_square


def test_fib_is_fast():
    assert fib(80) == 23416728348467685


def test_cache_info():
    slow_square.cache_clear()
    slow_square(3)
    slow_square(3)
    info = slow_square.cache_info()
    assert (info.hits, info.misses) == (1, 1)


def test_calls_are_counted():
    submission.calls = 0
    slow_square.cache_clear()
    for n in (1, 2, 1, 2, 3):
        slow_square(n)
    assert submission.calls == 3


def test_lru():
    cache = LRUCache(2)
    cache.put("a", 1)
    cache.put("b", 2)
    assert cache.get("a") == 1
    cache.put("c", 3)
    assert cache.get("b") is None
    assert cache.get("a") == 1 and cache.get("c") == 3


def test_lru_overwrites():
    cache = LRUCache(2)
    cache.put("a", 1)
    cache.put("a", 2)
    assert cache.get("a") == 2 and len(cache) == 1


def test_lru_refuses_no_capacity():
    with pytest.raises(ValueError):
        LRUCache(0)


def test_lru_values_keep_their_identity():
    cache, value = LRUCache(1), [1, 2]
    cache.put("k", value)
    assert cache.get("k") is value
    value.append(3)
    assert cache.get("k") == [1, 2, 3]


def test_compute_once():
    compute = Mock(return_value="v")
    cache = LRUCache(3)
    assert cache.get_or_compute("k", compute) == "v"
    assert cache.get_or_compute("k", compute) == "v"
    compute.assert_called_once_with("k")


def test_none_is_cached_too():
    compute = Mock(return_value=None)
    cache = LRUCache(3)
    cache.get_or_compute("k", compute)
    cache.get_or_compute("k", compute)
    assert compute.call_count == 1


def test_cached_property():
    holder = cached_property_holder([1, 2, 3])
    assert holder.total == 6
    holder.items.append(4)
    assert holder.total == 6
    del holder.total
    assert holder.total == 10


def test_keys_in_order_of_use():
    cache = LRUCache(3)
    for key in "abc":
        cache.put(key, key.upper())
    cache.get("a")
    assert list(cache) == ["b", "c", "a"]
