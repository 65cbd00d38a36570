"""Net results, recruiting income, newcomers' money and depth on small worlds, against dicts; breakdowns tie with totals."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from compliance import Assumptions, Measurement, Records, measure
from compliance.indicators.net_result import QUANTILES, lorenz_of_all, quantile
from compliance.indicators.position import partial_correlation
from compliance.statistics import classic_gini, doubled_ranks
from tests.compliance import slow_results as slow
from tests.compliance.conftest import write_tables

IDS = (
    "external_revenue_ratio", "participant_funded_share", "recruit_income_share", "recruitment_share", "net_loss_share",
    "net_result", "break_even_bound", "new_money_dependence", "money_depth", "payout_ratio", "zero_earner_share",
)  # fmt: skip
CATEGORIES = ("product", "autoship", "starter_kit", "fee", "training")


@st.composite
def worlds(draw: st.DrawFn) -> slow.World:
    count = draw(st.integers(2, 7))
    person, day = st.integers(0, count - 1), st.integers(0, 150)
    amount = st.integers(1, 90)
    people = [
        {
            "sponsor": draw(st.integers(0, place - 1)) if place else None,
            "day": draw(st.integers(0, 60)),
            "country": draw(st.sampled_from(("EG", "US"))),
        }
        for place in range(count)
    ]
    orders = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "buyer": st.just("customer") | person,
                    "seller": person,
                    "category": st.sampled_from(CATEGORIES),
                    "day": day,
                    "amount": amount,
                }
            ),
            min_size=1,
            max_size=12,
        )
    )
    source = st.none() | st.integers(0, len(orders) - 1)
    payouts = draw(
        st.lists(
            st.fixed_dictionaries({"payee": person, "order": source, "day": day, "amount": amount}),
            min_size=1,
            max_size=12,
        )
    )
    refunds = draw(st.lists(st.fixed_dictionaries({"person": person, "day": day, "amount": amount}), max_size=3))
    return {"people": people, "orders": orders, "payouts": payouts, "refunds": refunds}


def on(day: int) -> str:
    return (date(2024, 1, 1) + timedelta(days=day)).isoformat()


def opened(folder: Any, world: slow.World) -> Records:
    money = {"currency": "USD"}
    tables: dict[str, list[dict[str, Any]]] = {
        "participants": [
            {
                "id": f"p{at}",
                "sponsor_id": None if each["sponsor"] is None else f"p{each['sponsor']}",
                "joined": on(each["day"]),
                "country": each["country"],
            }
            for at, each in enumerate(world["people"])
        ],
        "orders": [
            {
                "id": f"o{at}",
                "buyer_id": "someone" if each["buyer"] == "customer" else f"p{each['buyer']}",
                "seller_id": f"p{each['seller']}",
                "category": each["category"],
                "date": on(each["day"]),
                "amount": each["amount"],
                **money,
            }
            for at, each in enumerate(world["orders"])
        ],
        "payouts": [
            {
                "participant_id": f"p{each['payee']}",
                "source_order_id": None if each["order"] is None else f"o{each['order']}",
                "date": on(each["day"]),
                "amount": each["amount"],
                **money,
            }
            for each in world["payouts"]
        ],
        "returns": [
            {
                "participant_id": f"p{each['person']}",
                "decided": on(each["day"]),
                "outcome": "refunded",
                "amount": each["amount"],
                **money,
            }
            for each in world["refunds"]
        ],
    }
    return Records.open(
        write_tables(folder, {name: rows for name, rows in tables.items() if rows}),
        assumptions=Assumptions(retail_markup=Decimal("0.5")),
    )


@settings(max_examples=12, deadline=None)
@given(worlds())
def test_figures_are_those_of_the_definitions(tmp_path_factory: pytest.TempPathFactory, world: slow.World) -> None:
    with opened(tmp_path_factory.mktemp("world"), world) as records:
        found = {each.id: each for each in measure(records, IDS)}
    everyone = range(len(world["people"]))
    nets = [slow.net(world, person) for person in everyone]
    total = sum(slow.paid_out(world, person) for person in everyone)
    members, outside = sum(slow.paid_in(world, person) for person in everyone), slow.outside(world)

    losses = found["net_loss_share"]
    assert (losses.numerator, losses.denominator) == (sum(each < 0 for each in nets), len(nets))
    used = [slow.goods(world, person) for person in everyone]
    assert losses.variant("goods_no_cost").numerator == sum(n + g < 0 for n, g in zip(nets, used, strict=True))
    result = found["net_result"]
    assert result.numerator is None or result.numerator == slow.median(nets)
    assert Fraction(result.value or "0") * 100 == slow.median(nets)
    assert result.variant("sum").numerator == sum(nets) == total - members
    costs = [cost for person in everyone if (cost := slow.paid_in(world, person)) > 0]
    if costs:
        bound = found["break_even_bound"]
        assert (bound.numerator, bound.denominator) == (slow.could_break_even(costs, total), len(costs))
        assert bound.variant("reached").numerator == sum(
            net >= 0 for person, net in enumerate(nets) if slow.paid_in(world, person) > 0
        )
    assert found["zero_earner_share"].numerator == sum(slow.paid_out(world, person) <= 0 for person in everyone)

    if any(each["order"] is not None for each in world["payouts"]):
        recruiting = found["recruit_income_share"]
        assert (recruiting.numerator, recruiting.denominator) == slow.mostly_recruiting(world)
        kept = recruiting.variant("kits_as_sales")
        assert (kept.numerator, kept.denominator) == slow.mostly_recruiting(world, without=("starter_kit",))
    new = found["new_money_dependence"]
    assert (new.numerator, new.denominator) == (slow.newcomers_money(world, 90), total)
    assert new.variant("within_30_days").numerator == slow.newcomers_money(world, 30)
    placed = [(each["amount"], links) for each in world["payouts"] if (links := slow.distance(world, each)) is not None]
    if placed:
        depth = found["money_depth"]
        assert (depth.numerator, depth.denominator) == (sum(a * d for a, d in placed), sum(a for a, _ in placed))
    if members + outside > 0:
        assert (found["payout_ratio"].numerator, found["payout_ratio"].denominator) == (total, members + outside)
        assert found["external_revenue_ratio"].fraction == Fraction(outside, members + outside)
    assert found["participant_funded_share"].fraction == Fraction(max(0, total - outside), total)
    _series_add_up(found, world)


def _series_add_up(found: dict[str, Measurement], world: slow.World) -> None:
    for id_ in ("net_loss_share", "zero_earner_share", "recruitment_share", "recruit_income_share", "money_depth"):
        measured = found[id_]
        for series in measured.series:
            if measured.measurable and series.axis in ("cohort", "country", "branch") and series.note is None:
                points = series.points
                assert sum(each.numerator or 0 for each in points) == measured.numerator, (id_, series.id)
                assert sum(each.denominator or 0 for each in points) == measured.denominator, (id_, series.id)
    by_country = _of(found["net_result"], "by_country")
    for name, value in by_country.items():
        there = [at for at, each in enumerate(world["people"]) if each["country"] == name]
        assert Fraction(value) * 100 == slow.median([slow.net(world, person) for person in there])


def _of(measured: Measurement, series: str) -> dict[str, str]:
    points = next((each.points for each in measured.series if each.id == series), ())
    return {each.x: each.value or "0" for each in points}


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=40))
def test_quantiles_and_the_curve_with_negatives(values: list[int]) -> None:
    ascending = np.sort(np.array(values, dtype=np.int64))
    for percent in QUANTILES:
        expected = np.quantile(ascending, percent / 100, method="averaged_inverted_cdf")
        assert float(quantile(ascending, percent)) == pytest.approx(float(expected))
    assert quantile(ascending, 50) == slow.median(values)
    curve = lorenz_of_all(ascending)
    assert bool(curve) == any(values)
    if curve:
        whole = sum(map(abs, values))
        assert curve[0][1] == 0
        assert curve[-1] == (Fraction(1), Fraction(sum(values), whole))
        assert min(part for _, part in curve) >= Fraction(sum(each for each in values if each < 0), whole)


def test_the_classic_formula_exceeds_one_with_negatives() -> None:
    assert classic_gini(np.array([-40, -40, -40, -20, 0, 10, 30, 100, 200, 800])) == Fraction(101, 100)
    assert classic_gini(np.array([-1, 1])) is None


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(-9, 9), st.integers(0, 4)), min_size=4, max_size=30))
def test_partial_correlation_is_that_of_the_residuals_of_the_ranks(rows: list[tuple[int, int, int]]) -> None:
    columns = [np.array(column, dtype=np.int64) for column in zip(*rows, strict=True)]
    assume(all(len(set(column.tolist())) > 1 for column in columns))
    ranks = [stats.rankdata(column) for column in columns]

    def rest(values: Any) -> Any:
        centred, held = values - values.mean(), ranks[2] - ranks[2].mean()
        return centred - held * (centred @ held) / (held @ held)

    x, y = rest(ranks[0]), rest(ranks[1])
    found = partial_correlation(*(doubled_ranks(column) for column in columns))
    if min(x @ x, y @ y) < 1e-6:  # one follows the third entirely
        return
    assert found is not None
    assert float(found) == pytest.approx((x @ y) / np.sqrt((x @ x) * (y @ y)), abs=1e-6)
