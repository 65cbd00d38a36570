"""Forced inventory: heaps at thresholds, cut-offs, stock, prices, and what own purchases decide; planted and honest."""

from __future__ import annotations

from calendar import monthrange
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from compensation import parse_plan
from compensation.books import Books
from compensation.evaluation import Evaluation
from compliance.assumptions import Assumptions
from compliance.indicators import measure
from compliance.indicators.heaps import BINS, bins_masked, heap
from compliance.indicators.plan_thresholds import plan_thresholds
from compliance.indicators.without_own import qualified
from compliance.measurement import Measurement
from compliance.records import Records
from genealogy.network import Network
from intake.datasheet import DataSheet

PLAN = """
id: by-volume
title: {en: By volume, ar: بحسب الحجم}
currency: USD
volumes: {measure: amount}
activity: {rule: personal_volume, at_least: "100"}
components:
  - {id: uni, family: unilevel, rates: [10%]}
"""


def with_plan(company: Any, plan: str = PLAN, **tables: Any) -> Records:
    records: Records = company(assumptions=Assumptions(allowance=Decimal(10)), **tables)
    records.plan = parse_plan(plan)
    return records


def one(records: Records, name: str) -> Measurement:
    return measure(records, [name])[0]


def numbered(orders: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"id": f"o{at}", "currency": "USD", "category": "product", **each} for at, each in enumerate(orders)]


def buyers(*, loaded: bool, people: int = 400) -> dict[str, list[dict[str, Any]]]:
    """Participants who buy what they like in six months, and customers.

    `loaded`: every second one makes up what lacks to 100, buys late and sells little.
    """
    random = np.random.default_rng(11)
    orders: list[dict[str, Any]] = []
    for at in range(people):
        loader = loaded and at % 2 == 0
        for month in range(1, 7):
            last = monthrange(2024, month)[1]
            amount, day = int(random.gamma(2.0, 4000)) + 1, int(random.integers(1, last + 1))
            if loader and 8_500 <= amount < 10_000:
                amount = 10_000 + int(random.integers(0, 300))
            if loader and random.random() < 0.4:
                day = last - int(random.integers(0, 3))
            orders.append({"buyer_id": f"m{at}", "date": f"2024-0{month}-{day:02d}", "amount": amount})
            sale = {"buyer_id": f"c{at}", "seller_id": f"m{at}", "amount": 300 if loader else 4_000}
            orders.append({**sale, "date": f"2024-0{month}-{int(random.integers(1, last + 1)):02d}"})
    people_ = [{"id": "root", "joined": "2023-01-01"}]
    people_ += [{"id": f"m{at}", "sponsor_id": "root", "joined": "2023-01-01"} for at in range(people)]
    return {"participants": people_, "orders": numbered(orders)}


def smooth(spike: int = 0, missing: int = 0, seed: int = 0) -> list[int]:
    counts = np.random.default_rng(seed).poisson(20_000 * np.exp(-np.arange(2 * BINS) / 18) / 16)
    counts[BINS] += spike
    counts[BINS - 2 : BINS] -= missing // 2
    return [int(each) for each in counts]


def test_a_heap_is_measured_and_chance_is_not() -> None:
    found = [heap(smooth(400, 300, seed)) for seed in range(12)]
    assert all(each is not None and each.z > 8 and each.gaps_below for each in found)
    assert abs(np.mean([each.excess for each in found if each]) - 400) < 40
    assert abs(np.mean([each.missing for each in found if each]) - 300) < 40
    by_chance = [each.z for each in (heap(smooth(seed=seed)) for seed in range(20, 60)) if each]
    assert len(by_chance) == 40
    assert sum(abs(z) > 1.96 for z in by_chance) <= 6
    assert abs(np.mean(by_chance)) < 0.6


def test_another_threshold_left_in_the_fit_bends_it() -> None:
    counts = smooth()
    counts[26] += 1_500  # a heap at 1.3 times the threshold
    masked, bare = heap(counts, bins_masked(1_000, [1_300])), heap(counts)
    assert masked is not None
    assert bare is not None
    assert abs(masked.excess) < 80 < abs(bare.excess)
    assert bins_masked(1_000, [1_000, 1_040, 960, 2_500]) == frozenset()  # its own bins, and what lies outside
    assert heap([3] * (2 * BINS)) is None  # too few purchases


