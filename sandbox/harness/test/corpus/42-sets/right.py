from collections import Counter
from itertools import chain, combinations


def unique_words(text):
    return set(text.lower().split())


def common_letters(words):
    return set.intersection(*map(set, words)) if words else set()


def duplicates(items):
    seen, again = set(), set()
    for item in items:
        (again if item in seen else seen).add(item)
    return again


def powerset(items):
    sizes = range(len(items) + 1)
    return set(map(frozenset, chain.from_iterable(combinations(items, k) for k in sizes)))


def remove_all(target, items):
    target.difference_update(items)


def symmetric(a, b):
    return a ^ b


def venn(a, b):
    return a - b, a & b, b - a


class MultiSet:
    def __init__(self, items=()):
        self._counts = Counter(items)

    def count(self, item):
        return self._counts[item]

    def remove(self, item):
        if not self._counts[item]:
            raise KeyError(item)
        self._counts[item] -= 1

    def __len__(self):
        return self._counts.total()

    def __contains__(self, item):
        return self._counts[item] > 0

    def __iter__(self):
        return self._counts.elements()

    def __eq__(self, other):
        if not isinstance(other, MultiSet):
            return NotImplemented
        return +self._counts == +other._counts

    def __le__(self, other):
        return self._counts <= other._counts

    def _of(self, counts):
        result = MultiSet()
        result._counts = counts
        return result

    def __or__(self, other):
        return self._of(self._counts | other._counts)

    def __and__(self, other):
        return self._of(self._counts & other._counts)

    def __sub__(self, other):
        return self._of(self._counts - other._counts)
