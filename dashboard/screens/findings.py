"""Findings and measurements: a list to filter, one finding with its rule, source, readings, defence and rows."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from html import escape
from typing import Any

import streamlit as st

from dashboard import pieces
from dashboard.client import part
from dashboard.figures import exact, measured, percent, term
from dashboard.screens import changes
from dashboard.screens.parts import SEVERITIES, STATES, cursor, needs_analysis, rank, turn
from dashboard.session import Session

AT_ONCE = 15
"""Findings and measurements drawn before `Show more`."""
ROWS = 25

Record = dict[str, Any]


def show(session: Session) -> None:
    """Draw the page."""
    if not needs_analysis(session):
        return
    findings = sorted(session.analysed("/findings"), key=rank)
    measurements = {one["id"]: one for one in session.analysed("/measurements")}
    chosen = session.at("finding")
    if chosen is not None:
        _one(session, next((one for one in findings if one["id"] == chosen), None), measurements)
        return
    pieces.html(
        pieces.heading(session.word("page_findings"), 1) + pieces.paragraph(session.word("findings_intro"), "muted")
    )
    known = changes.others(session)
    tabs = st.tabs(
        [session.word(each) for each in ("tab_findings", "tab_measurements", *(["changes"] if known else []))]
    )
    with tabs[0]:
        st.fragment(_list)(session, findings, measurements)
    with tabs[1]:
        st.fragment(_measurements)(session, list(measurements.values()))
    if known:
        with tabs[2]:
            st.fragment(changes.draw)(session, known)


# The list


def _list(session: Session, findings: list[Record], measurements: dict[str, Record]) -> None:
    with st.container(key="filters"):
        states = _pills(session, "state", findings, lambda one: one["state"], STATES, "state")
        severities = _pills(session, "severity", findings, lambda one: one["severity"], SEVERITIES, "severity")
        countries = sorted({one["rule"]["jurisdiction"] for one in findings})
        places = _pills(
            session, "jurisdiction", findings, lambda one: one["rule"]["jurisdiction"], countries, "country"
        )
        words = st.text_input(session.word("search"), placeholder=session.word("search_in"), key="search")
    needle = fold(words)
    shown = [
        one
        for one in findings
        if (not states or one["state"] in states)
        and (not severities or one["severity"] in severities)
        and (not places or one["rule"]["jurisdiction"] in places)
        and (not needle or needle in _haystack(one))
    ]
    count = session.word("shown_of", shown=session.number(len(shown)), total=session.number(len(findings)))
    pieces.html(f'<p class="muted" role="status">{escape(count)}</p>')
    if not shown:
        pieces.notice("plain", session.word("none_match"))
        st.button(session.word("clear"), key="clear", on_click=_clear)
        return
    limit = st.session_state.get("findings-limit", AT_ONCE)
    for one in shown[:limit]:
        _row(session, one, measurements)
    if len(shown) > limit and st.button(session.word("more"), key="more-findings"):
        st.session_state["findings-limit"] = limit + AT_ONCE
        st.rerun(scope="fragment")


def _clear() -> None:
    for name in ("filter-state", "filter-severity", "filter-jurisdiction"):
        st.session_state[name] = []
    st.session_state["search"] = ""


def _pills(
    session: Session,
    label: str,
    findings: list[Record],
    of: Callable[[Record], str],
    order: Any,
    kind: str,
) -> list[str]:
    counts = {key: sum(of(one) == key for one in findings) for key in order}
    present = [key for key in order if counts[key]]
    return st.pills(
        session.word(label),
        present,
        selection_mode="multi",
        format_func=lambda key: f"{session.known(kind, key)} ({session.number(counts[key])})",
        key=f"filter-{label}",
    )


def fold(text: str) -> str:
    """A search key: case, diacritics, tatweel and the usual Arabic spelling variants do not matter."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(
        one for one in plain if not unicodedata.combining(one) and one not in "\u0640\u2066\u2067\u2068\u2069"
    )
    return " ".join(plain.translate(_VARIANTS).split())


_VARIANTS = str.maketrans("آأإٱىیکة٠١٢٣٤٥٦٧٨٩", "اااايىكه0123456789".replace("ى", "ي"))


def _haystack(finding: Record) -> str:
    rule = finding["rule"]
    texts = [finding["sentence"], rule["instrument"], rule["article"], rule["statement"]]
    return fold(" ".join([finding["id"], *(text[language] for text in texts for language in ("en", "ar"))]))


