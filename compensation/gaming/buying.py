"""Purchases that are made to be paid: to stay active, for a rank, without any customer, and only to be given back.

Each question has a world of its own and the same world without the purchase; both are paid by the real engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from compensation.gaming import saying, words
from compensation.gaming.outcomes import Tested, Try
from compensation.gaming.positions import difference
from compensation.gaming.world import World

if TYPE_CHECKING:
    from compensation.gaming.goods import Goods, Item
    from compensation.gaming.terms import Terms
    from compensation.plan import Plan

ONE = "one"
DEPTH = 6
"""Levels of the full tree of two each below the one who buys: up to 126 people."""
OWN_POSITIONS = (ONE, "second", "third")
"""All of them one person's, each below the one before."""
NEW = "new"
"""A further position of his, that exists only to be given back."""
WASHED = 10
"""How many times a usual order is bought at once to be given back."""
LINE = 24
"""Longest line below somebody who buys a rank."""


def hold(plan: Plan, goods: Goods, terms: Terms) -> Tested:
    """Buying every period's order oneself, to be paid on others': what it brings under how many people."""
    del terms
    tries = []
    for depth in range(DEPTH + 1) if goods.regular else ():
        without, with_ = (_tree(plan, goods, depth, buys=buys) for buys in (False, True))
        parts = difference(without.run().parts([ONE]), with_.run().parts([ONE]))
        cost = with_.spent[ONE] - without.spent[ONE]
        tries.append(Try(what=saying.below(2 ** (depth + 1) - 2), cost=cost, pay=sum(parts.values()), parts=parts))
    return words.holding(plan, goods, tuple(tries))


def _tree(plan: Plan, goods: Goods, depth: int, *, buys: bool) -> World:
    world = World(plan, goods.scale)
    world.join(ONE, world.company)
    above = [ONE]
    for level in range(1, depth + 1):
        above = [world.join(f"{level}.{index}", above[index // 2]) for index in range(2**level)]
    for name in world.sponsor:
        if name not in (world.company, ONE):
            world.buy(name, *goods.first)
    world.buy(ONE, *(goods.first if buys else goods.joining))
    return world


def bought_ranks(plan: Plan, goods: Goods, terms: Terms) -> Tested:
    """Buying a rank, under whom a line of people buys every rank up to the same one."""
    del terms
    tries = []
    length = min(len(goods.ranks) + 1, LINE)
    for number, (rank, item) in enumerate(goods.ranks.items(), start=1):
        bought = list(goods.ranks.values())[:number]
        without, with_ = (_line(plan, goods, length, bought, own) for own in (bought[:-1], bought))
        parts = difference(without.run().parts([ONE]), with_.run().parts([ONE]))
        what = saying.rank_over_line(rank, length)
        tries.append(Try(what=what, cost=item.price, pay=sum(parts.values()), parts=parts))
    return words.bought_ranks(plan, goods, tuple(tries))


def _line(plan: Plan, goods: Goods, length: int, bought: list[Item], own: list[Item]) -> World:
    world = World(plan, goods.scale)
    people = [world.join(ONE, world.company)]
    for number in range(1, length + 1):
        people.append(world.join(f"line {number}", people[-1]))
    for name in people:
        world.buy(name, *goods.first)
    world.buy(ONE, *own)
    for name in people[1:]:
        world.buy(name, *bought)
    return world


def recruit(plan: Plan, goods: Goods, terms: Terms) -> Tested:
    """Recruits and no customer: each buys on joining what the plan gives to buy, and nobody sells anything outside."""
    tries = []
    groups: list[tuple[int, int]] = []
    for number in range(terms.most_recruits + 1):
        world = World(plan, goods.scale)
        world.join(ONE, world.company)
        recruits = [world.join(f"recruit {index}", ONE) for index in range(number)]
        for name in (ONE, *recruits):
            world.buy(name, *goods.first)
        pay = world.run()
        everybody = [ONE, *recruits]
        groups.append((sum(world.spent[name] for name in everybody), pay.of(everybody)))
        parts = pay.parts([ONE])
        tries.append(Try(what=saying.recruits(number), cost=world.spent[ONE], pay=sum(parts.values()), parts=parts))
    joining = None
    if goods.joining:
        world = World(plan, goods.scale)
        world.buy(world.join(ONE, world.company), *goods.first)
        before = world.run().of([ONE])
        world.buy(world.join("recruit", ONE), *goods.joining)
        joining = world.run().of([ONE]) - before
    return words.recruiting(plan, goods, terms, tuple(tries), groups[-1], joining)


def wash(plan: Plan, goods: Goods, terms: Terms) -> Tested:
    """Orders that are bought, paid on, and given back in full: an order, a rank, the package of a new position."""
    del terms
    items = [("order", item.times(WASHED)) for item in goods.regular[:1]]
    items += [("rank", item) for item in list(goods.ranks.values())[:1]]
    items += [("joining", item) for item in goods.joining[:1]]
    usual = _washed(plan, goods, None, "", 0, named=True)
    before = usual.run().parts(OWN_POSITIONS)
    tries = []
    for kind, item in items:
        for buyer in OWN_POSITIONS if kind != "joining" else (NEW,):
            for later in (0, 1, 2):
                for named in (True, False):
                    world = _washed(plan, goods, item, buyer, later, named=named)
                    parts = difference(before, world.run().parts((*OWN_POSITIONS, NEW)))
                    cost = sum(world.spent[name] - usual.spent[name] for name in (*OWN_POSITIONS, NEW))
                    what = saying.washed(kind, buyer, later, named)
                    tries.append(Try(what=what, cost=cost, pay=sum(parts.values()), parts=parts))
    return words.wash(plan, goods, tuple(tries))


def _washed(plan: Plan, goods: Goods, item: Item | None, buyer: str, later: int, *, named: bool) -> World:
    """Three positions of one person, each below the one before, who buy in every period; and what is given back.

    Where a rank is bought the first of them holds it beforehand, so that he can be paid.
    """
    world = World(plan, goods.scale)
    above = world.company
    for name in OWN_POSITIONS:
        above = world.join(name, above)
    for period in range(3):
        for name in OWN_POSITIONS:
            world.buy(name, *(goods.first if period == 0 else goods.regular), period=period)
        if period == 0:
            world.buy(ONE, *list(goods.ranks.values())[:1])
        if period == 0 and item is not None:
            if buyer == NEW:
                world.join(NEW, ONE)
            order = world.buy(buyer, item)[0]
        if period == later and item is not None:
            world.give_back(order, period=period, named=named)
    return world
