"""The first things anybody asks about a company: how many people, how much in, how much out, to whom.

An `Overview` is counted from the tables and the sponsor tree alone, before any indicator or rule, so that the
report's first screen, the command line and the dashboard all show the same figures. Money is in minor units of the
main currency; who is ahead or behind is counted over everyone ever enrolled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compliance.measurement import Period
from intake.frozen import Frozen

if TYPE_CHECKING:
    from compliance.records import Records

MOST_MONTHS = 600
"""Beyond that a stray date is the reason, and empty months are left out."""


MOST_LEVELS = 1_000
"""Levels that are listed one by one: a chain of a million people has a million of them."""


class Month(Frozen):
    """One calendar month (UTC): people who joined, money in and out in minor units."""

    month: str
    joined: int
    paid_in: int
    paid_out: int


class Recruiter(Frozen):
    """A participant with the number of direct recruits."""

    id: str
    recruits: int


class Paid(Frozen):
    """Money in by what it was paid for."""

    category: str
    lines: int
    amount: int


class Overview(Frozen):
    """Headline counts and sums of one snapshot."""

    currency: str | None
    scale: int
    money_period: Period | None
    """First and last day with a payment in or out."""
    joining_period: Period | None
    """First and last day on which somebody joined."""
    participants: int
    roots: int
    deepest_level: int
    """Levels below the root, which is level 0."""
    members_by_level: tuple[int, ...]
    """One number per level; where there are more than `MOST_LEVELS`, the last is of all deeper levels together."""
    without_recruit: int
    largest_recruiters: tuple[Recruiter, ...]
    orders: int
    paid_in: int
    """What participants paid the company."""
    paid_in_by: int
    from_customers: int
    """What buyers who hold no position paid."""
    paid_by: tuple[Paid, ...]
    payouts: int
    payouts_recorded: bool
    """False where the company recorded none and those computed from the plan stand in."""
    paid_out: int
    paid_out_to: int
    received_more_than_paid: int
    paid_more_than_received: int
    by_month: tuple[Month, ...]
    other_currencies: tuple[str, ...]
    """Currencies of rows that were not counted."""

    @property
    def figures(self) -> dict[str, int]:
        """The figures that a data sheet can state as checked, by their ids; money in minor units."""
        return {
            "participants": self.participants,
            "roots": self.roots,
            "deepest_level": self.deepest_level,
            "without_recruit": self.without_recruit,
            "orders": self.orders,
            "paid_in": self.paid_in,
            "paid_in_by": self.paid_in_by,
            "from_customers": self.from_customers,
            "payouts": self.payouts,
            "paid_out": self.paid_out,
            "paid_out_to": self.paid_out_to,
            "received_more_than_paid": self.received_more_than_paid,
            "paid_more_than_received": self.paid_more_than_received,
        }


MONEY_FIGURES = frozenset({"paid_in", "from_customers", "paid_out"})


def overview(records: Records) -> Overview:
    """The headline counts and sums of an open snapshot."""
    people = records.arrays("SELECT recruits, depth FROM people WHERE is_participant")
    depth = people["depth"]
    paid_in, paid_in_by, ahead, behind = records.row(
        "SELECT coalesce(sum(paid_in), 0), count(*) FILTER (paid_in <> 0), count(*) FILTER (net > 0),"
        " count(*) FILTER (net < 0) FROM net"
    )
    orders, from_customers = records.row(
        "SELECT count(*), coalesce(sum(amount) FILTER (side = 'outside'), 0) FROM order_facts"
    )
    payouts, paid_out, paid_out_to = records.row(
        "SELECT count(*), coalesce(sum(amount), 0), count(DISTINCT payee) FROM reward_facts"
    )
    return Overview(
        currency=records.currency,
        scale=records.scale,
        money_period=records.money_period,
        joining_period=records.joining_period,
        participants=len(depth),
        roots=int(np.count_nonzero(depth == 0)),
        deepest_level=int(depth.max()) if len(depth) else 0,
        members_by_level=tuple(int(count) for count in np.bincount(np.minimum(depth, MOST_LEVELS - 1)))
        if len(depth)
        else (),
        without_recruit=int(np.count_nonzero(people["recruits"] == 0)),
        largest_recruiters=tuple(
            Recruiter(id=str(id), recruits=int(recruits))
            for id, recruits in records.all(  # noqa: A001 - it is an id
                "SELECT id, recruits FROM people WHERE is_participant AND recruits > 0"
                " ORDER BY recruits DESC, id LIMIT 10"
            )
        ),
        orders=int(orders),
        paid_in=int(paid_in),
        paid_in_by=int(paid_in_by),
        from_customers=int(from_customers),
        paid_by=tuple(
            Paid(category=str(category), lines=int(lines), amount=int(amount))
            for category, lines, amount in records.all(
                "SELECT category, count(*), sum(amount) FROM order_facts GROUP BY 1 ORDER BY 3 DESC, 1"
            )
        ),
        payouts=int(payouts),
        payouts_recorded=records.rewards_from == "payouts",
        paid_out=int(paid_out),
        paid_out_to=int(paid_out_to),
        received_more_than_paid=int(ahead),
        paid_more_than_received=int(behind),
        by_month=_by_month(records),
        other_currencies=tuple(sorted(records.other_currencies)),
    )


def _by_month(records: Records) -> tuple[Month, ...]:
    """Every month from the first to the last with anything in it, empty ones between them included."""
    counted: dict[str, dict[str, int]] = {}
    for name, query in (
        ("joined", "SELECT date_trunc('month', joined), count(*) FROM people WHERE is_participant GROUP BY 1"),
        ("paid_in", "SELECT month, sum(amount) FROM order_facts WHERE side = 'participant' GROUP BY 1"),
        ("paid_out", "SELECT month, sum(amount) FROM reward_facts GROUP BY 1"),
    ):
        for month, value in records.all(query):
            if month is not None:
                counted.setdefault(f"{month:%Y-%m}", {})[name] = int(value)
    if not counted:
        return ()
    months = _months(min(counted), max(counted))
    return tuple(
        Month(month=month, **{"joined": 0, "paid_in": 0, "paid_out": 0, **counted.get(month, {})})
        for month in (months if len(months) <= MOST_MONTHS else sorted(counted))
    )


def _months(first: str, last: str) -> list[str]:
    start, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in range(start, end + 1)]
