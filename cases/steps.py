"""The steps of an analysis, in order: tree, plan, reconciliation, measurements, findings, report.

Each step is one call of a room below and one or two files. Floats never enter a file here: models write
themselves as JSON with sorted keys, tables as Parquet in the order in which they were computed.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cases import storage
from cases.analysis import OWN_PACKS
from cases.payouts import pay
from cases.program import version
from cases.snapshot import PLAN, Snapshot
from intake.progress import Progress
from intake.text import LANGUAGES

if TYPE_CHECKING:
    from compensation import Plan
    from compliance.assumptions import Assumptions
    from compliance.findings import Finding
    from compliance.measurement import Measurement
    from compliance.questionnaire import Answer
    from compliance.records import Records
    from compliance.rules.model import Rule
    from genealogy.structure import Problem

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
    paid = pay(snapshot, content, progress)
    progress("measure", 0.0)
    with Records.open(
        snapshot.folder,
        computed=content / "computed.parquet",
        reconciliation=content / "reconciliation.parquet",
        network=network,
        reading=reading,
        assumptions=assumptions,
        plan=_plan(content),
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
            provenance=_provenance(id_, inputs, rules, day, records.currency),
        )
    _write(content / "report.json", report.model_dump(mode="json"))
    from cases.overview import overview_of

    _write(content / "overview.json", overview_of(report, reading).model_dump(mode="json"))
    for number, language in enumerate(LANGUAGES, start=1):
        html = render_html(report, language)
        (content / f"report.{language}.html").write_text(html, encoding="utf-8", newline="\n")
        progress("report", number / len(LANGUAGES))


def _plan(content: Path) -> Plan | None:
    """The plan that stands in the analysis' folder."""
    from compensation import parse_plan

    path = content / PLAN
    return parse_plan(path.read_text(encoding="utf-8-sig"), name=PLAN) if path.exists() else None


def _provenance(id_: str, inputs: dict[str, Any], rules: Sequence[Rule], day: date | None, currency: str | None) -> Any:
    from compliance.assumptions import MEANINGS, Assumptions, stated
    from compliance.report.model import Assumed, Pack, Provenance
    from compliance.rules.known import is_own

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
    chosen = tuple(
        Assumed(name=name, meaning=MEANINGS[name], value=value, chosen=chosen)
        for name, value, chosen in stated(Assumptions.model_validate(inputs["assumptions"]), currency)
    )
    laws = ",".join(f"{OWN_PACKS}/{name}.yaml" if is_own(name) else name for name in names)
    words = ["downline", "analyze", "CASE", "--snapshot", inputs["snapshot"], "--law", laws]
    if inputs["plan"] is not None:
        words += ["--plan", PLAN]
    if inputs["on"] is not None:
        words += ["--on", inputs["on"]]
    for each in chosen:
        if each.chosen:
            words += ["--assume", f"{each.name}={each.value}"]
    return Provenance(
        snapshot=inputs["snapshot"],
        analysis=id_,
        program=f"Downline {version()}",
        rules_on=day.isoformat() if day is not None else "",
        packs=packs,
        plan_sha256=inputs["plan"],
        assumptions=chosen,
        command=shlex.join(words),
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


def _write(path: Path, value: Any) -> None:
    path.write_bytes(storage.readable(value))
