"""Saturation and collapse: newcomers, a stated population, ceilings, and what carries the payouts when nobody joins."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compensation import parse_plan
from compliance import Assumptions, Measurement, Records, measure
from compliance.indicators.solvency import money_months
from tests.compliance.conftest import write_tables
from tests.compliance.slow_standstill import lasting, standing

MONTHS = [f"2024-{month:02d}" for month in range(1, 7)]
END = dict(zip(MONTHS, (f"2024-{at}" for at in ("01-31", "02-29", "03-31", "04-30", "05-31", "06-30")), strict=True))


def one(records: Records, id: str) -> Measurement:  # noqa: A002 - it is an id
    return measure(records, [id])[0]


def growing(count: int = 24) -> list[dict[str, Any]]:
    """Two more join in each month than in the one before: 2, 4, 6, ... from January 2022 on."""
    people: list[dict[str, Any]] = []
    for month in range(count):
        for _ in range(2 * (month + 1)):
            sponsor = people[len(people) // 2]["id"] if people else None
            at = f"{2022 + month // 12}-{month % 12 + 1:02d}-28"
            people.append({"id": f"p{len(people)}", "sponsor_id": sponsor, "joined": at})
    people.append({**people[-1], "id": "last", "joined": f"{2021 + count // 12}-12-31"})
    return people


def test_newcomers_of_the_last_months(company: Any) -> None:
    found = one(company(participants=growing()), "recent_joiners")
    everyone = 2 * sum(range(1, 25)) + 1
    assert (found.numerator, found.denominator) == (2 * sum(range(13, 25)) + 1, everyone)
    assert found.variant("last_3_months").numerator == 2 * (22 + 23 + 24) + 1
    assert found.variant("last_6_months").numerator == 2 * sum(range(19, 25)) + 1
    series = {each.x: (each.numerator, each.denominator) for each in found.series[0].points}
    assert series["2022-03"] == (12, 12)
    assert series["2023-01"] == (2 * sum(range(2, 14)), 2 * sum(range(1, 14)))


def test_a_population_needs_a_source_and_is_printed(company: Any) -> None:
    people = growing()
    for id_ in ("population_share", "months_to_exhaust", "levels_to_exhaust"):
        assert {each.needs for each in one(company(participants=people), id_).missing} == {"assumptions.population"}
    chosen = Assumptions(population=10_000, population_source="census of 2020")
    records = company(participants=people, assumptions=chosen)
    share = one(records, "population_share")
    assert (share.numerator, share.denominator) == (601, 10_000)
    assert share.notes[0].en == "Population: 10,000, an assumption (census of 2020)."
    left = one(records, "months_to_exhaust")
    pace = 2 * sum(range(13, 25)) + 1
    assert left.fraction == Fraction((10_000 - 601) * 12, pace)
    assert left.interval is not None
    assert Fraction(left.interval.low) < left.fraction < Fraction(left.interval.high)
    assert left.variant("last_3_months").fraction == Fraction((10_000 - 601) * 3, 2 * (22 + 23 + 24) + 1)
    growth = (601 / (601 - pace)) ** (1 / 12)
    months = float(left.variant("growth_goes_on").value or "nan")
    assert abs(601 * growth**months - 10_000) < 0.1


def test_a_population_that_the_records_state(company: Any) -> None:
    facts = [
        {"fact": "population", "value": "5000"},
        {"fact": "population", "value": "7000", "participant_id": "p1"},
    ]
    share = one(company(participants=growing(), facts=facts), "population_share")
    assert share.denominator == 5_000
    assert share.notes[0].en == "Population: 5,000, as facts.csv states in line 2."


def test_the_level_at_which_a_tree_of_six_exceeds_mankind(company: Any) -> None:
    """The published example: six recruits each pass 8 billion at level 13."""
    people = [{"id": "a"}] + [{"id": f"a{at}", "sponsor_id": "a"} for at in range(6)]
    found = one(company(participants=people, assumptions=Assumptions(population=8_000_000_000)), "levels_to_exhaust")
    assert found.value == "13"


def test_no_ceiling_is_said_where_the_months_show_none(company: Any) -> None:
    found = one(company(participants=growing(12)), "enrolment_ceiling")
    assert found.value is None
    assert "do not show a ceiling" in found.missing[0].text.en
    assert {each.id for each in found.series} == {"joined", "bass", "logistic"}


def test_a_ceiling_that_the_months_show(company: Any) -> None:
    months = [3, 5, 9, 15, 24, 33, 40, 38, 30, 20, 12, 7, 4, 2, 1, 1]
    people = [
        {"id": f"{month}-{at}", "joined": f"{2022 + month // 12}-{month % 12 + 1:02d}-10"}
        for month, count in enumerate(months)
        for at in range(count)
    ] + [{"id": "x", "joined": "2023-05-31"}]
    found = one(company(participants=people), "enrolment_ceiling")
    assert found.value is not None
    assert found.interval is not None
    assert sum(months) <= int(found.interval.low) <= int(found.value) <= int(found.interval.high) < 350


# When nobody joins


def test_a_promise_without_customers_is_short_at_once(company: Any) -> None:
    """Members deposit, and are paid on no order: nothing carries it without new deposits."""
    people = [{"id": f"p{at}", "joined": f"{month}-05"} for at, month in enumerate(MONTHS)]
    orders = [
        {"id": f"o{at}", "date": f"{month}-05", "buyer_id": f"p{at}", "category": "deposit", "amount": 10_000,
         "currency": "USD"}
        for at, month in enumerate(MONTHS)
    ]  # fmt: skip
    payouts = [{"participant_id": "p0", "date": END[month], "amount": 2_000, "currency": "USD"} for month in MONTHS[1:]]
    records = company(participants=people, orders=orders, payouts=payouts)
    assert one(records, "months_without_joining").value == "0"
    cover = one(records, "payouts_without_joining")
    assert (cover.value, cover.bound) == ("0", "upper")


def test_customers_who_pay_for_everything_carry_it_for_ever(company: Any) -> None:
    people = [{"id": "a", "joined": "2023-12-05"}]
    orders = [
        {"id": month, "date": f"{month}-05", "buyer_id": "customer", "seller_id": "a", "amount": 10_000, "cost": 4_000,
         "currency": "USD", "category": "product"}
        for month in MONTHS
    ]  # fmt: skip
    payouts = [
        {"participant_id": "a", "date": END[month], "amount": 2_000, "currency": "USD", "source_order_id": month}
        for month in MONTHS
    ]
    records = company(participants=people, orders=orders, payouts=payouts)
    lasts = one(records, "months_without_joining")
    assert (lasts.value, lasts.bound) == ("120", "lower")
    cover = one(records, "payouts_without_joining")
    assert (cover.fraction, cover.bound) == (Fraction(5), "upper")
    assert cover.variant("less_cost").fraction == Fraction(3)
    assert "60% is left" in cover.notes[0].en
    assert lasts.variant("less_cost").value == "120"


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    people = [
        {
            "id": f"p{at}",
            "joined": f"{draw(st.sampled_from(MONTHS))}-01",
            "kind": draw(st.sampled_from([None, "customer"])),
        }
        for at in range(draw(st.integers(1, 4)))
    ]
    buyers = [*(row["id"] for row in people), "stranger"]
    orders = [
        {
            "id": f"o{at}",
            "date": f"{month}-28" if month == MONTHS[-1] else f"{month}-10",
            "buyer_id": draw(st.sampled_from(buyers)),
            "category": draw(st.sampled_from(["product", "fee", "starter_kit", "autoship"])),
            "amount": draw(st.integers(1, 9)) * 100,
            "currency": "USD",
        }
        for at, month in enumerate([*MONTHS, *draw(st.lists(st.sampled_from(MONTHS), max_size=8))])
    ]
    payouts = [
        {
            "participant_id": "p0",
            "date": f"{draw(st.sampled_from(MONTHS))}-20",
            "amount": draw(st.integers(1, 9)) * 50,
            "currency": "USD",
            "source_order_id": draw(st.sampled_from([None, *(row["id"] for row in orders)])),
        }
        for _ in range(draw(st.integers(1, 8)))
    ]
    payouts.append({"participant_id": "p0", "date": f"{MONTHS[-1]}-30", "amount": 50, "currency": "USD"})
    return people, orders, payouts


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(worlds())
def test_the_months_are_those_of_the_slow_reckoning(tmp_path_factory: pytest.TempPathFactory, world: Any) -> None:
    people, orders, payouts = world
    folder = write_tables(
        tmp_path_factory.mktemp("world"), {"participants": people, "orders": orders, "payouts": payouts}
    )
    with Records.open(folder) as records:
        slow = standing(people, orders, payouts, MONTHS)
        fast = {each.month: each for each in money_months(records)}
        assert {month: {name: getattr(fast[month], name) for name in slow[month]} for month in slow} == slow
        found = one(records, "months_without_joining")
        assert found.value == str(lasting(slow, Fraction(1), participants=True))
        assert found.variant("customers_only").value == str(lasting(slow, Fraction(1), participants=False))


# By the plan

PLAN = """
id: levels
title: {en: "Two levels", ar: "مستويان"}
source: test
currency: USD
period: month
components:
  - {id: levels, family: unilevel, rates: [10%, 5%]}
