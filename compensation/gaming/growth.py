"""Growth without an end: a made-up company grows at a stated rate, and it is counted who is behind.

Each newcomer's sponsor is drawn among all who are there, each alike (a uniform random recursive tree); everybody buys
what the plan gives to buy, and the real engine pays. Who got less from the plan than he paid the company is behind. The
draw is made anew for each seed; the range over the seeds is reported, not a mean.

Reference: Gastwirth, A probability model of a pyramid scheme, The American Statistician 31(2), 1977 (random
recruitment); who is behind is our definition, docs/plans/gaming.md.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from compensation.errors import PlanMismatch
from compensation.gaming.terms import MOST_PEOPLE
from compensation.gaming.world import World
from intake.text import say

if TYPE_CHECKING:
    from compensation.gaming.goods import Goods
    from compensation.gaming.terms import Terms
    from compensation.plan import Plan


@dataclass(frozen=True)
class Grown:
    """One simulated company."""

    seed: int
    participants: int
    behind: int
    """Who got less from the plan than he paid."""
    behind_beyond_use: int
    """The same where goods up to `Terms.own_use` in a period are no loss."""
    nothing: int
    """Who got nothing from the plan."""
    paid_in: int
    paid_out: int
    parts: dict[str, int]
    """Paid out, by component."""

    @property
    def share(self) -> Fraction:
        """The share that is behind."""
        return Fraction(self.behind, self.participants)


def sizes(terms: Terms) -> list[int]:
    """Participants at the end of each period, rounded down.

    Raises:
        PlanMismatch: more than can be simulated.
    """
    exact = [terms.start * (1 + terms.growth) ** period for period in range(terms.periods)]
    found = [each.numerator // each.denominator for each in exact]
    if found[-1] > MOST_PEOPLE:
        raise PlanMismatch(
            say(
                "growth to {found:,} participants is more than the {most_people:,} that are simulated; "
                "ask for fewer periods, slower growth, or a smaller start",
                "النمو إلى {found:,} من المشاركين أكثر مما يُحاكى وهو {most_people:,}. يُرجى طلب فترات "
                "أقل أو نمو أبطأ أو بداية أصغر",
                found=found[-1],
                most_people=MOST_PEOPLE,
            )
        )
    return found


def grow(plan: Plan, goods: Goods, terms: Terms, seed: int) -> Grown:
    """One company, the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - a simulation, not a secret
    world = World(plan, goods.scale)
    people: list[str] = []
    regular = sum(item.price for item in goods.regular)
    use = min(int(terms.own_use * 10**goods.scale), regular)
    used: dict[str, int] = defaultdict(int)
    for period, size in enumerate(sizes(terms)):
        already = len(people)
        for number in range(already, size):
            sponsor = people[chance.randrange(number)] if number else world.company
            people.append(world.join(f"p{number}", sponsor, period=period))
        for number, name in enumerate(people):
            if number >= already:
                world.buy(name, *goods.joining, period=period)
            if terms.buys_for is None or period - world.since[name] < terms.buys_for:
                world.buy(name, *goods.regular, period=period)
                used[name] += use
            for _ in range(terms.customers):
                world.sell(name, *goods.regular[:1], period=period)
    pay = world.run()
    got = {name: pay.of([name]) for name in people}
    return Grown(
        seed,
        len(people),
        sum(got[name] < world.spent[name] for name in people),
        sum(got[name] < world.spent[name] - used[name] for name in people),
        sum(got[name] == 0 for name in people),
        sum(world.spent[name] for name in people),
        sum(got.values()),
        pay.parts(people),
    )


def simulate(plan: Plan, goods: Goods, terms: Terms) -> list[Grown]:
    """As many companies as the terms have seeds."""
    return [grow(plan, goods, terms, seed) for seed in range(1, terms.seeds + 1)]
