"""Affiliate commissions: rates, tiers, additions, factors, renewals and caps against the slow twin, and one by one."""

# ruff: noqa: DTZ001 - the tables hold naive UTC times
from __future__ import annotations

from datetime import datetime
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compensation import compute, explain, parse_plan
from compensation.computed import Computed
from compensation.errors import PlanError
from genealogy.network import Network
from tests.compensation import slow_affiliate as slow
from tests.compensation import slow_attribution
from tests.compensation.sales_worlds import (
    HEAD,
    facts_table,
    histories,
    network,
    orders_table,
    paid,
    peoples,
    percent,
    period_of,
    ties,
)
from tests.compensation.slow_affiliate import Add, Boost, Plan, Sale, Tiers
from tests.compensation.slow_attribution import Order, Rule

RATES = [Fraction(0), Fraction(1, 10), Fraction(1, 3), Fraction(1, 40), Fraction(3, 20)]
rates = st.sampled_from(RATES)
thresholds = st.lists(st.sampled_from([0, 1, 100, 350, 5000]), min_size=1, max_size=3, unique=True).map(sorted)


@st.composite
def tiers(draw: st.DrawFn) -> Tiers:
    by = draw(st.sampled_from(["order", "running_total", "period_total"]))
    mode = draw(st.sampled_from(["whole", "marginal"]))
    of = "sales" if mode == "marginal" or by == "order" else draw(st.sampled_from(["sales", "orders"]))
    running = by == "running_total"
    over = draw(st.sampled_from(["period", "ever", 1, 20])) if running else "period"
    this = draw(st.booleans()) if running and mode == "whole" else True
    least = draw(thresholds) if of == "sales" else [1, 3]
    return Tiers([(each, draw(rates)) for each in least], by, of, mode, over, this)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    tabled = draw(st.booleans())
    adds = draw(
        st.lists(
            st.builds(
                Add,
                st.sampled_from(["new", "sales", "orders", "seen"]),
                st.sampled_from([Fraction(1, 100), Fraction(1, 50)]),
                st.sampled_from([0, 2, 400]),
                st.booleans(),
            ),
            max_size=2,
        )
    )
    boost = st.builds(
        Boost,
        st.sampled_from([[(10, Fraction(5, 4))], [(1, Fraction(3, 2)), (300, Fraction(1, 2))]]),
        st.sampled_from(["commission", "sales", "orders"]),
        st.sampled_from(["period", "ever"]),
        st.booleans(),
    )
    cap = draw(st.sampled_from([None, None, 7, 60]))
    return Plan(
        None if tabled else draw(rates),
        draw(st.sampled_from([{}, {"fashion": Fraction(2, 25)}])),
        draw(st.sampled_from([{}, {"phone": Fraction(1, 50)}])),
        draw(tiers()) if tabled else None,
        adds,
        draw(st.one_of(st.none(), boost)),
        draw(st.one_of(st.none(), rates)),
        draw(st.sampled_from([None, 1, 2])),
        draw(st.booleans()),
        cap,
        draw(st.sampled_from(["half_up", "half_even", "down"])),
        cap is None and draw(st.booleans()),
    )


def money(cents: int) -> str:
    return f"'{cents // 100}.{cents % 100:02}'"


