import pytest
from submission import MultiSet, common_letters, duplicates, powerset, remove_all, symmetric, unique_words, venn


def test_unique():
    assert unique_words("To be or not to be") == {"to", "be", "or", "not"}
    assert isinstance(unique_words(""), set)


def test_common():
    assert common_letters(["apple", "plea", "leap"]) == set("aelp")
    assert common_letters([]) == set()


def test_duplicates():
    assert duplicates([1, 2, 1, 3, 2, 1]) == {1, 2}


def test_powerset():
    subsets = powerset({1, 2, 3})
    assert len(subsets) == 8
    assert frozenset() in subsets and frozenset({1, 3}) in subsets
    assert isinstance(subsets, set)


def test_remove_in_place():
    colors = {"red", "green", "blue"}
    remove_all(colors, ["red", "pink"])
    assert colors == {"green", "blue"}


def test_symmetric_leaves_both():
    a, b = {1, 2}, {2, 3}
    assert symmetric(a, b) == {1, 3}
    assert a == {1, 2} and b == {2, 3}


def test_venn():
    only_a, both, only_b = venn({1, 2, 3}, {3, 4})
    assert (only_a, both, only_b) == ({1, 2}, {3}, {4})


def test_unhashable():
    with pytest.raises(TypeError):
        duplicates([[1], [1]])


class TestMultiSet:
    def test_counts(self):
        m = MultiSet("banana")
        assert m.count("a") == 3 and m.count("x") == 0

    def test_len(self):
        assert len(MultiSet("banana")) == 6
        assert len(MultiSet()) == 0

    def test_contains(self):
        assert "b" in MultiSet("banana")
        assert "z" not in MultiSet("banana")

    def test_operators(self):
        assert MultiSet("aab") | MultiSet("abb") == MultiSet("aabb")
        assert MultiSet("aab") & MultiSet("abb") == MultiSet("ab")
        assert MultiSet("aab") - MultiSet("ab") == MultiSet("a")

    def test_subset(self):
        assert MultiSet("ab") <= MultiSet("aab")
        assert not MultiSet("aab") <= MultiSet("ab")

    def test_remove(self):
        m = MultiSet("aa")
        m.remove("a")
        m.remove("a")
        with pytest.raises(KeyError):
            m.remove("a")
        assert not m

    def test_iteration(self):
        assert sorted(MultiSet("cab")) == ["a", "b", "c"]
        assert sorted(MultiSet("aba")) == ["a", "a", "b"]

    def test_unhashable(self):
        with pytest.raises(TypeError):
            hash(MultiSet("a"))
