"""Recorded against recomputed: every payment the company recorded, held against what the plan yields.

Expected payments are the computed lines that are paid or released, put together as they are paid (held rewards of
one level are released in one sum). They are matched in rounds, the surest first: the same receiver, order and amount;
the same receiver and order with another amount (short or over); and, for recorded payments that belong to no order
of the ledger (withdrawals of what was credited before), the same receiver and amount later, or the exact sum of
amounts that stand open one after the other. Nothing is counted twice and both totals tie out. Records without an
order or a source are compared per participant and period.

What the records cannot carry (no payment of that component at all, or too small to be kept) is listed apart: it is
not recorded, which is not the same as not paid.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import polars as pl

from compensation.computed import Computed
from compensation.periods import period_names
from compensation.quantities import to_minor
from compensation.reconciliation import pairing as matching
from intake.text import Text

Grain = Literal["order", "source", "period"]

STATUSES = ("match", "short", "over", "missing", "extra")


@dataclass(frozen=True, slots=True)
class NotRecorded:
    """Expected payments that the records cannot carry."""

    component: str
    reason: Literal["absent", "below-least"]
    payments: int
    amount: int
    currency: str
    text: Text


@dataclass(frozen=True)
class Reconciliation:
    """Recorded payments against recomputed ones."""

    lines: pl.DataFrame
    """One row per matched key: component (its recorded name), participant_id, period, date, currency, order_id,
    source_id, level, due_period, status, recorded, recomputed, difference (recorded - recomputed), matched_by,
    recorded_id, payout_lines (computed). `due_period` is the period of the computed payment, empty where there is none
    or where the records do not themselves name the period that they paid for."""
    not_recorded: tuple[NotRecorded, ...]
    grain: Grain
    """What a key is: receiver and order; receiver, source and level; or receiver and period."""

    @cached_property
    def summary(self) -> pl.DataFrame:
        """Per component, period and status: keys, recorded, recomputed, difference."""
        return (
            self.lines.group_by("component", "currency", "period", "status")
            .agg(
                pl.len().cast(pl.Int64).alias("keys"),
                _sum("recorded"),
                _sum("recomputed"),
                _sum("difference"),
            )
            .sort("component", "currency", "period", "status", nulls_last=True)
        )

    @cached_property
    def totals(self) -> pl.DataFrame:
        """Per component and currency: recorded and recomputed, and how they are made up."""

        def by(status: str, column: str) -> pl.Expr:
            return pl.col(column).filter(pl.col("status") == status).cast(pl.Int128).sum()

        return (
            self.lines.group_by("component", "currency")
            .agg(
                _sum("recorded"),
                _sum("recomputed"),
                by("match", "recorded").alias("matched"),
                by("short", "difference").alias("short"),
                by("over", "difference").alias("over"),
                by("missing", "recomputed").alias("missing"),
                by("extra", "recorded").alias("extra"),
                *((pl.col("status") == status).sum().cast(pl.Int64).alias(f"{status}_keys") for status in STATUSES),
            )
            .sort("component", "currency")
        )

    @property
    def ties(self) -> bool:
        """Whether recorded = recomputed - missing + extra + over + short, for each component to the minor unit."""
        totals = self.totals
        explained = totals["recomputed"] - totals["missing"] + totals["extra"] + totals["over"] + totals["short"]
        return bool((totals["recorded"] == explained).all())

    def share_matched(self) -> tuple[int, int]:
        """Recorded payments that match to the minor unit, and all recorded payments."""
        recorded = self.lines.filter(pl.col("status") != "missing")
        return len(recorded.filter(pl.col("status") == "match")), len(recorded)


def _sum(column: str) -> pl.Expr:
    """A sum of amounts in 128 bits: one of Int64 would wrap without a word."""
    return pl.col(column).cast(pl.Int128).sum()


def _total(amounts: pl.Series) -> int:
    return int(amounts.cast(pl.Int128).sum())


def reconcile(computed: Computed, recorded: pl.DataFrame) -> Reconciliation:
    """Hold the recorded payouts against the computed ones.

    Args:
        computed: from `compute`, on the same records.
        recorded: rows of the payouts table; money in the same minor units as the orders.
    """
    given = _recorded(computed, recorded)
    grain = _grain(given)
    expected = _expected(computed, grain)
    expected, not_recorded = _set_apart(computed, expected, given)
    known = computed.evaluation.orders["id"]
    rows = matching.match(expected, given, grain, known)
    total_in, total_out = _total(given["amount"]), _total(expected["amount"])
    result = Reconciliation(rows, not_recorded, grain)
    assert _total(rows["recorded"]) == total_in, "recorded payments were lost or counted twice"
    assert _total(rows["recomputed"]) == total_out, "computed payments were lost or counted twice"
    return result


def _recorded(computed: Computed, recorded: pl.DataFrame) -> pl.DataFrame:
    kinds: dict[str, Any] = {
        "id": pl.String,
        "date": pl.Datetime("ms"),
        "period": pl.String,
        "participant_id": pl.String,
        "component": pl.String,
        "level": pl.Int64,
        "amount": pl.Int64,
        "currency": pl.String,
        "source_order_id": pl.String,
        "source_participant_id": pl.String,
    }
    table = recorded.select(
        (pl.col(name) if name in recorded.columns else pl.lit(None)).cast(kind).alias(name)
        for name, kind in kinds.items()
    )
    plan = computed.plan
    names = {component.recorded_name() for component in plan.components}
    only = next(iter(names)) if len(names) == 1 else "(none)"
    return table.with_columns(
        pl.col("period").is_not_null().alias("names_period"),
        pl.coalesce("period", period_names(table["date"], plan.period, plan.timezone)),
        pl.col("component").fill_null(only),
        pl.col("currency").fill_null(plan.currency),
    ).rename({"source_order_id": "order_id", "source_participant_id": "source_id"})


def _grain(recorded: pl.DataFrame) -> Grain:
    if recorded["order_id"].null_count() < len(recorded):
        return "order"
    sourced = recorded.select(pl.col("source_id").is_not_null() & pl.col("level").is_not_null()).to_series()
    return "source" if sourced.any() else "period"


def _expected(computed: Computed, grain: Grain) -> pl.DataFrame:
    """Payments as the plan would make them: one row each, with the lines it consists of."""
    names = {component.id: component.recorded_name() for component in computed.plan.components}
    if grain == "period":
        return computed.totals.select(
            pl.col("component").alias("plan_component"),
            pl.col("component").replace(names),
            "participant_id",
            "period",
            pl.lit(None, pl.Datetime("ms")).alias("date"),
            "currency",
            pl.lit(None, pl.String).alias("order_id"),
            pl.lit(None, pl.String).alias("source_id"),
            pl.lit(None, pl.Int64).alias("level"),
            "amount",
            pl.lit([], pl.List(pl.Int64)).alias("payout_lines"),
        )
    lines = computed.columns(
        "line", "period", "date", "participant_id", "component", "amount", "currency", "level", "status",
        "source_order_id", "source_participant_id", "paid_with_order_id",
        only=pl.col("status").is_in(["paid", "released"]),
    )  # fmt: skip
    keys = ["component", "participant_id", "period", "paid_with_order_id", "level", "status"]
    if grain == "source":
        keys.append("source_participant_id")
    source = pl.lit(None, pl.String) if grain == "order" else pl.col("source_participant_id")
    if grain == "source":
        keys.append("source_order_id")
    if lines.select(keys).hash_rows().n_unique() == len(lines):  # different hashes: no two lines are paid as one
        grouped = lines.with_columns(source.alias("source_id"), pl.concat_list("line").alias("payout_lines"))
    else:
        grouped = _put_together(lines, keys, source)
    return grouped.select(
        pl.col("component").alias("plan_component"),
        pl.col("component").replace(names),
        "participant_id",
        "period",
        "date",
        "currency",
        pl.col("paid_with_order_id").alias("order_id"),
        "source_id",
        pl.col("level").cast(pl.Int64),
        "amount",
        "payout_lines",
    )


def _put_together(lines: pl.DataFrame, keys: list[str], source: pl.Expr) -> pl.DataFrame:
    """Lines that are paid in one sum as one row."""
    return lines.group_by(keys, maintain_order=True).agg(
        pl.col("date").first().alias("date"),
        pl.col("currency").first().alias("currency"),
        pl.col("amount").sum().alias("amount"),
        pl.col("line").alias("payout_lines"),
        source.first().alias("source_id"),
    )


def _set_apart(
    computed: Computed, expected: pl.DataFrame, recorded: pl.DataFrame
) -> tuple[pl.DataFrame, tuple[NotRecorded, ...]]:
    """Take out what the records cannot carry."""
    apart: list[NotRecorded] = []
    seen = set(recorded["component"].unique())
    for component in computed.plan.components:
        mine = pl.col("plan_component") == component.id
        name, currency = component.recorded_name(), computed.currency_of(component.id)
        if name not in seen:
            rows, expected = expected.filter(mine), expected.filter(~mine)
            text = Text(
                en=f"The records hold no payment of {name} at all: whether it was paid cannot be said.",
                ar=f"لا تتضمن السجلات أي دفعة باسم {name}: لا يمكن القول إن كانت قد دُفعت.",
            )
            apart.append(NotRecorded(component.id, "absent", len(rows), _total(rows["amount"]), currency, text))
            continue
        least = component.recorded.least if component.recorded else None
        if least is None:
            continue
        scaled = least * 10 ** computed.scale_of(component.id)
        minor = to_minor(least, computed.scale_of(component.id)) or -(-scaled.numerator // scaled.denominator)
        small = mine & (pl.col("amount").abs() < minor)
        rows, expected = expected.filter(small), expected.filter(~small)
        if len(rows):
            text = Text(
                en=f"The records keep no payment under {least} {currency}: whether these were paid cannot be said.",
                ar=f"لا تحتفظ السجلات بدفعات تقل عن {least} {currency}: لا يمكن القول إن كانت قد دُفعت.",
            )
            amount = _total(rows["amount"])
            apart.append(NotRecorded(component.id, "below-least", len(rows), amount, currency, text))
    return expected, tuple(apart)
