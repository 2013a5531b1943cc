import random

import pytest
from submission import BinarySearchTree, Leaf, build, expression, fold, height


@pytest.fixture(scope="module")
def values():
    rng = random.Random(4)
    return rng.sample(range(1000), 60)


@pytest.fixture(scope="module")
def tree(values):
    tree = BinarySearchTree()
    for value in values:
        tree.insert(value)
    return tree


def test_in_order(tree, values):
    assert list(tree) == sorted(values)


def test_len(tree, values):
    assert len(tree) == len(values)


def test_contains(tree, values):
    assert all(v in tree for v in values)
    assert 5000 not in tree


def test_min_max(tree, values):
    assert tree.min() == min(values)
    assert tree.max() == max(values)


def test_root(tree, values):
    assert tree.root.value == values[0]
    assert tree.root.left.value < tree.root.value < tree.root.right.value


def test_every_node_is_in_order(tree):
    def check(node, low, high):
        if node is None:
            return 0
        assert low < node.value < high
        return 1 + check(node.left, low, node.value) + check(node.right, node.value, high)

    assert check(tree.root, -1, 1000) == 60


def test_duplicates():
    tree = BinarySearchTree()
    for value in (2, 1, 2, 2):
        tree.insert(value)
    assert list(tree) == [1, 2]


def test_empty():
    tree = BinarySearchTree()
    assert len(tree) == 0 and list(tree) == [] and tree.root is None
    with pytest.raises(ValueError):
        tree.min()


def test_remove():
    tree = BinarySearchTree()
    for value in (5, 3, 8, 1, 4, 9):
        tree.insert(value)
    for value in (3, 5, 9):
        tree.remove(value)
    assert list(tree) == [1, 4, 8]
    with pytest.raises(KeyError):
        tree.remove(100)


def test_height():
    assert height(build([4, 2, 6, 1])) == 3
    assert height(None) == 0


def test_fold():
    tree = build([2, 1, 3])
    assert fold(tree, lambda left, value, right: left + value + right, 0) == 6
    assert fold(tree, lambda left, value, right: [*left, value, *right], []) == [1, 2, 3]


def test_expression():
    assert expression("+", Leaf(2), expression("*", Leaf(3), Leaf(4))).evaluate() == 14
    assert str(expression("-", Leaf(2), Leaf(3))) == "(2 - 3)"


def test_unknown_operator():
    with pytest.raises(ValueError, match="operator"):
        expression("?", Leaf(1), Leaf(2))
