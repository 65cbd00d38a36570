"""What must hold whatever the plan says: accounting identities, bounds, and trees that grow by chance.

Small closed forms, each checked against the published reference values. Integers and `Fraction` in,
`Fraction` out; nothing here reads a record. Indicators compare what a company's records show with these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from compliance.statistics import exact_sum


@dataclass(frozen=True, slots=True)
class Funding:
    """Where the money that was paid out can have come from."""

    external_revenue_ratio: Fraction | None
    """Revenue from outside over all revenue; 0 is a closed circuit. None: there was no revenue."""
    participant_funded: Fraction | None
    """Least share of payouts that was participants' own money. None: nothing was paid out."""
    participants_net: int
    """What participants as a group received less what they paid."""


def funding(participant_payments: int, external_revenue: int, payouts: int) -> Funding:
    """The accounting identity: inside, participants as a group gain exactly payouts less payments.

    Args:
        participant_payments: all that participants paid in, minor units.
        external_revenue: all that others paid in.
        payouts: all that participants were paid.

    Reference: models 1.1; 900, 150 and 700 give 1/7, 11/14 and -200.
    """
    revenue = participant_payments + external_revenue
    short = max(0, payouts - max(0, external_revenue))
    return Funding(
        Fraction(external_revenue, revenue) if revenue > 0 else None,
        Fraction(short, payouts) if payouts > 0 else None,
        payouts - participant_payments,
    )


def most_who_can_break_even(costs: npt.NDArray[np.integer], paid: int) -> int:
    """How many at most can have got their costs back, however the money paid was divided.

    Args:
        costs: what each of them paid, minor units, zero or more.
        paid: all that was paid to them together.

    Reference: models 1.2, `max{k : c_(1) + ... + c_(k) <= P}`; ten of 100 with 450 paid: four.
    """
    ascending = np.sort(np.asarray(costs, dtype=np.int64))
    if exact_sum(ascending) <= paid:
        return len(ascending)
    return int(np.searchsorted(np.cumsum(ascending), paid, side="right"))


def full_tree_tail(width: int, levels: int, last: int) -> Fraction:
    """Share of a complete tree (levels 0 to `levels`, each with `width` below it) in its last `last` levels.

    Reference: models 1.3; width 2, levels 0 to 3, last one: 8/15.
    """
    if width == 1:
        return Fraction(last, levels + 1)
    return Fraction(
        width ** (levels + 1) - width ** (levels + 1 - last),
        width ** (levels + 1) - 1,
    )


def cohort_tail(growth: Fraction, periods: int) -> Fraction:
    """Share of all who ever joined that joined in the last `periods`, when joining grows at a steady rate.

    Reference: models 1.3, `1 - (1+g)^-T`; doubling, three periods: 7/8.
    """
    return 1 - 1 / (1 + growth) ** periods


def board_unpaid(split: int, levels: int) -> Fraction:
    """Share of players of a splitting board who are not paid yet: `1 - split^-levels`."""
    return 1 - Fraction(1, split**levels)


def chance_leaf_z(people: int, leaves: int) -> Decimal:
    """How far the number without a recruit is from what blind chance gives, in standard deviations.

    Reference: random recursive tree, mean n/2, variance n/12; 780 of 1200: 18.
    """
    with localcontext(Context(prec=30)):
        return (Decimal(leaves) - Decimal(people) / 2) / (Decimal(people) / 12).sqrt()


def chance_degree_chi2(counts: Sequence[int]) -> Fraction:
    """Chi-square of how many have 0, 1, 2, 3, 4 or more recruits against 1/2, 1/4, 1/8, 1/16, 1/16.

    An ordering statistic: the counts are not independent of each other. 4 degrees of freedom.
    """
    total = sum(counts)
    expected = [Fraction(total, parts) for parts in (2, 4, 8, 16, 16)]
    if len(counts) != len(expected) or total == 0:
        raise ValueError("five counts with a positive sum are needed")
    return sum(((count - e) ** 2 / e for count, e in zip(counts, expected, strict=True)), Fraction(0))


def required_growth(payout_per_member: Fraction, retained_per_entrant: Fraction) -> Fraction:
    """Growth per period at which entrants' payments just cover what members are paid.

    Reference: models 6.5, `p / c`; 20 paid to each, 200 left by each entrant: 1/10.
    """
    return payout_per_member / retained_per_entrant


def doubling_periods(growth: Fraction) -> Decimal:
    """Periods until a number that grows at this rate has doubled."""
    with localcontext(Context(prec=30)):
        ratio = 1 + Decimal(growth.numerator) / Decimal(growth.denominator)
        return Decimal(2).ln() / ratio.ln()


@dataclass(frozen=True, slots=True)
class RewardSplit:
    """Rewards split by what gave rise to them."""

    recruitment: Fraction
    retail: Fraction
    share: Fraction
    critical_resale: Fraction
    """Share of goods resold below which recruiting is the larger reward."""


def reward_split(volume: Fraction, resold: Fraction, markup: Fraction, commission: Fraction) -> RewardSplit:
    """Retail and recruiting reward of a plan from four numbers; our reconstruction, not the paper's equation.

    Reference: models 1.4, in the spirit of Vander Nat and Keep 2002.
    """
    retail = resold * volume * (markup + commission)
    recruitment = (1 - resold) * volume * commission
    return RewardSplit(
        recruitment, retail, recruitment / (recruitment + retail), commission / (markup + 2 * commission)
    )


@dataclass(frozen=True, slots=True)
class InventoryGap:
    """Purchases that neither sales nor own use explain."""

    gaps: npt.NDArray[np.int64]
    purchases: int

    @property
    def gap(self) -> int:
        """Sum of the gaps."""
        return exact_sum(self.gaps)

    @property
    def share(self) -> Fraction | None:
        """Gap over purchases; None where nothing was bought."""
        return Fraction(self.gap, self.purchases) if self.purchases > 0 else None


def inventory_gap(
    purchases: npt.NDArray[np.int64], sales: npt.NDArray[np.int64], allowance: npt.NDArray[np.int64]
) -> InventoryGap:
    """What each bought beyond his sales and a plausible own use, never below zero.

    Reference: models 7.4; purchases 300 1200 500 5000, sales 250 100 0 300, allowance 200: share 0.8143.
    """
    return InventoryGap(np.maximum(purchases - sales - allowance, 0), exact_sum(purchases))


def period_end_ratio(in_window: int, total: int, window: int, period: int) -> tuple[Fraction, Decimal]:
    """Orders in the last `window` of `period` days against an even spread: ratio, and z of the binomial.

    Reference: models 7.4; 420 of 1500 in 3 of 30 days: 2.8 times, z 23.2.
    """
    share = Fraction(window, period)
    variance = total * share * (1 - share)
    with localcontext(Context(prec=30)):
        root = (Decimal(variance.numerator) / Decimal(variance.denominator)).sqrt()
        above = in_window - total * share
        return Fraction(in_window) / (total * share), Decimal(above.numerator) / Decimal(above.denominator) / root
