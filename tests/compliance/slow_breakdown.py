"""A figure taken apart, one row at a time: what `breakdown` must give, from its definition alone.

People are numbered by their place in a list of dicts with `sponsor` (a place or None), `joined` (YYYY-MM or None) and
`country`; figures are tuples of person (or None), month (or None), part and whole.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import Any

Figure = tuple[int | None, str | None, int, int]


def branches(sponsors: list[int | None], most: int) -> list[int | None]:
    """The head of each one's branch: children of the first fork below each root, the largest first."""
    children: dict[int | None, list[int]] = defaultdict(list)
    for place, sponsor in enumerate(sponsors):
        children[sponsor].append(place)

    def everybody(head: int) -> list[int]:
        return [head, *(each for child in children[head] for each in everybody(child))]

    heads: list[int] = []
    for root in children[None]:
        while len(children[root]) == 1:
            root = children[root][0]
        heads += children[root]
    sizes = sorted((len(everybody(head)) for head in heads), reverse=True)[:most]
    found: list[int | None] = [None] * len(sponsors)
    for head in heads:
        if sizes and len(everybody(head)) > sizes[-1]:
            for each in everybody(head):
                found[each] = head
    # of those as large as the smallest that counts, which ones is a matter of order
    return found


def taken_apart(people: list[dict[str, Any]], figures: list[Figure], axis: str) -> dict[str, tuple[int, int]]:
    """Part and whole by the text of the point; rows that have no place on the axis are in none."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for person, month, part, whole in figures:
        places = {**({} if person is None else people[person]), "month": month}
        x = places.get(axis)
        if x is not None:
            sums[x][0] += part
            sums[x][1] += whole
    return {x: (part, whole) for x, (part, whole) in sums.items() if whole > 0}


def ratio_of_resample(part: list[int], whole: list[int], drawn: list[int]) -> Fraction:
    """The ratio where the units drawn stand in for all."""
    return Fraction(sum(part[unit] for unit in drawn), sum(whole[unit] for unit in drawn))
