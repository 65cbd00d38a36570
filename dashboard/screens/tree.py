"""The tree: a window of it drawn, one participant with the upline, direct recruits and money, and a search by id.

The participant stands in the URL (`person`), and so does the first level drawn below (`down`). The whole page is one
fragment, so that a click in the drawing runs this file and nothing else.
"""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from dashboard import icicle, pieces
from dashboard.client import Refused, part
from dashboard.figures import money
from dashboard.screens.parts import cursor, needs_analysis, turn
from dashboard.session import Session

LEVELS = 20
"""Levels drawn at once."""
BUDGET = 1500
"""Most marks of a drawing."""
ROWS = 20
WHOLE = ""
"""The value of the crumb that leads to the whole tree; no participant has it as an id."""
FIELDS = (
    "name",
    "person",
    "phone",
    "email",
    "address",
    "bank",
    "joined",
    "left",
    "kind",
    "rank",
    "country",
    "leg",
    "placement_id",
    "source_file",
    "source_line",
)

Record = dict[str, Any]


def show(session: Session) -> None:
    """Draw the page."""
    if not needs_analysis(session):
        return
    if not session.may("look at participants and their tree"):
        pieces.notice("near", session.word("not_permitted", role=session.text(session.me["label"])))
        return
    pieces.html(pieces.heading(session.word("page_tree"), 1) + pieces.paragraph(session.word("tree_intro"), "muted"))
    st.fragment(_tree)(session)


def _tree(session: Session) -> None:
    _search(session)
    chosen = session.at("person")
    person, upline = None, []
    if chosen is not None:
        try:
            person = session.recorded(f"/participants/{part(chosen)}")
            upline = session.recorded(f"/participants/{part(chosen)}/upline")
        except Refused as problem:
            if problem.status != 404:
                raise
            pieces.notice("near", session.word("tree_unknown", id=session.apart(chosen)))
    _crumbs(session, person, upline)
    _picture(session, person)
    if person is not None:
        _person(session, person)


def _go(person: str | None) -> None:
    """Change the participant in the URL and draw again."""
    if person is None:
        st.query_params.pop("person", None)
    else:
        st.query_params["person"] = person
    st.query_params.pop("down", None)
    st.rerun(scope="fragment")


def _search(session: Session) -> None:
    with (
        st.form("find", border=False, clear_on_submit=True),
        st.container(horizontal=True, vertical_alignment="bottom", key="find-row"),
    ):
        wanted = st.text_input(session.word("tree_find"), autocomplete="off", width=320)
        if st.form_submit_button(session.word("tree_go")) and wanted.strip():
            _go(wanted.strip())


def _crumbs(session: Session, person: Record | None, upline: list[Record]) -> None:
    if person is None:
        return
    arrow = '<span class="arrow" aria-hidden="true"></span>'
    steps = [pieces.go(WHOLE, escape(session.word("tree_whole")))]
    steps += [pieces.go(one["id"], pieces.ltr(one["id"])) for one in reversed(upline)]
    steps.append(f'<strong aria-current="page">{pieces.ltr(person["id"])}</strong>')
    label = escape(session.word("tree_upline"), quote=True)
    asked = pieces.living(f'<nav class="crumbs" aria-label="{label}">{arrow.join(steps)}</nav>', "crumbs")
    if asked is not None:
        _go(None if asked == WHOLE else asked)


