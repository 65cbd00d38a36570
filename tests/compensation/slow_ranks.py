"""Conditions and ranks again, slow and obvious: dictionaries and exact fractions, one person and one condition a time.

Written from the definitions in docs/plans/frame.md and not from the engine. A requirement is the plain mapping that
stands in a plan. Ranks are found by recomputing everybody from everybody else's rank until nothing changes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any


@dataclass
class SlowOrder:
    """An order; `buyer` is a participant, or the name of an outside customer, or nobody."""

    buyer: str | None
    seller: str | None
    volume: int
    month: int
    category: str | None = None
    reverses: int | None = None


@dataclass
class SlowWorld:
    """People, two trees, orders; months are numbered from 0."""

    sponsor: dict[str, str | None]
    placement: dict[str, str | None]
    kind: dict[str, str | None]
    joined: dict[str, datetime | None]
    left: dict[str, datetime | None]
    orders: list[SlowOrder]
    closes: list[datetime]
    customers_count: bool = True
    least_to_be_active: int = 0
    facts: dict[tuple[str, str], str] = field(default_factory=dict)
    """(participant, fact) -> value, in every month."""


CUSTOMERS = ("customer", "preferred_customer")


class SlowMonth:
    """What holds in one month."""

    def __init__(self, world: SlowWorld, month: int, rank: dict[str, int], rank_order: list[str]) -> None:
        self.world, self.month, self.rank, self.rank_order = world, month, rank, rank_order
        self.orders = [(number, order) for number, order in enumerate(world.orders) if order.month == month]

    def parent(self, tree: str, who: str) -> str | None:
        return (self.world.sponsor if tree == "sponsor" else self.world.placement).get(who)

    def children(self, tree: str, who: str) -> list[str]:
        return [each for each in self.world.sponsor if self.parent(tree, each) == who]

    def below(self, tree: str, who: str) -> list[str]:
        found = [who]
        for child in self.children(tree, who):
            found += self.below(tree, child)
        return found

    def personal(self, who: str) -> int:
        total = 0
        for _, order in self.orders:
            outside = order.buyer not in self.world.sponsor and order.seller == who
            if order.buyer == who or (outside and self.world.customers_count):
                total += order.volume
        return total

    def group(self, tree: str, who: str) -> int:
        return sum(self.personal(each) for each in self.below(tree, who))

    def active(self, who: str) -> bool:
        return self.personal(who) >= self.world.least_to_be_active

    def present(self, who: str) -> bool:
        joined, left = self.world.joined[who], self.world.left[who]
        close = self.world.closes[self.month]
        return (joined is None or joined < close) and (left is None or left >= close)

    def meets(self, who: str, asked: dict[str, Any], reached: int = 0) -> bool:
        """Whether everything asked holds; `reached` is the rank that he has already shown to have."""
        for key, value in asked.items():
            if key == "any_of":
                if not any(self.meets(who, each, reached) for each in value):
                    return False
                continue
            several = value if isinstance(value, list) else [value]
            if key.endswith(("volume", "leg")):
                several = [{"at_least": each} if isinstance(each, str) else each for each in several]
            test = self.reached_rank if key == "rank" else getattr(self, key)
            if not all(test(who, each, reached) for each in several):
                return False
        return True

    @staticmethod
    def least(each: Any) -> Fraction:
        return Fraction(each["at_least"])

    def personal_volume(self, who: str, each: Any, _: int) -> bool:
        return self.personal(who) >= self.least(each)

    def group_volume(self, who: str, each: Any, _: int) -> bool:
        tree = each.get("tree", "sponsor")
        required = self.least(each)
        own = self.personal(who) if each.get("includes_own", True) else 0
        if "levels" in each:
            ring, total = [who], 0
            for _level in range(each["levels"]):
                ring = [child for above in ring for child in self.children(tree, above)]
                total += sum(self.personal(each) for each in ring)
            return own + total >= required

        def leg(head: str) -> int:
            """What a leg brings: its people up to the first leader of each line."""
            without = each.get("without", {})
            if "rank" in without and self.rank[head] >= self.rank_order.index(without["rank"]) + 1:
                return 0
            if "fact" in without and self.world.facts.get((head, without["fact"])) == "true":
                return 0
            return self.personal(head) + sum(leg(child) for child in self.children(tree, head))

        counted = Fraction(own)
        for head in self.children(tree, who):
            most = Fraction(each["max_share_per_leg"]) * required if "max_share_per_leg" in each else None
            if "max_per_leg" in each:
                most = Fraction(each["max_per_leg"])
            counted += leg(head) if most is None else min(Fraction(leg(head)), most)
        return counted >= required

    def leg_volume(self, who: str, each: Any, _: int) -> bool:
        return self.group(each.get("tree", "sponsor"), who) - self.personal(who) >= self.least(each)

    def leg_sizes(self, who: str, tree: str) -> list[int]:
        return sorted((self.group(tree, head) for head in self.children(tree, who)), reverse=True)

    def legs(self, who: str, each: Any, _: int) -> bool:
        sizes = self.leg_sizes(who, each.get("tree", "sponsor"))
        return sum(size >= Fraction(each["min_volume"]) for size in sizes) >= each["count"]

    def strongest_leg(self, who: str, each: Any, _: int) -> bool:
        sizes = self.leg_sizes(who, each.get("tree", "sponsor"))
        return (sizes[0] if sizes else 0) >= self.least(each)

    def weakest_leg(self, who: str, each: Any, _: int) -> bool:
        sizes = self.leg_sizes(who, each.get("tree", "sponsor"))
        of = each.get("of", 2)
        return (sizes[of - 1] if len(sizes) >= of else 0) >= self.least(each)

    def outside_strongest_leg(self, who: str, each: Any, _: int) -> bool:
        own = self.personal(who) if each.get("includes_own", False) else 0
        return own + sum(self.leg_sizes(who, each.get("tree", "sponsor"))[1:]) >= self.least(each)

    def qualified_legs(self, who: str, each: Any, _: int) -> bool:
        tree, needed = each.get("tree", "sponsor"), self.rank_order.index(each["rank"]) + 1
        count = 0
        for head in self.children(tree, who):
            people = [head] if each.get("depth") == "head" else self.below(tree, head)
            count += any(self.rank[one] >= needed for one in people)
        return count >= each["count"]

    def counts_as_recruit(self, who: str, each: Any, *, active: bool) -> bool:
        if self.world.kind[who] in CUSTOMERS or not self.present(who):
            return False
        if active and not self.active(who):
            return False
        return self.personal(who) >= Fraction(each["min_volume"]) if "min_volume" in each else True

    def recruits(self, who: str, each: Any, _: int) -> bool:
        mine = self.children("sponsor", who)
        return sum(self.counts_as_recruit(one, each, active=each.get("active", False)) for one in mine) >= each["count"]

    def recruit_in_each_leg(self, who: str, each: Any, _: int) -> bool:
        mine = [one for one in self.children("sponsor", who) if self.counts_as_recruit(one, each, active=True)]
        sides = 0
        for head in self.children("placement", who):
            sides += sum(one in self.below("placement", head) for one in mine) >= each.get("count", 1)
        return sides >= each.get("legs", 2)

    def customers_of(self, who: str) -> dict[str, list[SlowOrder]]:
        found: dict[str, list[SlowOrder]] = {}
        for number, order in self.orders:
            if order.buyer in self.world.sponsor:
                if self.world.kind[order.buyer] in CUSTOMERS and self.world.sponsor[order.buyer] == who:
                    found.setdefault(order.buyer, []).append(order)
            elif order.seller == who:
                first = number if order.reverses is None else order.reverses
                found.setdefault(order.buyer or f"order {first}", []).append(order)
        return found

    def customers(self, who: str, each: Any, _: int) -> bool:
        people = [who] if each.get("personal", True) else self.below("sponsor", who)
        count = 0
        for one in people:
            for bought in self.customers_of(one).values():
                net = sum(-1 if order.volume < 0 else 1 for order in bought)
                enough = sum(order.volume for order in bought) >= Fraction(each.get("min_volume", "-1000000"))
                count += net > 0 and enough
        return count >= each["count"]

    def from_customers(self, who: str) -> int:
        return sum(order.volume for bought in self.customers_of(who).values() for order in bought)

    def own_purchases(self, who: str) -> int:
        if self.world.kind[who] in CUSTOMERS:
            return 0
        return sum(order.volume for _, order in self.orders if order.buyer == who)

    def customer_volume(self, who: str, each: Any, _: int) -> bool:
        people = [who] if each.get("personal", True) else self.below("sponsor", who)
        return sum(map(self.from_customers, people)) >= self.least(each)

    def customer_share(self, who: str, each: Any, _: int) -> bool:
        of = each.get("of", "personal")
        people = self.below("sponsor", who) if of == "group" else [who]
        part = sum(map(self.from_customers, people))
        whole = sum(map(self.own_purchases, people)) + (0 if of == "purchases" else part)
        return part >= Fraction(each["at_least"]) * whole

    def own_orders(self, who: str, each: Any, _: int) -> bool:
        count = 0
        for number, order in self.orders:
            if order.buyer != who or order.volume < 0:
                continue
            if each.get("categories") and order.category not in each["categories"]:
                continue
            backs = [back.volume for _, back in self.orders if back.reverses == number]
            left = order.volume + sum(backs)
            if backs and left <= 0:
                continue
            count += left >= Fraction(each.get("min_volume", "-1000000"))
        return count >= each.get("count", 1)

    def autoship(self, who: str, each: Any, reached: int) -> bool:
        return self.own_orders(who, {**each, "categories": ["autoship"]}, reached)

    def facts(self, who: str, each: Any, _: int) -> bool:
        return self.world.facts.get((who, each), "true") == "true"

    def stated(self, who: str, each: Any, _: int) -> bool:
        return self.world.facts.get((who, each)) == "true"

    def reached_rank(self, who: str, each: Any, reached: int) -> bool:
        return reached >= self.rank_order.index(each) + 1


def qualify(world: SlowWorld, month: int, ranks: dict[str, Any]) -> dict[str, int]:
    """The rank that everybody qualifies for in a month: 0 none, 1 the lowest."""
    order = ranks["order"]
    base = order.index(ranks["unranked"]) + 1 if "unranked" in ranks else 0
    rank = dict.fromkeys(world.sponsor, base)
    while True:
        here = SlowMonth(world, month, dict(rank), order)
        found = {}
        for who in world.sponsor:
            reached = base
            for index in range(base + 1, len(order) + 1):
                if here.meets(who, ranks["qualifications"][order[index - 1]], reached):
                    reached = index
                elif ranks.get("cumulative", True):
                    break
            found[who] = reached
        if found == rank:
            return rank
        rank = found


def careers(world: SlowWorld, ranks: dict[str, Any], months: int) -> list[dict[str, tuple[int, int, int]]]:
    """Per month, everybody's (qualified, held, title)."""
    order = ranks["order"]
    base = order.index(ranks["unranked"]) + 1 if "unranked" in ranks else 0
    history: dict[str, list[int]] = {who: [] for who in world.sponsor}
    held, title, missed = (dict.fromkeys(world.sponsor, value) for value in (base, base, 0))
    result = []
    for month in range(months):
        now = qualify(world, month, ranks)
        for who in world.sponsor:
            history[who].append(now[who])
            given = base
            for index in range(base + 1, len(order) + 1):
                maintain = ranks.get("maintain", {})
                needed = maintain.get("by_rank", {}).get(order[index - 1], maintain.get("periods", 1))
                last = history[who][-needed:]
                if len(last) == needed and all(each >= index for each in last):
                    given = index
            if now[who] >= held[who]:
                held[who], missed[who] = max(held[who], given), 0
            elif missed[who] < ranks.get("grace", 0):
                missed[who] += 1
            elif ranks.get("demotion", "at_once") == "at_once":
                held[who] = now[who]
            else:
                held[who] = max(now[who], held[who] - 1)
            if now[who] >= held[who]:
                missed[who] = 0
            title[who] = max(title[who], held[who])
        result.append({who: (now[who], held[who], title[who]) for who in world.sponsor})
    return result
