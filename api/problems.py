"""Every error as a problem (RFC 9457): one shape, one table, one file.

`KINDS` maps the typed errors of all rooms to a status and a title; a class that is not listed takes the entry of
its nearest ancestor, so that a new error is answered sensibly before anybody lists it. `type` leads to a page that
says what the code means, `errors` names file, line, column and value where the error knows them. What no room
foresaw becomes `internal` with the id of a line in the log, and nothing of its text leaves the service.

Reference: RFC 9457, Problem Details for HTTP APIs.
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from cases import errors as cases
from cases.jobs import JobInfo
from cases.places import places_of, said
from compensation import errors as compensation
from compliance import errors as compliance
from compliance.check import errors as check
from genealogy import errors as genealogy
from genealogy.stores import errors as stores
from intake import errors as intake
from intake.mistakes import mistake_of
from intake.text import NOTHING, Language, Said, Text, say, verbatim

log = logging.getLogger("downline.api")

MEDIA_TYPE = "application/problem+json"
LONGEST_VALUE = 200


class Place(BaseModel):
    """One thing that is wrong, and where."""

    model_config = ConfigDict(frozen=True)

    field: str | None = None
    """Which part of the request, such as `body.laws.0` or `query.limit`."""
    file: str | None = None
    line: int | None = None
    column: int | None = None
    value: str | None = None
    hint: str | None = None
    """What is wrong with it, and the way out."""


class Problem(BaseModel):
    """Why a request (or a job) did not succeed; RFC 9457 with `code` and `errors` added."""

    model_config = ConfigDict(frozen=True)

    type: str
    """Address of a page about the code."""
    title: str
    status: int
    detail: str
    """What was found, where, and the way out."""
    instance: str
    """What was asked for; for an unforeseen fault, the id under which the log has it."""
    code: str
    errors: tuple[Place, ...] = ()


class RequestProblem(Said):
    """Something that only this room can see in a request."""

    def __init__(self, code: str, detail: Text) -> None:
        self.code = code
        super().__init__(detail)


@dataclass(frozen=True, slots=True)
class Kind:
    """Status and title of a code."""

    status: int
    title: Text


def _kind(status: int, en: str, ar: str) -> Kind:
    return Kind(status, Text(en=en, ar=ar))


KINDS: dict[type[Exception], Kind] = {
    cases.CaseError: _kind(409, "The case does not allow it", "لا يسمح ملف الفحص بذلك"),
    cases.NotACase: _kind(500, "The case folder cannot be read", "تتعذر قراءة مجلد ملف الفحص"),
    cases.CaseExists: _kind(409, "The case exists already", "ملف الفحص موجود من قبل"),
    cases.FormatTooNew: _kind(409, "Written by a later version", "كُتبت بإصدار أحدث"),
    cases.CaseDamaged: _kind(409, "The case was changed from outside", "جرى تغيير ملف الفحص من خارج البرنامج"),
    cases.NotFound: _kind(404, "Not found", "غير موجود"),
    cases.UnknownCase: _kind(404, "There is no such case", "لا يوجد ملف فحص بهذا المعرّف"),
    cases.UnknownSnapshot: _kind(404, "There is no such snapshot", "لا توجد نسخة ثابتة بهذا المعرّف"),
    cases.UnknownAnalysis: _kind(404, "There is no such analysis", "لا يوجد تحليل بهذا المعرّف"),
    cases.UnknownUpload: _kind(404, "There is no such file", "لا يوجد ملف بهذا الاسم"),
    cases.UnknownJob: _kind(404, "There is no such job", "لا توجد مهمة بهذا المعرّف"),
    cases.UnknownParticipant: _kind(404, "There is no such participant", "لا يوجد مشارك بهذا المعرّف"),
    cases.UnknownMeasurement: _kind(404, "There is no such measurement", "لا يوجد قياس بهذا المعرّف"),
    cases.UnknownUser: _kind(404, "There is no such user", "لا يوجد مستخدم بهذا الاسم"),
    cases.NothingComputed: _kind(404, "No payouts were computed", "لم تُحتسب أي عمولات"),
    cases.NothingToRead: _kind(409, "No files were uploaded yet", "لم تُرفع أي ملفات بعد"),
    cases.NameClash: _kind(409, "Two files under one name", "ملفان مختلفان باسم واحد"),
    cases.LinkInFolder: _kind(422, "A link among the files", "رابط بين الملفات"),
    cases.NoParticipants: _kind(422, "The records list no participants", "لا تتضمن السجلات أي مشارك"),
    cases.UploadError: _kind(422, "The upload was not kept", "لم يُحفظ الملف المرفوع"),
    cases.UploadTooLarge: _kind(413, "The file is too large", "الملف أكبر من الحد"),
    cases.DiskFull: _kind(507, "The disk is full", "القرص ممتلئ"),
    cases.WrongHash: _kind(422, "Other bytes than were declared", "بايتات غير التي أُعلن عنها"),
    cases.BadName: _kind(422, "The file name cannot be kept", "لا يمكن حفظ اسم الملف"),
    cases.AccessError: _kind(403, "Not permitted", "غير مسموح"),
    cases.NotAuthenticated: _kind(401, "A token is needed", "يلزم رمز دخول"),
    cases.NotPermitted: _kind(403, "The role does not permit it", "لا يسمح دور المستخدم بذلك"),
    cases.BadCursor: _kind(400, "The cursor is of another question", "مؤشر الصفحات يخص طلبًا آخر"),
    cases.NotMade: _kind(409, "The file was not made yet", "لم يُعدّ الملف بعد"),
    cases.JobFailed: _kind(422, "The job failed", "تعذّر إكمال المهمة"),
    cases.RegistryError: _kind(503, "The database cannot be used", "يتعذر استخدام قاعدة البيانات"),
    intake.IntakeError: _kind(422, "The files could not be taken in", "تعذّر استلام الملفات"),
    intake.UnreadableFile: _kind(422, "A file cannot be read as a table", "تتعذر قراءة أحد الملفات كجدول"),
    intake.UnsafeArchive: _kind(422, "The archive is not safe to unpack", "فك الأرشيف غير آمن"),
    intake.TooLarge: _kind(413, "A limit on size was reached", "تم بلوغ حد الحجم"),
    intake.DataSheetError: _kind(422, "The data sheet has a mistake", "في ورقة البيانات خطأ"),
    intake.TableClash: _kind(422, "Two files claim one table", "ملفان يخصان الجدول نفسه"),
    intake.NothingRecognised: _kind(422, "No file was recognised", "لم يُتعرَّف على أي ملف"),
    intake.OutputExists: _kind(500, "The folder for the tables is not empty", "مجلد الجداول ليس فارغًا"),
    genealogy.GenealogyError: _kind(422, "The tree does not allow it", "لا تسمح الشجرة بذلك"),
    genealogy.UnknownParticipant: _kind(404, "There is no such participant", "لا يوجد مشارك بهذا المعرّف"),
    genealogy.UnknownTree: _kind(404, "There is no such tree", "لا توجد شجرة بهذا الاسم"),
    stores.StoreError: _kind(503, "The network's store cannot be used", "يتعذر استخدام مخزن الشبكة"),
    stores.UnknownParticipant: _kind(404, "There is no such participant", "لا يوجد مشارك بهذا المعرّف"),
    stores.UnknownTree: _kind(404, "There is no such tree", "لا توجد شجرة بهذا الاسم"),
    compensation.CompensationError: _kind(422, "Payouts could not be computed", "تعذّر حساب العمولات"),
    compensation.PlanError: _kind(422, "The compensation plan has mistakes", "في خطة العمولات أخطاء"),
    compensation.PlanMismatch: _kind(422, "Plan and records do not fit", "الخطة لا تناسب السجلات"),
    compensation.BrokenExample: _kind(422, "The example cannot be read", "تعذّرت قراءة المثال"),
    compensation.NothingToExplain: _kind(404, "There is no such payout", "لا توجد دفعة بهذا الوصف"),
    compliance.ComplianceError: _kind(422, "The measurement could not be made", "تعذّر إجراء القياس"),
    compliance.RecordsError: _kind(500, "The records cannot be opened", "يتعذر فتح السجلات"),
    compliance.EvidenceError: _kind(500, "The rows could not be read", "تعذّرت قراءة الصفوف"),
    compliance.RulePackError: _kind(
        422, "The rule pack or an answer has a mistake", "في حزمة القواعد أو في إحدى الإجابات خطأ"
    ),
    compliance.UnknownPack: _kind(422, "There is no such rule pack", "لا توجد حزمة قواعد بهذا الاسم"),
    check.CheckInputError: _kind(422, "A figure or a choice makes no sense", "رقم أو اختيار غير صالح"),
    check.IncomeTableError: _kind(422, "The income table cannot be read", "تتعذر قراءة جدول الدخل"),
    check.CheckBusy: _kind(503, "The service is busy", "الخدمة مشغولة"),
    compliance.UnknownIndicator: _kind(404, "There is no such indicator", "لا يوجد مؤشر بهذا الاسم"),
}

OWN: dict[str, Kind] = {
    "invalid-request": _kind(422, "The request is not as described", "الطلب لا يطابق الوصف"),
    "malformed-request": _kind(400, "The request cannot be read", "تتعذر قراءة الطلب"),
    "unknown-page": _kind(404, "There is nothing at this address", "لا يوجد شيء في هذا العنوان"),
    "unknown-pack": _kind(404, "There is no such rule pack", "لا توجد حزمة قواعد بهذا الاسم"),
    "unknown-rule": _kind(404, "There is no such rule", "لا توجد قاعدة بهذا المعرّف"),
    "method-not-allowed": _kind(405, "This address does not take that method", "لا يقبل هذا العنوان هذه الطريقة"),
    "body-too-large": _kind(413, "The request is too large", "الطلب أكبر من الحد"),
    "unsupported-media-type": _kind(415, "Another content type is needed", "يلزم نوع محتوى آخر"),
    "unknown-host": _kind(421, "The service does not go by this name", "لا تحمل الخدمة هذا الاسم"),
    "upload-interrupted": _kind(400, "The upload broke off", "انقطع رفع الملف"),
    "internal": _kind(500, "An unforeseen fault", "عطل غير متوقع"),
    "worker-crashed": _kind(500, "The worker stopped", "توقف منفِّذ المهمة"),
    "out-of-memory": _kind(500, "The machine ran out of memory", "نفدت ذاكرة الجهاز"),
    "disk": _kind(500, "The disk refused", "رفض القرص العملية"),
}
"""Codes that are not a class of a room below: what HTTP itself can get wrong, and what ends a job."""

_HTTP = {400: "malformed-request", 404: "unknown-page", 405: "method-not-allowed", 413: "body-too-large"}
_HTTP |= {415: "unsupported-media-type"}


def kind_of_class(kind: type[Exception]) -> Kind | None:
    """Status and title of a class of errors, or of its nearest listed ancestor."""
    return next((KINDS[one] for one in kind.__mro__ if one in KINDS), None)


def kinds() -> dict[str, Kind]:
    """Every code with status and title, alphabetically: what the problem pages show."""
    found = dict(OWN)
    waiting: list[type[Exception]] = list(KINDS)
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        kind = kind_of_class(one)
        if kind is not None:
            found.setdefault(str(getattr(one, "code", "")), kind)
    return dict(sorted(found.items()))


def places(found: Iterable[Mapping[str, Any]], language: Language) -> tuple[Place, ...]:
    """Places as `cases.places.places_of` gives them, hints in one language, long values cut."""
    return tuple(
        Place.model_validate(
            {
                **one,
                "value": _short(one["value"]),
                "hint": Text.model_validate(one["hint"]).in_language(language),
            }
        )
        for one in found
    )


def problem_of(error: Exception, instance: str, language: Language = "en") -> Problem | None:
    """A typed error as a problem; None for one that nobody foresaw."""
    code = getattr(error, "code", None)
    kind = OWN.get(str(code)) if isinstance(error, RequestProblem) else kind_of_class(type(error))
    if kind is None or not isinstance(code, str):
        return None
    detail = said(error).in_language(language)
    found: Sequence[Place]
    if isinstance(error, check.CheckInputError):  # its fields are those of the request
        found = (Place(field=f"body.{error.name}", value=_short(error.value), hint=detail),)
    else:
        found = places(places_of(error), language)
    return _problem(code, kind, detail, instance, found, language)


def problem_of_job(job: JobInfo, language: Language = "en") -> Problem | None:
    """Why a job failed, in the same shape as a request's problem; None if it did not."""
    if job.error_code is None:
        return None
    kind = kinds().get(job.error_code) or KINDS[cases.JobFailed]
    result = job.result or {}
    errors = places(result.get("errors") or (), language)
    detail = Text.model_validate(result["text"]) if "text" in result else verbatim(job.error_message or "")
    return _problem(job.error_code, kind, detail.in_language(language), f"/v1/jobs/{job.id}", errors, language)


