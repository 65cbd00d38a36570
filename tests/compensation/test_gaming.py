"""Tests of a plan alone: each against a formula, a sum by hand, or an exhaustive search that knows no engine."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compensation import load_plan, parse_plan
from compensation.errors import PlanMismatch
from compensation.gaming import Gaming, Terms, growth, mechanisms, play, playing, positions
from compensation.gaming.buying import hold, recruit, wash
from compensation.gaming.goods import Goods, goods_of
from compensation.gaming.rank_search import Search, Way
from compensation.gaming.world import World
from intake.text import verbatim

HEAD = "id: t\ntitle: {en: T, ar: ت}\ncurrency: USD\n"
FEW = Terms(most_positions=2, most_recruits=2, start=3, periods=2, seeds=2)


def plan_of(*components: str, frame: str = "") -> Any:
    return parse_plan(f"{HEAD}{frame}components:\n" + "".join(f"  - {{{each}}}\n" for each in components))


LEVELS = plan_of("id: level, family: unilevel, rates: [10%, 5%, 5%]")


def of(plan: Any, terms: Terms = FEW) -> tuple[Any, Goods, Terms]:
    return plan, goods_of(plan, terms), terms


# One person as several


@pytest.mark.parametrize("downline", ["nobody", "two_each", "line"])
@pytest.mark.parametrize("rates", [["10%", "5%", "5%"], ["10%"], ["3%", "0%", "0%", "7%"]])
def test_a_chain_of_two_gains_what_the_formula_says(downline: str, rates: list[str]) -> None:
    plan, goods, _ = of(plan_of(f"id: level, family: unilevel, rates: [{', '.join(rates)}]"))
    world = positions._world(plan, goods, downline, "chain", 1, shared=False)
    parent = {name: above for name, above in world.sponsor.items() if above is not None}
    found = mechanisms.unilevel_split(
        parent,
        world.company,
        [Fraction(each.rstrip("%")) / 100 for each in rates],
        dict.fromkeys(parent, Fraction(100)),
        positions.ONE,
        (Fraction(50), Fraction(50)),
    )
    before = world.run().parts([positions.ONE])
    tried = positions._try(
        plan, goods, downline, "chain", 2, shared=True, spent=world.spent[positions.ONE], before=before
    )
    assert (tried.cost, Fraction(tried.pay, 100)) == (0, found.gain)
    assert Fraction(sum(before.values()), 100) == found.before


def test_positions_that_buy_are_paid_for() -> None:
    """Four in a line share one purchase, 25 each: 5.00 + 3.75 + 2.50 come from those of one's own below."""
    tested = positions.split(*of(LEVELS, Terms(most_positions=4)))
    chain = next(each for each in tested.tries if "chain" in each.what.en and "nobody" in each.what.en)
    assert (chain.cost, chain.profit) == (0, 500 + 375 + 250)
    best = tested.best
    assert best is not None
    assert best.profit > 0
    assert tested.because is not None
    assert tested.because.en.startswith("level pays ")


def test_the_binary_tripod(repository: Path) -> None:
    """One position above two is paid on a left and a right leg of its own; both lower ones are paid besides."""
    plan = load_plan(repository / "tests" / "reference" / "examples" / "binary-betfin-two-cycles.plan.yaml")
    tested = positions.split(*of(plan, Terms(most_positions=2)))
    tripods = [each for each in tested.tries if each.what.en.startswith("3 positions, one above two")]
    assert len(tripods) == 3
    assert tested.best is not None
    assert tested.best.profit > 0


def test_a_person_of_many_positions_stands_where_it_says() -> None:
    plan, goods, _ = of(LEVELS)
    chain = positions._world(plan, goods, "two_each", "chain", 3, shared=False).sponsor
    assert [chain["one-2"], chain["one-3"], chain["1.0"], chain["1.1"]] == ["one", "one-2", "one-3", "one-3"]
    side = positions._world(plan, goods, "two_each", "side_by_side", 3, shared=False).sponsor
    assert [side["one-2"], side["one-3"], side["1.0"], side["1.1"]] == ["one", "one", "one", "one-2"]
    tripod = positions._world(plan, goods, "two_each", "tripod", 3, shared=False)
    legs = {row["id"]: (row["placement_id"], row["leg"]) for row in tripod._people}
    assert (legs["one-2"], legs["one-3"]) == (("one", "left"), ("one", "right"))
    assert (legs["1.0"], legs["1.1"]) == (("one-2", "left"), ("one-3", "left"))
    assert len(side) == 1 + 3 + 14


# Purchases


def test_buying_to_stay_active() -> None:
    """5 levels of 10 %, 100 each: two recruits bring 20, six 60, fourteen 140; the own 100 comes back with fourteen."""
    plan = plan_of(
        "id: level, family: unilevel, rates: [10%, 10%, 10%, 10%, 10%]",
        frame='activity: {rule: personal_volume, at_least: "100"}\n',
    )
    tested = hold(*of(plan))
    assert [(each.cost, each.pay) for each in tested.tries[:5]] == [
        (10000, 0), (10000, 2000), (10000, 6000), (10000, 14000), (10000, 30000),
    ]  # fmt: skip
    assert "from here on: 14 people below" in tested.found.en
    assert "The plan asks for own purchases" in tested.found.en


