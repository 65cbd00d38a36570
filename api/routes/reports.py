"""The report in its forms, and the bundle to hand over: small files at once, large ones as jobs, all streamed.

HTML is shown or saved; PDF, the evidence annex (XLSX) and JSON are saved. A bundle, and an annex of many rows, takes
minutes: it is asked for (`exports`), made by a worker, and then downloaded. Annex and bundles hold rows, so they take
the permission to read rows; a bundle with the snapshot holds names and takes that to read names.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import Field

from api.addresses import AnAnalysis
from api.identity import Actor, Room
from api.models import Job, job_of
from api.problems import RequestProblem, declared, language_of
from cases.exports import AT_ONCE, NO_NAMES, ROWS, Export
from cases.forms import MEDIA_TYPES, Form
from intake.text import LANGUAGES, Language

router = APIRouter(prefix="/cases/{case_id}/analyses", tags=["analyses"])

BINARY = {"schema": {"type": "string", "format": "binary"}}

Rows = Annotated[
    Annotated[int, Field(ge=1)] | Literal["all"],
    Query(
        description=f"Most rows a measurement in the evidence annex; it says what it leaves out. Above {AT_ONCE}: exports."
    ),
]
EXPORTS = {
    "the bundle": {"summary": "Every form in both languages", "value": {"form": "bundle"}},
    "the redacted twin": {
        "summary": "The same figures, nobody's id or name",
        "value": {"form": "bundle", "redacted": True, "languages": ["en"]},
    },
    "every row": {
        "summary": "The evidence annex with all rows",
        "value": {"form": "xlsx", "languages": ["ar"], "rows": None},
    },
}


@router.post(
    "/{analysis_id}/exports",
    status_code=202,
    summary="Have a large file made",
    responses=declared(400, 403, 404, 413, 415, 422),
)
def start_export(
    request: Request,
    response: Response,
    service: Room,
    user: Actor,
    at: AnAnalysis,
    export: Annotated[Export, Body(openapi_examples=EXPORTS)],
) -> Job:
    """Make a bundle, or an evidence annex with many rows, as a job whose address is in `Location`.

    When the job is done, its `file` is the address to download from. What was made before is not made again.
    """
    started = service.start_export(user, at.case_id, export, analysis=at.id)
    response.headers["Location"] = f"/v1/jobs/{started.id}"
    return job_of(started, language_of(request))


@router.get(
    "/{analysis_id}/report",
    response_class=FileResponse,
    summary="The report",
    responses={
        **declared(403, 404, 409, 422),
        200: {
            "content": {
                media.partition(";")[0]: {} if form == "json" else BINARY for form, media in MEDIA_TYPES.items()
            },
            "description": "The report, whole",
        },
    },
)
def read_report(
    service: Room,
    user: Actor,
    at: AnAnalysis,
    response: Response,
    form: Annotated[Form, Query(alias="format", description="html, pdf, xlsx (the evidence annex) or json.")] = "html",
    language: Annotated[Language | None, Query(description="en or ar; JSON holds both.")] = None,
    lang: Annotated[Language, Query(description="The same as `language`, which counts where both are given.")] = "en",
    rows: Rows = ROWS,
    download: Annotated[bool, Query(description="Save HTML as a file instead of showing it.")] = False,
) -> FileResponse:
    """One file that needs nothing else. PDF is tagged and for archives; the annex has the rows behind every figure.

    An annex of more than a thousand rows a measurement is made as a job first (`exports`); until then 409 `not-made`.
    """
    chosen = language or lang
    most = None if form != "xlsx" or rows == "all" else rows
    path = service.form(user, at.case_id, form, chosen, analysis=at.id, rows=most)
    name = f"downline-{at.id[:12]}.json" if form == "json" else f"downline-{at.id[:12]}.{chosen}.{form}"
    way = "attachment" if download or form != "html" else "inline"
    return _file(path, response, MEDIA_TYPES[form], f'{way}; filename="{name}"', chosen if form != "json" else None)


@router.get(
    "/{analysis_id}/bundle",
    response_class=FileResponse,
    summary="The bundle to hand over",
    responses={
        **declared(403, 404, 409, 422),
        200: {"content": {"application/zip": BINARY}, "description": "A BagIt bag in a zip"},
    },
)
def read_bundle(
    service: Room,
    user: Actor,
    at: AnAnalysis,
    response: Response,
    redacted: Annotated[bool, Query(description="The twin with the same figures and nobody's id or name.")] = False,
    snapshot: Annotated[bool, Query(description="With the tables, names and all; not in a redacted bundle.")] = False,
    language: Annotated[
        list[Language] | None, Query(description="Languages of the forms; both if none is named.")
    ] = None,
    rows: Rows = ROWS,
) -> FileResponse:
    """Every form, the evidence annex, a certificate form, the hashes of all and the command that makes it again.

    It is made as a job first (`exports`), and downloaded with the same choices; until then 409 `not-made`.
    """
    if redacted and snapshot:
        raise RequestProblem("invalid-request", NO_NAMES)
    languages = tuple(dict.fromkeys(language)) if language else LANGUAGES
    most = None if rows == "all" else rows
    export = Export(form="bundle", languages=languages, redacted=redacted, snapshot=snapshot, rows=most)
    path = service.bundle(user, at.case_id, export, analysis=at.id)
    name = f"downline-{at.id[:12]}{'-redacted' if redacted else ''}.zip"
    return _file(path, response, "application/zip", f'attachment; filename="{name}"', None)


def _file(path: Path, response: Response, media: str, disposition: str, language: str | None) -> FileResponse:
    headers = dict(response.headers) | {"Content-Disposition": disposition}
    if language is not None:
        headers["Content-Language"] = language
    headers.pop("content-length", None)
    return FileResponse(path, media_type=media, headers=headers)
