"""The plan's part of an analysis: what it pays on the records, held against what was recorded, and why they differ.

Payout lines, state and statements are kept as Parquet beside the report; the report gets the plan in plain words, its
worst case, the sums by result and cause, and the arithmetic of the largest payment of each component.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cases import storage
from cases.snapshot import PLAN, Snapshot
from intake.progress import Progress, silent

if TYPE_CHECKING:
    import polars as pl

    from compensation import Computed, Plan
    from compensation.inference import Inference
    from compensation.reconciliation.causes import Causes
    from compensation.reconciliation.reconciling import Reconciliation
    from compensation.steps import Step
    from compliance.report.model import PlanResult
    from intake.text import Text

PROVENANCE = ("source_file", "source_line")
"""Columns that say where a row came from: evidence shows them, the plan's engine has no use for them."""

MOST_FOR_CAUSES = 2_000_000
"""Recorded payments up to which an analysis tries causes by itself; above, `downline reconcile --causes` does."""


def compute_payouts(snapshot: Snapshot, plan: Path, *, progress: Progress = silent) -> Computed | None:
    """What a plan pays on a snapshot; None where there are no orders to pay on.

    Raises:
        compensation.PlanError: the plan has mistakes; each with its line.
    """
    from compensation import compute, parse_plan

    parsed = parse_plan(plan.read_text(encoding="utf-8-sig"), name=PLAN)
    orders = _table(snapshot, "orders")
    if orders is None:
        return None
    return compute(
        parsed,
        snapshot.network,
        orders,
        ranks=_table(snapshot, "ranks"),
        facts=_table(snapshot, "facts"),
        clicks=_table(snapshot, "clicks"),
        currencies=snapshot.reading.currencies,
        progress=progress,
    )


def recorded_payouts(snapshot: Snapshot) -> pl.DataFrame | None:
    """The payments that the company recorded; None where the records have none."""
    return _table(snapshot, "payouts")


def inferred(snapshot: Snapshot) -> Inference | None:
    """What plan the recorded payouts follow; None where the records have no orders or no payouts."""
    from compensation.inference import infer

    orders, recorded = _table(snapshot, "orders"), recorded_payouts(snapshot)
    if orders is None or recorded is None:
        return None
    return infer(
        snapshot.network, orders, recorded, ranks=_table(snapshot, "ranks"), currencies=snapshot.reading.currencies
    )


def pay(snapshot: Snapshot, content: Path, progress: Progress) -> PlanResult | None:
    """Compute what the plan pays, hold it against what was recorded, and write both down; None without a plan."""
    from compensation import reconcile
    from compensation.reconciliation.causes import causes

    if not (content / PLAN).exists():
        return None
    progress("payouts", 0.0)
    computed = compute_payouts(snapshot, content / PLAN, progress=progress)
    if computed is None:
        return None
    computed.write_lines(content / "computed.parquet")
    for name, table in (("state", computed.state), ("figures", computed.figures), ("statements", computed.statements)):
        if table is not None and len(table):
            table.write_parquet(content / f"{name}.parquet")
    progress("payouts", 1.0)
    recorded = recorded_payouts(snapshot)
    if recorded is None:
        return plan_result(computed.plan, explained=largest(computed), left_out=_left_out(computed))
    progress("reconcile", 0.0)
    reconciliation = reconcile(computed, recorded)
    _keep(reconciliation, content)
    progress("reconcile", 0.5)
    why = causes(computed, reconciliation) if len(recorded) <= MOST_FOR_CAUSES else None
    if why is not None:
        _flat(why.lines).write_parquet(content / "causes.parquet")
    progress("reconcile", 1.0)
    return plan_result(computed.plan, reconciliation, why, explained=largest(computed), left_out=_left_out(computed))


