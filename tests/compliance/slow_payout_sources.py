"""What payouts came from, one line at a time; and a two-level plan paid out by hand.

Orders are dicts with `buyer` (a participant's place, "customer" or None), `seller`, `category`, `month`, `amount`; payouts
are dicts with `payee`, `order` (a place in the orders or None) and `amount`. Nothing here knows of any table.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import Any

GOODS = ("product", "autoship", None)
JOINING = {"starter_kit": "starter_kits", "fee": "fees", "deposit": "deposits", "training": "training_tools",
           "sales_tool": "training_tools"}  # fmt: skip


def source(order: dict[str, Any] | None) -> str:
    """What one payout came from."""
    if order is None:
        return "untraced"
    if order["buyer"] == "customer":
        return "customers"
    if order["category"] in JOINING:
        return JOINING[order["category"]]
    return "unknown_buyer" if order["buyer"] is None else "own_use"


def by_source(orders: list[dict[str, Any]], payouts: list[dict[str, Any]]) -> dict[str, int]:
    """Sums of payouts by what they came from."""
    sums: dict[str, int] = defaultdict(int)
    for payout in payouts:
        sums[source(None if payout["order"] is None else orders[payout["order"]])] += payout["amount"]
    return dict(sums)


def within_allowance(orders: list[dict[str, Any]], payouts: list[dict[str, Any]], allowance: int) -> int:
    """Payouts on own goods, of each buyer and month the part that lies within the allowance, rounded down."""
    goods: dict[Any, int] = defaultdict(int)
    paid: dict[Any, int] = defaultdict(int)
    for order in orders:
        if source(order) == "own_use":
            goods[order["buyer"], order["month"]] += order["amount"]
    for payout in payouts:
        order = None if payout["order"] is None else orders[payout["order"]]
        if order is not None and source(order) == "own_use":
            paid[order["buyer"], order["month"]] += payout["amount"]
    return sum(int(Fraction(paid[key] * min(goods[key], allowance), goods[key])) for key in paid if goods[key] > 0)


def from_discount_only(
    sponsors: list[int | None], orders: list[dict[str, Any]], payouts: list[dict[str, Any]], allowance: int
) -> int:
    """Payouts on own goods of those without recruits or pay whose goods stayed within the allowance every month."""
    goods: dict[Any, dict[Any, int]] = defaultdict(lambda: defaultdict(int))
    for order in orders:
        if source(order) == "own_use":
            goods[order["buyer"]][order["month"]] += order["amount"]
    paid_out: dict[Any, int] = defaultdict(int)
    for payout in payouts:
        paid_out[payout["payee"]] += payout["amount"]
    modest = {
        person
        for person, months in goods.items()
        if person not in sponsors and paid_out[person] <= 0 and max(months.values()) <= allowance
        and sum(months.values()) > 0
    }  # fmt: skip
    return sum(
        payout["amount"]
        for payout in payouts
        if payout["order"] is not None
        and source(orders[payout["order"]]) == "own_use"
        and orders[payout["order"]]["buyer"] in modest
    )


def two_levels(sponsors: list[int | None], orders: list[dict[str, Any]]) -> int:
    """10 % and 5 % to the two levels above a participant's own order, and to a customer's seller and the one above him;
    each rounded half up."""
    total = 0
    for order in orders:
        person = order["seller"] if order["buyer"] == "customer" else sponsors[order["buyer"]]
        for percent in (10, 5):
            if person is not None:
                total += int(Fraction(order["amount"] * percent, 100) + Fraction(1, 2))
                person = sponsors[person]
    return total
