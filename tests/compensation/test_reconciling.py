"""Recorded against recomputed: every payment in exactly one place, and both totals tie out."""

# ruff: noqa: DTZ001 - the tables hold naive UTC times
from __future__ import annotations

import json
from datetime import datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compensation import Computed, compute, parse_plan, reconcile
from compensation.errors import AmountOverflow
from compensation.reconciliation import pairing as matching
from genealogy.network import Network

PLAN = """\
id: t
title: {en: T, ar: ت}
currency: USD
period: month
components:
  - {id: level, family: unilevel, rates: [10%, 5%]}
  - {id: extra, family: unilevel, rates: [1%]}
"""

PEOPLE = Network.from_table(pl.DataFrame({"id": ["a", "b", "c"], "sponsor_id": [None, "a", "b"]}))
DAYS = [datetime(2025, 1, 10), datetime(2025, 1, 20), datetime(2025, 2, 3)]


def computed(plan: str = PLAN) -> Computed:
    orders = pl.DataFrame({"id": ["o1", "o2", "o3"], "date": DAYS, "buyer_id": ["c"] * 3, "amount": [1000, 2000, 4000]})
    return compute(parse_plan(plan), PEOPLE, orders)


def records(*rows: tuple[str, str | None, int, str | None]) -> pl.DataFrame:
    """Payouts from (participant, component, amount, order)."""
    return pl.DataFrame(
        [(f"x{i}", *row) for i, row in enumerate(rows)],
        schema={
            "id": pl.String,
            "participant_id": pl.String,
            "component": pl.String,
            "amount": pl.Int64,
            "source_order_id": pl.String,
        },
        orient="row",
    )


def test_each_status_has_its_meaning() -> None:
    result = reconcile(
        computed(),
        records(
            ("b", "level", 100, "o1"),  # right
            ("a", "level", 40, "o1"),  # 10 short
            ("b", "level", 250, "o2"),  # 50 over
            ("c", "level", 7, "o2"),  # nobody's
        ),
    )
    found = {
        (row["participant_id"], row["order_id"]): (row["status"], row["difference"])
        for row in result.lines.iter_rows(named=True)
    }
    assert found == {
        ("b", "o1"): ("match", 0),
        ("a", "o1"): ("short", -10),
        ("b", "o2"): ("over", 50),
        ("c", "o2"): ("extra", 7),
        ("a", "o2"): ("missing", -100),
        ("b", "o3"): ("missing", -400),
        ("a", "o3"): ("missing", -200),
    }
    assert result.ties
    assert result.share_matched() == (1, 4)


def test_a_component_that_the_records_never_mention_is_not_called_missing() -> None:
    result = reconcile(computed(), records(("b", "level", 100, "o1")))
    assert [(one.component, one.reason, one.payments, one.amount) for one in result.not_recorded] == [
        ("extra", "absent", 3, 70)
    ]
    assert set(result.lines["component"]) == {"level"}


def test_two_equal_payments_pair_with_two_and_not_with_four() -> None:
    result = reconcile(computed(), records(("b", "level", 100, "o1"), ("b", "level", 100, "o1")))
    assert result.lines.filter(pl.col("order_id") == "o1", pl.col("participant_id") == "b")["status"].to_list() == [
        "extra",
        "match",
    ]


def test_a_withdrawal_settles_what_was_open_before_it() -> None:
    payouts = records(
        ("b", "level", 100, "o1"), ("b", "level", 600, "w1"), ("a", "level", 50, "w2"), ("a", "level", 300, "w3")
    )
    later = [DAYS[0], datetime(2025, 3, 1), datetime(2025, 1, 10), datetime(2025, 3, 1)]
    result = reconcile(computed(), payouts.with_columns(pl.Series("date", later)))
    by = {
        row["recorded_id"]: row["matched_by"] for row in result.lines.iter_rows(named=True) if row["status"] == "match"
    }
    assert by == {
        "x0": "order and amount",
        "x1": "sum of open amounts",
        "x2": "amount, paid later",
        "x3": "sum of open amounts",
    }
    assert "missing" not in result.lines["status"].to_list()


def test_nothing_is_settled_before_it_was_due() -> None:
    payouts = records(("b", "level", 100, "o1"), ("b", "level", 400, "w1")).with_columns(
        pl.Series("date", [DAYS[0], datetime(2025, 1, 1)])
    )
    statuses = reconcile(computed(), payouts).lines.filter(pl.col("recorded_id") == "x1")["status"]
    assert statuses.to_list() == ["extra"]


def test_records_with_source_and_level_are_matched_by_them() -> None:
    payouts = records(("b", "level", 100, None), ("a", "level", 50, None)).with_columns(
        pl.lit("c").alias("source_participant_id"), pl.Series("level", [1, 2])
    )
    result = reconcile(computed(), payouts)
    assert result.grain == "source"
    assert result.share_matched() == (2, 2)


