import unittest

import submission


class Answers(unittest.TestCase):
    maxDiff = None

    def test_question_1(self):
        self.assertEqual(submission.answer_1, "b")

    def test_question_2(self):
        self.assertIn(submission.answer_2, (4, 4.0))

    def test_question_3(self):
        self.assertCountEqual(submission.answer_3, ["list", "dict", "set"])

    def test_question_4(self):
        self.assertAlmostEqual(submission.answer_4, 2.718281828, places=3)

    def test_question_5(self):
        self.assertEqual(sorted(submission.answer_5), ["a", "c"])
        self.assertIs(submission.answer_5["a"], True)

    def test_question_6(self):
        self.assertIsNone(submission.answer_6)

    def test_question_7(self):
        self.assertEqual(submission.answer_7(4), 16)
        self.assertTrue(callable(submission.answer_7))

    def test_question_8(self):
        self.assertTupleEqual(submission.answer_8, (1, 2))

    def test_question_9(self):
        self.assertLess(submission.answer_9, 0.05)
        self.assertGreaterEqual(submission.answer_9, 0)

    def test_question_10(self):
        self.assertRegex(submission.answer_10, r"^O\(n( log n|\*log\(n\))?\)$")

    def test_question_11(self):
        self.assertSetEqual(submission.answer_11, {1, 2})

    def test_question_12(self):
        self.assertMultiLineEqual(submission.answer_12, "a\nb\n")
