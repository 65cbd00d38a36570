"""What came in and what was paid out, by month, by part of the company and by group of people, added up once.

Several figures set the same sums of money against each other: customers' money against all revenue, against the payouts,
the payouts against the revenue. Each is taken apart from these sums, without reading the months of everybody again.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from compliance.facts import MONTH_NUMBER
from compliance.indicators.breakdown import Breakdown, Sums, added, cell_and_unit, taken_apart, wide
from compliance.indicators.flows import all_revenue
from compliance.statistics import UNITS

if TYPE_CHECKING:
    from compliance.records import Records

Flow = Literal["outside", "members", "unknown", "paid"]
"""Customers' money, participants', that of nobody knows whom, all net of refunds; and what was paid out."""

_IN: tuple[Flow, ...] = ("outside", "members", "unknown")
_MONTH = f"{MONTH_NUMBER} AS month"
_PAID = """
    SELECT row, month, paid_out AS paid FROM reward_months
    UNION ALL SELECT NULL, month, amount FROM reward_facts WHERE payee IS NULL
"""


@dataclass(frozen=True, slots=True)
class FlowSums:
    """Sums of one way of putting rows together: by month, by cell or by unit; element 0 is that of none.

    Attributes:
        amounts: minor units, by flow.
        rows_in: how many people and months there are in what came in.
        rows_out: the same of what was paid out.
    """

    amounts: dict[Flow, npt.NDArray[Any]]
    rows_in: npt.NDArray[np.int64]
    rows_out: npt.NDArray[np.int64]

    def of(self, part: tuple[Flow, ...], whole: tuple[Flow, ...]) -> Sums:
        """Some flows over others."""
        some, all_ = (sum(self.amounts[flow] for flow in flows) for flows in (part, whole))
        return Sums(np.asarray(some), np.asarray(all_))

    def there(self, flows: tuple[Flow, ...]) -> npt.NDArray[np.bool_]:
        """Of which there is a row in any of these flows."""
        return (self.rows_in > 0) | (("paid" in flows) & (self.rows_out > 0))


def flow_sums(records: Records) -> tuple[FlowSums, FlowSums, FlowSums]:
    """By month, by cell and by unit."""
    rows = "coalesce(row, -1)::INTEGER AS row"
    came_in = records.arrays(f"SELECT {rows}, {_MONTH}, outside, members, unknown FROM ({all_revenue(records)})")
    went_out = records.arrays(f"SELECT {rows}, {_MONTH}, paid FROM ({_PAID})")
    months = max(int(each["month"].max(initial=-1)) for each in (came_in, went_out)) + 1
    cell, unit = records.once(cell_and_unit)
    in_, out = (
        {"month": each["month"], "cell": cell[each["row"]], "unit": unit[each["row"]]} for each in (came_in, went_out)
    )
    made = []
    for by, count in {"month": months, "cell": int(cell.max()) + 1, "unit": UNITS}.items():
        amounts = {flow: added(in_[by] + 1, wide(came_in[flow]), count + 1) for flow in _IN}
        amounts["paid"] = added(out[by] + 1, wide(went_out["paid"]), count + 1)
        counted = [np.bincount(each[by] + 1, minlength=count + 1) for each in (in_, out)]
        made.append(FlowSums(amounts, *counted))
    return made[0], made[1], made[2]


def breakdown_of_flows(records: Records, part: tuple[Flow, ...], whole: tuple[Flow, ...]) -> Breakdown:
    """Some of the company's money over other of it by month, cohort, country and branch, with its interval."""
    found = records.once(flow_sums)
    by_month, by_cell, by_unit = (sums.of(part, whole) for sums in found)
    return taken_apart(records, by_month, by_cell, by_unit, found[2].there(part + whole), "ratio", people=False)