def test_records_without_a_source_are_compared_by_period() -> None:
    payouts = records(("b", "level", 300, None), ("a", "level", 100, None)).with_columns(
        pl.lit("2025-01").alias("period")
    )
    result = reconcile(computed(), payouts)
    assert result.grain == "period"
    assert set(result.lines.select("participant_id", "period", "status", "difference").rows()) == {
        ("a", "2025-01", "short", -50),
        ("b", "2025-01", "match", 0),
        ("a", "2025-02", "missing", -200),
        ("b", "2025-02", "missing", -400),
    }


def test_another_currency_never_matches() -> None:
    payouts = records(("b", "level", 100, "o1")).with_columns(pl.lit("EUR").alias("currency"))
    assert "match" not in reconcile(computed(), payouts).lines["status"].to_list()


def test_empty_records_leave_everything_unrecorded() -> None:
    result = reconcile(computed(), records())
    assert result.lines.is_empty()
    assert [one.reason for one in result.not_recorded] == ["absent", "absent"]
    assert result.ties


PAYMENT = st.tuples(
    st.sampled_from(["a", "b", "c", "zed"]),
    st.sampled_from(["level", "extra", "unheard", None]),
    st.sampled_from([0, 10, 20, 40, 50, 100, 200, 300, 400, -5]),
    st.sampled_from(["o1", "o2", "o3", "w", None]),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(PAYMENT, max_size=15))
def test_nothing_is_lost_or_counted_twice(rows: list[tuple[str, str | None, int, str | None]]) -> None:
    done = computed()
    result = reconcile(done, records(*rows))
    assert result.ties
    assert result.lines["recorded"].sum() == sum(row[2] for row in rows)
    apart = sum(one.amount for one in result.not_recorded)
    assert result.lines["recomputed"].sum() + apart == done.totals["amount"].sum()
    numbers = result.lines["payout_lines"].explode().drop_nulls()
    assert numbers.n_unique() == len(numbers)


def test_sums_beyond_sixty_four_bits_do_not_wrap() -> None:
    large = 2**62
    result = reconcile(
        computed(), records(("b", "level", large, "o1"), ("a", "level", large, "o1"), ("c", "extra", 1, "o1"))
    )
    level = result.totals.filter(pl.col("component") == "level").row(0, named=True)
    assert level["recorded"] == 2 * large
    assert level["over"] == 2 * large - 150
    assert result.ties
    assert result.summary.filter(pl.col("status") == "over")["recorded"].to_list() == [2 * large]
    assert json.loads(json.dumps(result.totals.to_dicts()))[-1]["recorded"] == 2 * large


def test_a_receivers_payouts_of_one_period_that_do_not_fit_are_refused_and_not_wrapped() -> None:
    """Without orders the payouts of a receiver are summed by period, and that sum is kept as an amount."""
    large = 2**62
    with pytest.raises(AmountOverflow, match="recorded payouts in a period"):
        reconcile(computed(), records(("b", "level", large, None), ("b", "level", large, None)))


def test_awards_on_a_period_pair_with_payments_that_name_no_order() -> None:
    """A pool or a rank bonus has no order; its payment is found by receiver and period, beside those that have one."""
    whom = {"component": "pool", "currency": "USD", "participant_id": "b", "source_id": None, "level": None}
    kinds = {"source_id": pl.String, "order_id": pl.String, "level": pl.Int64, "date": pl.Datetime("ms")}
    due = pl.DataFrame(
        [{**whom, "order_id": order, "period": month, "amount": 10, "date": None, "payout_lines": [line]}
         for line, (order, month) in enumerate([("o1", "2025-01"), (None, "2025-01"), (None, "2025-02")])],
        schema_overrides=kinds,
    )  # fmt: skip
    paid = pl.DataFrame(
        [{**whom, "order_id": order, "period": month, "amount": amount, "date": None, "id": id_, "names_period": True}
         for order, month, amount, id_ in [("o1", "2025-01", 10, "x"), (None, "2025-02", 10, "y"), (None, "2025-01", 7, "z")]],
        schema_overrides=kinds,
    )  # fmt: skip
    lines = matching.match(due, paid, "order", pl.Series(["o1"]))
    assert sorted(lines.select("recorded_id", "status", "difference", "matched_by").rows()) == [
        ("x", "match", 0, "order and amount"),
        ("y", "match", 0, "period and amount"),
        ("z", "short", -3, "period"),
    ]


def test_of_equal_payments_those_of_the_same_period_belong_together() -> None:
    payouts = records(("b", "level", 100, "o1")).with_columns(period=pl.lit("2025-02"))
    line = reconcile(computed(), payouts).lines.filter(pl.col("status") == "match").row(0, named=True)
    assert (line["period"], line["due_period"]) == ("2025-02", "2025-01")
