"""The differential: the compiled walk against its slow twin, to the minor unit, and its rules one by one."""

from __future__ import annotations

import time
from collections import Counter
from fractions import Fraction

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compensation import PlanError, compute, compute_on, explain, parse_plan
from compensation.components import FAMILIES
from compensation.kernels import differential_walk, read_only
from genealogy.network import Network
from tests.compensation import slow_differential as slow
from tests.compensation.slow_unilevel import whole
from tests.compensation.upline_worlds import HEAD, RANKS, RATES, World, books, rate, row, rows, worlds

TABLE = st.dictionaries(st.sampled_from(RANKS), st.sampled_from(RATES), min_size=1)


@st.composite
def rules(draw: st.DrawFn) -> tuple[slow.SlowTerms, dict[str, Fraction] | None, str, dict[str, str]]:
    """A rule: its terms, the rates by rank (None: from a fact), the rounding mode, and the rest of its keys."""
    equal = draw(st.sampled_from(["nothing", "stop", "paid"]))
    terms = slow.SlowTerms(
        skip=draw(st.booleans()),
        stop_at_equal=equal == "stop",
        equal_rates=draw(st.lists(st.sampled_from(RATES[1:]), min_size=1, max_size=2)) if equal == "paid" else [],
        least=draw(st.sampled_from([Fraction(0), Fraction(0), Fraction(1, 10)])),
        most=draw(st.sampled_from([0, 0, 1, 3])),
    )
    keys = {
        "start_from": draw(st.sampled_from(["zero", "buyer", "seller", "credited"])),
        "line_from": draw(st.sampled_from(["upline", "buyer"])),
        "customers_line_from": draw(st.sampled_from(["seller", "upline"])),
        "reversals": draw(st.sampled_from(["claw_back", "recompute", "ignore"])),
    }
    table = draw(st.none() | TABLE)
    return terms, table, draw(st.sampled_from(["half_up", "half_even", "down"])), keys


def plan_of(
    terms: slow.SlowTerms, table: dict[str, Fraction] | None, mode: str, keys: dict[str, str], extra: str = ""
) -> object:
    rates = "rate_from: rate" if table is None else f"rates_by_rank: {rows(table)}"
    return parse_plan(
        f"{HEAD}rounding: {{mode: {mode}}}\ncomponents:\n  - id: d\n    family: differential\n    {rates}\n"
        + "".join(f"    {key}: {value}\n" for key, value in keys.items())
        + f"    compression: {'skip_ineligible' if terms.skip else 'none'}\n"
        + ("    equal_rank: stop\n" if terms.stop_at_equal else "")
        + (f"    equal_rank_rates: {row(terms.equal_rates)}\n" if terms.equal_rates else "")
        + (f"    min_difference: {rate(terms.least)}\n" if terms.least else "")
        + (f"    max_depth: {terms.most}\n" if terms.most else "")
        + extra
    )


def rate_of(world: World, table: dict[str, Fraction] | None, month: str) -> dict[str, Fraction]:
    if table is None:
        return {who: world.rate.get((who, month), Fraction(0)) for who in world.sponsor}
    return {who: table.get(world.rank[who] or "", Fraction(0)) for who in world.sponsor}


def top_of(world: World, table: dict[str, Fraction] | None, month: str) -> Fraction:
    return max((table if table is not None else rate_of(world, table, month)).values(), default=Fraction(0))


@settings(max_examples=45, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds(), rules())
def test_the_engine_agrees_with_the_slow_twin_to_the_minor_unit(world: World, rule: tuple[object, ...]) -> None:
    terms, table, mode, keys = rule
    expected: Counter[tuple[str, str | None, int]] = Counter()
    allotted = Fraction(0)
    for order in world.orders:
        base = max(order.base, 0) if keys["reversals"] == "ignore" else order.base
        if not base:
            continue
        month, moment = order.standing, order.as_of
        if keys["reversals"] == "recompute":
            month, moment = order.month, order.time
        rates = rate_of(world, table, month)
        start = {
            "zero": None,
            "buyer": order.buyer,
            "seller": order.seller,
            "credited": world.credited(order),
        }[keys["start_from"]]
        line = world.line(
            order, buyer_first=keys["line_from"] == "buyer", above_seller=keys["customers_line_from"] == "upline"
        )
        found = slow.shares(
            terms,
            line,
            rates.__getitem__,
            lambda who, month=month, moment=moment: world.can(who, month, moment),
            rates.get(start or "", Fraction(0)),
            top_of(world, table, month),
        )
        for who, share in found:
            allotted += base * share
            expected[f"o{order.number}", who, whole(base * share, mode)] += 1
    computed = compute_on(plan_of(terms, table, mode, keys), books(world), breakage_lines=True)
    got = Counter(computed.lines.select("source_order_id", "participant_id", "amount").rows())
    assert got == expected
    balance = computed.awards[0].balance
    assert balance.ties
    assert balance.allotted == allotted
    assert compute_on(plan_of(terms, table, mode, keys), books(world), lines=False).totals.equals(computed.totals)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds(), rules(), st.booleans())
