"""Whose money the payouts were: line by line, and by computing the plan again."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compensation import parse_plan
from compliance import Assumptions, Measurement, Records, measure
from tests.compliance import slow_payout_sources as slow
from tests.compliance.conftest import write_tables

CATEGORIES = (None, "product", "autoship", "starter_kit", "fee", "training", "sales_tool", "deposit")
ALLOWANCE = 50
PLAN = """
id: two-levels
title: {en: Two levels, ar: مستويان}
currency: USD
period: month
components:
  - id: level
    family: unilevel
    rates: [10%, 5%]
"""


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[int | None], list[dict[str, Any]], list[dict[str, Any]]]:
    count = draw(st.integers(2, 6))
    sponsors: list[int | None] = [None, *(draw(st.integers(0, place - 1)) for place in range(1, count))]
    person = st.integers(0, count - 1)
    orders = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "buyer": st.sampled_from(("customer", None)) | person,
                    "seller": person,
                    "category": st.sampled_from(CATEGORIES),
                    "month": st.sampled_from(("2024-01", "2024-02")),
                    "amount": st.integers(0, 90),
                }
            ),
            min_size=1,
            max_size=14,
        )
    )
    payouts = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "payee": person,
                    "order": st.none() | st.integers(0, len(orders) - 1),
                    "amount": st.integers(1, 60),
                }
            ),
            min_size=1,
            max_size=20,
        )
    )
    return sponsors, orders, payouts


def opened(folder: Any, world: Any, **more: Any) -> Records:
    sponsors, orders, payouts = world
    money = {"currency": "USD"}
    tables = {
        "participants": [
            {"id": f"p{at}", "sponsor_id": None if sponsor is None else f"p{sponsor}", "joined": "2024-01-01"}
            for at, sponsor in enumerate(sponsors)
        ],
        "orders": [
            {
                "id": f"o{at}",
                "buyer_id": {"customer": "someone", None: None}.get(each["buyer"], f"p{each['buyer']}"),
                "seller_id": f"p{each['seller']}",
                "category": each["category"],
                "date": f"{each['month']}-15",
                "amount": each["amount"],
                **money,
            }
            for at, each in enumerate(orders)
        ],
        "payouts": [
            {
                "participant_id": f"p{each['payee']}",
                "source_order_id": None if each["order"] is None else f"o{each['order']}",
                "date": "2024-03-01",
                "amount": each["amount"],
                **money,
            }
            for each in payouts
        ],
    }
    return Records.open(write_tables(folder, {name: rows for name, rows in tables.items() if rows}), **more)


def one(records: Records, name: str) -> Measurement:
    return measure(records, [name])[0]


@settings(max_examples=20, deadline=None)
@given(worlds())
def test_sources_are_those_of_every_line(tmp_path_factory: pytest.TempPathFactory, world: Any) -> None:
    sponsors, orders, payouts = world
    with opened(tmp_path_factory.mktemp("world"), world, assumptions=Assumptions(allowance="0.50")) as records:
        found = one(records, "payout_sources")
    total = sum(each["amount"] for each in payouts)
    expected = slow.by_source(orders, payouts)
    if not found.measurable:
        # nothing is traced, or the orders of these records have no category at all
        assert set(expected) == {"untraced"} or all(each["category"] is None for each in orders)
        return
    assert (found.numerator, found.denominator) == (expected.get("customers", 0), total)
    parts = next(each for each in found.series if each.id == "by_source")
    assert {each.x: each.numerator for each in parts.points} == expected
    assert sum(each.numerator or 0 for each in parts.points) == total
    assert found.bound == ("lower" if "untraced" in expected else "exact")
    own, sold = expected.get("own_use", 0), expected.get("customers", 0)
    assert found.variant("own_use_all").numerator == sold + own
    allowed = slow.within_allowance(orders, payouts, ALLOWANCE)
    assert found.variant("own_use_allowance").numerator == sold + allowed
    discount = slow.from_discount_only(sponsors, orders, payouts, ALLOWANCE)
    assert found.variant("discount_only_as_customers").numerator == sold + discount
    assert found.variant("from_starter_kits").numerator == expected.get("starter_kits", 0)


@settings(max_examples=10, deadline=None)
@given(worlds())
def test_the_plan_is_paid_again_without_kits_and_on_customers_alone(
    tmp_path_factory: pytest.TempPathFactory, world: Any
) -> None:
    sponsors, orders, _ = world
    orders = [{**each, "category": each["category"] or "product"} for each in orders if each["buyer"] is not None]
    with opened(tmp_path_factory.mktemp("world"), (sponsors, orders, []), plan=parse_plan(PLAN)) as records:
        without, customers = (
            one(records, f"payouts_{name}") for name in ("without_kits_and_fees", "on_customers_only")
        )
    total = slow.two_levels(sponsors, orders)
    if not total:
        assert not without.measurable
        return
    goods = [each for each in orders if each["category"] in slow.GOODS]
    with_kits = [each for each in orders if each["category"] in (*slow.GOODS, "starter_kit")]
    retail = [each for each in orders if each["buyer"] == "customer"]
    assert without.fraction == Fraction(slow.two_levels(sponsors, goods), total)
    assert without.variant("kits_as_sales").fraction == Fraction(slow.two_levels(sponsors, with_kits), total)
    assert customers.fraction == Fraction(slow.two_levels(sponsors, retail), total)
    assert customers.variant("own_use_all").fraction == without.fraction


def test_without_a_plan_nothing_is_recomputed(company: Any) -> None:
    records = company(
        participants=[{"id": "a"}],
        orders=[{"buyer_id": "a", "amount": 100, "currency": "USD", "category": "fee", "date": "2024-01-01"}],
    )
    found = one(records, "payouts_without_kits_and_fees")
    assert [each.needs for each in found.missing] == ["plan"]


def test_a_plan_that_does_not_fit_and_records_that_are_too_large_say_so(tmp_path: Any) -> None:
    order = {"buyer": 1, "seller": 1, "category": "product", "month": "2024-01", "amount": 100}
    world: Any = ([None, 0], [order], [])
    by_cost = PLAN + "    base: {measure: cost}\n"
    with opened(tmp_path / "by_cost", world, plan=parse_plan(by_cost)) as records:
        found = one(records, "payouts_on_customers_only")
        assert not found.measurable
        assert found.missing[0].table == "plan"
    few = Assumptions(recompute_orders=0)
    with opened(tmp_path / "large", world, plan=parse_plan(PLAN), assumptions=few) as records:
        found = one(records, "payouts_on_customers_only")
        assert "downline what-if --without-fees --retail-only" in found.missing[0].text.en
        assert "--assume recompute_orders=NUMBER" in found.missing[0].text.en
