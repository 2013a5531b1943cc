class Node:
    def __init__(self, value, next=None):
        self.value = value
        self.next = next


class LinkedList(list):
    @property
    def head(self):
        node = None
        for value in reversed(self):
            node = Node(value, node)
        return node

    def prepend(self, value):
        self.insert(0, value)
