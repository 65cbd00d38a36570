"""Files: chosen and sent to the API, those that wait, the analysis that reads them, and its progress.

Small files go through the browser's form; large ones do not belong in this process's memory, so the page says how to
send them to the API. A job's progress is a fragment that asks again by itself while the rest of the page stands still.
"""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from dashboard import figures, pieces
from dashboard.client import Refused, part
from dashboard.session import Session

LIMIT_MB = 200
"""Megabytes of a file that may pass through the browser's form: `server.maxUploadSize`."""
EVERY = "1s"
GENERAL = "general"
"""The pack of warning signs that hold everywhere."""
PLANS = (".yaml", ".yml", ".json")


def show(session: Session) -> None:
    """Draw the page."""
    pieces.html(pieces.heading(session.word("page_upload"), 1))
    if session.case is None:
        pieces.notice("plain", session.word("no_case"))
        st.page_link(session.pages["cases"], label=session.word("to_cases"), query_params={"lang": session.language})
        return
    jobs = [job for job in session.case["jobs"] if job["kind"] == "analysis"]  # exports are the report page's
    watched = session.at("job") or next((job["id"] for job in jobs if job["state"] in ("queued", "running")), None)
    if watched is None and jobs and jobs[0]["state"] == "failed":
        watched = jobs[0]["id"]  # the newest: whoever comes back should hear of it
    if watched and _watch(session, watched):
        return
    if not session.may("upload files"):
        pieces.notice("near", session.word("not_permitted", role=session.text(session.me["label"])))
        return
    _choose(session)
    _larger(session)
    waiting = session.api.get(f"{session.case_path}/files")
    _waiting(session, waiting)
    if waiting or session.case["snapshots"]:
        _start(session, waiting)


def _choose(session: Session) -> None:
    round_ = st.session_state.setdefault("upload_round", 0)
    limit = session.number(LIMIT_MB)
    pieces.html(
        f"<h2>{escape(session.word('choose'))}</h2>{pieces.paragraph(session.word('choose_help', limit=limit), 'muted')}"
    )
    chosen = st.file_uploader(
        session.word("choose"), accept_multiple_files=True, key=f"files-{round_}", label_visibility="collapsed"
    )
    if st.button(session.word("send"), type="primary", disabled=not chosen, key="send"):
        sent, refused = 0, []
        for one in chosen or ():
            try:
                session.api.put(f"{session.case_path}/files/{part(one.name)}", one.getvalue())
                sent += 1
            except Refused as problem:
                refused.append((one.name, problem))
        st.session_state["upload_round"] = round_ + 1
        st.session_state["sent"] = (sent, refused)
        st.rerun()
    sent, refused = st.session_state.pop("sent", (0, []))
    if sent:
        pieces.notice("good", session.word("sent", count=session.number(sent)))
    for name, why in refused:
        pieces.refusal(session, session.word("upload_failed", file=session.apart(name)), why)


def _larger(session: Session) -> None:
    assert session.case is not None
    api = session.api.address
    folder = f'downline analyze FOLDER --case "{session.case["id"]}.case"'
    http = (
        f'curl -T FILE -H "Authorization: Bearer $DOWNLINE_TOKEN" \\\n'
        f'     -H "Content-Type: application/octet-stream" \\\n     {api}/v1{session.case_path}/files/FILE'
    )
    body = (
        pieces.paragraph(session.word("larger_text"))
        + pieces.code(http)
        + pieces.paragraph(session.word("larger_or_folder"))
        + pieces.code(folder)
    )
    pieces.html(pieces.folded(session.word("larger"), body))


def _waiting(session: Session, waiting: list[dict[str, Any]]) -> None:
    pieces.html(pieces.heading(session.word("waiting")))
    if not waiting:
        pieces.notice("plain", session.word("waiting_none"))
        return
    for one in waiting:
        with st.container(horizontal=True, key=f"file-{one['sha256'][:8]}-{one['name']}", vertical_alignment="center"):
            digits = figures.size(one["size"], session.language)
            came = session.apart(one["received"][:16].replace("T", " "))
            pieces.html(
                f'<p class="file"><strong>{pieces.ltr(one["name"])}</strong> <span class="muted">{escape(digits)} · '
                f'{escape(came)} · SHA-256 <bdi dir="ltr"><code>{escape(one["sha256"][:12])}…</code></bdi></span></p>'
            )
            if st.button(session.word("leave_out"), key=f"out-{one['name']}", type="tertiary"):
                session.api.delete(f"{session.case_path}/files/{part(one['name'])}")
                st.rerun()


