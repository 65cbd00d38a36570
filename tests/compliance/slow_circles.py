"""Circles of orders, by trying every sequence of two to four orders: what `wash_orders` must find."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, permutations

Order = tuple[int, int, int, int]
"""Buyer, seller, amount, day; orders are given by day, and one after the other within a day."""


def circles(orders: Sequence[Order], *, days: int, tolerance: int, longest: int) -> set[tuple[int, ...]]:
    """Orders, by their place, that follow each other in a circle through different people.

    The first is the earliest of them; every other lies within so many days of it and within so many percent of its amount.
    """
    found = set()
    for length in range(2, longest + 1):
        for chosen in permutations(range(len(orders)), length):
            first = orders[chosen[0]]
            if min(chosen) != chosen[0]:
                continue
            people = [orders[at][0] for at in chosen]
            if len(set(people)) < length:
                continue
            follows = all(orders[one][1] == orders[other][0] for one, other in pairwise(chosen))
            if not follows or orders[chosen[-1]][1] != first[0]:
                continue
            near = all(
                orders[at][3] - first[3] <= days and abs(orders[at][2] - first[2]) * 100 <= first[2] * tolerance
                for at in chosen
            )
            if near:
                found.add(chosen)
    return found
