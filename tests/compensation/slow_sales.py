"""Two-tier, manager, referral, fast start, coded, own-rate, team and retail commissions again, slow and obvious.

Written from the definitions (docs/plans/sales-and-starting.md, docs/plans/affiliate-and-referral.md): one order after the
other, the tree walked by following sponsors. Nothing here knows of the engine.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from tests.compensation.slow_attribution import Order, People
from tests.compensation.slow_unilevel import whole

Lines = dict[tuple[str, str, int], int]
"""(order, who, level) -> amount."""
CUSTOMERS = ("customer", "preferred_customer")


@dataclass
class World:
    """Who there is, who may earn, and what was ordered."""

    people: People
    orders: list[Order]
    active: dict[str, bool]
    product: dict[str, str | None]
    mode: str = "half_up"

    def stands(self, order: Order) -> Order:
        """The order as which it stands: the one that it takes back, or itself."""
        if order.reverses is None or order.base >= 0:
            return order
        return next((each for each in self.orders if each.id == order.reverses), order)

    def above(self, who: str | None) -> str | None:
        """The sponsor."""
        return self.people.sponsor.get(who) if who is not None else None

    def credited(self, order: Order) -> str | None:
        """The buyer where he is in the network, else the seller."""
        return next((who for who in (order.buyer, order.seller) if who in self.people.sponsor), None)

    def seller(self, order: Order) -> str | None:
        """The seller; else the sponsor of a customer who bought; else the buyer."""
        if order.seller in self.people.sponsor:
            return order.seller
        if order.buyer in self.people.sponsor and self.people.kind[order.buyer] in CUSTOMERS:
            return self.above(order.buyer)
        return order.buyer if order.buyer in self.people.sponsor else None

    def levels(self, who: str | None, count: int, skip: bool) -> Iterator[tuple[int, str | None]]:
        """Level by level above somebody; None where nobody can earn."""
        level, here = 0, who
        while level < count and here is not None:
            here = self.above(here)
            if here is None:
                break
            if not self.active[here] and skip:
                continue
            level += 1
            yield level, here if self.active[here] else None

    def round(self, exact: Fraction) -> int:
        """By the plan's mode."""
        return whole(exact, self.mode)

    def back(self, order: Order, amount: int) -> int:
        """A fixed amount with the order's sign, in proportion where only a part is taken back."""
        stands = self.stands(order)
        if stands is order:
            return amount if order.base >= 0 else -amount
        return -whole(Fraction(amount * abs(order.base), abs(stands.base)), "half_up")


def affiliate(world: World, rate: Fraction) -> Lines:
    """A flat rate to the seller, own purchases excluded."""
    found: Lines = {}
    for order in world.orders:
        stands = world.stands(order)
        who = world.seller(stands)
        if who is None or world.people.same(who, stands.buyer) or not world.active[who]:
            continue
        found[order.id, who, 0] = world.round(order.base * rate)
    return found


def two_tier(world: World, sale: Lines, rates: list[Fraction], share_of: str, skip: bool) -> Lines:
    """Tiers above the affiliate."""
    found: Lines = {}
    for order in world.orders:
        mine = [(who, amount) for (number, who, _), amount in sale.items() if number == order.id]
        for who, commission in mine:
            base = {"commission": commission, "sale": order.base, "remainder": order.base - commission}[share_of]
            for level, above in world.levels(who, len(rates), skip):
                amount = world.round(base * rates[level - 1])
                if above is None or base == 0:
                    continue
                found[order.id, above, level] = amount
                if share_of == "remainder":
                    base -= amount
    return found


def manager(world: World, rate: Fraction, on: str, manager_of: dict[str, str | None], excluded: set[str]) -> Lines:
    """The affiliates' manager."""
    found: Lines = {}
    for order in world.orders:
        who = world.seller(world.stands(order))
        if on == "managed":
            chosen = [manager_of[who]] if who is not None and manager_of[who] and who not in excluded else []
        else:
            chosen = [name for name, kind in world.people.kind.items() if kind == "affiliate_manager"]
            if on == "producer" and who is not None and world.people.kind[who] != "producer":
                chosen = []
        for name in chosen:
            if name is not None and world.active[name]:
                found[order.id, name, 0] = world.round(order.base * rate)
    return found


def referral(world: World, referrer: int | None, referred: Fraction | None, least: int, reaching: bool) -> Lines:
    """A fixed sum to the referrer and a share of the first order to the new customer, on that first order."""
    done: set[str] = set()
    causes: set[str] = set()
    for order in world.orders:
        if order.buyer is None or order.base < 0 or order.buyer in done or (reaching and order.base < least):
            continue
        done.add(order.buyer)
        if order.base >= least:
            causes.add(order.id)
    found: Lines = {}
    for order in world.orders:
        stands = world.stands(order)
        if stands.id not in causes:
            continue
        buyer = stands.buyer if stands.buyer in world.people.sponsor else None
        brought = next(
            (who for who in (stands.coupon, world.above(buyer), stands.seller) if who in world.people.sponsor), None
        )
        if brought is None or world.people.same(brought, stands.buyer):
            continue
        if referrer is not None and world.active[brought]:
            found[order.id, brought, 1] = world.back(order, referrer)
        if referred is not None and buyer is not None and world.active[buyer]:
            found[order.id, buyer, 2] = world.round(order.base * referred)
    return found


