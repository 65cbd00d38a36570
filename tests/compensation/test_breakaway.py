"""The breakaway override: the compiled passes against their slow twin, and its rules one by one."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compensation import Computed, compute, explain, parse_plan
from compensation.errors import PlanError
from genealogy.network import Network
from tests.compensation import slow_breakaway as slow
from tests.compensation.test_stairstep import sales
from tests.compensation.test_unilevel import network, orders

RANKS = ["Low", "Mid", "Top"]
HEAD = (
    "id: t\ntitle: {en: T, ar: ت}\ncurrency: USD\nvolumes: {measure: points}\n"
    f"ranks: {{order: [{', '.join(RANKS)}]}}\n"
)


def override_plan(extra: str, head: str = "period: whole\n") -> Any:
    return parse_plan(f"{HEAD}{head}components:\n  - id: over\n    family: breakaway\n{extra}")


def paid(computed: Computed) -> list[tuple[str, int, str, int]]:
    """(leader, generation, who, amount)."""
    lines = computed.lines.filter(pl.col("status") == "paid")
    return list(
        zip(lines["source_participant_id"], lines["level"], lines["participant_id"], lines["amount"], strict=True)
    )


# Against the slow twin

RATES = [Fraction(0), Fraction(1, 20), Fraction(1, 3), Fraction(1, 40), Fraction(7, 100)]


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Any, ...]:
    size = draw(st.integers(1, 9))
    names = [f"p{i}" for i in range(size)]
    sponsor = {name: (draw(st.sampled_from([None, *names[:i]])) if i else None) for i, name in enumerate(names)}
    if draw(st.booleans()):
        sponsor = {name: (names[i - 1] if i else None) for i, name in enumerate(names)}  # one long chain
    rank = {name: draw(st.sampled_from([None, *RANKS])) for name in names}
    sale = st.tuples(st.sampled_from([None, *names]), st.integers(-300, 1000), st.integers(-300, 1000))
    bought = draw(st.lists(sale, max_size=10))
    by = draw(st.sampled_from(["all", "rank", "volume", "fact"]))
    later = draw(st.lists(st.sampled_from(RATES), max_size=2)) if by == "fact" or draw(st.booleans()) else []
    row = st.lists(st.sampled_from(RATES), min_size=1, max_size=1 if later else 3)
    by_volume = None
    row_of: dict[str, str] = {}
    if by == "all":
        rows = {"all": draw(row)}
        row_of = dict.fromkeys(names, "all")
    elif by == "rank":
        rows = {name: draw(row) for name in draw(st.lists(st.sampled_from(RANKS), min_size=1, unique=True))}
        row_of = {who: held for who, held in rank.items() if held in rows}
    elif by == "volume":
        starts = sorted(draw(st.sets(st.integers(0, 1500), min_size=1, max_size=3)))
        rows = {str(start): draw(row) for start in starts}
        by_volume = [(start, str(start)) for start in starts]
    else:
        row_of = {who: str(draw(st.sampled_from(RATES))) for who in draw(st.sets(st.sampled_from(names)))}
        rows = {name: [Fraction(name)] for name in row_of.values()}
    generations = max([1 + len(later), *(len(each) for each in rows.values())])
    differential = draw(st.booleans())
    by_rank = draw(st.sampled_from([None, *RANKS]))
    leaders = frozenset(draw(st.sets(st.sampled_from(names))))
    if by_rank is not None:
        leaders = frozenset(who for who, held in rank.items() if held and RANKS.index(held) >= RANKS.index(by_rank))
    plan = slow.SlowPlan(
        leaders,
        draw(st.sampled_from([None, 0, 300, 1000])),
        earners=frozenset(draw(st.sets(st.sampled_from(names)))) if draw(st.booleans()) else None,
        row_of=row_of,
        rows=rows,
        by_volume=by_volume,
        volume_of=draw(st.sampled_from(["own", "group"])) if by_volume else "group",
        later=later,
        generations=generations,
        differential=differential,
        least_rate=draw(st.sampled_from([Fraction(0), Fraction(1, 100)])) if differential else Fraction(0),
        compression=draw(st.sampled_from(["none", "skip_ineligible", "dynamic"])),
        skips_without_rate=draw(st.booleans()),
        min_leaders=draw(st.lists(st.integers(0, 2), max_size=generations)),
        eligible=frozenset(names) if draw(st.booleans()) else frozenset(draw(st.sets(st.sampled_from(names)))),
        mode=draw(st.sampled_from(["half_up", "half_even", "down"])),
    )
    return sponsor, rank, by_rank, by, bought, plan


def written(plan: slow.SlowPlan, by_rank: str | None, by: str) -> str:
    """The twin's plan in the plan language."""

    def row(values: list[Fraction]) -> str:
        return "[" + ", ".join(f"'{value.numerator}/{value.denominator}'" for value in values) + "]"

    who = [f"rank: {by_rank}" if by_rank else "fact: leads"]
    if plan.least_group is not None:
        who.append(f"group_volume: '{plan.least_group / 1000:.3f}'")
    lines = [f"leaders: {{{', '.join(who)}}}", f"compression: {plan.compression}"]
    if plan.earners is not None:
        lines.append("earners: {fact: may}")
    if by == "all":
        lines.append(f"rates: {row(plan.rows['all'])}")
    elif by == "rank":
        lines.append("rates_by_rank: {" + ", ".join(f"{name}: {row(each)}" for name, each in plan.rows.items()) + "}")
    elif by == "volume":
        assert plan.by_volume is not None
        steps = (f"{{at_least: '{least / 1000:.3f}', rates: {row(plan.rows[name])}}}" for least, name in plan.by_volume)
        lines += [f"rates_by_volume: [{', '.join(steps)}]", f"volume_of: {plan.volume_of}"]
    else:
        lines.append("rate_from: rate")
    if plan.later:
        lines.append(f"later_rates: {row(plan.later)}")
    if plan.differential:
        least = plan.least_rate
        lines += ["override: differential", f"min_rate: '{least.numerator}/{least.denominator}'"]
    if plan.skips_without_rate:
        lines.append("lacking_rate: skip")
    if plan.min_leaders:
        lines.append(f"min_leaders: {plan.min_leaders}")
    lines.append("eligibility: {facts: [qualified]}")
    return (
        f"{HEAD}period: whole\nrounding: {{mode: {plan.mode}}}\ncomponents:\n  - id: over\n    family: breakaway\n"
        + "".join(f"    {line}\n" for line in lines)
    )


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds())
def test_the_engine_agrees_with_the_slow_twin_to_the_minor_unit(world: tuple[Any, ...]) -> None:
    sponsor, rank, by_rank, by, bought, plan = world
    amount: dict[str, int] = defaultdict(int)
    volume: dict[str, int] = defaultdict(int)
    for who, cents, points in bought:
        if who is not None:
            amount[who] += cents
            volume[who] += points
    expected = slow.Month(plan, sponsor, amount, volume)
    facts = [(who, "leads", str(who in plan.leaders).lower()) for who in sponsor]
    facts += [(who, "may", str(plan.earners is not None and who in plan.earners).lower()) for who in sponsor]
    facts += [(who, "qualified", str(who in plan.eligible).lower()) for who in sponsor]
    facts += [(who, "rate", rate) for who, rate in plan.row_of.items() if by == "fact"]
    table = orders(
        *[(who or "stranger", cents) for who, cents, _ in bought],
        points=pl.Series([points for *_, points in bought], dtype=pl.Int64),
    )
    stated = pl.DataFrame(facts, schema=["participant_id", "fact", "value"], orient="row")
    people = network(*sponsor.items(), rank=rank)
    text = written(plan, by_rank, by)
    computed = compute(parse_plan(text), people, table, facts=stated, breakage_lines=True)
    got = {(leader, generation): (who, cents) for leader, generation, who, cents in paid(computed)}
    assert got == expected.lines
    balance = computed.awards[0].balance
    assert balance.ties
    assert balance.allotted == expected.allotted
    only_totals = compute(parse_plan(text), people, table, facts=stated, lines=False)
    assert only_totals.totals.equals(computed.totals)