"""


def test_what_the_plan_pays_without_those_who_joined(tmp_path: Path) -> None:
    """A sponsors b (January) and c (May); both buy 100.00 in each month, and the plan pays a tenth to the sponsor."""
    people = [
        {"id": "a", "joined": "2023-12-01"},
        {"id": "b", "sponsor_id": "a", "joined": "2024-01-01"},
        {"id": "c", "sponsor_id": "a", "joined": "2024-05-01"},
    ]
    orders = [
        {"id": f"{who}{month}", "date": END[month], "buyer_id": who, "amount": 10_000, "volume": 100_000,
         "currency": "USD", "category": "product"}
        for month in MONTHS for who in "bc" if who == "b" or month >= "2024-05"
    ]  # fmt: skip
    folder = write_tables(tmp_path / "planned", {"participants": people, "orders": orders})
    with Records.open(folder, plan=parse_plan(PLAN)) as records:
        found = one(records, "plan_without_joining")
        assert (found.numerator, found.denominator) == (3 * 1_000, 5 * 1_000)  # April, May, June
        levels = one(records, "plan_levels")
        assert (levels.value, levels.bound) == ("2", "exact")
        simulated = one(records, "simulated_loss_share")
        assert simulated.interval is not None
        assert Fraction(simulated.interval.low) <= Fraction(simulated.value or 0) <= Fraction(simulated.interval.high)
        assert Fraction(simulated.value or 0) > Fraction(8, 10)  # 15% of purchases can make few whole


def test_without_a_plan_it_says_so(company: Any) -> None:
    records = company(participants=growing(2))
    for id_ in ("plan_without_joining", "plan_levels", "simulated_loss_share"):
        assert "plan" in {each.needs for each in one(records, id_).missing}
