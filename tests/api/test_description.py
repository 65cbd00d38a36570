"""The OpenAPI document against the application: complete, true, closed to strangers, and its examples run."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from api.problems import KINDS, MEDIA_TYPE, OWN, kinds

PUBLIC = {"/health"}
KEEPS_NOTHING = {"/v1/check", "/v1/check/page", "/v1/check/form"}
"""Open to strangers: they read no case and store nothing."""
METHODS = {"get", "put", "post", "delete"}


def routes(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of every route."""
    return [
        (method, path, route)
        for path, methods in document["paths"].items()
        for method, route in methods.items()
        if method in METHODS
    ]


@pytest.fixture(scope="session")
def document(running: Any) -> dict[str, Any]:
    """The OpenAPI document as it is served."""
    with running.client(None) as stranger:
        answer = stranger.get("/openapi.json")
        assert answer.status_code == 200
        found: dict[str, Any] = answer.json()
        return found


def test_every_route_is_described(document: dict[str, Any]) -> None:
    names = [route["operationId"] for _, _, route in routes(document)]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)+", name) for name in names)
    for method, path, route in routes(document):
        where = f"{method} {path}"
        assert route["summary"], where
        assert route["description"], where
        assert route["tags"], where
        for status, response in route["responses"].items():
            assert response["description"], where
            if status.startswith("2") and status != "204":
                content = response["content"]
                schema = content.get("application/json", {}).get("schema", {"$ref": "other"})
                assert schema.get("$ref") or schema.get("items"), f"{where}: an answer without a model"
            else:
                assert status == "204" or set(response["content"]) == {MEDIA_TYPE}, f"{where} {status}"


def test_operation_ids_are_stable(document: dict[str, Any]) -> None:
    """Generated clients name their functions after these; adding is free, renaming breaks them."""
    assert sorted(route["operationId"] for _, _, route in routes(document)) == [
        "cancel_job",
        "check_offer",
        "create_case",
        "delete_file",
        "explain_payout",
        "get_analysis",
        "get_case",
        "get_check_form",
        "get_file",
        "get_finding",
        "get_health",
        "get_job",
        "get_me",
        "get_measurement",
        "get_pack",
        "get_participant",
        "get_snapshot",
        "give_answers",
        "list_analyses",
        "list_answers",
        "list_assumptions",
        "list_cases",
        "list_causes",
        "list_files",
        "list_findings",
        "list_measurements",
        "list_packs",
        "list_payouts",
        "list_questions",
        "list_reconciliation",
        "list_snapshots",
        "post_files",
        "put_file",
        "read_audit",
        "read_bundle",
        "read_changes",
        "read_downline",
        "read_intake",
        "read_plan",
        "read_refused",
        "read_report",
        "read_rows",
        "read_structure",
        "read_tree",
        "read_upline",
        "show_check",
        "start_analysis",
        "start_export",
        "verify_case",
        "watch_job",
    ]


def test_no_route_is_open_to_strangers(document: dict[str, Any], running: Any) -> None:
    with running.client(None) as stranger:
        for method, path, route in routes(document):
            address = re.sub(r"\{\w+\}", "x", path)
            answer = stranger.request(method, address)
            if path in PUBLIC | KEEPS_NOTHING:
                assert answer.status_code == (415 if method == "post" else 200)
                assert "security" not in route
                assert "401" not in route["responses"]
                continue
            assert answer.status_code == 401, f"{method} {path}"
            assert route["security"] == [{"token": []}], f"{method} {path}"
            assert "401" in route["responses"]


def test_every_route_of_the_application_is_in_the_document(document: dict[str, Any]) -> None:
    from api.identity import actor
    from api.routes import ROUTERS

    described = {(method.upper(), path) for method, path, _ in routes(document)}
    found = set()
    for router in ROUTERS:
        for route in router.routes:
            path = "/v1" + re.sub(r":path", "", route.path)  # type: ignore[attr-defined]
            found |= {(method, path) for method in route.methods}  # type: ignore[attr-defined]
            if path in KEEPS_NOTHING:
                continue
            calls, waiting = set(), [route.dependant]  # type: ignore[attr-defined]
            while waiting:
                one = waiting.pop()
                calls.add(one.call)
                waiting += one.dependencies
            assert actor in calls, f"{path} does not ask who comes"
    assert found == {(method, path) for method, path in described if path not in PUBLIC}


def test_every_example_runs(document: dict[str, Any], auditor: httpx.Client, case: str, finished: Any) -> None:
    """An example of the document is a promise: sent as it stands, it is accepted."""
    people = b"id,sponsor_id\na,\nb,a\n"
    auditor.put(f"{case}/files/a.csv", content=people, headers={"Content-Type": "application/octet-stream"})
    ran = 0
    for method, path, route in routes(document):
        for kind, content in route.get("requestBody", {}).get("content", {}).items():
            for name, example in content.get("examples", {}).items():
                places = {"{case_id}": case.rpartition("/")[2], "{name}": "a.csv", "{analysis_id}": "latest"}
                address = re.sub(r"\{\w+\}", lambda place: places.get(place[0], place[0]), path)  # noqa: B023 - at once
                value = example["value"]
                given: dict[str, Any] = {"json": value} if kind == "application/json" else {"content": value}
                answer = auditor.request(method, address, headers={"Content-Type": kind}, **given)
                assert answer.is_success, f"{method} {path}, {name}: {answer.text}"
                if path.endswith("/exports"):  # accepted; tests/api/test_reports.py waits for one
                    auditor.delete(answer.headers["Location"])
                elif answer.status_code == 202:
                    assert finished(answer.headers["Location"])["state"] == "done", name
                ran += 1
    assert ran >= 5


def test_each_code_has_a_page_in_both_languages(running: Any) -> None:
    with running.client(None) as stranger:
        for code, kind in kinds().items():
            page = stranger.get(f"/problems/{code}")
            assert page.status_code == 200, code
            assert kind.title.ar in page.text
            assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
        index = stranger.get("/problems").text
        assert all(f"/problems/{code}" in index for code in kinds())


def test_no_page_fetches_anything(running: Any) -> None:
    with running.client(None) as stranger:
        for address in ("/docs", "/problems", "/problems/internal"):
            page = stranger.get(address).text
            assert "<script" not in page
            assert not re.search(r"""(src|href)=["']?(https?:)?//""", page)
        assert stranger.get("/redoc").status_code == 404


def test_every_class_of_every_room_has_a_status() -> None:
    """A class that is added below is answered by its ancestor's entry, never as an unforeseen fault."""
    waiting: list[type[Exception]] = list(KINDS)
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        code = getattr(one, "code", None)
        assert isinstance(code, str), one
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code), code
        assert code not in OWN, f"{code} would mean two things"
