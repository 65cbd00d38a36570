"""From a company's files to findings over HTTP, on real records."""

from __future__ import annotations

from typing import Any

import httpx


def test_a_job_is_heard_from_start_to_end(auditor: httpx.Client, analysed: Any) -> None:
    names = [name for name, _ in analysed.events]
    assert names[-1] == "end"
    assert set(names[:-1]) <= {"progress"}
    assert {job["state"] for _, job in analysed.events} <= {"queued", "running", "done"}
    assert all(job["stage_label"]["ar"] for _, job in analysed.events)
    asked = auditor.get(f"/v1/jobs/{analysed.job['id']}").json()
    assert asked == analysed.job
    assert (asked["state"], asked["share"], asked["problem"]) == ("done", 1.0, None)


def test_the_checked_figures_come_out(auditor: httpx.Client, analysed: Any) -> None:
    found = auditor.get(analysed.analysis).json()
    records = found["overview"]["records"]
    assert (records["participants"], records["deepest_level"], records["without_recruit"]) == (4016, 27, 2488)
    assert (records["paid_in"], records["paid_out"]) == (646_960_000_000, 147_550_000_000)
    assert (records["currency"], found["analysis"]["snapshot"]) == ("USDT", analysed.job["snapshot"])
    assert auditor.get(f"{analysed.case}/analyses/latest").json() == found
    assert auditor.get(f"{analysed.case}/analyses/{analysed.job['analysis'][:8]}").json() == found
    listed = auditor.get(f"{analysed.case}/analyses").json()
    assert [one["id"] for one in listed] == [analysed.job["analysis"]]


def test_a_finding_leads_to_its_rule_its_figure_and_its_rows(auditor: httpx.Client, analysed: Any) -> None:
    breached = auditor.get(f"{analysed.analysis}/findings", params={"state": "breached"}).json()
    assert breached
    assert {finding["state"] for finding in breached} == {"breached"}
    finding = next(one for one in breached if one["evidence"] is not None)
    assert auditor.get(f"{analysed.analysis}/findings/{finding['id']}").json() == finding
    assert all(finding["sentence"][language] and finding["defence"][language] for language in ("en", "ar"))
    measured = auditor.get(f"{analysed.analysis}/measurements/{finding['measurement']}").json()
    assert measured["value"] is not None
    everything = auditor.get(f"{analysed.analysis}/findings").json()
    some = auditor.get(f"{analysed.analysis}/findings", params={"pack": "general"}).json()
    assert {one["rule"]["pack"] for one in some} == {"general"}
    assert len(some) < len(everything)


def test_rows_come_in_pages_that_fit_together(auditor: httpx.Client, analysed: Any) -> None:
    measurements = auditor.get(f"{analysed.analysis}/measurements").json()
    assert len(measurements) >= 15
    measured = max(measurements, key=lambda one: (one["evidence"] or {}).get("count") or 0)
    address = f"{analysed.analysis}/measurements/{measured['id']}/rows"
    whole = auditor.get(address, params={"limit": 1000}).json()
    rows: list[dict[str, Any]] = []
    cursor = None
    for _ in range(3):
        page = auditor.get(address, params={"limit": 150} | ({"cursor": cursor} if cursor else {})).json()
        rows += page["rows"]
        cursor = page["next"]
    assert rows == whole["rows"][:450]
    assert whole["total"] == measured["evidence"]["count"]
    refused = auditor.get(f"{analysed.snapshot}/refused", params={"cursor": cursor})
    assert (refused.status_code, refused.json()["code"]) == (400, "bad-cursor")


