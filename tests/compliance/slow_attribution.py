"""Whose sale it was, order by order and visit by visit, from the definition; knows nothing of the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

Rows = Sequence[Mapping[str, Any]]


def disputes(people: Rows, orders: Rows, clicks: Rows, payouts: Rows, *, days: int, seconds: int) -> dict[str, int]:
    """Counts of orders: visited, contested, at the till, own, paid, and paid against the last click (or coupon)."""
    kinds = {row["id"]: row.get("kind") for row in people}
    found = dict.fromkeys(("visited", "contested", "at_the_till", "own", "paid", "against"), 0)
    for order in orders:
        at: datetime = order["date"]
        visits = []
        for click in clicks:
            named = click.get("order_id")
            mine = named == order["id"] if named is not None else click.get("buyer_id") == order["buyer_id"]
            first_day = at.date() - timedelta(days=days)
            if mine and click.get("kind") != "cart" and first_day <= click["date"].date() and click["date"] <= at:
                visits.append((click["date"], click["participant_id"]))
        if not visits:
            continue
        visits.sort()
        last, first = visits[-1][1], visits[0][1]
        everybody = {who for _, who in visits}
        found["visited"] += 1
        found["contested"] += len(everybody) > 1
        found["at_the_till"] += (at - visits[-1][0]).total_seconds() <= seconds and last != first
        found["own"] += order["buyer_id"] in everybody
        paid = {
            row["participant_id"]
            for row in payouts
            if row["source_order_id"] == order["id"] and kinds.get(row["participant_id"]) == "affiliate"
        }
        if paid:
            found["paid"] += 1
            found["against"] += (order.get("coupon_id") or last) not in paid
    return found