def written(plan: Plan) -> str:
    """The twin's plan in the plan language."""
    parts = ["attribution: {credit: seller, own_purchases: paid}"]
    if plan.rate is not None:
        parts.append(f"rate: {percent(plan.rate)}")
    for name, table in (("rates_by_category", plan.by_category), ("rates_by_product", plan.by_product)):
        if table:
            parts.append(f"{name}: {{{', '.join(f'{key}: {percent(rate)}' for key, rate in table.items())}}}")
    if plan.tiers is not None:
        table = plan.tiers
        steps = ", ".join(
            f"{{at_least: {money(least) if table.of == 'sales' else least}, rate: {percent(rate)}}}"
            for least, rate in table.steps
        )
        over = f"{{days: {table.over}}}" if isinstance(table.over, int) else table.over
        more = f"over: {over}, this_order: {'included' if table.this_order else 'excluded'}, "
        if table.by != "running_total":
            more = ""
        parts.append(f"tiers: {{by: {table.by}, of: {table.of}, mode: {table.mode}, {more}steps: [{steps}]}}")
    if plan.adds:
        parts.append("add_if: [" + ", ".join(_added(add) for add in plan.adds) + "]")
    if plan.boost is not None:
        boost = plan.boost
        steps = ", ".join(
            f"{{at_least: {least if boost.of == 'orders' else money(least)}, factor: {percent(factor)}}}"
            for least, factor in boost.steps
        )
        this = "included" if boost.this_order else "excluded"
        parts.append(f"boost: {{of: {boost.of}, over: {boost.over}, this_order: {this}, steps: [{steps}]}}")
    if plan.renewal_rate is not None or plan.renewal_months is not None:
        rate = "null" if plan.renewal_rate is None else percent(plan.renewal_rate)
        months = "null" if plan.renewal_months is None else plan.renewal_months
        last = "included" if plan.last_day else "excluded"
        parts.append(f"renewals: {{rate: {rate}, months: {months}, last_day: {last}}}")
    if plan.cap is not None:
        parts.append(f"cap_per_order: {money(plan.cap)}")
    per = "statement" if plan.per_statement else "line"
    return (
        f"{HEAD}rounding: {{mode: {plan.mode}, per: {per}}}\ncomponents:\n  - id: sale\n    family: affiliate\n    "
        + "\n    ".join(parts)
        + "\n"
    )


def _added(add: Add) -> str:
    if add.on == "new":
        return f"{{new_customer: true, add: {percent(add.add)}}}"
    limit = "above" if add.strictly else "at_least"
    if add.on == "seen":
        return f"{{fact: seen, {limit}: '{add.least}', add: {percent(add.add)}}}"
    least = money(add.least) if add.on == "sales" else f"'{add.least}'"
    return f"{{total: {add.on}, {limit}: {least}, add: {percent(add.add)}}}"


def expected(plan: Plan, world: World) -> dict[tuple[str, str, int], int]:
    own = slow_attribution.attribute(Rule(credit="seller", own_paid=True), world.orders, [], world.people)
    whose = {order: who for order, who, _, _ in own}
    sales = [
        Sale(each.id, whose[each.id], each.base, each.when, period_of(each), each.buyer, cat, product, each.reverses)
        for each, cat, product in zip(world.orders, world.categories, world.products, strict=True)
        if each.id in whose
    ]
    first: dict[str, tuple[str, datetime]] = {}
    for each in world.orders:
        if each.buyer is not None and each.base > 0:
            first.setdefault(each.buyer, (each.id, each.when))
    return slow.pay(plan, sales, {(who, "seen"): value for who, value in world.seen.items()}, first)


class World:
    """People, orders and what they are of."""

    def __init__(self, data: st.DataObject, hours: int = 500) -> None:
        self.people = data.draw(peoples(4))
        self.orders = data.draw(histories(self.people, hours=hours))
        by_id: dict[str, tuple[str | None, str | None]] = {}
        for each in self.orders:
            drawn = (
                data.draw(st.sampled_from([None, "fashion", "books"])),
                data.draw(st.sampled_from([None, None, "phone"])),
            )
            by_id[each.id] = by_id[each.reverses] if each.reverses else drawn
        self.categories = [by_id[each.id][0] for each in self.orders]
        self.products = [by_id[each.id][1] for each in self.orders]
        self.seen = {name: data.draw(st.sampled_from([0, 2, 3, 400])) for name in list(self.people.sponsor)[:2]}

    def compute(self, plan: str, cut: slice = slice(None), **more: object) -> Computed:
        table = orders_table(self.orders[cut], category=self.categories[cut], product=self.products[cut])
        facts = facts_table(*((who, None, "seen", str(value)) for who, value in self.seen.items()))
        return compute(parse_plan(plan), network(self.people), table, facts=facts, **more)  # type: ignore[arg-type]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_commissions_agree_with_the_slow_twin_to_the_minor_unit(data: st.DataObject) -> None:
    world, plan = World(data), data.draw(plans())
    computed = world.compute(written(plan), breakage_lines=True)
    got = paid(computed, "sale")
    wanted = expected(plan, world)
    assert {key: amount for key, amount in got.items() if amount} == {key: each for key, each in wanted.items() if each}
    ties(computed)
    assert world.compute(written(plan), lines=False).totals.equals(computed.totals)
    for order in computed.lines["source_order_id"].head(1):
        assert explain(computed, order=order).text("ar")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_running_totals_and_customers_go_on_from_a_saved_state(data: st.DataObject) -> None:
    world = World(data)
    plan = data.draw(plans())
    cut = data.draw(st.integers(0, len(world.orders)))
    # within a period, and for what takes back an earlier run's orders, a run has to begin at the beginning
    if any(each.reverses for each in world.orders[cut:]) or (
        cut and cut < len(world.orders) and period_of(world.orders[cut - 1]) == period_of(world.orders[cut])
    ):
        return
    whole = world.compute(written(plan))
    first = world.compute(written(plan), slice(0, cut))
    rest = world.compute(written(plan), slice(cut, None), state=first.state)
    assert paid(whole, "sale") == paid(first, "sale") | paid(rest, "sale")
    assert whole.state.sort("name", "participant_id").equals(rest.state.sort("name", "participant_id"))


