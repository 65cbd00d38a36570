"""The binary again, slow and obvious: dictionaries, lots of volume by age, one pair after the other.

Written from the definition (docs/plans/binary.md) and not from the engine: every order climbs the
tree by itself, every leg is a list of lots, a cycle is decided when it is made. Property tests hold the engine to it, to
the minor unit and to the last unit of volume.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor

from tests.compensation.slow_unilevel import whole

LEFT, RIGHT = 0, 1


@dataclass
class SlowCap:
    """The most of something."""

    of: str
    cap: dict[str, int | None]
    """By person; None is no cap."""
    carried: bool
    every_matching: bool


@dataclass
class SlowBinary:
    """A binary, spelled out; volumes in units, money in minor units."""

    pay: Callable[[str, int, int], Fraction | None]
    """Person, period, number of the step: minor units per unit or pair; None takes no part."""
    units: list[tuple[int, int, bool]] = field(default_factory=list)
    """Steps from the lowest; both sides, and whether they are strong and weak. None = the weaker leg."""
    once: bool = False
    first: list[tuple[int, int]] = field(default_factory=list)
    """Ratios of the first pair."""
    first_pay: Fraction | None = None
    caps: list[SlowCap] = field(default_factory=list)
    carry: str = "both"
    per_side: int | None = None
    average: tuple[Fraction, int] | None = None
    expires_after: int | None = None
    lost_when_inactive: int | None = None
    drop_debt: bool = False
    unqualified: str = "keep"
    own: str = "none"
    mode: str = "half_up"
    per_statement: bool = False


@dataclass
class Leg:
    """One leg of one person: lots of volume with their age in periods, or a debt."""

    lots: list[list[int]] = field(default_factory=list)
    debt: int = 0

    @property
    def has(self) -> int:
        return sum(volume for _, volume in self.lots) - self.debt

    def add(self, volume: int) -> None:
        if volume < 0:
            # what is taken back takes from the period's own volume first
            self.debt += -volume - self.take_new(-volume)
        elif volume > 0:
            self.lots.append([0, volume])
        self.settle()

    def settle(self) -> None:
        """A debt is paid by what is there, the oldest first."""
        paid = min(self.debt, sum(volume for _, volume in self.lots))
        self.debt -= paid
        self.take(paid)

    def take(self, volume: int) -> int:
        """Take volume, the oldest first."""
        left = volume
        for lot in sorted(self.lots, key=lambda one: -one[0]):
            part = min(lot[1], left)
            lot[1] -= part
            left -= part
        assert left == 0
        self.lots = [lot for lot in self.lots if lot[1]]
        return volume

    def take_new(self, volume: int) -> int:
        """Take only what is of this period, at most so much."""
        taken = 0
        for lot in self.lots:
            if lot[0] == 0:
                part = min(lot[1], volume - taken)
                lot[1] -= part
                taken += part
        self.lots = [lot for lot in self.lots if lot[1]]
        return taken


@dataclass
class SlowResult:
    """What everybody was paid, what a cap cut, what the legs hold."""

    paid: dict[tuple[int, str], int] = field(default_factory=lambda: defaultdict(int))
    capped: Fraction = Fraction(0)
    allotted: Fraction = Fraction(0)
    carry: dict[tuple[int, str], tuple[int, int]] = field(default_factory=dict)
    flow: dict[tuple[int, str, str], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))


def run(
    plan: SlowBinary,
    parent: dict[str, tuple[str, int] | None],
    matchings: list[tuple[int, list[tuple[str, int]]]],
    *,
    may: Callable[[str, int], bool],
    active: Callable[[str, int], bool],
    first_done: set[str] | None = None,
) -> SlowResult:
    """Match every leg of everybody.

    Args:
        parent: of who is in the tree: whom he stands under and on which side, None for a root.
        matchings: period, and who brought which volume.
        may, active: who may earn, who is active, by person and period.
    """
    result = SlowResult()
    legs = {who: (Leg(), Leg()) for who in parent}
    done = set(first_done or ())
    idle: dict[str, int] = defaultdict(int)
    weak: dict[str, list[int]] = defaultdict(list)
    sums: dict[tuple[int, str], Fraction] = defaultdict(Fraction)
    used: dict[tuple[int, str], Fraction] = {}
    for number, (period, brought) in enumerate(matchings):
        opens = number == 0 or matchings[number - 1][0] != period
        closes = number + 1 == len(matchings) or matchings[number + 1][0] != period
        for index, cap in enumerate(plan.caps):
            for who in parent:
                if opens or cap.every_matching:
                    used[index, who] = Fraction(0)
        new: dict[str, list[int]] = {who: [0, 0] for who in parent}
        own: dict[str, int] = defaultdict(int)
        for who, volume in brought:
            if who not in parent:
                continue
            own[who] += volume
            above = parent[who]
            while above is not None:
                new[above[0]][above[1]] += volume
                above = parent[above[0]]
        for who in parent:
            here = parent[who]
            if plan.own in ("left", "right"):
                new[who][plan.own == "right"] += own[who]
            elif plan.own == "own_leg" and here is not None:
                new[who][here[1]] += own[who]
            elif plan.own == "weaker_leg":
                a, b = (legs[who][side].has + new[who][side] for side in (LEFT, RIGHT))
                new[who][LEFT if a < b else RIGHT] += own[who]
            allowed = may(who, period)
            took = _match(plan, result, who, period, legs[who], new[who], allowed, done, used, weak)
            for exact, lost in took:
                result.allotted += exact
                if lost:
                    result.capped += exact
                elif plan.per_statement:
                    sums[period, who] += exact
                    result.paid[period, who] = whole(sums[period, who], plan.mode)
                else:
                    result.paid[period, who] += whole(exact, plan.mode)
        if closes:
            for who in parent:
                _close(plan, result, who, period, legs[who], active(who, period), idle, weak)
                result.carry[period, who] = (legs[who][LEFT].has, legs[who][RIGHT].has)
    return result


def _match(
    plan: SlowBinary,
    result: SlowResult,
    who: str,
    period: int,
    legs: tuple[Leg, Leg],
    new: list[int],
    allowed: bool,
    done: set[str],
    used: dict[tuple[int, str], Fraction],
    weak: dict[str, list[int]],
) -> list[tuple[Fraction, bool]]:
    """One matching of one person: exact money, and whether a cap cut it off."""
    flow = result.flow
    for side in (LEFT, RIGHT):
        legs[side].add(new[side])
        flow[period, who, "volume"][side] += new[side]
    a, b = (max(0, legs[side].has) for side in (LEFT, RIGHT))
    weak[who].append(min(a, b))
    left_is_strong = a >= b
    took: list[tuple[Fraction, bool]] = []
    held_back = False
    allowed = allowed and plan.pay(who, period, 0) is not None
    if allowed:
        takes = _takes(plan, who, period, (a, b), done, used)
        held_back = any(held for *_, held in takes)
        for count, size, sides, pay, _ in takes:
            for side in (LEFT, RIGHT):
                flow[period, who, "matched"][side] += legs[side].take(sides[side])
            took += _money(plan, who, count, size, pay, used)
    gone = [0, 0]
    if plan.carry == "none" or (not allowed and plan.unqualified == "lose_all"):
        gone = [legs[side].take(max(0, legs[side].has)) for side in (LEFT, RIGHT)]
    elif not allowed and plan.unqualified == "lose_new":
        gone = [legs[side].take_new(max(0, new[side])) for side in (LEFT, RIGHT)]
    elif allowed and plan.carry == "strong" and not held_back:
        side = RIGHT if left_is_strong else LEFT
        gone[side] = legs[side].take(max(0, legs[side].has))
    limit = plan.per_side
    if plan.average is not None:
        past = weak[who][:-1][-plan.average[1] :]
        limit = floor(plan.average[0] * sum(past) / len(past)) if past else None
    for side in (LEFT, RIGHT):
        if limit is not None and legs[side].has > limit:
            gone[side] += legs[side].take(legs[side].has - limit)
        if plan.drop_debt and legs[side].debt:
            gone[side] -= legs[side].debt
            legs[side].debt = 0
        flow[period, who, "flushed"][side] += gone[side]
    return took


def _takes(
    plan: SlowBinary,
    who: str,
    period: int,
    legs: tuple[int, int],
    done: set[str],
    used: dict[tuple[int, str], Fraction],
) -> list[tuple[int, int, list[int], Fraction, bool]]:
    """What is taken: how many, volume of the smaller side of each, what leaves both legs, pay of each, held back."""
    a, b = legs
    result: list[tuple[int, int, list[int], Fraction, bool]] = []
    seen: dict[int, Fraction] = defaultdict(Fraction)

    def rooms() -> dict[int, int]:
        """Of carried caps: what may still be matched, whole."""
        return {
            index: floor(limit - used[index, who] - seen[index])
            for index, cap in enumerate(plan.caps)
            if cap.carried and (limit := cap.cap[who]) is not None
        }

    def needs(size: int, pay: Fraction) -> dict[int, Fraction]:
        """What one more takes of each carried cap."""
        each = {"pairs": Fraction(1), "volume": Fraction(size), "amount": pay}
        return {index: each[cap.of] for index, cap in enumerate(plan.caps) if cap.carried}

    if not plan.units:
        pay = plan.pay(who, period, 0)
        assert pay is not None
        could = min(a, b)
        count = could
        for index, left in rooms().items():
            if plan.caps[index].of == "volume":
                count = min(count, left)
            elif pay > 0:
                count = min(count, ceil(left / pay))
        return [(count, 1, [count, count], pay, count < could)]
    if plan.first and who not in done:
        reached = [(x, y) for x, y in plan.first if a >= x * plan.units[0][0] and b >= y * plan.units[0][1]]
        if not reached:
            return []
        best = max(reached, key=lambda one: Fraction(one[0], one[1]) if a >= b else Fraction(one[1], one[0]))
        x, y = best[0] * plan.units[0][0], best[1] * plan.units[0][1]
        pay = plan.first_pay if plan.first_pay is not None else plan.pay(who, period, 0)
        assert pay is not None
        takes = needs(min(x, y), pay)
        if any(left < takes[index] for index, left in rooms().items()):
            return [(0, 1, [0, 0], Fraction(0), True)]
        done.add(who)
        for index, part in takes.items():
            seen[index] += part
        result.append((1, min(x, y), [x, y], pay, False))
        a, b = a - x, b - y
    for number in reversed(range(len(plan.units))):
        ua, ub, strong_weak = plan.units[number]
        pay = plan.pay(who, period, number)
        assert pay is not None
        count, left, held = 0, [0, 0], False
        takes = needs(min(ua, ub), pay)
        open_ = {index: Fraction(one) for index, one in rooms().items()}
        while True:
            x, y = (ua, ub) if not strong_weak or a >= b else (ub, ua)
            if a < x or b < y or (plan.once and count):
                break
            if any(one < takes[index] for index, one in open_.items()):
                held = True
                break
            for index, part in takes.items():
                seen[index] += part
                if index in open_:
                    open_[index] -= part
            a, b, count, left = a - x, b - y, count + 1, [left[0] + x, left[1] + y]
        result.append((count, min(ua, ub), left, pay, held))
        if held or (plan.once and count):
            break
    return result


def _money(
    plan: SlowBinary, who: str, count: int, size: int, pay: Fraction, used: dict[tuple[int, str], Fraction]
) -> list[tuple[Fraction, bool]]:
    """What is paid of what was matched, and what is above a cap."""
    paid = count
    most: int | None = None
    for index, cap in enumerate(plan.caps):
        limit = cap.cap[who]
        if limit is None:
            continue
        left = max(Fraction(0), limit - used[index, who])
        if cap.of == "amount":
            most = floor(left) if most is None else min(most, floor(left))
        elif not cap.carried:
            paid = min(paid, floor(left / (size if cap.of == "volume" else 1)))
    money = paid * pay
    if most is not None:
        money = min(money, Fraction(most))
    for index, cap in enumerate(plan.caps):
        limit = cap.cap[who]
        seen = count if cap.carried else paid
        if cap.of == "amount":
            used[index, who] += count * pay if cap.carried else money
            if cap.carried and limit is not None:
                used[index, who] = min(used[index, who], Fraction(limit))
        else:
            used[index, who] += seen * (size if cap.of == "volume" else 1)
    return [(money, False), (count * pay - money, True)]


def _close(
    plan: SlowBinary,
    result: SlowResult,
    who: str,
    period: int,
    legs: tuple[Leg, Leg],
    is_active: bool,
    idle: dict[str, int],
    weak: dict[str, list[int]],
) -> None:
    """The end of a period: inactivity, age, history."""
    idle[who] = 0 if is_active else idle[who] + 1
    for side in (LEFT, RIGHT):
        leg = legs[side]
        expired = 0
        if plan.lost_when_inactive is not None and idle[who] >= plan.lost_when_inactive:
            expired = sum(volume for _, volume in leg.lots)
            leg.lots = []
        for lot in leg.lots:
            lot[0] += 1
        if plan.expires_after is not None:
            expired += sum(volume for age, volume in leg.lots if age > plan.expires_after)
            leg.lots = [lot for lot in leg.lots if lot[0] <= plan.expires_after]
        result.flow[period, who, "expired"][side] += expired
    if plan.average is not None:
        first = len(weak[who]) == 1
        if first and not weak[who][0] and not legs[LEFT].has and not legs[RIGHT].has:
            weak[who] = []