def _problem(code: str, kind: Kind, detail: str, instance: str, errors: Sequence[Place], language: Language) -> Problem:
    return Problem(
        type=f"/problems/{code}",
        title=kind.title.in_language(language),
        status=kind.status,
        detail=detail,
        instance=instance,
        code=code,
        errors=tuple(errors),
    )


def answer(problem: Problem, language: Language = "en", headers: dict[str, str] | None = None) -> Response:
    """A problem as a response."""
    more = {"Content-Language": language, "Cache-Control": "no-store"} | (headers or {})
    if problem.status == HTTPStatus.UNAUTHORIZED:
        more["WWW-Authenticate"] = 'Bearer realm="downline"'
    body = json.dumps(problem.model_dump(), ensure_ascii=False)
    return Response(body.encode("utf-8", "replace"), problem.status, more, MEDIA_TYPE)  # JSON can hold half a letter


def language_of(request: Request) -> Language:
    """The language of what a problem says: Arabic where the request prefers it, else English."""
    best: tuple[float, Language] = (0.0, "en")
    for part in request.headers.get("accept-language", "").lower().split(","):
        name, _, weight = part.strip().partition(";q=")
        with suppress(ValueError):  # a weight that is no number asks for nothing
            weighed = float(weight or 1)
            tongue = name.strip().partition("-")[0]
            if weighed > best[0] and tongue in ("ar", "en"):  # of two that weigh the same, the one named first
                best = (weighed, "ar" if tongue == "ar" else "en")
    return best[1]


