"""Sums of reciprocals, and the law of how many of many independent chances 1/j come true, for any size.

Trees that grow by chance lead to both. Up to a few thousand terms are added as they are; beyond that the digamma and
Hurwitz zeta functions take the place of the sum, so that a tree of a million or of 10^15 costs the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

ADDED = 4096
"""Terms that are added one by one."""
_SMALLEST = -745.0
"""ln of the smallest double above zero."""

Doubles = npt.NDArray[np.float64]


def reciprocals(first: int, last: int) -> float:
    """1/first + ... + 1/last; 0 where there is no term. Right to the last digits of a double.

    >>> reciprocals(1, 4)
    2.0833333333333335
    """
    if first > last:
        return 0.0
    if last - first < ADDED:
        return math.fsum(1 / j for j in range(first, last + 1))
    from scipy.special import digamma

    head = math.fsum(1 / j for j in range(first, first + ADDED))
    return head + float(digamma(float(last + 1)) - digamma(float(first + ADDED)))


def chances_law(first: int, last: int, most: int) -> Doubles:
    """P(0), ..., P(most) that so many of independent chances 1/first, ..., 1/last come true.

    The generating function is the product of ((j - 1) + z) / j. Its first factors are multiplied out; the rest, whose
    power sums are differences of zeta functions, by Newton's identities, which lose nothing there because every
    reciprocal is small.
    """
    law = np.zeros(most + 1)
    law[0] = 1.0
    middle = min(last, max(first - 1, ADDED))
    for j in range(first, middle + 1):
        law[1:] = law[1:] * ((j - 1) / j) + law[:-1] / j
        law[0] *= (j - 1) / j
    if middle >= last:
        return law
    return np.convolve(law, _far_law(middle + 1, last, most))[: most + 1]


def _far_law(first: int, last: int, most: int) -> Doubles:
    from scipy.special import zeta

    start, stop = float(first - 1), float(last)
    order = np.arange(2, most + 2)
    sums = np.concatenate(([reciprocals(first - 1, last - 1)], zeta(order, start) - zeta(order, stop)))
    signed = sums[:most] * np.where(np.arange(most) % 2, -1.0, 1.0)
    law = np.zeros(most + 1)
    law[0] = (first - 1) / last
    for j in range(1, most + 1):
        law[j] = max(0.0, float(signed[:j] @ law[j - 1 :: -1][:j]) / j)
    return law


def chances_at(first: int, last: int, counts: Iterable[int]) -> list[float]:
    """P(j) for each j asked; zero where it is below the smallest double or cannot be."""
    asked = list(counts)
    expected = reciprocals(first, last)
    told = [j for j in asked if j <= last - first + 1 and _may_show(j, expected)]
    law = chances_law(first, last, max(told, default=0))
    told_set = set(told)
    return [float(law[j]) if j in told_set else 0.0 for j in asked]


def _may_show(count: int, expected: float) -> bool:
    """Whether P(count) can be above the smallest double: at most expected^count / count!."""
    if count == 0 or expected == 0:
        return count == 0
    return count * math.log(expected) - math.lgamma(count + 1) > _SMALLEST