# One by one

ONE = Network.from_table(
    pl.DataFrame({"id": ["a"], "sponsor_id": [None]}, schema={"id": pl.String, "sponsor_id": pl.String})
)


def amounts(body: str, *orders: tuple[int, int, str | None], **columns: list[object]) -> list[int]:
    """Amounts of sales of `a` given as (day of the year, cents, order taken back)."""
    table = orders_table(
        [
            Order(
                f"o{i}", datetime.fromordinal(datetime(2026, 1, 1).toordinal() + day), f"c{i}", "a", cents, None, back
            )
            for i, (day, cents, back) in enumerate(orders)
        ]
    ).with_columns(pl.Series(name, values) for name, values in columns.items())
    computed = compute(parse_plan(f"{HEAD}components:\n  - id: sale\n    family: affiliate\n    {body}\n"), ONE, table)
    ties(computed)
    return computed.lines.filter(pl.col("status") == "paid")["amount"].to_list()


STEPS = "steps: [{at_least: '0', rate: 5%}, {at_least: '100', rate: 10%}]"


def test_a_tier_reached_late_on_this_order_only_marginal_or_on_the_whole_period() -> None:
    sales = ((0, 8000, None), (3, 8000, None))
    assert amounts(f"tiers: {{by: running_total, {STEPS}}}", *sales) == [400, 800]
    assert amounts(f"tiers: {{by: running_total, mode: marginal, {STEPS}}}", *sales) == [400, 100, 600]
    assert amounts(f"tiers: {{by: period_total, {STEPS}}}", *sales) == [800, 800]
    assert amounts(f"tiers: {{by: running_total, this_order: excluded, {STEPS}}}", *sales) == [400, 400]
    # the next month starts again, unless the total runs on
    later = (*sales, (40, 8000, None))
    assert amounts(f"tiers: {{by: running_total, {STEPS}}}", *later)[-1] == 400
    assert amounts(f"tiers: {{by: running_total, over: ever, {STEPS}}}", *later)[-1] == 800
    assert amounts(f"tiers: {{by: running_total, over: {{days: 38}}, {STEPS}}}", *later)[-1] == 800
    assert amounts(f"tiers: {{by: running_total, over: {{days: 37}}, {STEPS}}}", *later)[-1] == 400


def test_a_refund_takes_back_what_was_paid_whatever_the_tier_is_now() -> None:
    sales = ((0, 8000, None), (3, 8000, None), (5, -8000, "o0"), (6, -4000, "o1"))
    assert amounts(f"tiers: {{by: running_total, {STEPS}}}", *sales) == [400, 800, -400, -400]
    # half of an order that lay in two tiers takes back half of each part
    assert amounts(f"tiers: {{by: running_total, mode: marginal, {STEPS}}}", *sales) == [400, 100, 600, -400, -50, -300]
    # 1.00 of 150.00 that lay 100 to 50 is 0.66 and 0.33, and the cent that does not divide comes off the higher tier
    steep = (
        "tiers: {by: running_total, mode: marginal, steps: [{at_least: '0', rate: 0%}, {at_least: '100', rate: 100%}]}"
    )
    assert amounts(steep, (0, 15_000, None), (1, -100, "o0")) == [0, 5000, 0, -34]
    boost = "rate: 10%\n    boost: {steps: [{at_least: '8', factor: '2'}]}"
    assert amounts(boost, (0, 8000, None), (1, 8000, None), (2, -8000, "o1"), (3, -8000, "o0")) == [
        800,
        1600,
        -1600,
        -800,
    ]


