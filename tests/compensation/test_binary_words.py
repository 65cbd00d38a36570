"""The binary's language and words: legs in the records, mistakes in a plan, its reading, and why an amount is what it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from compensation import PlanError, explain, parse_plan
from compensation.awarding.binary_volumes import days_of
from compensation.errors import NotRepresentable, PlanMismatch
from genealogy.network import Network
from tests.compensation.test_binary import HEAD, PAIRS, TOP, WEAK, legs, network, paid, pay, sales

# The tree


def test_a_chain_of_a_million_with_a_sale_at_the_bottom() -> None:
    count = 1_000_000
    names = pl.select(pl.format("p{}", pl.int_range(count))).to_series().alias("id")
    above = pl.concat([pl.Series([None], dtype=pl.String), names[:-1]])
    side = pl.Series(["left", "right"]).gather(np.arange(count) % 2)
    people = pl.DataFrame({"id": names, "sponsor_id": above, "placement_id": above, "leg": side})
    helper = pl.DataFrame({"id": ["h"], "sponsor_id": ["p0"], "placement_id": ["p0"], "leg": ["left"]})
    orders = sales((f"p{count - 1}", 300, "01-05"), ("h", 200, "01-05"))
    computed = pay(PAIRS, orders, Network.from_table(pl.concat([people, helper])))
    assert paid(computed, "p0") == {"2026-01": 2000}
    assert computed.totals.height == 1
    told = explain(computed, order="o0").text()
    assert "right leg of p999998: 300.000" in told or "left leg of p999998: 300.000" in told
    assert "and in a leg of 999,979 more positions above: 300.000" in told


@pytest.mark.parametrize("third", [None, "middle", "3"])
def test_a_leg_that_is_neither_left_nor_right_is_refused(third: str | None) -> None:
    people = network(*TOP, ("m", "T", third))
    with pytest.raises(PlanMismatch, match=r"1 participants stand on neither side, 'm' first .*strongest_against_rest"):
        pay(WEAK, sales(("l", 1, "01-05")), people)


def test_days_need_dates_and_units_must_be_held() -> None:
    undated = sales(("l", 1, "01-05")).with_columns(date=pl.lit(None, pl.Datetime("ms")))
    with pytest.raises(PlanMismatch, match="without a date"):
        pay(WEAK + "    match_every: day\n", undated)
    with pytest.raises(NotRepresentable, match=r"0\.0001"):
        pay(PAIRS.replace("'100'", "'0.0001'"), sales(("l", 1, "01-05")))


@pytest.mark.parametrize(
    ("name", "length", "days"),
    [
        ("2026-02", "month", 28),
        ("2026-W01", "week", 7),
        ("2026-Q4", "quarter", 92),
        ("2024", "year", 366),
        ("1", "week", 0),
    ],
)
def test_days_of_periods(name: str, length: Any, days: int) -> None:
    found = days_of(name, length)
    assert ((found[1] - found[0]).days + 1 if found else 0) == days


# The language


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("    method: weaker_leg\n", "needs a rate"),
        ("    method: pairs\n    amount: '1'\n", "needs unit"),
        (PAIRS + "    rate: 5%\n", "give only one of"),
        (WEAK + "    unit: {each: '1'}\n", "unit and amount belong to pairs"),
        (WEAK + "    caps:\n      - {of: pairs, cap: '1'}\n", "the weaker leg has no pairs"),
        (WEAK + "    caps:\n      - {of: volume, window: day, cap: '1'}\n", "needs match_every"),
        (WEAK + "    carry: none\n    carry_limits: {per_side: '1'}\n", "no meaning with carry: none"),
        (PAIRS.replace("each: '100'", "strong: '1', weak: '2'"), "strong is at least weak"),
        (PAIRS.replace("each: '100'", "left: '1'"), "left and right"),
        (WEAK + "    legs: strongest_against_rest\n", "would change sides"),
        (
            "    method: steps\n    steps:\n      - {each: '2', amount: '1'}\n      - {each: '1', amount: '2'}\n",
            "must rise",
        ),
        (PAIRS + "    first_pair: {ratios: ['2-1']}\n", "ratios"),
    ],
)
def test_plans_that_make_no_sense_are_refused(body: str, message: str) -> None:
    with pytest.raises(PlanError, match=message):
        parse_plan(f"{HEAD}components:\n  - id: binary\n    family: binary\n{body}")


def test_the_reading_names_every_parameter_in_both_languages() -> None:
    body = (
        "    method: pairs\n    unit: {strong: '200', weak: '100'}\n    amount: '14'\n    match_every: week\n"
        "    caps:\n      - {of: pairs, window: week, cap: '25', excess: carry}\n    own_volume: weaker_leg\n"
        "    carry_limits: {per_side: '5000', expires_after: 6, lost_when_inactive: 2}\n    negative_leg: drop\n"
        "    unqualified: lose_all\n    qualification: {left: 1, right: 2, once: true}\n    tree_as_of: order\n"
    )
    told = parse_plan(f"{HEAD}components:\n  - id: binary\n    family: binary\n{body}").describe()
    for text in (told.en, told.ar):
        for number in ("200", "100", "14", "25", "5000", "6", "2"):
            assert number in text
    for phrase in (
        "decided again",
        "weaker leg",
        "stays in both legs",
        "starts again at zero",
        "for good",
        "on its day",
    ):
        assert phrase in told.en
    promise = parse_plan(f"{HEAD}components:\n  - id: binary\n    family: binary\n{WEAK}").components[0].promise()
    assert (promise.of, promise.share) == ("volume", None)


def test_an_award_can_be_redone_by_hand() -> None:
    rule = "    method: weaker_leg\n    rate: 7%\n    caps:\n      - {of: amount, cap: '20'}\n    carry_limits: {per_side: '500'}\n"
    orders = sales(
        ("l", 100, "01-05"), ("r", 100, "01-05"), ("l", 1000, "02-05"), ("r", 333, "02-06"), ("l", 40, "01-07")
    )
    computed = pay(rule, orders)
    line = computed.lines.filter(pl.col("period") == "2026-02")["line"][0]
    told = explain(computed, line=line).text()
    for text in (
        "left leg: 1040.000", "carried in: 40.000", "came: 1000.000", "matched: -333.000", "flushed: -207.000",
        "left over: 500.000", "up to the cap of money: 20.00 USD", "333.000 × 7% = 23.31 USD",
        "carried into the next period: left, right: 500.000, 0.000",
    ):  # fmt: skip
        assert text in told, told
    assert "الفرع الأيسر" in explain(computed, line=line).text("ar")
    first = explain(computed, line=1).text()
    assert "matched × rate: 100.000 × 7% = 7 USD" in first
    assert "left leg of T: 100.000" in explain(computed, order="o0").text()


def test_daily_matchings_are_told_day_by_day() -> None:
    computed = pay(PAIRS + "    match_every: day\n", sales(("l", 100, "01-05"), ("r", 100, "01-07")))
    told = explain(computed, line=1).text()
    assert "matching of 2026-01-07" in told
    assert "matching of 2026-01-06" not in told


def test_an_order_outside_the_tree_counts_in_no_leg() -> None:
    people = network(*TOP, ("x", None, None))
    computed = pay(WEAK, sales(("x", 100, "01-05"), ("T", 10, "01-05")), people)
    assert "not in this tree" in explain(computed, order="o0").text()
    assert "nobody stands above" in explain(computed, order="o1").text()
    assert legs(computed) == []


def test_totals_alone_are_the_same() -> None:
    orders = sales(("l", 250, "01-05"), ("r", 120, "01-05"), ("r", 90, "02-05"))
    assert pay(PAIRS, orders, lines=False).totals.equals(pay(PAIRS, orders).totals)
    assert legs(pay(PAIRS, orders, lines=False)) == legs(pay(PAIRS, orders))
