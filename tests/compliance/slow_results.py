"""What each participant paid, was paid and was left with, and the figures made of it: from the definitions, with dicts.

People are dicts with `sponsor` (a place or None), `day` (of joining, counted from the first of the year) and `country`;
orders have `buyer` (a place or "customer"), `seller`, `category`, `day`, `amount`; payouts `payee`, `order` (a place or
None), `day`, `amount`; refunds `person`, `day`, `amount`.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

JOINING = ("fee", "starter_kit", "deposit")
World = dict[str, list[dict[str, Any]]]


def paid_in(world: World, person: int) -> int:
    """Orders less refunds."""
    bought = sum(each["amount"] for each in world["orders"] if each["buyer"] == person)
    return bought - sum(each["amount"] for each in world["refunds"] if each["person"] == person)


def paid_out(world: World, person: int) -> int:
    """Payouts."""
    return sum(each["amount"] for each in world["payouts"] if each["payee"] == person)


def goods(world: World, person: int) -> int:
    """What a participant bought that can be used."""
    own = [each for each in world["orders"] if each["buyer"] == person]
    return sum(each["amount"] for each in own if each["category"] in ("product", "autoship"))


def net(world: World, person: int) -> int:
    """Payouts less what was paid in."""
    return paid_out(world, person) - paid_in(world, person)


def outside(world: World) -> int:
    """Customers' orders."""
    return sum(each["amount"] for each in world["orders"] if each["buyer"] == "customer")


def mostly_recruiting(world: World, without: tuple[str, ...] = ()) -> tuple[int, int]:
    """How many payees have more than half of their pay from joining payments, and how many payees there are."""
    payees, mostly = 0, 0
    for person in range(len(world["people"])):
        total = paid_out(world, person)
        if total <= 0:
            continue
        payees += 1
        joining = sum(
            each["amount"]
            for each in world["payouts"]
            if each["payee"] == person
            and each["order"] is not None
            and (order := world["orders"][each["order"]])["buyer"] != "customer"
            and order["category"] in JOINING
            and order["category"] not in without
        )
        mostly += Fraction(joining, total) > Fraction(1, 2)
    return mostly, payees


def newcomers_money(world: World, days: int) -> int:
    """Orders of participants from the day of joining on, fewer than so many days later."""
    return sum(
        each["amount"]
        for each in world["orders"]
        if each["buyer"] != "customer" and 0 <= each["day"] - world["people"][each["buyer"]]["day"] < days
    )


def distance(world: World, payout: dict[str, Any]) -> int | None:
    """Sponsor links from the buyer of the source order up to the payee; None where he is not above."""
    if payout["order"] is None:
        return None
    person, links = world["orders"][payout["order"]]["buyer"], 0
    if person == "customer":
        return None
    while person is not None:
        if person == payout["payee"]:
            return links
        person, links = world["people"][person]["sponsor"], links + 1
    return None


def median(values: list[int]) -> Fraction:
    """The middle value, or half the sum of the two in the middle."""
    ordered, n = sorted(values), len(values)
    return Fraction(ordered[(n - 1) // 2] + ordered[n // 2], 2)


def could_break_even(costs: list[int], total: int) -> int:
    """How many of the smallest costs the total covers."""
    covered = 0
    for cost in sorted(costs):
        if cost > total:
            break
        covered, total = covered + 1, total - cost
    return covered
