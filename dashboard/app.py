"""The entry that `streamlit run` starts: language, sign-in, navigation, then the screen that was asked for.

Whatever goes wrong on a screen ends here and is told in words: the API is away, the token is wrong, the case is
unknown, the role may not see this. What nobody foresaw goes to the log.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from functools import partial
from html import escape
from pathlib import Path

import streamlit as st

if __package__ in (None, ""):  # `streamlit run dashboard/app.py` knows the file, not the package it is in
    sys.path[:] = [one for one in sys.path if one and Path(one).resolve() != Path(__file__).resolve().parent]
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dashboard import pieces
from dashboard.client import Refused, ServiceDown
from dashboard.screens import cases, check, findings, overview, questions, report, tree, upload
from dashboard.session import TOKEN, Session

log = logging.getLogger("downline.dashboard")


def main() -> None:
    """Draw one page."""
    session = Session()
    st.set_page_config(page_title=session.word("product"), layout="wide", initial_sidebar_state="collapsed")
    pieces.html(pieces.css(session.language))
    first = "cases" if session.token else "check"  # a visitor has no cases, and a question
    pages = {
        name: st.Page(
            partial(_screen, session, name), title=session.word(f"page_{name}"), url_path=name, default=name == first
        )
        for name in PAGES
    }
    session.pages = pages
    chosen = st.navigation(list(pages.values()), position="hidden")
    _remember(session)
    pieces.announce(session.language)
    with st.container(key="frame"):
        try:
            _header(session, chosen)
            if not session.token and chosen == pages["check"]:
                with st.expander(session.word("check_sign_in")):
                    _signed_in(session)
                chosen.run()
            elif _signed_in(session):
                _navigation(session)
                chosen.run()
        except ServiceDown as error:
            _away(session, error)
        except Refused as problem:
            _refused(session, problem)
        except Exception:
            log.exception("page %s failed", chosen.url_path)
            pieces.notice("warn", session.word("unforeseen"))
    pieces.html(f"<footer><p>{session.word('disclaimer')}</p></footer>")


PAGES: dict[str, Callable[[Session], None]] = {
    "cases": cases.show,
    "upload": upload.show,
    "overview": overview.show,
    "findings": findings.show,
    "questions": questions.show,
    "tree": tree.show,
    "report": report.show,
    "check": check.show,
}
"""The pages in the order of the navigation, by the last part of their address."""


def _screen(session: Session, name: str) -> None:
    PAGES[name](session)


def _remember(session: Session) -> None:
    """Put language, case and whatever else the page was asked for into the address bar.

    A link to another view of the same page changes what the page is asked for, but not the browser's address.
    """
    asked = {name: value for name, value in st.query_params.to_dict().items() if value.strip()}
    st.query_params.from_dict(asked | {"lang": session.language})


def _header(session: Session, chosen: st.Page) -> None:
    other = "en" if session.arabic else "ar"
    with st.container(horizontal=True, key="header", vertical_alignment="center", wrap=False):
        pieces.html(
            f'<div class="brand"><strong>{session.word("product")}</strong> <span>{session.word("tagline")}</span></div>'
        )
        st.page_link(
            chosen, label=session.word("other_language"), query_params={**st.query_params.to_dict(), "lang": other}
        )


def _navigation(session: Session) -> None:
    names = list(PAGES) if session.at("case") else ["cases", "check"]
    with st.container(horizontal=True, key="navigation", gap="small"):
        for name in names:
            query = {"lang": session.language} if name == "cases" else session.here()
            st.page_link(session.pages[name], label=session.word(f"page_{name}"), query_params=query)
    me = session.me
    role = session.text(me["label"])
    who = session.word("signed_in", name=session.apart(me["name"]), role=role)
    masked = "" if me["sees_names"] else f" · {session.word('names_masked')}"
    title = f"<strong>{escape(session.case['title'])}</strong>" if session.at("case") and session.case else ""
    if TOKEN in st.session_state and st.button(session.word("sign_out"), key="sign-out", type="tertiary"):
        del st.session_state[TOKEN]
        st.rerun()
    pieces.html(f'<div class="where"><span>{title}</span><span class="muted">{escape(who + masked)}</span></div>')


def _signed_in(session: Session) -> bool:
    """Whether the API knows the token; else the form that asks for one."""
    if session.token:
        try:
            session.me  # noqa: B018 - asking is the point
        except Refused as problem:
            if problem.status != 401:
                raise
            pieces.notice("warn", session.word("token_wrong"))
            st.session_state.pop(TOKEN, None)
        else:
            return True
    with st.form("sign-in", border=True):
        st.subheader(session.word("sign_in"), anchor=False)
        token = st.text_input(session.word("token"), type="password", help=None, autocomplete="off")
        pieces.html(pieces.paragraph(session.word("token_help"), "muted"))
        if st.form_submit_button(session.word("sign_in"), type="primary") and token.strip():
            st.session_state[TOKEN] = token.strip()
            st.rerun()
    return False


def _away(session: Session, error: ServiceDown) -> None:
    detail = session.word("api_down_detail", address=session.apart(error.address), command=session.apart("downline up"))
    pieces.notice("warn", session.word("api_down"), pieces.paragraph(detail))
    if st.button(session.word("try_again")):
        st.rerun()


def _refused(session: Session, problem: Refused) -> None:
    if problem.status == 403:
        role = session.text(session.me["label"])
        pieces.notice("near", session.word("not_permitted", role=role))
        return
    if problem.code == "unknown-case":
        pieces.notice("near", session.word("unknown_case"))
        st.page_link(session.pages["cases"], label=session.word("to_cases"), query_params={"lang": session.language})
        return
    pieces.refusal(session, problem.title, problem)


main()
