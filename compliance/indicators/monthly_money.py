"""Everybody's money by calendar month, in order of month, read once for the indicators that go through the months.

One kind of money is one table of sums with a row for each person and month; what has no date is left out, and who has any
such entry is noted. Sums are in minor units of the main currency, months are counted from the first of the records.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from compliance.facts import MONTH_NUMBER

if TYPE_CHECKING:
    from compliance.records import Records

Ints = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Entries:
    """Money of one kind, in order of month; a person has at most one entry in a month.

    Attributes:
        row: of `people`.
        ends: where the entries of each month end, months counted from the first of the records.
        amounts: minor units, by name: `paid` into the company, without refunds; `goods`, the part of it paid for goods;
            `received` from the company, or refunded; `sold`, customers' orders credited to the participant; `unknown`,
            credited orders of nobody knows whom.
    """

    row: Rows
    ends: Ints
    amounts: dict[str, Ints]

    def of(self, month: int) -> slice:
        """Where the entries of a month stand."""
        return slice(int(self.ends[month - 1]) if month else 0, int(self.ends[month]))


@dataclass(frozen=True, slots=True)
class MonthlyMoney:
    """The dated money of everybody.

    Attributes:
        bought: `paid` and `goods`.
        rewarded: `received`.
        refunded: `received`.
        credited: `sold` and `unknown`.
        last: number of the last month of the records.
        undated: who has an entry without a date, in order of `people.row`.
    """

    bought: Entries
    rewarded: Entries
    refunded: Entries
    credited: Entries
    last: int
    undated: npt.NDArray[np.bool_]


_TABLES = (
    "paid_in AS paid, goods FROM order_months",
    "paid_out AS received FROM reward_months",
    "amount AS received FROM refunds",
    "outside AS sold, unknown FROM other_months WHERE row IS NOT NULL",
)


def monthly_money(records: Records) -> MonthlyMoney:
    """The sums of each person and month."""
    found = [records.arrays(f"SELECT row, {MONTH_NUMBER} AS month, {columns}") for columns in _TABLES]
    undated = np.zeros(int(records.row("SELECT count(*) FROM people")[0]), dtype=np.bool_)
    for each in found:
        undated[each["row"][each["month"] < 0]] = True
    none = np.iinfo(np.int32).max
    first = min(int(each["month"].min(initial=none, where=each["month"] >= 0)) for each in found)
    last = max(max(int(each["month"].max(initial=-1)) for each in found) - first, 0)
    bought, rewarded, refunded, credited = (
        entries(each.pop("row"), each.pop("month") - first, each, last) for each in found
    )
    return MonthlyMoney(bought, rewarded, refunded, credited, last, undated)


def entries(row: Rows, month: npt.NDArray[np.int32], amounts: dict[str, Ints], last: int) -> Entries:
    """Entries in order of month; those before the first month, which have no date, are left out."""
    from genealogy.kernels import by_small_key

    order = by_small_key(np.flatnonzero(month >= 0).astype(np.int32), month, last + 1)
    ends = np.cumsum(np.bincount(month[order], minlength=last + 1))
    return Entries(row[order], ends, {name: amount[order] for name, amount in amounts.items()})
