"""The stairstep: the compiled passes against their slow twin, and its rules one by one."""

# ruff: noqa: DTZ001 - the tables hold naive UTC times
from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compensation import Computed, compute, explain, parse_plan
from compensation.components import FAMILIES, Component
from compensation.errors import PlanError
from genealogy.network import Network
from tests.compensation import slow_stairstep as slow
from tests.compensation.test_unilevel import network, orders

HEAD = "id: t\ntitle: {en: T, ar: ت}\ncurrency: USD\nvolumes: {measure: points}\n"
BRACKETS = "    brackets: [{at_least: '1', rate: 10%}, {at_least: '5', rate: 20%}, {at_least: '10', rate: 30%}]\n"


def step_plan(extra: str = "", brackets: str = BRACKETS, head: str = "period: whole\n") -> Any:
    return parse_plan(f"{HEAD}{head}components:\n  - id: step\n    family: stairstep\n{brackets}{extra}")


def sales(*rows: tuple[str | None, int], **columns: list[Any]) -> pl.DataFrame:
    """Orders whose points (in thousandths) are ten times their cents, so that a dollar is a point."""
    return (
        orders(*rows)
        .with_columns(points=pl.col("amount") * 10)
        .with_columns(pl.Series(name, values) for name, values in columns.items())
    )


def totals(computed: Computed) -> dict[str, int]:
    return dict(zip(computed.totals["participant_id"], computed.totals["amount"], strict=True))


# Against the slow twin

RATES = [Fraction(0), Fraction(3, 100), Fraction(1, 3), Fraction(1, 40), Fraction(1, 2), Fraction(1)]
RANKS = ["Low", "Mid", "Top"]


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Any, ...]:
    size = draw(st.integers(1, 9))
    names = [f"p{i}" for i in range(size)]
    sponsor = {name: (draw(st.sampled_from([None, *names[:i]])) if i else None) for i, name in enumerate(names)}
    if draw(st.booleans()):
        sponsor = {name: (names[i - 1] if i else None) for i, name in enumerate(names)}  # one long chain
    rank = {name: draw(st.sampled_from([None, *RANKS])) for name in names}
    sale = st.tuples(
        st.sampled_from([None, *names]),
        st.integers(-500, 1000),
        st.integers(-300, 1000),
        st.sampled_from(["buy", "joining"]),
        st.sampled_from(["2025-01", "2025-02", "2025-03"]),
        st.integers(0, 11),
    )
    bought = draw(st.lists(sale, max_size=12))
    groups = [frozenset(draw(st.sets(st.sampled_from(names)))) for _ in range(3)]
    everybody = frozenset(names)
    pays_on = draw(st.sampled_from(["group", "group", "group", "own"]))
    difference = draw(st.sampled_from(["legs", "line"])) if pays_on == "group" else "legs"
    brackets = None
    rate_of: dict[str, Fraction] = {}
    by_rank: dict[str, Fraction] = {}
    if draw(st.integers(0, 2)):
        starts = sorted(draw(st.sets(st.integers(0, 1500), min_size=1, max_size=4)))
        brackets = [(start, draw(st.sampled_from(RATES))) for start in starts]
    else:
        by_rank = {name: draw(st.sampled_from(RATES)) for name in RANKS}
        rate_of = {name: by_rank[held] for name, held in rank.items() if held is not None}
    breaks = (
        draw(st.sampled_from(["no", "fact", "volume", "top"])) if brackets else draw(st.sampled_from(["no", "fact"]))
    )
    bracket_by = "own" if brackets and breaks != "top" and draw(st.booleans()) else "group"
    least = None
    if breaks == "volume":
        least = draw(st.integers(0, 1500))
    elif breaks == "top":
        assert brackets is not None
        least = brackets[-1][0]
    plan = slow.SlowPlan(
        brackets,
        rate_of,
        bracket_by=bracket_by,
        own_volume_in_group=not brackets or bracket_by == "own" or draw(st.booleans()),
        pays_on=pays_on,
        difference=difference,
        own_volume_paid=pays_on == "own" or draw(st.booleans()),
        only_for_uplines=draw(st.booleans()),
        deducts_purchases=pays_on == "group" and difference == "legs" and draw(st.booleans()),
        breaks_away=groups[0] if breaks == "fact" else frozenset(),
        least_that_breaks_away=least,
        skips=difference == "line" and draw(st.booleans()),
        eligible=everybody if draw(st.booleans()) else everybody - groups[1],
        may_earn_on_legs=everybody if pays_on == "own" or draw(st.booleans()) else everybody - groups[2],
        mode=draw(st.sampled_from(["half_up", "half_even", "down"])),
    )
    return sponsor, rank, by_rank, bought, breaks, plan, draw(st.sampled_from(["claw_back", "recompute", "ignore"]))