# The rules, one by one

LINE = (("a", None), ("b", "a"), ("c", "b"), ("d", "c"), ("e", "d"))
LEADERS = "    leaders: {rank: Mid}\n"


def test_a_group_is_paid_without_the_groups_of_leaders_below() -> None:
    people = network(*LINE, rank={"a": "Mid", "b": "Mid", "d": "Mid"})
    plan = override_plan(f"{LEADERS}    rates: [10%, 5%]\n")
    computed = compute(plan, people, sales(("b", 100), ("c", 200), ("d", 400), ("e", 800)))
    assert paid(computed) == [("b", 1, "a", 30), ("d", 1, "b", 120), ("d", 2, "a", 60)]


def test_the_least_rate_is_for_leaders_of_the_same_rank() -> None:
    people = network(*LINE, rank={"a": "Top", "b": "Mid", "d": "Mid"})
    table = "    rates_by_rank: {Mid: [5%], Top: [7%]}\n    override: differential\n"
    assert paid(compute(override_plan(LEADERS + table), people, sales(("d", 1000)))) == []
    least = override_plan(f"{LEADERS}{table}    min_rate: 1%\n")
    assert paid(compute(least, people, sales(("d", 1000)))) == [("d", 1, "b", 10)]
    passed = override_plan(f"{LEADERS}{table}    lacking_rate: skip\n")
    assert paid(compute(passed, people, sales(("d", 1000)))) == [("d", 1, "a", 20)]


