"""What changed between two analyses of a case, or on one analysis between the law of two days."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from cases import storage
from compliance.changes import Changes, Judged, changes
from compliance.questionnaire import Answer
from compliance.rules import load_packs

if TYPE_CHECKING:
    from cases.analysis import Analysis


def between(before: Analysis, after: Analysis) -> Changes:
    """What differs between two analyses, whatever their records, plans, laws and answers were."""
    return changes(_judged(before), _judged(after))


def between_days(analysis: Analysis, first: date, second: date) -> Changes:
    """What differs on the records of one analysis between the rules in force on two days.

    Raises:
        compliance.errors.ComplianceError: a rule pack of the analysis is gone or cannot be read.
    """
    packs = [str(pack["name"]) for pack in analysis.inputs["packs"]]
    answers = [Answer.model_validate(answer) for answer in analysis.inputs["answers"]]
    judged = _judged(analysis)
    return changes(*(judged.on(load_packs(packs, on=day), day, answers) for day in (first, second)))


def _judged(analysis: Analysis) -> Judged:
    given, report = analysis.inputs, analysis.report
    answers = storage.digest(storage.canonical(given["answers"]))[:12]
    inputs: dict[str, str | None] = {
        "snapshot": str(given["snapshot"])[:12],
        "plan": str(given["plan"])[:12] if given["plan"] else None,
        "packs": ", ".join(f"{pack['name']} {pack['sha256'][:8]}" for pack in given["packs"]),
        "law_of": report.provenance.rules_on,
        "answers": f"{len(given['answers'])} {answers}" if given["answers"] else None,
        "assumptions": ", ".join(f"{each.name}={each.value}" for each in report.provenance.assumptions if each.chosen)
        or None,
        "program": report.provenance.program,
    }
    return Judged(tuple(report.measurements), tuple(report.findings), inputs)
