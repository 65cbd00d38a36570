"""Which analysis or snapshot an address means, and what a client may keep of the answer.

`latest` and the first digits of an id are resolved once, here. An answer about a named analysis or snapshot never
changes, so it may be kept for good (`immutable`); one about `latest` must be asked for again. Both carry an `ETag`
made of what determines the answer: the ids, the address, the query, and whether the role sees names. `api.guard`
turns an answer whose tag the client has already into 304, after the service has permitted and logged the reading.
"""

from __future__ import annotations

import hashlib
from typing import Annotated

from fastapi import Depends, Path, Request, Response

from api.identity import Actor, Room
from cases.program import version
from cases.views import AnalysisInfo, SnapshotInfo

LATEST = "latest"
FOR_GOOD = "private, max-age=31536000, immutable"
ASK_AGAIN = "private, no-cache"

CaseId = Annotated[str, Path(description="Id of the case.", examples=["0f3c2a1b4d5e6f708192a3b4c5d6e7f8"])]
ParticipantId = Annotated[str, Path(description="The company's own id of the participant.", examples=["m0001"])]


class Analysed:
    """An analysis that an address names."""

    def __init__(self, case_id: str, found: AnalysisInfo) -> None:
        self.case_id = case_id
        self.id = found.id
        self.info = found


class Recorded:
    """A snapshot that an address names."""

    def __init__(self, case_id: str, found: SnapshotInfo) -> None:
        self.case_id = case_id
        self.id = found.id
        self.info = found


def analysed(
    request: Request,
    response: Response,
    service: Room,
    user: Actor,
    case_id: CaseId,
    analysis_id: Annotated[str, Path(description="Id of the analysis, its first digits, or `latest`.")],
) -> Analysed:
    """The analysis of the address; sets what the client may keep."""
    found = service.analysis(user, case_id, None if analysis_id == LATEST else analysis_id)
    _tag(request, response, found.id, fixed=analysis_id == found.id, names=user.sees_names)
    return Analysed(case_id, found)


def recorded(
    request: Request,
    response: Response,
    service: Room,
    user: Actor,
    case_id: CaseId,
    snapshot_id: Annotated[str, Path(description="Id of the snapshot, its first digits, or `latest`.")],
) -> Recorded:
    """The snapshot of the address; sets what the client may keep."""
    found = service.snapshot(user, case_id, None if snapshot_id == LATEST else snapshot_id)
    _tag(request, response, found.id, fixed=snapshot_id == found.id, names=user.sees_names)
    return Recorded(case_id, found)


def _tag(request: Request, response: Response, id_: str, *, fixed: bool, names: bool) -> None:
    asked = f"{version()} {id_} {request.url.path}?{request.url.query} {names}"
    response.headers["ETag"] = f'"{hashlib.sha256(asked.encode()).hexdigest()[:32]}"'
    response.headers["Cache-Control"] = FOR_GOOD if fixed else ASK_AGAIN
    response.headers["Vary"] = "Authorization"


AnAnalysis = Annotated[Analysed, Depends(analysed)]
ASnapshot = Annotated[Recorded, Depends(recorded)]