def test_group_volume_agrees_with_the_slow_twin(world: World, rule: tuple[object, ...], by_leg: bool) -> None:
    terms, table, mode, keys = rule
    keys = {**keys, "start_from": "credited" if keys["start_from"] == "seller" else keys["start_from"]}
    extra = "    on: group_volume\n"
    if by_leg:
        terms = slow.SlowTerms(skip=terms.skip, least=Fraction(0))
        keys["start_from"] = "zero"
        extra += "    subtract: leg_head\n"
    expected: dict[tuple[str, str, str | None], int] = {}
    volumes = world.volumes(ignore=keys["reversals"] == "ignore")
    for month in ("2025-01", "2025-02"):
        rates = rate_of(world, table, month)
        here = {who: value for (who, each), value in volumes.items() if each == month}
        if by_leg:
            found = slow.leg_shares(
                world.sponsor, here, rates.__getitem__, lambda who, m=month: world.can(who, m, None), skip=terms.skip
            )
            for (earner, head), (volume, share) in found.items():
                expected[month, head, earner] = whole(volume * share, mode)
            continue
        exact: dict[tuple[str, str | None, Fraction], Fraction] = {}
        for who, volume in here.items():
            line = [who, *world.upline(who)] if keys["line_from"] == "buyer" else world.upline(who)
            start = rates[who] if keys["start_from"] in ("buyer", "credited") else Fraction(0)
            top = max(top_of(world, table, month), Fraction(0))
            for earner, share in slow.shares(
                terms, line, rates.__getitem__, lambda each, m=month: world.can(each, m, None), start, top
            ):
                if earner is not None:
                    near = [who, *world.upline(who)]
                    head = near[near.index(earner) - 1] if earner != who else who
                    key = (head, earner, share)
                    exact[key] = exact.get(key, Fraction(0)) + volume * share
        for (head, earner, share), value in exact.items():
            del share
            expected[month, head, earner] = expected.get((month, head, earner), 0) + whole(value, mode)
    computed = compute_on(plan_of(terms, table, mode, keys, extra), books(world), breakage_lines=by_leg)
    lines = computed.lines.group_by("period", "source_participant_id", "participant_id").agg(pl.col("amount").sum())
    assert {(a, b, c): d for a, b, c, d in lines.rows() if d} == {k: v for k, v in expected.items() if v}
    assert computed.awards[0].balance.ties


# The rules, one by one

CHAIN = {"top": None, "gold2": "top", "gold1": "gold2", "silver": "gold1", "buyer": "silver"}
STAND = {"gold1": "Gold", "gold2": "Gold", "silver": "Silver", "top": "Gold", "buyer": "Member"}
RULE = "    rates_by_rank: {Member: 4%, Silver: 8%, Gold: 16%}\n"


def paid(extra: str = "", *, rank: dict[str, str] = STAND, inactive: tuple[str, ...] = ()) -> dict[str, int]:
    people = pl.DataFrame(
        {"id": list(CHAIN), "sponsor_id": list(CHAIN.values()), "rank": [rank.get(each) for each in CHAIN]}
    )
    table = pl.DataFrame({"id": ["o"], "buyer_id": ["buyer"], "amount": [10_000], "date": [None], "period": ["1"]})
    facts = pl.DataFrame([(who, None, "active", "false") for who in inactive],
                         schema=dict.fromkeys(("participant_id", "period", "fact", "value"), pl.String), orient="row")  # fmt: skip
    plan = parse_plan(f"{HEAD}components:\n  - id: d\n    family: differential\n{RULE}{extra}")
    computed = compute(plan, Network.from_table(people), table, facts=facts)
    assert computed.awards[0].balance.ties
    return dict(computed.lines.select("participant_id", "amount").rows())


def test_equal_ranks_get_no_difference() -> None:
    assert paid() == {"silver": 800, "gold1": 800}


def test_the_start_value_changes_who_gets_what() -> None:
    assert paid("    start_from: buyer\n") == {"silver": 400, "gold1": 800}
    assert paid("    line_from: buyer\n") == {"buyer": 400, "silver": 400, "gold1": 800}


def test_an_equal_rank_may_be_paid_a_rate_of_its_own() -> None:
    assert paid("    equal_rank_rates: [2%]\n") == {"silver": 800, "gold1": 800, "gold2": 200}
    assert paid("    equal_rank_rates: [2%, 1%]\n") == {"silver": 800, "gold1": 800, "gold2": 200, "top": 100}


def test_an_equal_rank_may_end_the_walk() -> None:
    standing = {**STAND, "gold1": "Silver"}
    assert paid(rank=standing) == {"silver": 800, "gold2": 800}
    assert paid("    equal_rank: stop\n", rank=standing) == {"silver": 800}


def test_the_inactive_are_passed_over_or_keep_their_difference() -> None:
    assert paid(inactive=("silver",)) == {"gold1": 1600}
    assert paid("    compression: none\n", inactive=("silver",)) == {"gold1": 800}