def test_a_leader_may_be_made_by_the_volume_of_his_group() -> None:
    plan = override_plan("    leaders: {group_volume: '10'}\n    earners: {rank: Low}\n    rates: [10%]\n")
    people = network(*LINE, rank={"a": "Low"})
    computed = compute(plan, people, sales(("e", 600), ("d", 400), ("c", 900)))
    assert paid(computed) == [("d", 1, "a", 100)]


def test_the_rate_may_go_by_the_earners_own_volume() -> None:
    steps = "    rates_by_volume: [{at_least: '5', rates: [1%, 1%]}, {at_least: '25', rates: [5%, 5%]}]\n"
    plan = override_plan(f"{LEADERS}{steps}    volume_of: own\n")
    people = network(*LINE, rank={"a": "Mid", "b": "Mid", "d": "Mid"})
    computed = compute(plan, people, sales(("d", 10000), ("b", 500), ("a", 2500)))
    assert paid(computed) == [("b", 1, "a", 25), ("d", 1, "b", 100), ("d", 2, "a", 500)]


def test_who_cannot_earn_is_a_generation_or_none() -> None:
    people = network(*LINE, rank={"a": "Mid", "b": "Mid", "d": "Mid"})
    facts = pl.DataFrame({"participant_id": ["b"], "fact": ["active"], "value": ["false"]})
    rest = f"{LEADERS}    rates: [10%, 5%]\n"
    status = "period: whole\nactivity: {rule: status}\n"
    expected = {
        "none": [("d", 2, "a", 50)],
        "skip_ineligible": [("d", 1, "a", 100)],
        "dynamic": [("d", 1, "a", 100), ("d", 2, "a", 50)],
    }
    for compression, lines in expected.items():
        plan = override_plan(f"{rest}    compression: {compression}\n", status)
        computed = compute(plan, people, sales(("d", 1000)), facts=facts)
        assert paid(computed) == lines
        assert computed.awards[0].balance.ties
        assert computed.awards[0].balance.allotted == 150


def test_a_generation_may_ask_for_leaders_next_below() -> None:
    people = network(*LINE, ("x", "a"), rank={"a": "Mid", "b": "Mid", "d": "Mid", "x": "Mid"})
    plan = override_plan(f"{LEADERS}    rates: [10%]\n    min_leaders: [2]\n    compression: dynamic\n")
    assert paid(compute(plan, people, sales(("d", 1000)))) == [("d", 1, "a", 100)]


def test_a_level_commission_stops_at_the_leader() -> None:
    def level(who: str, more: str = "") -> Any:
        return parse_plan(
            f"{HEAD}period: whole\ncomponents:\n  - id: level\n    family: unilevel\n    rates: [10%, 5%, 1%]\n"
            f"    stop_at: {{{who}}}\n{more}"
        )

    def lines(computed: Computed) -> list[tuple[str, int]]:
        assert computed.awards[0].balance.ties
        return list(zip(computed.lines["participant_id"], computed.lines["amount"], strict=True))

    people = network(*LINE, rank={"c": "Mid"})
    assert lines(compute(level("rank: Mid"), people, sales(("e", 1000)))) == [("d", 100), ("c", 50)]
    assert lines(compute(level("rank: Mid"), people, sales(("c", 1000)))) == []
    assert lines(compute(level("rank: Mid"), people, sales(("b", 1000)))) == [("a", 100)]
    assert lines(compute(level("group_volume: '15'"), people, sales(("e", 1000), ("d", 500)))) == [("d", 100)]
    # who stands at level 1 is paid; at level 0 he is the end
    guest = sales(("guest", 1000), seller_id=["c"])
    assert lines(compute(level("rank: Mid"), people, guest)) == [("c", 100)]
    assert lines(compute(level("rank: Mid", "    customers_seller_is_level: 0\n"), people, guest)) == []
    stopped = compute(level("rank: Mid"), people, sales(("e", 1000)))
    assert stopped.breakage.rows() == [("all", "level", 3, "stopped-by-depth", 1, 10)]
    assert "the walk ends at the leader" in explain(stopped, order="o0").text()


