"""Checking a company without its records: open to anybody, because it reads no case and keeps nothing.

Whoever was offered a place in a network has no token and should need none. So these routes ask for none; in return
they are bound: small bodies, few PDFs at once, each read in a process of its own with limits on time and memory.
Nothing of a request is stored or logged beyond the web server's own line.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from api.problems import RequestProblem, declared
from compliance.check import CheckRequest, CompanyCheck, Uploaded, check_company, check_page, inputs_of
from compliance.check.job import QUESTIONS
from compliance.check.model import GENERAL
from compliance.questionnaire import Question, questions
from compliance.rules import load_pack, pack_names
from intake.currencies import MINOR_UNITS, NO_CURRENCY
from intake.frozen import Frozen
from intake.text import Language, Text, say

router = APIRouter(prefix="/check", tags=["check"])

EXAMPLE: dict[str, Any] = {
    "joining": "1,650",
    "monthly": "650",
    "currency": "EGP",
    "income": {"text": "from,to,share\n0,0,70%\n1,250,18%\n251,,12%\n"},
    "covers": "62%",
    "recruit_bonus": "135",
    "laws": ["eg"],
    "job": {"contract": "no"},
}
USUAL = {
    "ae": "AED", "au": "AUD", "bh": "BHD", "ca": "CAD", "cn": "CNY", "eg": "EGP", "eu": "EUR", "gb": "GBP",
    "id": "IDR", "in": "INR", "jp": "JPY", "kr": "KRW", "kw": "KWD", "ma": "MAD", "my": "MYR", "nz": "NZD",
    "om": "OMR", "ph": "PHP", "sa": "SAR", "sg": "SGD", "tw": "TWD", "us": "USD", "vn": "VND", "za": "ZAR",
}  # fmt: skip
"""Currencies by the country of a rule pack."""
_REQUEST = {"$ref": "#/components/schemas/CheckRequest"}
_FILE = {"type": "string", "format": "binary"}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": _REQUEST, "examples": {"an offer": {"value": EXAMPLE}}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["request"],
                    "properties": {"request": {"type": "string"}, "income": _FILE, "plan": _FILE},
                }
            },
        },
    }
}


class FormCurrency(Frozen):
    """A currency that amounts may be in."""

    code: str
    scale: int
    """Decimals of its minor unit."""


class FormPack(Frozen):
    """Rules of a country, and what they ask."""

    name: str
    title: Text
    currency: str | None
    """What is usual there; None for rules of no one country."""
    questions: tuple[Question, ...]


class FormJob(Frozen):
    """A question that tells a job from a commission."""

    id: str
    question: Text


class CheckForm(Frozen):
    """What a form for the check needs to know."""

    currencies: tuple[FormCurrency, ...]
    packs: tuple[FormPack, ...]
    always: str = GENERAL
    """The pack that comes with every other."""
    job: tuple[FormJob, ...]
    example: CheckRequest
    """A request that is accepted as it stands."""


@router.get("/form", summary="What a form for the check needs", responses=declared(token=False))
def get_check_form() -> CheckForm:
    """Currencies, the rule packs with their questions, and the questions on work; needs no token."""
    packs = [load_pack(name) for name in pack_names()]
    return CheckForm(
        currencies=tuple(
            FormCurrency(code=code, scale=MINOR_UNITS[code]) for code in sorted(MINOR_UNITS) if code != NO_CURRENCY
        ),
        packs=tuple(
            FormPack(
                name=pack.name,
                title=pack.title,
                currency=USUAL.get(pack.name.partition("-")[0]),
                questions=tuple(questions(pack.rules)),
            )
            for pack in packs
        ),
        job=tuple(FormJob(id=name, question=question) for name, question in QUESTIONS.items()),
        example=CheckRequest.model_validate(EXAMPLE),
    )


Asked = tuple[CheckRequest, Uploaded | None]


async def asked(request: Request) -> Asked:
    """The request of the body, and the file that came along.

    Raises:
        RequestValidationError: the JSON is not as described.
        RequestProblem: the body is neither JSON nor a form, or the form has no `request`.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind == "application/json":
            return _parsed(await request.body()), None
        if kind == "multipart/form-data":
            async with request.form(max_files=2, max_fields=5) as form:
                return await _from_form(form)
    except ClientDisconnect:
        raise RequestProblem(
            "upload-interrupted",
            Text(
                en="the request broke off; nothing was kept, send it again",
                ar="انقطع الطلب ولم يُحفظ شيء. يُرجى إرساله من جديد",
            ),
        ) from None
    except HTTPException as error:
        if error.status_code == 413:
            raise
        raise RequestProblem(
            "malformed-request",
            say("the form cannot be read: {detail}", "تتعذر قراءة النموذج: {detail}", detail=error.detail),
        ) from error
    raise RequestProblem(
        "unsupported-media-type",
        Text(
            en="send the request as application/json, or with files as multipart/form-data",
            ar="يُرسل الطلب بالنوع ⁨application/json⁩، أو مع ملفات بالنوع ⁨multipart/form-data⁩",
        ),
    )


