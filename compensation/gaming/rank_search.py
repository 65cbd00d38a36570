"""The cheapest way to each rank: least money that must reach the company for somebody to qualify, found by search.

A way is an own purchase, legs (one more position, or a whole cheapest way to a lower rank, with an extra purchase at its
head), and purchases by invented customers; all of it is paid for by somebody, and all of it counts. Every volume takes
the values at which a condition of the rank changes, or what is missing to a group's total. The ways are put to the
engine in order of cost, hundreds in one computation; the first that qualifies is then thinned out until nothing in it
can be left away. A search so bounded finds a cheapest way of this form and says how many it tried.

Reference: the conditions are those of `compensation.standing.requirements`; what qualifying costs
somebody without customers is our definition, docs/plans/gaming.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import combinations, islice, product
from typing import TYPE_CHECKING, Any

import polars as pl

from compensation.evaluation import Evaluation
from compensation.gaming.goods import VOLUME_UNIT, Goods, Item
from compensation.gaming.world import World
from compensation.standing.requirements import GroupVolume

if TYPE_CHECKING:
    from compensation.gaming.terms import Terms
    from compensation.plan import Plan

MOST_WAYS = 20_000
"""Ways that are put to the engine for one rank."""
MOST_POSITIONS = 400
"""Positions of one way."""
_BATCH = 500


@dataclass(frozen=True)
class Way:
    """One way to a rank: volumes in thousandths of a point."""

    own: int = 0
    legs: tuple[Way, ...] = ()
    customers: tuple[int, ...] = ()
    """What each invented customer buys."""

    @property
    def positions(self) -> int:
        """Positions in it, the one at the top included."""
        return 1 + sum(leg.positions for leg in self.legs)

    @property
    def volume(self) -> int:
        """Everything bought in it."""
        return self.own + sum(self.customers) + sum(leg.volume for leg in self.legs)

    @property
    def sold(self) -> int:
        """What invented customers buy in it."""
        return sum(self.customers) + sum(leg.sold for leg in self.legs)

    @property
    def everyone(self) -> Iterator[Way]:
        """Itself and every position below."""
        yield self
        for leg in self.legs:
            yield from leg.everyone


@dataclass(frozen=True)
class Reached:
    """What the search found for a rank."""

    rank: str
    way: Way | None
    """Nothing where no way of this form qualifies."""
    cost: int
    """Minor units, everybody's purchases together."""
    pay: dict[str, int] = field(default_factory=dict)
    """What the plan pays to all the positions in that period, by component."""
    tried: int = 0


