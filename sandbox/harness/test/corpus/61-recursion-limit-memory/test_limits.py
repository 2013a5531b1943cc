import sys

import pytest
import submission


def test_iterative_works_for_large_numbers():
    assert submission.count_down(50_000) == 0


def test_recursive_hits_the_limit():
    with pytest.raises(RecursionError):
        submission.count_down_recursive(50_000)


def test_recursive_with_a_higher_limit():
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(6_000)
    try:
        assert submission.count_down_recursive(3_000) == 0
    finally:
        sys.setrecursionlimit(before)


def test_nested_list():
    nested = []
    for _ in range(50):
        nested = [nested]
    assert submission.depth(nested) == 51


def test_mutual():
    assert submission.is_even(100) and not submission.is_even(101)


def test_large_result():
    assert len(submission.squares(100_000)) == 100_000


def test_large_text():
    assert len(submission.repeat("ab", 500_000)) == 1_000_000


def test_large_integer():
    assert submission.power(3, 5_000) == 3**5_000


def test_ackermann():
    assert submission.ackermann(2, 3) == 9
    assert submission.ackermann(1, 10) == 12


def test_callbacks_in_recursion():
    def visit(n, next_one):
        return n + (next_one(n - 1, visit) if n else 0)

    assert submission.bounce(10, visit) == 55
