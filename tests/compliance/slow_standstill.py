"""What is left when nobody joins, month by month from the rows: dictionaries and fractions, nothing of the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

JOINING = ("fee", "starter_kit", "deposit")
Rows = Sequence[Mapping[str, Any]]


def standing(people: Rows, orders: Rows, payouts: Rows, months: Sequence[str]) -> dict[str, dict[str, int]]:
    """Money of each month by what it hangs on. Every date is `YYYY-MM-DD`; months are complete and in order."""
    joined = {row["id"]: row.get("joined") for row in people}
    members = {row["id"] for row in people if row.get("kind") != "customer"}
    by_order = {row["id"]: row for row in orders}

    def stays(order: Mapping[str, Any], month: str) -> bool:
        if order.get("category") in JOINING:
            return False
        since = joined.get(order["buyer_id"])
        return since is None or since[:7] < month

    names = ("outside", "staying", "goods", "newcomers", "on_customers", "on_staying", "on_joining", "untraced")
    found = {month: dict.fromkeys(names, 0) for month in months}
    for order in orders:
        month = order["date"][:7]
        if month not in found:
            continue
        sums = found[month]
        if order["buyer_id"] not in members:
            sums["outside"] += order["amount"]
            continue
        if order.get("category") not in JOINING:
            sums["goods"] += order["amount"]
        sums["staying" if stays(order, month) else "newcomers"] += order["amount"]
    for payout in payouts:
        month = payout["date"][:7]
        if month not in found:
            continue
        source = by_order.get(payout.get("source_order_id", ""))
        if source is None:
            name = "untraced"
        elif source["buyer_id"] not in members:
            name = "on_customers"
        elif source.get("category") in JOINING and source["buyer_id"] == payout["participant_id"]:
            name = "untraced"  # back to the payer himself: a promise
        else:
            name = "on_staying" if stays(source, month) else "on_joining"
        found[month][name] += payout["amount"]
    return found


def lasting(months: dict[str, dict[str, int]], left: Fraction, *, participants: bool, horizon: int = 120) -> int:
    """Months in which money carries payouts after the last recruit; the horizon where they never stop doing so."""
    names = sorted(months)
    last = [months[name] for name in names[-3:]]
    pairs = list(pairwise(names))[-12:]
    before = sum(months[a]["goods"] for a, _ in pairs)
    kept = Fraction(1)
    if before > 0:
        kept = min(kept, max(Fraction(0), Fraction(sum(months[b]["staying"] for _, b in pairs), before)))
    mean = {name: Fraction(sum(month[name] for month in last), 3) for name in last[0]}
    own = left * mean["staying"] if participants else Fraction(0)
    paid_on_own = mean["on_staying"]
    for ahead in range(horizon):
        own, paid_on_own = own * kept, paid_on_own * kept
        if mean["on_customers"] + mean["untraced"] + paid_on_own > left * mean["outside"] + own:
            return ahead
    return horizon
