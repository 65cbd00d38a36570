"""Questions that only a person can answer, the answers a case keeps, and what changed between two analyses."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Body, Query

from api.addresses import AnAnalysis, CaseId
from api.identity import Actor, Room
from api.models import NewAnswers
from api.problems import RequestProblem, declared
from cases.answers import AskedQuestion, GivenAnswer
from compliance.changes import Changes
from intake.text import Text

router = APIRouter(prefix="/cases/{case_id}", tags=["analyses"])

ANSWERS = {
    "one answer": {
        "summary": "A question of the US pack, answered from a document",
        "value": {
            "answers": [
                {
                    "rule": "us.dsa.inventory",
                    "value": "yes",
                    "who": "R. Haddad, auditor",
                    "when": "2026-01-31",
                    "document": "Policies and procedures, section 9",
                }
            ]
        },
    }
}


@router.get("/questions", summary="What only a person can answer", responses=declared(403, 404, 422))
def list_questions(
    service: Room,
    user: Actor,
    case_id: CaseId,
    law: Annotated[
        list[str] | None, Query(description="Rule packs; default those of the case's last analysis.", max_length=50)
    ] = None,
) -> list[AskedQuestion]:
    """The questions of the rules, each with the answer that counts; `unknown` and null are open."""
    return service.questions(user, case_id, laws=law)


@router.get("/answers", summary="Every answer ever given", responses=declared(403, 404, 409, 422))
def list_answers(service: Room, user: Actor, case_id: CaseId) -> list[GivenAnswer]:
    """Who answered what, when, from which document, and who entered it; of several to one question the last counts."""
    return service.answers(user, case_id)


@router.post("/answers", status_code=201, summary="Answer questions", responses=declared(403, 404, 409, 413, 415, 422))
def give_answers(
    service: Room, user: Actor, case_id: CaseId, new: Annotated[NewAnswers, Body(openapi_examples=ANSWERS)]
) -> list[GivenAnswer]:
    """Keep answers with the case; analyses that are started from now on use them. `unknown` takes one back."""
    return service.answer(user, case_id, new.answers)


@router.get("/analyses/{analysis_id}/changes", summary="What changed, and why", responses=declared(403, 404, 422))
def read_changes(
    service: Room,
    user: Actor,
    at: AnAnalysis,
    since: Annotated[str | None, Query(description="An earlier analysis: its id or first digits.")] = None,
    law_from: Annotated[date | None, Query(description="Instead: the law of this day ...")] = None,
    law_to: Annotated[date | None, Query(description="... against the law of this one.")] = None,
) -> Changes:
    """Findings and figures that came out otherwise, each with the reason: the figure, the rule, or an answer."""
    days = [day for day in (law_from, law_to) if day is not None]
    if (since is None) != (len(days) == 2) or len(days) == 1:
        raise RequestProblem(
            "invalid-request",
            Text(
                en="give either since, or both law_from and law_to", ar="يُرجى ذكر ⁨since⁩ وحده، أو ⁨law_from⁩ و⁨law_to⁩ معًا"
            ),
        )
    if since is not None:
        return service.changes(user, at.case_id, at.id, since=since)
    return service.changes_of_law(user, at.case_id, at.id, first=days[0], second=days[1])
