import pytest
from submission import LinkedList, Node


def make(*items):
    chain = LinkedList()
    for item in items:
        chain.append(item)
    return chain


def test_nodes():
    node = Node(1, Node(2))
    assert node.value == 1
    assert node.next.value == 2
    assert node.next.next is None


def test_append():
    chain = make("a", "b")
    assert chain.head.value == "a"
    assert chain.head.next.value == "b"
    assert len(chain) == 2


def test_prepend():
    chain = make(2)
    chain.prepend(1)
    assert list(chain) == [1, 2]
    assert isinstance(chain.head, Node)


def test_remove():
    chain = make(1, 2, 3, 2)
    chain.remove(2)
    assert list(chain) == [1, 3, 2]
    chain.remove(1)
    assert chain.head.value == 3
    with pytest.raises(ValueError, match="9"):
        chain.remove(9)


def test_remove_last_then_append():
    chain = make(1, 2)
    chain.remove(2)
    chain.append(3)
    assert list(chain) == [1, 3]


def test_index():
    chain = make("x", "y", "z")
    assert chain[0] == "x" and chain[2] == "z"
    with pytest.raises(IndexError):
        chain[3]
    chain[1] = "new"
    assert list(chain) == ["x", "new", "z"]


def test_reverse():
    chain = make(1, 2, 3)
    first = chain.head
    chain.reverse()
    assert list(chain) == [3, 2, 1]
    assert first.next is None


def test_same_node_is_the_same_object():
    chain = make(1, 2)
    assert chain.head.next is chain.head.next
    middle = chain.head.next
    middle.value = 20
    assert list(chain) == [1, 20]


def test_built_by_hand():
    chain = LinkedList()
    chain.head = Node("only")
    assert list(chain) == ["only"]
    chain.head.next = Node("second")
    assert list(chain) == ["only", "second"]


def test_contains_and_bool():
    assert 2 in make(1, 2) and 5 not in make(1, 2)
    assert make(1) and not make()


def test_middle():
    assert make(1, 2, 3, 4, 5).middle().value == 3
    assert make().middle() is None


def test_cycle():
    chain = make(1, 2, 3)
    assert not chain.has_cycle()
    chain.head.next.next.next = chain.head
    assert chain.has_cycle()


def test_repr():
    assert repr(make(1, "a")) == "LinkedList(1 -> 'a')"


def test_equality():
    assert make(1, 2) == make(1, 2)
    assert make(1, 2) != make(2, 1)
    assert make() == make()
