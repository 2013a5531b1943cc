import operator

OPERATORS = {"+": operator.add, "-": operator.sub, "*": operator.mul}


class Node:
    def __init__(self, value):
        self.value = value
        self.left = self.right = None


class BinarySearchTree:
    def __init__(self):
        self.root = None
        self.size = 0

    def insert(self, value):
        self.root = self._insert(self.root, value)

    def _insert(self, node, value):
        if node is None:
            self.size += 1
            return Node(value)
        if value < node.value:
            node.left = self._insert(node.left, value)
        elif value > node.value:
            node.right = self._insert(node.right, value)
        return node

    def remove(self, value):
        self.root = self._remove(self.root, value)
        self.size -= 1

    def _remove(self, node, value):
        if node is None:
            raise KeyError(value)
        if value < node.value:
            node.left = self._remove(node.left, value)
        elif value > node.value:
            node.right = self._remove(node.right, value)
        elif node.left is None:
            return node.right
        elif node.right is None:
            return node.left
        else:
            follower = node.right
            while follower.left is not None:
                follower = follower.left
            node.value = follower.value
            node.right = self._remove(node.right, follower.value)
        return node

    def __iter__(self):
        def walk(node):
            if node is not None:
                yield from walk(node.left)
                yield node.value
                yield from walk(node.right)

        return walk(self.root)

    def __contains__(self, value):
        node = self.root
        while node is not None and node.value != value:
            node = node.left if value < node.value else node.right
        return node is not None

    def __len__(self):
        return self.size

    def min(self):
        return min(iter(self))

    def max(self):
        return max(iter(self))


def build(values):
    tree = BinarySearchTree()
    for value in values:
        tree.insert(value)
    return tree.root


def height(node):
    return 0 if node is None else 1 + max(height(node.left), height(node.right))


def fold(node, function, start):
    if node is None:
        return start
    return function(fold(node.left, function, start), node.value, fold(node.right, function, start))


class Leaf:
    def __init__(self, value):
        self.value = value

    def evaluate(self):
        return self.value

    def __str__(self):
        return str(self.value)


class expression:
    def __init__(self, symbol, left, right):
        if symbol not in OPERATORS:
            raise ValueError(f"no such operator: {symbol}")
        self.symbol, self.left, self.right = symbol, left, right

    def evaluate(self):
        return OPERATORS[self.symbol](self.left.evaluate(), self.right.evaluate())

    def __str__(self):
        return f"({self.left} {self.symbol} {self.right})"
