"""Whose a sale is: the search against its slow twin, and the rules one by one."""

# ruff: noqa: DTZ001 - the tables hold naive UTC times
from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compensation import compute, explain, parse_plan
from compensation.computed import Computed
from compensation.errors import PlanError
from tests.compensation import slow_attribution as slow
from tests.compensation.sales_worlds import (
    HEAD,
    clicks_table,
    histories,
    network,
    orders_table,
    paid,
    peoples,
    ties,
    visits,
)
from tests.compensation.slow_attribution import Click, Order, People, Rule, Span

spans = st.one_of(
    st.none(),
    st.builds(Span, days=st.sampled_from([0, 1, 2]), inclusive=st.booleans()),
    st.builds(Span, hours=st.sampled_from([0, 5, 24]), inclusive=st.booleans()),
)
rules = st.builds(
    Rule,
    credit=st.sampled_from(["last_click", "first_click", "split"]),
    window=spans,
    cart=spans,
    coupon=st.sampled_from(["beats_click", "without_click", "ignored"]),
    stays=st.booleans(),
    unclicked=st.sampled_from(["nobody", "seller"]),
    own_paid=st.booleans(),
)


def written(rule: Rule) -> str:
    """The twin's rule in the plan language."""

    def span(each: Span | None) -> str:
        if each is None:
            return "null"
        unit = f"days: {each.days}" if each.days is not None else f"hours: {each.hours}"
        return f"{{{unit}, last: {'included' if each.inclusive else 'excluded'}}}"

    where = "" if rule.credit == "seller" else f"window: {span(rule.window)}, cart: {span(rule.cart)}, "
    return (
        f"{{credit: {rule.credit}, {where}coupon: {rule.coupon}, customer: {'stays' if rule.stays else 'each_order'}, "
        f"unclicked: {rule.unclicked}, own_purchases: {'paid' if rule.own_paid else 'excluded'}}}"
    )


