"""The outermost layer: who may address the service, how large a request may be, what every answer carries.

Plain ASGI, so that uploads and streams of events pass through piece by piece. A request for another host name is
refused (a page on the web cannot reach a service on this machine by rebinding a name to it), bodies are counted as
they arrive, every answer gets the headers that keep a browser from guessing, framing or fetching, a cached answer
that is still right becomes 304, and an error that no handler took becomes a problem without its text.
"""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import RequestProblem, on_error
from api.settings import Settings
from intake.text import Said, say

NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
PAGE = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""For HTML that we made: its own style and embedded fonts and pictures, no script, nothing fetched."""

OPEN_FORMS = "/v1/check"
"""Forms under this address come from people without a token, and are bound more tightly."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class TooMuch(HTTPException, Said):
    """A body that grew past its bound; an `HTTPException`, because FastAPI lets only those through while it reads."""

    def __init__(self, limit: int) -> None:
        self.text = say(
            "the request's body is larger than {limit:,} bytes; send large files one by one with PUT",
            "محتوى الطلب أكبر من الحد، وهو بالبايت {limit:,}. تُرسل الملفات الكبيرة واحدًا واحدًا بطريقة PUT",
            limit=limit,
        )
        super().__init__(413, self.text.en)


class Guard:
    """ASGI middleware; see the module's docstring."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        reply = _Reply(send, headers.get("if-none-match") if scope["method"] in ("GET", "HEAD") else None)
        request = Request(scope)
        host = headers.get("host", "")
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
        if "*" not in self.settings.hosts and name.lower() not in self.settings.hosts:
            detail = say(
                "the service does not answer for {host!r}; its operator lists names in DOWNLINE_HOSTS",
                "لا تجيب الخدمة عن الاسم {host!r}. يحدد مشغّلها الأسماء في DOWNLINE_HOSTS",
                host=host[:100],
            )
            await on_error(request, RequestProblem("unknown-host", detail))(scope, receive, reply)
            return
        limit = self._limit(scope, headers)
        length = headers.get("content-length", "")
        if limit is not None and length.isdigit() and int(length) > limit:
            problem = RequestProblem("body-too-large", TooMuch(limit).text)
            await on_error(request, problem)(scope, receive, reply)
            return
        try:
            await self.app(scope, receive if limit is None else _counted(receive, limit), reply)
        except Exception as error:  # the one place where any error becomes a problem
            answer = on_error(request, error)
            if reply.started:
                raise  # too late to answer otherwise; the log has it
            await answer(scope, receive, reply)

    def _limit(self, scope: Scope, headers: Headers) -> int | None:
        """Bytes that the body may have; None where the upload's own writer counts."""
        if scope["method"] == "PUT":
            return None
        if headers.get("content-type", "").startswith("multipart/form-data"):
            return self.settings.check_body if scope["path"].startswith(OPEN_FORMS) else self.settings.form_body
        return self.settings.json_body


class _Reply:
    """`send`, with the headers that every answer carries, and 304 where the client has the answer already."""

    def __init__(self, send: Send, known: str | None) -> None:
        self._send = send
        self._known = known
        self._unchanged = False
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(raw=list(message["headers"]))
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            page = headers.get("content-type", "").startswith("text/html")
            headers.setdefault("Content-Security-Policy", PAGE if page else NOTHING)
            headers.setdefault("Cache-Control", "no-store")
            tag = headers.get("etag")
            if message["status"] == 200 and tag is not None and self._known and _matches(tag, self._known):
                self._unchanged = True
                message = {**message, "status": 304}
                for name in ("content-length", "content-type"):
                    if name in headers:
                        del headers[name]
            message = {**message, "headers": headers.raw}
        elif self._unchanged and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)


def _matches(tag: str, known: str) -> bool:
    return known.strip() == "*" or tag in [one.strip().removeprefix("W/") for one in known.split(",")]


def _counted(receive: Receive, limit: int) -> Receive:
    count = 0

    async def counting() -> Message:
        nonlocal count
        message = await receive()
        if message["type"] == "http.request":
            count += len(message.get("body", b""))
            if count > limit:
                raise TooMuch(limit)
        return message

    return counting
