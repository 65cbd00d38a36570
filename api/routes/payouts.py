"""Payouts: the lines a plan yields, the arithmetic of each, recorded against recomputed; and a plan read aloud."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query

from api.addresses import AnAnalysis
from api.identity import Actor, Room, actor
from api.models import PlanText
from api.problems import RequestProblem, declared
from api.routes.analyses import Cursor, Limit
from cases.views import Page
from compensation.explaining import Explanation
from compensation.reading import Reading
from intake.text import Text

router = APIRouter(prefix="/cases/{case_id}/analyses/{analysis_id}", tags=["payouts"])
plans = APIRouter(prefix="/plans", tags=["payouts"], dependencies=[Depends(actor)])

Participant = Annotated[str | None, Query(description="Only this participant's.")]
Period = Annotated[str | None, Query(description="Only this period, as the plan names it.", examples=["2025-04"])]


@router.get("/payouts", summary="Computed payout lines", responses=declared(400, 403, 404, 422))
def list_payouts(
    service: Room,
    user: Actor,
    at: AnAnalysis,
    participant: Participant = None,
    period: Period = None,
    component: Annotated[str | None, Query(description="Only this component of the plan.")] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page:
    """Every payment that the plan yields on the records, down to order, level, rate and base; amounts in minor units."""
    return service.payouts(
        user, at.case_id, analysis=at.id, participant=participant, period=period, component=component,
        cursor=cursor, limit=limit,
    )  # fmt: skip


@router.get("/payouts/explanation", summary="Why an amount is what it is", responses=declared(403, 404, 422))
def explain_payout(
    service: Room,
    user: Actor,
    at: AnAnalysis,
    line: Annotated[int | None, Query(ge=1, description="One payout line, by its number.")] = None,
    participant: Annotated[str | None, Query(description="Everything one participant got, and why.")] = None,
    period: Period = None,
    order: Annotated[str | None, Query(description="Where one order's money went.")] = None,
) -> Explanation:
    """The arithmetic as a tree of steps in both languages: give exactly one of `line`, `participant`, `order`."""
    if sum(given is not None for given in (line, participant, order)) != 1:
        raise RequestProblem(
            "invalid-request",
            Text(en="give exactly one of line, participant, order", ar="يُرجى ذكر واحد فقط من ⁨line⁩ و⁨participant⁩ و⁨order⁩"),
        )
    return service.explain(
        user, at.case_id, analysis=at.id, line=line, participant=participant, period=period, order=order
    )


@router.get("/reconciliation", summary="Recorded against recomputed", responses=declared(400, 403, 404, 422))
def list_reconciliation(
    service: Room,
    user: Actor,
    at: AnAnalysis,
    status: Annotated[str | None, Query(description="Only these: match, short, over, missing, extra.")] = None,
    participant: Participant = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page:
    """Every recorded payment beside the computed one; both totals tie out."""
    return service.reconciliation(
        user, at.case_id, analysis=at.id, status=status, participant=participant, cursor=cursor, limit=limit
    )


@router.get("/reconciliation/causes", summary="Why they differ", responses=declared(400, 403, 404, 422))
def list_causes(
    service: Room,
    user: Actor,
    at: AnAnalysis,
    cause: Annotated[str | None, Query(description="Only this cause, such as `wrong-rank`.")] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page:
    """Every difference with its probable cause: one that, when tried, makes the difference vanish."""
    return service.causes(user, at.case_id, analysis=at.id, cause=cause, cursor=cursor, limit=limit)


_PLAN = {
    "unilevel": {
        "summary": "A small plan",
        "value": {
            "plan": "id: small\ntitle: {en: Small, ar: صغيرة}\ncurrency: USD\n"
            "components: [{id: level, family: unilevel, rates: [5%, 3%]}]\n"
        },
    }
}


@plans.post("/reading", summary="A plan in plain words", responses=declared(422))
def read_plan(plan: Annotated[PlanText, Body(openapi_examples=_PLAN)]) -> Reading:
    """Who is paid what, the most the plan can pay out, and what regulators look at; or every mistake with its line."""
    from compensation import parse_plan
    from compensation.reading import read_aloud

    return read_aloud(parse_plan(plan.plan, name="plan"))
