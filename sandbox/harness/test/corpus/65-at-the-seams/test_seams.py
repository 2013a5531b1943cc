import io
import random

import submission


def test_sort_in_place():
    data = [2, 1]
    submission.sort(data)
    assert data == [1, 2]


def test_output_of_the_test_inside_the_students_block():
    out = io.StringIO()
    with submission.redirected(out):
        print("hidden")
    assert out.getvalue() == "hidden\n"


def test_draws_of_both():
    random.seed(3)
    mine = random.random()
    assert submission.draw() != mine
