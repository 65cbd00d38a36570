"""The report's forms and bundles over HTTP: whole files, by permission, each with its line in the audit log."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

import httpx


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


def test_a_redacted_bundle_is_handed_over(auditor: httpx.Client, analysed: Any) -> None:
    asked = {"redacted": True, "rows": 3, "language": "en"}
    answer = auditor.get(f"{analysed.analysis}/bundle", params=asked)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(BytesIO(answer.content)) as bag:
        names = {name.partition("/")[2] for name in bag.namelist()}
    assert {"manifest-sha256.txt", "data/report/report.en.pdf", "data/evidence/evidence.en.xlsx"} <= names
    assert not any("snapshot/" in name or "plan.yaml" in name for name in names)
    log = auditor.get(f"{analysed.case}/audit", params={"limit": 1000}).json()
    assert {"bundle.read", "redaction.key-made"} <= {entry["action"] for entry in log}


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