def test_thresholds_stand_wherever_the_plan_asks() -> None:
    plan = parse_plan(
        """
id: many
title: {en: Many, ar: حدود}
currency: USD
ranks:
  order: [new, gold]
  source: qualified
  unranked: new
  qualifications: {gold: {personal_volume: "250", any_of: [{own_orders: {min_amount: "80"}}, {autoship: {}}]}}
activity: {rule: personal_volume, at_least: "100"}
components:
  - {id: uni, family: unilevel, rates: [10%], eligibility: {min_personal_volume: "60.5"}}
"""
    )

    class Given:
        currency, scale = "USD", 2

        def __init__(self) -> None:
            self.plan = plan

    found = {(each.column, each.least): each.places for each in plan_thresholds(Given())}  # type: ignore[arg-type]
    assert found == {
        ("volume", 60_500): ("uni",),
        ("volume", 100_000): ("activity",),
        ("volume", 250_000): ("ranks.gold",),
        ("paid", 8_000): ("ranks.gold",),
    }


def test_loaders_show_and_honest_buyers_do_not(company: Any) -> None:
    records = with_plan(company, **buyers(loaded=True))
    names = ("threshold_bunching", "bunching_strength", "inventory_loading", "period_end_loading")
    bunching, strength, loading, late = (one(records, name) for name in names)
    assert bunching.interval is not None
    assert Fraction(bunching.interval.low) > 0
    assert {each.id for each in bunching.series} >= {"counted", "expected", "by_month"}
    assert float(strength.variant("standard_errors").value or 0) > 4
    assert {each.id: each.value for each in loading.alternatives if each.id != "later_less"} == {
        "heap": "1",
        "unsold": "1",
        "not_customers": "1",
    }
    assert float(late.variant("difference").value or 0) > 1
    found = one(with_plan(company, PLAN, **buyers(loaded=True)), "threshold_bunching")
    assert found == bunching  # drawn with one seed


def test_honest_buyers_stay_quiet(company: Any) -> None:
    records = with_plan(company, **buyers(loaded=False))
    loading, bunching, late = (
        one(records, name) for name in ("inventory_loading", "threshold_bunching", "period_end_loading")
    )
    assert loading.value == "0"
    assert bunching.interval is not None
    assert Fraction(bunching.interval.low) < 0 < Fraction(bunching.interval.high) + Fraction(1, 50)
    assert abs(float(late.variant("difference").value or 9)) < 0.35


def test_without_a_plan_only_a_gap_makes_a_candidate(company: Any) -> None:
    loaded = one(company(**buyers(loaded=True)), "threshold_bunching")
    assert (loaded.measurable, loaded.bound) == (True, "open")
    assert "no plan was given" in (loaded.headline_label.en if loaded.headline_label else "")
    assert not one(company(**buyers(loaded=False)), "threshold_bunching").measurable


def test_weekly_plans_have_weekly_cut_offs(company: Any) -> None:
    orders = numbered([{"buyer_id": "a", "date": f"2024-01-{day:02d}", "amount": 1} for day in range(1, 29)])
    weekly = with_plan(company, PLAN + "period: week\n", participants=[{"id": "a"}], orders=orders)
    assert one(weekly, "period_end_loading").value == "1"  # three of seven days, four weeks
    evidence = one(weekly, "period_end_loading").evidence
    assert evidence is not None
    assert evidence.count == 12


STOCK = {
    "participants": [{"id": "root"}, {"id": "a", "sponsor_id": "root"}, {"id": "b", "sponsor_id": "root"}],
    "orders": numbered(
        [
            {"buyer_id": "a", "date": "2024-01-05", "amount": 100_000, "product": "Shake", "quantity": 10},
            {"buyer_id": "b", "date": "2024-04-28", "amount": 30_000, "product": " shake", "quantity": 6},
            {
                "buyer_id": "c",
                "seller_id": "a",
                "date": "2024-03-05",
                "amount": 10_000,
                "product": "Shake",
                "quantity": 1,
            },
        ]
    ),
}


def test_stock_by_hand(company: Any) -> None:
    records = company(**STOCK)
    cover, above = one(records, "stock_cover"), one(records, "stock_cover_above")
    # a: 1000 - 100 sold - 4 x 200 = 100 left, 900 gone in 4 months; b: 300 - 200 = 100 left, 200 gone in one
    assert (cover.numerator, cover.denominator) == (20_000, 22_500 + 20_000)
    assert cover.variant("middle").value == "0.47"  # (0.44 + 0.5) / 2
    assert cover.variant("no_own_use").numerator == 120_000
    assert (above.value, above.variant("no_own_use").value) == ("0", "1")
    unsold = company(participants=STOCK["participants"], orders=STOCK["orders"][:2])
    assert not one(unsold, "stock_cover").measurable  # unrecorded sales are unknown, not none


