"""The list of cases, and the form that makes one."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard import pieces
from dashboard.session import Session


def show(session: Session) -> None:
    """Draw the page."""
    pieces.html(pieces.heading(session.word("page_cases"), 1) + pieces.paragraph(session.word("cases_intro"), "lead"))
    found = session.api.get("/cases")
    if not found:
        pieces.notice("plain", session.word("cases_none"))
    for one in found:
        query = {"lang": session.language, "case": one["id"]}
        with st.container(border=True, key=f"case-{one['id']}"):
            st.page_link(session.pages["overview"], label=_plain(one["title"]), query_params=query)
            made = f"{session.word('case_made')}: {session.apart(one['created'][:10])}"
            who = f"{session.word('case_by')}: {session.apart(one['created_by'])}"
            pieces.html(f'<p class="muted">{escape(made)} · {escape(who)}</p>')
    if session.may("create a case"):
        _new(session)


def _new(session: Session) -> None:
    with st.form("new-case", clear_on_submit=True, border=True):
        pieces.html(pieces.heading(session.word("case_new")))
        title = st.text_input(session.word("case_title"), placeholder=session.word("case_title_example"), max_chars=200)
        if st.form_submit_button(session.word("case_create"), type="primary"):
            if not title.strip():
                pieces.notice("warn", session.word("case_title_missing"))
                return
            made = session.api.post("/cases", {"title": title.strip()})
            st.switch_page(session.pages["upload"], query_params={"lang": session.language, "case": made["id"]})


def _plain(title: str) -> str:
    """A title as the label of a link: labels are Markdown, a title is not."""
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]()#+-.!|:$~<>" else letter for letter in title)
