import contextlib
import io
import unittest

import submission


class TestCounter(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shared = submission.Counter()

    def setUp(self):
        self.counter = submission.Counter()

    def test_add(self):
        self.assertEqual(self.counter.add(2), 2)
        self.assertEqual(self.counter.n, 2)

    def test_shared_first(self):
        self.assertEqual(self.shared.add(), 1)

    def test_shared_second(self):
        self.assertEqual(self.shared.add(), 2)


class TestDivide(unittest.TestCase):
    def test_value(self):
        self.assertAlmostEqual(submission.divide(1, 3), 0.3333, places=3)

    def test_zero(self):
        with self.assertRaisesRegex(ZeroDivisionError, "not be 0"):
            submission.divide(1, 0)

    def test_lists(self):
        self.assertListEqual(sorted(submission.items()), ["a", "b"])
        self.assertCountEqual(submission.items(), ["a", "b"])
        self.assertIn("a", submission.items())
        self.assertIsInstance(submission.items(), list)

    def test_subtests(self):
        for a in (1, 2):
            with self.subTest(a=a):
                self.assertEqual(submission.divide(a, 1), a)

    def test_output(self):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            submission.show()
        self.assertEqual(out.getvalue(), "shown\n")

    @unittest.expectedFailure
    def test_expected_failure(self):
        self.assertEqual(submission.divide(1, 1), 2)

    @unittest.skip("later")
    def test_skipped(self):
        raise AssertionError
