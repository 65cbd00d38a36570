"""The generation override: the compiled walk against its slow twin, to the minor unit, and its rules one by one."""

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
from compensation.books import Books
from genealogy.network import Network
from tests.compensation import slow_generation as slow
from tests.compensation.slow_unilevel import whole
from tests.compensation.upline_worlds import HEAD, RANKS, RATES, World, books, row, worlds

ROW = st.lists(st.sampled_from(RATES), min_size=1, max_size=3)


@st.composite
def rules(draw: st.DrawFn) -> tuple[slow.SlowTerms, dict[str, object], str]:
    """A rule: its terms, the rest of its keys, and the rounding mode."""
    terms = slow.SlowTerms(
        compare=draw(st.booleans()),
        invisible=draw(st.booleans()),
        leaders_only=draw(st.sampled_from([True, True, False])),
        own=draw(st.sampled_from([0, 1, 1])),
    )
    terms.skip_empty = not terms.compare and terms.leaders_only and draw(st.booleans())
    keys: dict[str, object] = {
        "table": draw(ROW | st.dictionaries(st.sampled_from(RANKS), ROW, min_size=1)),
        "who": draw(st.sampled_from(["fact", "Silver", "Gold", *([None] if terms.compare else [])])),
        "by_fact": terms.compare and draw(st.booleans()),
        "most": draw(st.sampled_from([None, None, 1, 2])),
        "line_from": draw(st.sampled_from(["upline", "buyer"])),
        "reversals": draw(st.sampled_from(["claw_back", "recompute", "ignore"])),
    }
    return terms, keys, draw(st.sampled_from(["half_up", "half_even", "down"]))


def plan_of(terms: slow.SlowTerms, keys: dict[str, object], mode: str, extra: str = "") -> object:
    table, who = keys["table"], keys["who"]
    text = f"{HEAD}rounding: {{mode: {mode}}}\ncomponents:\n  - id: g\n    family: generation\n"
    if isinstance(table, list):
        text += f"    rates: {row(table)}\n"
    else:
        text += "    rates_by_rank:\n" + "".join(f"      {name}: {row(values)}\n" for name, values in table.items())
    if who is not None:
        text += "    leader_from: leader\n" if who == "fact" else f"    boundary_rank: {who}\n"
    text += f"    boundary: {'same_or_higher' if terms.compare else 'leader'}\n"
    text += "    standing_from: rate\n" if keys["by_fact"] else ""
    text += f"    inactive_leader: {'invisible' if terms.invisible else 'boundary'}\n"
    text += "    leaders_only: false\n" if not terms.leaders_only else ""
    text += "    empty_generation: skipped\n" if terms.skip_empty else ""
    text += f"    own_group_is_generation: {terms.own}\n"
    text += f"    max_generations: {keys['most']}\n" if keys["most"] else ""
    text += f"    line_from: {keys['line_from']}\n    reversals: {keys['reversals']}\n"
    return parse_plan(text + extra)


def people(world: World, keys: dict[str, object], line: list[str], month: str, moment: object) -> list[slow.Person]:
    result = []
    for name in line:
        rank = world.rank[name]
        height = RANKS.index(rank) + 1 if rank else 0
        standing = world.rate.get((name, month), Fraction(0)) if keys["by_fact"] else Fraction(height)
        standing = Fraction(round(standing * 10**9), 10**9)
        who = keys["who"]
        leads = {
            "fact": (name, month) in world.leader,
            "Silver": height >= 2,
            "Gold": height >= 3,
            None: standing > 0,
        }[who]
        table = keys["table"]
        rates = table if isinstance(table, list) else table.get(rank or "", [])
        most = keys["most"]
        result.append(slow.Person(name, leads, standing, rates[:most], world.can(name, month, moment)))
    return result


def standings_that_can_be_held(world: World) -> World:
    """Facts are compared in nine decimals; a third is no such number."""
    world.rate = {key: Fraction(1, 4) if value == Fraction(1, 3) else value for key, value in world.rate.items()}
    return world


