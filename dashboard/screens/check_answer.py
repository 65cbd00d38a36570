"""The answer of a check: figures large, sums folded, everything else in short lines that a phone can hold."""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape
from typing import Any

import streamlit as st

from dashboard import pieces
from dashboard.session import Session

CONTEXT = ("met", "gate", "reference")
NO_ARTICLE = ("", "—", "-")


def show(session: Session, check: dict[str, Any], page: str) -> None:
    """Draw the answer and the two ways of saving it."""
    pieces.top(check["cost"]["shown"]["en"] + check["chance"]["shown"]["en"])
    figures = [check["cost"], check["middle"], check["chance"], *([check["claim"]] if check["claim"] else [])]
    body = pieces.heading(session.word("check_answer"), 1)
    body += f'<div class="tiles figures">{"".join(_figure(session, one) for one in figures)}</div>'
    needed = check["people_needed"]
    if needed:
        body += _lines(session, [*needed["says"], *needed["sums"]])
    body += _signs(session, check)
    body += _job(session, check["job"])
    body += _hides(session, check)
    body += _among(session, check["comparison"])
    body += _ask(session, check)
    if check["notes"]:
        body += pieces.folded(session.word("check_notes"), _lines(session, check["notes"]))
    body += pieces.paragraph(session.text(check["disclaimer"]), "muted")
    pieces.html(f'<div class="check">{body}</div>')
    with st.container(horizontal=True, key="check-save"):
        for name, data, file, mime in (
            ("check_save_page", page, "downline-check.html", "text/html"),
            (
                "check_save_json",
                json.dumps(check, ensure_ascii=False, indent=2),
                "downline-check.json",
                "application/json",
            ),
        ):
            st.download_button(session.word(name), data, file_name=file, mime=mime, on_click="ignore", key=name)
    pieces.html(pieces.paragraph(session.word("check_saved_where"), "muted"))


def _say(session: Session, text: dict[str, str]) -> str:
    return escape(session.text(text))


def _lines(session: Session, texts: Iterable[dict[str, str]]) -> str:
    rows = "".join(f"<li>{_say(session, text)}</li>" for text in texts)
    return f"<ul>{rows}</ul>" if rows else ""


def _figure(session: Session, figure: dict[str, Any]) -> str:
    first, rest = figure["says"][:1], figure["says"][1:]
    variants = [f"<li>{_say(session, one['label'])}: {_say(session, one['shown'])}</li>" for one in figure["variants"]]
    folded = "".join(f'<p class="sum">{_say(session, text)}</p>' for text in figure["sums"])
    folded += _lines(session, rest) + (f"<ul>{''.join(variants)}</ul>" if variants else "")
    return (
        f"<div><p>{_say(session, figure['title'])}</p><b>{_say(session, figure['shown'])}</b>"
        f"{''.join(f'<span>{_say(session, text)}</span>' for text in first)}"
        f"{pieces.folded(session.word('check_sums'), folded) if folded else ''}</div>"
    )


def _signs(session: Session, check: dict[str, Any]) -> str:
    body = pieces.heading(session.word("check_signs"))
    body += "".join(pieces.paragraph(session.text(text), "caution") for text in check["law_notes"])
    lead: dict[str, dict[str, Any]] = {}
    for finding in check["findings"]:
        lead.setdefault(f"{finding['group']} {finding['state']}", finding)
    pressing = [one for one in lead.values() if one["state"] not in CONTEXT]
    body += "".join(_finding(session, one) for one in sorted(pressing, key=lambda one: one["state"] != "breached"))
    if not any(one["state"] == "breached" for one in pressing):
        body += pieces.paragraph(session.word("check_signs_none"))
    calm = [one for one in lead.values() if one["state"] in CONTEXT]
    if calm:
        title = session.word("check_context", count=session.number(len(calm)))
        body += pieces.folded(title, "".join(_finding(session, one) for one in calm))
    if check["needs_records"]:
        count = session.number(check["needs_records"])
        body += pieces.paragraph(session.word("check_needs_records", count=count), "muted")
    return body


def _finding(session: Session, finding: dict[str, Any]) -> str:
    rule = finding["rule"]
    source = session.text(rule["instrument"])
    article = session.text(rule["article"]).strip()
    if article not in NO_ARTICLE:
        source += f"{'،' if session.arabic else ','} {article}"
    force = session.known("force", rule["legal_force"])
    state = pieces.state(finding["state"], session.text(finding["state_label"]))
    return (
        f'<article class="finding {escape(finding["state"])}"><p>{state}<br><strong>{escape(source)}</strong> '
        f'<span class="muted">({escape(force)})</span></p>'
        f"<p>{_say(session, finding['sentence'])}</p>"
        f'<p class="muted">{_say(session, finding["defence"])}</p></article>'
    )


def _job(session: Session, job: dict[str, Any]) -> str:
    rows = [(session.text(one["question"]), _say(session, one["says"])) for one in job["points"]]
    return (
        pieces.heading(session.word("check_job"))
        + f"<p><strong>{_say(session, job['says'])}</strong></p>"
        + pieces.definitions(rows)
    )


def _hides(session: Session, check: dict[str, Any]) -> str:
    if not check["practices"]:
        return ""
    body = pieces.heading(session.word("check_hides"))
    for one in check["hides"]:
        body += f'<p>{_say(session, one["text"])}<br><span class="muted">{_say(session, one["why"])}</span></p>'
    seen = sum(one["state"] == "seen" for one in check["practices"])
    states = {
        "seen": session.word("check_seen"),
        "not_seen": session.word("check_not_seen"),
        "not_known": session.word("check_not_known"),
    }
    rows = [
        (f"{session.text(one['title'])}: {states[one['state']]}", _say(session, one["says"]))
        for one in check["practices"]
    ]
    return body + pieces.folded(session.word("check_practices", count=session.number(seen)), pieces.definitions(rows))


def _among(session: Session, comparison: dict[str, Any]) -> str:
    body = pieces.heading(session.word("check_among"))
    says = [one["says"] for one in comparison["standings"]]
    body += _lines(session, says + ([comparison["why_none"]] if comparison["why_none"] else []))
    tables = "".join(_table(session, one) for one in comparison["tables"])
    body += pieces.folded(session.word("check_tables"), tables)
    return body + pieces.folded(session.word("note"), _lines(session, comparison["caveats"]))


def _table(session: Session, table: dict[str, Any]) -> str:
    told = [
        f"{escape(session.word(word))}: {_say(session, table[name]['shown'])}"
        for name, word in (("nothing", "check_nothing"), ("below_cost", "check_below"))
        if table[name]
    ]
    like = f' <span class="muted">({escape(session.word("check_like"))})</span>' if table["like"] else ""
    return (
        f"<p><strong><bdi>{escape(table['company'])}</bdi> {pieces.ltr(table['year'])}</strong>{like}<br>"
        f"{'<br>'.join(told) or escape(session.word('check_untold'))}<br>"
        f'<span class="muted">{_say(session, table["people"])}<br>{pieces.link(table["source"])}</span></p>'
    )


def _ask(session: Session, check: dict[str, Any]) -> str:
    texts = [*check["asks"], *(one["text"] for one in check["questions"])]
    body = pieces.heading(session.word("check_ask")) + _lines(session, texts)
    if check["questions_left"]:
        count = session.number(check["questions_left"])
        body += pieces.paragraph(session.word("check_ask_more", count=count), "muted")
    return body
