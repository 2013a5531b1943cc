"""Values near a given one, of the same type and not equal to it: to ask a student's object what it must deny."""

from __future__ import annotations

import random
import string
from typing import Any


def decoys(value: Any, rng: random.Random) -> list[Any]:
    """Up to three. Empty for types without neighbours."""
    kind = type(value)
    if kind is bool:
        return [not value]
    if kind is int:
        near = value + rng.randint(1, 9) * rng.choice((1, -1))
        return [near, value + rng.randint(1000, 10**6), -value - rng.randint(1, 99)]
    if kind is float or kind is complex:
        return [value + rng.uniform(1, 9), value * rng.uniform(2, 5) + 1, -value - rng.uniform(1, 9)]
    if kind is str:
        noise = "".join(rng.choice(string.ascii_lowercase) for _ in range(6))
        return [value + noise, noise + value, value[1:] + noise]
    if kind is bytes:
        tail = bytes(rng.choice(range(97, 123)) for _ in range(6))
        return [value + tail, tail + value]
    if kind in (list, tuple):
        return [kind(items) for items in _sequences(list(value), rng)]
    if kind in (set, frozenset):
        return [kind(value | {rng.getrandbits(40)}), kind({rng.getrandbits(40)})]
    if kind is dict:
        return [{**value, rng.getrandbits(40): 0}, {rng.getrandbits(40): 1}]
    return []


def _sequences(items: list[Any], rng: random.Random) -> list[list[Any]]:
    longer = [*items, rng.getrandbits(40)]
    if not items:
        return [longer, [rng.getrandbits(9), None]]
    position = rng.randrange(len(items))
    other = (decoys(items[position], rng) or [rng.getrandbits(40)])[0]
    return [longer, items[:-1], [*items[:position], other, *items[position + 1 :]]]
