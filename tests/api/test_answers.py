"""Questions, answers and changes over HTTP, on a small company."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

from tests.api.conftest import Running, put
from tests.api.test_refusals import problem

GIVEN = {"rule": "us.dsa.inventory", "value": "yes", "who": "R. Haddad", "when": "2026-01-31", "document": "Policies"}


def test_a_question_is_answered_and_the_next_analysis_says_so(
    auditor: httpx.Client, case: str, finished: Callable[[str], dict[str, Any]], running: Running
) -> None:
    put(auditor, case, "people.csv", b"id,sponsor_id,joined\na,,2025-01-01\nb,a,2025-01-05\n")

    def analysis() -> str:
        started = auditor.post(f"{case}/analyses", json={"laws": ["us"]})
        return f"{case}/analyses/{finished(started.headers['Location'])['analysis']}"

    first = analysis()
    asked = {one["question"]["rule"]: one["answer"] for one in auditor.get(f"{case}/questions").json()}
    assert asked["us.dsa.inventory"] is None
    given = auditor.post(f"{case}/answers", json={"answers": [GIVEN]})
    assert given.status_code == 201
    assert given.json()[0]["actor"] == "the auditor"
    second = analysis()
    found = auditor.get(f"{second}/changes", params={"since": first.rsplit("/", 1)[1]}).json()
    assert [(one["rule"], one["causes"]) for one in found["findings"]] == [("us.dsa.inventory", ["answer"])]
    days = auditor.get(f"{second}/changes", params={"law_from": "1990-01-01", "law_to": "2024-01-01"}).json()
    assert {cause for one in days["findings"] for cause in one["causes"]} == {"came"}
    assert auditor.get(f"{case}/answers").json()[0]["answer"]["who"] == "R. Haddad"
    with running.client("viewer") as viewer:
        assert problem(viewer.post(f"{case}/answers", json={"answers": [GIVEN]}), 403, "not-permitted")


def test_what_cannot_be_answered_or_compared(auditor: httpx.Client, case: str, analysed: Any) -> None:
    wrong = auditor.post(f"{case}/answers", json={"answers": [{**GIVEN, "value": "perhaps"}]})
    assert "'perhaps'" in problem(wrong, 422, "rule-pack")["detail"]
    assert problem(auditor.post(f"{case}/answers", json={"answers": []}), 422, "invalid-request")
    assert problem(auditor.get(f"{case}/questions", params={"law": "atlantis"}), 422, "unknown-rule-pack")
    for asked in ({}, {"law_from": "2020-01-01"}, {"since": "0", "law_from": "2020-01-01", "law_to": "2021-01-01"}):
        assert problem(auditor.get(f"{analysed.analysis}/changes", params=asked), 422, "invalid-request")
    assert problem(auditor.get(f"{analysed.analysis}/changes", params={"since": "zz"}), 404, "unknown-analysis")
