"""Rank bonuses again, slow and obvious: one person, one period after the other, from the whole history of his ranks.

Written from the definition (docs/plans/ranks-and-pools.md) and not from the engine.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction


@dataclass
class SlowBonus:
    """A rank bonus of fixed amounts (minor units), by the number of the rank (1 the lowest)."""

    amounts: dict[int, int]
    pays: str = "first_time"
    totals: bool = False
    skipped_paid: bool = True
    held_for: int = 1
    parts: int = 1
    missed: str = "forfeit"


@dataclass
class SlowPaid:
    """What one person got per period, and what he lost."""

    paid: list[int] = field(default_factory=list)
    lost: int = 0


def pay(bonus: SlowBonus, ranks: list[int], entitled: list[bool]) -> SlowPaid:
    """One person's bonuses.

    Args:
        bonus: the rule.
        ranks: the rank held in each period, 0 for none.
        entitled: whether he can be paid in each period.
    """
    result = SlowPaid()
    counts = [rank if able else 0 for rank, able in zip(ranks, entitled, strict=True)]
    reached_before: set[int] = set()
    stands = 0  # the rank he stands at for "each time": it falls only when the rank itself falls
    paid_total = 0
    due: dict[int, int] = {}  # parts already taken of each rank's bonus
    for period, now in enumerate(counts):
        run = counts[max(0, period + 1 - bonus.held_for) : period + 1]
        rank = min(run) if len(run) == bonus.held_for else 0
        amount = 0
        if bonus.pays == "every_period":
            amount += bonus.amounts.get(rank, 0)
            if not entitled[period]:
                result.lost += bonus.amounts.get(ranks[period], 0)
        elif bonus.totals:
            named = [r for r in bonus.amounts if r <= rank]
            total = bonus.amounts[max(named)] if named else 0
            amount += max(0, total - paid_total)
        else:
            for each in range(1, rank + 1):
                new = each not in reached_before if bonus.pays == "first_time" else each > stands
                if new and (bonus.skipped_paid or each == rank):
                    if bonus.parts > 1:
                        due[each] = 0
                    else:
                        amount += bonus.amounts.get(each, 0)
        paid_total += amount
        for each, taken in list(due.items()):
            whole = bonus.amounts.get(each, 0)

            def until(part: int, whole: int = whole) -> int:
                return int(Fraction(whole * part, bonus.parts))

            part = until(taken + 1) - until(taken)
            if now >= each:
                amount += part
                due[each] = taken + 1
            elif bonus.missed == "forfeit":
                result.lost += part
                due[each] = taken + 1
            elif bonus.missed == "end":
                result.lost += whole - until(taken)
                due[each] = bonus.parts
            if due[each] == bonus.parts:
                del due[each]
        reached_before |= set(range(1, rank + 1))
        stands = rank if entitled[period] else min(stands, ranks[period])
        result.paid.append(amount)
    return result
