import copy

import pytest
import submission
from submission import bubble_sort, remove_duplicates, rotate, swap_ends, transpose


def test_sort_in_place():
    numbers = [5, 2, 9, 1]
    same = numbers
    assert bubble_sort(numbers) is None
    assert numbers == [1, 2, 5, 9]
    assert same is numbers


def test_sort_edge_cases():
    for items in ([], [1], [2, 2, 2], [3, 2, 1], ["b", "a"]):
        expected = sorted(items)
        bubble_sort(items)
        assert items == expected


def test_rotate():
    items = [1, 2, 3, 4, 5]
    rotate(items, 2)
    assert items == [4, 5, 1, 2, 3]
    rotate(items, -2)
    assert items == [1, 2, 3, 4, 5]
    rotate(items, 12)
    assert items == [4, 5, 1, 2, 3]


def test_rotate_empty():
    items = []
    rotate(items, 3)
    assert items == []


def test_duplicates_gives_a_new_list():
    items = [3, 1, 3, 2, 1]
    before = copy.copy(items)
    result = remove_duplicates(items)
    assert result == [3, 1, 2]
    assert result is not items
    assert items == before


def test_duplicates_of_unhashable():
    assert remove_duplicates([[1], [2], [1]]) == [[1], [2]]


def test_swap_ends():
    items = ["a", "b", "c"]
    assert swap_ends(items) is items
    assert items == ["c", "b", "a"]


def test_transpose_rows_are_independent():
    table = transpose([[1, 2, 3], [4, 5, 6]])
    assert table == [[1, 4], [2, 5], [3, 6]]
    table[0][0] = 99
    assert table[1] == [2, 5]


def test_default_argument():
    first = submission.append_to(1)
    second = submission.append_to(2)
    assert first == [1]
    assert second == [2]
    mine = [0]
    assert submission.append_to(5, mine) is mine


@pytest.mark.parametrize("size", [0, 1, 2, 5])
def test_grid(size):
    grid = submission.make_grid(size, size)
    assert len(grid) == size
    if size > 1:
        grid[0][0] = "x"
        assert grid[1][0] == 0