def written(plan: slow.SlowPlan, by_rank: dict[str, Fraction], breaks: str, reversals: str) -> str:
    """The twin's plan in the plan language."""

    def rate(value: Fraction) -> str:
        return f"'{value.numerator}/{value.denominator}'"

    lines = [f"reversals: {reversals}", f"pays_on: {plan.pays_on}", "measure: points"]
    if plan.brackets is not None:
        steps = ", ".join(f"{{at_least: '{least / 1000:.3f}', rate: {rate(share)}}}" for least, share in plan.brackets)
        lines += [f"brackets: [{steps}]", f"bracket_by: {plan.bracket_by}"]
        lines.append(f"own_volume_in_group: {str(plan.own_volume_in_group).lower()}")
    else:
        lines.append("rates_by_rank: {" + ", ".join(f"{name}: {rate(share)}" for name, share in by_rank.items()) + "}")
    if plan.pays_on == "group":
        lines += [f"difference: {plan.difference}", f"own_volume_paid: {str(plan.own_volume_paid).lower()}"]
        if not plan.may_earn_on_legs >= plan.eligible or plan.skips:
            lines.append("legs_require: {facts: [legs]}")
    if plan.skips:
        lines.append("compression: skip_ineligible")
    if plan.only_for_uplines:
        lines.append("only_for_uplines: {products: [joining]}")
    if plan.deducts_purchases:
        lines.append("deduct_on: {except_products: [joining]}")
    if breaks == "fact":
        lines.append("breaks_away: {fact: broken}")
    elif breaks == "volume":
        assert plan.least_that_breaks_away is not None
        lines.append(f"breaks_away: {{group_volume: '{plan.least_that_breaks_away / 1000:.3f}'}}")
    elif breaks == "top":
        lines.append("top_bracket_breaks_away: true")
    lines.append("eligibility: {facts: [qualified]}")
    return (
        f"{HEAD}period: month\nranks: {{order: [{', '.join(RANKS)}]}}\nrounding: {{mode: {plan.mode}}}\n"
        "components:\n  - id: step\n    family: stairstep\n" + "".join(f"    {line}\n" for line in lines)
    )


