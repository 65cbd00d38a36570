"""The report's forms and bundles over HTTP: whole files, by permission, each with its line in the audit log."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import httpx

from api.models import address_of_file
from cases.exports import Export


def test_each_form_comes_whole_with_its_name_and_type(auditor: httpx.Client, analysed: Any) -> None:
    address = f"{analysed.analysis}/report"
    pdf = auditor.get(address, params={"format": "pdf", "language": "ar"})
    assert pdf.status_code == 200
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.headers["content-language"] == "ar"
    assert pdf.headers["content-disposition"].endswith('.ar.pdf"')
    assert pdf.content.startswith(b"%PDF-")
    assert auditor.get(address, headers={"If-None-Match": "*"}).status_code == 304
    data = auditor.get(address, params={"format": "json"})
    assert data.headers["content-type"].startswith("application/json")
    assert data.json()["provenance"]["analysis"] == analysed.job["analysis"]
    annex = auditor.get(address, params={"format": "xlsx", "rows": 3})
    assert "content-language" in annex.headers
    with zipfile.ZipFile(BytesIO(annex.content)) as book:
        assert "xl/workbook.xml" in book.namelist()


def test_a_redacted_bundle_is_made_as_a_job_and_handed_over(
    auditor: httpx.Client, analysed: Any, finished: Callable[[str], dict[str, Any]]
) -> None:
    asked = {"redacted": True, "rows": 3, "language": "en"}
    before = auditor.get(f"{analysed.analysis}/bundle", params=asked)
    assert (before.status_code, before.json()["code"]) == (409, "not-made")
    assert "exports" in before.json()["detail"]
    order = {"form": "bundle", "redacted": True, "rows": 3, "languages": ["en"]}
    started = auditor.post(f"{analysed.analysis}/exports", json=order)
    assert started.status_code == 202
    assert started.headers["Location"] == f"/v1/jobs/{started.json()['id']}"
    job = finished(started.headers["Location"])
    assert (job["state"], job["kind"], job["analysis"]) == ("done", "export", analysed.job["analysis"])
    for answer in (auditor.get(job["file"]), auditor.get(f"{analysed.analysis}/bundle", params=asked)):
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/zip"
        with zipfile.ZipFile(BytesIO(answer.content)) as bag:
            names = {name.partition("/")[2] for name in bag.namelist()}
    assert {"manifest-sha256.txt", "data/report/report.en.pdf", "data/evidence/evidence.en.xlsx"} <= names
    assert not any("snapshot/" in name or "plan.yaml" in name for name in names)
    log = auditor.get(f"{analysed.case}/audit", params={"limit": 1000}).json()
    assert {"export.asked", "bundle.read", "redaction.key-made"} <= {entry["action"] for entry in log}
    again = finished(auditor.post(f"{analysed.analysis}/exports", json=order).headers["Location"])
    assert again["file"] == job["file"]


def put(client: httpx.Client, case: str, name: str, content: bytes) -> httpx.Response:
    """Upload one file."""
    return client.put(f"{case}/files/{name}", content=content, headers={"Content-Type": "application/octet-stream"})


def test_an_annex_of_many_rows_is_a_job(
    auditor: httpx.Client, case: str, finished: Callable[[str], dict[str, Any]]
) -> None:
    assert put(auditor, case, "people.csv", b"id,sponsor_id\na,\nb,a\n").status_code == 201
    made = finished(auditor.post(f"{case}/analyses", json={}).headers["Location"])
    analysis = f"{case}/analyses/{made['analysis']}"
    for rows in (None, 50_000):
        query = {"format": "xlsx", "language": "ar", **({} if rows is None else {"rows": rows})}
        assert auditor.get(f"{analysis}/report", params=query).json()["code"] == "not-made"
    order = {"form": "xlsx", "languages": ["ar"], "rows": 1_001}
    job = finished(auditor.post(f"{analysis}/exports", json=order).headers["Location"])
    assert job["file"].endswith("/report?format=xlsx&language=ar&rows=1001")
    every = Export(form="xlsx", languages=("ar",), rows=None)
    assert str(address_of_file("c", {"analysis": "a", "export": every.model_dump(mode="json")})).endswith("&rows=all")
    assert job["stage_label"] == {"en": "Done", "ar": "اكتمل"}
    with zipfile.ZipFile(BytesIO(auditor.get(job["file"]).content)) as book:
        assert "xl/workbook.xml" in book.namelist()


def test_an_export_that_cannot_be_is_refused_at_once(running: Any, auditor: httpx.Client, analysed: Any) -> None:
    for order in (
        {"form": "docx"},
        {"form": "bundle", "redacted": True, "snapshot": True},
        {"form": "xlsx"},
        {"form": "xlsx", "languages": ["en"], "rows": 0},
        {"form": "bundle", "languages": []},
    ):
        refused = auditor.post(f"{analysed.analysis}/exports", json=order)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid-request"), order
    arabic = auditor.post(
        f"{analysed.analysis}/exports", json={"form": "xlsx"}, headers={"Accept-Language": "ar"}
    ).json()
    assert "ملحق الأدلة بلغة واحدة" in arabic["detail"]
    whole = {"form": "bundle", "snapshot": True}
    for role, order in (
        ("viewer", {"form": "bundle"}),
        ("viewer", {"form": "xlsx", "languages": ["en"]}),
        ("analyst", whole),
    ):
        with running.client(role) as client:
            refused = client.post(f"{analysed.analysis}/exports", json=order)
            assert (refused.status_code, refused.json()["code"]) == (403, "not-permitted")


def test_rows_and_names_take_their_permissions(running: Any, analysed: Any) -> None:
    with running.client("viewer") as viewer:
        assert viewer.get(f"{analysed.analysis}/report", params={"format": "json"}).status_code == 200
        for address, query in (("report", {"format": "xlsx"}), ("bundle", {"redacted": True}), ("bundle", {})):
            assert viewer.get(f"{analysed.analysis}/{address}", params=query).json()["code"] == "not-permitted"
    with running.client("analyst") as analyst:
        refused = analyst.get(f"{analysed.analysis}/bundle", params={"snapshot": True})
        assert (refused.status_code, refused.json()["code"]) == (403, "not-permitted")


def test_what_cannot_be_asked_is_a_problem(auditor: httpx.Client, analysed: Any) -> None:
    for address, query in (
        ("report", {"format": "docx"}),
        ("report", {"format": "xlsx", "rows": 0}),
        ("bundle", {"redacted": True, "snapshot": True}),
    ):
        refused = auditor.get(f"{analysed.analysis}/{address}", params=query)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid-request")
