"""What several screens do alike: ask for a case or an analysis first, and page through rows by cursor."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import pieces
from dashboard.session import Session

STATES = ("breached", "borderline", "question", "not_measurable", "met", "gate", "reference")
SEVERITIES = ("critical", "high", "medium", "low", "info")


def rank(finding: dict[str, Any]) -> tuple[int, int, str]:
    """Most pressing state first, then gravest, then by name."""
    return STATES.index(finding["state"]), SEVERITIES.index(finding["severity"]), finding["id"]


def needs_analysis(session: Session) -> bool:
    """Whether there is an analysis to show; otherwise the way to one."""
    if session.case is None:
        pieces.notice("plain", session.word("no_case"))
        st.page_link(session.pages["cases"], label=session.word("to_cases"), query_params={"lang": session.language})
        return False
    if session.analysis_id is None:
        pieces.notice("plain", session.word("no_analysis"))
        st.page_link(session.pages["upload"], label=session.word("to_upload"), query_params=session.here())
        return False
    return True


def cursor(question: str) -> tuple[str | None, int]:
    """Where the reader is in a list: the cursor of its page, and how many pages came before."""
    trail: list[str] = st.session_state.setdefault(f"trail-{question}", [])
    return (trail[-1] if trail else None), len(trail)


def turn(session: Session, question: str, following: str | None) -> None:
    """The buttons to the next page and back to the first."""
    trail: list[str] = st.session_state.setdefault(f"trail-{question}", [])
    if not trail and following is None:
        return
    with st.container(horizontal=True, key=f"turn-{question}"):
        if trail and st.button(session.word("first_page"), key=f"first-{question}"):
            st.session_state[f"trail-{question}"] = []
            st.rerun(scope="fragment")
        if following is not None and st.button(session.word("next_page"), key=f"next-{question}"):
            trail.append(following)
            st.rerun(scope="fragment")
