"""When each customer first ordered: for renewals, limits in months, and rewards on a new customer.

A customer is whoever the orders name as buyer, in the network or not; an order without a buyer is nobody's first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from compensation.awards import Int64s

if TYPE_CHECKING:
    from compensation.awards import State
    from compensation.evaluation import Evaluation

UNDATED = np.iinfo(np.int64).min
_DAY = 86_400


@dataclass(slots=True)
class FirstOrders:
    """Per order, what is known of its customer."""

    is_first: npt.NDArray[np.bool_]
    """Whether it is the customer's first order."""
    new_customer: npt.NDArray[np.bool_]
    """The same, or what the records say in its place."""
    first: Int64s
    """When the customer first ordered, seconds since 1970; `UNDATED` where unknown."""
    buyers: pl.Series
    earlier: dict[str, int]

    def known_after(self) -> dict[str, int]:
        """Every customer and when he first ordered: what a later computation has to know."""
        first = np.flatnonzero(self.is_first)
        found = dict(zip(self.buyers.gather(first).to_list(), self.first[first].tolist(), strict=True))
        return found | self.earlier

    def later_than_months(self, evaluation: Evaluation, months: int, *, inclusive: bool) -> npt.NDArray[np.bool_]:
        """Which orders were placed after so many calendar months from the customer's first; undated ones were not."""
        known = (self.first != UNDATED) & (evaluation.when != UNDATED)
        zone = evaluation.plan.timezone
        first = _days(pl.Series(np.where(known, self.first, 0) * 1000).cast(pl.Datetime("ms")), zone)
        placed = _days(pl.Series(np.where(known, evaluation.when, 0) * 1000).cast(pl.Datetime("ms")), zone)
        end = first.dt.offset_by(f"{months}mo")
        late = (placed > end if inclusive else placed >= end).to_numpy()
        result: npt.NDArray[np.bool_] = known & late
        return result


def _days(dates: pl.Series, zone: str) -> pl.Series:
    local = dates if zone == "UTC" else dates.dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
    return local.dt.date()


def first_orders(evaluation: Evaluation, earlier: State, *, only: npt.NDArray[np.bool_] | None = None) -> FirstOrders:
    """Every customer's first order (of those that count, where `only` says which); what takes an order back is none."""
    noted = earlier.notes.get("first_orders", {})
    assert isinstance(noted, dict)
    buyers = evaluation.orders["buyer_id"]
    stands = evaluation.origin
    table = pl.DataFrame({"buyer": buyers, "when": evaluation.when, "at": np.arange(len(buyers), dtype=np.int64)})
    wanted = evaluation.sign > 0 if only is None else only & (evaluation.sign > 0)
    counts = table.filter(buyers.is_not_null() & pl.Series(wanted))
    firsts = counts.group_by("buyer").agg(pl.col("at").min(), pl.col("when").get(pl.col("at").arg_min()).alias("first"))
    joined = table.join(firsts, on="buyer", how="left", maintain_order="left", suffix="_first")
    first = joined["first"].fill_null(UNDATED).to_numpy().copy()
    is_first = (joined["at_first"] == joined["at"]).fill_null(value=False).to_numpy().copy()
    if noted:
        before = buyers.replace_strict(noted, default=None, return_dtype=pl.Int64)
        known = before.is_not_null().to_numpy()
        first[known] = before.drop_nulls().to_numpy()
        is_first &= ~known
    stated = evaluation.orders["new_customer"].str.to_lowercase()
    new = is_first.copy()
    if stated.null_count() < len(stated):
        new = stated.is_in(["true", "yes", "1"]).fill_null(value=False).to_numpy()
    return FirstOrders(is_first, new[stands], first, buyers, {str(name): int(time) for name, time in noted.items()})