def test_a_plan_that_asks_for_nothing() -> None:
    tested = hold(*of(LEVELS))
    assert {each.pay for each in tested.tries} == {0}
    assert "asks for no own purchase" in tested.found.en


def test_recruits_without_customers() -> None:
    plan = plan_of("id: bonus, family: recruitment_bonus, amount: '60', orders: {categories: [starter_kit]}")
    tested = recruit(*of(plan, Terms(joining=Fraction(100), most_recruits=3)))
    assert [(each.cost, each.pay) for each in tested.tries] == [(10000, 6000 * n) for n in range(4)]
    assert "2 recruit(s) bring back the own cost of 100 USD" in tested.found.en
    assert "All of the largest group together paid 400 USD and got 180 USD." in tested.found.en
    assert "pays the sponsor 60 USD" in tested.found.en


@pytest.mark.parametrize(("reversals", "kept"), [("claw_back", 0), ("recompute", 0), ("ignore", 10000)])
def test_orders_that_are_given_back(reversals: str, kept: int) -> None:
    """Ten orders of 100 through the position below: 10 % to the one above, unless it is taken back."""
    tested = wash(*of(plan_of(f"id: level, family: unilevel, rates: [10%], reversals: {reversals}")))
    assert {each.cost for each in tested.tries} == {0}
    assert {each.pay for each in tested.tries if "one level below" in each.what.en} == {kept}
    assert {each.pay for each in tested.tries if "oneself" in each.what.en} == {0}
    assert (tested.because is None) == (kept == 0)


def test_two_positions_above_a_washed_order_keep_both_levels() -> None:
    tested = wash(*of(plan_of("id: level, family: unilevel, rates: [10%, 3%], reversals: ignore")))
    assert max(each.pay for each in tested.tries) == 10000 + 3000


# The cheapest way to each rank

UNIT = 100
"""Points and dollars: the step of the exhaustive search."""


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    own=st.integers(0, 3),
    group=st.integers(1, 6),
    limit=st.sampled_from([None, 1, 2]),
    recruits=st.integers(0, 2),
    each=st.integers(1, 2),
    joining=st.sampled_from([0, 30, 250]),
)
def test_no_way_is_cheaper(own: int, group: int, limit: int | None, recruits: int, each: int, joining: int) -> None:
    cap = "" if limit is None else f', max_per_leg: "{limit * UNIT}", includes_own: false'
    asks = [f'group_volume: {{at_least: "{group * UNIT}"{cap}}}']
    asks += [f'personal_volume: "{own * UNIT}"'] if own else []
    asks += [f'recruits: {{count: {recruits}, min_volume: "{each * UNIT}"}}'] if recruits else []
    plan = parse_plan(
        f"{HEAD}ranks: {{source: qualified, order: [Gold], qualifications: {{Gold: {{{', '.join(asks)}}}}}}}\n"
        "components:\n  - {id: level, family: unilevel, rates: [1%]}\n"
    )
    terms = Terms(joining=Fraction(joining))
    found = Search(plan, goods_of(plan, terms), terms).all()[0]
    best = None
    for people in range(7 if limit is not None else 3):
        for legs in combinations_with_replacement(range(max(limit or group, each) + 1), people):
            for mine in range(max(group, own) + 1):
                counted = sum(legs) + mine if limit is None else sum(min(leg, limit) for leg in legs)
                if counted < group or mine < own or sum(leg >= each for leg in legs) < recruits:
                    continue
                cost = joining * (people + 1) + UNIT * (sum(legs) + mine)
                best = cost if best is None else min(best, cost)
    assert best is not None
    assert found.way is not None
    assert found.cost == best * 100


def test_a_rank_over_ranks_and_one_that_no_purchase_reaches() -> None:
    plan = parse_plan(
        f"""{HEAD}
ranks:
  source: qualified
  order: [Silver, Gold, Star]
  qualifications:
    Silver: {{personal_volume: "200"}}
    Gold: {{qualified_legs: {{count: 2, rank: Silver}}, customers: {{count: 2, min_volume: "50"}}}}
    Star: {{stated: [chosen]}}
components:
  - {{id: level, family: unilevel, rates: [10%]}}
"""
    )
    terms = Terms(joining=Fraction(10))
    silver, gold, star = Search(plan, goods_of(plan, terms), terms).all()
    assert (silver.way, silver.cost) == (Way(own=200_000), 21_000)
    # customers' orders count to the own volume: two of 50 are half of the 200 that Silver asks for
    assert gold.cost == 3 * 1000 + 3 * 20_000
    assert gold.way is not None
    assert (gold.way.positions, gold.way.sold) == (3, 100_000)
    # 10 % of two legs of 200, of their two joining fees of 10 (the plan pays on everything), and of two customers of 50
    assert gold.pay == {"level": 4000 + 200 + 1000}
    assert star.way is None
    tested = playing.cheapest_ranks(plan, goods_of(plan, terms), terms)
    assert "No way was found to: Star" in tested.found.en
    assert "invented customers" in tested.found.en