@settings(max_examples=45, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds())
def test_the_engine_agrees_with_the_slow_twin_to_the_minor_unit(world: tuple[Any, ...]) -> None:
    sponsor, rank, by_rank, bought, breaks, plan, reversals = world
    bought = sorted(bought, key=lambda sale: sale[4])
    # what takes an order back names one that came before it
    origin = [
        sale[5] if (sale[1] < 0 or (sale[1] == 0 and sale[2] < 0)) and sale[5] < number else number
        for number, sale in enumerate(bought)
    ]
    # and counts among the orders among which that one counted
    for number, sale in enumerate(bought):
        bought[number] = (*sale[:3], bought[origin[number]][3], *sale[4:])
    table = orders(
        *[(sale[0] or "stranger", sale[1]) for sale in bought],
        points=pl.Series([sale[2] for sale in bought], dtype=pl.Int64),
        product=pl.Series([sale[3] for sale in bought], dtype=pl.String),
        period=pl.Series([sale[4] for sale in bought], dtype=pl.String),
        reverses=pl.Series([f"o{origin[i]}" if origin[i] != i else None for i in range(len(bought))], dtype=pl.String),
    )
    facts = pl.DataFrame(
        [(who, "broken", str(who in plan.breaks_away).lower()) for who in sponsor]
        + [(who, "qualified", str(who in plan.eligible).lower()) for who in sponsor]
        + [(who, "legs", str(who in plan.may_earn_on_legs).lower()) for who in sponsor],
        schema=["participant_id", "fact", "value"],
        orient="row",
    )
    text = written(plan, by_rank, breaks, reversals)
    computed = compute(parse_plan(text), network(*sponsor.items(), rank=rank), table, facts=facts, breakage_lines=True)
    paid, allotted = _twin(plan, sponsor, bought, origin, reversals)
    got = {(row["period"], row["participant_id"]): row["amount"] for row in computed.totals.iter_rows(named=True)}
    assert {key: value for key, value in got.items() if value} == {key: value for key, value in paid.items() if value}
    balance = computed.awards[0].balance
    assert balance.ties
    assert balance.allotted == allotted
    only_totals = compute(parse_plan(text), network(*sponsor.items(), rank=rank), table, facts=facts, lines=False)
    assert only_totals.totals.equals(computed.totals)


def _twin(
    plan: slow.SlowPlan, sponsor: dict[str, str | None], bought: list[Any], origin: list[int], reversals: str
) -> tuple[dict[tuple[str, str], int], Fraction]:
    """Paid per period and person, and everything allotted, from whole months alone."""
    paid: dict[tuple[str, str], int] = {}
    allotted = Fraction(0)
    backwards = [sale[1] < 0 or (sale[1] == 0 and sale[2] < 0) for sale in bought]
    kept = [i for i in range(len(bought)) if reversals != "ignore" or not backwards[i]]
    # a return that names its order takes after that order, also where that is again a return
    standing = [bought[origin[i] if reversals == "claw_back" else i][4] for i in range(len(bought))]
    periods = sorted({sale[4] for sale in bought})
    for period in periods:
        for month in periods[: periods.index(period) + 1]:
            known = [i for i in kept if standing[i] == month]
            now = slow.Month(plan, sponsor, [bought[i][:4] for i in known if bought[i][4] <= period])
            before = slow.Month(plan, sponsor, [bought[i][:4] for i in known if bought[i][4] < period])
            for who in sponsor:
                change = now.paid().get(who, 0) - before.paid().get(who, 0)
                paid[period, who] = paid.get((period, who), 0) + change
            allotted += now.allotted() - before.allotted()
    return paid, allotted


# The rules, one by one

PEOPLE = (("x", None), ("a", "x"), ("b", "x"), ("c", "a"))


def test_the_top_rate_is_shared_out_along_the_line() -> None:
    computed = compute(step_plan(), network(*PEOPLE), sales(("x", 200), ("a", 300), ("b", 100), ("c", 400)))
    # x: group 10 points, 30 %; a: 7, 20 %; b: 1, 10 %; c: 4, 10 %
    assert totals(computed) == {"x": 60 + 70 + 20, "a": 60 + 40, "b": 10, "c": 40}


def test_an_award_is_rounded_once_and_not_leg_by_leg() -> None:
    third = "    brackets: [{at_least: '0', rate: '1/3'}]\n    difference: line\n    own_volume_paid: false\n"
    third = third.replace("brackets: [{at_least: '0', rate: '1/3'}]", "rates_by_rank: {Top: '1/3'}")
    ranks = "period: whole\nranks: {order: [Top]}\n"
    people = network(("x", None), ("a", "x"), ("b", "x"), ("c", "x"), rank={"x": "Top"})
    computed = compute(step_plan("", third, ranks), people, sales(("a", 100), ("b", 100), ("c", 100)))
    assert totals(computed) == {"x": 100}
    assert computed.lines["amount"].to_list() == [33, 34, 33]


