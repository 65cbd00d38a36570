"""Analyses: one snapshot taken through every room above intake, and the results kept for good.

The id of an analysis is the hash of its inputs (snapshot, plan, rule packs, day of the law, answers, assumptions,
program), known before any work: if that analysis exists, it is the answer. Otherwise the steps run in one order
(tree, plan, reconciliation, measurements, findings, report), each writes its file into a staging folder, and the
folder is published as a whole. Nothing in it holds the time of day, so the same inputs give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cases import storage
from cases.case import ANALYSES, PROGRAM, Case
from cases.manifest import MANIFEST, Manifest, describe
from cases.program import ANALYSING, program
from cases.snapshot import PLAN, Snapshot
from intake.progress import Progress, silent
from intake.text import Text

if TYPE_CHECKING:
    import polars as pl

    from cases.overview import Overview
    from compensation import Computed
    from compliance.assumptions import Assumptions
    from compliance.findings import Finding
    from compliance.measurement import Measurement
    from compliance.questionnaire import Answer
    from compliance.report import Report
    from intake.text import Language

DEFAULT_LAWS = ("general",)
"""Rule packs where neither the caller nor the data sheet names any."""
OWN_PACKS = "packs"
"""Where an analysis keeps the rule packs that did not come with the product."""


@dataclass(frozen=True)
class Analysis:
    """The immutable results of one analysis. Open one with `case.analysis(id)`."""

    case: Case
    id: str
    folder: Path
    manifest: Manifest

    @classmethod
    def open(cls, case: Case, id_: str) -> Analysis:
        """Open an analysis that the case has."""
        folder = case.folder / ANALYSES / id_
        return cls(case, id_, folder, Manifest.read(folder))

    @property
    def inputs(self) -> Mapping[str, Any]:
        """Everything that determined the results."""
        return self.manifest.inputs

    @cached_property
    def snapshot(self) -> Snapshot:
        """The records that were analysed."""
        return self.case.snapshot(str(self.inputs["snapshot"]))

    @cached_property
    def overview(self) -> Overview:
        """The headline figures."""
        from cases.overview import Overview

        return Overview.model_validate_json(self._bytes("overview.json"))

    @cached_property
    def report(self) -> Report:
        """Everything the report says, before it is a page."""
        from compliance.report import read_report

        return read_report(self._bytes("report.json"))

    @property
    def measurements(self) -> Sequence[Measurement]:
        """Every measurement, measurable or not."""
        return self.report.measurements

    @property
    def findings(self) -> Sequence[Finding]:
        """Every rule held against its measurement, in the order of the packs."""
        return self.report.findings

    @cached_property
    def structure(self) -> list[dict[str, Any]]:
        """The faults of the trees with every row that shows them."""
        found: list[dict[str, Any]] = json.loads(self._bytes("structure.json"))
        return found

    @property
    def computed(self) -> Path | None:
        """The payout lines of the plan's engine, where there was a plan."""
        return self._path("computed.parquet")

    @property
    def reconciliation(self) -> Path | None:
        """Recorded against recomputed payouts, where there were both."""
        return self._path("reconciliation.parquet")

    @property
    def causes(self) -> Path | None:
        """Why recorded and recomputed payouts differ, where there were both."""
        return self._path("causes.parquet")

    @property
    def plan(self) -> Path | None:
        """The plan that was used."""
        return self._path(PLAN)

    @property
    def own_packs(self) -> list[Path]:
        """The rule packs of the reader's own that were used."""
        return sorted((self.folder / OWN_PACKS).glob("*.yaml"))

    def recompute(self, *, progress: Progress = silent) -> Computed | None:
        """The plan's engine run again on the snapshot, for explaining single payouts; None without plan or orders."""
        from cases.payouts import compute_payouts

        return compute_payouts(self.snapshot, self.plan, progress=progress) if self.plan is not None else None

    def report_path(self, language: Language) -> Path:
        """The HTML report in one language."""
        return self.folder / f"report.{language}.html"

    def rows(self, measurement: str, *, after: int = 0, limit: int = 100) -> pl.DataFrame:
        """A page of the rows behind a measurement.

        Args:
            measurement: its id.
            after: how many rows have been seen.
            limit: most rows to return.

        Raises:
            UnknownMeasurement: no such measurement, or one that has no rows.
        """
        from cases.evidence import rows

        return rows(self, measurement, after=after, limit=limit)

    def _path(self, name: str) -> Path | None:
        return self.folder / name if self.manifest.file(name) else None

    def _bytes(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()


def analyze(
    case: Case,
    snapshot: Snapshot | None = None,
    *,
    plan: Path | bytes | None = None,
    laws: Sequence[str] | None = None,
    on: date | None = None,
    answers: Sequence[Answer] | None = None,
    assumptions: Assumptions | None = None,
    actor: str = PROGRAM,
    progress: Progress = silent,
) -> Analysis:
    """`Case.analyze`."""
    from cases.answers import answers_of
    from cases.steps import run_steps
    from compliance.assumptions import Assumptions as Chosen
    from compliance.rules import load_packs

    snapshot = snapshot or case.snapshot()
    chosen = assumptions or Chosen()
    plan_bytes = _plan_bytes(plan, snapshot)
    names = laws_of(laws, snapshot)
    answers = answers_of(case) if answers is None else answers
    if answers:  # an answer that no rule of these packs asks for changes nothing, and is no input
        asking = {rule.id for rule in load_packs(names) if rule.is_question}
        answers = [answer for answer in answers if answer.rule in asking]
    inputs: dict[str, Any] = {
        "snapshot": snapshot.id,
        "plan": storage.digest(plan_bytes) if plan_bytes is not None else None,
        "packs": pack_hashes(names),
        "on": on.isoformat() if on is not None else None,
        "answers": [answer.model_dump(mode="json") for answer in answers],
        "assumptions": chosen.model_dump(mode="json"),
        "program": program(ANALYSING),
    }
    id_ = storage.digest(storage.canonical(inputs))
    if (case.folder / ANALYSES / id_).is_dir():
        case.audit.append(actor, "analysis.found", id_)
        return Analysis.open(case, id_)
    with storage.Staging(case.folder) as staging:
        content = staging / "content"
        content.mkdir()
        if plan_bytes is not None:
            (content / PLAN).write_bytes(plan_bytes)
        _keep_own_packs(names, content)
        run_steps(id_, snapshot, content, inputs, on=on, answers=answers, assumptions=chosen, progress=progress)
        progress("keeping", 0.0)
        manifest = Manifest("analysis", inputs, describe(content))
        (content / MANIFEST).write_bytes(manifest.encoded())
        details = {"manifest": manifest.sha256, "snapshot": snapshot.id}
        case.publish("analysis", id_, content, details, actor=actor)
        progress("keeping", 1.0)
    return Analysis.open(case, id_)


def analyze_folder(
    folder: Path,
    case_folder: Path,
    *,
    plan: Path | bytes | None = None,
    laws: Sequence[str] | None = None,
    on: date | None = None,
    datasheet: Path | None = None,
    title: str | None = None,
    assumptions: Assumptions | None = None,
    actor: str = PROGRAM,
    progress: Progress = silent,
) -> Analysis:
    """From a company's files to findings in one call.

    Args:
        folder: the files: a folder, an archive, or one file.
        case_folder: the case, which is made if it is not there.
        plan: the compensation plan; the one that the data sheet names if None.
        laws: names of rule packs; those of the data sheet, else `general`, if None.
        on: the day whose law counts; the last day of the records if None.
        datasheet: the data sheet, where it does not lie beside the files.
        title: of a new case; the folder's name if None.
        assumptions: the analyst's numbers; their defaults if None.
        actor: who does it, for the audit log.
        progress: told stage and share; may raise `Cancelled`.

    Raises:
        CaseError, IntakeError, PlanError, ComplianceError: each with a message that names the way out.
    """
    from cases.case import DESCRIPTION
    from intake.datasheet import load_datasheet

    if laws is not None:  # what was named wrongly leaves no case behind
        pack_hashes(laws)
    if plan is not None:
        checked_plan(plan)
    if datasheet is not None:
        load_datasheet(datasheet)
    if (case_folder / DESCRIPTION).exists():
        case = Case.open(case_folder)
    else:
        case = Case.create(case_folder, title or folder.resolve().name, actor)
    snapshot = case.import_([folder], datasheet, actor=actor, progress=progress)
    return analyze(case, snapshot, plan=plan, laws=laws, on=on, assumptions=assumptions, actor=actor, progress=progress)


def checked_plan(plan: Path | bytes) -> bytes:
    """The bytes of a plan that can be read.

    Raises:
        compensation.PlanError: it cannot be read or has mistakes; all of them, each with its line.
    """
    from compensation import PlanError, load_plan, parse_plan

    if isinstance(plan, Path):
        load_plan(plan)
        return plan.read_bytes()
    try:
        text = plan.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = plan[: error.start].count(b"\n") + 1
        raise PlanError.of(
            PLAN,
            Text(
                en="is not text in UTF-8; save it as UTF-8 and try again",
                ar="ليس نصًا بترميز UTF-8. يُرجى حفظه بترميز UTF-8 ثم إعادة المحاولة",
            ),
            line=line,
        ) from error
    parse_plan(text, name=PLAN)
    return plan


def _plan_bytes(plan: Path | bytes | None, snapshot: Snapshot) -> bytes | None:
    if plan is not None:
        return checked_plan(plan)
    return checked_plan(snapshot.plan.read_bytes()) if snapshot.plan is not None else None


def laws_of(laws: Sequence[str] | None, snapshot: Snapshot) -> tuple[str, ...]:
    """The rule packs that are meant: those named, else the data sheet's, else `general`."""
    if laws is not None:
        return tuple(dict.fromkeys(laws))
    sheet = snapshot.reading.datasheet
    return tuple(sheet.law) if sheet is not None and sheet.law else DEFAULT_LAWS


def pack_hashes(names: Sequence[str]) -> list[dict[str, str]]:
    """Each rule pack with the hash of its bytes, in the order asked for.

    Raises:
        compliance.errors.UnknownPack: there is none of that name.
    """
    from compliance.errors import UnknownPack
    from compliance.rules.known import pack_files

    known = pack_files()
    if unknown := [name for name in names if name not in known]:
        raise UnknownPack(unknown, known)
    return [{"name": name, "sha256": storage.digest_file(known[name])} for name in names]


def _keep_own_packs(names: Sequence[str], content: Path) -> None:
    """Packs of the reader's own lie beside the analysis that used them: nothing else keeps them."""
    from compliance.rules.known import is_own, pack_file

    for name in names:
        if is_own(name):
            (content / OWN_PACKS).mkdir(exist_ok=True)
            (content / OWN_PACKS / f"{name}.yaml").write_bytes(pack_file(name).read_bytes())