def plan(rule: Rule, more: str = "rate: 100%") -> object:
    return parse_plan(
        f"{HEAD}components:\n  - id: sale\n    family: affiliate\n    attribution: {written(rule)}\n    {more}\n"
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_the_search_agrees_with_the_slow_twin(data: st.DataObject) -> None:
    people = data.draw(peoples())
    orders = data.draw(histories(people))
    clicks = data.draw(visits(people, orders))
    rule = data.draw(st.one_of(rules, st.just(Rule(credit="seller"))))
    expected = slow.attribute(rule, orders, clicks, people)
    computed = compute(
        plan(rule), network(people), orders_table(orders), clicks=clicks_table(clicks), breakage_lines=True
    )
    ties(computed)
    got = paid(computed, "sale")
    assert got == {(order, who, 0): part for order, who, part, why in expected if why is None and part}
    lost = computed.lines.filter(pl.col("status") == "breakage")
    assert sorted(zip(lost["source_order_id"], lost["note"], lost["amount"], strict=True)) == sorted(
        (order, why, part) for order, _, part, why in expected if why is not None and part
    )


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_customers_stay_across_computations(data: st.DataObject) -> None:
    people = data.draw(peoples())
    orders = data.draw(histories(people, hours=400, reversals=False))
    clicks = data.draw(visits(people, orders))
    rule = Rule(stays=True, window=Span(days=1))
    whole = compute(plan(rule), network(people), orders_table(orders), clicks=clicks_table(clicks))
    cut = data.draw(st.integers(0, len(orders)))
    first = compute(plan(rule), network(people), orders_table(orders[:cut]), clicks=clicks_table(clicks))
    rest = compute(
        plan(rule), network(people), orders_table(orders[cut:]), clicks=clicks_table(clicks), state=first.state
    )
    assert paid(whole, "sale") == paid(first, "sale") | paid(rest, "sale")


# The rules, one by one

PEOPLE = People(
    {"a": None, "b": None, "a2": None}, dict.fromkeys("ab") | {"a2": None}, {"a": "x", "b": None, "a2": "x"}
)
NOON = datetime(2026, 3, 31, 12)


def who(rule: Rule, order: Order, *clicks: Click) -> list[str]:
    computed = compute(plan(rule), network(PEOPLE), orders_table([order]), clicks=clicks_table(list(clicks)))
    return sorted(name for _, name, _ in paid(computed, "sale"))


def at(name: str, days: float, cart: bool = False) -> Click:
    return Click(name, NOON - timedelta(days=days), order="o", cart=cart)


ORDER = Order("o", NOON, "c1", None, 1000)


def test_last_first_and_split() -> None:
    clicks = (at("a", 3), at("b", 2), at("a", 1), at("b", 1.5))
    assert who(Rule(), ORDER, *clicks) == ["a"]
    assert who(Rule(credit="first_click"), ORDER, *clicks) == ["a"]
    assert who(Rule(credit="last_click"), ORDER, at("a", 3), at("b", 2)) == ["b"]
    assert who(Rule(credit="split"), ORDER, *clicks) == ["a", "b"]


def test_the_last_day_is_inside_or_not_as_the_plan_says() -> None:
    thirtieth = at("a", 30)
    assert who(Rule(window=Span(days=30)), ORDER, thirtieth) == ["a"]
    assert who(Rule(window=Span(days=30, inclusive=False)), ORDER, thirtieth) == []
    # a day is a date: the hour does not matter; hours are counted to the second
    early = Click("a", datetime(2026, 3, 1, 0, 1), order="o")
    assert who(Rule(window=Span(days=30)), ORDER, early) == ["a"]
    assert who(Rule(window=Span(hours=720)), ORDER, early) == []


def test_days_are_those_of_the_plans_time_zone() -> None:
    # 22:30 UTC on 1 March is already 2 March in Cairo, so that 31 March is 29 days later, not 30
    late = Click("a", datetime(2026, 3, 1, 22, 30), order="o")
    text = written(Rule(window=Span(days=29)))
    for zone, expected in (("UTC", 0), ("Africa/Cairo", 1)):
        source = (
            f"{HEAD}timezone: {zone}\ncomponents:\n  - {{id: sale, family: affiliate, rate: 5%, attribution: {text}}}\n"
        )
        computed = compute(parse_plan(source), network(PEOPLE), orders_table([ORDER]), clicks=clicks_table([late]))
        assert computed.line_count == expected


def test_a_basket_keeps_the_sale() -> None:
    day = Span(hours=24)
    clicks = (at("a", 60), at("a", 59.5, cart=True), at("b", 0.5))
    assert who(Rule(window=day), ORDER, *clicks) == ["b"]
    assert who(Rule(window=day, cart=Span(days=90)), ORDER, *clicks) == ["a"]
    # put into the basket more than a day after the click, or too long before the order
    assert who(Rule(window=day, cart=Span(days=90)), ORDER, at("a", 60), at("a", 58, cart=True)) == []
    assert who(Rule(window=day, cart=Span(days=50)), ORDER, at("a", 60), at("a", 59.5, cart=True)) == []


def test_a_coupon_beats_the_click_unless_the_plan_says_otherwise() -> None:
    order = Order("o", NOON, "c1", None, 1000, coupon="b")
    assert who(Rule(), order, at("a", 1)) == ["b"]
    assert who(Rule(coupon="without_click"), order, at("a", 1)) == ["a"]
    assert who(Rule(coupon="without_click", window=Span(days=1)), order, at("a", 5)) == ["b"]
    assert who(Rule(coupon="ignored"), order, at("a", 1)) == ["a"]


def test_own_purchases_pay_nothing_also_through_another_position() -> None:
    for buyer in ("a", "a2"):
        order = Order("o", NOON, buyer, None, 1000)
        assert who(Rule(), order, at("a", 1)) == []
        assert who(Rule(own_paid=True), order, at("a", 1)) == ["a"]


def test_explaining_tells_every_click() -> None:
    clicks = clicks_table([at("a", 3), at("b", 40), at("a", -1)])
    computed = compute(plan(Rule(window=Span(days=30))), network(PEOPLE), orders_table([ORDER]), clicks=clicks)
    text = explain(computed, order="o").text()
    assert "click on a link of a: within the window: 2026-03-28 12:00:00" in text
    assert "click on a link of b: outside the window" in text
    assert "click on a link of a: after the order" in text
    assert "10.00 USD × 100% = 10" in text
    assert "ضمن مدة احتساب الإحالة" in explain(computed, order="o").text("ar")


def test_the_reading_names_every_part_of_the_rule() -> None:
    rule = Rule(
        "first_click",
        Span(hours=24, inclusive=False),
        Span(days=90),
        "ignored",
        stays=True,
        unclicked="seller",
        own_paid=True,
    )
    text = plan(rule).components[0].describe()
    for part in ("first click", "24 hours, the last one excluded", "90 days", "coupons do not count", "stays with"):
        assert part in text.en
    assert "own purchases count too" in text.en
    assert "مدة احتساب الإحالة" in text.ar


def test_a_window_needs_one_unit() -> None:
    for bad in ("{}", "{days: 1, hours: 24}"):
        with pytest.raises(PlanError, match="give exactly one of days, hours"):
            parse_plan(
                f"{HEAD}components:\n  - {{id: sale, family: affiliate, rate: 5%, attribution: {{window: {bad}}}}}\n"
            )


def test_a_thousand_clicks_of_one_customer_are_no_trouble() -> None:
    clicks = [Click("ab"[i % 2], NOON - timedelta(minutes=i), buyer="c1") for i in range(2000)]
    orders = [Order(f"o{i}", NOON + timedelta(minutes=i), "c1", None, 100) for i in range(200)]
    computed: Computed = compute(
        plan(Rule(credit="split")), network(PEOPLE), orders_table(orders), clicks=clicks_table(clicks)
    )
    assert computed.line_count == 400
    assert computed.totals["amount"].to_list() == [10000, 10000]
