"""Commands about money paid out: `payouts`, `explain`, `reconcile`."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.errors import NoPlan, NothingToReconcile
from cli.options import CaseFolder, Json, Lang, Language, Limit
from cli.output import print_json, print_lines, print_table, progress_bar
from cli.records import last_analysis

if TYPE_CHECKING:
    from cases.analysis import Analysis

Participant = Annotated[str | None, typer.Option("--participant", "-p", help="Only this participant's.")]
Period = Annotated[str | None, typer.Option("--period", help="Only this period, as the plan names it (2025-03).")]
ONE_OF = "say one of --line, --participant, --order"


class Status(StrEnum):
    """How a recorded payment compares with the recomputed one."""

    MATCH = "match"
    SHORT = "short"
    OVER = "over"
    MISSING = "missing"
    EXTRA = "extra"


def register(app: typer.Typer) -> None:
    """Adds this file's commands."""
    app.command()(payouts)
    app.command()(explain)
    app.command()(reconcile)


def payouts(
    case: CaseFolder,
    participant: Participant = None,
    period: Period = None,
    component: Annotated[str | None, typer.Option("--component", help="Only this component of the plan.")] = None,
    limit: Limit = 50,
    json: Json = False,
) -> None:
    """The payout lines that the plan yields, recomputed from the records."""
    import polars as pl

    analysis = last_analysis(case)
    path = analysis.computed
    if path is None:
        raise NoPlan(case)
    wanted = {"participant_id": participant, "period": period, "component": component}
    lines = pl.scan_parquet(path).filter(
        *(pl.col(column) == value for column, value in wanted.items() if value is not None)
    )
    count, total = lines.select(pl.len(), _wide("amount").filter(_counts()).sum()).collect().row(0)
    shown = lines.head(limit).collect()
    if json:
        print_json({"lines": count, "paid": total, "shown": shown.to_dicts()})
        return
    scale = _scales(analysis)
    print_table(
        ("line", "period", "participant", "component", "amount", "from", "level", "rate", "status"),
        [
            (
                row["line"],
                row["period"],
                row["participant_id"],
                row["component"],
                _money(row["amount"], row["currency"], scale),
                row["source_order_id"],
                row["level"],
                row["rate"],
                row["status"],
            )
            for row in shown.iter_rows(named=True)
        ],
        numbers=(0, 4, 6),
    )
    print_lines(f"{min(limit, count):,} of {count:,} lines; `downline explain {case} --line N` shows the arithmetic")


def explain(
    case: CaseFolder,
    line: Annotated[int | None, typer.Option("--line", min=1, help="One payout line, by its number.")] = None,
    participant: Participant = None,
    period: Period = None,
    order: Annotated[str | None, typer.Option("--order", help="Where one order's money went.")] = None,
    lang: Lang = Language.EN,
    json: Json = False,
) -> None:
    """The arithmetic behind one line, one participant, or one order, down to the records."""
    from compensation import explain as explained

    if sum(given is not None for given in (line, participant, order)) != 1:
        raise typer.BadParameter(ONE_OF)
    analysis = last_analysis(case)
    with progress_bar(quiet=json) as progress:
        computed = analysis.recompute(progress=progress)
    if computed is None:
        raise NoPlan(case)
    explanation = explained(computed, line=line, participant=participant, period=period, order=order)
    if json:
        print_json(explanation)
    else:
        print_lines(explanation.text(lang.value))


def reconcile(
    case: CaseFolder,
    status: Annotated[Status | None, typer.Option("--status", help="List only these.")] = None,
    limit: Limit = 30,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 unless every payment agrees.")] = False,
    lang: Lang = Language.EN,
    json: Json = False,
) -> None:
    """Recorded payouts against recomputed ones, to the minor unit."""
    import polars as pl

    analysis = last_analysis(case)
    path = analysis.reconciliation
    if path is None:
        raise NothingToReconcile(case)
    lines = pl.read_parquet(path)
    totals = (
        lines.group_by("component", "currency", "status")
        .agg(pl.len().alias("payments"), _wide("recorded", "recomputed", "difference").sum())
        .sort("component", "currency", "status")
    )
    listed = lines.filter(pl.col("status") == status.value if status else pl.col("status") != "match").head(limit)
    disagree = len(lines.filter(pl.col("status") != "match"))
    result = analysis.overview.plan
    not_recorded = result.not_recorded if result is not None else ()
    if json:
        print_json({"totals": totals.to_dicts(), "not_recorded": not_recorded, "listed": listed.to_dicts()})
    else:
        _show(analysis, totals, listed)
        print_lines("", *(text.in_language(lang.value) for text in not_recorded))
    if strict and disagree:
        raise typer.Exit(1)


def _show(analysis: Analysis, totals: Any, listed: Any) -> None:
    scale = _scales(analysis)

    def amounts(row: dict[str, Any]) -> list[str]:
        return [_money(row[name], row["currency"], scale) for name in ("recorded", "recomputed", "difference")]

    print_table(
        ("component", "result", "payments", "recorded", "recomputed", "difference"),
        [
            (row["component"], row["status"], f"{row['payments']:,}", *amounts(row))
            for row in totals.iter_rows(named=True)
        ],
        numbers=(2, 3, 4, 5),
    )
    if len(listed):
        print_lines("")
        print_table(
            ("result", "participant", "period", "order", "recorded", "recomputed", "difference"),
            [
                (row["status"], row["participant_id"], row["period"], row["order_id"], *amounts(row))
                for row in listed.iter_rows(named=True)
            ],
            numbers=(4, 5, 6),
        )


def _counts() -> Any:
    import polars as pl

    return pl.col("status").is_in(["paid", "released"])


def _wide(*columns: str) -> Any:
    """Columns of money in 128 bits: the sum of many amounts may not fit in 64."""
    import polars as pl

    return pl.col(*columns).cast(pl.Int128)


def _scales(analysis: Analysis) -> dict[str, int]:
    return dict(analysis.snapshot.reading.currencies)


def _money(minor: int | None, currency: str, scales: dict[str, int]) -> str:
    if minor is None:
        return ""
    from fractions import Fraction

    from compliance.figures import show

    scale = scales.get(currency, 2)
    places = 0 if minor % 10**scale == 0 else scale
    return show(Fraction(minor, 10**scale), "money", currency=currency, scale=places).en
