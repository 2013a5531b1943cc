"""A view of an array and the array itself share their numbers at both ends."""

import numpy as np
import pytest
import submission
from submission import (
    base_and_view,
    copied,
    every_other,
    fill,
    fill_kept,
    flipped,
    keep,
    real_part,
    reshaped,
    set_row,
    shares,
    tail,
    three,
    transposed,
)


def test_a_view_that_the_submission_made_of_an_argument():
    a = np.arange(5)
    v = tail(a)
    assert np.shares_memory(a, v) and v.base is a
    v[0] = 77
    assert a[1] == 77
    a[2] = 88
    assert v[1] == 88


def test_a_view_as_argument():
    a = np.arange(5)
    fill(a[1:], 7)
    assert a.tolist() == [0, 7, 7, 7, 7]


def test_a_row_as_argument():
    a = np.arange(6).reshape(2, 3)
    fill(a[0], 5)
    assert a.tolist() == [[5, 5, 5], [3, 4, 5]]
    fill(a.reshape(-1), 1)
    assert a.sum() == 6


def test_both_as_arguments():
    a = np.arange(6)
    assert shares(a, a[2:]) and shares(a[2:4], a[3:]) and not shares(a[:3], a[3:]) and not shares(a, a.copy())


def test_what_the_submission_keeps_sees_the_view():
    a = np.arange(5)
    keep(a)
    fill(a[1:], 7)
    assert submission.kept.tolist() == [0, 7, 7, 7, 7]
    fill_kept(3)
    assert a.tolist() == [3] * 5


def test_a_kept_view_changes_the_base():
    a = np.arange(5)
    keep(a[3:])
    fill_kept(9)
    assert a.tolist() == [0, 1, 2, 9, 9]


def test_base_and_view_together():
    base, view = base_and_view()
    assert np.shares_memory(base, view) and view.base is base
    view[:] = 3
    assert base.tolist() == [0, 3, 3, 0, 0]
    fill(base, 4)
    assert view.tolist() == [4, 4]


def test_three_of_one():
    base, grid, half = three()
    grid[0, 0] = 50
    assert base[0] == 50 and half[0] == 50
    fill(half, 1)
    assert base.tolist() == [1, 1, 1, 3, 1, 5] and grid.tolist() == [[1, 1, 1], [3, 1, 5]]


@pytest.mark.parametrize("view", [transposed, flipped, every_other])
def test_steps_and_turns(view):
    a = np.arange(12).reshape(3, 4)
    v = view(a)
    assert np.shares_memory(a, v)
    v[0, 1] = 99
    assert (a == 99).sum() == 1 and (v == 99).sum() == 1
    fill(v, -1)
    assert (a == -1).sum() == v.size


def test_a_view_of_another_type():
    z = np.array([1 + 2j, 3 + 4j])
    real_part(z)[0] = 9
    assert z.tolist() == [9 + 2j, 3 + 4j]


def test_a_copy_is_none():
    a = np.arange(5)
    c = copied(a)
    assert not np.shares_memory(a, c) and c.base is None
    c[0] = 50
    assert a.tolist() == [0, 1, 2, 3, 4]


def test_whose_base_nobody_holds():
    a = reshaped(6)
    assert a.base is not None and a.base.shape == (6,)
    fill(a[1], 0)
    assert a.tolist() == [[0, 1, 2], [0, 0, 0]]


def test_global_variables():
    set_row(0, 5)
    assert submission.first_row.tolist() == [5.0] * 4 and submission.grid[0].sum() == 20
    submission.grid[0, 0] = 1
    assert submission.first_row[0] == 1


def test_one_column_of_a_large_array_is_only_that():
    assert submission.large().sum() == 0


def test_read_only_views():
    assert submission.diagonal(np.eye(3)).tolist() == [1, 1, 1]
    assert fill(np.zeros(3), 1) is None
