"""The matching bonus again, slow and obvious: for one person's commission, level by level up the list of people above.

Written from the definition (docs/plans/ranks-and-matching.md); knows nothing of pointers or of doing everybody at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass
class SlowTerms:
    """The rule."""

    highest: list[Fraction]
    least: list[int]
    """By level, the least rank (0 = any)."""
    generations: bool = False
    invisible: bool = False
    compression: str = "none"
    pass_up: bool = False


@dataclass
class Person:
    """Somebody above."""

    name: str
    can: bool
    height: int
    rates: Sequence[Fraction]
    leader: bool


def shares(terms: SlowTerms, line: list[Person]) -> list[tuple[str | None, int, Fraction]]:
    """(who or None, level, share of the commission) for everything that is promised, nearest person first in `line`."""

    def counted(person: Person) -> bool:
        if terms.generations:
            return person.leader and (person.can or not terms.invisible)
        return person.can or terms.compression != "skip_ineligible"

    def qualified(person: Person, level: int) -> bool:
        return person.can and person.height >= terms.least[level] and level < len(person.rates)

    steps = [person for person in line if counted(person)]
    at = -1
    result: list[tuple[str | None, int, Fraction]] = []
    for level, top in enumerate(terms.highest):
        at += 1
        if terms.compression == "dynamic":
            while at < len(steps) and not qualified(steps[at], level):
                at += 1
        earner = steps[at] if at < len(steps) else None
        if earner is not None and not qualified(earner, level):
            above = [person for person in steps[at + 1 :] if qualified(person, level)]
            earner = above[0] if terms.pass_up and above else None
        rate = earner.rates[level] if earner is not None else Fraction(0)
        if earner is not None:
            result.append((earner.name, level + 1, rate))
        result.append((None, level + 1, top - rate))
    return [(who, level, share) for who, level, share in result if share]
