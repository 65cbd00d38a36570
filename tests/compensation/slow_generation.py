"""Generations again, slow and obvious: up the whole line of an order, person by person, counting leaders.

Written from the definition (docs/plans/ranks-and-matching.md) and not from the engine: it knows nothing of pointers, standings as
indexes, or kernels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass
class SlowTerms:
    """The rule."""

    compare: bool = False
    """Only leaders of the same or a higher standing than the earner close his generations."""
    invisible: bool = False
    leaders_only: bool = True
    skip_empty: bool = False
    own: int = 1
    begins: int = 0
    skip_levels: bool = False


@dataclass
class Person:
    """Somebody on a line."""

    name: str
    leader: bool
    standing: Fraction
    rates: Sequence[Fraction]
    can: bool


def shares(terms: SlowTerms, line: list[Person], first_level: int = 1) -> list[tuple[str, int, Fraction, bool]]:
    """(who, generation, rate, whether he can earn) for everybody with a generation that he has a rate for."""
    result = []
    levels = []
    level = first_level - 1
    for person in line:
        if person.can or not terms.skip_levels:
            level += 1
        levels.append(level)
    for at, earner in enumerate(line):
        if levels[at] < terms.begins:
            continue
        if terms.leaders_only and not earner.leader:
            continue
        if not earner.can and (terms.invisible or not earner.leader):
            continue
        generation = terms.own + _closed(terms, line[:at], levels, earner)
        if terms.skip_empty and earner.leader and terms.own and _leader_directly_below(terms, line[:at]):
            generation -= 1
        if 1 <= generation <= len(earner.rates):
            result.append((earner.name, generation, earner.rates[generation - 1], earner.can))
    return result


def _closes(terms: SlowTerms, person: Person, earner: Person | None) -> bool:
    if not person.leader or (terms.invisible and not person.can):
        return False
    return earner is None or not terms.compare or person.standing >= earner.standing


def _closed(terms: SlowTerms, below: list[Person], levels: list[int], earner: Person) -> int:
    total = 0
    for at, person in enumerate(below):
        if _closes(terms, person, earner) and levels[at] >= terms.begins:
            if terms.skip_empty and _leader_directly_below(terms, below[:at]):
                continue
            total += 1
    return total


def _leader_directly_below(terms: SlowTerms, below: list[Person]) -> bool:
    """Whether, going down, a leader comes before anybody who is none; leaders passed over do not exist."""
    for person in reversed(below):
        if _closes(terms, person, None):
            return True
        if not person.leader:
            return False
    return False