def test_an_outside_customer_counts_for_the_seller_unless_the_plan_says_otherwise() -> None:
    table = sales(("stranger", 1000), seller_id=["c"])
    assert totals(compute(step_plan(), network(*PEOPLE), table)) == {"c": 300}
    left_out = parse_plan(
        f"{HEAD.replace('{measure: points}', '{measure: points, customers_count: false}')}period: whole\n"
        f"components:\n  - id: step\n    family: stairstep\n{BRACKETS}"
    )
    assert totals(compute(left_out, network(*PEOPLE), table)) == {}


def test_an_order_of_nobody_known_is_breakage() -> None:
    computed = compute(step_plan(), network(*PEOPLE), sales(("stranger", 1000)))
    assert computed.breakage.rows() == [("all", "step", 0, "unknown-buyer", 1, 300)]


def test_who_cannot_earn_leaves_the_difference_to_nobody_or_to_the_next_above() -> None:
    activity = "period: whole\nactivity: {rule: status}\n"
    facts = pl.DataFrame({"participant_id": ["a"], "fact": ["active"], "value": ["false"]})
    table = sales(("c", 100), ("a", 400), ("b", 500))
    kept = compute(step_plan("", head=activity), network(*PEOPLE), table, facts=facts)
    assert totals(kept) == {"x": 10 + 40 + 50, "b": 100, "c": 10}
    assert kept.breakage["amount"].sum() == 90
    passed = step_plan("    difference: line\n    compression: skip_ineligible\n", head=activity)
    assert totals(compute(passed, network(*PEOPLE), table, facts=facts)) == {"x": 20 + 120 + 50, "b": 100, "c": 10}


def test_who_has_left_by_the_close_of_the_period_earns_nothing() -> None:
    people = network(*PEOPLE, left=pl.Series([None, datetime(2025, 1, 31, 12), None, None]))
    table = sales(("c", 1000), date=[datetime(2025, 1, 2)])
    computed = compute(step_plan(head="period: month\n"), people, table)
    assert totals(computed) == {"c": 300}
    later = network(*PEOPLE, left=pl.Series([None, datetime(2025, 2, 1), None, None]))
    table = sales(("c", 100), ("a", 900), date=[datetime(2025, 1, 2)] * 2)
    assert totals(compute(step_plan(head="period: month\n"), later, table)) == {"c": 10, "a": 290}


def test_a_leg_in_the_top_bracket_leaves_the_group() -> None:
    table = sales(("a", 600), ("c", 400), ("b", 100))
    together = compute(step_plan(), network(*PEOPLE), table)
    assert totals(together) == {"x": 20, "a": 180 + 80, "b": 10, "c": 40}
    apart = compute(step_plan("    top_bracket_breaks_away: true\n"), network(*PEOPLE), table)
    assert totals(apart) == {"a": 180 + 80, "b": 10, "c": 40}


def test_the_difference_may_ask_for_customers_and_own_volume_not() -> None:
    plan = step_plan("    legs_require: {any_of: [{customers: {count: 2}}, {customer_volume: '1'}]}\n")
    table = sales(("x", 100), ("a", 900))
    assert totals(compute(plan, network(*PEOPLE), table)) == {"x": 30, "a": 180}
    sold = sales(("x", 100), ("a", 900), ("guest", 100), seller_id=[None, None, "x"])
    assert totals(compute(plan, network(*PEOPLE), sold)) == {"x": 60 + 90, "a": 180}