@settings(max_examples=55, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds().map(standings_that_can_be_held), rules())
def test_the_engine_agrees_with_the_slow_twin_to_the_minor_unit(world: World, rule: tuple[object, ...]) -> None:
    terms, keys, mode = rule
    expected: Counter[tuple[str, str, int, int]] = Counter()
    for order in world.orders:
        base = max(order.base, 0) if keys["reversals"] == "ignore" else order.base
        month, moment = order.standing, order.as_of
        if keys["reversals"] == "recompute":
            month, moment = order.month, order.time
        line = world.line(order, buyer_first=keys["line_from"] == "buyer")
        for who, generation, share, can in slow.shares(terms, people(world, keys, line, month, moment)):
            if can and base and share:
                expected[f"o{order.number}", who, generation, whole(base * share, mode)] += 1
    plan = plan_of(terms, keys, mode)
    computed = compute_on(plan, books(world), breakage_lines=True)
    paid = computed.lines.filter(pl.col("status") == "paid")
    assert Counter(paid.select("source_order_id", "participant_id", "level", "amount").rows()) == expected
    balance = computed.awards[0].balance
    assert balance.ties
    if terms.leaders_only and not terms.compare and not terms.skip_empty:
        table = keys["table"]
        tables = [table] if isinstance(table, list) else [table.get(name, []) for name in [*RANKS]]
        tables = [each[: keys["most"]] for each in tables]
        promised = sum(max((each[g] for each in tables if g < len(each)), default=Fraction(0)) for g in range(3))
        if keys["reversals"] != "ignore":
            assert balance.allotted == promised * sum(order.base for order in world.orders)
    assert compute_on(plan, books(world), lines=False).totals.equals(computed.totals)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds().map(standings_that_can_be_held), rules())
def test_group_volume_agrees_with_the_slow_twin(world: World, rule: tuple[object, ...]) -> None:
    terms, keys, mode = rule
    expected: dict[tuple[str, str, int, Fraction], int] = {}
    for (source, month), volume in world.volumes(ignore=keys["reversals"] == "ignore").items():
        line = world.upline(source) if keys["line_from"] == "upline" else [source, *world.upline(source)]
        for who, generation, share, can in slow.shares(terms, people(world, keys, line, month, None)):
            if can and share:
                key = (month, who, generation, share)
                expected[key] = expected.get(key, 0) + volume
    computed = compute_on(plan_of(terms, keys, mode, "    on: group_volume\n"), books(world))
    got = {(p, w, g): a for p, w, g, a in computed.lines.select("period", "participant_id", "level", "amount").rows()}
    assert got == {
        (p, w, g): whole(v * share, mode) for (p, w, g, share), v in expected.items() if v or (p, w, g) in got
    }
    assert computed.awards[0].balance.ties


# The rules, one by one

CHAIN = {"top": None, "d2": "top", "x": "d2", "d1": "x", "buyer": "d1"}
DIRECTORS = ("d1", "d2", "top")


def paid(extra: str, *, directors: tuple[str, ...] = DIRECTORS, inactive: tuple[str, ...] = ()) -> dict[str, int]:
    ranks = ["Gold" if name in directors else "Member" for name in CHAIN]
    frame = pl.DataFrame({"id": list(CHAIN), "sponsor_id": list(CHAIN.values()), "rank": ranks})
    table = pl.DataFrame({"id": ["o"], "buyer_id": ["buyer"], "amount": [10_000]})
    schema = dict.fromkeys(("participant_id", "period", "fact", "value"), pl.String)
    facts = pl.DataFrame([(who, None, "active", "false") for who in inactive], schema=schema, orient="row")
    text = f"{HEAD.replace('month', 'whole')}components:\n  - id: g\n    family: generation\n    boundary_rank: Gold\n{extra}"
    computed = compute_on(parse_plan(text), Books(Network.from_table(frame), table, facts=facts))
    assert computed.awards[0].balance.ties
    return dict(computed.lines.select("participant_id", "amount").rows())


RULE = "    rates: [10%, 6%, 4%]\n"


def test_leaders_are_counted_and_not_levels() -> None:
    assert paid(RULE) == {"d1": 1000, "d2": 600, "top": 400}
    assert paid(RULE + "    max_generations: 2\n") == {"d1": 1000, "d2": 600}


def test_an_inactive_leader_uses_up_a_number_or_is_passed_over() -> None:
    assert paid(RULE, inactive=("d1",)) == {"d2": 600, "top": 400}
    assert paid(RULE + "    inactive_leader: invisible\n", inactive=("d1",)) == {"d2": 1000, "top": 600}


