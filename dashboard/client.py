"""The API over HTTP, with the token and language of whoever looks, and the two ways in which asking can fail.

    DashboardError
      ServiceDown      nothing answers at the address, or what answers is not the API
      Refused          the API answered with a problem (RFC 9457): status, code, title, detail, places

Answers about a named analysis or snapshot never change and are kept for some minutes. The key of what is kept has
the address, the token and the language in it, so that nobody is shown what was masked differently for somebody else.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
import streamlit as st

from dashboard.words import Language

DEFAULT_API = "http://127.0.0.1:8000"
KEPT_SECONDS, KEPT_ANSWERS = 300, 400
PATIENCE = httpx.Timeout(60.0, connect=5.0)
"""Seconds; the first question about a large tree waits until it was read."""
LONG_PATIENCE = httpx.Timeout(1800.0, connect=5.0)
"""Seconds for a file that is made when it is first asked for, such as an evidence annex."""


class DashboardError(Exception):
    """Something that a person is told in words."""

    code = "dashboard"


class ServiceDown(DashboardError):  # noqa: N818 - reads as what it says
    """Nothing that speaks the API's language answers at its address."""

    code = "service-down"

    def __init__(self, address: str) -> None:
        super().__init__(f"the API does not answer at {address}; start it with `downline up`")
        self.address = address


class Refused(DashboardError):  # noqa: N818
    """The API's answer is a problem."""

    def __init__(self, problem: Mapping[str, Any], status: int) -> None:
        self.status = int(problem.get("status") or status)
        self.code = str(problem.get("code") or "unknown")
        self.title = str(problem.get("title") or f"HTTP {status}")
        self.detail = str(problem.get("detail") or "")
        self.places: list[dict[str, Any]] = list(problem.get("errors") or ())
        super().__init__(f"{self.title}: {self.detail}")


@dataclass(frozen=True, slots=True)
class Asker:
    """Where to ask, as whom, and in which language problems are said."""

    address: str
    token: str
    language: Language

    def get(self, path: str, **query: Any) -> Any:
        """Ask now."""
        return _answer(self, "GET", path, query).json()

    def kept(self, path: str, **query: Any) -> Any:
        """Ask for something that never changes: a named analysis or snapshot. Treat the answer as read-only."""
        given = tuple(sorted((name, value) for name, value in query.items() if value is not None))
        return _kept(self.address, self.token, self.language, path, given)

    def text(self, path: str, **query: Any) -> str:
        """Ask for a page of text."""
        return _answer(self, "GET", path, query).text

    def file(self, path: str, **query: Any) -> bytes:
        """Ask for a file's bytes, which may have to be made first."""
        return _answer(self, "GET", path, query, timeout=LONG_PATIENCE).content

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Make or start something."""
        return _answer(self, "POST", path, {}, json=body).json()

    def form(self, path: str, fields: Mapping[str, str], files: Mapping[str, tuple[str, bytes]], **query: Any) -> Any:
        """Send a form with files; the answer as it came."""
        parts: dict[str, Any] = {name: (None, value.encode()) for name, value in fields.items()}
        return _answer(self, "POST", path, query, files=parts | dict(files))

    def put(self, path: str, data: Any) -> Any:
        """Send a file's bytes."""
        headers = {"Content-Type": "application/octet-stream"}
        return _answer(self, "PUT", path, {}, content=data, headers=headers).json()

    def delete(self, path: str) -> None:
        """Take something away, or stop it."""
        _answer(self, "DELETE", path, {})


def address_of_api() -> str:
    """Where the API is, by the environment."""
    return os.environ.get("DOWNLINE_API", DEFAULT_API).rstrip("/")


def part(value: str) -> str:
    """A value as one segment of a path."""
    return quote(value, safe="")


@st.cache_resource(show_spinner=False)
def _connections(address: str) -> httpx.Client:
    return httpx.Client(base_url=f"{address}/v1", timeout=PATIENCE, trust_env=False)


def _answer(asker: Asker, method: str, path: str, query: Mapping[str, Any], **more: Any) -> httpx.Response:
    headers = {"Accept-Language": asker.language, **more.pop("headers", {})}
    if asker.token:  # a visitor has none
        headers["Authorization"] = f"Bearer {asker.token}"
    given = {name: value for name, value in query.items() if value is not None}
    try:
        answer = _connections(asker.address).request(method, path, params=given, headers=headers, **more)
    except (httpx.TransportError, UnicodeEncodeError) as error:
        if isinstance(error, UnicodeEncodeError):  # no token has such letters
            raise Refused({"code": "not-authenticated"}, 401) from error
        raise ServiceDown(asker.address) from error
    if answer.is_success:
        return answer
    try:
        problem = answer.json()
    except ValueError as error:
        raise ServiceDown(asker.address) from error
    raise Refused(problem if isinstance(problem, dict) else {}, answer.status_code)


@st.cache_data(show_spinner=False, ttl=KEPT_SECONDS, max_entries=KEPT_ANSWERS)
def _kept(address: str, token: str, language: Language, path: str, query: tuple[tuple[str, Any], ...]) -> Any:
    return _answer(Asker(address, token, language), "GET", path, dict(query)).json()