def test_a_participant_with_everybody_above_and_below(auditor: httpx.Client, analysed: Any) -> None:
    records = auditor.get(analysed.analysis).json()["overview"]["records"]
    top = records["largest_recruiters"][0]
    people = f"{analysed.snapshot}/participants"
    person = auditor.get(f"{people}/{top['id']}").json()
    assert person["direct"] == top["recruits"]
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = auditor.get(
            f"{people}/{top['id']}/downline", params={"limit": 1000} | ({"cursor": cursor} if cursor else {})
        ).json()
        seen += [row["id"] for row in page["rows"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(set(seen)) == len(seen) == person["downline"]
    above = auditor.get(f"{people}/{seen[-1]}/upline").json()
    assert top["id"] in [one["id"] for one in above]
    direct = auditor.get(f"{people}/{top['id']}/downline", params={"levels": 1, "limit": 1000}).json()
    assert len(direct["rows"]) == person["direct"]


def test_a_window_of_the_tree_covers_everybody_within_its_budget(auditor: httpx.Client, analysed: Any) -> None:
    window = auditor.get(f"{analysed.snapshot}/tree", params={"budget": 200, "depth1": 100}).json()
    assert window["people"] == 4016
    assert 16 < len(window["marks"]) <= 200
    assert sum(mark["count"] for mark in window["marks"] if mark["depth"] == 0) == 4016
    named = next(mark["id"] for mark in reversed(window["marks"]) if mark["id"] is not None)
    assert auditor.get(f"{analysed.snapshot}/participants/{named}").status_code == 200


def test_what_was_read_and_how(auditor: httpx.Client, analysed: Any) -> None:
    reading = auditor.get(f"{analysed.snapshot}/intake").json()
    assert reading["rows_in"] == reading["rows_accepted"] + reading["rows_refused"]
    assert reading["tables"]["participants"]["rows"] == 4016
    snapshot = auditor.get(analysed.snapshot).json()
    assert {one["name"] for one in snapshot["sources"]} >= {"participants.csv", "datasheet.yaml"}
    assert auditor.get(f"{analysed.case}/snapshots").json() == [snapshot]
    assert auditor.get(f"{analysed.snapshot}/refused").json()["total"] == reading["rows_refused"]
    assert isinstance(auditor.get(f"{analysed.analysis}/structure").json(), list)


def test_the_report_in_both_languages_needs_nothing_from_elsewhere(auditor: httpx.Client, analysed: Any) -> None:
    for language, mark in (("en", 'lang="en"'), ("ar", 'dir="rtl"')):
        page = auditor.get(f"{analysed.analysis}/report", params={"lang": language})
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert page.headers["content-language"] == language
        assert mark in page.text[:2000]
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "<script" not in page.text
    saved = auditor.get(f"{analysed.analysis}/report", params={"lang": "ar", "download": True})
    assert saved.headers["content-disposition"].startswith("attachment; filename=")


def test_answers_that_cannot_change_may_be_kept(auditor: httpx.Client, analysed: Any, running: Any) -> None:
    for address in (analysed.analysis, f"{analysed.analysis}/report", f"{analysed.snapshot}/intake"):
        first = auditor.get(address)
        assert first.headers["cache-control"] == "private, max-age=31536000, immutable"
        again = auditor.get(address, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
    latest = auditor.get(f"{analysed.case}/analyses/latest")
    assert latest.headers["cache-control"] == "private, no-cache"
    english, arabic = (auditor.get(f"{analysed.analysis}/report?lang={one}").headers["etag"] for one in ("en", "ar"))
    assert english != arabic
    with running.client("analyst") as analyst:  # names are masked for this role: another answer, another tag
        assert analyst.get(f"{analysed.snapshot}/intake").headers["etag"] != first.headers["etag"]
    assert auditor.get("/v1/cases").headers["cache-control"] == "no-store"


def test_roles_decide_what_is_read(analysed: Any, running: Any) -> None:
    with running.client("viewer") as viewer:
        assert viewer.get(f"{analysed.analysis}/findings").status_code == 200
        assert viewer.get(f"{analysed.analysis}/report").status_code == 200
        for address in (f"{analysed.snapshot}/tree", f"{analysed.snapshot}/intake", f"{analysed.case}/verify"):
            refused = viewer.get(address)
            assert (refused.status_code, refused.json()["code"]) == (403, "not-permitted")
        known = viewer.get(f"{analysed.snapshot}/tree", headers={"If-None-Match": "*"})
        assert known.status_code == 403
        assert viewer.get("/v1/me").json()["role"] == "viewer"


def test_everything_is_in_the_log_and_the_case_is_intact(auditor: httpx.Client, analysed: Any) -> None:
    assert auditor.get(f"{analysed.analysis}/findings").status_code == 200
    assert auditor.get(f"{analysed.case}/verify").json() == {"intact": True, "faults": []}
    log = auditor.get(f"{analysed.case}/audit", params={"limit": 1000}).json()
    actions = {entry["action"] for entry in log}
    assert {"case.created", "sources.completed", "analysis.asked", "analysis.completed", "findings.read"} <= actions
    assert [entry["seq"] for entry in log] == list(range(1, len(log) + 1))
    after = auditor.get(f"{analysed.case}/audit", params={"after": 3, "limit": 2}).json()
    assert [entry["seq"] for entry in after] == [4, 5]


def test_the_same_question_again_gives_the_same_analysis(auditor: httpx.Client, analysed: Any, finished: Any) -> None:
    asked = auditor.post(f"{analysed.case}/analyses", json={"snapshot": analysed.job["snapshot"]})
    job = finished(asked.headers["Location"])
    assert (job["analysis"], job["snapshot"]) == (analysed.job["analysis"], analysed.job["snapshot"])
    case = auditor.get(analysed.case).json()
    assert case["analyses"] == [analysed.job["analysis"]]


def test_a_payout_leads_to_its_arithmetic(auditor: httpx.Client, analysed: Any) -> None:
    address = f"{analysed.analysis}/payouts"
    first = auditor.get(address, params={"limit": 2, "component": "layer_reward"}).json()
    assert len(first["rows"]) == 2
    assert first["next"]
    line = (
        dict(zip(first["columns"], first["rows"][0], strict=True))
        if isinstance(first["rows"][0], list)
        else first["rows"][0]
    )
    told = auditor.get(f"{address}/explanation", params={"line": line["line"]}).json()
    assert str(line["line"]) in told["root"]["label"]["en"]
    assert told["root"]["label"]["ar"]
    assert told["root"]["children"]
    person = auditor.get(f"{address}/explanation", params={"participant": line["participant_id"]})
    assert person.status_code == 200
    order = auditor.get(f"{address}/explanation", params={"order": line["source_order_id"]}).json()
    assert order["root"]["children"]
    both = auditor.get(f"{address}/explanation", params={"line": 1, "order": "x"})
    assert (both.status_code, both.json()["code"]) == (422, "invalid-request")
    nothing = auditor.get(f"{address}/explanation", params={"order": "no such order"})
    assert (nothing.status_code, nothing.json()["code"]) == (404, "nothing-to-explain")


def test_recorded_and_recomputed_and_why_they_differ(auditor: httpx.Client, analysed: Any) -> None:
    every = auditor.get(f"{analysed.analysis}/reconciliation").json()["total"]
    match = auditor.get(f"{analysed.analysis}/reconciliation", params={"status": "match"}).json()["total"]
    causes = auditor.get(f"{analysed.analysis}/reconciliation/causes").json()["total"]
    assert 0 < match < every
    assert every - match == causes


def test_a_plan_is_read_aloud_or_its_mistakes_are_named(auditor: httpx.Client) -> None:
    text = "id: p\ntitle: {en: P, ar: خ}\ncurrency: USD\ncomponents: [{id: a, family: unilevel, rates: [60%, 50%]}]\n"
    reading = auditor.post("/v1/plans/reading", json={"plan": text}).json()
    assert reading["ratios"][0]["share"] == "1.1"
    assert reading["ratios"][0]["above_all"] is True
    wrong = auditor.post("/v1/plans/reading", json={"plan": text.replace("unilevel", "unilevl")})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "plan-invalid")
    assert "did you mean unilevel?" in wrong.text