def _start(session: Session, waiting: list[dict[str, Any]]) -> None:
    pieces.html(pieces.heading(session.word("start")))
    assert session.case is not None
    if not waiting:
        pieces.html(pieces.paragraph(session.word("snapshot_again"), "muted"))
    packs = session.api.kept("/packs")
    sheet, own = session.word("packs_sheet"), session.word("packs_choose")
    how = st.radio(session.word("packs"), [sheet, own], horizontal=True, key="packs-how")
    laws = _chosen_laws(session, packs) if how == own else None
    plans = [one["name"] for one in waiting if one["name"].lower().endswith(PLANS) and one["name"] != "datasheet.yaml"]
    plan = None
    if plans:
        as_sheet = session.word("plan_sheet")
        chosen = st.radio(session.word("plan"), [as_sheet, *plans], horizontal=True, key="plan")
        plan = None if chosen == as_sheet else chosen
    assumed = _assumed(session)
    if st.button(session.word("start_button"), type="primary", key="start"):
        if laws is not None and not laws:
            pieces.notice("warn", session.word("packs_missing"))
            return
        body: dict[str, Any] = {"laws": laws, "plan_file": plan, "assumptions": assumed or None}
        if not waiting:
            body["snapshot"] = session.case["snapshots"][-1]
        job = session.api.post(
            f"{session.case_path}/analyses", {key: value for key, value in body.items() if value is not None}
        )
        st.query_params["job"] = job["id"]
        st.rerun()


def _assumed(session: Session) -> dict[str, str]:
    """Numbers that no record holds: those that were written; the others keep their defaults."""
    with st.expander(session.word("assumptions")):
        pieces.html(pieces.paragraph(session.word("assumptions_text"), "muted"))
        written = {
            one["name"]: st.text_input(
                session.text(one["meaning"]), placeholder=one["default"] or "–", key=f"assumed-{one['name']}"
            )
            for one in session.api.kept("/assumptions")
        }
    return {name: value.strip() for name, value in written.items() if value.strip()}


def _chosen_laws(session: Session, packs: list[dict[str, Any]]) -> list[str]:
    """Rule packs to choose from by their titles: a list to search in, as there are more than a row of buttons holds."""
    known = {one["name"]: one for one in packs}
    laws = st.multiselect(
        session.word("packs"),
        sorted(known, key=lambda name: (name != GENERAL, session.text(known[name]["title"]).casefold())),
        default=[GENERAL] if GENERAL in known else [],
        format_func=lambda name: (
            f"{session.text(known[name]['title'])} · {session.apart(name)} ({session.number(known[name]['enabled'])})"
        ),
        placeholder=session.word("packs_find"),
        label_visibility="collapsed",
        key="packs",
    )
    for name in laws:
        if not known[name]["enabled"]:  # no rule was found there: what that means must not stay unsaid
            pieces.notice("plain", f"{session.text(known[name]['title'])}: {session.text(known[name]['about'])}")
    return list(laws)


def _watch(session: Session, job_id: str) -> bool:
    """Show a job; whether it still runs (then nothing else is to be done here)."""
    job = session.api.get(f"/jobs/{part(job_id)}")
    with st.container(border=True, key="job"):
        if job["ended"]:
            _ended(session, job)
        else:
            st.fragment(_progress, run_every=EVERY)(session, job_id)
    return not job["ended"]


def _progress(session: Session, job_id: str) -> None:
    job = session.api.get(f"/jobs/{part(job_id)}")
    if job["ended"]:
        st.query_params["job"] = job_id
        st.rerun()
    stage = session.text(job["stage_label"])
    share = max(0, min(int(job["share"] * 100), 100))
    pieces.html(
        f"<h2>{escape(session.word('job'))}: {escape(session.word('job_' + job['state']))}</h2>"
        f'<p role="status">{escape(stage)} <span class="muted">{escape(session.apart(f"{share}%"))}</span></p>'
        f'<progress max="100" value="{share}" aria-label="{escape(stage, quote=True)}"></progress>'
    )
    if st.button(session.word("cancel"), key="cancel"):
        session.api.delete(f"/jobs/{part(job_id)}")
        pieces.html(pieces.paragraph(session.word("cancelling"), "muted"))


def _ended(session: Session, job: dict[str, Any]) -> None:
    if job["state"] == "done":
        pieces.notice("good", session.word("job_done"))
        query = session.here(analysis=job["analysis"])
        st.page_link(session.pages["overview"], label=session.word("see_results"), query_params=query)
        return
    if job["state"] == "cancelled":
        pieces.notice("near", session.word("job_cancelled"))
        return
    problem = Refused(job["problem"] or {}, 500)
    pieces.refusal(session, session.word("job_failed"), problem)
