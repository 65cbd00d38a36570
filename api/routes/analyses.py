"""Results: the headline figures, findings, measurements and the rows behind them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.addresses import AnAnalysis, CaseId
from api.identity import Actor, Room
from api.models import AnalysisDetail, FaultOfStructure
from api.problems import RequestProblem, declared
from cases.errors import UnknownMeasurement
from cases.views import AnalysisInfo, Page
from compliance.findings import Finding
from compliance.measurement import Measurement
from intake.text import say

router = APIRouter(prefix="/cases/{case_id}/analyses", tags=["analyses"])

Cursor = Annotated[str | None, Query(description="`next` of the page before; leave it out for the first page.")]
Limit = Annotated[int, Query(ge=1, le=1000, description="Most rows of a page.")]


@router.get("", summary="Analyses of a case", responses=declared(403, 404, 422))
def list_analyses(service: Room, user: Actor, case_id: CaseId) -> list[AnalysisInfo]:
    """What determined each analysis, oldest first; without results."""
    return service.analyses(user, case_id)


@router.get("/{analysis_id}", summary="The headline figures", responses=declared(403, 404, 422))
def get_analysis(service: Room, user: Actor, at: AnAnalysis) -> AnalysisDetail:
    """People, money in and out, who funded the payouts, rows refused, faults repaired, findings by state."""
    return AnalysisDetail(analysis=at.info, overview=service.overview(user, at.case_id, at.id))


@router.get("/{analysis_id}/findings", summary="Every finding", responses=declared(403, 404, 422))
def list_findings(
    service: Room,
    user: Actor,
    at: AnAnalysis,
    state: Annotated[
        list[str] | None, Query(description="Only these states: breached, borderline, question, not_measurable, ...")
    ] = None,
    pack: Annotated[list[str] | None, Query(description="Only rules of these packs.")] = None,
) -> list[Finding]:
    """Every rule held against its measurement, in the order of the packs."""
    return [
        finding
        for finding in service.findings(user, at.case_id, at.id)
        if (state is None or finding.state in state) and (pack is None or finding.rule.pack in pack)
    ]


@router.get("/{analysis_id}/findings/{rule_id}", summary="One finding", responses=declared(403, 404, 422))
def get_finding(
    service: Room,
    user: Actor,
    at: AnAnalysis,
    rule_id: Annotated[str, Path(description="Id of the rule.", examples=["ind.endless_chain"])],
) -> Finding:
    """The rule with its source, the figure, the sentence, what speaks against it, and the query of its rows."""
    for finding in service.findings(user, at.case_id, at.id):
        if finding.id == rule_id:
            return finding
    raise RequestProblem(
        "unknown-rule",
        say(
            "the analysis has no finding of a rule {rule_id!r}; /findings lists them",
            "لا نتيجة في التحليل لقاعدة بالمعرّف {rule_id!r}. تعرض النتائج كلها الصفحة ⁨/findings⁩",
            rule_id=rule_id[:100],
        ),
    )


@router.get("/{analysis_id}/measurements", summary="Every measurement", responses=declared(403, 404, 422))
def list_measurements(service: Room, user: Actor, at: AnAnalysis) -> list[Measurement]:
    """Every figure with its definition, alternatives, interval and series, or what it would need."""
    return list(service.measurements(user, at.case_id, at.id))


MeasurementId = Annotated[str, Path(description="Id of the measurement.", examples=["net_loss_share"])]


@router.get(
    "/{analysis_id}/measurements/{measurement_id}", summary="One measurement", responses=declared(403, 404, 422)
)
def get_measurement(service: Room, user: Actor, at: AnAnalysis, measurement_id: MeasurementId) -> Measurement:
    """One figure with all that is needed to doubt it."""
    known = {one.id: one for one in service.measurements(user, at.case_id, at.id)}
    if measurement_id not in known:
        raise UnknownMeasurement(measurement_id, sorted(known))
    return known[measurement_id]


@router.get(
    "/{analysis_id}/measurements/{measurement_id}/rows",
    summary="The rows behind a measurement",
    responses=declared(400, 403, 404, 422),
)
def read_rows(
    service: Room,
    user: Actor,
    at: AnAnalysis,
    measurement_id: MeasurementId,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page:
    """A page of the rows that were counted, always in the same order; `next` is null at the end."""
    return service.rows(user, at.case_id, measurement_id, analysis=at.id, cursor=cursor, limit=limit)


@router.get("/{analysis_id}/structure", summary="Faults of the trees", responses=declared(403, 404, 422))
def read_structure(service: Room, user: Actor, at: AnAnalysis) -> list[FaultOfStructure]:
    """Cycles, missing sponsors, duplicates and the like, each with its rows and the rule by which it was repaired."""
    return [FaultOfStructure.model_validate(one) for one in service.structure(user, at.case_id, at.id)]
