"""The report in its forms, and the bundle to hand over: files made when they are first asked for, and streamed.

HTML is shown or saved; PDF, the evidence annex (XLSX) and JSON are saved. The annex and bundles hold every row, so they
take the permission to read rows; a bundle with the snapshot holds names and takes that to read names.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import FileResponse

from api.addresses import AnAnalysis
from api.identity import Actor, Room
from api.problems import RequestProblem, declared
from cases.bundle import Choices
from cases.forms import MEDIA_TYPES, Form
from intake.text import LANGUAGES, Language, Text

router = APIRouter(prefix="/cases/{case_id}/analyses", tags=["analyses"])

MOST_ROWS, ROWS = 1_000_000, 50_000
"""Rows a measurement in an evidence annex that is made while somebody waits: at most, and unless asked otherwise."""
BINARY = {"schema": {"type": "string", "format": "binary"}}

Rows = Annotated[
    int,
    Query(ge=1, le=MOST_ROWS, description="Most rows a measurement in the evidence annex; it says what it leaves out."),
]


@router.get(
    "/{analysis_id}/report",
    response_class=FileResponse,
    summary="The report",
    responses={
        **declared(403, 404, 422),
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
    """One file that needs nothing else. PDF is tagged and for archives; the annex has every row behind every figure."""
    chosen = language or lang
    path = service.form(user, at.case_id, form, chosen, analysis=at.id, rows=rows if form == "xlsx" else None)
    name = f"downline-{at.id[:12]}.json" if form == "json" else f"downline-{at.id[:12]}.{chosen}.{form}"
    way = "attachment" if download or form != "html" else "inline"
    return _file(path, response, MEDIA_TYPES[form], f'{way}; filename="{name}"', chosen if form != "json" else None)


@router.get(
    "/{analysis_id}/bundle",
    response_class=FileResponse,
    summary="The bundle to hand over",
    responses={
        **declared(403, 404, 422),
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
    """Every form, the evidence annex, a certificate form, the hashes of all and the command that makes it again."""
    if redacted and snapshot:
        raise RequestProblem(
            "invalid-request",
            Text(
                en="a redacted bundle holds no snapshot: leave out `snapshot`, or ask for the full bundle",
                ar="لا نسخة ثابتة في الحزمة المحجوبة. يُرجى حذف ⁨snapshot⁩، أو طلب الحزمة الكاملة",
            ),
        )
    languages = tuple(dict.fromkeys(language)) if language else LANGUAGES
    choices = Choices(languages, redacted=redacted, snapshot=snapshot, rows=rows)
    path = service.bundle(user, at.case_id, choices, analysis=at.id)
    name = f"downline-{at.id[:12]}{'-redacted' if redacted else ''}.zip"
    return _file(path, response, "application/zip", f'attachment; filename="{name}"', None)


def _file(path: Path, response: Response, media: str, disposition: str, language: str | None) -> FileResponse:
    headers = dict(response.headers) | {"Content-Disposition": disposition}
    if language is not None:
        headers["Content-Language"] = language
    headers.pop("content-length", None)
    return FileResponse(path, media_type=media, headers=headers)
