"""Puts the application together: routes, handlers, the guard around them, and the worker that does the jobs.

`create_app` takes a `cases.Service` that somebody else opened (a test, a larger program); `from_environment` is the
factory for a web server: it opens the service of `DOWNLINE_HOME` and closes it at the end.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import APIRouter, FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware

from api import pages, problems
from api.guard import Guard
from api.models import Health
from api.routes import ROUTERS
from api.settings import Settings
from cases import Service
from cases.program import version
from cases.service import home_folder

TITLE = "Downline"
STOP_SECONDS = 5.0
"""How long the end of the application waits for a job in hand."""
DESCRIPTION = """
Checks network-marketing, affiliate and referral companies: from their files to findings with evidence.

Make a case, upload a company's files into it, start an analysis, watch its job, read the findings. Every answer
about an analysis or a snapshot is immutable and has an `ETag`; `latest` stands for the newest one. Money is an
integer in the currency's minor unit. Texts come in English and Arabic. Every error is a problem (RFC 9457).
"""
TAGS = [
    {"name": "cases", "description": "Examinations, and the proof that nothing in them was touched."},
    {"name": "files", "description": "A company's files, uploaded."},
    {"name": "jobs", "description": "Work that takes longer than a request."},
    {"name": "analyses", "description": "Findings, measurements, rows, reports."},
    {"name": "records", "description": "What was received, and the people and their trees."},
    {"name": "rules", "description": "The law as data."},
    {"name": "check", "description": "A company without its records; open to anybody, keeps nothing."},
    {"name": "service", "description": "The service itself."},
]


def create_app(
    service: Service, settings: Settings | None = None, *, work: bool = True, close: bool = False
) -> FastAPI:
    """An application for a service.

    Args:
        service: the cases, users and jobs.
        settings: bounds on requests; those of the environment if None.
        work: do jobs in threads of this process; False where a worker runs elsewhere.
        close: close the service when the application ends.
    """

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        worker = service.worker() if work else None
        if worker is not None:
            await run_in_threadpool(worker.start)
        try:
            yield
        finally:
            if worker is not None:
                with suppress(TimeoutError):  # a job in hand is taken up again at the next start
                    await asyncio.wait_for(run_in_threadpool(worker.stop), STOP_SECONDS)
            if close:
                service.close()

    chosen = settings or Settings.from_environment()
    app = FastAPI(
        title=TITLE,
        summary="Compliance and genealogy of multi-level companies",
        description=DESCRIPTION,
        version=version(),
        openapi_tags=TAGS,
        lifespan=life,
        docs_url=None,  # the framework's page fetches its script from elsewhere; ours is in api.pages
        redoc_url=None,
        generate_unique_id_function=_operation_id,
        redirect_slashes=False,
    )
    app.state.service = service
    app.state.settings = chosen
    for router in ROUTERS:
        app.include_router(router, prefix="/v1")
    app.include_router(_public())
    app.include_router(pages.router)
    app.add_exception_handler(RequestValidationError, problems.on_invalid)
    app.add_exception_handler(HTTPException, problems.on_http)
    for kind in (*problems.KINDS, problems.RequestProblem):
        app.add_exception_handler(kind, problems.on_error)
    if chosen.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(chosen.origins),
            allow_methods=["GET", "POST", "PUT", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "If-None-Match"],
            expose_headers=["ETag", "Location"],
        )
    app.add_middleware(Guard, settings=chosen)
    return app


def from_environment() -> FastAPI:
    """An application for the service that the environment names: `uvicorn --factory api.app:from_environment`."""
    return create_app(Service(home_folder()), close=True)


def _public() -> APIRouter:
    router = APIRouter(tags=["service"])

    @router.get("/health", summary="That the service is there")
    def get_health() -> Health:
        """Answers as soon as requests are; needs no token."""
        return Health(version=version())

    return router


def _operation_id(route: APIRoute) -> str:
    """The function's name: stable, short, and unique, which a test holds."""
    return route.name
