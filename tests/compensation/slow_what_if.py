"""The changes of a what-if from their definitions, order by order and person by person, in dicts and Fractions."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from fractions import Fraction

CUSTOMERS = ("customer", "preferred_customer")


@dataclass(frozen=True)
class Person:
    """A row of the participants."""

    id: str
    sponsor: str | None
    kind: str | None = None
    joined: str | None = None


@dataclass(frozen=True)
class Order:
    """A row of the orders; `day` is text that sorts."""

    id: str
    day: str
    buyer: str | None
    seller: str | None
    amount: int
    volume: int
    buyer_kind: str | None = None
    reverses: str | None = None

    @property
    def period(self) -> str:
        """Its month."""
        return self.day[:7]


def whose(order: Order, people: dict[str, Person]) -> tuple[str, str | None]:
    """`own`, `customer` or `unknown`, and the participant to whom the order counts."""
    buyer = people.get(order.buyer or "")
    seller = order.seller if order.seller in people else None
    if buyer is not None:
        kind = buyer.kind if buyer.kind is not None else order.buyer_kind
        if kind in CUSTOMERS:
            above = buyer.sponsor if buyer.sponsor in people else None
            return "customer", seller or above
        return "own", buyer.id
    if order.buyer_kind is not None and order.buyer_kind not in CUSTOMERS:
        return "own", seller
    if order.buyer is None and order.buyer_kind is None and seller is None:
        return "unknown", None
    return "customer", seller


def origin(order: Order, orders: list[Order]) -> Order:
    """The order that one takes back; itself where it takes none back."""
    for each in orders:
        if each.id == order.reverses and order.amount < 0:
            return each
    return order


def retail_only(people: dict[str, Person], orders: list[Order]) -> list[Order]:
    """Orders of customers, and what takes them back."""
    return [order for order in orders if whose(origin(order, orders), people)[0] == "customer"]


def customer_limit(people: dict[str, Person], orders: list[Order], share: Fraction) -> list[Order]:
    """Own orders as far as customers bought, by amount."""
    in_time = sorted(orders, key=lambda order: order.day)
    bought: dict[tuple[str | None, str], int] = defaultdict(int)
    for order in in_time:
        side, who = whose(origin(order, orders), people)
        if side == "customer":
            bought[who, order.period] += order.amount
    counted: dict[str, int] = {}
    used: dict[tuple[str | None, str], int] = defaultdict(int)
    for order in in_time:
        side, who = whose(origin(order, orders), people)
        if side != "own" or who is None or order.amount <= 0:
            continue
        limit = int(max(bought[who, order.period], 0) * (1 - share) / share)
        counted[order.id] = max(0, min(order.amount, limit - used[who, order.period]))
        used[who, order.period] += counted[order.id]
    result = []
    for order in orders:
        first = origin(order, orders)
        if first.id not in counted or (first is not order and first.amount == 0):
            result.append(order)
            continue
        part = Fraction(counted[first.id], first.amount)
        # of the order itself the rest of its quantities follow its amount, so does what takes it back
        amount = int(order.amount * part)
        if amount == 0:
            continue
        volume = int(order.volume * Fraction(amount, order.amount))
        result.append(replace(order, amount=amount, volume=volume))
    return result


def remove(people: dict[str, Person], orders: list[Order], gone: set[str]) -> tuple[dict[str, Person], list[Order]]:
    """Without some people: who stood below moves up, orders credited to them vanish."""

    def climb(sponsor: str | None) -> str | None:
        while sponsor in gone:
            sponsor = people[sponsor].sponsor
        return sponsor

    left = {p.id: replace(p, sponsor=climb(p.sponsor)) for p in people.values() if p.id not in gone}
    kept = []
    for order in orders:
        credited = order.buyer if order.buyer in people else order.seller
        if credited not in gone:
            kept.append(order)
    return left, kept


def joined_later(people: dict[str, Person], orders: list[Order], last_day: str) -> set[str]:
    """Who joined after a day; the first credited order tells where nothing else does."""
    later = set()
    for person in people.values():
        joined = person.joined
        if joined is None:
            days = [o.day for o in orders if (o.buyer if o.buyer in people else o.seller) == person.id]
            joined = min(days, default=None)
        if joined is not None and joined > last_day:
            later.add(person.id)
    return later


def gated(people: dict[str, Person], orders: list[Order], share: Fraction, of: str) -> set[tuple[str, str]]:
    """Whoever does not reach the customer share in a period, as (participant, period)."""

    def below(top: str) -> set[str]:
        if of == "company":
            return set(people)
        if of == "personal":
            return {top}
        found = {top}
        while more := {p.id for p in people.values() if p.sponsor in found} - found:
            found |= more
        return found

    short = set()
    for period in {order.period for order in orders}:
        for person in people:
            group, sums = below(person), {"own": 0, "customer": 0, "unknown": 0}
            for order in orders:
                side, who = whose(origin(order, orders), people)
                if order.period == period and (who in group or of == "company"):
                    sums[side] += order.amount
            if sums["customer"] < share * (sums["own"] + sums["customer"]):
                short.add((person, period))
    return short
