"""Smart-contract matrices: the compiled machine against its slow twin, state across computations, and explanations."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compensation import compute, explain, parse_plan
from compensation.errors import NotRepresentable, PlanError, PlanMismatch
from tests.compensation.event_worlds import HEAD, lines, network, orders
from tests.compensation.slow_contract_matrix import SlowContract

PRICES = [25, 50, 100]


def plan(kind: str, *, blocking: bool = True, more: str = "") -> str:
    return (
        f"{HEAD}components:\n  - id: m\n    family: smart_contract_matrix\n    matrix: {kind}\n"
        f"    prices: ['0.25', '0.50', '1']\n    blocking: {str(blocking).lower()}\n{more}"
    )


@st.composite
def worlds(draw: st.DrawFn) -> tuple[dict[str, str | None], list[tuple[str, int]]]:
    """People, and purchases in any order: some skip levels, some buy twice, some come before their sponsors."""
    size = draw(st.integers(1, 14))
    names = [f"p{i}" for i in range(size)]
    shape = draw(st.sampled_from(["any", "chain", "star"]))
    sponsor: dict[str, str | None] = {}
    for i, name in enumerate(names):
        above = names[draw(st.integers(0, i - 1))] if i else None
        sponsor[name] = above if shape == "any" or not i else names[i - 1] if shape == "chain" else names[0]
    first = [(name, 1) for name in names[1:]] if draw(st.booleans()) else []
    bought = draw(st.lists(st.tuples(st.sampled_from(names), st.integers(1, 3)), max_size=40))
    return sponsor, [*first, *bought]


def bought(purchases: list[tuple[str, int]], kind: str, periods: list[str] | None = None) -> pl.DataFrame:
    return orders(
        [
            {
                "buyer_id": who,
                "amount": PRICES[level - 1],
                "product": f"{kind} level {level}",
                "period": periods[i] if periods else "1",
            }
            for i, (who, level) in enumerate(purchases)
        ]
    )


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds(), st.sampled_from(["X3", "X4"]), st.booleans(), st.integers(0, 40))
def test_the_machine_agrees_with_the_slow_twin(
    world: tuple[dict[str, str | None], list[tuple[str, int]]], kind: str, blocking: bool, cut: int
) -> None:
    sponsor, purchases = world
    twin = SlowContract(kind, "p0", sponsor, len(PRICES), blocking)
    expected = [
        (f"o{i}", receiver, PRICES[level - 1])
        for i, (who, level) in enumerate(purchases)
        if (receiver := twin.buy(who, level)) is not None
    ]
    people, made = network(sponsor), parse_plan(plan(kind, blocking=blocking))
    whole = compute(made, people, bought(purchases, kind))
    assert lines(whole) == expected
    balance = whole.awards[0].balance
    assert balance.ties
    assert balance.allotted == sum(PRICES[level - 1] for _, level in purchases)
    # two computations with the state handed on give the same as one
    cut = min(cut, len(purchases))
    table = bought(purchases, kind)
    before = compute(made, people, table[:cut])
    after = compute(made, people, table[cut:], state=before.state)
    assert lines(before) + lines(after) == expected
    assert after.state.equals(whole.state)


def test_unknown_buyers_and_levels_held_already_are_nobodys() -> None:
    people = network({"owner": None, "a": "owner"})
    table = orders(
        [
            {"buyer_id": "stranger", "amount": 25, "product": "X3 level 1"},
            {"buyer_id": "a", "amount": 25, "product": "x3 level 1 and x4 level 1"},
            {"buyer_id": "a", "amount": 25, "product": "x3 level 1"},
            {"buyer_id": "owner", "amount": 50, "product": "X3 Level 2"},
            {"buyer_id": "a", "amount": 50, "product": "a book"},
        ]
    )
    computed = compute(parse_plan(plan("X3")), people, table, breakage_lines=True)
    assert lines(computed) == [("o1", "owner", 25)]
    assert computed.awards[0].balance.breakage == {"unknown-buyer": 25, "undistributed": 75}


def test_who_left_is_not_paid() -> None:
    from tests.compensation.event_worlds import day

    people = network({"o": None, "a": "o", "b": "a"}, left=[None, day(1), None])
    table = orders(
        [
            {"buyer_id": "a", "amount": 25, "product": "x3 level 1", "date": day(0)},
            {"buyer_id": "b", "amount": 25, "product": "x3 level 1", "date": day(2)},
        ]
    )
    computed = compute(parse_plan(plan("X3")), people, table)
    assert computed.awards[0].balance.breakage == {"ineligible": 25}


def test_a_chain_of_a_million_is_no_slower_than_a_bush() -> None:
    size = 1_000_000
    ids = pl.select(pl.format("p{}", pl.int_range(size))).to_series()
    sponsor = ids.shift(1)
    from genealogy.network import Network

    people = Network.from_table(pl.DataFrame({"id": ids, "sponsor_id": sponsor}))
    # everybody registers; then a thousand at the end of the chain buy a level that nobody else holds
    late = ids[-1000:]
    table = pl.DataFrame(
        {
            "id": pl.select(pl.format("o{}", pl.int_range(size + 999))).to_series(),
            "buyer_id": pl.concat([ids[1:], late]),
            "amount": 25,
            "product": pl.concat([ids[1:].clear().extend_constant("x3 level 1", size - 1), late.clear().extend_constant("x3 level 2", 1000)]),
        }
    )  # fmt: skip
    computed = compute(parse_plan(plan("X3")), people, table, lines=False)
    totals = computed.totals
    assert totals["amount"].sum() == 25 * (size - 1) + 50 * 1000
    # level 1: each pays the sponsor; level 2: the first of them pays the owner, each later one the buyer before
    assert totals.filter(pl.col("participant_id") == "p0")["amount"].item() == 25 + 50
    assert np.count_nonzero(totals["amount"].to_numpy() == 75) == 1000


def test_explanations_tell_every_step_of_the_machine() -> None:
    sponsor = {"o": None, "a": "o", "r1": "a", "r2": "a", "r3": "a"}
    table = bought([(name, 1) for name in list(sponsor)[1:]], "X3")
    computed = compute(parse_plan(plan("X3")), network(sponsor), table)
    told = explain(computed, order="o3").text()
    assert "takes place 3 in the matrix of a" in told
    assert "the matrix of a is full and restarts" in told
    assert "a does not hold the next level: blocked" in told
    assert "takes place 2 in the matrix of o" in told
    assert "o receives the price" in told
    assert "أُعيد بدؤها" in explain(computed, order="o3").text("ar")
    four = compute(parse_plan(plan("X4")), network(sponsor), bought([(name, 1) for name in list(sponsor)[1:]], "X4"))
    assert "takes place 1 in the first line of a" in explain(four, order="o1").text()
    assert "counts as number 1 in the second line of o" in explain(four, order="o1").text()


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ("    reversals: claw_back\n", "a smart contract takes nothing back"),
        ("    product: level\n", "product needs {level} once"),
    ],
)
def test_mistakes_are_named(more: str, problem: str) -> None:
    with pytest.raises(PlanError, match=problem):
        parse_plan(plan("X3", more=more))


def test_a_level_without_a_price_and_a_price_too_fine_are_refused() -> None:
    people = network({"o": None, "a": "o"})
    table = orders([{"buyer_id": "a", "amount": 25, "product": "x3 level 4"}])
    with pytest.raises(PlanMismatch, match="order 'o0' buys level 4"):
        compute(parse_plan(plan("X3")), people, table)
    fine = plan("X3").replace("'0.25'", "'0.025'")
    with pytest.raises(NotRepresentable, match="declare more decimals"):
        compute(parse_plan(fine), people, table[:0])


def test_a_network_without_a_first_participant_is_refused_and_the_company_comes_first() -> None:
    made = parse_plan(plan("X3"))
    people = network({"x": None, "firm": None, "a": "x"}, kind=[None, "company", None])
    table = orders([{"buyer_id": "x", "amount": 25, "product": "x3 level 1"}])
    assert lines(compute(made, people, table)) == [("o0", "firm", 25)]


def test_the_reading_says_what_the_contract_does() -> None:
    told = parse_plan(plan("X4")).describe()
    assert "fourth place, which restarts the matrix" in told.en
    assert "blocked until he buys it" in told.en
    assert "0.25، 0.5، 1" in told.ar
    assert "blocked" not in parse_plan(plan("X4", blocking=False)).describe().en
