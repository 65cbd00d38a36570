"""How unequally payouts are spread: the exact measures of `compliance.statistics` as models.

Report payouts over everybody ever enrolled and over payees side by side. Any commission sales force is skewed:
inequality alone proves nothing. All measures but the sum are free of the unit; decimal amounts are taken exactly while
64 bits hold them.
"""

from __future__ import annotations

from fractions import Fraction

from compliance import statistics
from compliance.models.quantities import Amount, Real, Result, Share, proportional
from compliance.models.registry import Refused, model
from intake.text import say


def _some(values: list[Fraction]) -> None:
    if not values:
        raise Refused("values", [], say("give at least one value", "تُذكر قيمة واحدة على الأقل"))


@model("ineq.summary", source="Gini, Theil, Herfindahl as commonly defined; derived and computed twice")
def summary(values: list[Amount], top_shares: list[Share]) -> dict[str, Result]:
    """G = [2 sum i x_i - (n+1) sum x] / (n sum x); T = mean of (x/mu) ln(x/mu); H = sum of (x / sum)^2.

    Args:
        values: zero or more each; with losses use `ineq.gini_rsv`.
        top_shares: shares q of people; the largest floor(q n) and the part of the next count.

    Returns:
        `gini`, `gini_unbiased` (G n/(n-1); None for one value), `theil`, `zero_share`, `herfindahl`, `top_share` (one
        for each q). All but `zero_share` are None where the sum is 0.
    """
    _some(values)
    integers = proportional(values)
    return {
        "gini": statistics.gini(integers),
        "gini_unbiased": statistics.gini_rsv(integers),
        "theil": statistics.theil(integers),
        "zero_share": Fraction(values.count(Fraction(0)), len(values)),
        "herfindahl": statistics.herfindahl(integers),
        "top_share": [statistics.top_share(integers, q) for q in top_shares],
    }


@model("ineq.gini_rsv", source="Raffinetti, Siletti, Vernizzi, Statistical Methods & Applications 24, 2015", mark="G")
def gini_rsv(values: list[Real]) -> dict[str, Result]:
    """G = sum of |x_i - x_j| / (2 (n-1) sum |x|), between 0 and 1 also with losses.

    Returns:
        `gini_rsv` (None for one value, or where all are 0), `net_sum`, `share_negative`.
    """
    _some(values)
    return {
        "gini_rsv": statistics.gini_rsv(proportional(values)),
        "net_sum": sum(values, Fraction(0)),
        "share_negative": Fraction(sum(value < 0 for value in values), len(values)),
    }
