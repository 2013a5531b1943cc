"""Tests whose verdict across the seam is not that of one process: `folder/solution::test` and the reason."""

#: By design: each test has a fresh submission. Counted apart, since no fault of the seam shows in them.
FRESH = "in one process traces of an earlier test make it fail; across the seam each test has a fresh submission"
_SOURCE = "the text of a file that does not compile can be read all the same; in one process its import fails first"
_STDOUT = "a block of the submission's redirects what the submission prints, not what the test prints inside it"
_BASE = "what a subclass of a builtin holds decides `in`, not the submission's own method, which never ends here"

known: dict[str, str] = {
    "06-bank-account/wrong_shared_history.py::AccountTest::test_history": FRESH,
    "24-source-checks/crash_syntax.py::test_line_lengths": _SOURCE,
    "32-matplotlib-current-figure/wrong_draws_on_its_own.ipynb::CurrentPlot::test_two_lines": FRESH,
    "43-stack-queue/wrong_is_list.py::StackTest::test_contains": _BASE,
    "55-inheritance-employees/wrong_shared_team.py::test_mro": FRESH,
    "59-text-adventure/wrong_shared_lists.py::test_key": FRESH,
    "59-text-adventure/wrong_shared_lists.py::test_play": FRESH,
    "65-at-the-seams/right.py::test_output_of_the_test_inside_the_students_block": _STDOUT,
    "65-at-the-seams/wrong_copy.py::test_output_of_the_test_inside_the_students_block": _STDOUT,
}
