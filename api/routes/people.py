"""Records: what was received and refused, and the people with the trees they stand in.

A participant's id is the company's own and may hold a slash; therefore it takes the rest of its address, and the
routes with something after it come first.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.addresses import ASnapshot, CaseId, ParticipantId
from api.identity import Actor, Room
from api.problems import declared
from api.routes.analyses import Cursor, Limit
from cases.views import Page, Participant, SnapshotInfo, TreeWindow
from intake.reading import Reading

router = APIRouter(prefix="/cases/{case_id}/snapshots", tags=["records"])

TreeName = Annotated[str, Query(description="Which tree: sponsor, or placement where the records have one.")]


@router.get("", summary="Snapshots of a case", responses=declared(403, 404, 422))
def list_snapshots(service: Room, user: Actor, case_id: CaseId) -> list[SnapshotInfo]:
    """Which files each snapshot was made of, oldest first; without rows."""
    return service.snapshots(user, case_id)


@router.get("/{snapshot_id}", summary="One snapshot", responses=declared(403, 404, 422))
def get_snapshot(at: ASnapshot) -> SnapshotInfo:
    """Which files it was made of, and which tables came out."""
    return at.info


@router.get("/{snapshot_id}/intake", summary="What was read, and how", responses=declared(403, 404, 422))
def read_intake(service: Room, user: Actor, at: ASnapshot) -> Reading:
    """Files, columns as they were recognised and how surely, rows in, accepted and refused, notes."""
    return service.reading(user, at.case_id, at.id)


@router.get("/{snapshot_id}/refused", summary="Refused rows", responses=declared(400, 403, 404, 422))
def read_refused(service: Room, user: Actor, at: ASnapshot, cursor: Cursor = None, limit: Limit = 100) -> Page:
    """A page of the rows that were not accepted, with file, line, column, value, reason and hint."""
    return service.refused(user, at.case_id, snapshot=at.id, cursor=cursor, limit=limit)


@router.get(
    "/{snapshot_id}/participants/{participant_id:path}/upline",
    summary="Everybody above a participant",
    responses=declared(403, 404, 422),
)
def read_upline(
    service: Room, user: Actor, at: ASnapshot, participant_id: ParticipantId, tree: TreeName = "sponsor"
) -> tuple[Participant, ...]:
    """From the direct sponsor to the root."""
    return service.upline(user, at.case_id, participant_id, tree=tree, snapshot=at.id)


@router.get(
    "/{snapshot_id}/participants/{participant_id:path}/downline",
    summary="People below a participant",
    responses=declared(400, 403, 404, 422),
)
def read_downline(
    service: Room,
    user: Actor,
    at: ASnapshot,
    participant_id: ParticipantId,
    levels: Annotated[int | None, Query(ge=1, description="How many levels down; 1 for direct recruits.")] = None,
    tree: TreeName = "sponsor",
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page:
    """A page of participants, each followed by their own downline; `next` is null at the end."""
    return service.downline(
        user, at.case_id, participant_id, levels=levels, tree=tree, snapshot=at.id, cursor=cursor, limit=limit
    )


@router.get(
    "/{snapshot_id}/participants/{participant_id:path}", summary="One participant", responses=declared(403, 404, 422)
)
def get_participant(
    service: Room, user: Actor, at: ASnapshot, participant_id: ParticipantId, tree: TreeName = "sponsor"
) -> Participant:
    """Place in the tree, recorded fields, money paid in and out. Names are masked unless the role may see them."""
    return service.participant(user, at.case_id, participant_id, tree=tree, snapshot=at.id)


@router.get("/{snapshot_id}/tree", summary="A window of the tree", responses=declared(403, 404, 422))
def read_tree(
    service: Room,
    user: Actor,
    at: ASnapshot,
    x0: Annotated[int, Query(ge=0, description="First position, in preorder.")] = 0,
    x1: Annotated[int | None, Query(ge=1, description="Position after the last; the whole width if left out.")] = None,
    depth0: Annotated[int, Query(ge=0, description="First depth; a root has 0.")] = 0,
    depth1: Annotated[int, Query(ge=0, le=100_000, description="Depth after the last.")] = 12,
    budget: Annotated[int, Query(ge=16, le=20_000, description="Most marks.")] = 2000,
    tree: TreeName = "sponsor",
) -> TreeWindow:
    """What an icicle of the tree shows between two positions and two depths.

    A mark is a participant with the downline as its width, or a bar that stands for a slice of people too narrow to
    draw. The answer costs what is drawn, not what exists. A window beyond the tree is moved into it.
    """
    return service.tree_window(
        user, at.case_id, x0=x0, x1=x1, depth0=depth0, depth1=depth1, budget=budget, tree=tree, snapshot=at.id
    )
