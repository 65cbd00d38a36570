"""The few pages for people: what a problem's code means, and an index of the routes. No script, nothing fetched.

They need no token, since they say nothing about any case; the framework's own documentation page is left out
because it would load its script from another server.
"""

from __future__ import annotations

from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.problems import RequestProblem, kinds
from intake.text import Text, say

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: start; padding: .3rem .6rem; vertical-align: top; }
tr + tr td { border-top: 1px solid #ddd; } code { font-size: .9em; } [lang=ar] { font-size: 1.1em; }
"""

_ABOUT: dict[int, Text] = {
    400: Text(en="Send the request again as the detail says.", ar="يُرجى إرسال الطلب من جديد وفق ما ورد في التفاصيل."),
    401: Text(
        en="Send the header Authorization: Bearer with a token that the operator of the service issued.",
        ar="يُرسل الطلب مع الترويسة Authorization: Bearer ورمز دخول أصدره مشغِّل الخدمة.",
    ),
    403: Text(
        en="Ask somebody with one of the roles that the detail names.",
        ar="يُرجى الرجوع إلى من له أحد الأدوار المذكورة في التفاصيل.",
    ),
    404: Text(
        en="Check the address; the list one step above it says what there is.",
        ar="يُرجى التحقق من العنوان؛ وتبيِّن القائمة التي فوقه ما هو موجود.",
    ),
    405: Text(en="The Allow header lists the methods.", ar="تبيِّن الترويسة Allow الطرق المقبولة."),
    409: Text(
        en="The request is right, but not in this state. The detail says what comes first.",
        ar="الطلب سليم لكنه لا يناسب الحالة الراهنة. وتبيِّن التفاصيل ما يلزم قبله.",
    ),
    413: Text(
        en="Nothing was kept. Send less, or a large file alone with PUT.",
        ar="لم يُحفظ شيء. يُرجى إرسال حجم أصغر، أو رفع الملف الكبير وحده بطريقة PUT.",
    ),
    415: Text(en="Send the content type that the detail names.", ar="يُرسل المحتوى بالنوع المذكور في التفاصيل."),
    421: Text(
        en="Address the service by one of its names, or have its operator add this one.",
        ar="تُستدعى الخدمة بأحد أسمائها، أو يضيف مشغِّلها هذا الاسم.",
    ),
    422: Text(
        en="The errors name file, line, column and value, each with the way out.",
        ar="تبيِّن قائمة الأخطاء الملف والسطر والعمود والقيمة، ومعها طريقة التصحيح.",
    ),
    500: Text(
        en="The fault is not yours. Report it with the id that the instance gives.",
        ar="العطل ليس من الطلب. يُرجى الإبلاغ عنه مع المعرّف الوارد في instance.",
    ),
    503: Text(en="Try again later.", ar="يُرجى المحاولة لاحقًا."),
    507: Text(en="Make room on the disk of the service.", ar="يُرجى إخلاء مساحة على قرص الخدمة."),
}


@router.get("/problems")
def list_problems() -> HTMLResponse:
    """Every code with its status and title."""
    rows = "".join(
        f'<tr><td><a href="/problems/{code}"><code>{code}</code></a></td><td>{kind.status}</td>'
        f'<td>{escape(kind.title.en)}</td><td lang="ar" dir="rtl">{escape(kind.title.ar)}</td></tr>'
        for code, kind in kinds().items()
    )
    return _page("Problems", f"<h1>Problems</h1><table>{rows}</table>")


@router.get("/problems/{code}")
def show_problem(code: str) -> HTMLResponse:
    """What one code means and what to do."""
    kind = kinds().get(code)
    if kind is None:
        raise RequestProblem(
            "unknown-page",
            say(
                "there is no problem {code!r}; /problems lists them",
                "لا توجد مشكلة بالرمز {code!r}. تعرضها كلها الصفحة ⁨/problems⁩",
                code=code[:100],
            ),
        )
    about = _ABOUT[kind.status]
    body = (
        f"<p><code>{code}</code>, HTTP {kind.status}</p><h1>{escape(kind.title.en)}</h1><p>{escape(about.en)}</p>"
        f'<div lang="ar" dir="rtl"><h1>{escape(kind.title.ar)}</h1><p>{escape(about.ar)}</p></div>'
        f'<p><a href="/problems">/problems</a></p>'
    )
    return _page(kind.title.en, body)


@router.get("/docs")
def show_routes(request: Request) -> HTMLResponse:
    """An index of the routes, made from the OpenAPI document."""
    document: dict[str, Any] = request.app.openapi()
    rows = "".join(
        f"<tr><td><code>{method.upper()}</code></td><td><code>{escape(path)}</code></td>"
        f"<td>{escape(route.get('summary', ''))}<br><small>{escape(route.get('description', ''))}</small></td></tr>"
        for path, methods in document["paths"].items()
        for method, route in methods.items()
    )
    about = '<p>The whole description for programs: <a href="/openapi.json">/openapi.json</a>. <a href="/problems">Problems</a>.</p>'
    return _page("Downline API", f"<h1>Downline API</h1>{about}<table>{rows}</table>")


def _page(title: str, body: str) -> HTMLResponse:
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style>'
    return HTMLResponse(f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>')
