import unittest

from submission import depth, factorial, fib, flatten, hanoi, permutations, power


class TestNumbers(unittest.TestCase):
    def test_factorial(self):
        self.assertEqual(factorial(0), 1)
        self.assertEqual(factorial(5), 120)
        self.assertEqual(factorial(20), 2432902008176640000)
        self.assertEqual(factorial(60) % 1000007, 0 if False else factorial(59) * 60 % 1000007)

    def test_factorial_of_a_negative(self):
        with self.assertRaises(ValueError) as caught:
            factorial(-1)
        self.assertIn("-1", str(caught.exception))

    def test_factorial_of_a_float(self):
        self.assertRaises(TypeError, factorial, 2.5)

    def test_fib(self):
        for n, value in enumerate([0, 1, 1, 2, 3, 5, 8, 13, 21]):
            with self.subTest(n=n):
                self.assertEqual(fib(n), value)

    def test_power(self):
        self.assertEqual(power(2, 10), 1024)
        self.assertEqual(power(7, 0), 1)
        self.assertAlmostEqual(power(2, -2), 0.25)


class TestLists(unittest.TestCase):
    def test_flatten(self):
        self.assertListEqual(flatten([1, [2, [3, [4, []]]], 5]), [1, 2, 3, 4, 5])

    def test_flatten_keeps_texts(self):
        self.assertEqual(flatten(["ab", ["cd"]]), ["ab", "cd"])

    def test_flatten_leaves_its_argument(self):
        nested = [1, [2, 3]]
        flatten(nested)
        self.assertEqual(nested, [1, [2, 3]])

    def test_depth(self):
        self.assertEqual(depth([]), 1)
        self.assertEqual(depth([1, [2], [[3]]]), 3)

    def test_permutations(self):
        self.assertCountEqual(permutations("abc"), ["abc", "acb", "bac", "bca", "cab", "cba"])

    def test_hanoi(self):
        moves = hanoi(3, "A", "B", "C")
        self.assertEqual(len(moves), 7)
        self.assertEqual(moves[0], ("A", "C"))
        pegs = {"A": [3, 2, 1], "B": [], "C": []}
        for source, target in moves:
            disk = pegs[source].pop()
            self.assertTrue(not pegs[target] or pegs[target][-1] > disk)
            pegs[target].append(disk)
        self.assertEqual(pegs["C"], [3, 2, 1])


class TestLimit(unittest.TestCase):
    def test_too_deep(self):
        with self.assertRaises(RecursionError):
            factorial(100_000)


if __name__ == "__main__":
    unittest.main()