def _picture(session: Session, person: Record | None) -> None:
    down = session.at("down") or "0"
    skip = int(down) if down.isascii() and down.isdigit() else 0
    top = (person["depth"] if person else 0) + skip
    if person is None:
        home = (0, int(session.analysed()["overview"]["records"]["participants"]))
    else:
        home = (person["position"], person["position"] + person["downline"] + 1)
    seen = icicle.sight(home) or home
    window = session.recorded("/tree", x0=seen[0], x1=seen[1], depth0=top, depth1=top + LEVELS, budget=BUDGET)
    if person is None:
        home = (0, window["people"])
    deepest = window["levels"] - 1
    last = min(window["depth1"] - 1, deepest)
    shown = session.word(
        "tree_levels", first=session.number(top), last=session.number(last), deepest=session.number(deepest)
    )
    count = session.word("tree_people", count=session.number(home[1] - home[0]))
    pieces.html(
        f'<p class="line" role="status"><b>{escape(count)}</b><span class="muted">{escape(shown)}</span></p>'
        f'<p class="key tree"><i class="one"></i>{escape(session.word("tree_one"))}'
        f'<i class="many"></i>{escape(session.word("tree_many"))}'
        + (f'<i class="picked"></i>{escape(session.word("tree_selected"))}' if person else "")
        + f'</p><p class="muted">{escape(session.word("tree_same"))}</p>'
    )
    words = {
        "many": session.word("tree_many"),
        "at": session.word("tree_at"),
        "label": session.word("tree_chart"),
    }
    asked = icicle.draw(window, home=home, chosen=person["id"] if person else None, words=words, arabic=session.arabic)
    if asked.id is not None and asked.id != (person["id"] if person else None):
        _go(asked.id)
    with st.container(horizontal=True, key="levels"):
        if skip and st.button(session.word("tree_higher"), key="higher"):
            _down(max(0, skip - LEVELS // 2))
        if last < deepest and st.button(session.word("tree_deeper"), key="deeper"):
            _down(skip + LEVELS // 2)


def _down(skip: int) -> None:
    if skip:
        st.query_params["down"] = str(skip)
    else:
        st.query_params.pop("down", None)
    st.rerun(scope="fragment")


def _person(session: Session, person: Record) -> None:
    pieces.html(pieces.heading(session.word("tree_person", id=session.apart(person["id"]))))
    found = [
        {"label": session.word("tree_level"), "value": session.number(person["depth"]), "detail": ""},
        {"label": session.word("tree_recruits"), "value": session.number(person["direct"]), "detail": ""},
        {"label": session.word("tree_downline"), "value": session.number(person["downline"]), "detail": ""},
    ]
    for one in person["money"]:

        def sum_(minor: int, one: Record = one) -> str:
            scale = int(one.get("scale", _scale(session, one["currency"])))
            return money(minor, one["currency"], scale, session.language)

        found.append({"label": session.word("tree_paid_in"), "value": sum_(one["paid_in"]), "detail": ""})
        found.append({"label": session.word("tree_paid_out"), "value": sum_(one["paid_out"]), "detail": ""})
        found.append({"label": session.word("tree_net"), "value": sum_(one["paid_out"] - one["paid_in"]), "detail": ""})
    body = pieces.tiles(found, small=True)
    if not person["money"]:
        body += pieces.paragraph(session.word("tree_no_money"), "muted")
    facts = [(session.word("tree_sponsor"), pieces.ltr(person["sponsor_id"] or "–"))]
    facts += [
        (session.known("field", name), pieces.ltr(person["fields"][name]))
        for name in FIELDS
        if name in person["fields"]
    ]
    pieces.html(body + f'<div class="facts">{pieces.definitions(facts)}</div>')
    _recruits(session, person)


def _scale(session: Session, currency: str) -> int:
    """Decimals of a currency: the analysis says them for its main one, two are usual for the rest."""
    records = session.analysed()["overview"]["records"]
    return int(records["scale"]) if currency == records["currency"] else 2


def _recruits(session: Session, person: Record) -> None:
    pieces.html(pieces.heading(session.word("tree_recruits"), 3))
    if not person["direct"]:
        pieces.html(pieces.paragraph(session.word("tree_recruits_none"), "muted"))
        return
    question = f"recruits-{session.analysis_id}-{person['id']}"
    after, _ = cursor(question)
    page = session.recorded(f"/participants/{part(person['id'])}/downline", levels=1, cursor=after, limit=ROWS)
    rows = [
        [
            pieces.go(one["id"], pieces.ltr(one["id"])),
            pieces.ltr(str(one["fields"].get("joined") or "–")[:10]),
            pieces.ltr(f"{one['direct']:,}"),
            pieces.ltr(f"{one['downline']:,}"),
        ]
        for one in page["rows"]
    ]
    columns = [session.word(key) for key in ("tree_id", "field_joined", "tree_recruits", "tree_downline")]
    asked = pieces.living(pieces.table(columns, rows, numbers=(2, 3)), "recruits")
    if asked is not None:
        _go(asked)
    turn(session, question, page["next"])
