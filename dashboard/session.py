"""Who looks, at which case and analysis, in which language: one object that every screen is handed.

Language, case and analysis stand in the URL, so that a view can be linked and cited; the token is in the environment
(`downline up` sets it) or in the memory of this visit, never in a URL.
"""

from __future__ import annotations

import os
from functools import cached_property
from typing import Any

import streamlit as st
from streamlit.navigation.page import Page

from dashboard import figures
from dashboard.client import Asker, address_of_api, part
from dashboard.words import WORDS, Language

TOKEN = "token"  # noqa: S105 - the name of a place, not a token
STICKY = ("lang", "case", "analysis")
"""What a link to another page of the same case takes along."""


class Session:
    """One run of one person's page."""

    def __init__(self) -> None:
        self.language: Language = _language()
        self.arabic = self.language == "ar"
        self.token: str = st.session_state.get(TOKEN) or os.environ.get("DOWNLINE_TOKEN", "")
        self.api = Asker(address_of_api(), self.token, self.language)
        self.pages: dict[str, Page] = {}
        """The pages by name, for links between them; `app` fills this in."""

    # Words and figures

    def word(self, key: str, **values: object) -> str:
        """One of the dashboard's own words, with its placeholders filled."""
        text = WORDS[key].say(self.language)
        return text.format(**values) if values else text

    def known(self, kind: str, key: str) -> str:
        """A word of a small vocabulary (`severity`, `country`, ...); the key itself where there is none."""
        word = WORDS.get(f"{kind}_{key}")
        return word.say(self.language) if word else self.apart(key)

    def text(self, text: dict[str, str] | None) -> str:
        """A text of the API in the page's language."""
        return "" if text is None else text[self.language]

    def apart(self, value: object) -> str:
        """An id, a date or another foreign value in the page's text."""
        return figures.apart(str(value), self.language)

    def number(self, value: int) -> str:
        """A count."""
        return figures.integer(value, self.language)

    def share(self, part_: int, whole: int) -> str:
        """A part of a whole."""
        return figures.percent(part_, whole, self.language)

    # Where we are

    def at(self, name: str) -> str | None:
        """A value of the URL."""
        found = st.query_params.get(name)
        return found or None

    def here(self, **more: str | None) -> dict[str, str]:
        """The query of a link within the case; `None` leaves a value out."""
        kept = {name: self.at(name) for name in STICKY} | {"lang": self.language} | more
        return {name: value for name, value in kept.items() if value is not None}

    # What the API says

    @cached_property
    def me(self) -> dict[str, Any]:
        """Name and role of whoever looks."""
        found: dict[str, Any] = self.api.kept("/me")
        return found

    def may(self, action: str) -> bool:
        """Whether the role may do something, in the API's words."""
        return action in self.me["may"]

    @cached_property
    def case(self) -> dict[str, Any] | None:
        """The open case as it is now; None where none is open."""
        case_id = self.at("case")
        return None if case_id is None else self.api.get(f"/cases/{part(case_id)}")

    @property
    def case_path(self) -> str:
        """The API's address of the open case."""
        assert self.case is not None
        return f"/cases/{part(self.case['id'])}"

    @cached_property
    def analysis_id(self) -> str | None:
        """The analysis of the URL, else the case's newest; None where it has none."""
        if self.case is None:
            return None
        chosen = self.at("analysis")
        if chosen is not None:
            found: str = self.api.kept(f"{self.case_path}/analyses/{part(chosen)}")["analysis"]["id"]
            return found
        analyses = self.case["analyses"]
        return str(analyses[-1]) if analyses else None

    def analysed(self, path: str = "", **query: Any) -> Any:
        """Something of the analysis; it never changes."""
        assert self.analysis_id is not None
        return self.api.kept(f"{self.case_path}/analyses/{self.analysis_id}{path}", **query)

    def recorded(self, path: str = "", **query: Any) -> Any:
        """Something of the snapshot that the analysis read; it never changes."""
        snapshot = self.analysed()["analysis"]["snapshot"]
        return self.api.kept(f"{self.case_path}/snapshots/{snapshot}{path}", **query)


def _language() -> Language:
    """The language of the URL, else the browser's first choice."""
    wanted = st.query_params.get("lang")
    if wanted is None:
        wanted = (st.context.locale or "en")[:2]
    return "ar" if wanted == "ar" else "en"
