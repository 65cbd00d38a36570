"""The stairstep again, slow and obvious: dictionaries, exact fractions, one participant after the other.

Written from the definition (docs/plans/stairstep.md) and not from the engine: groups are summed by asking every child, the
difference along a line is found by walking up from every single order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from tests.compensation.slow_unilevel import whole

Sale = tuple[str | None, int, int, str]
"""Who placed it (None: nobody in the network), amount, points, product."""


@dataclass
class SlowPlan:
    """A stairstep, spelled out."""

    brackets: list[tuple[int, Fraction]] | None = None
    rate_of: dict[str, Fraction] = field(default_factory=dict)
    """Instead of brackets: everybody's rate."""
    bracket_by: str = "group"
    own_volume_in_group: bool = True
    pays_on: str = "group"
    difference: str = "legs"
    own_volume_paid: bool = True
    only_for_uplines: bool = False
    """Orders of the product `joining`."""
    deducts_purchases: bool = False
    """Legs are deducted on all orders but `joining`, whatever they are themselves paid on."""
    breaks_away: frozenset[str] = frozenset()
    least_that_breaks_away: int | None = None
    skips: bool = False
    eligible: frozenset[str] = frozenset()
    may_earn_on_legs: frozenset[str] = frozenset()
    mode: str = "half_up"


class Month:
    """One period: who earns what, exactly."""

    def __init__(self, plan: SlowPlan, sponsor: dict[str, str | None], sales: list[Sale]) -> None:
        self.plan, self.sponsor, self.sales = plan, sponsor, sales
        self.earned: dict[str, Fraction] = {}
        self.lost = Fraction(0)
        self._groups: dict[str, tuple[int, int, int]] = {}
        for who in sponsor:
            self.group(who)
        outside = [sale for sale in sales if sale[0] is None]
        rate = Fraction(0)
        if plan.brackets is not None:
            rate = self.reached(sum(points for _, _, points, _ in outside))
        self.lost += rate * sum(amount for _, amount, _, _ in outside)
        if plan.difference == "line":
            self._by_line()
        else:
            self._by_legs()

    def own(self, who: str, *, for_uplines: bool = False) -> tuple[int, int]:
        """Amount and points of the orders that count for oneself, or only for the people above."""
        mine = [
            sale
            for sale in self.sales
            if sale[0] == who and (self.plan.only_for_uplines and sale[3] == "joining") == for_uplines
        ]
        return sum(sale[1] for sale in mine), sum(sale[2] for sale in mine)

    def group(self, who: str) -> tuple[int, int, int]:
        """Amount and points of the group, and the amount that it is deducted on."""
        if who not in self._groups:
            amount, points = self.own(who)
            deducted = sum(sale[1] for sale in self.sales if sale[0] == who and sale[3] != "joining")
            for child in self.legs(who):
                its_amount, its_points, its_deducted = self.group(child)
                more_amount, more_points = self.own(child, for_uplines=True)
                amount += its_amount + more_amount
                points += its_points + more_points
                deducted += its_deducted
            self._groups[who] = amount, points, deducted
        return self._groups[who]

    def legs(self, who: str) -> list[str]:
        """Frontline people whose groups have not broken away."""
        return [child for child, above in self.sponsor.items() if above == who and not self.broken(child)]

    def broken(self, who: str) -> bool:
        """Whether the group counts in no group above."""
        least = self.plan.least_that_breaks_away
        return who in self.plan.breaks_away or (least is not None and self.group(who)[1] >= least)

    def reached(self, points: int) -> Fraction:
        """The rate of the bracket that a volume reaches."""
        assert self.plan.brackets is not None
        return next((rate for least, rate in reversed(self.plan.brackets) if points >= least), Fraction(0))

    def rate(self, who: str) -> Fraction:
        """Everybody's own rate."""
        if self.plan.brackets is None:
            return self.plan.rate_of.get(who, Fraction(0))
        own = self.own(who)[1]
        if self.plan.bracket_by == "own":
            return self.reached(own)
        group = self.group(who)[1]
        return self.reached(group if self.plan.own_volume_in_group else group - own)

    def _give(self, who: str, amount: Fraction, *, on_legs: bool) -> None:
        able = who in self.plan.eligible and (not on_legs or who in self.plan.may_earn_on_legs)
        if able:
            self.earned[who] = self.earned.get(who, Fraction(0)) + amount
        else:
            self.lost += amount

    def _by_legs(self) -> None:
        for who in self.sponsor:
            own = self.own(who)[0]
            if self.plan.own_volume_paid:
                self._give(who, self.rate(who) * own, on_legs=False)
            if self.plan.pays_on == "own":
                continue
            amount = self.rate(who) * (self.group(who)[0] - own)
            for leg in self.legs(who):
                its_amount, _, its_deducted = self.group(leg)
                amount -= self.rate(leg) * (its_deducted if self.plan.deducts_purchases else its_amount)
            self._give(who, amount, on_legs=True)

    def _by_line(self) -> None:
        for who, amount, _, product in self.sales:
            if who is None:
                continue
            here: str | None = who
            highest = Fraction(0)
            if not (self.plan.only_for_uplines and product == "joining"):
                rate = self.rate(who)
                counts = not self.plan.skips or who in self.plan.eligible
                if not self.plan.own_volume_paid:
                    highest = rate
                elif counts:
                    self._give(who, rate * amount, on_legs=False)
                    highest = rate
            while here is not None and not self.broken(here):
                here = self.sponsor[here]
                if here is None:
                    break
                able = here in self.plan.eligible and here in self.plan.may_earn_on_legs
                if self.plan.skips and not able:
                    continue
                if self.rate(here) > highest:
                    self._give(here, (self.rate(here) - highest) * amount, on_legs=True)
                    highest = self.rate(here)

    def paid(self) -> dict[str, int]:
        """What everybody gets, rounded once."""
        return {who: whole(amount, self.plan.mode) for who, amount in self.earned.items()}

    def allotted(self) -> Fraction:
        """Everything, whoever gets it."""
        return sum(self.earned.values(), Fraction(0)) + self.lost