def test_an_empty_generation_may_use_up_no_number() -> None:
    assert paid(RULE + "    empty_generation: skipped\n") == {"d1": 1000, "d2": 600, "top": 600}


def test_generations_may_depend_on_the_earners_rank() -> None:
    by_rank = "    rates_by_rank: {Gold: [10%, 6%, 4%]}\n    max_generations_by_rank: {Gold: 1}\n"
    assert paid(by_rank) == {"d1": 1000}


def test_the_first_generation_may_be_the_next_leaders_group() -> None:
    assert paid(RULE + "    own_group_is_generation: 0\n") == {"d2": 1000, "top": 600}
    others = "    own_group_is_generation: 0\n    leaders_only: false\n"
    assert paid(RULE + others) == {"x": 1000, "d2": 1000, "top": 600}


def test_the_buyer_may_stand_on_his_own_line() -> None:
    assert paid(RULE + "    line_from: buyer\n", directors=("buyer", "d2")) == {"buyer": 1000, "d2": 600}
    assert paid(RULE, directors=("buyer", "d2")) == {"d2": 1000}


def test_mistakes_name_the_way_out() -> None:
    def plan(extra: str) -> object:
        return parse_plan(f"{HEAD}components:\n  - id: g\n    family: generation\n{extra}")

    with pytest.raises(PlanError, match="give exactly one of rates, rates_by_rank"):
        plan("    boundary_rank: Gold\n")
    with pytest.raises(PlanError, match="say who is a leader"):
        plan("    rates: [5%]\n")
    with pytest.raises(PlanError, match="give only one of boundary_rank, leader_from"):
        plan("    rates: [5%]\n    boundary_rank: Gold\n    leader_from: leader\n")
    with pytest.raises(PlanError, match="empty_generation: skipped needs"):
        plan("    rates: [5%]\n    boundary: same_or_higher\n    empty_generation: skipped\n")


def test_an_order_is_explained_leader_by_leader() -> None:
    ranks = ["Gold" if name in DIRECTORS else "Member" for name in CHAIN]
    frame = pl.DataFrame({"id": list(CHAIN), "sponsor_id": list(CHAIN.values()), "rank": ranks})
    table = pl.DataFrame({"id": ["o"], "buyer_id": ["buyer"], "amount": [10_000]})
    plan = parse_plan(
        f"{HEAD.replace('month', 'whole')}components:\n  - id: g\n    family: generation\n    boundary_rank: Gold\n{RULE}"
    )
    computed = compute(plan, Network.from_table(frame), table)
    told = explain(computed, order="o").text()
    assert "d1 (Gold): 10.00 USD" in told
    assert "100.00 USD × 6% = 6" in told
    assert "x" not in told.replace("explain", "")
    assert "المدير" not in explain(computed, order="o").text("ar")
    promise = plan.components[0].promise()
    assert promise.share == Fraction(1, 5)
    assert "Gold" in plan.components[0].describe().ar


def test_a_chain_of_a_million_costs_no_more_than_its_paid_generations() -> None:
    size = 1_000_000
    names = pl.select(pl.format("p{}", pl.int_range(size))).to_series()
    ranks = pl.Series(["Member", "Gold"]).gather((np.arange(size) % 400_000 == 0).astype(np.int64))
    frame = pl.DataFrame({"id": names, "sponsor_id": names.shift(1), "rank": ranks})
    table = pl.DataFrame({"id": ["o"] * 20_000, "buyer_id": names[-20_000:], "amount": [100] * 20_000})
    network = Network.from_table(frame)
    assert network.sponsor.levels == size
    for extra in ("    boundary_rank: Gold\n", "    boundary: same_or_higher\n    boundary_rank: Gold\n"):
        plan = parse_plan(
            f"{HEAD.replace('month', 'whole')}components:\n  - id: g\n    family: generation\n{extra}{RULE}"
        )
        begin = time.process_time()
        computed = compute(plan, network, table, lines=False)
        assert time.process_time() - begin < 5
        assert sorted(computed.totals["amount"].to_list()) == [80_000, 120_000, 200_000]