def _row(session: Session, finding: Record, measurements: dict[str, Record]) -> None:
    with st.container(border=True, key=f"finding-{finding['state']}-{finding['id']}", gap=None):
        pieces.html(
            f'<p class="line">{pieces.state(finding["state"], session.text(finding["state_label"]))}'
            f'<span class="muted">{escape(_severity(session, finding))}</span></p>'
        )
        st.page_link(
            session.pages["findings"],
            label=_label(session, finding),
            query_params=session.here(finding=finding["id"]),
        )
        pieces.html(pieces.paragraph(_line(session, finding, measurements)))


def _severity(session: Session, finding: Record) -> str:
    return f"{session.word('severity')}: {session.known('severity', finding['severity'])}"


def _label(session: Session, finding: Record) -> str:
    """Country, instrument, article, year; as the label of a link, which is Markdown."""
    return "".join(
        f"\\{letter}" if letter in "\\`*_{}[]#+-!|:$~<>" else letter for letter in where(session, finding["rule"])
    )


def where(session: Session, rule: Record) -> str:
    """Country, instrument, article and year of a rule."""
    article = session.text(rule["article"])
    parts = [session.text(rule["instrument"]), *([article] if article not in ("", "-", "–", "—") else [])]
    if rule["year"] is not None and str(rule["year"]) not in parts[0]:
        parts.append(session.apart(rule["year"]))
    prefix = "" if rule["jurisdiction"] == "XX" else f"{session.known('country', rule['jurisdiction'])} · "
    return prefix + ("، " if session.arabic else ", ").join(parts)


def _line(session: Session, finding: Record, measurements: dict[str, Record]) -> str:
    measurement = measurements.get(finding["measurement"] or "")
    if measurement is None or finding["value_shown"] is None:
        return session.text(finding["sentence"])
    shown = f"{session.text(measurement['title'])}: {session.text(finding['value_shown'])}"
    if finding["limit_shown"] is not None:
        shown += f" ({session.word('limit')}: {session.text(finding['limit_shown'])})"
    return shown


# One finding


def _one(session: Session, finding: Record | None, measurements: dict[str, Record]) -> None:
    with st.container(key="back"):
        st.page_link(session.pages["findings"], label=session.word("back_to_list"), query_params=session.here())
    if finding is None:
        pieces.notice("near", session.word("not_found"))
        return
    rule = finding["rule"]
    body = (
        f'<article class="finding {escape(finding["state"])}"><p class="line">'
        f"{pieces.state(finding['state'], session.text(finding['state_label']))}"
        f'<span class="muted">{escape(_severity(session, finding))}</span></p>'
        f"{pieces.heading(where(session, rule), 1)}"
        f'<p class="sentence">{escape(session.text(finding["sentence"]))}</p>'
    )
    if finding["flip"]:
        body += pieces.paragraph(session.text(finding["flip"]))
    body += pieces.definitions(_about(session, finding)) + _readings(session, finding)
    pieces.html(body + "</article>")
    measurement = measurements.get(finding["measurement"] or "")
    if measurement is not None:
        pieces.html(pieces.folded(session.word("how"), _how(session, measurement)))
        _evidence(session, measurement)


def _about(session: Session, finding: Record) -> list[tuple[str, str]]:
    rule = finding["rule"]
    about = [(session.word("rule"), escape(session.text(rule["statement"])))]
    if finding["why_not"]:
        about.append((session.word("why_not"), escape(session.text(finding["why_not"]))))
    about += [(session.word("note"), escape(session.text(note))) for note in finding["notes"]]
    about.append((session.word("defence"), escape(session.text(finding["defence"]))))
    source = [escape(session.known("force", rule["legal_force"]))]
    if rule["source_url"]:
        source.append(pieces.link(rule["source_url"]))
    source.append(escape(session.word(f"basis_{rule['verified_basis']}")))
    about.append((session.word("source"), "<br>".join(source)))
    about.append((session.word("rule_id"), pieces.ltr(finding["id"])))
    return about


def _readings(session: Session, finding: Record) -> str:
    if not finding["readings"]:
        return ""
    limit = session.text(finding["limit_shown"]) if finding["limit_shown"] else "–"
    rows = [
        [escape(session.text(one["label"])), escape(session.text(one["shown"])), escape(limit)]
        for one in finding["readings"]
    ]
    columns = [session.word("reading"), session.word("value"), session.word("limit")]
    return pieces.heading(session.word("readings"), 3) + pieces.table(columns, rows)


