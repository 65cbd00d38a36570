"""Figures worked out by hand on companies small enough to do so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from compliance import Measurement, Records, measure
from compliance.errors import UnknownIndicator
from compliance.indicators.growth import last_complete, months_between
from compliance.indicators.shape import levels_below


def by_id(records: Records, *ids: str) -> dict[str, Measurement]:
    return {each.id: each for each in measure(records, ids or None)}


def growing(company: Any) -> Records:
    """One founder in January, two recruits in February, four in March; each pays 100, half goes up."""
    people: list[dict[str, object]] = [{"id": "0", "joined": "2024-01-10"}]
    people += [
        {"id": str(at), "sponsor_id": str((at - 1) // 2), "joined": f"2024-{'02' if at < 3 else '03'}-10"}
        for at in range(1, 7)
    ]
    orders = [
        {"id": f"o{each['id']}", "buyer_id": each["id"], "date": each["joined"], "category": "fee", "amount": 10_000}
        for each in people
    ]
    payouts = [
        {
            "participant_id": each["sponsor_id"],
            "date": each["joined"],
            "amount": 5_000,
            "level": 1,
            "source_order_id": f"o{each['id']}",
        }
        for each in people
        if "sponsor_id" in each
    ] + [{"participant_id": "0", "date": "2024-03-31", "amount": 1_000}]
    dollars = {"currency": "USD"}
    return company(  # type: ignore[no-any-return]
        participants=people,
        orders=[{**each, **dollars} for each in orders],
        payouts=[{**each, **dollars} for each in payouts],
    )


def test_growth_needed_and_seen(company: Any) -> None:
    gap = by_id(growing(company), "growth_gap")["growth_gap"]
    series = {each.id: {point.x: point.value for point in each.points} for each in gap.series}
    # February: 100 paid to 1 member, 100 left by each entrant: 1; two joined beside one: 2.
    # March: 210 paid to 3 members is 70 each: 0.7; four joined beside three: 4/3.
    assert series["required"] == {"2024-02": "1", "2024-03": "0.7"}
    assert series["actual"] == {"2024-02": "2", "2024-03": "1.333333333"}
    assert gap.value == "-0.633333333"


def test_recruits_per_entrant_leaves_open_cohorts_out(company: Any) -> None:
    people = [
        {"id": "a", "joined": "2024-01-10"},
        {"id": "b", "joined": "2024-01-20", "sponsor_id": "a"},
        {"id": "c", "joined": "2024-04-30", "sponsor_id": "a"},
        {"id": "d", "joined": "2024-05-20", "sponsor_id": "c"},
    ]
    ratio = by_id(company(participants=people), "replacement_ratio")["replacement_ratio"]
    assert (ratio.numerator, ratio.denominator) == (1, 2)  # b within 90 days of a; c came later
    assert [point.x for point in ratio.series[0].points] == ["2024-01"]


def test_triggers_depth_and_losses(company: Any) -> None:
    found = by_id(growing(company))
    share = found["recruitment_share"]
    assert (share.numerator, share.denominator, share.bound) == (30_000, 31_000, "lower")
    assert share.variant("first_payments_only").numerator == 30_000
    assert share.variant("untraced_counted").value == "1"
    assert found["paid_depth"].value == "1"
    assert (found["net_loss_share"].numerator, found["net_loss_share"].denominator) == (4, 7)
    assert found["zero_earner_share"].numerator == 4
    # 700 paid in, 310 out: three of seven could have had their 100 back
    assert (found["break_even_bound"].numerator, found["break_even_bound"].denominator) == (3, 7)
    assert found["break_even_bound"].variant("reached").numerator == 3
    assert found["entry_cost"].value == "100"
    assert found["entry_cost"].variant("median_payout").value == "0"
    gradient = found["join_order_gradient"]
    assert not gradient.measurable  # seven people are too few


def test_the_tail_of_a_complete_tree(company: Any) -> None:
    tail = by_id(growing(company), "tail_share")["tail_share"]
    assert [(each.numerator, each.denominator) for each in tail.variants] == [(4, 7), (6, 7), (7, 7)]


def test_levels_below_stop_where_asked() -> None:
    import numpy as np

    chain = np.array([-1, 0, 1, 2, 3])
    assert levels_below(chain, 3).tolist() == [3, 3, 2, 1, 0]


def test_reconciliation_lines_that_differ(company: Any, tmp_path: Path) -> None:
    company(participants=[{"id": "a"}]).close()
    pl.DataFrame(
        {
            "component": ["u", "u", "u"],
            "participant_id": ["a", "b", "c"],
            "period": ["2024-01"] * 3,
            "date": [None] * 3,
            "order_id": ["1", "2", "3"],
            "recorded_id": ["x", "y", None],
            "status": ["match", "over", "missing"],
            "recorded": [100, 120, None],
            "recomputed": [100, 100, 50],
            "difference": [0, 20, -50],
        }
    ).write_parquet(tmp_path / "snapshot" / "reconciliation.parquet")
    with Records.open(tmp_path / "snapshot") as records:
        rate = by_id(records, "reconciliation_difference_rate")["reconciliation_difference_rate"]
        assert (rate.numerator, rate.denominator) == (2, 3)
        assert (rate.variant("by_money").numerator, rate.variant("by_money").denominator) == (70, 220)
        assert rate.evidence is not None
        assert records.rows(rate.evidence)["difference"].to_list() == [-50, 20]


def test_leaving_is_counted_where_recorded_else_silence(company: Any) -> None:
    people = [
        {"id": "a", "joined": "2024-01-01", "left": "2024-02-01"},
        {"id": "b", "joined": "2024-01-01"},
        {"id": "c", "joined": "2024-01-01"},
    ]
    orders = [{"buyer_id": "c", "date": "2024-12-31", "amount": 1, "currency": "USD"}]
    left = by_id(company(participants=people, orders=orders), "churn")["churn"]
    assert (left.numerator, left.denominator) == (1, 3)
    assert (left.variant("silent").numerator, left.variant("silent").denominator) == (2, 3)


def test_months() -> None:
    assert months_between("2024-11", "2025-01") == ["2024-11", "2024-12", "2025-01"]
    assert (last_complete("2024-02-28"), last_complete("2024-02-29")) == ("2024-01", "2024-02")
    assert last_complete("2024-01-15") == "2023-12"


def test_an_unknown_indicator_is_named(company: Any) -> None:
    with pytest.raises(UnknownIndicator, match="nothing_like_it"):
        measure(company(participants=[{"id": "a"}]), ["headcount", "nothing_like_it"])
