"""The first screen of an analysis: headline figures, what the records do not carry, warning signs, charts, receipts."""

from __future__ import annotations

from fractions import Fraction
from html import escape
from typing import Any

import streamlit as st

from dashboard import pictures, pieces
from dashboard.figures import money, percent
from dashboard.screens.parts import STATES, needs_analysis, rank
from dashboard.session import Session

SIGNS_SHOWN = 6
LEVELS_DRAWN = 30
REFUSED_SHOWN = 50


def show(session: Session) -> None:
    """Draw the page."""
    if not needs_analysis(session):
        return
    found = session.analysed()["overview"]
    measurements = {one["id"]: one for one in session.analysed("/measurements")}
    findings = session.analysed("/findings")
    _top(session, found)
    _signs(session, found, findings, measurements)
    if kind := programme(session, found["programme"]):
        pieces.html(kind)
    _charts(session, found["records"], measurements)
    _receipts(session, found)


def _top(session: Session, found: dict[str, Any]) -> None:
    law = session.word("law_on", day=session.apart(found["law_on"]))
    body = pieces.heading(session.text(found["title"]), 1)
    body += pieces.paragraph(" · ".join((session.text(found["period"]), law)), "muted")
    if found["about"]:
        body += pieces.paragraph(session.text(found["about"]), "lead")
    body += pieces.tiles({name: session.text(text) for name, text in tile.items()} for tile in found["headline"])
    for alert in found["alerts"]:
        body += f'<div class="caution"><p>{escape(session.text(alert))}</p></div>'
    limits = [session.text(limit) for limit in found["limits"]]
    if limits:
        rest = "".join(f"<li>{escape(one)}</li>" for one in limits[1:])
        more = pieces.folded(session.word("limits"), f"<ul>{rest}</ul>") if rest else ""
        body += f'<div class="caution"><p>{escape(limits[0])}</p>{more}</div>'
    pieces.html(body)


def _signs(
    session: Session, found: dict[str, Any], findings: list[dict[str, Any]], measurements: dict[str, Any]
) -> None:
    pieces.html(pieces.heading(session.word("signs")))
    met = sorted((one for one in findings if one["state"] == "breached"), key=rank)
    if not met:
        pieces.html(pieces.paragraph(session.word("signs_none")))
    with st.container(key="signs", gap="xsmall"):
        _met(session, met[:SIGNS_SHOWN], measurements)
    counts = found["findings"]
    body = pieces.heading(session.word("by_state"), 3) + '<ul class="counts">'
    for state in STATES:
        if counts.get(state):
            label = pieces.state(state, session.word(f"state_{state}"))
            body += f"<li>{label} <b>{escape(session.number(counts[state]))}</b></li>"
    pieces.html(body + "</ul>")


def programme(session: Session, reading: dict[str, Any] | None) -> str:
    """What an affiliate or referral programme is asked; nothing where the records look like a network, or like none."""
    if reading is None or reading["kind"] in ("network", "unknown"):
        return ""
    said, unmeasured = (
        "".join(
            f"<li>{escape(session.text(one['text']))}</li>" for one in reading["lines"] if one["measured"] is measured
        )
        for measured in (True, False)
    )
    body = pieces.heading(session.text(reading["title"])) + pieces.paragraph(session.text(reading["why"]), "muted")
    body += f"<ul>{said}</ul>" if said else ""
    return body + (pieces.folded(session.word("state_not_measurable"), f"<ul>{unmeasured}</ul>") if unmeasured else "")


def _met(session: Session, findings: list[dict[str, Any]], measurements: dict[str, Any]) -> None:
    for one in findings:
        measurement = measurements.get(one["measurement"] or "")
        title = session.text(measurement["title"]) if measurement else session.text(one["sentence"])
        shown = f"{title}: {session.text(one['value_shown'])}" if one["value_shown"] else title
        where = session.text(one["rule"]["instrument"])
        if one["rule"]["legal_force"] == "order-on-one-company":
            where += f" ({session.word('binds_one')})"
        with st.container(key=f"sign-{one['id']}", gap=None):
            pieces.html(
                f'<p class="sign-line">{pieces.state("breached", session.text(one["state_label"]))} {escape(shown)}</p>'
            )
            st.page_link(session.pages["findings"], label=where, query_params=session.here(finding=one["id"]))


def _charts(session: Session, records: dict[str, Any], measurements: dict[str, Any]) -> None:
    drawn = {
        "months": _months(session, records),
        "joined": _joined(session, records),
        "levels": _levels(session, records),
        "lorenz": _lorenz(session, measurements.get("payout_concentration")),
    }
    pieces.html(pieces.heading(session.word("charts")))
    left, right = st.columns(2, gap="medium")
    for place, (name, figure) in enumerate((name, figure) for name, figure in drawn.items() if figure):
        with right if place % 2 else left:
            pieces.living(figure, f"chart-{name}")


def _money(session: Session, records: dict[str, Any], value: int) -> str:
    return money(value, records["currency"], records["scale"], session.language)


