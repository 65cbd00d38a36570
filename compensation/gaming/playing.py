"""All the tests on one plan, with nothing but the plan and stated assumptions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from compensation.errors import PlanMismatch
from compensation.gaming import assuming, buying, growth, words
from compensation.gaming.goods import goods_of
from compensation.gaming.outcomes import Gaming, Tested, TestId
from compensation.gaming.positions import split
from compensation.gaming.rank_search import Reached, Search, Way
from compensation.gaming.terms import Terms
from intake.progress import Progress, silent

if TYPE_CHECKING:
    from compensation.gaming.goods import Goods
    from compensation.plan import Plan


def play(plan: Plan, terms: Terms | None = None, *, progress: Progress = silent) -> Gaming:
    """Every test on a plan.

    Args:
        plan: the plan.
        terms: prices and growth; the defaults of `Terms`.
        progress: told how far the tests are.

    Raises:
        AmountOverflow: an amount does not fit 64 bits.
        PlanMismatch: growth is asked for beyond what is simulated.
    """
    terms = terms or Terms()
    goods = goods_of(plan, terms)
    growth.sizes(terms)
    tests = []
    for number, (identifier, ask) in enumerate(ASKED.items()):
        progress("game", number / len(ASKED))
        if identifier == "bought_ranks" and not goods.ranks:
            continue
        try:
            tests.append(ask(plan, goods, terms))
        except PlanMismatch as error:  # the plan needs what only records can say
            tests.append(words.not_run(identifier, str(error)))
    progress("game", 1.0)
    return Gaming(
        plan=plan.id,
        title=plan.title,
        currency=plan.currency,
        scale=goods.scale,
        assumptions=assuming.assumptions(plan, goods, terms),
        tests=tuple(tests),
    )


def cheapest_ranks(plan: Plan, goods: Goods, terms: Terms) -> Tested:
    """The cheapest way to each rank: its price where it is bought, by search where it is qualified for."""
    if goods.ranks:
        start = sum(item.price for item in goods.joining)
        reached = [Reached(name, Way(), start + item.price, tried=1) for name, item in goods.ranks.items()]
    elif plan.ranks is not None and plan.ranks.source == "qualified":
        reached = Search(plan, goods, terms).all()
    else:
        reached = []
    return words.cheapest_ranks(plan, goods, reached)


def _grown(plan: Plan, goods: Goods, terms: Terms) -> Tested:
    return words.growth(plan, goods, terms, growth.simulate(plan, goods, terms))


ASKED: dict[TestId, Callable[[Plan, Goods, Terms], Tested]] = {
    "positions": split,
    "holding": buying.hold,
    "bought_ranks": buying.bought_ranks,
    "recruiting": buying.recruit,
    "wash": buying.wash,
    "cheapest_ranks": cheapest_ranks,
    "growth": _grown,
}
"""The tests in the order in which they are put."""
