"""Orders that serve the plan: those at a period's end, and goods that neither sales nor own use explain.

Both have honest causes, autoship days and paydays, unrecorded cash sales and stock for an event: hold the ratio against
that of customers' orders in the same days, and ask for receipts.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from compliance.models.quantities import Amount, Positive, Result, scaled
from compliance.models.registry import Refused, at_most, model
from compliance.statistics import exact_sum
from intake.text import say


@model("spike.period_end", source="Derived: binomial with an even spread over the period")
def period_end(
    orders_in_window: Amount, orders_total: Amount, window_days: Positive, period_days: Positive
) -> dict[str, Result]:
    """ratio = k / (n w/T); z = (k - n w/T) / sqrt(n w/T (1 - w/T)).

    Args:
        orders_in_window: k, in the last w days.
        orders_total: n, in all T days.
        window_days: w.
        period_days: T.

    Returns:
        `ratio` (None without orders) and `z` (None also where the window is the whole period).
    """
    if window_days > period_days:
        raise Refused("window_days", float(window_days), at_most("period_days", float(period_days)))
    if orders_in_window > orders_total:
        raise Refused("orders_in_window", float(orders_in_window), at_most("orders_total", float(orders_total)))
    if not orders_total:
        return {"ratio": None, "z": None}
    share = Fraction(window_days) / period_days
    expected = orders_total * share
    variance = expected * (1 - share)
    if not variance:
        return {"ratio": orders_in_window / expected, "z": None}
    above = orders_in_window - expected
    with localcontext(Context(prec=40)):
        square = Decimal(variance.numerator) / Decimal(variance.denominator)
        z = Decimal(above.numerator) / Decimal(above.denominator) / square.sqrt()
    return {"ratio": orders_in_window / expected, "z": z}


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
    """What each bought beyond his sales and a plausible own use, never below zero; minor units.

    Reference: purchases 300 1200 500 5000, sales 250 100 0 300, allowance 200: share 0.8143.
    """
    return InventoryGap(np.maximum(purchases - sales - allowance, 0), exact_sum(purchases))


@model("inventory.gap", source="Derived: purchases less verified sales at cost and plausible own use")
def gap(
    purchases: list[Amount], verified_sales_at_cost: list[Amount], self_consumption_allowance: list[Amount] | Amount
) -> dict[str, Result]:
    """gap_i = max(0, purchases_i - sales_i - allowance_i); gap share = sum of gaps / sum of purchases.

    Args:
        purchases: of each participant.
        verified_sales_at_cost: of each, in the same order.
        self_consumption_allowance: of each, or one for all.

    Returns:
        `gap` (one for each participant) and `gap_share` (None where nothing was bought).
    """
    people = len(purchases)
    given = self_consumption_allowance
    allowance = given if isinstance(given, list) else [given] * people
    for key, each in (
        ("verified_sales_at_cost", verified_sales_at_cost),
        ("self_consumption_allowance", allowance),
    ):
        if len(each) != people:
            reason = say(
                "give one for each of the {people} purchases",
                "تُذكر قيمة لكل قيمة في {key}، وعددها {people}",
                key="purchases",
                people=people,
            )
            raise Refused(key, len(each), reason)
    integers, unit = scaled([*purchases, *verified_sales_at_cost, *allowance])
    found = inventory_gap(integers[:people], integers[people : 2 * people], integers[2 * people :])
    return {"gap": [Fraction(each, unit) for each in found.gaps.tolist()], "gap_share": found.share}
