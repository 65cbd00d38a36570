"""Boards: the compiled machine against its slow twin, state across computations, limits, and what is withheld."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compensation import compute, explain, parse_plan
from compensation.books import Books
from compensation.computing import compute_on
from compensation.errors import NotRepresentable, PlanError
from tests.compensation.event_worlds import HEAD, day, lines, network, orders, totals
from tests.compensation.slow_board import SlowCycler, SlowStage


def plan(stages: list[SlowStage], width: int, depth: int, *, follow: bool = False, ends: bool = False) -> str:
    listed = "".join(
        f"      - {{pay: '{10 * (number + 1)}', re_enters: {str(stage.again).lower()}, "
        f"advances: {str(stage.onward).lower()}" + (f", max_cycles: {stage.most}" if stage.most else "") + "}\n"
        for number, stage in enumerate(stages)
    )
    return (
        f"{HEAD}components:\n  - id: b\n    family: board\n    width: {width}\n    depth: {depth}\n    stages:\n{listed}"
        f"    follow_the_sponsor: {str(follow).lower()}\n"
        f"    after_the_last: {'stays_out' if ends else 'cycles_unpaid'}\n"
    )


@st.composite
def worlds(draw: st.DrawFn) -> tuple[dict[str, str | None], list[str], list[SlowStage], tuple[int, int]]:
    size = draw(st.integers(1, 12))
    names = [f"p{i}" for i in range(size)]
    sponsor: dict[str, str | None] = {
        name: draw(st.sampled_from([None, *names[:i]])) if i else None for i, name in enumerate(names)
    }
    entrants = (
        draw(st.lists(st.sampled_from(names), max_size=60)) if draw(st.booleans()) else names * draw(st.integers(1, 5))
    )
    form = draw(st.sampled_from([(2, 1), (2, 2), (3, 1), (1, 1), (1, 3), (2, 3)]))
    stages = [
        SlowStage(
            again=form[0] > 1 and draw(st.booleans()),
            onward=draw(st.booleans()),
            most=draw(st.sampled_from([None, None, 1, 2])),
        )
        for _ in range(draw(st.integers(1, 3)))
    ]
    return sponsor, entrants, stages, form


def boards_of(notes: dict[str, Any]) -> list[tuple[int, list[str]]]:
    """Stage and people of each saved board."""
    people = iter(notes.get("people", []))
    return [(stage, [next(people) for _ in range(taken)]) for stage, taken in notes.get("boards", [])]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds(), st.booleans(), st.booleans(), st.integers(0, 60))
def test_the_machine_agrees_with_the_slow_twin(world: Any, follow: bool, ends: bool, cut: int) -> None:
    sponsor, entrants, stages, (width, depth) = world
    twin = SlowCycler(width, depth, stages, sponsor, follow, ends)
    for number, person in enumerate(entrants):
        twin.enter(number, person)
    cut = min(cut, len(entrants))
    periods = ["1"] * cut + ["2"] * (len(entrants) - cut)
    made, people = parse_plan(plan(stages, width, depth, follow=follow, ends=ends)), network(sponsor)
    table = orders(
        [{"buyer_id": who, "amount": 100, "period": period} for who, period in zip(entrants, periods, strict=True)]
    )
    computed = compute(made, people, table)
    paid = [
        (f"o{entry}", head, 1000 * (stage + 1))
        for entry, stage, head, cycle in twin.completed
        if stages[stage].most is None or cycle <= stages[stage].most
    ]
    assert lines(computed) == paid
    balance = computed.awards[0].balance
    assert balance.ties
    assert balance.allotted == sum(1000 * (stage + 1) for _, stage, _, _ in twin.completed)
    assert balance.paid + sum(balance.breakage.values()) == balance.allotted
    # two computations with the boards handed on give the same, and leave the same
    first = compute(made, people, table[:cut])
    second = compute(made, people, table[cut:], state=first.state)
    assert totals(first, second) == totals(computed)
    assert lines(first) + lines(second) == paid
    left = [boards_of(each.awards[0].state.notes) for each in (computed, second)]
    assert left[0] == left[1]
    standing = [
        (stage, [person for line in board.lines for person, _ in line])
        for stage, some in enumerate(twin.open)
        for board in some
    ]
    assert sorted(left[0]) == sorted(standing)


TWO_BY_TWO = f"{HEAD}components:\n  - id: b\n    family: board\n    pay: '400'\n"


def people_of(count: int) -> dict[str, str | None]:
    return {f"p{i}": f"p{i - 1}" if i else None for i in range(count)}


def entered(count: int, **more: Any) -> pl.DataFrame:
    return orders([{"buyer_id": f"p{i}", "amount": 10000, **more} for i in range(count)])


def test_six_places_fill_a_two_by_two_and_it_splits() -> None:
    computed = compute(parse_plan(TWO_BY_TWO), network(people_of(15)), entered(15))
    # p0 is done with the seventh entrant; p1 and p2 head boards of three and need four more each
    assert lines(computed) == [("o6", "p0", 40000), ("o10", "p1", 40000), ("o14", "p2", 40000)]


def test_what_the_next_stage_costs_is_kept_from_the_pay() -> None:
    text = f"""{HEAD}components:
  - id: b
    family: board
    depth: 1
    stages:
      - {{pay: '250', price: '100', re_enters: true}}
      - {{pay: '1000', price: '120'}}