def _keep(reconciliation: Reconciliation, content: Path) -> None:
    _flat(reconciliation.lines).write_parquet(content / "reconciliation.parquet")
    matched, of = reconciliation.share_matched()
    summary = {
        "grain": reconciliation.grain,
        "ties": reconciliation.ties,
        "matched": matched,
        "recorded": of,
        "totals": reconciliation.totals.to_dicts(),
        "summary": reconciliation.summary.to_dicts(),
        "not_recorded": [
            {
                "component": one.component,
                "reason": one.reason,
                "payments": one.payments,
                "amount": one.amount,
                "currency": one.currency,
                "text": one.text.model_dump(),
            }
            for one in reconciliation.not_recorded
        ],
    }
    (content / "reconciliation.json").write_bytes(storage.readable(summary))


def _flat(lines: pl.DataFrame) -> pl.DataFrame:
    """Lists of line numbers as text, which every reader of Parquet can show."""
    import polars as pl

    lists = [name for name, kind in lines.schema.items() if isinstance(kind, pl.List)]
    return lines.with_columns(pl.col(name).cast(pl.List(pl.String)).list.join(" ") for name in lists)


def largest(computed: Computed) -> tuple[Step, ...]:
    """The arithmetic of the largest payment of each component: the sample that a report shows."""
    from compensation import explain

    found = []
    for awards, first in computed.numbered():
        paid = np.flatnonzero(awards.counted() & (awards.amount > 0))
        if len(paid):
            index = int(paid[np.argmax(awards.amount[paid])])
            found.append(explain(computed, line=first + index).root)
    return tuple(found)


def plan_result(
    plan: Plan,
    reconciliation: Reconciliation | None = None,
    why: Causes | None = None,
    *,
    explained: tuple[Step, ...] = (),
    left_out: tuple[Text, ...] = (),
) -> PlanResult:
    """The plan and its reconciliation as the report shows them."""
    from compensation.reading import read_aloud
    from compliance.report.model import CauseSum, PlanResult, Tie

    reading = read_aloud(plan)
    ties: tuple[Tie, ...] = ()
    if reconciliation is not None:
        columns = ("keys", "recorded", "recomputed", "difference")
        summed = _summed(reconciliation.summary, ("component", "status"), columns)
        ties = tuple(
            Tie(
                component=str(row["component"]),
                status=str(row["status"]),
                lines=int(row["keys"]),
                recorded=int(row["recorded"]),
                recomputed=int(row["recomputed"]),
                difference=int(row["difference"]),
            )
            for row in summed
        )
    by_cause: tuple[CauseSum, ...] = ()
    if why is not None:
        words = why.words()
        by_cause = tuple(
            CauseSum(
                component=str(row["component"]),
                cause=str(row["cause"]),
                text=words[row["cause"]],
                lines=int(row["keys"]),
                difference=int(row["difference"]),
            )
            for row in _summed(why.totals, ("component", "cause"), ("keys", "difference"))
        )
    return PlanResult(
        title=plan.title,
        reading=reading,
        ties=ties,
        causes=by_cause,
        explained=explained,
        not_recorded=left_out + (tuple(one.text for one in reconciliation.not_recorded) if reconciliation else ()),
    )


def _left_out(computed: Computed) -> tuple[Text, ...]:
    """That orders in a currency on which the plan says nothing were not computed, by currency."""
    from intake.text import Text

    plan = computed.plan.currency
    return tuple(
        Text(
            en=f"Orders in {currency}, on which a plan in {plan} says nothing, were left out: {count:,}. "
            "Say exchange: in the plan to bring them over.",
            ar=f"استُبعدت طلبات بعملة {currency} لا تشملها خطة بعملة {plan}، وعددها {count:,}. "
            "يُحدَّد سعر التحويل في الخطة (exchange).",
        )
        for currency, count in computed.left_out.group_by("currency").len().sort("currency").iter_rows()
    )


def _summed(table: pl.DataFrame, keys: Sequence[str], columns: Sequence[str]) -> list[dict[str, Any]]:
    """Sums in 128 bits: Int64 would wrap without a word."""
    import polars as pl

    return table.group_by(keys).agg(pl.col(*columns).cast(pl.Int128).sum()).sort(keys).to_dicts()


def _table(snapshot: Snapshot, name: str) -> pl.DataFrame | None:
    import polars as pl

    path = snapshot.table(name)
    return pl.scan_parquet(path).drop(PROVENANCE, strict=False).collect() if path is not None else None
