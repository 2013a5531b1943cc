import unittest

import submission


class CurrentPlot(unittest.TestCase):
    def test_axes_of_the_notebook(self):
        self.assertEqual(submission.ax.get_title(), "Temperature")

    def test_two_lines(self):
        lines = submission.ax.get_lines()
        self.assertEqual(len(lines), 2)
        self.assertEqual(lines[0].get_label(), "Bern")

    def test_data(self):
        x, y = submission.ax.get_lines()[0].get_data()
        self.assertEqual(list(x), [1, 2, 3])
        self.assertEqual(list(y), [4, 8, 15])

    def test_ticks(self):
        self.assertEqual([t.get_text() for t in submission.ax.get_xticklabels()], ["Jan", "Feb", "Mar"])

    def test_figure_size(self):
        self.assertEqual(tuple(submission.figure.get_size_inches()), (8, 4))

    def test_grid(self):
        self.assertTrue(any(line.get_visible() for line in submission.ax.get_xgridlines()))

    def test_draw_adds_to_the_given_axes(self):
        figure, axes = submission.plt.subplots()
        self.assertIs(submission.draw(axes), axes)
        self.assertEqual(len(axes.lines), 1)
        submission.plt.close(figure)

    def test_text(self):
        texts = [text.get_text() for text in submission.ax.texts]
        self.assertIn("peak", texts)
