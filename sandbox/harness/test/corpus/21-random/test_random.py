import random

import pytest
import submission


def test_dice_in_range():
    rolls = [submission.roll() for _ in range(300)]
    assert set(rolls) == {1, 2, 3, 4, 5, 6}


def test_seeded():
    random.seed(7)
    first = [submission.roll() for _ in range(10)]
    random.seed(7)
    assert [submission.roll() for _ in range(10)] == first


def test_seed_gives_the_known_numbers():
    random.seed(1)
    expected = [random.randint(1, 6) for _ in range(5)]
    random.seed(1)
    assert [submission.roll() for _ in range(5)] == expected


def test_own_generator():
    a = submission.shuffled(range(20), rng=random.Random(3))
    b = submission.shuffled(range(20), rng=random.Random(3))
    assert a == b
    assert sorted(a) == list(range(20))


def test_shuffled_leaves_its_argument():
    cards = list(range(10))
    submission.shuffled(cards)
    assert cards == list(range(10))


def test_monte_carlo():
    random.seed(0)
    assert submission.estimate_pi(4000) == pytest.approx(3.14159, abs=0.1)


def test_patched_choice(monkeypatch):
    monkeypatch.setattr(random, "choice", lambda items: items[0])
    assert submission.pick_winner(["zoe", "ann", "bob"]) == "ann"


def test_sample_without_doubles():
    numbers = submission.lottery(6, 49)
    assert len(numbers) == len(set(numbers)) == 6
    assert numbers == sorted(numbers)
    assert all(1 <= n <= 49 for n in numbers)


def test_weighted():
    random.seed(5)
    drawn = [submission.weighted({"a": 9, "b": 1}) for _ in range(500)]
    assert 380 < drawn.count("a") < 500


def test_walk():
    random.seed(11)
    path = submission.random_walk(50)
    assert path[0] == (0, 0) and len(path) == 51
    assert all(abs(x1 - x2) + abs(y1 - y2) == 1 for (x1, y1), (x2, y2) in zip(path, path[1:]))