# Handlers, in the order in which `api.app` installs them


def on_error(request: Request, error: Exception) -> Response:
    """Any error: typed ones by the table, the rest as an unforeseen fault whose id the log has."""
    language = language_of(request)
    problem = problem_of(error, request.url.path, language)
    if problem is None:
        fault = uuid.uuid4().hex
        log.error("fault %s at %s %s", fault, request.method, request.url.path, exc_info=error)
        detail = say(
            "Downline stopped at this request through a fault of its own; the service's log has it as {fault}",
            "توقف Downline عند هذا الطلب بسبب عطل فيه. تفاصيله في سجل الخدمة بالرقم {fault}",
            fault=fault,
        ).in_language(language)
        problem = _problem("internal", OWN["internal"], detail, f"urn:uuid:{uuid.UUID(fault)}", (), language)
    return answer(problem, language)


def on_http(request: Request, error: Exception) -> Response:
    """What routing refuses: unknown addresses, methods, bodies that cannot be read."""
    assert isinstance(error, HTTPException)
    language = language_of(request)
    code = _HTTP.get(error.status_code, "malformed-request")
    path = request.url.path
    details = {
        "unknown-page": say(
            "nothing is at {path}; /openapi.json lists what there is",
            "لا يوجد شيء في العنوان {path}. تبيّن الصفحة ⁨/openapi.json⁩ ما هو موجود",
            path=path,
        ),
        "method-not-allowed": say(
            "{path} does not take {method}; the Allow header lists what it takes",
            "لا يقبل العنوان {path} الطريقة {method}. تبيّن الترويسة ⁨Allow⁩ ما يقبله",
            path=path,
            method=request.method,
        ),
    }
    kind = Kind(error.status_code, OWN[code].title)
    detail = details.get(code) or (error.text if isinstance(error, Said) else verbatim(error.detail))
    problem = _problem(code, kind, detail.in_language(language), path, (), language)
    return answer(problem, language, dict(error.headers or {}))


