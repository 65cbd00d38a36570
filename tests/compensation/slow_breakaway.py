"""The breakaway override again, slow and obvious: walk up from every leader, one generation after the other.

Written from the definition (docs/plans/stairstep.md) and not from the engine: groups are summed by asking who is the first
leader above everybody, and who earns a generation is found by climbing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from tests.compensation.slow_unilevel import whole


@dataclass
class SlowPlan:
    """A breakaway override, spelled out."""

    leaders: frozenset[str] = frozenset()
    least_group: int | None = None
    """Volume that makes a leader, too."""
    earners: frozenset[str] | None = None
    """None: the leaders."""
    row_of: dict[str, str] = field(default_factory=dict)
    """The row of rates of everybody, by its name; who has none is not listed."""
    rows: dict[str, list[Fraction]] = field(default_factory=dict)
    by_volume: list[tuple[int, str]] | None = None
    """Instead of `row_of`: the least volume of each row."""
    volume_of: str = "group"
    later: list[Fraction] = field(default_factory=list)
    generations: int = 1
    differential: bool = False
    least_rate: Fraction = Fraction(0)
    compression: str = "none"
    skips_without_rate: bool = False
    min_leaders: list[int] = field(default_factory=list)
    eligible: frozenset[str] = frozenset()
    mode: str = "half_up"


class Month:
    """One period."""

    def __init__(
        self, plan: SlowPlan, sponsor: dict[str, str | None], amount: dict[str, int], volume: dict[str, int]
    ) -> None:
        self.plan, self.sponsor, self.amount, self.volume = plan, sponsor, amount, volume
        self.leaders = set(plan.leaders)
        # from the lowest up: whoever reaches the volume without the leaders below is a leader, too
        for who in sorted(sponsor, key=self._depth, reverse=True):
            if plan.least_group is not None and self.group(who, volume) >= plan.least_group:
                self.leaders.add(who)
        self.lines: dict[tuple[str, int], tuple[str, int]] = {}
        """(leader, generation) -> (who, amount)."""
        self.allotted = Fraction(0)
        for leader in self.leaders:
            self._pay(leader)

    def _depth(self, who: str) -> int:
        return len(self.line(who))

    def line(self, who: str) -> list[str]:
        """Everybody above, nearest first."""
        above, result = self.sponsor[who], []
        while above is not None:
            result.append(above)
            above = self.sponsor[above]
        return result

    def group(self, who: str, value: dict[str, int]) -> int:
        """Own and everything below down to the next leader."""
        total = 0
        for other in self.sponsor:
            way = [other, *self.line(other)]
            if who in way and not any(each in self.leaders for each in way[: way.index(who)]):
                total += value.get(other, 0)
        return total

    def counts(self, who: str) -> bool:
        """Whether somebody is a generation."""
        return who in (self.leaders if self.plan.earners is None else self.plan.earners)

    def row(self, who: str) -> list[Fraction]:
        """The rates of somebody by generation."""
        plan = self.plan
        name = plan.row_of.get(who)
        if plan.by_volume is not None:
            volume = self.volume.get(who, 0) if plan.volume_of == "own" else self.group(who, self.volume)
            name = next((name for least, name in reversed(plan.by_volume) if volume >= least), None)
        row = list(plan.rows[name]) if name is not None else []
        if plan.later:
            row = (row or [Fraction(0)])[:1] + plan.later
        return row + [Fraction(0)] * (plan.generations - len(row))

    def rate(self, who: str, generation: int, leader: str) -> Fraction:
        """What somebody has for a generation above a leader."""
        rate = self.row(who)[generation]
        if self.plan.differential and generation == 0 and rate > 0:
            return max(rate - self.row(leader)[0], self.plan.least_rate)
        return rate

    def best(self, generation: int, leader: str) -> Fraction:
        """The most that anybody could have for it."""
        names = list(self.plan.rows)
        rows = [list(self.plan.rows[name]) for name in names]
        if self.plan.later:
            rows = [row[:1] + self.plan.later for row in rows] + [[Fraction(0), *self.plan.later]]
        top = max((row[generation] for row in rows if generation < len(row)), default=Fraction(0))
        if self.plan.differential and generation == 0:
            top = max(top - self.row(leader)[0], self.plan.least_rate)
        return top

    def enough(self, who: str, generation: int) -> bool:
        """Whether somebody has the leaders that the generation asks for."""
        needed = self.plan.min_leaders[generation] if generation < len(self.plan.min_leaders) else 0
        mine = 0
        for leader in self.leaders:
            nearest = next((above for above in self.line(leader) if self.counts(above)), None)
            mine += nearest == who
        return mine >= needed

    def fits(self, who: str, generation: int, leader: str) -> bool:
        """Whether somebody has a rate for the generation and the leaders that it asks for."""
        return self.enough(who, generation) and self.rate(who, generation, leader) > 0

    def _pay(self, leader: str) -> None:
        plan = self.plan
        base = self.group(leader, self.amount)
        if base == 0:
            return
        line = [who for who in self.line(leader) if self.counts(who)]
        at = 0
        for generation in range(plan.generations):
            best = self.best(generation, leader)
            if best > 0:
                self.allotted += base * best
            earner = None
            if plan.compression == "dynamic":
                # the first at this generation or farther up who can earn it
                for who in line[generation:]:
                    if who in plan.eligible and self.fits(who, generation, leader):
                        earner = who
                        break
            else:
                while at < len(line):
                    who = line[at]
                    at += 1
                    if plan.compression == "skip_ineligible" and who not in plan.eligible:
                        continue
                    if plan.skips_without_rate and not self.fits(who, generation, leader):
                        continue
                    earner = who
                    break
            if earner is None or earner not in plan.eligible or not self.fits(earner, generation, leader):
                continue
            exact = base * self.rate(earner, generation, leader)
            self.lines[leader, generation + 1] = (earner, whole(exact, plan.mode))
