"""What came out otherwise since another analysis of the case, and why: a part of the findings' page."""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from dashboard import pieces
from dashboard.client import part
from dashboard.session import Session

Record = dict[str, Any]


def others(session: Session) -> list[str]:
    """The case's other analyses, newest first."""
    assert session.case is not None
    return [each for each in reversed(session.case["analyses"]) if each != session.analysis_id]


def draw(session: Session, known: list[str]) -> None:
    """Draw the changes since one of the other analyses, which the reader chooses."""
    since = st.selectbox(
        session.word("changes_since"), known, format_func=lambda each: session.apart(each[:12]), key="changes-since"
    )
    found = session.analysed("/changes", since=part(since))
    if not found["findings"]:
        pieces.notice("plain", session.word("changes_none"))
    pieces.html("".join(_finding(session, each) for each in found["findings"]))
    if found["figures"]:
        columns = [session.word(name) for name in ("tab_measurements", "changes_before", "changes_after")]
        rows = [
            [escape(session.text(each["title"])), _figure(session, each["before"]), _after(session, each)]
            for each in found["figures"]
        ]
        pieces.html(pieces.table(columns, rows))
    same = session.word(
        "changes_same",
        findings=session.number(found["same_findings"]),
        figures=session.number(found["same_figures"]),
    )
    pieces.html(pieces.paragraph(same, "muted"))


def _finding(session: Session, changed: Record) -> str:
    about = [
        (session.word("changes_before"), _side(session, changed["before"])),
        (session.word("changes_after"), _side(session, changed["after"])),
        (session.word("changes_why"), escape(session.text(changed["why"]))),
    ]
    comma = "، " if session.arabic else ", "
    heading = comma.join(session.text(changed[name]) for name in ("instrument", "article"))
    return f'<article class="finding"><h3>{escape(heading)}</h3>{pieces.definitions(about)}</article>'


def _side(session: Session, side: Record | None) -> str:
    if side is None:
        return escape(session.word("changes_absent"))
    shown = f" {escape(session.text(side['shown']))}" if side["shown"] else ""
    return pieces.state(side["state"], session.text(side["label"])) + shown


def _figure(session: Session, shown: Record | None) -> str:
    return escape(session.text(shown) if shown else session.word("not_measured"))


def _after(session: Session, each: Record) -> str:
    step = f" ({escape(session.text(each['difference_shown']))})" if each["difference_shown"] else ""
    return _figure(session, each["after"]) + step
