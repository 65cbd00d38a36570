"""The leadership bonus with a guaranteed minimum: the compiled passes against their slow twin, and its rules."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compensation import compute, explain, parse_plan
from compensation.errors import PlanError, PlanMismatch
from genealogy.network import Network
from tests.compensation import slow_leadership_minimum as slow
from tests.compensation.test_stairstep import sales, totals
from tests.compensation.test_unilevel import network, orders

HEAD = "id: t\ntitle: {en: T, ar: ت}\ncurrency: USD\nvolumes: {measure: points}\n"
AMWAY = "    rate: 4%\n    leader_volume: '100'\n    recipient_volume: '40'\n    guaranteed_volume: '100'\n"


def lead_plan(extra: str = "", terms: str = AMWAY, head: str = "period: whole\n") -> Any:
    return parse_plan(f"{HEAD}{head}components:\n  - id: lead\n    family: leadership_minimum\n{terms}{extra}")


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Any, ...]:
    size = draw(st.integers(1, 10))
    names = [f"p{i}" for i in range(size)]
    sponsor = {name: (draw(st.sampled_from([None, *names[:i]])) if i else None) for i, name in enumerate(names)}
    if draw(st.booleans()):
        sponsor = {name: (names[i - 1] if i else None) for i, name in enumerate(names)}  # one long chain
    sale = st.tuples(st.sampled_from([None, *names]), st.integers(-300, 1000), st.integers(-300, 1000))
    bought = draw(st.lists(sale, max_size=14))
    plan = slow.SlowPlan(
        draw(st.sampled_from([Fraction(1, 25), Fraction(1, 3), Fraction(7, 1000)])),
        draw(st.sampled_from([0, 400, 900])),
        draw(st.sampled_from([0, 1, 300])),
        frozenset(draw(st.sets(st.sampled_from(names), max_size=3))),
        recipients_are_leaders=draw(st.booleans()),
        min_leaders=draw(st.sampled_from([1, 1, 2])),
        enough_leaders=draw(st.sampled_from([None, 2, 3])),
        in_legs=draw(st.booleans()),
        guaranteed=draw(st.sampled_from([0, 600, 2000])),
        passes_up=draw(st.booleans()),
        eligible=frozenset(names) if draw(st.booleans()) else frozenset(draw(st.sets(st.sampled_from(names)))),
        mode=draw(st.sampled_from(["half_up", "half_even", "down"])),
    )
    return sponsor, bought, plan


def written(plan: slow.SlowPlan) -> str:
    """The twin's plan in the plan language."""
    lines = [
        f"rate: '{plan.rate.numerator}/{plan.rate.denominator}'",
        f"leader_volume: '{plan.leader_points / 1000:.3f}'",
        f"recipient_volume: '{plan.recipient_points / 1000:.3f}'",
        f"guaranteed_volume: '{plan.guaranteed / 100:.2f}'",
        "leaders: {fact: leads}",
        f"recipients_are_leaders: {str(plan.recipients_are_leaders).lower()}",
        f"min_leaders: {plan.min_leaders}",
        f"leaders_in: {'legs' if plan.in_legs else 'frontline'}",
        f"not_entitled: {'pass_up' if plan.passes_up else 'breakage'}",
        "eligibility: {facts: [qualified]}",
        *([f"enough_leaders: {plan.enough_leaders}"] if plan.enough_leaders else []),
    ]
    return (
        f"{HEAD}period: whole\nrounding: {{mode: {plan.mode}}}\ncomponents:\n  - id: lead\n"
        "    family: leadership_minimum\n" + "".join(f"    {line}\n" for line in lines)
    )


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds())
def test_the_engine_agrees_with_the_slow_twin_to_the_minor_unit(world: tuple[Any, ...]) -> None:
    sponsor, bought, plan = world
    amount: dict[str, int] = defaultdict(int)
    points: dict[str, int] = defaultdict(int)
    for who, cents, volume in bought:
        if who is not None:
            amount[who] += cents
            points[who] += volume
    expected = slow.Month(plan, sponsor, amount, points)
    facts = [(who, "leads", str(who in plan.leaders).lower()) for who in sponsor]
    facts += [(who, "qualified", str(who in plan.eligible).lower()) for who in sponsor]
    stated = pl.DataFrame(facts, schema=["participant_id", "fact", "value"], orient="row")
    table = orders(
        *[(who or "stranger", cents) for who, cents, _ in bought],
        points=pl.Series([volume for *_, volume in bought], dtype=pl.Int64),
    )
    computed = compute(parse_plan(written(plan)), network(*sponsor.items()), table, facts=stated, breakage_lines=True)
    assert {who: cents for who, cents in totals(computed).items() if cents} == {
        who: cents for who, cents in expected.paid().items() if cents
    }
    balance = computed.awards[0].balance
    assert balance.ties
    assert balance.allotted == expected.allotted


LINE = (("top", None), ("m", "top"), ("low", "m"))


