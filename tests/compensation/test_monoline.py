"""The monoline: one line made from the records, and the level commission up it, held to the slow level commission."""

# ruff: noqa: DTZ001 - the tables hold naive UTC times
from __future__ import annotations

from datetime import datetime
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compensation import PlanError, compute_on, explain, parse_plan
from compensation.books import Books
from genealogy.network import Network
from tests.compensation import slow_unilevel as slow
from tests.compensation.upline_worlds import RANKS, RATES, row

HEAD = f"id: t\ntitle: {{en: T, ar: ت}}\ncurrency: USD\nperiod: month\nranks: {{order: [{', '.join(RANKS)}]}}\n"
FACTS = dict.fromkeys(("participant_id", "period", "fact", "value"), pl.String)


def plan(extra: str) -> object:
    return parse_plan(f"{HEAD}components:\n  - id: line\n    family: monoline\n{extra}")


@settings(max_examples=35, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_the_line_is_paid_as_the_slow_twin_pays_a_chain(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 8))
    names = data.draw(st.permutations([str(i) for i in range(7, 7 + size)]))
    joined = {name: datetime(2024, 1, data.draw(st.integers(1, 3))) for name in names}
    # ids are compared as numbers: 9 comes before 10
    in_line = sorted(names, key=lambda name: (joined[name], int(name)))
    by = data.draw(st.sampled_from(["joining", "position"]))
    place = {name: data.draw(st.sampled_from([None, 1, 2, 3])) for name in names}
    if by == "position":
        in_line = sorted((name for name in names if place[name]), key=lambda name: (place[name], int(name)))
    above = dict.fromkeys(names) | dict(zip(in_line[1:], in_line[:-1], strict=True))
    rank = {name: data.draw(st.sampled_from([None, *RANKS])) for name in names}
    table = {name: data.draw(st.lists(st.sampled_from(RATES), min_size=1, max_size=4)) for name in RANKS[:2]}
    compression = data.draw(st.sampled_from(["none", "dynamic", "remove_empty"]))
    terms = slow.SlowPlan(
        table, compression=compression, lacking_depth=data.draw(st.sampled_from(["breakage", "skip", "stop"])),
        rank_order=RANKS,
    )  # fmt: skip
    bought = [
        (data.draw(st.sampled_from([*names, "stranger"])), data.draw(st.integers(-100, 900)))
        for _ in range(data.draw(st.integers(1, 5)))
    ]
    orders = [slow.SlowOrder(who, None, amount, "2025-01") for who, amount in bought]
    volume: dict[tuple[str, str], int] = {}
    for who, amount in bought:
        volume[who, "2025-01"] = volume.get((who, "2025-01"), 0) + amount
    expected = slow.pay(terms, above, rank, volume, orders)
    sponsors = [None, *names[:1] * (size - 1)]
    people = pl.DataFrame(
        {
            "id": list(names),
            "sponsor_id": sponsors,
            "joined": [joined[n] for n in names],
            "rank": [rank[n] for n in names],
        },
        schema={"id": pl.String, "sponsor_id": pl.String, "joined": pl.Datetime("ms"), "rank": pl.String},
    )
    frame = pl.DataFrame(
        {
            "id": [f"o{i}" for i in range(len(bought))],
            "date": [datetime(2025, 1, 5)] * len(bought),
            "buyer_id": [who for who, _ in bought],
            "amount": [amount for _, amount in bought],
        }
    )
    facts = [(name, None, "position", str(at)) for name, at in place.items() if at]
    # the twin asks for a volume of no less than nothing, and a refund can take somebody below
    text = f"    line: {by}\n    compression: {compression}\n    lacking_depth: {terms.lacking_depth}\n"
    text += "    eligibility: {min_personal_volume: '0'}\n    rates_by_rank:\n"
    text += "".join(f"      {name}: {row(values)}\n" for name, values in table.items())
    its = Books(Network.from_table(people), frame, facts=pl.DataFrame(facts, schema=FACTS, orient="row"))
    amounts = parse_plan(f"{HEAD}volumes: {{measure: amount}}\ncomponents:\n  - id: line\n    family: monoline\n{text}")
    computed = compute_on(amounts, its)
    lines = computed.lines.select("source_order_id", "level", "participant_id", "amount").rows()
    assert {(int(o[1:]), level): (who, amount) for o, level, who, amount in lines} == expected.lines
    balance = computed.awards[0].balance
    assert (balance.allotted, sum(balance.breakage.values()), balance.rounding) == (
        expected.allotted,
        expected.breakage,
        expected.rounding,
    )


def books(sponsor: dict[str, str | None], **columns: list[object]) -> Books:
    people = pl.DataFrame({"id": list(sponsor), "sponsor_id": list(sponsor.values()), **columns})
    frame = pl.DataFrame(
        {"id": ["o"], "date": [datetime(2025, 1, 5)], "buyer_id": [list(sponsor)[-1]], "amount": [1000]}
    )
    return Books(Network.from_table(people), frame)


def test_whoever_joined_before_stands_above_and_not_the_sponsor() -> None:
    joined = [datetime(2024, 1, day) for day in (1, 3, 2, 4)]
    its = books({"a": None, "late": "a", "early": "a", "buyer": "a"}, joined=joined)
    computed = compute_on(plan("    rates: [10%, 5%]\n"), its)
    assert computed.lines.select("participant_id", "amount").rows() == [("late", 100), ("early", 50)]
    assert "late" in explain(computed, order="o").text()


def test_an_unknown_sponsor_stands_in_no_line() -> None:
    its = books({"a": "gone", "b": "gone", "buyer": "a"}, joined=[datetime(2024, 1, 1)] * 3)
    assert its.network.unknown_row is not None
    computed = compute_on(plan("    rates: [10%, 5%, 1%]\n"), its)
    assert "(unknown)" not in " ".join(computed.lines["participant_id"])
    assert len(computed.lines) == 2


def test_a_recorded_line_is_walked_as_it_is() -> None:
    its = books({"a": None, "b": "a", "buyer": "a"}, placement_id=[None, "a", "b"])
    computed = compute_on(plan("    rates: [10%, 5%]\n    line: tree\n    tree: placement\n"), its)
    assert computed.lines["participant_id"].to_list() == ["b", "a"]
    with pytest.raises(PlanError, match="to walk the placement tree say line: tree"):
        plan("    rates: [10%]\n    tree: placement\n")


def test_the_reading_says_which_line() -> None:
    text = plan("    rates: [10%, 5%]\n").components[0].describe()
    assert text.en.startswith("One line, in the order of joining. ")
    assert "10%" in text.ar
    assert plan("    rates: [10%, 5%]\n").components[0].levels == 2
    assert Fraction(15, 100) == sum(plan("    rates: [10%, 5%]\n").components[0].rates)


def test_a_line_of_a_million_is_made_and_paid_at_once() -> None:
    size = 1_000_000
    people = pl.select(id=pl.format("p{}", pl.int_range(size)), sponsor_id=pl.lit(None, pl.String)).with_columns(
        joined=pl.datetime_range(datetime(2020, 1, 1), datetime(2020, 1, 1), eager=True).first()
    )
    buyers = people["id"][-50_000:]
    frame = pl.DataFrame({"id": ["o"] * len(buyers), "buyer_id": buyers, "amount": [100] * len(buyers)})
    computed = compute_on(plan("    rates: [10%, 5%]\n"), Books(Network.from_table(people), frame), lines=False)
    assert computed.totals["lines"].sum() == 2 * len(buyers)
