import functools
import operator

import pytest
from submission import Card, by_age, by_keys, is_sorted, natural, rank, sort_cards, stable_partition, top_k


def test_by_age():
    people = [{"name": "a", "age": 30}, {"name": "b", "age": 20}]
    assert [p["name"] for p in by_age(people)] == ["b", "a"]
    assert people[0]["name"] == "a"


def test_the_same_objects():
    people = [{"age": 2}, {"age": 1}]
    result = by_age(people)
    assert result[0] is people[1] and result[1] is people[0]


def test_stable():
    people = [{"n": i, "age": 1} for i in range(5)]
    assert [p["n"] for p in by_age(people)] == [0, 1, 2, 3, 4]


def test_several_keys():
    rows = [("b", 2), ("a", 2), ("c", 1)]
    assert by_keys(rows, operator.itemgetter(1), operator.itemgetter(0)) == [("c", 1), ("a", 2), ("b", 2)]


def test_key_is_called_once_per_item():
    calls = []

    def key(n):
        calls.append(n)
        return -n

    assert by_keys([3, 1, 2], key) == [3, 2, 1]
    assert sorted(calls) == [1, 2, 3]


def test_natural():
    assert natural(["f10", "f9", "f1"]) == ["f1", "f9", "f10"]


def test_is_sorted():
    assert is_sorted([1, 1, 2]) and not is_sorted([2, 1])
    assert is_sorted(["b", "a"], reverse=True)


def test_cards():
    hand = [Card("K", "spades"), Card("2", "hearts"), Card("10", "clubs")]
    assert [str(card) for card in sort_cards(hand)] == ["2 of hearts", "10 of clubs", "K of spades"]


def test_cards_compare():
    assert Card("2", "hearts") < Card("A", "hearts")
    assert max([Card("J", "clubs"), Card("Q", "clubs")]).rank == "Q"
    assert Card("3", "clubs") >= Card("3", "clubs")


def test_comparing_with_a_number():
    with pytest.raises(TypeError):
        Card("2", "hearts") < 5


def test_top_k():
    assert top_k([5, 1, 9, 7], 2) == [9, 7]
    assert top_k(["bb", "a", "ccc"], 1, key=len) == ["ccc"]


def test_rank():
    assert rank({"a": 10, "b": 30, "c": 10}) == {"b": 1, "a": 2, "c": 2}


def test_partition():
    assert stable_partition([5, 2, 8, 1], lambda n: n % 2 == 0) == ([2, 8], [5, 1])


def test_cmp_to_key():
    def descending(a, b):
        return b - a

    assert by_keys([1, 3, 2], functools.cmp_to_key(descending)) == [3, 2, 1]