def test_what_a_leader_lacks_is_taken_from_his_own_bonus() -> None:
    computed = compute(lead_plan(), network(*LINE), sales(("top", 11000), ("m", 7500), ("low", 12000)))
    assert totals(computed) == {"top": 400, "m": 480 - 100}


def test_no_more_is_taken_than_the_leader_receives() -> None:
    high = lead_plan(terms=AMWAY.replace("guaranteed_volume: '100'", "guaranteed_volume: '900'"))
    computed = compute(high, network(*LINE), sales(("top", 11000), ("m", 7500), ("low", 12000)))
    assert totals(computed) == {"top": 300 + 480, "m": 0}


def test_who_has_no_sponsor_gives_nothing() -> None:
    computed = compute(lead_plan(), network(("m", None), ("low", "m")), sales(("m", 7500), ("low", 12000)))
    assert totals(computed) == {"m": 480}
    assert computed.breakage.rows() == [("all", "lead", 1, "no-upline", 1, 300)]


def test_a_bonus_that_the_sponsor_misses_is_lost_or_passed_up() -> None:
    table = sales(("top", 5000), ("m", 1000), ("low", 12000))
    lost = compute(lead_plan(), network(*LINE), table)
    assert totals(lost) == {}
    assert lost.breakage.rows() == [("all", "lead", 1, "ineligible", 1, 480)]
    passed = lead_plan("    not_entitled: pass_up\n    leaders_in: legs\n")
    assert totals(compute(passed, network(*LINE), table)) == {"top": 480}


def test_the_minimum_may_be_money() -> None:
    terms = AMWAY.replace("guaranteed_volume: '100'", "guaranteed_amount: '4'")
    table = sales(("top", 11000), ("m", 7500), ("low", 12000))
    assert totals(compute(lead_plan(terms=terms), network(*LINE), table)) == {"top": 400, "m": 380}
    odd = lead_plan(terms=terms.replace("4%", "'3/70'"))
    with pytest.raises(PlanMismatch, match="write guaranteed_volume"):
        compute(odd, network(*LINE), table)


def test_a_return_takes_back_what_the_group_had_brought() -> None:
    table = sales(("m", 7500), ("low", 12000), ("low", -12000), period=["1", "1", "2"], reverses=[None, None, "o1"])
    computed = compute(lead_plan(head="period: month\n"), network(*LINE), table)
    by_period = {(row["period"], row["participant_id"]): row["amount"] for row in computed.totals.iter_rows(named=True)}
    assert by_period == {("1", "m"): 480, ("2", "m"): -480}


def test_a_line_and_an_order_are_explained() -> None:
    computed = compute(lead_plan(), network(*LINE), sales(("top", 11000), ("m", 7500), ("low", 12000)))
    told = "\n".join(explain(computed, line=number).text() for number in computed.lines["line"])
    for part in ("on the personal group of low", "made up to the guaranteed minimum by m", "given of the own bonus"):
        assert part in told
    assert "25.00 USD × 4% = 1" in told
    assert "m receives, before rounding: 120.00 USD × 4% = 4.8" in explain(computed, order="o2").text()
    assert "الحد الأدنى" in explain(computed, line=1).text("ar") + explain(computed, line=2).text("ar")


def test_a_chain_a_million_deep_is_one_pass() -> None:
    size = 1_000_000
    names = pl.select(pl.format("p{}", pl.int_range(size))).to_series()
    people = Network.from_table(pl.DataFrame({"id": names, "sponsor_id": names.shift(1)}))
    plan = lead_plan("    not_entitled: pass_up\n    leaders_in: legs\n")
    computed = compute(plan, people, sales((f"p{size - 1}", 12000), (f"p{size // 2}", 5000), ("p0", 5000)))
    # who is in the middle receives, and so leads: what his own group lacks he gives of what he receives
    assert totals(computed) == {f"p{size // 2}": 480 - 200, "p0": 200 + 200}


@pytest.mark.parametrize(
    ("extra", "problem"),
    [
        ("    guaranteed_amount: '4'\n", "one of guaranteed_volume, guaranteed_amount"),
        ("    min_leaders: 2\n    enough_leaders: 1\n", "cannot be fewer than min_leaders"),
        ("    leaders: {group_volume: '5'}\n", "the volume of leaders is leader_volume"),
    ],
)
def test_what_contradicts_itself_is_refused(extra: str, problem: str) -> None:
    with pytest.raises(PlanError, match=problem):
        lead_plan(extra)


def test_the_reading_says_everything_in_both_languages() -> None:
    plan = lead_plan(
        "    leaders: {fact: leads}\n    leaders_in: legs\n    not_entitled: pass_up\n    min_leaders: 3\n    enough_leaders: 6\n"
    )
    words = plan.describe()
    for part in (
        "4%",
        "at least 100",
        "at least 40",
        "stated as leads",
        "legs with a leader",
        "at least 3",
        "With 6",
        "next above",
    ):
        assert part in words.en
    assert "الحد الأدنى المضمون" in words.ar
    assert plan.components[0].promise().share == Fraction(1, 25)
