"""The numbers that an analyst may choose when an analysis is started."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from api.identity import actor
from api.models import AssumptionInfo
from api.problems import declared
from compliance.assumptions import MEANINGS, Assumptions, stated

router = APIRouter(prefix="/assumptions", tags=["analyses"], dependencies=[Depends(actor)])


@router.get("", summary="List the numbers that are assumed", responses=declared())
def list_assumptions() -> list[AssumptionInfo]:
    """Every number that no record holds and that figures may need: its name, what it is, and its default.

    They are given as `assumptions` of `POST /v1/cases/{case_id}/analyses`.
    """
    return [
        AssumptionInfo(name=name, meaning=MEANINGS[name], default=value)
        for name, value, _ in stated(Assumptions(), None)
    ]
