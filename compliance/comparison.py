"""Comparisons of a figure with a threshold when the figure may be a bound: true, false, or not settled.

Exact fractions only. A comparison is true when it holds for every value that the truth may have, false when
it holds for none, and otherwise unclear. The flip is the nearest whole numerator with which an exact
comparison would come out the other way: how many participants, or how much money, the result hangs on.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import Literal

from compliance.measurement import Bound, Unit
from compliance.rules.model import Comparator

Compares = Literal["true", "false", "unclear"]
Span = tuple[Fraction | None, Fraction | None]
"""Least and greatest value that the truth may have; None where there is no such end."""

_NEVER_NEGATIVE: frozenset[Unit] = frozenset({"ratio", "count", "days"})


def compare(span: Span, comparator: Comparator, limit: Fraction, tolerance: Fraction = Fraction(0)) -> Compares:
    """Whether a comparison holds for every value of a span (None: no end), for none, or for some.

    >>> compare((Fraction(0), Fraction(9, 10)), ">", Fraction(1, 2))
    'unclear'
    """
    low, high = span
    match comparator:
        case ">":
            sure, never = low is not None and low > limit, high is not None and high <= limit
        case ">=":
            sure, never = low is not None and low >= limit, high is not None and high < limit
        case "<":
            sure, never = high is not None and high < limit, low is not None and low >= limit
        case "<=":
            sure, never = high is not None and high <= limit, low is not None and low > limit
        case "==":
            floor_, top = limit - tolerance, limit + tolerance
            sure = low is not None and high is not None and low >= floor_ and high <= top
            never = (low is not None and low > top) or (high is not None and high < floor_)
    return "true" if sure else "false" if never else "unclear"


def span_of(value: Fraction, bound: Bound, unit: Unit, most: Fraction | None = None) -> Span:
    """Between which values the truth lies when the records give an exact figure or a bound only.

    Args:
        value: the figure.
        bound: what it is.
        unit: what is never negative is never below zero.
        most: what the truth cannot exceed, such as 1 for a share of a whole; None where it has no such end.
    """
    if bound == "exact":
        return value, value
    least = Fraction(0) if unit in _NEVER_NEGATIVE and value >= 0 else None
    top = most if most is not None and value <= most else None
    return (value, top) if bound == "lower" else (least, value) if bound == "upper" else (least, top)


def flip_numerator(
    numerator: int,
    denominator: int,
    comparator: Comparator,
    limit: Fraction,
    tolerance: Fraction = Fraction(0),
) -> int | None:
    """The numerator nearest to this one with which the comparison comes out otherwise; None if there is none.

    >>> flip_numerator(600, 1000, ">", Fraction(1, 2))
    500
    """
    if denominator <= 0:
        return None
    first = Fraction(numerator, denominator)
    holds = compare((first, first), comparator, limit, tolerance) == "true"
    edge = limit * denominator
    match comparator:
        case ">":
            other = floor(edge) if holds else floor(edge) + 1
        case ">=":
            other = ceil(edge) - 1 if holds else ceil(edge)
        case "<":
            other = ceil(edge) if holds else ceil(edge) - 1
        case "<=":
            other = floor(edge) + 1 if holds else floor(edge)
        case "==":
            lowest, highest = (
                ceil((limit - tolerance) * denominator),
                floor((limit + tolerance) * denominator),
            )
            if holds:
                outside = [there for there in (lowest - 1, highest + 1) if there >= 0]
                other = min(outside, key=lambda there: abs(there - numerator))
            elif lowest > highest:
                return None
            else:
                other = lowest if numerator < lowest else highest
    return other if other >= 0 else None