def _evidence(session: Session, measurement: Record) -> None:
    pieces.html(pieces.heading(session.word("evidence"), 2))
    if measurement["evidence"] is None:
        pieces.html(pieces.paragraph(session.word("evidence_none"), "muted"))
        return
    if session.may("read rows of the records"):
        st.fragment(_rows)(session, measurement)
    else:
        pieces.notice("near", session.word("not_permitted", role=session.text(session.me["label"])))
    pieces.html(pieces.folded(session.word("query"), pieces.code(measurement["evidence"]["sql"])))


def _rows(session: Session, measurement: Record) -> None:
    question = f"rows-{session.analysis_id}-{measurement['id']}"
    after, pages = cursor(question)
    page = session.analysed(f"/measurements/{part(measurement['id'])}/rows", cursor=after, limit=ROWS)
    first = pages * ROWS + 1
    range_ = session.word(
        "evidence_range",
        first=session.number(first if page["rows"] else 0),
        last=session.number(first + len(page["rows"]) - 1),
        total=session.number(page["total"]) if page["total"] is not None else "–",
    )
    body = f'<p class="muted" role="status">{escape(range_)}</p>' + pieces.records(page["columns"], page["rows"])
    records = session.analysed()["overview"]["records"]
    if records["currency"] and records["scale"]:
        sum_ = session.apart(f"1\u00a0{records['currency']}\u00a0=\u00a0{10 ** records['scale']:,}")
        body += pieces.paragraph(session.word("minor_units", sum=sum_), "muted")
    pieces.html(body)
    turn(session, question, page["next"])


# Measurements


def _measurements(session: Session, found: list[Record]) -> None:
    limit = st.session_state.get("measurements-limit", AT_ONCE)
    body = ""
    for one in found[:limit]:
        interval = f'<p class="muted">{escape(_interval(session, one))}</p>' if one["interval"] else ""
        body += (
            f'<article class="finding"><h3>{escape(session.text(one["title"]))}: {escape(value(session, one))}</h3>{interval}'
            f"{pieces.folded(session.word('how'), _how(session, one))}</article>"
        )
    pieces.html(body)
    if len(found) > limit and st.button(session.word("more"), key="more-measurements"):
        st.session_state["measurements-limit"] = limit + AT_ONCE
        st.rerun(scope="fragment")


def value(session: Session, measurement: Record, variant: Record | None = None) -> str:
    """A measurement's value (or that of one of its alternatives) with its bound in words."""
    chosen = variant or measurement
    if chosen["value"] is None:
        return session.word("not_measured")
    unit, currency = chosen["unit"] or measurement["unit"], measurement["currency"]
    if unit == "ratio":
        shown = percent(exact(chosen), 1, session.language)
    else:
        shown = measured(chosen["value"], unit, currency, session.language, measurement["scale"])
    if chosen["bound"] not in ("upper", "lower"):
        return shown
    bound = session.word(chosen["bound"])
    return f"{shown} {bound}" if session.arabic else f"{bound} {shown}"


def _interval(session: Session, measurement: Record) -> str:
    interval, unit = measurement["interval"], measurement["unit"]
    money = measurement["currency"], session.language, measurement["scale"]
    low, high = (measured(interval[end], unit, *money) for end in ("low", "high"))
    level = session.apart(f"{float(interval['level']) * 100:g}%")
    return session.word("interval", level=level, low=low, high=high)


def _how(session: Session, measurement: Record) -> str:
    about = [
        (session.word("definition"), escape(session.text(measurement["definition"]))),
        (session.word("formula"), pieces.ltr(measurement["formula"])),
    ]
    for end in ("numerator", "denominator"):
        if measurement[end] is not None:
            label = session.text(measurement[f"{end}_label"]) if measurement[f"{end}_label"] else ""
            amount = escape(term(measurement[end], measurement, session.language))
            about.append((session.word(end), f"{escape(label)}: {amount}" if label else amount))
    if measurement["missing"]:
        needs = " ".join(escape(session.text(one["text"])) for one in measurement["missing"])
        about.append((session.word("needs"), needs))
    about.append((session.word("misleads"), escape(session.text(measurement["false_positives"]))))
    about += [
        (session.word("note"), escape(session.text(text))) for text in [*measurement["limits"], *measurement["notes"]]
    ]
    about.append((session.word("source"), pieces.ltr(measurement["source"])))
    body = pieces.definitions(about)
    if measurement["measurable"] and measurement["alternatives"]:
        main = session.text(measurement["headline_label"] or measurement["title"])
        rows = [[escape(main), escape(value(session, measurement))]]
        rows += [
            [escape(session.text(one["label"])), escape(value(session, measurement, one))]
            for one in measurement["alternatives"]
        ]
        body += pieces.table([session.word("readings"), session.word("value")], rows)
    return body