def test_a_discount_pays_the_difference_to_those_above_and_never_takes() -> None:
    discounts = "    rates_by_rank: {Low: 25%, Mid: 35%, Top: 50%}\n    difference: line\n    own_volume_paid: false\n"
    ranks = "period: whole\nranks: {order: [Low, Mid, Top]}\n"
    people = network(*PEOPLE, rank={"x": "Mid", "a": "Top", "b": "Low", "c": "Low"})
    computed = compute(step_plan("", discounts, ranks), people, sales(("c", 1000), ("b", 1000), ("a", 1000)))
    assert totals(computed) == {"a": 250, "x": 100}


def test_rates_may_be_what_the_company_states() -> None:
    stated = "    rate_from: rate\n    difference: line\n"
    facts = pl.DataFrame({"participant_id": ["x", "c"], "fact": ["rate", "rate"], "value": ["0.3", "0.1"]})
    computed = compute(step_plan("", stated), network(*PEOPLE), sales(("c", 1000)), facts=facts)
    assert totals(computed) == {"x": 200, "c": 100}


def test_own_volume_may_be_what_the_company_states() -> None:
    plan = step_plan("    base: {measure: points, per_point: '1'}\n    stated_volume: true\n")
    facts = pl.DataFrame({"participant_id": ["a"], "fact": ["personal_volume"], "value": ["10"]})
    computed = compute(plan, network(*PEOPLE), sales(("c", 100)), facts=facts)
    assert totals(computed) == {"a": 300 + 20, "c": 10}


def test_a_return_takes_back_exactly_what_the_order_had_brought() -> None:
    dates = [datetime(2025, 1, 5), datetime(2025, 1, 6), datetime(2025, 2, 3)]
    table = sales(("a", 500), ("c", 500), ("c", -500), date=dates, reverses=[None, None, "o1"])
    computed = compute(step_plan(head="period: month\n"), network(*PEOPLE), table)
    by_month = {(row["period"], row["participant_id"]): row["amount"] for row in computed.totals.iter_rows(named=True)}
    assert by_month["2025-01", "a"] == 150 + 50
    assert by_month["2025-01", "c"] == 100
    assert by_month["2025-02", "a"] == 100 - 200  # alone, 5 points find 20 %
    assert by_month["2025-02", "c"] == -100
    lines = computed.lines.filter(pl.col("period") == "2025-02")["line"]
    assert all("an earlier period is reckoned again" in explain(computed, line=line).text() for line in lines)
    assert "reaches the bracket" in explain(computed, line=1).text()


def test_the_lines_of_a_period_are_the_same_bytes_on_every_run() -> None:
    table = sales(*[("c", 100 + i) for i in range(20)], ("a", 5))
    first, second = (compute(step_plan(), network(*PEOPLE), table).lines for _ in range(2))
    assert first.equals(second)


def test_the_group_volume_of_everybody_is_shown() -> None:
    figures = compute(step_plan(), network(*PEOPLE), sales(("c", 400), ("x", 100))).figures
    shown = dict(zip(figures["participant_id"], figures["value"], strict=True))
    assert shown == {"x": "5", "a": "4", "c": "4"}


def test_a_line_and_an_order_are_explained_with_numbers_to_redo() -> None:
    computed = compute(step_plan(), network(*PEOPLE), sales(("x", 200), ("a", 300), ("b", 100), ("c", 400)))
    of_leg = computed.lines.filter(participant_id="x", source_participant_id="a")["line"][0]
    told = explain(computed, line=of_leg).text()
    assert "volume of x reaches the bracket: 10.000 ≥ 10: 30%" in told
    assert "volume of a reaches the bracket: 7.000 ≥ 5: 20%" in told
    assert "7.00 USD × 10% = 0.7" in told
    way = explain(computed, order="o3").text()
    assert "adds to the award of c, before rounding: 4.00 USD × 10% = 0.4" in way
    assert "adds to the award of a, before rounding: 4.00 USD × (20% − 10%) = 0.4" in way
    assert "adds to the award of x, before rounding: 4.00 USD × (30% − 20%) = 0.4" in way
    assert "الشريحة" in explain(computed, line=of_leg).text("ar")


