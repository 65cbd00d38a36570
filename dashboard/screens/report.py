"""The report in both languages, to read here or to save; the proof that the case is as it was written."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard import pieces
from dashboard.screens.parts import needs_analysis
from dashboard.session import Session
from dashboard.words import LANGUAGES, Language


def show(session: Session) -> None:
    """Draw the page."""
    if not needs_analysis(session):
        return
    assert session.analysis_id is not None
    pieces.html(pieces.heading(session.word("page_report"), 1) + pieces.paragraph(session.word("report_intro"), "lead"))
    with st.container(horizontal=True, key="downloads"):
        for language in LANGUAGES:
            st.download_button(
                session.word(f"report_download_{language}"),
                _report(session, language),
                file_name=f"downline-{session.analysis_id[:12]}.{language}.html",
                mime="text/html",
                on_click="ignore",
                type="primary" if language == session.language else "secondary",
                key=f"download-{language}",
            )
    _provenance(session)
    _verify(session)
    pieces.html(pieces.heading(session.word("report_preview")))
    shown = escape(_report(session, session.language), quote=True)
    title = escape(session.word("page_report"), quote=True)
    pieces.living(f'<iframe class="preview" sandbox="" title="{title}" srcdoc="{shown}"></iframe>', "preview")


def _report(session: Session, language: Language) -> str:
    return session.api.text(f"{session.case_path}/analyses/{session.analysis_id}/report", lang=language)


def _provenance(session: Session) -> None:
    made = session.analysed()["analysis"]
    rows = [
        (session.word("analysis"), pieces.ltr(made["id"])),
        (session.word("snapshot"), pieces.ltr(made["snapshot"])),
        *((f"{session.word('packs')}: {pack['name']}", pieces.ltr(pack["sha256"])) for pack in made["packs"]),
    ]
    if made["plan_sha256"]:
        rows.append((session.word("plan_sha"), pieces.ltr(made["plan_sha256"])))
    body = f'<div class="hashes">{pieces.definitions(rows)}</div>'
    pieces.html(pieces.folded(session.word("provenance"), body))


@st.fragment
def _verify(session: Session) -> None:
    pieces.html(pieces.heading(session.word("verify")) + pieces.paragraph(session.word("verify_text"), "muted"))
    if not session.may("verify a case"):
        pieces.notice("near", session.word("not_permitted", role=session.text(session.me["label"])))
        return
    if not st.button(session.word("verify_button"), key="verify"):
        return
    found = session.api.get(f"{session.case_path}/verify")
    if found["intact"]:
        pieces.notice("good", session.word("verify_ok"))
        return
    faults = found["faults"]
    rows = [[pieces.ltr(one["path"]), escape(session.text(one["text"]))] for one in faults]
    table = pieces.table([session.word("verify_where"), session.word("problem")], rows)
    pieces.notice("warn", session.word("verify_faults", count=session.number(len(faults))), table)
