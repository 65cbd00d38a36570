"""HTML that the screens share: tiles, tables, badges, notices. Every value is escaped here and nowhere else.

Tables are HTML and not Streamlit's canvas, so that their columns follow the direction of the page, a screen reader
reads them, and what is shown is what was asked for, page by page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from dashboard.client import Refused
from dashboard.session import Session

STATIC = Path(__file__).parent / "static"
SIGNS = {
    "breached": "▲",
    "borderline": "◆",
    "question": "?",
    "not_measurable": "○",
    "met": "●",
    "gate": "▪",
    "reference": "▪",
}
"""A shape for each state, so that colour never carries the meaning alone."""


def css(language: str) -> str:
    """The style sheet, with the direction of the language."""
    sheets = ["style.css", "arabic.css"] if language == "ar" else ["style.css"]
    direction = "rtl" if language == "ar" else "ltr"
    rules = "".join((STATIC / name).read_text(encoding="utf-8") for name in sheets)
    return f"<style>:root{{--dir:{direction}}}{rules}</style>"


def html(body: str) -> None:
    """Show a piece of the page."""
    st.html(body)


def living(body: str, key: str) -> str | None:
    """Show a piece with what `st.html` strips: drawings, and buttons made by `go`.

    Returns:
        The value of the button that was pressed, in the run that its press causes.
    """
    js = (STATIC / "figure.js").read_text(encoding="utf-8")
    component = st.components.v2.component("downline_figure", js=js, isolate_styles=False)
    found = component(data={"html": body}, key=key, on_go_change=_nothing).get("go")
    return None if found is None else str(found["value"])


def _nothing() -> None:
    """A press runs the page again; there is nothing else to do."""


def go(value: str, label: str) -> str:
    """A button for `living`; the label is HTML already."""
    return f'<button type="button" class="go" data-go="{escape(value, quote=True)}">{label}</button>'


def announce(language: str) -> None:
    """Tell the browser the page's language and direction, for screen readers, hyphenation and fonts."""
    js = (STATIC / "language.js").read_text(encoding="utf-8")
    direction = "rtl" if language == "ar" else "ltr"
    with st.container(key="language"):
        st.components.v2.component("downline_language", js=js)(data={"lang": language, "dir": direction}, key="lang")


def top(of: str) -> None:
    """Bring the page's beginning into view when `of` is new: a long form above an answer would hide it."""
    js = (STATIC / "top.js").read_text(encoding="utf-8")
    with st.container(key="top"):
        st.components.v2.component("downline_top", js=js)(data={"of": of}, key="top-of")


def ltr(value: object) -> str:
    """An id, a number or a query, left to right wherever it stands."""
    return f'<bdi dir="ltr">{escape(str(value))}</bdi>'


def paragraph(text: str, kind: str = "") -> str:
    """A paragraph."""
    return f'<p class="{escape(kind)}">{escape(text)}</p>' if kind else f"<p>{escape(text)}</p>"


def heading(text: str, level: int = 2) -> str:
    """A heading."""
    return f"<h{level}>{escape(text)}</h{level}>"


def tiles(found: Iterable[dict[str, str]], *, small: bool = False) -> str:
    """Figures to be read aloud: label, value, bound, detail."""
    return f'<dl class="tiles{" small" if small else ""}">{"".join(_tile(**one) for one in found)}</dl>'


def _tile(label: str, value: str, detail: str, bound: str = "") -> str:
    small = f"<small>{escape(bound)}</small> " if bound else ""
    big = f"<b>{small}{escape(value)}</b>" if value else ""
    return f"<div><dt>{escape(label)}</dt><dd>{big}<span>{escape(detail)}</span></dd></div>"


def table(
    columns: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: Sequence[int] = (), caption: str = ""
) -> str:
    """A table whose cells are HTML already (`escape` or `ltr` them); `numbers` are columns set flush at their end."""
    kind = ["n" if place in numbers else "" for place in range(len(columns))]
    head = "".join(f'<th scope="col" class="{kind[i]}">{escape(one)}</th>' for i, one in enumerate(columns))
    body = "".join(
        "<tr>" + "".join(f'<td class="{kind[i]}">{cell}</td>' for i, cell in enumerate(row)) + "</tr>" for row in rows
    )
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f'<div class="scroll" tabindex="0"><table>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def records(columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> str:
    """Rows of the records as they are: names of columns and values left to right in both languages."""
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{_cell(row.get(column))}</td>" for column in columns) + "</tr>" for row in rows
    )
    return (
        f'<div class="scroll" dir="ltr" tabindex="0"><table class="records"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _cell(value: Any) -> str:
    if value is None:
        return '<span class="muted">–</span>'
    return f"<bdi>{escape(str(value))}</bdi>"


def definitions(pairs: Iterable[tuple[str, str]]) -> str:
    """Terms with what they mean; the meanings are HTML already."""
    return "<dl>" + "".join(f"<dt>{escape(term)}</dt><dd>{meaning}</dd>" for term, meaning in pairs) + "</dl>"


def folded(summary: str, body: str, *, open_: bool = False) -> str:
    """Something to unfold; `body` is HTML already."""
    return f"<details{' open' if open_ else ''}><summary>{escape(summary)}</summary>{body}</details>"


def code(text: str) -> str:
    """A query or a command, left to right."""
    return f'<pre dir="ltr"><code>{escape(text)}</code></pre>'


def state(key: str, label: str) -> str:
    """The state of a finding: a shape, a colour and the word."""
    return f'<span class="state {escape(key)}"><span class="sign" aria-hidden="true">{SIGNS.get(key, "▪")}</span>{escape(label)}</span>'


def link(url: str) -> str:
    """A link to a source outside; only its text where it is not a web address."""
    if urlsplit(url).scheme not in ("http", "https"):
        return ltr(url)
    shown = escape(url)
    return f'<a href="{escape(url, quote=True)}" target="_blank" rel="noopener noreferrer"><bdi dir="ltr">{shown}</bdi></a>'


def notice(kind: str, title: str, body: str = "") -> None:
    """A message: `good`, `near` (to be looked at) or `warn`; the body is HTML already."""
    role = "alert" if kind == "warn" else "status"
    html(f'<div class="notice {kind}" role="{role}"><strong>{escape(title)}</strong>{body}</div>')


def refusal(session: Session, title: str, problem: Refused) -> None:
    """A problem of the API in words: what, where, and what to do."""
    notice("warn", title, problem_body(session, problem, title))


def problem_body(session: Session, problem: Refused, said: str = "") -> str:
    """Title (unless it is `said` already) and places of a problem as HTML; its detail where the places say less."""
    body = "" if problem.title == said else paragraph(problem.title)
    places = [place for place in problem.places if any(place.get(name) is not None for name in PLACE)]
    hints = [place for place in places if place.get("hint") and place["hint"] != problem.detail]
    if problem.detail and not hints:
        body += paragraph(problem.detail)
    wanted = [name for name in PLACE if any(place.get(name) is not None for place in places)]
    if not hints:
        wanted = [name for name in wanted if name != "hint"]
    if wanted:
        rows = [
            [_place(place[name], name) if place.get(name) is not None else "–" for name in wanted] for place in places
        ]
        body += table([session.word(name) for name in wanted], rows)
    return body


PLACE = ("field", "file", "line", "column", "value", "hint")
"""What a problem may say about a place."""


def _place(value: object, name: str) -> str:
    return escape(str(value)) if name == "hint" else ltr(value)
