"""Periods that records name themselves: those between pass without orders; and periods of examples that state dates alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from compensation import compute, examples, parse_plan
from compensation.periods import without_gaps
from genealogy.network import Network

HEAD = "id: p\ntitle: {en: p, ar: خ}\ncurrency: USD\n"
NONE = pl.Series([], dtype=pl.Datetime("ms"))


@pytest.mark.parametrize(
    ("length", "names", "all_"),
    [
        ("month", ["2025-11", "2026-02"], ["2025-11", "2025-12", "2026-01", "2026-02"]),
        ("week", ["2025-W51", "2026-W01"], ["2025-W51", "2025-W52", "2026-W01"]),
        ("quarter", ["2025-Q3", "2026-Q1"], ["2025-Q3", "2025-Q4", "2026-Q1"]),
        ("day", ["2026-02-27", "2026-03-01"], ["2026-02-27", "2026-02-28", "2026-03-01"]),
        ("year", ["2024", "2026"], ["2024", "2025", "2026"]),
        ("month", ["9", "12"], ["9", "10", "11", "12"]),
        ("month", ["202511", "202601"], ["202511", "202601"]),
        ("month", ["2025-11", "closing"], ["2025-11", "closing"]),
        ("month", ["phase1", "phase3"], ["phase1", "phase3"]),
        ("month", ["01", "03"], ["01", "03"]),
        ("whole", ["all"], ["all"]),
    ],
)
def test_what_lies_between_named_periods(length: Any, names: list[str], all_: list[str]) -> None:
    assert without_gaps(names, NONE, length) == all_


@pytest.mark.parametrize("names", [["2026-01", "2026-03"], ["1", "3"]])
def test_volume_grows_older_in_a_month_without_orders(names: list[str]) -> None:
    people = pl.DataFrame(
        {
            "id": ["t", "l", "r"],
            "sponsor_id": [None, "t", "t"],
            "placement_id": [None, "t", "t"],
            "leg": [None, "L", "R"],
        }
    )
    orders = pl.DataFrame({"id": ["a", "b"], "buyer_id": ["l", "r"], "amount": 0, "volume": 100_000, "period": names})
    paid = {}
    for age in (1, 2):
        plan = HEAD + (
            "components:\n  - {id: b, family: binary, method: weaker_leg, rate: 10%, carry: both, "
            f"carry_limits: {{expires_after: {age}}}}}\n"
        )
        computed = compute(parse_plan(plan), Network.from_table(people), orders)
        paid[age] = computed.totals["amount"].sum()
    assert paid == {1: 0, 2: 1000}


def test_dates_decide_where_an_example_names_no_period_of_its_orders(tmp_path: Path) -> None:
    example = {
        "participants": [{"id": "A"}, {"id": "B", "sponsor": "A"}],
        "orders": [
            {"id": "o1", "participant": "B", "amount": "100", "date": "2026-01-31", "period": None},
            {"id": "o2", "participant": "B", "amount": "200", "date": "2026-02-01", "period": None},
        ],
        "expected": [
            {"participant": "A", "component": "u", "period": "2026-01", "amount": "10"},
            {"participant": "A", "component": "u", "period": "2026-02", "amount": "20"},
        ],
    }
    plan = HEAD + "components:\n  - {id: u, family: unilevel, rates: [10%]}\n"
    (tmp_path / "p.plan.yaml").write_text(plan, encoding="utf-8")
    (tmp_path / "p.json").write_text(json.dumps(example), encoding="utf-8")
    assert examples.verify(tmp_path / "p.json").agrees


def test_what_the_company_paid_to_somebody_inactive_is_matched_too() -> None:
    people = pl.DataFrame({"id": ["a", "b"], "sponsor_id": [None, "a"]})
    facts = pl.DataFrame(
        [("b", None, "paid", "100"), ("b", None, "active", "false")],
        schema=["participant_id", "period", "fact", "value"],
        orient="row",
    )
    orders = pl.DataFrame({"id": ["o"], "buyer_id": ["a"], "amount": [0], "period": ["1"]})
    text = HEAD + (
        "activity: {rule: status}\ncomponents:\n  - {id: g, family: given, fact: paid}\n"
        "  - {id: m, family: matching, of: [g], rates: [10%]}\n"
    )
    computed = compute(parse_plan(text), Network.from_table(people), orders, facts=facts)
    assert sorted(computed.totals.select("participant_id", "component", "amount").rows()) == [
        ("a", "m", 1000),
        ("b", "g", 10000),
    ]
