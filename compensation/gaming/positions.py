"""Splitting into false positions: does one person earn more as several?

The one who splits stands under the company with nobody, with two recruits each three deep, or with a line of five below.
He becomes k positions: a chain whose lowest keeps the recruits; positions side by side under the first, the recruits
dealt out over all, or all kept by the first; the binary tripod, one above two. Either each position buys what the plan
asks, or all share what one bought before. For each the real engine pays both worlds, and the difference is the gain.

Reference: Emek, Karidi, Tennenholtz and Zohar, EC 2011, doi:10.1145/1993574.1993606 (false names and splits); the
shapes and the gain are our definition, docs/plans/gaming.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from compensation.gaming import saying, words
from compensation.gaming.outcomes import Tested, Try
from compensation.gaming.world import SIDES, World

if TYPE_CHECKING:
    from compensation.gaming.goods import Goods
    from compensation.gaming.terms import Terms
    from compensation.plan import Plan

Shape = tuple[list[tuple[str, str, str | None]], Callable[[int], tuple[str, str | None]]]
"""Positions after the first (name, under whom, on which side), and where each further recruit goes."""

ONE = "one"
DOWNLINES = ("nobody", "two_each", "line")
SHAPES = ("chain", "side_by_side", "kept_by_first", "tripod")


def split(plan: Plan, goods: Goods, terms: Terms) -> Tested:
    """Whether false positions pay, over all the worlds and shapes."""
    tries = []
    for downline in DOWNLINES:
        base = _world(plan, goods, downline, "chain", 1, shared=False)
        alone = base.run()
        for shape in SHAPES:
            if downline == "nobody" and shape == "kept_by_first":
                continue  # the same as side by side
            tried = [
                _try(
                    plan,
                    goods,
                    downline,
                    shape,
                    number,
                    shared=shared,
                    spent=base.spent[ONE],
                    before=alone.parts([ONE]),
                )
                for number in ((3,) if shape == "tripod" else range(2, terms.most_positions + 1))
                for shared in ((False, True) if goods.regular else (False,))
            ]
            tries.append(max(tried, key=lambda each: each.profit))
    return words.positions(plan, goods, terms, tuple(tries))


def names(number: int) -> list[str]:
    """The positions of the one who splits."""
    return [ONE, *(f"{ONE}-{each}" for each in range(2, number + 1))]


def _try(
    plan: Plan,
    goods: Goods,
    downline: str,
    shape: str,
    number: int,
    *,
    shared: bool,
    spent: int,
    before: dict[str, int],
) -> Try:
    world = _world(plan, goods, downline, shape, number, shared=shared)
    mine = names(number)
    after = world.run().parts(mine)
    parts = difference(before, after)
    cost = sum(world.spent[each] for each in mine) - spent
    return Try(what=saying.split(downline, shape, number, shared), cost=cost, pay=sum(parts.values()), parts=parts)


def difference(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """By component, after less before, where they differ."""
    parts = {name: after.get(name, 0) - before.get(name, 0) for name in [*after, *(before.keys() - after.keys())]}
    return {name: amount for name, amount in parts.items() if amount}


def _world(plan: Plan, goods: Goods, downline: str, shape: str, number: int, *, shared: bool) -> World:
    world = World(plan, goods.scale)
    mine, place = _shape(shape, number)
    world.join(ONE, world.company)
    for name, under, side in mine:
        world.join(name, under, side=side)
    for sponsor, name, heir in _people(downline):
        under, side = place(heir) if heir >= 0 else (sponsor, None)
        world.join(name, under, side=side)
    for index, name in enumerate(names(number)):
        regular = [item.part(index, number) for item in goods.regular] if shared else goods.regular
        world.buy(name, *goods.joining, *regular)
    for _, name, _ in _people(downline):
        world.buy(name, *goods.first)
    return world


def _people(downline: str) -> Iterator[tuple[str, str, int]]:
    """Sponsor, name, and for a direct recruit of the one who splits which one it is, else -1."""
    if downline == "line":
        for level in range(1, 6):
            yield (f"line {level - 1}", f"line {level}", -1) if level > 1 else (ONE, "line 1", 0)
    elif downline == "two_each":
        above = [ONE]
        for level in range(1, 4):
            below = [f"{level}.{index}" for index in range(2**level)]
            for index, name in enumerate(below):
                yield above[index // 2], name, index if level == 1 else -1
            above = below


def _shape(shape: str, number: int) -> Shape:
    mine = names(number)
    if shape == "chain":
        chained: list[tuple[str, str, str | None]] = [
            (name, mine[index], SIDES[0]) for index, name in enumerate(mine[1:])
        ]
        return chained, lambda heir: (mine[-1], SIDES[heir % 2])
    if shape == "tripod":
        sides: list[tuple[str, str, str | None]] = [
            (name, ONE, side) for name, side in zip(mine[1:], SIDES, strict=True)
        ]
        return sides, lambda heir: (mine[1 + heir % 2], SIDES[0])
    beside: list[tuple[str, str, str | None]] = [(name, ONE, None) for name in mine[1:]]
    if shape == "kept_by_first":
        return beside, lambda heir: (ONE, SIDES[heir % 2])
    return beside, lambda heir: (mine[heir % number], None)