def test_depth_may_be_limited_and_a_difference_have_a_least() -> None:
    assert paid("    max_depth: 1\n") == {"silver": 800}
    assert paid("    max_depth: 1\n", inactive=("silver",)) == {"gold1": 1600}
    assert paid("    min_difference: 9%\n") == {"silver": 900, "gold1": 900}


def test_what_another_component_paid_on_is_left_out() -> None:
    people = pl.DataFrame({"id": ["a", "b"], "sponsor_id": [None, "a"], "rank": ["Gold", None]})
    table = pl.DataFrame({"id": ["o", "p"], "buyer_id": ["b", "b"], "amount": [1000, 2000], "category": ["kit", "x"]})
    plan = parse_plan(
        f"{HEAD.replace('month', 'whole')}components:\n"
        "  - {id: first, family: unilevel, rates: [10%], orders: {categories: [kit]}}\n"
        f"  - id: d\n    family: differential\n    without: [first]\n{RULE}"
    )
    computed = compute(plan, Network.from_table(people), table)
    lines = computed.lines.filter(pl.col("component") == "d").select("source_order_id", "amount")
    assert lines.rows() == [("p", 320)]
    grouped = parse_plan(
        f"{HEAD.replace('month', 'whole')}components:\n"
        "  - {id: first, family: unilevel, rates: [10%], orders: {categories: [kit]}}\n"
        f"  - id: d\n    family: differential\n    without: [first]\n    on: group_volume\n{RULE}"
    )
    computed = compute(grouped, Network.from_table(people), table)
    assert computed.totals["component"].to_list() == ["first"]


def test_mistakes_name_the_way_out() -> None:
    def plan(extra: str) -> object:
        return parse_plan(f"{HEAD}components:\n  - id: d\n    family: differential\n{extra}")

    with pytest.raises(PlanError, match="give exactly one of rates_by_rank, rate_from"):
        plan("    start_from: zero\n")
    with pytest.raises(PlanError, match="did you mean Gold"):
        plan("    rates_by_rank: {Golde: 5%}\n")
    with pytest.raises(PlanError, match="subtract: leg_head needs on: group_volume"):
        plan(f"{RULE}    subtract: leg_head\n")
    with pytest.raises(PlanError, match="unknown component"):
        plan(f"{RULE}    without: [nothing]\n")


def test_an_order_is_explained_person_by_person() -> None:
    people = pl.DataFrame({"id": list(CHAIN), "sponsor_id": list(CHAIN.values()), "rank": [STAND[e] for e in CHAIN]})
    table = pl.DataFrame({"id": ["o"], "buyer_id": ["buyer"], "amount": [10_000]})
    plan = parse_plan(f"{HEAD.replace('month', 'whole')}components:\n  - id: d\n    family: differential\n{RULE}")
    computed = compute(plan, Network.from_table(people), table)
    told = explain(computed, order="o").text()
    assert "silver (Silver): 8.00 USD" in told
    assert "100.00 USD × 8% = 8" in told
    assert "gold2 (Gold): 16%, no more than was paid below" in told
    assert "gold2 (الرتبة Gold): 16%، لا تزيد على ما دُفع تحته" in explain(computed, order="o").text("ar")


def test_the_reading_names_every_choice_and_the_worst_case() -> None:
    plan = parse_plan(
        f"{HEAD}components:\n  - id: d\n    family: differential\n{RULE}    start_from: buyer\n    compression: none\n"
        "    equal_rank_rates: [2%]\n    max_depth: 7\n    line_from: buyer\n    base: {measure: volume, share: 50%}\n"
    )
    text = plan.components[0].describe()
    for words in ("50% of the volume", "Gold 16%", "own rate counts as paid", "equal rate get 2%", "Up to 7 levels"):
        assert words in text.en
    promise = plan.components[0].promise()
    assert promise.of == "volume"
    assert promise.share == (Fraction(16, 100) + 3 * Fraction(2, 100)) / 2
    assert FAMILIES["differential"].definition.ar


def test_a_chain_of_a_million_costs_no_more_than_its_different_rates() -> None:
    size = 1_000_000
    (parent,) = read_only(np.arange(-1, size - 1, dtype=np.int32))
    value = (np.arange(size)[::-1] % 7 // 6).astype(np.int32)  # ones and noughts in turn, one two at the very top
    value[0] = 2
    first = np.full(200_000, size - 1, np.int32)
    nothing, never = np.zeros(len(first), np.int64), np.full(size, np.iinfo(np.int64).max)
    above = differential_walk.next_higher(parent, value)
    no, yes, two, none = False, True, 2, 0
    rest = parent, parent, value, above, np.ones(size, np.bool_), never, two, none, no, yes, none
    start, missing = np.zeros(len(first), np.int32), np.zeros(len(first), np.int16)
    differential_walk.walk(first[:1], nothing[:1], start[:1], missing[:1], *rest)  # compiled before it is timed
    begin = time.process_time()
    entry, position, *_ = differential_walk.walk(first, nothing, start, missing, *rest)
    seconds = time.process_time() - begin
    assert len(entry) == 2 * len(first)
    assert position[1::2].tolist() == [0] * len(first)
    assert seconds < 3  # two steps an order; a walk of the whole chain would take minutes
