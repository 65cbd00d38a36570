"""Uploads: one file as a stream of bytes, or several in a form; nothing is kept of one that breaks off.

A PUT body never rests in memory or in a temporary folder of the web framework: pieces go to the case's staging
folder as they arrive, counted and hashed. A form is read only after the token was looked at.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from api.addresses import CaseId
from api.identity import Actor, Bounds, Room
from api.problems import RequestProblem, declared
from cases import Service, User
from cases.errors import UnknownUpload
from cases.uploads import Upload
from intake.text import Text, say

router = APIRouter(prefix="/cases/{case_id}/files", tags=["files"])

PIECE = 1 << 20
"""Bytes written at a time."""

Name = Annotated[str, Path(description="The file's own name; not a path.", examples=["participants.csv"])]
_RAW = {
    "requestBody": {
        "required": True,
        "content": {
            "application/octet-stream": {
                "schema": {"type": "string", "format": "binary"},
                "examples": {"a table": {"summary": "A CSV file", "value": "id,sponsor_id\na,\nb,a\n"}},
            }
        },
    }
}
_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["files"],
                    "properties": {"files": {"type": "array", "items": {"type": "string", "format": "binary"}}},
                }
            }
        },
    }
}


@router.put(
    "/{name}",
    status_code=201,
    summary="Upload one file as it is",
    responses=declared(400, 403, 404, 409, 413, 415, 422, 507),
    openapi_extra=_RAW,
)
async def put_file(
    request: Request,
    response: Response,
    service: Room,
    user: Actor,
    case_id: CaseId,
    name: Name,
    size: Annotated[int | None, Query(ge=0, description="Bytes to come, where Content-Length does not say.")] = None,
    sha256: Annotated[
        str | None, Query(pattern="^[0-9a-fA-F]{64}$", description="What the bytes' SHA-256 must be.")
    ] = None,
) -> Upload:
    """Send the file's bytes as `application/octet-stream`.

    They are counted and hashed while they arrive. An upload that breaks off, grows too large, or has another hash
    than declared leaves nothing. Of several uploads of one name the latest is read; all are kept.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/octet-stream":
        raise RequestProblem(
            "unsupported-media-type",
            Text(
                en="send the file's bytes as Content-Type: application/octet-stream",
                ar="تُرسل بايتات الملف بالترويسة ⁨Content-Type: application/octet-stream⁩",
            ),
        )
    length = request.headers.get("content-length", "")
    declared_size = int(length) if length.isdigit() else size
    try:
        kept = await _stream(request, service, user, case_id, name, declared_size, sha256)
    except ClientDisconnect:
        raise RequestProblem(
            "upload-interrupted",
            say(
                "{name} broke off; nothing of it was kept, send it again",
                "انقطع رفع {name} ولم يُحفظ منه شيء. يُرجى إرساله من جديد",
                name=name,
            ),
        ) from None
    response.headers["Location"] = f"/v1/cases/{case_id}/files/{name}"
    return kept


async def _stream(
    request: Request, service: Service, user: User, case_id: str, name: str, size: int | None, sha256: str | None
) -> Upload:
    def begin() -> None:
        writer.__enter__()

    def end(error: BaseException | None) -> None:
        writer.__exit__(None if error is None else type(error), error, None)

    writer = await run_in_threadpool(service.open_upload, user, case_id, name, size=size, sha256=sha256)
    await run_in_threadpool(begin)
    waiting = bytearray()
    try:
        async for piece in request.stream():
            waiting += piece
            if len(waiting) >= PIECE:
                await run_in_threadpool(writer.write, bytes(waiting))
                waiting.clear()
        await run_in_threadpool(writer.write, bytes(waiting))
    except BaseException as error:
        end(error)  # at once: a cancelled request gives no second chance to clear up
        raise
    await run_in_threadpool(end, None)
    assert isinstance(writer.upload, Upload)
    return writer.upload


@router.post(
    "",
    status_code=201,
    summary="Upload several files in a form",
    responses=declared(400, 403, 404, 409, 413, 415, 422, 507),
    openapi_extra=_FORM,
)
async def post_files(request: Request, service: Room, user: Actor, bounds: Bounds, case_id: CaseId) -> list[Upload]:
    """Send files as `multipart/form-data` under the name `files`. Larger ones are better sent with PUT."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise RequestProblem(
            "unsupported-media-type",
            Text(
                en="send the files as Content-Type: multipart/form-data",
                ar="تُرسل الملفات بالترويسة ⁨Content-Type: multipart/form-data⁩",
            ),
        )
    await run_in_threadpool(
        service.uploads, user, case_id
    )  # says now, rather than after a long form, that there is no such case
    try:
        async with request.form(max_files=bounds.form_files, max_fields=10) as form:
            files = [one for one in form.getlist("files") if isinstance(one, UploadFile)]
            if not files:
                raise RequestProblem(
                    "invalid-request",
                    Text(en="the form has no files under the name `files`", ar="لا ملفات في النموذج تحت الاسم ⁨files⁩"),
                )
            return await run_in_threadpool(_keep, service, user, case_id, files)
    except ClientDisconnect:
        detail = Text(
            en="the form broke off; nothing of it was kept, send it again",
            ar="انقطع إرسال النموذج ولم يُحفظ منه شيء. يُرجى إرساله من جديد",
        )
        raise RequestProblem("upload-interrupted", detail) from None
    except HTTPException as error:
        if error.status_code == 413:
            raise
        raise RequestProblem(
            "malformed-request",
            say("the form cannot be read: {detail}", "تتعذر قراءة النموذج: {detail}", detail=error.detail),
        ) from error


def _keep(service: Service, user: User, case_id: str, files: list[UploadFile]) -> list[Upload]:
    kept = []
    for one in files:
        pieces = iter(lambda file=one.file: file.read(PIECE), b"")  # type: ignore[misc]
        kept.append(service.add_upload(user, case_id, one.filename or "", pieces, size=one.size))
    return kept


@router.get("", summary="Files that wait to be read", responses=declared(403, 404, 422))
def list_files(service: Room, user: Actor, case_id: CaseId) -> list[Upload]:
    """The uploads that the next import will read, by name."""
    return service.uploads(user, case_id)


@router.get("/{name}", summary="One waiting file", responses=declared(403, 404, 422))
def get_file(service: Room, user: Actor, case_id: CaseId, name: Name) -> Upload:
    """Name, size, SHA-256 and when it came; not its bytes."""
    waiting = {one.name: one for one in service.uploads(user, case_id)}
    if name not in waiting:
        raise UnknownUpload(name, sorted(waiting))
    return waiting[name]


@router.delete("/{name}", status_code=204, summary="Leave a file out", responses=declared(403, 404, 422))
def delete_file(service: Room, user: Actor, case_id: CaseId, name: Name) -> None:
    """Leave a file out of the next import. Its bytes stay in the case, and the audit log says who left it out."""
    service.remove_upload(user, case_id, name)
