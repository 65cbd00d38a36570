"""The report in its forms and both languages, to read here or to save; the bundle; the proof that the case is whole."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import Literal

import streamlit as st

from dashboard import pieces
from dashboard.screens import exports
from dashboard.screens.parts import needs_analysis
from dashboard.session import Session
from dashboard.words import LANGUAGES, Language

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def show(session: Session) -> None:
    """Draw the page."""
    if not needs_analysis(session):
        return
    assert session.analysis_id is not None
    pieces.html(pieces.heading(session.word("page_report"), 1) + pieces.paragraph(session.word("report_intro"), "lead"))
    for language in LANGUAGES:
        with st.container(horizontal=True, key=f"downloads-{language}"):
            _forms(session, language)
    _handing_over(session)
    _provenance(session)
    _verify(session)
    pieces.html(pieces.heading(session.word("report_preview")))
    shown = escape(_report(session, session.language), quote=True)
    title = escape(session.word("page_report"), quote=True)
    pieces.living(f'<iframe class="preview" sandbox="" title="{title}" srcdoc="{shown}"></iframe>', "preview")


def _forms(session: Session, language: Language) -> None:
    """The report in one language: HTML as it lies there, PDF made at the press of its button, the annex as a job."""
    label = session.word(f"report_download_{language}")
    kind: Literal["primary", "secondary"] = "primary" if language == session.language else "secondary"
    st.download_button(
        label,
        _report(session, language),
        file_name=_name(session, f"{language}.html"),
        mime="text/html",
        on_click="ignore",
        type=kind,
        key=f"download-{language}",
    )
    st.download_button(
        session.word(f"report_pdf_{language}"),
        partial(session.api.file, _path(session, "report"), format="pdf", language=language),
        file_name=_name(session, f"{language}.pdf"),
        mime="application/pdf",
        on_click="ignore",
        key=f"download-pdf-{language}",
    )
    if _reads_rows(session):
        exports.offer(
            session,
            f"xlsx-{language}",
            session.word(f"report_xlsx_{language}"),
            {"form": "xlsx", "languages": [language]},
            name=_name(session, f"{language}.xlsx"),
            mime=WORKBOOK,
        )


def _handing_over(session: Session) -> None:
    """JSON and the bundles; every row is in a bundle, so it takes the permission to read rows."""
    pieces.html(pieces.heading(session.word("bundle")) + pieces.paragraph(session.word("bundle_text"), "muted"))
    with st.container(horizontal=True, key="downloads-bundle"):
        st.download_button(
            session.word("report_json"),
            partial(session.api.file, _path(session, "report"), format="json"),
            file_name=_name(session, "json"),
            mime="application/json",
            on_click="ignore",
            key="download-json",
        )
        if not _reads_rows(session):
            return
        for key, redacted in (("bundle_full", False), ("bundle_redacted", True)):
            exports.offer(
                session,
                key,
                session.word(key),
                {"form": "bundle", "redacted": redacted},
                name=_name(session, "redacted.zip" if redacted else "zip"),
                mime="application/zip",
            )


def _reads_rows(session: Session) -> bool:
    return session.may("read rows of the records")


def _path(session: Session, what: str) -> str:
    return f"{session.case_path}/analyses/{session.analysis_id}/{what}"


def _name(session: Session, ending: str) -> str:
    assert session.analysis_id is not None
    return f"downline-{session.analysis_id[:12]}.{ending}"


def _report(session: Session, language: Language) -> str:
    return session.api.text(_path(session, "report"), language=language)


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
    rows = [
        [pieces.ltr(one["path"]), *(escape(session.text(one[words])) for words in ("text", "detail"))] for one in faults
    ]
    headings = [session.word(name) for name in ("verify_where", "problem", "verify_differs")]
    table = pieces.table(headings, rows)
    pieces.notice("warn", session.word("verify_faults", count=session.number(len(faults))), table)