async def _from_form(form: FormData) -> Asked:
    given = form.get("request")
    if given is None:
        raise RequestProblem(
            "invalid-request",
            Text(
                en="the form has no field `request` with the request as JSON",
                ar="لا حقل ⁨request⁩ في النموذج يحمل الطلب بصيغة JSON",
            ),
        )
    request = _parsed(await given.read() if isinstance(given, UploadFile) else given.encode())
    income, plan = form.get("income"), form.get("plan")
    if isinstance(plan, UploadFile):
        try:
            text = (await plan.read()).decode("utf-8-sig")
        except UnicodeDecodeError:
            raise RequestProblem(
                "invalid-request",
                say(
                    "{filename}: the plan is not UTF-8 text",
                    "{filename}: الخطة ليست نصًا بترميز ⁨UTF-8⁩",
                    filename=plan.filename,
                ),
            ) from None
        request = _validated({**request.model_dump(mode="json"), "plan": text})
    file = None
    if isinstance(income, UploadFile):
        file = Uploaded((income.filename or "income")[-120:], await income.read())
    return request, file


def _parsed(raw: bytes) -> CheckRequest:
    try:
        return CheckRequest.model_validate_json(raw)
    except ValidationError as error:
        raise _refused(error) from error


def _validated(given: dict[str, Any]) -> CheckRequest:
    try:
        return CheckRequest.model_validate(given)
    except ValidationError as error:
        raise _refused(error) from error


def _refused(error: ValidationError) -> RequestValidationError:
    """The mistakes of a body, placed as those of every other body are."""
    found = [
        {**one, "loc": ("body", 0) if one["type"] == "json_invalid" else ("body", *one["loc"])}
        for one in error.errors(include_url=False)
    ]
    return RequestValidationError(found)


TheRequest = Annotated[Asked, Depends(asked)]


@router.post(
    "",
    summary="Check a company without its records",
    responses=declared(400, 413, 415, 422, 503, token=False),
    openapi_extra=_BODY,
)
async def check_offer(given: TheRequest) -> CompanyCheck:
    """Three figures with their sums, warning signs, what the table hides, comparison with real tables, and questions.

    Send JSON; or a form with the same JSON under `request`, the income table as a file (CSV, XLSX, PDF) under `income`
    and the plan under `plan`. Needs no token; nothing is kept.
    """
    return await run_in_threadpool(_answer, *given)


@router.post(
    "/page",
    response_class=HTMLResponse,
    summary="The check as one page",
    responses={
        **declared(400, 413, 415, 422, 503, token=False),
        200: {"content": {"text/html": {}}, "description": "The answer in both languages"},
    },
    openapi_extra=_BODY,
)
async def show_check(
    given: TheRequest, lang: Annotated[Language, Query(description="The language that comes first.")] = "en"
) -> HTMLResponse:
    """The same check as one HTML page that needs nothing else, both languages in it. Needs no token; nothing is kept."""
    check = await run_in_threadpool(_answer, *given)
    headers = {"Content-Disposition": 'attachment; filename="downline-check.html"', "Content-Language": lang}
    return HTMLResponse(check_page(check, lang), headers=headers)


def _answer(request: CheckRequest, file: Uploaded | None) -> CompanyCheck:
    return check_company(inputs_of(request, file))
