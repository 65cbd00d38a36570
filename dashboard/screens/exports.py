"""Files that take minutes to make: a button asks for one, the page shows how far it is, and then offers it.

The job's id is kept for this visit, so that a reader may look at other pages meanwhile and find the file ready.
"""

from __future__ import annotations

from functools import partial
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import streamlit as st

from dashboard import pieces
from dashboard.client import part
from dashboard.session import Session

EVERY = 2.0
"""Seconds between two looks at a job."""


def offer(session: Session, key: str, label: str, order: dict[str, Any], *, name: str, mime: str) -> None:
    """A button that has a file made; while it is made, how far it is; then the button that saves it.

    Args:
        session: who looks, and at which analysis.
        key: of the widgets, unique on the page.
        label: what the file is called.
        order: what the API is asked to make.
        name: under which the file is saved.
        mime: its type.
    """
    kept = f"export-{session.analysis_id}-{key}"
    job_id = st.session_state.get(kept)
    if job_id is None:
        if st.button(session.word("export_make", what=label), key=f"make-{key}"):
            asked = session.api.post(f"{session.case_path}/analyses/{session.analysis_id}/exports", order)
            st.session_state[kept] = asked["id"]
            st.rerun()
        return
    job = session.api.get(f"/jobs/{part(job_id)}")
    if not job["ended"]:
        st.fragment(_progress, run_every=EVERY)(session, kept, label)
    elif job["file"] is None:
        del st.session_state[kept]
        problem = job["problem"]
        pieces.notice(
            "warn", f"{label}: {session.text(job['stage_label'])}{'. ' + problem['detail'] if problem else ''}"
        )
    else:
        address = urlsplit(job["file"])
        st.download_button(
            session.word("export_save", what=label),
            partial(session.api.file, address.path.removeprefix("/v1"), **parse_qs(address.query)),
            file_name=name,
            mime=mime,
            on_click="ignore",
            type="primary",
            key=f"download-{key}",
        )


def _progress(session: Session, kept: str, label: str) -> None:
    job = session.api.get(f"/jobs/{part(st.session_state[kept])}")
    if job["ended"]:
        st.rerun()
    share = max(0, min(int(job["share"] * 100), 100))
    stage = session.text(job["stage_label"])
    pieces.html(
        f'<p role="status">{escape(label)}: {escape(stage)} <span class="muted">{escape(session.apart(f"{share}%"))}</span></p>'
        f'<progress max="100" value="{share}" aria-label="{escape(label, quote=True)}"></progress>'
    )
    if st.button(session.word("cancel"), key=f"cancel-{kept}", type="tertiary"):
        session.api.delete(f"/jobs/{part(st.session_state[kept])}")
