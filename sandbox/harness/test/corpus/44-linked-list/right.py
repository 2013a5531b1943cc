class Node:
    def __init__(self, value, next=None):
        self.value = value
        self.next = next


class LinkedList:
    def __init__(self):
        self.head = None

    def _nodes(self):
        node = self.head
        while node is not None:
            yield node
            node = node.next

    def append(self, value):
        if self.head is None:
            self.head = Node(value)
        else:
            *_, last = self._nodes()
            last.next = Node(value)

    def prepend(self, value):
        self.head = Node(value, self.head)

    def remove(self, value):
        before = None
        for node in self._nodes():
            if node.value == value:
                if before is None:
                    self.head = node.next
                else:
                    before.next = node.next
                return
            before = node
        raise ValueError(f"{value!r} is not in the list")

    def _node(self, index):
        for i, node in enumerate(self._nodes()):
            if i == index:
                return node
        raise IndexError(index)

    def __getitem__(self, index):
        return self._node(index).value

    def __setitem__(self, index, value):
        self._node(index).value = value

    def __len__(self):
        return sum(1 for _ in self._nodes())

    def __iter__(self):
        return (node.value for node in self._nodes())

    def __contains__(self, value):
        return any(v == value for v in self)

    def __eq__(self, other):
        return isinstance(other, LinkedList) and list(self) == list(other)

    def reverse(self):
        before, node = None, self.head
        while node is not None:
            node.next, before, node = before, node, node.next
        self.head = before

    def middle(self):
        slow = fast = self.head
        while fast is not None and fast.next is not None:
            slow, fast = slow.next, fast.next.next
        return slow

    def has_cycle(self):
        slow = fast = self.head
        while fast is not None and fast.next is not None:
            slow, fast = slow.next, fast.next.next
            if slow is fast:
                return True
        return False

    def __repr__(self):
        return f"LinkedList({' -> '.join(map(repr, self))})"