def test_a_leader_who_is_left_out_of_the_levels_still_ends_the_walk() -> None:
    plan = parse_plan(
        f"{HEAD}period: whole\nactivity: {{rule: status}}\ncomponents:\n  - id: level\n    family: unilevel\n"
        "    rates: [10%, 5%]\n    stop_at: {rank: Mid}\n    compression: skip_ineligible\n"
    )
    facts = pl.DataFrame({"participant_id": ["c"], "fact": ["active"], "value": ["false"]})
    computed = compute(plan, network(*LINE, rank={"c": "Mid"}), sales(("e", 1000)), facts=facts)
    assert computed.lines["participant_id"].to_list() == ["d"]


def test_a_return_takes_back_what_the_group_had_brought() -> None:
    people = network(*LINE, rank={"a": "Mid", "d": "Mid"})
    plan = override_plan(f"{LEADERS}    rates: [10%]\n", "period: month\n")
    table = sales(
        ("e", 1000), ("d", 500), ("e", -1000), period=["2025-01", "2025-01", "2025-02"], reverses=[None, None, "o0"]
    )
    computed = compute(plan, people, table)
    totals = [(row["period"], row["amount"]) for row in computed.totals.iter_rows(named=True)]
    assert totals == [("2025-01", 150), ("2025-02", -100)]


def test_a_line_and_an_order_are_explained() -> None:
    people = network(*LINE, rank={"a": "Mid", "d": "Mid"})
    computed = compute(override_plan(f"{LEADERS}    rates: [10%]\n"), people, sales(("e", 1000), ("b", 100)))
    told = explain(computed, line=1).text()
    assert "personal group of d: 10.00 USD" in told
    assert "10.00 USD × 10% = 1" in told
    way = explain(computed, order="o0").text()
    assert "counts in the personal group of: d" in way
    assert "generation 1: a, before rounding: 10.00 USD × 10% = 1" in way
    assert "المجموعة الشخصية" in explain(computed, line=1).text("ar")


@pytest.mark.parametrize("compression", ["none", "skip_ineligible", "dynamic"])
def test_a_chain_a_million_deep_is_one_pass(compression: str) -> None:
    size = 1_000_000
    names = pl.select(pl.format("p{}", pl.int_range(size))).to_series()
    rank = pl.Series("rank", ["Mid"]).new_from_index(0, size)
    people = Network.from_table(pl.DataFrame({"id": names, "sponsor_id": names.shift(1), "rank": rank}))
    table = "    rates_by_rank: {Mid: [5%, 1%]}\n    override: differential\n    lacking_rate: skip\n"
    plan = override_plan(f"{LEADERS}{table}    compression: {compression}\n")
    computed = compute(plan, people, sales((f"p{size - 1}", 1000), (f"p{size // 2}", 1000)))
    assert computed.awards[0].balance.ties
    # nobody has more than the leaders themselves, up to the very top
    expected = {(f"p{size - 1}", 2), (f"p{size // 2}", 2)} if compression == "dynamic" else set()
    assert {(leader, generation) for leader, generation, *_ in paid(computed)} == expected


@pytest.mark.parametrize(
    ("extra", "problem"),
    [
        ("    rates: [1%]\n    rate_from: rate\n", "exactly one of rates"),
        ("    rates: [1%]\n    min_rate: 1%\n", "only with override: differential"),
        ("    rates: [1%, 2%]\n    later_rates: [1%]\n", "later_rates are the rates from generation 2 on"),
        ("    rates: [1%]\n    min_leaders: [1, 2]\n", "min_leaders has 2 entries for 1 generations"),
        ("    rates: [1%]\n    earners: {rank: Gold}\n", "unknown rank"),
    ],
)
def test_what_contradicts_itself_is_refused(extra: str, problem: str) -> None:
    with pytest.raises(PlanError, match=problem):
        override_plan(LEADERS + extra)


def test_the_reading_says_everything_in_both_languages() -> None:
    plan = override_plan(
        "    leaders: {rank: Mid, group_volume: '3000'}\n    earners: {fact: may}\n    override: differential\n"
        "    min_rate: 1%\n    rates_by_rank: {Mid: [5%], Top: [9%]}\n    later_rates: [2%]\n    min_leaders: [0, 2]\n"
        "    lacking_rate: skip\n    compression: dynamic\n"
    )
    words = plan.describe()
    for part in ("Mid or a higher rank", "3000", "stated as may", "at least 1%", "Top: 9%", "2%", "generation 2: 2"):
        assert part in words.en
    assert "عمولة الإشراف" in words.ar
    assert plan.components[0].promise().share == Fraction(11, 100)
