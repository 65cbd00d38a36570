"""The steps of an analysis, in order: tree, plan, reconciliation, measurements, findings, report.

Each step is one call of a room below and one or two files. Floats never enter a file here: models write
themselves as JSON with sorted keys, tables as Parquet in the order in which they were computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cases import storage
from cases.program import version
from cases.snapshot import PLAN, Snapshot
from intake.progress import Progress, silent
from intake.text import LANGUAGES

if TYPE_CHECKING:
    import polars as pl

    from compensation import Computed, Plan
    from compensation.reconciling import Reconciliation
    from compliance.assumptions import Assumptions
    from compliance.findings import Finding
    from compliance.measurement import Measurement
    from compliance.questionnaire import Answer
    from compliance.records import Records
    from compliance.report.model import PlanResult
    from compliance.rules.model import Rule
    from genealogy.structure import Problem

PROVENANCE = ("source_file", "source_line")
"""Columns that say where a row came from: evidence shows them, the plan's engine has no use for them."""

ROWS_OF_A_FAULT = 10_000
"""Rows listed for each fault of structure; the count is always of all."""


def run_steps(
    id_: str,
    snapshot: Snapshot,
    content: Path,
    inputs: dict[str, Any],
    *,
    on: date | None,
    answers: Sequence[Answer],
    assumptions: Assumptions,
    progress: Progress,
) -> None:
    """Fill an analysis' folder; see the module's docstring.

    Args:
        id_: of the analysis.
        snapshot: what is analysed.
        content: the folder to fill; it holds the plan already, if there is one.
        inputs: of the analysis, as its manifest will give them.
        on: the day whose law counts; the last day of the records if None.
        answers: of people, to the rules' questions.
        assumptions: the analyst's numbers.
        progress: told stage and share.
    """
    from compliance.indicators import measure
    from compliance.judge import judge
    from compliance.overview import overview
    from compliance.records import Records
    from compliance.report import assemble, render_html
    from compliance.rules import load_packs

    reading = snapshot.reading
    progress("tree", 0.0)
    network = snapshot.network
    _write(content / "structure.json", [_with_rows(problem) for problem in network.problems])
    progress("tree", 1.0)
    paid = _pay(snapshot, content, progress)
    progress("measure", 0.0)
    with Records.open(
        snapshot.folder,
        computed=content / "computed.parquet",
        reconciliation=content / "reconciliation.parquet",
        network=network,
        reading=reading,
        assumptions=assumptions,
    ) as records:
        measurements: list[Measurement] = measure(records, progress=progress)
        counted = overview(records)
        day = on or _last_day(records)
        names = [str(pack["name"]) for pack in inputs["packs"]]
        progress("judge", 0.0)
        rules = load_packs(names, on=day)
        findings: list[Finding] = judge(rules, measurements, answers)
        progress("judge", 1.0)
        progress("report", 0.0)
        report = assemble(
            records,
            reading,
            counted,
            measurements,
            findings,
            plan=paid,
            provenance=_provenance(id_, inputs, rules, day),
        )
    _write(content / "report.json", report.model_dump(mode="json"))
    from cases.overview import overview_of

    _write(content / "overview.json", overview_of(report, reading).model_dump(mode="json"))
    for number, language in enumerate(LANGUAGES, start=1):
        html = render_html(report, language)
        (content / f"report.{language}.html").write_text(html, encoding="utf-8", newline="\n")
        progress("report", number / len(LANGUAGES))


def compute_payouts(snapshot: Snapshot, plan: Path, *, progress: Progress = silent) -> Computed | None:
    """What a plan pays on a snapshot; None where there are no orders to pay on.

    Raises:
        compensation.PlanError: the plan has mistakes; each with its line.
    """
    from compensation import compute, parse_plan

    parsed = parse_plan(plan.read_text(encoding="utf-8-sig"), name=PLAN)
    orders = _table(snapshot, "orders", without=PROVENANCE)
    if orders is None:
        return None
    return compute(
        parsed,
        snapshot.network,
        orders,
        ranks=_table(snapshot, "ranks"),
        currencies=snapshot.reading.currencies,
        progress=progress,
    )


