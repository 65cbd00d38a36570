"""Commands about money paid out: `payouts`, `explain`, `reconcile`, `infer`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import CaseFolder, Json, Lang, Language, Limit
from cli.output import print_json, print_lines, print_table, progress_bar
from cli.records import last_analysis

if TYPE_CHECKING:
    from cases.analysis import Analysis

Participant = Annotated[str | None, typer.Option("--participant", "-p", help="Only this participant's.")]
Period = Annotated[str | None, typer.Option("--period", help="Only this period, as the plan names it (2025-03).")]


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
    app.command()(infer)


def payouts(
    case: CaseFolder,
    participant: Participant = None,
    period: Period = None,
    component: Annotated[str | None, typer.Option("--component", help="Only this component of the plan.")] = None,
    limit: Limit = 50,
    lang: Lang = Language.EN,
    json: Json = False,
) -> None:
    """The payout lines that the plan yields, recomputed from the records."""
    import polars as pl

    from cli.errors import NoPlan
    from cli.words import headings, status_of, word

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
        headings(lang, "line", "period", "participant", "component", "amount", "from", "level", "rate", "status"),
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
                status_of(lang, row["status"]),
            )
            for row in shown.iter_rows(named=True)
        ],
        numbers=(0, 4, 6),
        lang=lang,
    )
    command = f"downline explain {case} --line N"
    print_lines(word(lang, "lines_shown", shown=min(limit, count), count=count, command=command))


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
    from cli.errors import NoPlan, WrongOption
    from compensation import explain as explained
    from intake.text import Text

    if sum(given is not None for given in (line, participant, order)) != 1:
        raise WrongOption(
            Text(
                en="say one of --line, --participant, --order",
                ar="يُرجى ذكر واحد من ⁨--line⁩ و⁨--participant⁩ و⁨--order⁩",
            )
        )
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
    causes: Annotated[bool, typer.Option("--causes", help="Try why each difference is there.")] = False,
    limit: Limit = 30,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 unless every payment agrees.")] = False,
    lang: Lang = Language.EN,
    json: Json = False,
) -> None:
    """Recorded payouts against recomputed ones, to the minor unit, and why they differ."""
    import polars as pl

    from cli.errors import NothingToReconcile

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
    why = _causes(analysis, quiet=json) if causes else None
    shown = lines if why is None else why
    listed = shown.filter(pl.col("status") == status.value if status else pl.col("status") != "match").head(limit)
    disagree = len(lines.filter(pl.col("status") != "match"))
    result = analysis.overview.plan
    not_recorded = result.not_recorded if result is not None else ()
    if json:
        by_cause = {} if why is None else {"causes": _by_cause(why).to_dicts()}
        print_json({"totals": totals.to_dicts(), **by_cause, "not_recorded": not_recorded, "listed": listed.to_dicts()})
    else:
        _show(analysis, totals, listed, lang)
        if why is not None:
            _show_causes(analysis, why, lang)
        print_lines("", *(text.in_language(lang.value) for text in not_recorded))
    if strict and disagree:
        raise typer.Exit(1)


def _causes(analysis: Analysis, *, quiet: bool) -> Any:
    """Every difference with its probable cause, from the case or, where it holds none, tried now."""
    import polars as pl

    from cases.payouts import recorded_payouts
    from cli.errors import NothingToReconcile
    from compensation import reconcile as reconciled
    from compensation.reconciliation.causes import causes

    if analysis.causes is not None:
        return pl.read_parquet(analysis.causes)
    with progress_bar(quiet=quiet) as progress:
        computed = analysis.recompute(progress=progress)
    recorded = recorded_payouts(analysis.snapshot)
    if computed is None or recorded is None:
        raise NothingToReconcile(analysis.case.folder)
    return causes(computed, reconciled(computed, recorded)).lines


def _by_cause(why: Any) -> Any:
    import polars as pl

    return (
        why.group_by("component", "currency", "cause")
        .agg(pl.len().alias("payments"), _wide("difference").sum())
        .sort("component", "currency", "cause")
    )


def _show_causes(analysis: Analysis, why: Any, lang: Language) -> None:
    from cli.words import headings
    from compensation.reconciliation.cause_words import CAUSES

    scale = _scales(analysis)
    print_lines("")
    print_table(
        headings(lang, "component", "cause", "payments", "difference", "none"),
        [
            (
                row["component"],
                row["cause"],
                f"{row['payments']:,}",
                _money(row["difference"], row["currency"], scale),
                CAUSES[row["cause"]].in_language(lang.value),
            )
            for row in _by_cause(why).iter_rows(named=True)
        ],
        numbers=(2, 3),
        lang=lang,
    )


def infer(
    case: CaseFolder,
    brochure: Annotated[
        Path | None, typer.Option("--brochure", help="The plan that the company states: say where the payouts differ.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write the plan that was found to this file.")] = None,
    limit: Limit = 20,
    lang: Lang = Language.EN,
    json: Json = False,
) -> None:
    """What plan the recorded payouts really follow, with the share it explains to the cent."""
    from cases.payouts import inferred
    from cli.errors import NothingToInfer
    from cli.words import headings, result_of
    from compensation import load_plan

    analysis = last_analysis(case)
    found = inferred(analysis.snapshot)
    if found is None:
        raise NothingToInfer(case)
    deviations = found.compare(load_plan(brochure)) if brochure is not None else []
    explained, of = found.explained
    if out is not None:
        out.write_text(found.document, encoding="utf-8")
    if json:
        print_json(
            {
                "explained": explained,
                "recorded": of,
                "plan": found.document,
                "text": found.text,
                "deviations": [{"component": each.component, "text": each.text} for each in deviations],
                "counter_examples": found.counter_examples.head(limit).to_dicts(),
            }
        )
        return
    print_lines(found.text.in_language(lang.value), "")
    if found.plan is not None:
        print_lines(found.document)
    if deviations:
        print_lines("", *(each.text.in_language(lang.value) for each in deviations))
    rest = found.counter_examples.head(limit)
    if len(rest):
        scale = _scales(analysis)
        print_table(
            headings(lang, "result", "participant", "period", "order", "recorded", "by_the_plan"),
            [
                (
                    result_of(lang, row["status"]),
                    row["participant_id"],
                    row["period"],
                    row["order_id"],
                    _money(row["recorded"], row["currency"], scale),
                    _money(row["recomputed"], row["currency"], scale),
                )
                for row in rest.iter_rows(named=True)
            ],
            numbers=(4, 5),
            lang=lang,
        )


def _show(analysis: Analysis, totals: Any, listed: Any, lang: Language) -> None:
    from cli.words import headings, result_of

    scale = _scales(analysis)

    def amounts(row: dict[str, Any]) -> list[str]:
        return [_money(row[name], row["currency"], scale) for name in ("recorded", "recomputed", "difference")]

    print_table(
        headings(lang, "component", "result", "payments", "recorded", "recomputed", "difference"),
        [
            (row["component"], result_of(lang, row["status"]), f"{row['payments']:,}", *amounts(row))
            for row in totals.iter_rows(named=True)
        ],
        numbers=(2, 3, 4, 5),
        lang=lang,
    )
    if len(listed):
        print_lines("")
        print_table(
            headings(lang, "result", "participant", "period", "order", "recorded", "recomputed", "difference"),
            [
                (
                    result_of(lang, row["status"]),
                    row["participant_id"],
                    row["period"],
                    row["order_id"],
                    *amounts(row),
                )
                for row in listed.iter_rows(named=True)
            ],
            numbers=(4, 5, 6),
            lang=lang,
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