def _months(session: Session, records: dict[str, Any]) -> str:
    months = [one for one in records["by_month"] if one["paid_in"] or one["paid_out"]]
    if not months:
        return ""
    paid_in = [_money(session, records, one["paid_in"]) for one in months]
    paid_out = [_money(session, records, one["paid_out"]) for one in months]
    series = [
        pictures.Bars(session.word("in"), "in", [one["paid_in"] for one in months], paid_in),
        pictures.Bars(session.word("out"), "out", [one["paid_out"] for one in months], paid_out),
    ]
    labels = [one["month"] for one in months]
    best = max(range(len(months)), key=lambda i: months[i]["paid_in"])
    summary = session.word("months_summary", month=session.apart(labels[best]), in_=paid_in[best], out=paid_out[best])
    title = session.word("chart_months")
    rows = [
        [pieces.ltr(month), pieces.ltr(a), pieces.ltr(b)] for month, a, b in zip(labels, paid_in, paid_out, strict=True)
    ]
    table = pieces.table([session.word("month"), session.word("in"), session.word("out")], rows, numbers=(1, 2))
    folded = pieces.folded(session.word("same_table"), table)
    return pictures.figure(title, pictures.columns(labels, series, title=title), summary, folded, pictures.key(series))


def _joined(session: Session, records: dict[str, Any]) -> str:
    months = records["by_month"]
    if not any(one["joined"] for one in months):
        return ""
    labels = [one["month"] for one in months]
    counts = [session.number(one["joined"]) for one in months]
    series = [pictures.Bars(session.word("joined"), "people", [one["joined"] for one in months], counts)]
    best = max(range(len(months)), key=lambda i: months[i]["joined"])
    title = session.word("chart_joined")
    summary = session.word("joined_summary", month=session.apart(labels[best]), count=counts[best])
    rows = [[pieces.ltr(month), pieces.ltr(count)] for month, count in zip(labels, counts, strict=True)]
    table = pieces.table([session.word("month"), session.word("joined")], rows, numbers=(1,))
    return pictures.figure(
        title, pictures.columns(labels, series, title=title), summary, pieces.folded(session.word("same_table"), table)
    )


def _levels(session: Session, records: dict[str, Any]) -> str:
    profile = records["members_by_level"]
    levels = [(str(level), count) for level, count in enumerate(profile[:LEVELS_DRAWN])]
    if len(profile) > LEVELS_DRAWN:
        levels.append((session.word("levels_more", level=LEVELS_DRAWN), sum(profile[LEVELS_DRAWN:])))
    labels, values = [label for label, _ in levels], [count for _, count in levels]
    shown = [session.number(count) for count in values]
    deepest = records["deepest_level"]
    single = profile if len(profile) > deepest else profile[:-1]  # of very deep trees the last is all deeper levels
    best = max(range(len(single)), key=lambda i: single[i])
    title = session.word("chart_levels")
    summary = session.word(
        "levels_summary",
        level=session.number(best),
        count=session.number(profile[best]),
        deepest=session.number(deepest),
    )
    rows = [[pieces.ltr(label), pieces.ltr(count)] for label, count in zip(labels, shown, strict=True)]
    table = pieces.table([session.word("level"), session.word("people")], rows, numbers=(1,))
    drawing = pictures.rows(labels, values, shown, title=title, arabic=session.arabic)
    return pictures.figure(title, drawing, summary, pieces.folded(session.word("same_table"), table))


def _lorenz(session: Session, measurement: dict[str, Any] | None) -> str:
    if measurement is None or not measurement["measurable"]:
        return ""
    series = next((one for one in measurement["series"] if one["id"] == "lorenz"), None)
    if series is None:
        return ""
    points = sorted({(0.0, 0.0), *((float(one["x"]), one["number"] or 0.0) for one in series["points"])})
    low = max((point for point in points if point[0] <= 0.9), default=points[0])
    title = session.word("chart_lorenz")
    share = [percent(Fraction(str(value)), 1, session.language) for value in low]
    summary = session.word("lorenz_summary", low=share[0], share=share[1]) + " " + session.word("lorenz_note")
    rows = [[pieces.ltr(f"{x * 100:.1f}%"), pieces.ltr(f"{y * 100:.1f}%")] for x, y in points]
    table = pieces.table([session.word("lorenz_across"), session.word("lorenz_up")], rows, numbers=(0, 1))
    drawing = pictures.curve(points, title=title, across=session.word("lorenz_across"), up=session.word("lorenz_up"))
    return pictures.figure(title, drawing, summary, pieces.folded(session.word("same_table"), table))


def _receipts(session: Session, found: dict[str, Any]) -> None:
    intake = found["intake"]
    totals = {name: session.number(intake[key]) for name, key in _TOTALS.items()}
    pieces.html(pieces.heading(session.word("intake")) + pieces.paragraph(session.word("intake_sum", **totals)))
    if intake["rows_refused"] and session.may("read rows of the records"):
        page = session.recorded("/refused", limit=REFUSED_SHOWN)
        columns = [name for name in page["columns"] if name != "row"]
        pieces.html(pieces.folded(session.word("refused_rows"), pieces.records(columns, page["rows"])))
    body = pieces.heading(session.word("structure"))
    if found["structure"]:
        rows = [
            [
                escape(session.text(one["text"])),
                escape(session.text(one["repair"])),
                " ".join(pieces.ltr(example) for example in one["examples"]),
            ]
            for one in found["structure"]
        ]
        body += pieces.table([session.word("problem"), session.word("repair"), session.word("examples")], rows)
    else:
        body += pieces.paragraph(session.word("structure_none"))
    if found["figures"]:
        agreeing = sum(one["agrees"] for one in found["figures"])
        ok, total = session.number(agreeing), session.number(len(found["figures"]))
        body += pieces.paragraph(session.word("checked_figures", ok=ok, total=total))
        for one in found["figures"]:
            if not one["agrees"]:
                parts = {key: session.apart(one[key]) for key in ("id", "stated", "found")}
                body += pieces.paragraph(session.word("figure_differs", **parts))
    pieces.html(body)


_TOTALS = {"rows_in": "rows_in", "accepted": "rows_accepted", "refused": "rows_refused"}
