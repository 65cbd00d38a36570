"""Check a company without its records: first thing for a visitor, made for a phone, open without a token.

A form of costs, an income table typed, pasted or uploaded, and answers; then three figures large with their sums
folded, warning signs, what the table hides, the comparison, whether it is a job, and questions to ask. The answer
lives in this visit's memory only; it can be saved as a page or as JSON.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import streamlit as st

from dashboard import pieces
from dashboard.client import Refused
from dashboard.screens import check_answer
from dashboard.session import Session

ANSWER, PROBLEM = "check-answer", "check-problem"
QUESTIONS = 8
"""Most questions of the rules that the form asks, gravest first."""
SEVERITIES = ("critical", "high", "medium", "low", "info")
EXAMPLE = "0, 70%\n1 - 250, 18%\n251+, 12%"
LARGEST_MB = 20
"""Megabytes of an income table, as the API takes them."""
FILES = ["pdf", "xlsx", "csv", "tsv", "txt"]


def show(session: Session) -> None:
    """Draw the page."""
    answer = st.session_state.get(ANSWER)
    if answer is None:
        lead = pieces.paragraph(session.word("check_lead"), "lead")
        pieces.html(pieces.heading(session.word("page_check"), 1) + lead)
    else:
        check_answer.show(session, answer["check"], answer["pages"])
    known = session.api.kept("/check/form")
    with st.container() if answer is None else st.expander(session.word("check_edit")):
        _form(session, known)
    problem = st.session_state.pop(PROBLEM, None)
    if problem is not None:
        pieces.refusal(session, session.word("check_failed"), problem)


def _form(session: Session, known: dict[str, Any]) -> None:
    packs = {one["name"]: one for one in known["packs"] if one["name"] != known["always"]}
    country = st.selectbox(
        session.word("check_country"),
        sorted(packs, key=lambda name: session.text(packs[name]["title"])),
        index=None,
        placeholder=session.word("check_country_none"),
        format_func=lambda name: session.text(packs[name]["title"]),
        key="check-country",
    )
    codes = [one["code"] for one in known["currencies"]]
    usual = None if country is None else packs[country]["currency"]
    currency = st.selectbox(
        session.word("check_currency"),
        codes,
        index=codes.index(usual) if usual in codes else None,
        placeholder=session.word("check_currency_choose"),
        key=f"check-currency-{usual}",
    )
    always = next(one for one in known["packs"] if one["name"] == known["always"])
    with st.form("check-form", border=False):
        given = _costs(session) | {"currency": currency or "", "laws": [] if country is None else [country]}
        income, files = _table(session)
        with st.expander(session.word("check_more")):
            more, plan = _more(session, income)
        with st.expander(session.word("check_questions")):
            answers = _questions(
                session, [*(packs[country]["questions"] if country else ()), *always["questions"]], known
            )
        if not st.form_submit_button(session.word("check_submit"), type="primary", key="check-submit"):
            return
    missing = _missing(session, given)
    if missing:
        pieces.notice("warn", missing)
        return
    if plan is not None:
        files["plan"] = (plan.name, plan.getvalue())
    _ask(session, {**given, **more, **answers, "income": income}, files)


def _costs(session: Session) -> dict[str, Any]:
    joining = st.text_input(
        session.word("check_joining"), placeholder=session.word("check_joining_help"), key="check-joining"
    )
    monthly = st.text_input(
        session.word("check_monthly"), placeholder=session.word("check_monthly_help"), key="check-monthly"
    )
    return {"joining": joining.strip(), "monthly": monthly.strip() or "0"}


def _missing(session: Session, given: dict[str, Any]) -> str:
    """What must be given and was not."""
    if not given["currency"]:
        return session.word("check_currency_missing")
    return "" if given["joining"] else session.word("check_joining_missing")


Files = dict[str, tuple[str, bytes]]


def _table(session: Session) -> tuple[dict[str, Any], Files]:
    helped = pieces.paragraph(session.word("check_table_help"), "muted") + pieces.code(EXAMPLE)
    pieces.html(pieces.heading(session.word("check_table")) + helped)
    text = st.text_area(session.word("check_table"), height=140, key="check-table", label_visibility="collapsed")
    file = st.file_uploader(session.word("check_file"), type=FILES, key="check-file", max_upload_size=LARGEST_MB)
    files: Files = {} if file is None else {"income": (file.name, file.getvalue())}
    return {"text": text.strip() or None} if file is None else {}, files


def _more(session: Session, income: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    """What is known beside costs and table; fills in what belongs to the table itself."""

    def typed(key: str, help_: str = "") -> str | None:
        found = st.text_input(session.word(key), placeholder=help_, key=key.replace("_", "-"))
        return found.strip() or None

    def number(key: str) -> int | str | None:
        # A text field: what was typed is in the form at once, and a wrong number is the API's to explain.
        found = typed(key)
        return int(found) if found is not None and found.isdecimal() else found

    said = session.word("check_people_said")
    claimed = typed("check_claimed")
    income["median"] = typed("check_median")
    period = st.radio(
        session.word("check_period"),
        [said, "year", "month", "week"],
        format_func=lambda one: one if one == said else session.word(f"check_period_{one}"),
        horizontal=True,
        key="check-period",
    )
    income["period"] = None if period == said else period
    people = st.radio(
        session.word("check_people"),
        [said, "everyone", "active", "paid", "ranked"],
        format_func=lambda one: one if one == said else session.word(f"check_people_{one}"),
        key="check-people",
    )
    income["population"] = None if people == said else people
    covers = typed("check_covers", session.word("check_covers_help"))
    income["page"] = number("check_page")
    more = {
        "claimed": claimed,
        "covers": covers,
        "recruit_bonus": typed("check_bonus"),
        "levels": number("check_levels"),
        "hours": number("check_hours"),
    }
    plan = st.file_uploader(
        session.word("check_plan"), type=["yaml", "yml", "json"], key="check-plan", max_upload_size=1
    )
    return more, plan


def _questions(session: Session, asked: list[dict[str, Any]], known: dict[str, Any]) -> dict[str, Any]:
    words = {
        "yes": session.word("check_yes"),
        "no": session.word("check_no"),
        "unknown": session.word("check_unknown"),
    }

    def ask(text: str, key: str) -> str:
        found: str = st.radio(
            text, list(words), index=2, format_func=words.__getitem__, horizontal=True, key=f"check-{key}"
        )
        return found

    job = {one["id"]: ask(session.text(one["question"]), f"job-{one['id']}") for one in known["job"]}
    plain = {session.text(one["text"]): one for one in reversed(asked) if one["kind"] == "yes-no"}
    gravest = sorted(plain.values(), key=lambda one: SEVERITIES.index(one["severity"]))[:QUESTIONS]
    values = {one["rule"]: ask(session.text(one["text"]), f"rule-{one['rule']}") for one in gravest}
    who, today = session.word("check_reader"), date.today().isoformat()  # noqa: DTZ011 - the reader's own day
    answers = [
        {"rule": rule, "value": value, "who": who, "when": today}
        for rule, value in values.items()
        if value != "unknown"
    ]
    return {"job": {name: value for name, value in job.items() if value != "unknown"}, "answers": answers}


def _ask(session: Session, request: dict[str, Any], files: Files) -> None:
    """Have the API check, keep the answer for this visit, and draw the page anew with it on top."""
    body = json.dumps(request)
    try:
        check = session.api.form("/check", {"request": body}, files).json()
        page = session.api.form("/check/page", {"request": body}, files, lang=session.language).text
    except Refused as problem:
        st.session_state[PROBLEM] = problem
    else:
        st.session_state[ANSWER] = {"check": check, "pages": page}
    st.rerun()
