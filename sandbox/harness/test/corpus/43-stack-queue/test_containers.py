import copy
import unittest

from submission import EmptyError, Queue, Stack, balanced, evaluate, reverse_with_stack


class StackTest(unittest.TestCase):
    def setUp(self):
        self.stack = Stack()

    def test_empty(self):
        self.assertEqual(len(self.stack), 0)
        self.assertTrue(self.stack.is_empty())
        self.assertFalse(self.stack)

    def test_push_pop(self):
        for item in (1, "two", [3]):
            self.stack.push(item)
        self.assertEqual(self.stack.pop(), [3])
        self.assertEqual(self.stack.pop(), "two")
        self.assertEqual(len(self.stack), 1)

    def test_peek(self):
        self.stack.push("x")
        self.assertEqual(self.stack.peek(), "x")
        self.assertEqual(len(self.stack), 1)

    def test_pop_empty(self):
        with self.assertRaises(EmptyError):
            self.stack.pop()
        self.assertIsInstance(EmptyError(), IndexError)

    def test_identity(self):
        item = [1]
        self.stack.push(item)
        self.assertIs(self.stack.peek(), item)

    def test_stacks_are_independent(self):
        other = Stack()
        other.push(1)
        self.assertTrue(self.stack.is_empty())

    def test_from_items(self):
        self.assertEqual(list(Stack([1, 2, 3])), [3, 2, 1])

    def test_contains(self):
        self.assertIn(2, Stack([1, 2]))
        self.assertNotIn(5, Stack([1, 2]))


class QueueTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.numbers = list(range(50))

    def test_order(self):
        queue = Queue()
        for n in self.numbers:
            queue.put(n)
        self.assertEqual([queue.get() for _ in self.numbers], self.numbers)

    def test_full(self):
        queue = Queue(maxsize=1)
        queue.put(1)
        with self.assertRaises(OverflowError):
            queue.put(2)
        self.assertEqual(queue.get(), 1)

    def test_empty(self):
        self.assertRaises(EmptyError, Queue().get)

    def test_mixed(self):
        queue = Queue()
        queue.put("a")
        queue.put("b")
        self.assertEqual(queue.get(), "a")
        queue.put("c")
        self.assertEqual([queue.get(), queue.get()], ["b", "c"])


class UseTest(unittest.TestCase):
    def test_balanced(self):
        for text, expected in [("", True), ("([]{})", True), ("(]", False), ("((", False), (")", False)]:
            with self.subTest(text=text):
                self.assertIs(balanced(text), expected)

    def test_evaluate(self):
        self.assertEqual(evaluate("3 4 + 2 *"), 14)
        self.assertEqual(evaluate("10 2 8 * + 3 -"), 23)

    def test_evaluate_nonsense(self):
        for text in ("+", "1 2", "1 x +"):
            with self.subTest(text=text), self.assertRaises(ValueError):
                evaluate(text)

    def test_reverse(self):
        self.assertEqual(reverse_with_stack("abc"), "cba")
