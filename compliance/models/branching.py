"""Branching processes: every recruit recruits anew by the same law (Galton-Watson), and the chain letter.

A letter or a plan whose members replace themselves less than once dies out, and what later cohorts can be paid by
recruiting ends with it. Offspring laws are given as p_0, p_1, ...; they are divided by their sum, which must be 1 to
nine digits.
"""

from __future__ import annotations

import math
from fractions import Fraction

from compliance.models.quantities import Amount, Count, Real, Result, Whole
from compliance.models.registry import Refused, model
from compliance.models.roots import root
from intake.text import say

_SLACK = Fraction(1, 10**9)
_EXACT = 400


def _law(pmf: list[Fraction]) -> list[Fraction]:
    total = sum(pmf, Fraction(0))
    if not pmf or abs(total - 1) > _SLACK:
        reason = say(
            "must sum to 1, sums to {total}", "المجموع المطلوب {one}، والمجموع {total}", one=1, total=float(total)
        )
        raise Refused("offspring_pmf", [float(p) for p in pmf], reason)
    return [p / total for p in pmf]


def _mean(law: list[Fraction]) -> Fraction:
    return sum((count * p for count, p in enumerate(law)), Fraction(0))


def _powers(mean: Fraction, levels: int) -> Fraction:
    """mean^levels, exactly while it is short."""
    if levels <= _EXACT or mean in (0, 1):
        return mean**levels
    return Fraction(float(mean) ** levels)


@model("gw.expected_downline", source="Galton-Watson process; geometric sum")
def expected_downline(mean_recruits: Amount, levels: Whole | None = None) -> Fraction:
    """E[downline within L levels] = m + m^2 + ... + m^L; over all levels m / (1 - m), for m < 1.

    Args:
        mean_recruits: m.
        levels: L; None, or not given, for all.

    Raises:
        Refused: all levels of a process that does not shrink.
    """
    m = mean_recruits
    if levels is None:
        if m >= 1:
            reason = say(
                "must be below 1 for all levels together; else give levels",
                "يجب أن يكون أقل من {one} للمستويات كلها معًا؛ وإلا يُذكر {levels}",
                one=1,
                levels="levels",
            )
            raise Refused("mean_recruits", float(m), reason)
        return m / (1 - m)
    if m == 1:
        return Fraction(levels)
    if levels <= _EXACT:
        return m * (m**levels - 1) / (m - 1)
    growth = math.expm1(levels * math.log1p(float(m - 1))) if m else -1.0
    return m * Fraction(growth) / (m - 1)


@model(
    "gw.extinction_probability", source="Galton-Watson process; Grinstead & Snell, Introduction to Probability, ch. 10"
)
def extinction_probability(offspring_pmf: list[Amount]) -> Fraction | float:
    """The smallest root of G(q) = q, G(s) = sum of p_i s^i."""
    law = _law(offspring_pmf)
    if law[0] == 0:
        return Fraction(0)
    if _mean(law) <= 1:
        return Fraction(1)
    # (G(s) - s) / (s - 1) has no root at 1 any more: its coefficients are sums of the tail
    tail, reduced = Fraction(0), []
    for power in range(len(law) - 1, 0, -1):
        tail += law[power] - (power == 1)
        reduced.append(float(tail))
    if _horner(reduced, 1.0) <= 0:  # the mean is above 1 by less than a double can tell
        return Fraction(1)
    return root(lambda s: _horner(reduced, s), 0.0, 1.0)


def _horner(coefficients: list[float], at: float) -> float:
    """A polynomial, the highest power first."""
    value = 0.0
    for each in coefficients:
        value = value * at + each
    return value


@model(
    "gw.chain_letter",
    source="Grinstead & Snell, Introduction to Probability, ch. 10, p. 390: profit about 112, d12 = .599, maximum 204,900",
    mark="V",
)
def chain_letter(
    price: Amount, names: Count, seller_cut: Real, top_cut: Real, offspring_pmf: list[Amount]
) -> dict[str, Result]:
    """A letter bought for a price: the seller gets a cut of each sale, the top of the list of names another.

    profit = seller_cut m + top_cut m^names - price; d_g = G(d_(g-1)), d_0 = 0, is the chance that generation g is
    empty; the most that can come in is seller_cut b + top_cut b^names, b being the most letters anybody sells.

    Returns:
        `expected_profit`, `prob_no_bonus` (d_names), `max_gross`.
    """
    law = _law(offspring_pmf)
    most = max(count for count, p in enumerate(law) if p)
    highest_first = [float(p) for p in reversed(law)]
    empty, before = 0.0, -1.0
    for _ in range(names):
        if empty == before:
            break
        before, empty = empty, _horner(highest_first, empty)
    mean = _mean(law)
    return {
        "expected_profit": seller_cut * mean + top_cut * _powers(mean, names) - price,
        "prob_no_bonus": min(empty, 1.0),
        "max_gross": seller_cut * most + top_cut * _powers(Fraction(most), names),
    }