def test_prices_elsewhere(company: Any) -> None:
    records = company(**STOCK)
    assert not one(records, "price_premium").measurable
    prices = [
        {"product": "SHAKE", "price": price, "currency": "USD", "source": "a shop"} for price in ("40", "50", "90")
    ]
    records.datasheet = DataSheet.model_validate({"market_prices": prices})
    found = one(records, "price_premium")
    assert (found.numerator, found.denominator) == (130_000 - 80_000, 80_000)  # sixteen pieces at the middle price
    assert found.variant("customers").value == "1"


@st.composite
def worlds(draw: st.DrawFn) -> tuple[str, list[dict[str, Any]], list[dict[str, Any]]]:
    """A plan with some condition, five people in a tree, and orders of theirs and of customers."""
    condition = draw(
        st.sampled_from(
            [
                'activity: {rule: personal_volume, at_least: "100"}',
                "activity: {rule: purchases, at_least: 1}",
                'activity: {rule: requirements, requires: {group_volume: {at_least: "200"}}}',
                'activity: {rule: requirements, requires: {group_volume: {at_least: "150", includes_own: false}}}',
                "activity: {rule: requirements, requires: {any_of: [{own_orders: {count: 2}}, {customers: {count: 1}}]}}",
                'activity: {rule: requirements, requires: {recruits: {count: 1}, personal_volume: "50"}}',
            ]
        )
    )
    eligibility = draw(st.sampled_from(["{}", '{min_personal_volume: "80"}', "{active: false}"]))
    people = [{"id": "p0"}] + [{"id": f"p{at}", "sponsor_id": f"p{draw(st.integers(0, at - 1))}"} for at in range(1, 5)]
    orders = [
        {
            "buyer_id": (buyer := draw(st.sampled_from(["p0", "p1", "p2", "p3", "p4", "c0", "c1"]))),
            "seller_id": None if buyer[0] == "p" else f"p{draw(st.integers(0, 4))}",
            "date": f"2024-0{draw(st.integers(1, 2))}-10",
            "amount": draw(st.sampled_from([4_000, 5_000, 8_000, 10_000, 20_000])),
        }
        for _ in range(draw(st.integers(1, 10)))
    ]
    plan = PLAN.replace('activity: {rule: personal_volume, at_least: "100"}', condition)
    return plan.replace("rates: [10%]", f"rates: [10%], eligibility: {eligibility}"), people, numbered(orders)


@given(worlds())
@settings(max_examples=40, deadline=None)
def test_without_own_purchases_is_the_plan_asked_on_books_that_lack_them(
    drawn: tuple[str, list[dict[str, Any]], list[dict[str, Any]]],
) -> None:
    text, people, orders = drawn
    plan = parse_plan(text)
    network = Network.from_table(pl.DataFrame(people, schema={"id": pl.String, "sponsor_id": pl.String}))
    table = pl.DataFrame(orders).with_columns(pl.col("date").str.to_datetime(time_unit="ms"))
    periods = ("2024-01", "2024-02")
    evaluation = Evaluation(plan, Books(network, table, periods=periods))
    conditions = plan.components[0].eligibility
    for period in range(2):
        before, after = qualified(evaluation, period)
        for row, person in enumerate(people):
            without = table.filter(pl.col("buyer_id") != person["id"])
            alone = Evaluation(plan, Books(network, without, periods=periods))
            assert before[row] == evaluation.eligible(period, conditions)[row]
            assert after[row] == (before[row] and alone.eligible(period, conditions)[row]), (person, period)


def test_pay_to_play_and_the_least_by_hand(company: Any) -> None:
    orders = numbered(
        [
            {"buyer_id": "a", "date": "2024-01-05", "amount": 10_000},
            {"buyer_id": "a", "date": "2024-02-05", "amount": 12_000},
            {"buyer_id": "c", "seller_id": "b", "date": "2024-01-09", "amount": 15_000},
            {"buyer_id": "b", "date": "2024-01-09", "amount": 10_000},
            {"buyer_id": "c", "seller_id": "b", "date": "2024-02-09", "amount": 5_000},
            {"buyer_id": "b", "date": "2024-02-10", "amount": 5_000},
        ]
    )
    records = with_plan(company, participants=STOCK["participants"], orders=orders)
    found, least = one(records, "pay_to_play"), one(records, "exact_minimum")
    assert (found.numerator, found.denominator) == (3, 4)  # b in January has a customer's 150
    assert found.variant("people_always").value == "0.5"
    assert (least.numerator, least.denominator) == (2, 4)
    assert found.evidence is not None
    assert records.rows(found.evidence)["id"].to_list() == ["a", "b"]