def fast_start(
    world: World,
    rates: list[Fraction] | None,
    amounts: list[int],
    first_orders: int | None,
    caps: list[int | None] | None,
    skip: bool,
    period: dict[str, str],
) -> Lines:
    """On a member's first orders, a few levels up, capped per member and period."""
    count: dict[str, int] = defaultdict(int)
    number: dict[str, int] = {}
    for order in world.orders:
        if order.base > 0 and order.buyer in world.people.sponsor:
            number[order.id] = count[order.buyer]  # type: ignore[index]
            count[order.buyer] += 1  # type: ignore[index]
    found: Lines = {}
    full: Lines = {}
    spent: dict[tuple[str, str, int], int] = defaultdict(int)
    depth = len(rates if rates is not None else amounts)
    for order in world.orders:
        stands = world.stands(order)
        if stands.buyer not in world.people.sponsor:
            continue
        if first_orders is not None and number.get(stands.id, first_orders) >= first_orders:
            continue
        for level, who in world.levels(stands.buyer, depth, skip):
            if who is None:
                continue
            value = (
                world.back(order, amounts[level - 1]) if rates is None else world.round(order.base * rates[level - 1])
            )
            cap = caps[level - 1] if caps is not None else None
            key = (stands.buyer, period[order.id], level)
            taken = value
            theirs = (stands.id, who, level)
            if cap is not None:
                if stands is not order and found.get(theirs) != full.get(theirs):
                    taken = whole(Fraction(order.base * found[theirs], stands.base), "half_up")
                else:
                    taken = min(value, max(cap - spent[key], 0))
                spent[key] += taken
            found[order.id, who, level], full[order.id, who, level] = taken, value
    return found


def coded(
    world: World, rate: Fraction, passes_up: int, rank: dict[str, int], needs: dict[str, int], every: bool
) -> Lines:
    """To whom each member's line is coded at the first sale, and what that earns."""
    passed: dict[str, int] = defaultdict(int)
    holder: dict[str, str | None] = {}
    first: dict[str, str] = {}
    found: Lines = {}
    for order in world.orders:
        stands = world.stands(order)
        member = world.credited(stands)
        if member is None:
            continue
        if member not in holder and order.base > 0:
            above = world.above(member)
            sponsor = above
            need = needs.get(world.product[order.id] or "", 0)
            while above is not None:
                holds = passed[above] >= passes_up or world.above(above) is None
                if holds and rank[above] >= need and world.active[above]:
                    break
                above = world.above(above)
            holder[member], first[member] = above, order.id
            if sponsor is not None:
                passed[sponsor] += 1
        who = holder.get(member)
        if who is not None and world.active[who] and (every or first[member] == stands.id):
            found[order.id, who, 0] = world.round(order.base * rate)
    return found


def own_rate(
    world: World, rate: dict[str, Fraction], of: tuple[str, ...], new: set[tuple[str, str]], after: bool,
    period: dict[str, str],
) -> Lines:  # fmt: skip
    """A rate on own orders and on those of direct recruits."""
    found: Lines = {}
    for order in world.orders:
        stands = world.stands(order)
        who = world.credited(order)
        if who is None:
            continue
        fresh = (who, period[stands.id]) in new
        above = world.above(who)
        if "own" in of and not (after and fresh) and who in rate and world.active[who]:
            found[order.id, who, 0] = world.round(order.base * rate[who])
        counts = "recruits" in of or ("new_recruits" in of and fresh)
        if counts and above is not None and above in rate and world.active[above]:
            found[order.id, above, 1] = world.round(order.base * rate[above])
    return found


def team(world: World, steps: list[tuple[Fraction, int, int]], least: int, period: dict[str, str]) -> Lines:
    """A rate on recruits' orders by how many of them bought enough, and by the own purchases."""
    volume: dict[tuple[str, str], int] = defaultdict(int)
    for order in world.orders:
        who = world.credited(order)
        if who is not None:
            volume[who, period[order.id]] += order.base
    found: Lines = {}
    for order in world.orders:
        month = period[world.stands(order).id]
        above = world.above(world.credited(order))
        if above is None or not world.active[above]:
            continue
        busy = sum(1 for who in world.people.sponsor if world.above(who) == above and volume[who, month] >= least)
        met = [rate for rate, recruits, own in steps if busy >= recruits and volume[above, month] >= own]
        if met:
            found[order.id, above, 1] = world.round(order.base * met[-1])
    return found


def retail(world: World, cost: dict[str, int], rate: Fraction, of: str) -> Lines:
    """The seller's margin on what customers, or he himself, bought."""
    found: Lines = {}
    for order in world.orders:
        stands = world.stands(order)
        inside = stands.buyer in world.people.sponsor
        customer = not inside or world.people.kind[stands.buyer] in CUSTOMERS  # type: ignore[index]
        who = world.seller(stands)
        wanted = {"customers": customer, "own_orders": not customer, "both": True}[of]
        if who is not None and wanted and world.active[who]:
            found[order.id, who, 0] = world.round((order.base - cost[order.id]) * rate)
    return found


def deduct(
    world: World, lines: Lines, rates: list[Fraction], period: dict[str, str], give_back: bool
) -> dict[tuple[str, str, int], int]:
    """(period, who, which) -> what is withheld of a period's awards."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for (order, who, _), amount in lines.items():
        sums[period[order], who] += amount
    return {
        (month, who, which): world.round(-total * rate)
        for (month, who), total in sums.items()
        for which, rate in enumerate(rates, start=1)
        if total > 0 or (total < 0 and give_back)
    }