"""
    computed = compute(parse_plan(text), network(people_of(7)), entered(7), breakage_lines=True)
    assert lines(computed)[0] == ("o2", "p0", 3000)
    assert computed.awards[0].balance.breakage["undistributed"] == 22000 * sum(
        1 for _, _, amount in lines(computed) if amount == 3000
    )
    told = parse_plan(text).describe()
    assert "for which 220 of the pay is kept" in told.en
    assert "ويُقتطع لذلك 220 من المكافأة" in told.ar


def test_an_entrant_follows_his_sponsor_to_a_younger_board() -> None:
    sponsor = {"a": None, "b": "a", "c": "a", "d": "c", "e": "d", "f": "c"}
    text = TWO_BY_TWO.replace("pay: '400'", "pay: '400'\n    depth: 1\n    follow_the_sponsor: true")
    table = orders([{"buyer_id": name, "amount": 100} for name in sponsor])
    # a's board splits into b's and c's; d and e follow c and fill his board, f then finds c gone and d's board next
    assert lines(compute(parse_plan(text), network(sponsor), table)) == [("o2", "a", 40000), ("o4", "c", 40000)]
    without = compute(parse_plan(text.replace("true", "false")), network(sponsor), table)
    assert lines(without) == [("o2", "a", 40000), ("o4", "b", 40000)]


def test_pieces_take_a_place_each_and_reversals_take_back_whole_orders_only() -> None:
    text = TWO_BY_TWO.replace("pay: '400'", "pay: '400'\n    depth: 1\n    places_per: piece")
    table = orders(
        [
            {"buyer_id": "p0", "amount": 100, "quantity": 1},
            {"buyer_id": "p1", "amount": 200, "quantity": 2},
            {"buyer_id": "p1", "amount": -50, "quantity": 1, "reverses": "o1"},
            {"buyer_id": "p1", "amount": -200, "quantity": 2, "reverses": "o1"},
        ]
    )
    computed = compute(parse_plan(text), network(people_of(2)), table)
    assert lines(computed) == [("o1", "p0", 40000), ("o3", "p0", -40000)]
    ignoring = compute(parse_plan(f"{text}    reversals: ignore\n"), network(people_of(2)), table)
    assert lines(ignoring) == [("o1", "p0", 40000)]


def test_a_limit_of_cycles_per_period_starts_anew() -> None:
    text = TWO_BY_TWO.replace("pay: '400'", "pay: '400'\n    depth: 1\n    re_enters: true\n    max_cycles: 1")
    people = network({"a": None})
    table = orders([{"buyer_id": "a", "amount": 100, "period": str(1 + i // 8)} for i in range(16)])
    ever = compute(parse_plan(text), people, table)
    assert totals(ever) == {("1", "a"): 40000}
    each = compute(parse_plan(f"{text}    max_cycles_per: period\n"), people, table)
    assert totals(each) == {("1", "a"): 40000, ("2", "a"): 40000}
    assert each.awards[0].balance.breakage == ever.awards[0].balance.breakage | {
        "capped": ever.awards[0].balance.breakage["capped"] - 40000
    }


def test_stated_cycles_are_paid_up_to_the_limit_and_over_several_periods() -> None:
    text = f"{TWO_BY_TWO}    max_cycles: 3\n    cycles_from: cycles\n"
    facts = pl.DataFrame(
        [("m", "1", "cycles", "2"), ("m", "2", "cycles", "2"), ("n", "2", "cycles", "5")],
        schema=["participant_id", "period", "fact", "value"],
        orient="row",
    )
    books = Books(network({"m": None, "n": "m"}), orders([]), facts=facts, periods=("1", "2"))
    computed = compute_on(parse_plan(text), books)
    assert totals(computed) == {("1", "m"): 80000, ("2", "m"): 40000, ("2", "n"): 120000}
    assert computed.awards[0].balance.breakage == {"capped": 3 * 40000}
    assert "2 × 400 = 800" in explain(computed, participant="m", period="1").text() or computed.line_count
    assert "2 × 400 = 800" in explain(computed, line=1).text()


def test_a_head_who_cannot_earn_is_not_paid() -> None:
    table = orders([{"buyer_id": f"p{i}", "amount": 100, "date": day(i)} for i in range(7)])
    people = network(people_of(7), left=[day(2), *[None] * 6])
    computed = compute(parse_plan(TWO_BY_TWO), people, table)
    assert computed.awards[0].balance.breakage == {"ineligible": 40000}


def test_a_chain_of_a_million_that_follows_the_sponsor() -> None:
    from genealogy.network import Network

    size = 1_000_000
    ids = pl.select(pl.format("p{}", pl.int_range(size))).to_series()
    people = Network.from_table(pl.DataFrame({"id": ids, "sponsor_id": ids.shift(1)}))
    table = pl.DataFrame({"id": ids, "buyer_id": ids, "amount": 100})
    text = f"{TWO_BY_TWO}    follow_the_sponsor: true\n"
    computed = compute(parse_plan(text), people, table, lines=False)
    # each entrant sits with the one before him, so that of each seven places four are new: a board for every fourth
    assert computed.awards[0].balance.paid == 40000 * ((size - 3) // 4)


def test_explanations_tell_where_an_entrant_sat_down() -> None:
    computed = compute(parse_plan(TWO_BY_TWO), network(people_of(7)), entered(7))
    told = explain(computed, order="o6").text()
    assert "stage 1: p6 takes place 7 on the board of p0" in told
    assert "the board of p0 is full and splits" in told
    assert "1 × 400 = 400" in told
    assert "الموضع 3 في لوحة p0" in explain(computed, order="o2").text("ar")


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ("    stages: [{pay: '1'}]\n", "give exactly one of pay, stages"),
        ("    width: 1\n    depth: 1\n    re_enters: true\n", "would fill itself for ever"),
        ("    width: 100\n    depth: 3\n", "a board of 1,010,101 places"),
        ("    max_cycles_per: period\n    after_the_last: stays_out\n", "stays_out needs a limit"),
    ],
)
def test_mistakes_are_named(more: str, problem: str) -> None:
    with pytest.raises(PlanError, match=problem):
        parse_plan(TWO_BY_TWO + more)


def test_stages_that_pay_less_than_they_keep_and_pay_too_fine_are_refused() -> None:
    cheap = TWO_BY_TWO.replace("pay: '400'", "stages: [{pay: '10'}, {pay: '20', price: '11'}]")
    with pytest.raises(PlanError, match="stage 1 pays less than"):
        parse_plan(cheap)
    fine = parse_plan(TWO_BY_TWO.replace("'400'", "'0.001'"))
    with pytest.raises(NotRepresentable):
        compute(fine, network(people_of(7)), entered(7))
