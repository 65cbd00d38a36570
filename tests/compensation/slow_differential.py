"""Differences of rates again, slow and obvious: the whole line as a list, one person after the other.

Written from the definition (docs/plans/ranks-and-matching.md): a person earns his rate minus the highest already paid
below. Knows nothing of indexes, jumps or kernels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction


@dataclass
class SlowTerms:
    """The rule."""

    skip: bool = True
    stop_at_equal: bool = False
    equal_rates: list[Fraction] = field(default_factory=list)
    least: Fraction = Fraction(0)
    most: int = 0


def shares(
    terms: SlowTerms,
    line: list[str],
    rate: Callable[[str], Fraction],
    can: Callable[[str], bool],
    start: Fraction,
    top: Fraction,
) -> list[tuple[str | None, Fraction]]:
    """Who gets which share of the base; None for what nobody gets.

    Args:
        terms: the rule.
        line: everybody on the line, nearest first.
        rate: of a person, 0 for none; can: whether somebody can earn.
        start: what counts as paid; top: the highest rate that is promised.
    """
    result: list[tuple[str | None, Fraction]] = []
    paid, equals, level = start, 0, 0
    for who in line:
        if paid >= top and (paid == 0 or equals >= len(terms.equal_rates)):
            break
        if terms.skip and not can(who):
            continue
        level += 1
        if terms.most and level > terms.most:
            break
        mine = rate(who)
        if mine > paid:
            earned = max(mine - paid, terms.least) if can(who) or terms.least else mine - paid
            result.append((who if can(who) else None, earned))
            paid, equals = mine, 0
        elif mine == paid and paid > 0:
            if terms.stop_at_equal:
                break
            if equals < len(terms.equal_rates):
                result.append((who if can(who) else None, terms.equal_rates[equals]))
                equals += 1
    if paid < top:
        result.append((None, top - paid))
    return result


def leg_shares(
    sponsor: dict[str, str | None],
    volume: dict[str, int],
    rate: Callable[[str], Fraction],
    can: Callable[[str], bool],
    *,
    skip: bool,
) -> dict[tuple[str | None, str], tuple[int, Fraction]]:
    """(earner or None, head of the leg) -> (volume of the leg, difference); the person directly above a leg earns."""

    def above(who: str) -> str | None:
        up = sponsor[who]
        while skip and up is not None and not can(up):
            up = sponsor[up]
        return up

    def value(who: str) -> Fraction:
        return Fraction(0) if skip and not can(who) else rate(who)

    def group(who: str) -> int:
        return volume.get(who, 0) + sum(group(each) for each in sponsor if above(each) == who)

    result = {}
    for head in sponsor:
        up = above(head)
        if up is not None and group(head) and value(up) > value(head):
            result[up if can(up) else None, head] = (group(head), value(up) - value(head))
    return result
