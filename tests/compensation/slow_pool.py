"""A pool divided by shares, slow and obvious: exact fractions, one person after the other.

Written from the definition (docs/plans/ranks-and-pools.md) and not from the engine.
"""

from __future__ import annotations

from fractions import Fraction
from math import floor

from tests.compensation.slow_unilevel import whole


def divide(
    pool: Fraction, shares: dict[str, Fraction], rule: str, *, mode: str = "half_up", share_unit: Fraction = Fraction(1)
) -> dict[str, int]:
    """What each gets of a pool, in minor units.

    Args:
        pool: minor units, exactly.
        shares: of each who has any, in the order of the participants.
        rule: `award`, `share_down` or `largest_remainder`.
        mode: rounding of an award.
        share_unit: minor units that the value of one share is a multiple of.
    """
    total = sum(shares.values(), Fraction(0))
    if pool <= 0 or total == 0:
        return {}
    if rule == "award":
        return {who: whole(pool * mine / total, mode) for who, mine in shares.items()}
    if rule == "share_down":
        one = floor(pool / total / share_unit) * share_unit
        return {who: floor(one * mine) for who, mine in shares.items()}
    exact = {who: pool * mine / total for who, mine in shares.items()}
    paid = {who: floor(due) for who, due in exact.items()}
    left = floor(pool) - sum(paid.values())
    by_rest = sorted(exact, key=lambda who: exact[who] - paid[who], reverse=True)
    for who in by_rest[:left]:
        paid[who] += 1
    return paid
