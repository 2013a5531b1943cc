from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import submission

texts = st.text(alphabet="ab c\n\tÄ", max_size=30)


@given(st.lists(st.integers()))
def test_sorts(items):
    result = submission.merge_sort(items)
    assert all(a <= b for a, b in zip(result, result[1:]))
    assert Counter(result) == Counter(items)


@given(st.lists(st.integers()))
def test_leaves_its_argument(items):
    before = list(items)
    submission.merge_sort(items)
    assert items == before


@given(st.text(alphabet="aab", max_size=40))
@example("")
def test_run_length_round_trip(text):
    assert submission.decode(submission.encode(text)) == text


@given(st.text(alphabet="ab", min_size=1))
def test_runs_differ(text):
    runs = submission.encode(text)
    assert all(a[0] != b[0] for a, b in zip(runs, runs[1:]))
    assert all(n > 0 for _, n in runs)


@given(st.integers(min_value=0, max_value=10**12), st.integers(min_value=2, max_value=36))
def test_bases(n, base):
    assert int(submission.to_base(n, base), base) == n


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_gcd(a, b):
    g = submission.gcd(a, b)
    assert a % g == 0 and b % g == 0
    assert submission.gcd(b, a) == g
    assert submission.gcd(a // g, b // g) == 1


@given(texts)
def test_words(text):
    assert submission.normalise(text) == " ".join(text.split())
    assert submission.normalise(submission.normalise(text)) == submission.normalise(text)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1))
def test_median_is_in_the_middle(values):
    m = submission.median(values)
    assert sum(v < m for v in values) <= len(values) / 2
    assert sum(v > m for v in values) <= len(values) / 2


@given(st.sets(st.integers(0, 20)), st.sets(st.integers(0, 20)))
def test_symmetric(a, b):
    assert submission.jaccard(a, b) == submission.jaccard(b, a)
    assert 0 <= submission.jaccard(a, b) <= 1


def test_median_of_nothing():
    with pytest.raises(ValueError):
        submission.median([])