def test_what_orders_add_is_what_is_paid() -> None:
    computed = compute(step_plan(), network(*PEOPLE), sales(("x", 200), ("a", 300), ("b", 100), ("c", 400)))
    told = [explain(computed, order=f"o{i}").text() for i in range(4)]
    gains = [line.rsplit(" = ")[1] for text in told for line in text.splitlines() if "adds to the award of" in line]
    assert sum(map(Fraction, gains)) * 100 == sum(totals(computed).values())


def test_a_chain_a_million_deep_is_one_pass() -> None:
    size = 1_000_000
    names = pl.select(pl.format("p{}", pl.int_range(size))).to_series()
    people = pl.DataFrame({"id": names, "sponsor_id": names.shift(1)})
    computed = compute(step_plan(), Network.from_table(people), sales((f"p{size - 1}", 400), (f"p{size // 2}", 600)))
    assert totals(computed) == {f"p{size - 1}": 40, f"p{size // 2}": 180 + 80}


@pytest.mark.parametrize(
    ("extra", "problem"),
    [
        ("    rates_by_rank: {Low: 1%}\n", "exactly one of brackets, rates_by_rank, rate_from"),
        ("    compression: skip_ineligible\n", "only with difference: line"),
        ("    pays_on: own\n    difference: line\n", "pays on own volume alone"),
        ("    deduct_on: {products: [a]}\n    difference: line\n", "deduct_on has a meaning only"),
        ("    breaks_away: {}\n", "say who is a leader"),
    ],
)
def test_what_contradicts_itself_is_refused(extra: str, problem: str) -> None:
    with pytest.raises(PlanError, match=problem):
        step_plan(extra)


def test_brackets_must_rise() -> None:
    with pytest.raises(PlanError, match="brackets must rise"):
        step_plan("", "    brackets: [{at_least: '5', rate: 10%}, {at_least: '1', rate: 5%}]\n")


def test_the_reading_says_everything_in_both_languages() -> None:
    plan = step_plan(
        "    bracket_by: own\n    only_for_uplines: {products: [joining]}\n    breaks_away: {fact: broken}\n"
        "    legs_require: {customers: {count: 10}}\n    own_volume_paid: false\n"
    )
    words = plan.describe()
    for part in ("from 10: 30%", "one's own orders", "joining", "stated as broken", "customers", "discount"):
        assert part in words.en
    for part in ("عمولة الفارق", "الانفصال", "خصم"):
        assert part in words.ar
    assert plan.components[0].promise().share == Fraction(3, 10)


@pytest.mark.parametrize("page", ["stairstep", "unilevel"])
def test_the_plans_of_the_guide_are_plans_and_every_key_is_in_it(repository: Path, page: str) -> None:
    guide = (repository / "docs" / "plans" / f"{page}.md").read_text(encoding="utf-8")
    blocks = [block.split("```")[0] for block in guide.split("```yaml\n")[1:]]
    whole = [text for text in blocks if text.startswith("id:")]
    assert whole
    components = [component for text in whole for component in parse_plan(text).components]
    for family in {component.family for component in components}:
        for key in FAMILIES[family].model_fields.keys() - Component.model_fields.keys() - {"family"}:
            assert f"`{key}`" in guide, (family, key)


def test_the_guides_wholesale_difference_pays_what_it_says(repository: Path) -> None:
    guide = (repository / "docs" / "plans" / "stairstep.md").read_text(encoding="utf-8")
    text = next(block for block in guide.split("```yaml\n") if block.startswith("id: wholesale")).split("```")[0]
    people = network(("s", None), ("c", "s"), ("d", "c"), rank={"s": "Supervisor", "c": "Senior Consultant"})
    computed = compute(parse_plan(text), people, sales(("d", 100_000)))
    assert computed.totals.select("participant_id", "amount").rows() == [("c", 10_000), ("s", 15_000)]
