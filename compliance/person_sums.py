"""The derived tables that add up orders and rewards for each person, and for each person and month.

They are sums over the columns of `compliance.columns`, which are read once for all of them: a query would hash every line into
millions of groups, once for each table. What a table is stands with its name here; NULL is what SQL's sums would give.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from compliance.columns import (
    NONE,
    OUTSIDE,
    PARTICIPANT,
    UNKNOWN,
    Flags,
    Money,
    Months,
    PersonMonths,
    Rows,
    Times,
    added,
    buyer_months,
    order_columns,
    payee_months,
    person_months,
    reward_columns,
)
from compliance.facts import PRODUCTS
from compliance.found_rows import month_days

if TYPE_CHECKING:
    from compliance.records import Records

_EARLIEST, _LATEST = np.iinfo(np.int64).min, np.iinfo(np.int64).max
"""The first is not a time."""


def first_orders(records: Records) -> pa.Table:
    """When the first and the last dated order of each buyer on the list was."""
    orders = records.once(order_columns)
    chosen = np.flatnonzero((orders.buyer >= 0) & ~np.isnat(orders.date))
    buyer, date = orders.buyer[chosen], orders.date[chosen]
    people = int(buyer.max(initial=NONE)) + 1
    rows = np.flatnonzero(np.bincount(buyer, minlength=people)).astype(np.int32)
    first, last = _span(buyer, date, people)
    return pa.table({"row": rows, "first_order": first[rows], "last_order": last[rows]})


def order_months(records: Records) -> pa.Table:
    """What each participant paid in each calendar month (UTC), before refunds; `month` is NULL for orders without a date."""
    orders, months = records.once(order_columns), records.once(buyer_months)
    lines = np.flatnonzero(months.of_line >= 0)
    number, amount, count = months.of_line[lines], orders.amount[lines], len(months.person)

    def of(chosen: Flags) -> Money:
        return months.add(chosen, orders.amount)

    volume, points = _volumes(records, months)
    first, last = _span(number, orders.date[lines], count)
    return pa.table(
        {
            "row": months.person,
            "month": _days(months.month),
            "paid_in": added(number, amount, count),
            "goods": of(orders.of(PRODUCTS)),
            "fees": of(orders.of("('fee')")),
            "recurring": of(orders.of("('autoship')")),
            "purchases": np.bincount(number[amount > 0], minlength=count).astype(np.int32),
            "volume": volume,
            "points": points,
            "orders": np.bincount(number, minlength=count).astype(np.int32),
            "first": first,
            "last": last,
        }
    )


def other_months(records: Records) -> pa.Table:
    """All other orders, by the seller who is credited (NULL for none) and month: of customers, of participants who are not on
    the list, and of nobody knows whom. With `order_months` they are all orders."""
    orders = records.once(order_columns)
    months = person_months(np.where(orders.own, np.int32(NONE), orders.seller + 1), orders.month)  # 0 is nobody
    seller = months.person - 1
    outside = orders.side == OUTSIDE
    sales = months.of_line[outside & (orders.amount > 0)]
    return pa.table(
        {
            "row": pa.array(seller, mask=seller < 0),
            "month": _days(months.month),
            "outside": months.add(outside, orders.amount),
            "unlisted": months.add(orders.side == PARTICIPANT, orders.amount),
            "unknown": months.add(orders.side == UNKNOWN, orders.amount),
            "sales": np.bincount(sales, minlength=len(seller)).astype(np.int32),
        }
    )


def reward_months(records: Records) -> pa.Table:
    """What each was paid in each calendar month, and how much of it for what somebody else did; `month` is NULL where neither
    date nor period says it."""
    rewards, months = records.once(reward_columns), records.once(payee_months)
    lines = np.flatnonzero(months.of_line >= 0)
    number, count = months.of_line[lines], len(months.person)
    dates = records.arrays(
        f"SELECT coalesce(epoch_us(date), {_EARLIEST}) AS date FROM reward_facts"
    )  # in the same order
    first, last = _span(number, dates["date"][lines].view("datetime64[us]"), count)
    return pa.table(
        {
            "row": months.person,
            "month": _days(months.month),
            "paid_out": added(number, rewards.amount[lines], count),
            "payouts": np.bincount(number, minlength=count).astype(np.int32),
            "for_others": months.add(rewards.for_others, rewards.amount),
            "first": first,
            "last": last,
        }
    )


def person_totals(records: Records) -> pa.Table:
    """What `net` adds up for everybody in `people`, by row number: the sums of the months, and the first and last entries."""
    people = int(records.row("SELECT count(*) FROM people")[0])
    sums: dict[str, Any] = {"row": np.arange(people, dtype=np.int32)}
    spans: list[tuple[Rows, Times, Times]] = []
    for table, columns in (
        ("order_months", ("paid_in", "orders", "goods", "first", "last")),
        ("reward_months", ("paid_out", "payouts", "first", "last")),
        ("other_months", ("outside",)),
        ("refunds", ("amount",)),
    ):
        named = (
            f"coalesce(epoch_us({name}), {_EARLIEST}) AS {name}" if name in ("first", "last") else name
            for name in columns
        )
        found = records.arrays(f"SELECT row, {', '.join(named)} FROM {table} WHERE row IS NOT NULL")
        row = found.pop("row")
        if "first" in found:
            spans.append((row, found.pop("first").view("datetime64[us]"), found.pop("last").view("datetime64[us]")))
        sums |= {name: added(row, amount.astype(np.int64), people) for name, amount in found.items()}
    row = np.concatenate([row for row, _, _ in spans])
    sums["first_entry"], _ = _span(row, np.concatenate([first for _, first, _ in spans]), people)
    _, sums["last_entry"] = _span(row, np.concatenate([last for _, _, last in spans]), people)
    return pa.table(sums)


def discount_only(records: Records) -> pa.Table:
    """Members who recruited nobody, were paid nothing and bought goods within the monthly allowance: as customers do. Nobody
    where there is no allowance."""
    allowance = -1 if records.allowance is None else records.allowance
    members = records.arrays("SELECT row FROM net WHERE recruits = 0 AND paid_out <= 0 AND goods > 0 ORDER BY row")[
        "row"
    ]
    months = records.arrays("SELECT row, goods FROM order_months")
    above = np.zeros(int(members.max(initial=NONE)) + 1, dtype=np.bool_)
    above[months["row"][(months["goods"] > allowance) & (months["row"] < len(above))]] = True
    return pa.table({"row": members[~above[members]]})


MADE: Mapping[str, Callable[[Records], pa.Table]] = {
    made.__name__: made for made in (first_orders, order_months, other_months, reward_months, discount_only)
}
"""The tables that are made here whole."""


def _volumes(records: Records, months: PersonMonths) -> tuple[pa.Array, pa.Array]:
    """Volume and qualifying points of each month; points where no other are given are the volume. NULL where none is stated."""

    def of(stated: str) -> pa.Array:
        found = records.arrays(  # in the order of the order columns
            f"SELECT coalesce({stated}, 0) AS amount, {stated} IS NOT NULL AS stated FROM order_facts"
        )
        there = np.bincount(months.of_line[found["stated"] & (months.of_line >= 0)], minlength=len(months.person)) > 0
        return pa.array(months.add(found["stated"], found["amount"]), mask=~there)

    volume = of("volume") if records.has("orders.volume") else pa.nulls(len(months.person), pa.int64())
    return volume, of("coalesce(points, volume)") if records.has("orders.points") else volume


def _span(number: Rows, date: Times, count: int) -> tuple[Times, Times]:
    """The earliest and the latest date of each number; not a time where all have none."""
    dated = np.flatnonzero(~np.isnat(date))
    number, moments = number[dated], date[dated].view(np.int64)
    first, last = np.full(count, _LATEST), np.full(count, _EARLIEST)
    np.minimum.at(first, number, moments)
    np.maximum.at(last, number, moments)
    first[first == _LATEST] = _EARLIEST
    return first.view("datetime64[us]"), last.view("datetime64[us]")


def _days(month: Months) -> pa.Array:
    """The first days of months, NULL for NONE."""
    days = month_days(int(month.max(initial=NONE)))
    return pa.array(days[month], mask=month < 0).view(pa.date32())
