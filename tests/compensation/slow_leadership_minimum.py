"""The leadership bonus with a guaranteed minimum again, slow and obvious: one leader after the other, lowest first.

Written from the definition (docs/plans/stairstep.md, https://amwaywiki.com/Leadership_Bonus) and not from the engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from tests.compensation.slow_unilevel import whole


@dataclass
class SlowPlan:
    """The bonus, spelled out."""

    rate: Fraction
    leader_points: int
    recipient_points: int
    leaders: frozenset[str] = frozenset()
    """Leaders besides, whatever their volume."""
    recipients_are_leaders: bool = True
    min_leaders: int = 1
    enough_leaders: int | None = None
    in_legs: bool = False
    guaranteed: int = 0
    """Volume of a group that brings the minimum."""
    passes_up: bool = False
    eligible: frozenset[str] = frozenset()
    mode: str = "half_up"


class Month:
    """One period."""

    def __init__(
        self, plan: SlowPlan, sponsor: dict[str, str | None], amount: dict[str, int], points: dict[str, int]
    ) -> None:
        self.plan, self.sponsor, self.amount, self.points = plan, sponsor, amount, points
        self.leads: dict[str, bool] = {}
        self.receives: dict[str, bool] = {}
        lowest_first = sorted(sponsor, key=lambda who: len(self.line(who)), reverse=True)
        for who in lowest_first:
            enough = self.group(who, points) >= plan.recipient_points
            if plan.enough_leaders is not None and self.below(who) >= plan.enough_leaders:
                enough = True
            self.receives[who] = enough and self.below(who) >= plan.min_leaders and who in plan.eligible
            self.leads[who] = (
                who in plan.leaders
                or self.group(who, points) >= plan.leader_points
                or (plan.recipients_are_leaders and self.receives[who])
            )
        self.exact = dict.fromkeys(sponsor, Fraction(0))
        self.allotted = Fraction(0)
        received = dict.fromkeys(sponsor, 0)
        for who in lowest_first:
            if not self.leads[who]:
                continue
            brings = self.group(who, amount)
            self.allotted += plan.rate * brings
            to = self.recipient(who)
            if to is None:
                continue
            lacks = plan.guaranteed - brings
            gives = max(0, min(lacks, received[who]))
            received[to] += brings + gives
            self.exact[to] += plan.rate * (brings + gives)
            self.exact[who] -= plan.rate * gives

    def line(self, who: str) -> list[str]:
        """Everybody above, nearest first."""
        above, result = self.sponsor[who], []
        while above is not None:
            result.append(above)
            above = self.sponsor[above]
        return result

    def group(self, who: str, value: dict[str, int]) -> int:
        """Own and everything below without the groups of leaders."""
        total = 0
        for other in self.sponsor:
            way = [other, *self.line(other)]
            if who in way and not any(self.leads[each] for each in way[: way.index(who)]):
                total += value.get(other, 0)
        return total

    def below(self, who: str) -> int:
        """Leaders on the frontline, or legs with a leader in them."""
        count = 0
        for child, above in self.sponsor.items():
            if above != who:
                continue
            leg = [child]
            if self.plan.in_legs:
                leg += [other for other in self.sponsor if child in self.line(other)]
            count += any(self.leads[each] for each in leg)
        return count

    def recipient(self, who: str) -> str | None:
        """Who receives the bonus on a leader's group."""
        line = self.line(who)
        if not self.plan.passes_up:
            line = line[:1]
        return next((above for above in line if self.receives[above]), None)

    def paid(self) -> dict[str, int]:
        """What everybody gets, rounded once."""
        return {who: whole(exact, self.plan.mode) for who, exact in self.exact.items()}
