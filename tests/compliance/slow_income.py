"""The slow, obvious twin of what a published bracket proves: every way in which few people could have stood in it.

Knows nothing of the check: a bracket is a dict of whole numbers, incomes are whole numbers from 0 to a top, and every
multiset of incomes that agrees with what was printed is tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations_with_replacement, product

Bracket = dict[str, int]
"""`people`, and any of `low`, `high`, `average`, `median` as printed."""


def ways(bracket: Bracket, top: int) -> Iterator[tuple[int, ...]]:
    """Every multiset of incomes that a bracket allows."""
    number = bracket["people"]
    for incomes in combinations_with_replacement(range(bracket.get("low", 0), bracket.get("high", top) + 1), number):
        if "average" in bracket and sum(incomes) != bracket["average"] * number:
            continue
        if "median" in bracket and not incomes[(number - 1) // 2] <= bracket["median"] <= incomes[number // 2]:
            continue
        yield incomes


def everybodies(brackets: list[Bracket], top: int) -> Iterator[list[int]]:
    """Every way in which all people of a table could have stood, incomes in order."""
    for chosen in product(*(list(ways(bracket, top)) for bracket in brackets)):
        yield sorted(income for incomes in chosen for income in incomes)


def above(people: list[int], cost: int) -> Fraction:
    """The share of people whose income exceeds the cost."""
    return Fraction(sum(income > cost for income in people), len(people))


def nothing(people: list[int]) -> Fraction:
    """The share of people who received nothing."""
    return Fraction(sum(income == 0 for income in people), len(people))


def place(mine: tuple[Fraction, Fraction], others: list[tuple[Fraction, Fraction]]) -> tuple[int, int, int]:
    """How many others are lower, higher, and not decided, whatever the truth within the ranges is."""
    lower = sum(all(end < own for end in other for own in mine) for other in others)
    higher = sum(all(end > own for end in other for own in mine) for other in others)
    return lower, higher, len(others) - lower - higher
