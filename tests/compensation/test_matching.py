"""The matching bonus and given awards: against the slow twin, to the minor unit, and their rules one by one."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compensation import PlanError, compute_on, explain, parse_plan
from compensation.books import Books
from compensation.errors import PlanMismatch
from genealogy.network import Network
from tests.compensation import slow_matching as slow
from tests.compensation.slow_unilevel import whole
from tests.compensation.upline_worlds import HEAD, RANKS, RATES, World, books, row, worlds

ROW = st.lists(st.sampled_from(RATES), min_size=1, max_size=3)
FACTS = dict.fromkeys(("participant_id", "period", "fact", "value"), pl.String)


@st.composite
def rules(draw: st.DrawFn) -> tuple[slow.SlowTerms, list[Fraction] | dict[str, list[Fraction]], str]:
    table = draw(ROW | st.dictionaries(st.sampled_from(RANKS), ROW, min_size=1))
    tables = [table] if isinstance(table, list) else list(table.values())
    deep = max(map(len, tables))
    generations = draw(st.booleans())
    compression = "none" if generations else draw(st.sampled_from(["none", "skip_ineligible", "dynamic"]))
    terms = slow.SlowTerms(
        [max(each[level] for each in tables if level < len(each)) for level in range(deep)],
        draw(st.lists(st.sampled_from([0, 0, 1, 2, 3]), min_size=deep, max_size=deep)),
        generations=generations,
        invisible=generations and draw(st.booleans()),
        compression=compression,
        pass_up=compression != "dynamic" and draw(st.booleans()),
    )
    return terms, table, draw(st.sampled_from(["half_up", "half_even", "down"]))


def plan_of(terms: slow.SlowTerms, table: list[Fraction] | dict[str, list[Fraction]], mode: str) -> object:
    text = (
        f"{HEAD}rounding: {{mode: {mode}}}\ncomponents:\n  - {{id: stated, family: given, fact: elsewhere}}\n"
        "  - {id: level, family: unilevel, rates: [50%, 10%]}\n"
        "  - id: m\n    family: matching\n    of: [stated, level]\n"
    )
    if isinstance(table, list):
        text += f"    rates: {row(table)}\n"
    else:
        text += "    rates_by_rank:\n" + "".join(f"      {name}: {row(values)}\n" for name, values in table.items())
    names = ["null" if each == 0 else RANKS[each - 1] for each in terms.least]
    text += f"    min_rank_by_level: [{', '.join(names)}]\n    compression: {terms.compression}\n"
    text += f"    unqualified: {'pass_up' if terms.pass_up else 'forfeit'}\n"
    if terms.generations:
        text += "    by: generation\n    leader_from: leader\n"
        text += f"    inactive_leader: {'invisible' if terms.invisible else 'boundary'}\n"
    return parse_plan(text)


@settings(max_examples=55, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds(), rules(), st.data())
def test_the_engine_agrees_with_the_slow_twin_to_the_minor_unit(
    world: World, rule: tuple[object, ...], data: st.DataObject
) -> None:
    terms, table, mode = rule
    stated = data.draw(st.dictionaries(st.sampled_from(list(world.sponsor)), st.integers(-500, 5000), max_size=4))
    facts = [
        (who, "2025-01", "elsewhere", f"{Fraction(value, 100).limit_denominator(100)}") for who, value in stated.items()
    ]
    facts = [(who, period, fact, f"{stated[who] / 100:.2f}") for who, period, fact, _ in facts]
    its = books(world)
    its = replace(
        its, facts=pl.concat([its.facts, pl.DataFrame(facts, schema=FACTS, orient="row")]), periods=("2025-01",)
    )
    computed = compute_on(plan_of(terms, table, mode), its, breakage_lines=True)
    sums: dict[tuple[str, str], int] = {}
    for period, who, component, _, amount, _ in computed.totals.rows():
        if component != "m":
            sums[period, who] = sums.get((period, who), 0) + amount
    expected: Counter[tuple[str, str, str | None, int, int]] = Counter()
    allotted = Fraction(0)
    for (month, source), amount in sums.items():
        line = []
        for who in world.upline(source):
            rank = world.rank[who]
            rates = table if isinstance(table, list) else table.get(rank or "", [])
            height = RANKS.index(rank) + 1 if rank else 0
            leads = (who, month) in world.leader
            line.append(slow.Person(who, world.can(who, month, None), height, rates, leads))
        for who, level, share in slow.shares(terms, line):
            if amount:
                allotted += amount * share
                expected[month, source, who, level, whole(amount * share, mode)] += 1
    lines = computed.lines.filter(pl.col("component") == "m")
    got = lines.select("period", "source_participant_id", "participant_id", "level", "amount").rows()
    assert Counter(got) == expected
    assert computed.awards[2].balance.ties
    assert computed.awards[2].balance.allotted == allotted


# The rules, one by one

CHAIN = {"top": None, "c": "top", "b": "c", "a": "b"}


def computed_on(
    extra: str, *, rank: dict[str, str] | None = None, inactive: tuple[str, ...] = (), head: str = ""
) -> object:
    ranks = [(rank or {}).get(name) for name in CHAIN]
    frame = pl.DataFrame(
        {"id": list(CHAIN), "sponsor_id": list(CHAIN.values()), "rank": pl.Series(ranks, dtype=pl.String)}
    )
    facts = [("a", None, "elsewhere", "100"), *((who, None, "active", "false") for who in inactive)]
    table = pl.DataFrame(schema={"id": pl.String, "amount": pl.Int64, "buyer_id": pl.String})
    text = (
        f"{HEAD.replace('month', 'whole')}{head}components:\n  - {{id: stated, family: given, fact: elsewhere}}\n"
        f"  - id: m\n    family: matching\n    of: [stated]\n{extra}"
    )
    network = Network.from_table(frame)
    its = Books(network, table, facts=pl.DataFrame(facts, schema=FACTS, orient="row"), periods=("all",))
    result = compute_on(parse_plan(text), its)
    assert all(awards.balance.ties for awards in result.awards)
    return result


def paid(extra: str, **rest: object) -> dict[str, int]:
    lines = computed_on(extra, **rest).lines.filter(pl.col("component") == "m")
    assert len(set(lines["participant_id"])) == len(lines)
    return dict(lines.select("participant_id", "amount").rows())


RULE = "    rates: [10%, 7%]\n"


def test_the_sponsor_of_whoever_earned_stands_at_level_one() -> None:
    assert paid(RULE) == {"b": 1000, "c": 700}


def test_what_somebody_is_not_qualified_for_is_lost_or_passes_up() -> None:
    least = RULE + "    min_rank_by_level: [Gold, null]\n"
    assert paid(least, rank={"top": "Gold"}) == {"c": 700}
    assert paid(least + "    unqualified: pass_up\n", rank={"top": "Gold"}) == {"top": 1000, "c": 700}
    lines = computed_on(least + "    unqualified: pass_up\n", rank={"c": "Gold"}).lines
    assert lines.filter(pl.col("component") == "m").select("participant_id", "level", "amount").rows() == [
        ("c", 1, 1000),
        ("c", 2, 700),
    ]


def test_compression_counts_levels_anew() -> None:
    assert paid(RULE, inactive=("b",)) == {"c": 700}
    assert paid(RULE + "    compression: skip_ineligible\n", inactive=("b",)) == {"c": 1000, "top": 700}
    dynamic = RULE + "    compression: dynamic\n    min_rank_by_level: [Gold, Silver]\n"
    assert paid(dynamic, rank={"c": "Gold", "top": "Silver"}) == {"c": 1000, "top": 700}


def test_generations_count_leaders_only() -> None:
    rule = RULE + "    by: generation\n    boundary_rank: Gold\n"
    assert paid(rule, rank={"c": "Gold", "top": "Gold"}) == {"c": 1000, "top": 700}
    assert paid(rule, rank={"c": "Gold", "top": "Gold"}, inactive=("c",)) == {"top": 700}
    passed = paid(rule + "    inactive_leader: invisible\n", rank={"c": "Gold", "top": "Gold"}, inactive=("c",))
    assert passed == {"top": 1000}


def test_it_is_reckoned_after_limits_or_before() -> None:
    cap = "limits:\n  - {id: most, components: [stated], cap: '40'}\n"
    assert paid(RULE, head=cap) == {"b": 400, "c": 280}
    assert paid(RULE + "    reckoned: before_limits\n", head=cap) == {"b": 1000, "c": 700}


def test_a_match_on_itself_or_in_a_circle_is_refused() -> None:
    circle = (
        f"{HEAD}components:\n  - {{id: m, family: matching, of: [n], rates: [5%]}}\n"
        "  - {id: n, family: matching, of: [m], rates: [5%]}\n"
    )
    with pytest.raises(PlanError, match="stands after it"):
        parse_plan(circle)
    with pytest.raises(PlanError, match=r"components\[0\]\.of\[0\]"):
        parse_plan(f"{HEAD}components:\n  - {{id: m, family: matching, of: [m], rates: [5%]}}\n")


def test_mistakes_name_the_way_out() -> None:
    def plan(extra: str) -> object:
        return parse_plan(
            f"{HEAD}components:\n  - {{id: s, family: given, fact: x}}\n  - id: m\n    family: matching\n    of: [s]\n{extra}"
        )

    with pytest.raises(PlanError, match="needs one entry for each of the 2 levels"):
        plan(RULE + "    min_rank_by_level: [Gold]\n")
    with pytest.raises(PlanError, match="needs exactly one of boundary_rank, leader_from"):
        plan(RULE + "    by: generation\n")
    with pytest.raises(PlanError, match="commissions are matched, not orders"):
        plan(RULE + "    orders: {which: first}\n")
    with pytest.raises(PlanError, match="orders and in_force have no meaning"):
        parse_plan(f"{HEAD}components:\n  - {{id: s, family: given, fact: x, orders: {{which: first}}}}\n")
    network = Network.from_table(pl.DataFrame({"id": ["a"], "sponsor_id": [None]}))
    table = pl.DataFrame(schema={"id": pl.String, "amount": pl.Int64, "buyer_id": pl.String})
    mixed = parse_plan(
        f"{HEAD}components:\n  - {{id: s, family: given, fact: x, currency: PV}}\n"
        "  - {id: m, family: matching, of: [s], rates: [5%]}\n"
    )
    with pytest.raises(PlanMismatch, match="say currency: PV"):
        compute_on(mixed, Books(network, table, periods=("1",), currencies={"PV": 2}))


def test_a_match_is_explained_with_those_in_between() -> None:
    computed = computed_on(RULE, inactive=("b",))
    line = computed.lines.filter(pl.col("component") == "m")["line"][0]
    told = explain(computed, line=line).text()
    assert "comes from: a" in told
    assert "b stands on another level" in told or "b is not qualified for level 2" in told
    assert "100.00 USD × 7% = 7" in told
    assert explain(computed, line=line).text("ar")
    component = computed.plan.components[1]
    assert component.promise() == ("awards", Fraction(17, 100), None)
    assert "stated" in component.describe().ar


def test_a_chain_of_a_million_is_matched_level_by_level_at_once() -> None:
    size = 1_000_000
    names = pl.select(pl.format("p{}", pl.int_range(size))).to_series()
    network = Network.from_table(pl.DataFrame({"id": names, "sponsor_id": names.shift(1)}))
    buyers = pl.concat([names[np.arange(0, size, 5)], names[1:3]])
    amount = [100_000, *([1000] * (len(buyers) - 3)), 100_000, 100_000]
    table = pl.DataFrame({"id": ["o"] * len(buyers), "buyer_id": buyers, "amount": amount})
    text = (
        "id: t\ntitle: {en: T, ar: ت}\ncurrency: USD\nperiod: whole\nvolumes: {measure: amount}\n"
        "activity: {rule: personal_volume, at_least: '100'}\ncomponents:\n"
        "  - {id: level, family: unilevel, rates: [10%], eligibility: {active: false}}\n"
        "  - {id: m, family: matching, of: [level], rates: [10%, 5%], compression: skip_ineligible}\n"
    )
    assert network.sponsor.levels == size
    begin = time.process_time()
    computed = compute_on(parse_plan(text), Books(network, table), lines=False)
    assert time.process_time() - begin < 5
    mine = computed.totals.filter(pl.col("component") == "m").sort("participant_id")
    # everybody's commission is matched by p2 and p1, the nearest who are active; that of p1 by p0 alone
    assert mine.select("participant_id", "lines").rows() == [("p0", 1), ("p1", 199_999), ("p2", 199_999)]
