class EmptyError(IndexError):
    pass


class Stack:
    def __init__(self, items=()):
        self._items = list(items)

    def push(self, item):
        self._items.append(item)

    def pop(self):
        if not self._items:
            raise EmptyError("pop from an empty stack")
        return self._items.pop()

    def peek(self):
        if not self._items:
            raise EmptyError("an empty stack has no top")
        return self._items[-1]

    def is_empty(self):
        return not self._items

    def __len__(self):
        return len(self._items)

    def __iter__(self):
        return reversed(self._items)

    def __contains__(self, item):
        return item in self._items


class Queue:
    def __init__(self, maxsize=None):
        self.maxsize = maxsize
        self._inbox, self._outbox = Stack(), Stack()

    def put(self, item):
        if self.maxsize is not None and len(self._inbox) + len(self._outbox) >= self.maxsize:
            raise OverflowError("the queue is full")
        self._inbox.push(item)

    def get(self):
        if not self._outbox:
            while self._inbox:
                self._outbox.push(self._inbox.pop())
        return self._outbox.pop()


PAIRS = {")": "(", "]": "[", "}": "{"}


def balanced(text):
    stack = Stack()
    for c in text:
        if c in "([{":
            stack.push(c)
        elif c in PAIRS:
            if stack.is_empty() or stack.pop() != PAIRS[c]:
                return False
    return stack.is_empty()


def evaluate(text):
    stack = Stack()
    try:
        for word in text.split():
            if word in "+-*":
                b, a = stack.pop(), stack.pop()
                stack.push({"+": a + b, "-": a - b, "*": a * b}[word])
            else:
                stack.push(int(word))
    except EmptyError:
        raise ValueError(f"not enough operands in {text!r}") from None
    if len(stack) != 1:
        raise ValueError(f"too many operands in {text!r}")
    return stack.pop()


def reverse_with_stack(text):
    return "".join(Stack(text))