def test_the_base_is_net_of_tax_freight_and_discount() -> None:
    parts = {"tax": [2000], "freight": [500]}
    assert amounts("rate: 10%\n    base: {less: [tax, freight]}", (0, 12_500, None), **parts) == [1000]


def test_a_fixed_amount_per_order_or_piece_and_its_partial_refund() -> None:
    sales = ((0, 9000, None), (1, -9000, "o0"), (2, 9000, None), (3, -3000, "o2"))
    assert amounts("amount: '5'", *sales) == [500, -500, 500, -167]
    assert amounts("amount: '5'\n    amount_per: piece", (0, 9000, None), quantity=[3]) == [1500]


def test_a_cap_per_order_and_what_a_refund_takes_of_it() -> None:
    sales = ((0, 100_000, None), (1, -50_000, "o0"), (2, 1000, None))
    assert amounts("rate: 10%\n    cap_per_order: '60'", *sales) == [6000, -3000, 100]


def test_recurring_commission_ends_after_so_many_months() -> None:
    body = "rate: 30%\n    renewals: {rate: 10%, months: 12}"
    days = [(0, 1000, None), (31, 1000, None), (364, 1000, None), (365, 1000, None)]
    same = {"buyer_id": ["c"] * 4}
    assert amounts(body, *days, **same) == [300, 100, 100]
    included = "rate: 30%\n    renewals: {rate: 10%, months: 12, last_day: included}"
    assert amounts(included, *days, **same) == [300, 100, 100, 100]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("attribution: {}", "give a rate"),
        ("{rate: 5%, rate_from: r}", "give one of rate"),
        ("{amount: '5', rate: 5%}", "a fixed amount goes with no rates"),
        ("{rate: 5%, amount_per: piece}", "amount_per has a meaning only with amount"),
        ("{tiers: {steps: [{at_least: '2', rate: 5%}, {at_least: '1', rate: 6%}]}}", "steps must rise"),
        ("{tiers: {over: ever, steps: [{at_least: '2', rate: 5%}]}}", "only with by: running_total"),
        ("{rate: 5%, add_if: [{add: 1%}]}", "give exactly one of fact, total, new_customer"),
        ("{rate: 5%, add_if: [{add: 1%, total: sales}]}", "give above or at_least"),
        ("{rate: 5%, boost: {steps: [{at_least: '1', factor: '0'}]}}", "a factor must be above zero"),
        ("{rates_by_rank: {Gold: 5%}}", "unknown rank"),
    ],
)
def test_a_mistaken_plan_is_refused_with_the_way_out(body: str, message: str) -> None:
    body = body.strip("{}") if body.startswith("{") else body
    text = ", ".join(part for part in (f"id: sale, family: affiliate, {body}",))
    with pytest.raises(PlanError, match=message):
        parse_plan(f"{HEAD}components:\n  - {{{text}{'}' * (text.count('{') - text.count('}'))}}}\n")


def test_the_reading_is_complete_in_both_languages() -> None:
    body = (
        "base: {less: [tax]}\n    rates_by_category: {fashion: 8%}\n    rate: 3%\n"
        "    add_if: [{fact: orders_in_month, above: '50', add: 2%}, {new_customer: true, add: 1%}]\n"
        "    boost: {steps: [{at_least: '100', factor: '1.25'}]}\n    renewals: {rate: 1%, months: 12}\n"
        "    cap_per_order: '40'"
    )
    component = parse_plan(f"{HEAD}components:\n  - id: sale\n    family: affiliate\n    {body}\n").components[0]
    text = component.describe()
    for part in ("fashion: 8%", "3%", "orders_in_month", "50", "new customer", "1.25", "12 months", "40", "less tax"):
        assert part in text.en
    for part in ("fashion: 8%", "orders_in_month", "العميل الجديد", "1.25", "12", "40"):
        assert part in text.ar
    assert component.promise().share == (Fraction(8, 100) + Fraction(3, 100)) * Fraction(5, 4)
