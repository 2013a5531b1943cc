import re
from functools import total_ordering

RANKS = "2 3 4 5 6 7 8 9 10 J Q K A".split()


def by_age(people):
    return sorted(people, key=lambda p: p["age"])


def by_keys(rows, *keys):
    return sorted(rows, key=lambda row: tuple(key(row) for key in keys))


def natural(names):
    return sorted(names, key=lambda n: [int(p) if p.isdigit() else p for p in re.split(r"(\d+)", n)])


def is_sorted(items, reverse=False):
    pairs = list(zip(items, items[1:]))
    return all(a >= b for a, b in pairs) if reverse else all(a <= b for a, b in pairs)


@total_ordering
class Card:
    def __init__(self, rank, suit):
        self.rank = rank
        self.suit = suit

    def __eq__(self, other):
        return isinstance(other, Card) and self.rank == other.rank

    def __lt__(self, other):
        if not isinstance(other, Card):
            return NotImplemented
        return RANKS.index(self.rank) < RANKS.index(other.rank)

    def __str__(self):
        return f"{self.rank} of {self.suit}"


def sort_cards(hand):
    return sorted(hand)


def top_k(items, k, key=None):
    return sorted(items, key=key, reverse=True)[:k]


def rank(scores):
    ordered = sorted(scores.values(), reverse=True)
    return {name: ordered.index(s) + 1 for name, s in sorted(scores.items(), key=lambda p: -p[1])}


def stable_partition(items, condition):
    return [i for i in items if condition(i)], [i for i in items if not condition(i)]