# Growth


def test_growth_is_the_same_for_the_same_seed_and_adds_up() -> None:
    plan, goods, _ = of(LEVELS)
    terms = Terms(start=5, growth=Fraction(1, 2), periods=4, customers=1)
    one, again, other = (growth.grow(plan, goods, terms, seed) for seed in (7, 7, 8))
    assert one == again
    assert one.parts != other.parts
    assert growth.sizes(terms) == [5, 7, 11, 16]
    assert one.participants == 16
    assert one.paid_in == 10000 * (5 + 7 + 11 + 16)
    assert one.paid_out == sum(one.parts.values())


def test_who_is_behind_by_hand() -> None:
    """Two people, the second surely under the first: 100 each, of which 60 % goes to the one above."""
    plan, goods, _ = of(plan_of("id: level, family: unilevel, rates: [60%]"))
    for rate, behind in (("60%", 2), ("100%", 1)):
        plan = plan_of(f"id: level, family: unilevel, rates: [{rate}]")
        grown = growth.grow(plan, goods, Terms(start=2, periods=1), 1)
        assert (grown.participants, grown.behind, grown.nothing) == (2, behind, 1)


def test_buying_that_ends() -> None:
    plan, goods, _ = of(LEVELS)
    grown = growth.grow(plan, goods, Terms(start=4, growth=Fraction(0), periods=5, buys_for=2), 1)
    assert grown.paid_in == 4 * 2 * 10000


def test_too_much_growth_is_refused() -> None:
    with pytest.raises(PlanMismatch, match="ask for fewer periods"):
        play(LEVELS, Terms(growth=Fraction(1)))


# The whole


def every_text(found: Gaming) -> list[Any]:
    texts = [*found.assumptions]
    for test in found.tests:
        texts += [test.title, test.asked, test.found, *(each.what for each in test.tries)]
        texts += [test.because] if test.because is not None else []
    return texts


def test_a_real_scheme_from_its_price_list(beehive: Path) -> None:
    found = play(load_plan(beehive / "plan.yaml"), FEW)
    assert found.test("recruiting").tries[1].profit == 0
    assert found.test("recruiting").tries[2].profit == 100_000_000
    assert found.test("cheapest_ranks").tries[-1].cost == 1_100_000_000
    assert [each.profit for each in found.test("bought_ranks").tries] == [0] * 18
    for text in every_text(found):
        assert text.en
        assert text.ar
        assert "{" not in text.en + text.ar
        assert not any(word in text.en.lower() for word in ("pyramid", "fraud", "scam", "illegal"))
    assert Gaming.model_validate_json(found.model_dump_json()) == found


def test_a_plan_without_ranks_and_what_cannot_be_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    def impossible(*_: object) -> Any:
        raise PlanMismatch(verbatim("the plan reckons with something that only records have"))

    monkeypatch.setitem(playing.ASKED, "wash", impossible)
    found = play(LEVELS, FEW)
    assert found.test("cheapest_ranks").tries == ()
    assert found.test("wash").not_run is not None
    assert "only records have" in found.test("wash").found.en
    assert [each.id for each in found.tests] == [
        "positions", "holding", "recruiting", "wash", "cheapest_ranks", "growth",
    ]  # fmt: skip


@pytest.mark.parametrize("period", ["day", "week", "month", "quarter", "year", "whole"])
def test_periods_of_a_world(period: str) -> None:
    plan = plan_of("id: level, family: unilevel, rates: [10%]", frame=f"period: {period}\ntimezone: Asia/Tokyo\n")
    world = World(plan, 2)
    item = goods_of(plan, FEW).regular[0]
    world.join("a", world.company)
    for index in range(14):
        world.buy("a", item, period=index)
    from compensation import compute_on

    periods = compute_on(plan, world.books()).evaluation.periods
    assert len(periods) == (1 if period == "whole" else 14)


def test_prices_and_what_the_plan_asks_for() -> None:
    plan = plan_of(
        "id: level, family: unilevel, rates: [10%], orders: {min_amount: '30', categories: [autoship]}",
        frame="activity: {rule: purchases, at_least: 2}\n",
    )
    goods = goods_of(plan, Terms(order=Fraction(20), points_per_unit=Fraction(1, 2)))
    assert [(each.price, each.volume, each.category) for each in goods.regular] == [(3000, 15_000, "autoship")] * 2
    ranked = plan_of(
        "id: level, family: unilevel, rates: [10%]",
        frame="ranks: {source: purchases, order: [A, B], unranked: A}\n",
    )
    assert goods_of(ranked, Terms(prices={"B": Fraction(75)})).ranks["B"].price == 7500
    assert goods_of(ranked, Terms()).ranks["B"].price == 0
