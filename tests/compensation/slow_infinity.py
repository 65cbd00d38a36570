"""The infinity override again, slow and obvious: for each person on the line, is anybody with the same right in between?

Written from the definition (docs/plans/ranks-and-matching.md): a right begins so many levels below its holder, and ends where the same right
of somebody below begins. Knows nothing of generations as the engine counts them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction


@dataclass
class SlowTerms:
    """The rule."""

    any_blocks: bool = False
    ineligible_blocks: bool = False
    skip_levels: bool = True
    begins: dict[str, int] = field(default_factory=dict)
    begins_else: int = 1


@dataclass
class Person:
    """Somebody on the line; without rates he holds no right."""

    name: str
    right: Fraction
    rates: Sequence[Fraction]
    begins: int
    can: bool


def shares(terms: SlowTerms, line: list[Person]) -> list[tuple[str, Fraction]]:
    """Who earns which rate, nearest first."""
    level = {}
    count = 0
    for at, person in enumerate(line):
        count += 1 if person.can or not terms.skip_levels else 0
        level[at] = count

    def covers(at: int) -> bool:
        return bool(line[at].rates) and level[at] >= line[at].begins

    result = []
    for at, person in enumerate(line):
        if not person.can or not covers(at):
            continue
        blocks = [
            below
            for below in range(at)
            if covers(below)
            and (line[below].can or terms.ineligible_blocks)
            and (terms.any_blocks or line[below].right >= person.right)
        ]
        if len(blocks) < len(person.rates):
            result.append((person.name, person.rates[len(blocks)]))
    return result
