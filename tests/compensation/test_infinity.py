"""The infinity bonus in its three models: against the slow twins, to the minor unit, and its rules one by one."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compensation import PlanError, compute, compute_on, explain, parse_plan
from genealogy.network import Network
from tests.compensation import slow_differential, slow_infinity
from tests.compensation.slow_unilevel import whole
from tests.compensation.upline_worlds import HEAD, RANKS, RATES, World, books, row, rows, worlds

ROW = st.lists(st.sampled_from(RATES[1:]), min_size=1, max_size=3)


@st.composite
def rules(draw: st.DrawFn) -> tuple[slow_infinity.SlowTerms, dict[str, object]]:
    """An override or a generational rule, and the rest of its keys."""
    generations = draw(st.booleans())
    table = draw(st.none() | st.dictionaries(st.sampled_from(RANKS), ROW, min_size=1))
    if generations and table is None:
        table = {"Gold": [Fraction(1, 20)]}
    if not generations and table is not None:
        table = {name: values[:1] for name, values in table.items()}
    terms = slow_infinity.SlowTerms(
        any_blocks=draw(st.booleans()),
        ineligible_blocks=draw(st.booleans()),
        skip_levels=draw(st.booleans()),
        begins={name: draw(st.sampled_from([1, 1, 2, 3])) for name in RANKS},
        begins_else=draw(st.sampled_from([1, 2])),
    )
    return terms, {"table": table, "generations": generations}


def plan_of(terms: slow_infinity.SlowTerms, keys: dict[str, object], mode: str) -> object:
    table = keys["table"]
    text = f"{HEAD}rounding: {{mode: {mode}}}\ncomponents:\n  - id: i\n    family: infinity\n"
    if table is None:
        text += "    rate_from: rate\n"
    elif keys["generations"]:
        text += "    model: generations\n    generation_rates_by_rank:\n"
        text += "".join(f"      {name}: {row(values)}\n" for name, values in table.items())
    else:
        text += f"    rates_by_rank: {rows({name: values[0] for name, values in table.items()})}\n"
    text += f"    from_level: {terms.begins_else}\n"
    if table is not None:
        text += f"    from_level_by_rank: {{{', '.join(f'{name}: {level}' for name, level in terms.begins.items())}}}\n"
    text += f"    blocked_by: {'any' if terms.any_blocks else 'same_or_higher'}\n"
    text += "    ineligible_blocks: true\n" if terms.ineligible_blocks else ""
    return parse_plan(text + f"    compression: {'skip_ineligible' if terms.skip_levels else 'none'}\n")


@settings(max_examples=55, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds(), rules(), st.sampled_from(["half_up", "half_even", "down"]))
def test_the_engine_agrees_with_the_slow_twin_to_the_minor_unit(
    world: World, rule: tuple[object, ...], mode: str
) -> None:
    terms, keys = rule
    expected: Counter[tuple[str, str, int]] = Counter()
    for order in world.orders:
        line = []
        for who in world.line(order):
            rank = world.rank[who]
            stated = world.rate.get((who, order.standing), Fraction(0))
            rates = ([stated] if stated else []) if keys["table"] is None else keys["table"].get(rank or "", [])
            right = stated if keys["table"] is None else Fraction(RANKS.index(rank) + 1 if rank else 0)
            begins = terms.begins_else if keys["table"] is None or rank is None else terms.begins[rank]
            can = world.can(who, order.standing, order.as_of)
            line.append(slow_infinity.Person(who, right, rates, begins, can))
        for who, share in slow_infinity.shares(terms, line):
            if order.base and share:
                expected[f"o{order.number}", who, whole(order.base * share, mode)] += 1
    computed = compute_on(plan_of(terms, keys, mode), books(world), breakage_lines=True)
    paid = computed.lines.filter(pl.col("status") == "paid")
    assert Counter(paid.select("source_order_id", "participant_id", "amount").rows()) == expected
    assert computed.awards[0].balance.ties


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds(), st.booleans(), st.booleans())
def test_the_differential_model_is_the_differential(world: World, skip: bool, stop: bool) -> None:
    table = {"Silver": Fraction(1, 20), "Gold": Fraction(1, 8)}
    terms = slow_differential.SlowTerms(skip=skip, stop_at_equal=stop)
    expected: Counter[tuple[str, str, int]] = Counter()
    for order in world.orders:
        found = slow_differential.shares(
            terms,
            world.line(order),
            lambda who: table.get(world.rank[who] or "", Fraction(0)),
            lambda who, order=order: world.can(who, order.standing, order.as_of),
            Fraction(0),
            Fraction(1, 8),
        )
        for who, share in found:
            if who is not None and order.base:
                expected[f"o{order.number}", who, whole(order.base * share, "half_up")] += 1
    plan = parse_plan(
        f"{HEAD}components:\n  - id: i\n    family: infinity\n    model: differential\n    rates_by_rank: {rows(table)}\n"
        f"    compression: {'skip_ineligible' if skip else 'none'}\n" + ("    equal_rank: stop\n" if stop else "")
    )
    computed = compute_on(plan, books(world))
    assert Counter(computed.lines.select("source_order_id", "participant_id", "amount").rows()) == expected


# The rules, one by one: a line of twelve, p0 at the top

LINE = [f"p{i}" for i in range(13)]


def paid(extra: str, rank: dict[str, str], buyer: str = "p12") -> dict[str, int]:
    frame = pl.DataFrame(
        {"id": LINE, "sponsor_id": [None, *LINE[:-1]], "rank": [rank.get(each, "Member") for each in LINE]}
    )
    table = pl.DataFrame({"id": ["o"], "buyer_id": [buyer], "amount": [10_000]})
    plan = parse_plan(f"{HEAD.replace('month', 'whole')}components:\n  - id: i\n    family: infinity\n{extra}")
    computed = compute(plan, Network.from_table(frame), table)
    assert computed.awards[0].balance.ties
    assert explain(computed, order="o").text("ar")
    return dict(computed.lines.select("participant_id", "amount").rows())


RULE = "    rates_by_rank: {Gold: 2%}\n    from_level: 9\n"


def test_the_right_begins_some_levels_below_and_up_to_there_the_upper_person_is_paid() -> None:
    holders = {"p0": "Gold", "p2": "Gold"}
    assert paid(RULE, holders) == {"p2": 200}  # p12 is ten levels below p2
    assert paid(RULE, holders, "p11") == {"p2": 200}
    assert paid(RULE, holders, "p10") == {"p0": 200}  # eight levels below p2, whose right has not begun
    assert paid(RULE, holders, "p8") == {}


def test_a_higher_right_is_not_blocked_by_a_lower_one_unless_any_blocks() -> None:
    holders = {"p0": "Gold", "p2": "Silver", "p4": "Silver"}
    both = "    rates_by_rank: {Silver: 1%, Gold: 2%}\n"
    assert paid(both, holders) == {"p4": 100, "p0": 200}
    assert paid(both + "    blocked_by: any\n", holders) == {"p4": 100}


def test_generations_go_on_beyond_the_first_block() -> None:
    holders = {"p0": "Gold", "p2": "Gold", "p4": "Gold"}
    rule = "    model: generations\n    generation_rates_by_rank: {Gold: [2%, 1%]}\n"
    assert paid(rule, holders) == {"p4": 200, "p2": 100}


def test_mistakes_name_the_way_out() -> None:
    def plan(extra: str) -> object:
        return parse_plan(f"{HEAD}components:\n  - id: i\n    family: infinity\n{extra}")

    with pytest.raises(PlanError, match="model: override needs exactly one of: rates_by_rank, rate_from"):
        plan("    from_level: 2\n")
    with pytest.raises(PlanError, match="from_level has a meaning only with model: override or generations"):
        plan("    model: differential\n    rates_by_rank: {Gold: 2%}\n    from_level: 2\n")
    with pytest.raises(PlanError, match="from_level counts levels"):
        plan("    rates_by_rank: {Gold: 2%}\n    from_level: 2\n    on: group_volume\n")


def test_the_reading_and_the_worst_case() -> None:
    plan = parse_plan(f"{HEAD}components:\n  - id: i\n    family: infinity\n{RULE}    compression: none\n")
    component = plan.components[0]
    assert "The right begins 9 levels below." in component.describe().en
    assert "من المستوى 9" in component.describe().ar
    assert component.promise().share == Fraction(1, 50)
    assert component.levels_above() is None