class Search:
    """The search over one plan; ways to lower ranks are found first and used as legs."""

    def __init__(self, plan: Plan, goods: Goods, terms: Terms) -> None:
        assert plan.ranks is not None, "a plan with ranks is needed"
        self.plan, self.goods, self.terms, self.ranks = plan, goods, terms, plan.ranks
        self.joining = sum(item.price for item in goods.joining)
        # what every position must buy to be active, where the plan asks
        self.active = sum(item.volume for item in goods.regular) if goods.asked else 0
        self.found: dict[str, Reached] = {}

    def all(self) -> list[Reached]:
        """Every rank that is qualified for, lowest first."""
        for rank in self.ranks.order:
            if rank in self.ranks.qualifications:
                self.found[rank] = self.cheapest(rank)
        return list(self.found.values())

    def cost(self, way: Way) -> int:
        """What everybody in it pays, minor units."""
        return sum(self._price(each) for each in way.everyone)

    def _price(self, one: Way) -> int:
        return (
            self.joining
            + sum(item.price for item in self._items(one.own))
            + sum(self._item(volume).price for volume in one.customers)
        )

    def _items(self, volume: int) -> list[Item]:
        """An own purchase in as many orders as the plan asks for."""
        if not volume:
            return []
        number = max(len(self.goods.regular), 1)
        return [self._item(volume).part(index, number) for index in range(number)]

    def _item(self, volume: int) -> Item:
        like = self.goods.regular[0] if self.goods.regular else Item(0, 0, 0, "product")
        exact = Fraction(volume, VOLUME_UNIT) * 10**self.goods.scale
        if self.plan.volumes.measure != "amount":
            exact /= self.terms.points_per_unit
        price = -(-exact.numerator // exact.denominator)
        share = price * self.terms.wholesale
        return replace(like, price=price, volume=volume, cost=-(-share.numerator // share.denominator))

    # One rank

    def cheapest(self, rank: str) -> Reached:
        """The cheapest way to one rank."""
        ways = sorted(dict.fromkeys(self._ways(rank)), key=lambda way: (self.cost(way), way.positions))
        ways = ways[:MOST_WAYS]
        number = self.ranks.index(rank)
        size = 40  # the cheapest are asked first, few at a time; later ones in larger numbers
        start = 0
        while start < len(ways):
            batch = ways[start : start + size]
            for index, reached in enumerate(self._reached(batch)):
                if reached >= number:
                    way, more = self._thinned(batch[index], number)
                    return Reached(rank, way, self.cost(way), self._pay(way), start + index + 1 + more)
            start, size = start + len(batch), min(size * 2, _BATCH)
        return Reached(rank, None, 0, tried=len(ways))

    def _thinned(self, way: Way, number: int) -> tuple[Way, int]:
        """The way without whatever can be left away; and how many more ways were tried."""
        tried = 0
        while True:
            thinner = sorted(dict.fromkeys(_thinner(way)), key=self.cost)
            thinner = [each for each in thinner if self.cost(each) < self.cost(way)]
            tried += len(thinner)
            better = [each for each, got in zip(thinner, self._reached(thinner), strict=True) if got >= number]
            if not better:
                return way, tried
            way = better[0]

    def _reached(self, ways: list[Way]) -> list[int]:
        """The rank for which the one at the top of each way qualifies: 0 none, 1 the lowest."""
        if not ways:
            return []
        world = World(self.plan, self.goods.scale)
        tops = [self._build(world, way, None, f"{index}") for index, way in enumerate(ways)]
        evaluation = Evaluation(self.plan, world.books(), keep_lines=False)
        if not evaluation.periods:  # nobody buys anything in any of them
            return [0] * len(ways)
        qualified = evaluation.ranking.qualify(0)
        return [int(qualified[row]) for row in evaluation.rows(pl.Series(tops, dtype=pl.String))]

    def _build(self, world: World, way: Way, sponsor: str | None, name: str) -> str:
        world.join(name, sponsor)
        world.buy(name, *self.goods.joining, *self._items(way.own))
        world.sell(name, *(self._item(volume) for volume in way.customers))
        for index, leg in enumerate(way.legs):
            self._build(world, leg, name, f"{name}.{index}")
        return name

    def _pay(self, way: Way) -> dict[str, int]:
        world = World(self.plan, self.goods.scale)
        self._build(world, way, world.company, "0")
        return world.run().parts([name for name in world.sponsor if name != world.company])

    # What to try

    def _conditions(self, rank: str) -> list[tuple[str, Any]]:
        """Every condition that the rank may ask for, those of alternatives and of the ranks below too."""
        names = self.ranks.order[: self.ranks.index(rank)] if self.ranks.cumulative else [rank]
        asked = [self.ranks.qualifications[name] for name in names if name in self.ranks.qualifications]
        return [(key, condition) for each in asked for _, key, condition in each.everywhere()]

    def _ways(self, rank: str) -> Iterator[Way]:
        conditions = self._conditions(rank)
        own, heads, groups, counts = _critical(conditions)
        own, heads = own | {self.active}, heads | {self.active}
        lower = [
            reached.way
            for name, reached in self.found.items()
            if reached.way is not None and any(getattr(c, "rank", None) == name for _, c in conditions)
        ]
        kinds = dict.fromkeys(
            [Way(volume) for volume in sorted(heads)]
            + [replace(way, own=max(way.own, volume)) for way in lower for volume in sorted(heads)]
        )
        yield from islice(self._combined(list(kinds), own, groups, counts, conditions), 4 * MOST_WAYS)

    def _combined(
        self,
        kinds: list[Way],
        own: set[int],
        groups: set[int],
        counts: set[int],
        conditions: list[tuple[str, Any]],
    ) -> Iterator[Way]:
        for many in range(3):
            for chosen in combinations(kinds, many):
                for numbers in product(sorted(counts), repeat=many):
                    legs = tuple(kind for kind, number in zip(chosen, numbers, strict=True) for _ in range(number))
                    if sum(leg.positions for leg in legs) >= MOST_POSITIONS:
                        continue
                    for volume in sorted(own):
                        for way in _filled(Way(volume, legs), groups):
                            yield way
                            yield from _with_customers(way, conditions)


def _critical(conditions: list[tuple[str, Any]]) -> tuple[set[int], set[int], set[int], set[int]]:
    """Volumes at which own purchases, heads of legs, and groups meet a condition; and numbers of legs."""
    own, heads, groups, counts = {0}, {0}, {0}, {1, 2}
    for key, condition in conditions:
        if isinstance(condition, str):  # a rank or a fact: no purchase decides it
            continue
        least: Fraction = getattr(condition, "at_least", Fraction(0))
        if key == "personal_volume":
            own.add(_thousandths(least))
        elif key in ("own_orders", "autoship"):
            own.add(_thousandths((condition.min_volume or Fraction(0)) * condition.count))
        elif key in ("strongest_leg", "weakest_leg"):
            heads.add(_thousandths(least))
            counts.add(getattr(condition, "of", 1))
        elif key in ("group_volume", "leg_volume", "outside_strongest_leg", "customer_volume"):
            groups.add(_thousandths(least))
            limit = condition.limit if isinstance(condition, GroupVolume) else None
            if limit:
                heads.add(_thousandths(limit))
                counts.add(-(-least.numerator * limit.denominator // (least.denominator * limit.numerator)))
        elif hasattr(condition, "count"):
            counts.add(condition.count * getattr(condition, "legs", 1))
            minimum = getattr(condition, "min_volume", None)
            if minimum is not None:
                heads.add(_thousandths(minimum))
    counts |= {each + 1 for each in counts}
    return own, heads, groups, {each for each in counts if each < MOST_POSITIONS}


def _filled(way: Way, groups: set[int]) -> Iterator[Way]:
    """The way as it is, and with what a group lacks bought by oneself, by one leg, by the last, or by all alike."""
    yield way
    for total in sorted(groups):
        lacking = total - way.volume
        if lacking > 0:
            yield replace(way, own=way.own + lacking)
        lacking += way.own
        if lacking <= 0 or not way.legs:
            continue
        yield replace(way, legs=(_more(way.legs[0], lacking), *way.legs[1:]))
        if len(way.legs) > 1:
            yield replace(way, legs=(*way.legs[:-1], _more(way.legs[-1], lacking)))
            each, over = divmod(lacking, len(way.legs))
            yield replace(way, legs=tuple(_more(leg, each + (index < over)) for index, leg in enumerate(way.legs)))


def _more(way: Way, volume: int) -> Way:
    return replace(way, own=way.own + volume)


def _with_customers(way: Way, conditions: list[tuple[str, Any]]) -> Iterator[Way]:
    """The way with the invented customers that conditions on customers need, where there are such conditions."""
    number, each, together = 0, 0, 0
    for key, condition in conditions:
        if key == "customers":
            number = max(number, condition.count)
            each = max(each, _thousandths(condition.min_volume or Fraction(0)))
        elif key == "customer_volume":
            together = max(together, _thousandths(condition.at_least))
        elif key == "customer_share":
            share, base = condition.at_least, way.own if condition.of != "group" else way.volume
            if condition.of == "purchases":
                needed = base * share
            else:
                needed = base * share / (1 - share) if share < 1 else Fraction(0)
            together = max(together, -(-needed.numerator // needed.denominator))
    if not number and not together:
        return
    number = max(number, 1)
    each = max(each, -(-together // number), VOLUME_UNIT)
    yield replace(way, customers=(each,) * number)
    yield replace(way, own=max(way.own - each * number, 0), customers=(each,) * number)


def _thinner(way: Way) -> Iterator[Way]:
    """The way with one thing less: a leg, a purchase, a customer, half or one point of a purchase, anywhere."""
    for volume in {0, way.own // 2 // VOLUME_UNIT * VOLUME_UNIT, max(way.own - VOLUME_UNIT, 0)}:
        if volume < way.own:
            yield replace(way, own=volume)
    if way.customers:
        yield replace(way, customers=way.customers[1:])
    for index, leg in enumerate(way.legs):
        if index and leg == way.legs[index - 1]:
            continue
        yield replace(way, legs=way.legs[:index] + way.legs[index + 1 :])
        for less in _thinner(leg):
            yield replace(way, legs=(*way.legs[:index], less, *way.legs[index + 1 :]))


def _thousandths(points: Fraction) -> int:
    scaled = points * VOLUME_UNIT
    return -(-scaled.numerator // scaled.denominator)
