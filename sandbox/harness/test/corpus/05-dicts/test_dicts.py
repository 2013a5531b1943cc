from collections import Counter, OrderedDict, defaultdict

import pytest
from submission import count_words, group_by_length, invert, merge, most_common, update_stock


def test_count():
    assert count_words("the cat and the dog") == {"the": 2, "cat": 1, "and": 1, "dog": 1}


def test_count_is_a_mapping_without_surprises():
    counts = count_words("a a b")
    assert isinstance(counts, dict)
    assert "c" not in counts
    with pytest.raises(KeyError):
        counts["c"]


def test_invert():
    assert invert({"a": 1, "b": 2}) == {1: "a", 2: "b"}


def test_invert_with_doubles():
    with pytest.raises(ValueError, match=r"value 1 .* twice"):
        invert({"a": 1, "b": 1})


def test_merge_adds():
    assert merge({"x": 1, "y": 2}, {"y": 3, "z": 4}) == {"x": 1, "y": 5, "z": 4}


def test_merge_leaves_both():
    left, right = {"x": 1}, {"x": 2}
    merge(left, right)
    assert left == {"x": 1} and right == {"x": 2}


def test_group():
    groups = group_by_length(["a", "bb", "cc", "ddd"])
    assert dict(groups) == {1: ["a"], 2: ["bb", "cc"], 3: ["ddd"]}
    assert list(groups) == [1, 2, 3]


def test_group_takes_any_iterable():
    assert dict(group_by_length(iter(("xx",)))) == {2: ["xx"]}


def test_most_common():
    assert most_common({"a": 3, "b": 7, "c": 5}, 2) == [("b", 7), ("c", 5)]


def test_most_common_of_a_counter():
    assert most_common(Counter("mississippi"), 1)[0][1] == 4


def test_stock_in_place():
    stock = OrderedDict(apple=3, pear=1)
    update_stock(stock, {"apple": -2, "plum": 5})
    assert stock == {"apple": 1, "pear": 1, "plum": 5}
    assert list(stock) == ["apple", "pear", "plum"]


def test_stock_is_removed_at_zero():
    stock = {"apple": 3}
    update_stock(stock, {"apple": -3})
    assert stock == {}


def test_stock_never_negative():
    stock = {"apple": 1, "pear": 1}
    with pytest.raises(ValueError):
        update_stock(stock, {"pear": -1, "apple": -2})
    assert stock == {"apple": 1, "pear": 1}


def test_defaultdict_stays_one():
    stock = defaultdict(int, apple=1)
    update_stock(stock, {"kiwi": 2})
    assert stock["kiwi"] == 2
    assert stock["nothing"] == 0
