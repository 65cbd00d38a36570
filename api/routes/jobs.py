"""Jobs: started by asking for an analysis, watched by asking again or by listening, stopped on request."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Path, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.sse import EventSourceResponse, ServerSentEvent

from api.addresses import CaseId
from api.identity import Actor, Bounds, Room
from api.models import Job, NewAnalysis, job_of
from api.problems import RequestProblem, declared, language_of
from intake.text import Text

router = APIRouter(tags=["jobs"])

JobId = Annotated[str, Path(description="Id of the job.", examples=["5d0c1e2f3a4b5c6d7e8f90a1b2c3d4e5"])]
NEW_ANALYSIS = {
    "as the data sheet says": {
        "summary": "Read the waiting files; plan and laws as their data sheet says",
        "value": {},
    },
    "two packs": {
        "summary": "Choose the rule packs and the day of the law",
        "value": {"laws": ["general", "us"], "on": "2025-12-31"},
    },
    "own use and markup": {
        "summary": "Choose what is assumed of own use and resale",
        "value": {"laws": ["us"], "assumptions": {"allowance": "150", "retail_markup": "0.25"}},
    },
    "an answer": {
        "summary": "Answer a question that a rule asks",
        "value": {
            "laws": ["us"],
            "answers": [{"rule": "us.dsa.inventory", "value": "yes", "who": "R. Haddad", "when": "2026-01-31"}],
        },
    },
}


@router.post(
    "/cases/{case_id}/analyses",
    status_code=202,
    tags=["analyses"],
    summary="Start an analysis",
    responses=declared(400, 403, 404, 409, 413, 415, 422),
)
def start_analysis(
    request: Request,
    response: Response,
    service: Room,
    user: Actor,
    case_id: CaseId,
    new: Annotated[NewAnalysis, Body(openapi_examples=NEW_ANALYSIS)],
) -> Job:
    """Read the waiting files (or take a snapshot), compute, measure and judge, as a job whose address is in `Location`.

    A plan with mistakes or an unknown rule pack is refused at once, each mistake with its line. The same question
    again gives the same analysis and no new work.
    """
    if new.plan is not None and new.plan_file is not None:
        raise RequestProblem(
            "invalid-request",
            Text(
                en="give the plan as text (plan) or name an uploaded file (plan_file), not both",
                ar="تُذكر الخطة نصًا (⁨plan⁩) أو باسم ملف مرفوع (⁨plan_file⁩)، لا بالطريقتين معًا",
            ),
        )
    plan = new.plan.encode() if new.plan is not None else None
    if new.plan_file is not None:
        plan = service.plan_among_uploads(user, case_id, new.plan_file)
    started = service.start_analysis(
        user,
        case_id,
        snapshot=new.snapshot,
        plan=plan,
        laws=new.laws,
        on=new.on,
        answers=new.answers,
        assumptions=new.assumptions,
    )
    response.headers["Location"] = f"/v1/jobs/{started.id}"
    return job_of(started, language_of(request))


@router.get("/jobs/{job_id}", summary="How far a job is", responses=declared(403, 404, 422))
def get_job(request: Request, service: Room, user: Actor, job_id: JobId) -> Job:
    """State, stage and share; when it is done, what came out; when it failed, why."""
    return job_of(service.job(user, job_id), language_of(request))


@router.delete("/jobs/{job_id}", status_code=202, summary="Stop a job", responses=declared(403, 404, 422))
def cancel_job(request: Request, service: Room, user: Actor, job_id: JobId) -> Job:
    """Ask a job to stop. One that waits stops at once, one that runs at its next report of progress."""
    return job_of(service.cancel(user, job_id), language_of(request))


def _watched(request: Request, service: Room, user: Actor, job_id: JobId) -> Job:
    return job_of(service.job(user, job_id), language_of(request))


@router.get(
    "/jobs/{job_id}/events",
    response_class=EventSourceResponse,
    summary="A job's progress as it happens",
    responses=declared(403, 404, 422),
)
async def watch_job(
    request: Request, service: Room, user: Actor, bounds: Bounds, job: Annotated[Job, Depends(_watched)]
) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events: `progress` with the job at each change, then one `end`, after which the stream closes.

    The data of each is the job as `GET /v1/jobs/{job_id}` gives it. A client whose stream breaks asks again.
    """
    while True:
        yield ServerSentEvent(data=job.model_dump(mode="json"), event="end" if job.ended else "progress", retry=1000)
        if job.ended:
            return
        seen = job
        while job == seen:
            await asyncio.sleep(bounds.event_seconds)
            job = await run_in_threadpool(_watched, request, service, user, job.id)
