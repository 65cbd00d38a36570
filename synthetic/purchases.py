"""What is bought in a month: order lines as arrays, habit by habit.

Habits are those of the scenario's roles: what one buys on joining, for oneself, on a recurring order, what customers
buy, packages; and what is planted (`planting`). Every line carries its label, which is the planted truth.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from synthetic import planting
from synthetic.draws import DAY, Bools, Draws, Ints, Reals, Rows, moments, pieces
from synthetic.lines import Label, Lines, Month, in_order, lines
from synthetic.people import GHOST, People, exposure, month_starts, season
from synthetic.scenario import Scenario
from synthetic.wares import Catalogue, catalogue_of


class Shop:
    """Everything bought in a company, month by month."""

    def __init__(self, scenario: Scenario, people: People, draws: Draws, months: int) -> None:
        self.scenario = scenario
        self.people = people
        self.draws = draws
        self.starts = month_starts(scenario, months)
        self.seasons = season(scenario, months)
        self.wares: Catalogue = catalogue_of(scenario)

    def month(self, number: int) -> Lines:
        """The lines of a month, by date."""
        start, end = int(self.starts[number]), int(self.starts[number + 1])
        month = Month(number, start, end, *exposure(self.people, start, end), float(self.seasons[number]))
        habits: tuple[Callable[[Month], list[Lines]], ...] = (
            self._joining,
            self._packages,
            self._for_oneself,
            self._recurring,
            self._by_customers,
        )
        found = [lines for habit in habits for lines in habit(month)]
        found += planting.for_thresholds(self, month, found)
        found += planting.receipts(self, month)
        found += planting.rings(self, month)
        found += self._direct(month, found)
        return in_order(found)

    # What roles do; arrays by participant

    def by_role(self, habit: str, ghosts: float = 0.0) -> Reals:
        """A parameter of each role, for everybody in the network; 0 where the role has none."""
        given = [getattr(role, habit) for role in self.scenario.in_role]
        values = [0.0 if each is None else float(each.value) for each in given]
        return np.array([*values, ghosts])[self.people.role]  # GHOST is the last

    @cached_property
    def own_rate(self) -> Reals:
        """Order lines for oneself in a month."""
        rate = self.by_role("own_orders") * self.people.factor
        rule = self.scenario.invitations
        return rate if rule is None else rate * np.where(self.people.sponsor >= 0, rule.keenness.value, 1.0)

    @cached_property
    def recurring_orders(self) -> Rows:
        """Who has a recurring order."""
        share = self.by_role("autoship")
        return np.flatnonzero(self.draws.stream("recurring").random(len(self.people)) < share).astype(np.int32)

    @cached_property
    def customers(self) -> Ints:
        """Outside customers of each participant, at most."""
        mean = self.by_role("customers") * self.people.factor
        return self.draws.stream("customer-numbers").poisson(mean).astype(np.int64)

    @cached_property
    def first_customer(self) -> Ints:
        """Number of each participant's first customer."""
        return np.concatenate([[0], np.cumsum(self.customers)[:-1]])

    @cached_property
    def rings(self) -> tuple[Rows, Rows, Ints]:
        """Who sells to whom in a ring."""
        return planting.ring_of(self)

    def goods(self, random: np.random.Generator, number: int) -> Rows:
        """Products from the catalogue."""
        chosen = np.searchsorted(self.wares.goods_chance, random.random(number))
        return np.array(self.wares.goods, np.int32)[chosen]

    # Habits

    def _joining(self, month: Month) -> list[Lines]:
        joined = self.people.joined
        new = np.flatnonzero((joined >= month.start) & (joined < month.end)).astype(np.int32)
        when = np.minimum(joined[new] + 300, month.end - 1)
        return [lines(when, new, ware, label=self._label(new)) for ware in self.wares.entry]

    def _packages(self, month: Month) -> list[Lines]:
        if not self.wares.packages:
            return []
        random = self.draws.stream("packages", month.number)
        joins = np.array([role.packages for role in self.scenario.in_role] + [False])[self.people.role]
        joined = self.people.joined
        new = np.flatnonzero(joins & (joined >= month.start) & (joined < month.end)).astype(np.int32)
        first = lines(np.minimum(joined[new] + 600, month.end - 1), new, self._package(random, len(new)))
        rate = self.by_role("again") * self.people.factor
        again = _repeated(random, month, rate[month.inside] * month.season * _fading(self, month.number))
        later = lines(
            moments(random, month.low[again], month.high[again]),
            month.inside[again],
            self._package(random, len(again)),
        )
        return [first, later]

    def _package(self, random: np.random.Generator, number: int) -> Rows:
        return np.array(self.wares.packages, np.int32)[
            np.searchsorted(self.wares.packages_chance, random.random(number))
        ]

    def _for_oneself(self, month: Month) -> list[Lines]:
        if self.scenario.goods is None:
            return []
        random = self.draws.stream("own", month.number)
        who = _repeated(random, month, self.own_rate[month.inside] * month.season)
        return [
            lines(
                moments(random, month.low[who], month.high[who]),
                month.inside[who],
                self.goods(random, len(who)),
                pieces(random, len(who), self.scenario.goods.basket.value),
                seller=np.where(self.own_links[month.inside[who]], month.inside[who], -1).astype(np.int32),
            )
        ]

    @cached_property
    def own_links(self) -> Bools:
        """Who buys through his own link."""
        share = self.by_role("own_links")
        return self.draws.stream("own-links").random(len(self.people)) < share

    def _recurring(self, month: Month) -> list[Lines]:
        if self.wares.recurring < 0:
            return []
        who = self.recurring_orders
        day = self.draws.stream("day").integers(0, 28, len(self.people))[who]
        when = month.start + day * DAY + 9 * 3_600 + who % 3_600
        due = (self.people.joined[who] < when) & (self.people.left[who] > when)
        return [lines(when[due], who[due], self.wares.recurring)]

    def _by_customers(self, month: Month) -> list[Lines]:
        if self.scenario.goods is None or not self.customers.any():
            return []
        random = self.draws.stream("customers", month.number)
        tenure = (month.end - self.people.joined[month.inside]) / (30.44 * DAY)
        won = np.ceil(self.customers[month.inside] * np.minimum(tenure / 9, 1.0))  # won over the first months
        rate = self.by_role("customer_orders")[month.inside]
        who = _repeated(random, month, won * rate * month.season)
        seller = month.inside[who]
        place = (random.random(len(who)) ** 1.5 * won[who]).astype(np.int64)
        return [
            lines(
                moments(random, month.low[who], month.high[who]),
                np.full(len(who), -1, np.int32),
                self.goods(random, len(who)),
                pieces(random, len(who), self.scenario.goods.basket.value),
                seller=seller,
                customer=self.first_customer[seller] + place,
            )
        ]

    def _direct(self, month: Month, others: list[Lines]) -> list[Lines]:
        if self.scenario.direct is None or self.scenario.goods is None:
            return []
        random = self.draws.stream("direct", month.number)
        number = int(self.scenario.direct.value * sum(len(each) for each in others))
        when = moments(random, np.full(number, month.start), np.full(number, month.end))
        everybody = int(self.customers.sum())
        return [
            lines(
                when,
                np.full(number, -1, np.int32),
                self.goods(random, number),
                pieces(random, number, self.scenario.goods.basket.value),
                customer=everybody + (random.random(number) * (number * 12 + 1)).astype(np.int64),
            )
        ]

    def _label(self, who: Rows) -> Rows:
        return np.where(self.people.role[who] == GHOST, Label.STACKED, Label.PLAIN).astype(np.int32)

    def volume_of(self, found: list[Lines]) -> Ints:
        """Thousandths of a point that each participant bought for himself."""
        total = np.zeros(len(self.people), np.int64)
        for each in found:
            own = each.buyer >= 0
            np.add.at(total, each.buyer[own], self.wares.volume[each.ware[own]] * each.pieces[own])
        return total


def _repeated(random: np.random.Generator, month: Month, rate: Reals) -> Rows:
    """Places among those inside, each as often as a Poisson draw of its rate says."""
    return np.repeat(np.arange(len(rate)), random.poisson(rate * month.part)).astype(np.int32)


def _fading(shop: Shop, month: int) -> float:
    """Nobody puts more money in once recruiting has broken down: the growth of joining, where it shrinks."""
    change = 1.0
    for start, growth in shop.scenario.joining.growth.value:
        if growth < 0 and month >= start:
            change *= (1 + growth) ** (month - start + 1)
    return change
