"""What follows from the shape of a scheme alone: who stands at the end of it, and how many can get their costs back.

A fixed share of a complete tree stands in its last levels however far it has grown; while joining grows, a fixed share
of everybody joined lately; and no rule of distribution makes more people whole than the money paid out allows. Every
sales tree has many ends: a tail share becomes evidence only where those at the end paid materially and have no
customers.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Annotated

import numpy as np
import numpy.typing as npt
from pydantic import Field

from compliance.models.quantities import Amount, Count, Real, Share, Whole, scaled
from compliance.models.registry import Refused, model
from compliance.statistics import exact_sum
from intake.text import say

_DIGITS = 5000
"""Powers of up to so many bits are computed exactly; beyond that doubles hold the result to the last digit anyway."""


def power(base: Fraction | int, exponent: int | Fraction) -> Fraction:
    """base ^ -exponent, exactly while it is short, else as the double it is.

    Args:
        base: 1 or more.
        exponent: 0 or more, whole or not.
    """
    size = max(Fraction(base).numerator.bit_length(), Fraction(base).denominator.bit_length())
    if Fraction(exponent).denominator == 1 and size * exponent <= _DIGITS:
        return Fraction(1) / Fraction(base) ** int(exponent)
    return Fraction(math.exp(-float(exponent) * math.log1p(float(base - 1))))


@model(
    "struct.full_tree_tail_share",
    source="Share of a complete m-ary tree, levels 0..L, in its last t levels; derived; the iceberg of FTC v. Fortune Hi-Tech",
)
def full_tree_tail_share(m: Count, levels: Annotated[Whole, Field(alias="L")], t: Whole) -> Fraction:
    """(m^(L+1) - m^(L+1-t)) / (m^(L+1) - 1), which tends to 1 - m^-t.

    Args:
        m: how many stand directly below each.
        levels: the last level; the founder stands on level 0.
        t: how many levels from the end count.

    Raises:
        Refused: t is more than the L + 1 levels there are.

    >>> full_tree_tail_share(2, 3, 1)
    Fraction(8, 15)
    """
    if t > levels + 1:
        reason = say(
            "levels 0 to {last} are only {levels} levels",
            "المستويات من {first} إلى {last} عددها {levels} فقط",
            first=0,
            last=levels,
            levels=levels + 1,
        )
        raise Refused("t", t, reason)
    if m == 1:
        return Fraction(t, levels + 1)
    return (1 - power(m, t)) / (1 - power(m, levels + 1))


@model("struct.cohort_tail_share", source="Derived: enrolment growing by g a period, geometric sum")
def cohort_tail_share(growth_per_period: Amount, periods: Amount) -> Fraction:
    """1 - (1 + g)^-T: the share of all who ever joined that joined in the last T periods.

    Args:
        growth_per_period: g, 0.1 for 10 %.
        periods: T.
    """
    return 1 - power(1 + growth_per_period, periods)


@model(
    "struct.board_loss_share",
    source='2-4-8 gifting board ("airplane game"), rules of the page "Exponential Ire"; derived',
)
def board_loss_share(split: Count, levels: Whole) -> Fraction:
    """1 - split^-levels: players of a splitting board who have not been paid yet.

    Args:
        split: boards that one becomes.
        levels: levels of a board below the one who is paid.
    """
    return 1 - power(split, levels)


@model("struct.active_share", source="Derived: constant size with churn d a period needs d N recruits a period")
def active_share(churn_per_period: Share, periods: Amount) -> Fraction:
    """1 / (1 + d T): who is still active, of all who ever joined, after T periods of constant size.

    Shares of losers among the active alone therefore leave most of those who lost out of the count.

    Args:
        churn_per_period: d, the share that leaves in a period and is replaced.
        periods: T.
    """
    return 1 / (1 + churn_per_period * periods)


def most_who_can_break_even(costs: npt.NDArray[np.integer], paid: int) -> int:
    """How many at most can have got their costs back, however the money paid was divided.

    Args:
        costs: what each of them paid, minor units, zero or more.
        paid: all that was paid to them together.

    Reference: `max{k : c_(1) + ... + c_(k) <= P}`; ten of 100 with 450 paid: four.
    """
    ascending = np.sort(np.asarray(costs, dtype=np.int64))
    if exact_sum(ascending) <= paid:
        return len(ascending)
    return int(np.searchsorted(np.cumsum(ascending), paid, side="right"))


@model("struct.max_breakeven_share", source="Derived: conservation of money; needs two totals only, no sponsor links")
def max_breakeven_share(costs: list[Amount], total_paid_to_participants: Real) -> Fraction:
    """max{k : c_(1) + ... + c_(k) <= P} / N, costs ascending: the most who can have broken even.

    Args:
        costs: what each participant paid.
        total_paid_to_participants: P; below zero where clawbacks were more than payments, and then nobody is whole.
    """
    if not costs:
        reason = say("give the cost of at least one participant", "تُذكر تكلفة مشارك واحد على الأقل")
        raise Refused("costs", [], reason)
    in_units, _ = scaled([*costs, total_paid_to_participants])
    return Fraction(most_who_can_break_even(in_units[:-1], int(in_units[-1])), len(costs))
