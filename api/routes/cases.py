"""Cases: made, listed, looked at, verified; and who is asking."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Query, Response

from api.addresses import CaseId
from api.identity import Actor, Room
from api.models import CaseFault, LogEntry, Me, NewCase, Verification
from api.problems import declared
from cases.access import PERMITTED
from cases.service import CaseDetail, CaseInfo

router = APIRouter(tags=["cases"])

NEW_CASE = {"a case": {"summary": "A new case", "value": {"title": "An on-chain referral scheme, 2025"}}}


@router.get("/me", summary="Who the token belongs to", responses=declared())
def get_me(user: Actor) -> Me:
    """The user's name, role, and what the role may do."""
    may = tuple(sorted(action.value for action in PERMITTED[user.role]))
    return Me(name=user.name, role=user.role.value, label=user.role.label, sees_names=user.sees_names, may=may)


@router.post("/cases", status_code=201, summary="Make a case", responses=declared(403, 413, 415, 422))
def create_case(
    service: Room, user: Actor, response: Response, new: Annotated[NewCase, Body(openapi_examples=NEW_CASE)]
) -> CaseInfo:
    """Make an empty case; its address is in `Location`."""
    made = service.create_case(user, new.title)
    response.headers["Location"] = f"/v1/cases/{made.id}"
    return made


@router.get("/cases", summary="List the cases", responses=declared(403))
def list_cases(service: Room, user: Actor) -> list[CaseInfo]:
    """Every case, newest first."""
    return service.list_cases(user)


@router.get("/cases/{case_id}", summary="One case and what it holds", responses=declared(403, 404, 422))
def get_case(service: Room, user: Actor, case_id: CaseId) -> CaseDetail:
    """The case with its waiting uploads, snapshots, analyses (oldest first) and jobs (newest first)."""
    return service.case(user, case_id)


@router.get("/cases/{case_id}/verify", summary="Compare every byte of a case", responses=declared(403, 404, 422))
def verify_case(service: Room, user: Actor, case_id: CaseId) -> Verification:
    """Compare every file with its manifest, the manifests with the audit log, and the log with its head."""
    faults = tuple(CaseFault.of(fault) for fault in service.verify(user, case_id))
    return Verification(intact=not faults, faults=faults)


@router.get("/cases/{case_id}/audit", summary="The audit log", responses=declared(403, 404, 409, 422))
def read_audit(
    service: Room,
    user: Actor,
    case_id: CaseId,
    after: Annotated[int, Query(ge=0, description="The number of the last line seen.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> list[LogEntry]:
    """Lines of the audit log with a number above `after`, oldest first."""
    return [LogEntry.of(entry) for entry in service.audit(user, case_id, after=after, limit=limit)]
