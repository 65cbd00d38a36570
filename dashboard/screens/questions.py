"""What only a person can answer: the open questions as one form, and what was answered, by whom, from which document."""

from __future__ import annotations

from datetime import date
from html import escape
from typing import Any

import streamlit as st

from dashboard import pieces
from dashboard.client import Refused
from dashboard.screens.parts import SEVERITIES
from dashboard.session import Session

MAY = "answer questions"
AT_ONCE = 12
"""Open questions in the form at a time, gravest first; the others follow when these are answered."""

Record = dict[str, Any]


def show(session: Session) -> None:
    """Draw the page."""
    if session.case is None:
        pieces.notice("plain", session.word("no_case"))
        st.page_link(session.pages["cases"], label=session.word("to_cases"), query_params={"lang": session.language})
        return
    asked = session.api.get(f"{session.case_path}/questions")
    asked.sort(key=lambda each: SEVERITIES.index(each["question"]["severity"]))
    open_ = [each for each in asked if each["answer"] is None or each["answer"]["value"] == "unknown"]
    pieces.html(
        pieces.heading(session.word("page_questions"), 1) + pieces.paragraph(session.word("questions_intro"), "lead")
    )
    count = session.word("questions_count", open=session.number(len(open_)), total=session.number(len(asked)))
    pieces.html(f'<p class="muted" role="status">{escape(count)}</p>')
    if open_ and session.may(MAY):
        _form(session, open_[:AT_ONCE])
    elif open_:
        pieces.notice("plain", session.word("questions_not_permitted"))
        pieces.html("".join(_asked(session, each["question"]) for each in open_))
    _answered(session, [each for each in asked if each["answer"] is not None])


def _form(session: Session, open_: list[Record]) -> None:
    with st.form("answers", border=False):
        with st.container(border=True):
            who = st.text_input(session.word("who"), key="answer-who", placeholder=session.word("who_example"))
            document = st.text_input(
                session.word("document"), key="answer-document", placeholder=session.word("document_example")
            )
            when = st.date_input(session.word("when"), value=date.today(), key="answer-when")  # noqa: DTZ011 - the reader's day
        given: dict[str, str] = {}
        for each in open_:
            question = each["question"]
            with st.container(border=True, key=f"question-{question['rule']}"):
                pieces.html(_asked(session, question))
                value = _field(session, question)
            if value:
                given[question["rule"]] = value
        if not st.form_submit_button(session.word("answers_keep"), type="primary"):
            return
    if not given or not who.strip():
        pieces.notice("near", session.word("who_missing" if given else "answers_none"))
        return
    answers = [
        {
            "rule": rule,
            "value": value,
            "who": who.strip(),
            "when": when.isoformat(),
            "document": document.strip() or None,
        }
        for rule, value in given.items()
    ]
    try:
        session.api.post(f"{session.case_path}/answers", {"answers": answers})
    except Refused as problem:
        pieces.refusal(session, session.word("answers_refused"), problem)
        return
    st.rerun()


def _field(session: Session, question: Record) -> str:
    label, key = session.word("answer"), f"answer-{question['rule']}"
    if question["kind"] == "yes-no":
        chosen = st.segmented_control(
            label, ["yes", "no", "unknown"], format_func=lambda each: session.word(f"answer_{each}"), key=key
        )
        return str(chosen or "")
    if question["kind"] == "number":
        number = st.number_input(label, min_value=0, step=1, value=None, key=key)
        return "" if number is None else str(number)
    return st.text_area(label, key=key, max_chars=4000).strip()


def _asked(session: Session, question: Record) -> str:
    severity = f"{session.word('severity')}: {session.known('severity', question['severity'])}"
    return (
        f'<p class="line"><strong>{escape(session.text(question["text"]))}</strong></p>'
        f'<p class="muted">{escape(session.text(question["instrument"]))} · {escape(severity)}</p>'
        + pieces.folded(session.word("questions_why"), pieces.paragraph(session.text(question["why"])))
    )


def _answered(session: Session, asked: list[Record]) -> None:
    if not asked:
        return
    pieces.html(pieces.heading(session.word("questions_answered")))
    for each in asked:
        question, answer = each["question"], each["answer"]
        value = answer["value"]
        shown = session.word(f"answer_{value}") if value in ("yes", "no", "unknown") else session.apart(value)
        about = [
            (session.word("answer"), escape(shown)),
            (session.word("who"), escape(session.apart(answer["who"]))),
            (session.word("when"), pieces.ltr(answer["when"])),
        ]
        if answer["document"]:
            about.append((session.word("document"), escape(session.apart(answer["document"]))))
        if answer["document_sha256"]:
            about.append(("SHA-256", pieces.ltr(answer["document_sha256"])))
        pieces.html(f'<article class="finding">{_asked(session, question)}{pieces.definitions(about)}</article>')
