"""Recruiting that follows recruiting: a newcomer joins somebody with a chance in proportion to recruits + 1.

Participants 1..n enter in order: the plane-oriented recursive tree, preferential attachment. Two thirds recruit nobody.
Report an observed share of leaves against this and against the half of `rrt`.
"""

from __future__ import annotations

import math
from fractions import Fraction

from compliance.models.quantities import Count, Whole
from compliance.models.registry import model
from compliance.models.rrt import placed

_SOURCE = "Plane-oriented recursive tree; derived, computed twice, simulated (n = 100)"
_EXACT = 1000
_SERIES = (1.0, -1 / 8, 1 / 128, 5 / 1024, -21 / 32768, -399 / 262144, 869 / 4194304)
"""Gamma(z + 1/2) / Gamma(z) = sqrt(z) (1 - 1/(8z) + 1/(128z^2) + ...)."""


def _product(first: int, last: int) -> Fraction:
    """2j / (2j - 1) multiplied over j = first..last."""
    indices = range(first, last + 1)
    return Fraction(math.prod(2 * j for j in indices), math.prod(2 * j - 1 for j in indices))


def _rising(n: int) -> float:
    """The product over j < n; beyond some hundred factors by the series of sqrt(pi) Gamma(n) / Gamma(n - 1/2)."""
    if n <= _EXACT:
        return float(_product(1, n - 1))
    z = n - 0.5
    return math.sqrt(math.pi * z) * math.fsum(term / z**order for order, term in enumerate(_SERIES))


@model("port.expected_recruits", source=_SOURCE)
def expected_recruits(n: Count, k: Count) -> Fraction | float:
    """E[recruits of the k-th] = product of 2j / (2j-1), j = k..n-1, less 1; about sqrt(n/k) - 1."""
    placed(n, k)
    if n - k <= _EXACT:
        return _product(k, n - 1) - 1
    return _rising(n) / _rising(k) - 1


@model("port.expected_leaves", source=_SOURCE)
def expected_leaves(n: Count) -> Fraction:
    """E[those without a recruit] = (2n - 1) / 3 for n >= 2; 1 for a founder alone."""
    return Fraction(2 * n - 1, 3) if n > 1 else Fraction(1)


@model("port.expected_subtree_size", source=_SOURCE)
def expected_subtree_size(n: Count, k: Count) -> Fraction:
    """E[downline of the k-th, himself included] = (1 + (2n - 1) / (2k - 1)) / 2."""
    placed(n, k)
    return (1 + Fraction(2 * n - 1, 2 * k - 1)) / 2


@model("port.degree_share_limit", source=_SOURCE)
def degree_share_limit(j: list[Whole]) -> list[Fraction]:
    """The share with exactly j recruits tends to 4 / ((j+1)(j+2)(j+3))."""
    return [Fraction(4, (at + 1) * (at + 2) * (at + 3)) for at in j]


@model("port.degree_at_least_limit", source=_SOURCE)
def degree_at_least_limit(j: list[Whole]) -> list[Fraction]:
    """The share with at least j recruits tends to 2 / ((j+1)(j+2))."""
    return [Fraction(2, (at + 1) * (at + 2)) for at in j]