def on_invalid(request: Request, error: Exception) -> Response:
    """A request whose parts are not as the OpenAPI document says; all of them at once."""
    assert isinstance(error, RequestValidationError)
    language = language_of(request)
    found = tuple(_part(one, language) for one in error.errors())
    first, rest = found[0], len(found) - 1
    more = say(" (and {rest} more)", " (أخطاء أخرى: {rest})", rest=rest) if rest else NOTHING
    field = verbatim(first.field).in_language(language)
    detail = f"{field}: {first.hint}{more.in_language(language)}"
    problem = _problem("invalid-request", OWN["invalid-request"], detail, request.url.path, found, language)
    return answer(problem, language)


def _part(one: Any, language: Language) -> Place:
    where = [str(step) for step in one["loc"]]
    hint = mistake_of(one).in_language(language)
    if one["type"] == "json_invalid":
        return Place(field="body", column=int(where[-1]) + 1, hint=hint)
    value = one.get("input")
    return Place(
        field=".".join(where), value=_short(value if isinstance(value, str | int | float) else None), hint=hint
    )


def _short(value: object) -> str | None:
    if value is None:
        return None
    text = str(value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 3] + "..."


def declared(*statuses: int, token: bool = True) -> dict[int | str, dict[str, Any]]:
    """What a route declares in the OpenAPI document: these statuses answer with a problem (the schema is there
    because a job has one too), and 401 unless the route needs no token."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in sorted({*statuses, *([401] if token else [])})
    }