def _pay(snapshot: Snapshot, content: Path, progress: Progress) -> PlanResult | None:
    """Compute what the plan pays, and hold it against what was recorded; lines are kept in files only."""
    import polars as pl

    from compensation import reconcile

    if not (content / PLAN).exists():
        return None
    progress("payouts", 0.0)
    computed = compute_payouts(snapshot, content / PLAN, progress=progress)
    if computed is None:
        return None
    computed.write_lines(content / "computed.parquet")
    progress("payouts", 1.0)
    recorded = _table(snapshot, "payouts", without=PROVENANCE)
    if recorded is None:
        return _plan_result(computed.plan, None)
    progress("reconcile", 0.0)
    reconciliation = reconcile(computed, recorded)
    lines = reconciliation.lines
    lists = [name for name, kind in lines.schema.items() if isinstance(kind, pl.List)]
    flat = lines.with_columns(pl.col(name).cast(pl.List(pl.String)).list.join(" ") for name in lists)
    flat.write_parquet(content / "reconciliation.parquet")
    matched, of = reconciliation.share_matched()
    _write(
        content / "reconciliation.json",
        {
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
        },
    )
    progress("reconcile", 1.0)
    return _plan_result(computed.plan, reconciliation)


def _plan_result(plan: Plan, reconciliation: Reconciliation | None) -> PlanResult:
    """The plan and its reconciliation as the report shows them."""
    import polars as pl

    from compliance.report.model import PlanPart, PlanResult, Tie

    ties: tuple[Tie, ...] = ()
    if reconciliation is not None:
        summed = (
            reconciliation.summary.group_by("component", "status")
            .agg(pl.col("keys", "recorded", "recomputed", "difference").cast(pl.Int128).sum())  # Int64 would wrap
            .sort("component", "status")
        )
        ties = tuple(
            Tie(
                component=str(row["component"]),
                status=str(row["status"]),
                lines=int(row["keys"]),
                recorded=int(row["recorded"]),
                recomputed=int(row["recomputed"]),
                difference=int(row["difference"]),
            )
            for row in summed.iter_rows(named=True)
        )
    return PlanResult(
        title=plan.title,
        parts=tuple(PlanPart(name=part.id, text=part.describe()) for part in plan.components),
        ties=ties,
        not_recorded=tuple(one.text for one in reconciliation.not_recorded) if reconciliation else (),
    )


def _provenance(id_: str, inputs: dict[str, Any], rules: Sequence[Rule], day: date | None) -> Any:
    from compliance.report.model import Pack, Provenance

    names = [str(pack["name"]) for pack in inputs["packs"]]
    packs = tuple(
        Pack(
            name=pack["name"],
            sha256=pack["sha256"],
            rules=sum(rule.pack == pack["name"] for rule in rules),
            enabled=sum(rule.pack == pack["name"] and rule.enabled for rule in rules),
        )
        for pack in inputs["packs"]
    )
    command = f"downline analyze CASE --snapshot {inputs['snapshot']} --law {','.join(names)}"
    if inputs["plan"] is not None:
        command += " --plan plan.yaml"
    if inputs["on"] is not None:
        command += f" --on {inputs['on']}"
    return Provenance(
        snapshot=inputs["snapshot"],
        analysis=id_,
        program=f"Downline {version()}",
        rules_on=day.isoformat() if day is not None else "",
        packs=packs,
        plan_sha256=inputs["plan"],
        command=command,
    )


def _last_day(records: Records) -> date | None:
    """The last day on which anything is recorded: money, else joining."""
    periods = [period for period in (records.money_period, records.joining_period) if period is not None]
    return max((date.fromisoformat(period.end) for period in periods), default=None)


def _with_rows(problem: Problem) -> dict[str, Any]:
    return {
        "code": problem.code,
        "tree": problem.tree,
        "count": problem.count,
        "text": problem.text.model_dump(),
        "repair": problem.repair.model_dump(),
        "rows": problem.rows.slice(0, ROWS_OF_A_FAULT).to_pylist(),
    }


def _table(snapshot: Snapshot, name: str, *, without: Sequence[str] = ()) -> pl.DataFrame | None:
    import polars as pl

    path = snapshot.table(name)
    return pl.scan_parquet(path).drop(without, strict=False).collect() if path is not None else None


def _write(path: Path, value: Any) -> None:
    path.write_bytes(storage.readable(value))
