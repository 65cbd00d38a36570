"""The first screen of an analysis: headline figures, refused rows, faults of the tree, payouts that tie, findings.

An `Overview` is what the command line prints, the API answers and the dashboard draws before anybody opens a
finding. The figures are `compliance.overview`'s; this adds what the case knows besides: how many rows came in and
were refused, which faults of structure were repaired, whether payouts could be recomputed and agreed, which day's
law was used, and how the data sheet's checked figures compare with the counted ones. It names nobody but by id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from compliance.findings import Finding
from compliance.overview import Overview as Records
from compliance.programme import ProgrammeReading
from compliance.report.headline import Headline, both_alerts, both_periods, headline
from compliance.report.model import CheckedFigure, Fault, PlanResult, Report
from intake.frozen import Frozen
from intake.text import Text

if TYPE_CHECKING:
    from intake.reading import Reading


class IntakeTotals(Frozen):
    """Rows in = rows accepted + rows refused."""

    files: int
    rows_in: int
    rows_accepted: int
    rows_refused: int
    refused_by_code: dict[str, int]
    notes: int


class Overview(Frozen):
    """Headline figures of one analysis."""

    title: Text
    about: Text | None
    period: Text
    """From when to when the records reach."""
    headline: tuple[Headline, ...]
    """The figures that are read aloud, with their bounds."""
    alerts: tuple[Text, ...]
    """What changes how every figure is read: refused rows, currencies left out, faults repaired."""
    limits: tuple[Text, ...]
    """What the data sheet says that the records do not carry."""
    records: Records
    intake: IntakeTotals
    structure: tuple[Fault, ...]
    plan: PlanResult | None
    laws: tuple[str, ...]
    law_on: str
    """The day whose law was used."""
    findings: dict[str, int]
    """How many findings came out in each state that occurs; each rule counts, also where several share a measurement."""
    figures: tuple[CheckedFigure, ...]
    """The data sheet's checked figures beside those that came out."""
    programme: ProgrammeReading | None = None
    """What kind of programme the records look like, and what is asked of that kind."""

    @property
    def people(self) -> int:
        """Participants."""
        return self.records.participants


def overview_of(report: Report, reading: Reading) -> Overview:
    """The first screen of a report."""
    return Overview(
        title=report.title,
        about=report.about,
        period=both_periods(report),
        headline=headline(report),
        alerts=both_alerts(report),
        limits=report.limits,
        records=report.overview,
        intake=intake_totals(reading),
        structure=report.faults,
        plan=report.plan,
        laws=tuple(pack.name for pack in report.provenance.packs),
        law_on=report.provenance.rules_on,
        findings=findings_by_state(report.findings),
        figures=report.figures,
        programme=report.programme,
    )


def intake_totals(reading: Reading) -> IntakeTotals:
    """Sums over all files of a reading."""
    refused: Counter[str] = Counter()
    for file in reading.files:
        refused.update(file.refused_by_code)
    return IntakeTotals(
        files=len({file.name for file in reading.files}),
        rows_in=reading.rows_in,
        rows_accepted=reading.rows_accepted,
        rows_refused=reading.rows_refused,
        refused_by_code=dict(sorted(refused.items())),
        notes=len(reading.all_notes),
    )


def findings_by_state(findings: Sequence[Finding]) -> dict[str, int]:
    """How many findings came out in each state that occurs; each rule counts, also where several share a measurement."""
    return dict(sorted(Counter(str(finding.state) for finding in findings).items()))
