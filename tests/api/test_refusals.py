"""What the API answers when something is wrong: one shape, the right status, and nothing kept that should not be."""

from __future__ import annotations

import asyncio
import io
import logging
import re
import socket
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.problems import MEDIA_TYPE, kinds
from api.settings import Settings
from cases import Service

RAW = {"Content-Type": "application/octet-stream"}


def problem(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Assert that an answer is that problem, in the one shape; its members."""
    assert (response.status_code, response.headers["content-type"]) == (status, MEDIA_TYPE), response.text
    found: dict[str, Any] = response.json()
    assert set(found) == {"type", "title", "status", "detail", "instance", "code", "errors"}
    assert (found["status"], found["code"], found["type"]) == (status, code, f"/problems/{code}")
    assert found["title"]
    assert found["detail"]
    assert "Traceback" not in response.text
    assert response.headers["x-content-type-options"] == "nosniff"
    return found


def put(client: httpx.Client, case: str, name: str, content: Any, **query: str | int) -> httpx.Response:
    """Upload one file."""
    return client.put(f"{case}/files/{name}", content=content, headers=RAW, params=query)


def left_behind(running: Any, case: str) -> list[str]:
    """Files that the case folder keeps or is still working on."""
    folder = running.service.home / "cases" / case.rpartition("/")[2]
    return [path.name for shelf in ("sources", ".staging") for path in (folder / shelf).glob("*")]


def test_without_a_token_or_with_a_wrong_one_nobody_comes_in(running: Any) -> None:
    with running.client(None) as stranger:
        assert problem(stranger.get("/v1/cases"), 401, "not-authenticated")
        answer = stranger.get("/v1/cases", headers={"Authorization": "Bearer wrong"})
        assert problem(answer, 401, "not-authenticated")
        assert answer.headers["www-authenticate"] == 'Bearer realm="downline"'
        assert problem(stranger.get("/v1/cases", headers={"Authorization": "Basic eDp5"}), 401, "not-authenticated")


def test_unknown_things_are_named(auditor: httpx.Client, case: str) -> None:
    for address, code in (
        ("/nowhere", "unknown-page"),
        ("/v1/cases/", "unknown-page"),
        ("/v1/cases/none", "unknown-case"),
        ("/v1/jobs/none", "unknown-job"),
        ("/v1/jobs/none/events", "unknown-job"),
        ("/v1/packs/none", "unknown-pack"),
        (f"{case}/files/none.csv", "unknown-upload"),
        (f"{case}/analyses/latest", "unknown-analysis"),
        (f"{case}/snapshots/latest/intake", "unknown-snapshot"),
        ("/problems/none", "unknown-page"),
    ):
        assert problem(auditor.get(address), 404, code)["instance"] == address
    assert problem(auditor.delete(f"{case}/files/none.csv"), 404, "unknown-upload")
    refused = auditor.patch(case)
    assert problem(refused, 405, "method-not-allowed")
    assert "GET" in refused.headers["allow"]
    arabic = auditor.get("/v1/cases/none", headers={"Accept-Language": "ar,en;q=0.5"})
    assert problem(arabic, 404, "unknown-case")["title"] == kinds()["unknown-case"].title.ar


ARABIC = re.compile("[\u0600-\u06ff]{3}")
APART = re.compile("[\u2066-\u2068][^\u2066-\u2069]*\u2069")
ENGLISH = re.compile("[A-Za-z]{5,}")


def test_a_problem_is_said_in_the_language_that_is_preferred(auditor: httpx.Client, case: str) -> None:
    given = {"rule": "us.dsa.inventory", "value": "perhaps", "who": "R. Haddad", "when": "2026-01-31"}
    put(auditor, case, "people.csv", b"id,sponsor_id\na,\nb,a\n")
    asked: list[tuple[str, str, Any, str]] = [
        ("GET", "/nowhere", None, "unknown-page"),
        ("PATCH", case, None, "method-not-allowed"),
        ("GET", "/v1/cases/none", None, "unknown-case"),
        ("GET", "/v1/jobs/none", None, "unknown-job"),
        ("GET", "/v1/packs/none", None, "unknown-pack"),
        ("GET", f"{case}/analyses/latest", None, "unknown-analysis"),
        ("GET", f"{case}/snapshots/latest/intake", None, "unknown-snapshot"),
        ("DELETE", f"{case}/files/none.csv", None, "unknown-upload"),
        ("POST", "/v1/cases", {"title": " ", "colour": "red"}, "invalid-request"),
        ("POST", "/v1/cases", {}, "invalid-request"),
        ("POST", f"{case}/analyses", {"on": "yesterday"}, "invalid-request"),
        ("POST", f"{case}/analyses", {"plan": "x", "plan_file": "plan.yaml"}, "invalid-request"),
        ("POST", f"{case}/analyses", {"plan": "title: A plan\ncomponents:\n  - family: unilevle\n"}, "plan-invalid"),
        ("POST", f"{case}/analyses", {"laws": ["atlantis"]}, "unknown-rule-pack"),
        ("POST", f"{case}/analyses", {"answers": [given]}, "rule-pack"),
        ("POST", "/v1/check", {"joining": "much", "currency": "EGP"}, "check-input"),
        ("POST", "/v1/check", {"joining": "5", "currency": "EGP", "income": {"text": "rank\nx"}}, "income-table"),
        ("POST", "/v1/check", {"joining": "5"}, "invalid-request"),
    ]
    for method, address, body, code in asked:
        arabic = auditor.request(method, address, json=body, headers={"Accept-Language": "en;q=0.3, ar-EG"})
        english = auditor.request(method, address, json=body, headers={"Accept-Language": "en, ar;q=0.9"})
        assert (arabic.headers["content-language"], english.headers["content-language"]) == ("ar", "en")
        told, other = arabic.json(), english.json()
        assert told["code"] == code, told
        assert [told[name] for name in ("type", "status", "code")] == [
            other[name] for name in ("type", "status", "code")
        ]
        same = ("field", "file", "line", "column", "value")
        assert [[one[name] for name in same] for one in told["errors"]] == [
            [one[name] for name in same] for one in other["errors"]
        ]
        for text in (told["title"], told["detail"], *(one["hint"] for one in told["errors"])):
            assert ARABIC.search(text), (code, text)
            assert not ENGLISH.findall(APART.sub("", text)), (code, text)
        assert not ARABIC.search(other["title"] + other["detail"]), other


def test_a_failed_job_is_told_in_the_language_that_is_preferred(
    auditor: httpx.Client, case: str, finished: Any
) -> None:
    assert put(auditor, case, "empty.csv", b"").status_code == 201
    address = auditor.post(f"{case}/analyses", json={}).headers["Location"]
    finished(address)
    arabic = auditor.get(address, headers={"Accept-Language": "ar"}).json()["problem"]
    english = auditor.get(address, headers={"Accept-Language": "en"}).json()["problem"]
    assert arabic["code"] == english["code"]
    for text in (arabic["title"], arabic["detail"], arabic["errors"][0]["hint"]):
        assert ARABIC.search(text)
        assert not ENGLISH.findall(APART.sub("", text))
    assert "empty.csv" in arabic["detail"]
    assert not ARABIC.search(english["detail"])


def test_unknown_parts_of_an_analysis_are_named(auditor: httpx.Client, analysed: Any) -> None:
    for address, code in (
        (f"{analysed.analysis}/findings/no.rule", "unknown-rule"),
        (f"{analysed.analysis}/measurements/none", "unknown-measurement"),
        (f"{analysed.analysis}/measurements/none/rows", "unknown-measurement"),
        (f"{analysed.snapshot}/participants/nobody", "unknown-participant"),
        (f"{analysed.snapshot}/participants/no/body", "unknown-participant"),
        (f"{analysed.snapshot}/participants/nobody/upline", "unknown-participant"),
        (f"{analysed.snapshot}/tree?tree=none", "unknown-tree"),
    ):
        problem(auditor.get(address), 404, code)
    for address in ("/tree?budget=1", "/tree?x0=-1", "/refused?limit=0", "/participants/x/downline?levels=0"):
        found = problem(auditor.get(analysed.snapshot + address), 422, "invalid-request")
        assert found["errors"][0]["field"].startswith("query.")
    problem(auditor.get(f"{analysed.analysis}/report?lang=fr"), 422, "invalid-request")


def test_a_request_that_is_not_as_described_says_which_part(auditor: httpx.Client, case: str) -> None:
    found = problem(auditor.post("/v1/cases", json={"title": " ", "colour": "red"}), 422, "invalid-request")
    assert {one["field"] for one in found["errors"]} == {"body.title", "body.colour"}
    broken = auditor.post("/v1/cases", content=b'{"title": ', headers={"Content-Type": "application/json"})
    assert "not JSON" in problem(broken, 422, "invalid-request")["detail"]
    half = auditor.post("/v1/cases", content=b'{"title": "\\ud800"}', headers={"Content-Type": "application/json"})
    assert problem(half, 422, "invalid-request")
    assert problem(auditor.post("/v1/cases", content=b"title=x"), 422, "invalid-request")
    assert problem(auditor.post(f"{case}/analyses", json={"on": "yesterday"}), 422, "invalid-request")
    both = auditor.post(f"{case}/analyses", json={"plan": "x", "plan_file": "plan.yaml"})
    assert problem(both, 422, "invalid-request")
    assert problem(auditor.put(f"{case}/files/x.csv", content=b"x"), 415, "unsupported-media-type")
    assert problem(auditor.post(f"{case}/files", content=b"x"), 415, "unsupported-media-type")


def test_an_analysis_that_cannot_work_is_refused_at_once(auditor: httpx.Client, case: str) -> None:
    assert problem(auditor.post(f"{case}/analyses", json={}), 409, "nothing-to-read")
    put(auditor, case, "people.csv", b"id,sponsor_id\na,\nb,a\n")
    found = problem(auditor.post(f"{case}/analyses", json={"laws": ["atlantis"]}), 422, "unknown-rule-pack")
    assert "general" in found["detail"]
    assert problem(auditor.post(f"{case}/analyses", json={"snapshot": "none"}), 404, "unknown-snapshot")
    assert problem(auditor.post(f"{case}/analyses", json={"plan_file": "none.yaml"}), 404, "unknown-upload")
    given = {"value": "perhaps", "who": "R. Haddad", "when": "2026-01-31"}
    for rule, said in (("us.dsa.inventry", "did you mean us.dsa.inventory?"), ("us.dsa.inventory", "'perhaps'")):
        answer = auditor.post(f"{case}/analyses", json={"answers": [{"rule": rule, **given}]})
        assert said in problem(answer, 422, "rule-pack")["detail"]
    assert auditor.get(case).json()["jobs"] == []


def test_a_plan_with_mistakes_names_every_line(auditor: httpx.Client, case: str) -> None:
    put(auditor, case, "people.csv", b"id,sponsor_id\na,\nb,a\n")
    for plan in ("title: [", "title: A plan\ncomponents:\n  - family: unilevle\n    rate: 12%\n"):
        found = problem(auditor.post(f"{case}/analyses", json={"plan": plan}), 422, "plan-invalid")
        assert found["errors"]
        assert all(one["line"] and one["hint"] for one in found["errors"])
        put(auditor, case, "my-plan.yaml", plan.encode())
        again = auditor.post(f"{case}/analyses", json={"plan_file": "my-plan.yaml"})
        assert problem(again, 422, "plan-invalid")["errors"] == found["errors"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("people.csv", b"\x7fELF\x02\x01\x01\x00" + bytes(range(256)) * 40),
        ("records.zip", b"PK\x03\x04 this is not an archive at all"),
    ],
)
def test_a_file_that_is_no_table_fails_the_job_with_its_name(
    auditor: httpx.Client, case: str, finished: Any, name: str, content: bytes
) -> None:
    assert put(auditor, case, name, content).status_code == 201
    job = finished(auditor.post(f"{case}/analyses", json={}).headers["Location"])
    assert (job["state"], job["analysis"]) == ("failed", None)
    found = job["problem"]
    assert (found["status"], found["code"]) == (422, "unreadable-file"), found
    assert name in found["detail"]
    assert found["errors"][0]["file"] == name
    assert found["type"] == "/problems/unreadable-file"


def test_a_truncated_archive_fails_the_job_and_the_case_goes_on(
    auditor: httpx.Client, case: str, finished: Any
) -> None:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("people.csv", "id,sponsor_id\na,\nb,a\n" * 50)
    put(auditor, case, "records.zip", whole.getvalue()[:-40])
    job = finished(auditor.post(f"{case}/analyses", json={}).headers["Location"])
    assert job["problem"]["code"] in {"unreadable-file", "unsafe-archive"}
    assert "records.zip" in job["problem"]["detail"]
    assert auditor.delete(f"{case}/files/records.zip").status_code == 204
    put(auditor, case, "people.csv", b"id,sponsor_id,joined\na,,2024-01-01\nb/c,a,2024-01-02\n")
    job = finished(auditor.post(f"{case}/analyses", json={"laws": ["general"]}).headers["Location"])
    assert job["state"] == "done", job["problem"]
    slashed = auditor.get(f"{case}/snapshots/latest/participants/b%2Fc").json()
    assert (slashed["id"], slashed["sponsor_id"]) == ("b/c", "a")
    above = auditor.get(f"{case}/snapshots/latest/participants/b%2Fc/upline").json()
    assert [one["id"] for one in above] == ["a"]
    assert auditor.get(f"{case}/verify").json()["intact"]


def test_a_file_that_is_too_large_leaves_nothing(auditor: httpx.Client, case: str, running: Any) -> None:
    limit = running.service.limits.file
    found = problem(put(auditor, case, "big.csv", b"x" * (limit + 1)), 413, "upload-too-large")
    assert "nothing of it was kept" in found["detail"]

    def pieces() -> Iterator[bytes]:
        for _ in range(limit // 65536 + 2):
            yield b"x" * 65536

    assert problem(put(auditor, case, "big.csv", pieces()), 413, "upload-too-large")
    files = [("files", (f"{number}.csv", b"y" * 1_500_000)) for number in range(4)]
    assert problem(auditor.post(f"{case}/files", files=files), 413, "body-too-large")
    big = {"title": "x" * 100_000}
    assert problem(auditor.post("/v1/cases", json=big), 413, "body-too-large")

    def streamed() -> Iterator[bytes]:
        yield b'{"title": "'
        for _ in range(100):
            yield b"x" * 1000
        yield b'"}'

    answer = auditor.post("/v1/cases", content=streamed(), headers={"Content-Type": "application/json"})
    assert problem(answer, 413, "body-too-large")
    assert left_behind(running, case) == []
    assert auditor.get(f"{case}/files").json() == []


def test_other_bytes_than_declared_leave_nothing(auditor: httpx.Client, case: str, running: Any) -> None:
    found = problem(put(auditor, case, "x.csv", b"id\n", sha256="0" * 64), 422, "wrong-hash")
    assert "send it again" in found["detail"]
    assert problem(put(auditor, case, "x.csv", b"id\n", sha256="zz"), 422, "invalid-request")
    assert left_behind(running, case) == []


def test_an_upload_that_breaks_off_leaves_nothing(auditor: httpx.Client, case: str, running: Any) -> None:
    host, port = running.url.removeprefix("http://").split(":")
    head = (
        f"PUT {case}/files/half.csv HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: 1000000\r\n"
        f"Content-Type: application/octet-stream\r\nAuthorization: Bearer {running.tokens['auditor']}\r\n\r\n"
    )
    with socket.create_connection((host, int(port))) as line:
        line.sendall(head.encode() + b"id,sponsor_id\n" * 1000)
        until = time.monotonic() + 10
        while not left_behind(running, case) and time.monotonic() < until:
            time.sleep(0.02)
        assert left_behind(running, case)
    until = time.monotonic() + 10
    while left_behind(running, case) and time.monotonic() < until:
        time.sleep(0.02)
    assert left_behind(running, case) == []
    assert auditor.get(f"{case}/files").json() == []
    assert auditor.get(f"{case}/verify").json()["intact"]


@pytest.mark.parametrize("name", ["..%2Fx.csv", "%2Fetc%2Fpasswd", "a%5Cb.csv", ".hidden", "x%0Ay.csv", "%20"])
def test_a_name_that_is_no_file_name_is_refused(auditor: httpx.Client, case: str, running: Any, name: str) -> None:
    refused = auditor.put(f"{case}/files/{name}", content=b"x", headers=RAW)
    assert refused.json()["code"] in {"bad-name", "unknown-page"}
    assert refused.headers["content-type"] == MEDIA_TYPE
    assert left_behind(running, case) == []


def test_a_form_of_several_files(auditor: httpx.Client, case: str) -> None:
    files = [("files", ("people.csv", b"id\na\n")), ("files", ("طلبات.csv", b"id\n1\n"))]
    kept = auditor.post(f"{case}/files", files=files)
    assert (kept.status_code, [one["name"] for one in kept.json()]) == (201, ["people.csv", "طلبات.csv"])
    assert [one["name"] for one in auditor.get(f"{case}/files").json()] == ["people.csv", "طلبات.csv"]
    assert auditor.get(f"{case}/files/people.csv").json()["size"] == 5
    assert problem(auditor.post(f"{case}/files", files=[("other", ("x.csv", b"x"))]), 422, "invalid-request")
    many = [("files", (f"{number}.csv", b"x")) for number in range(21)]
    assert problem(auditor.post(f"{case}/files", files=many), 400, "malformed-request")
    climbing = auditor.post(f"{case}/files", files=[("files", ("../../x.csv", b"x"))])
    assert problem(climbing, 422, "bad-name")


def test_a_job_that_waits_can_be_stopped(auditor: httpx.Client, case: str, finished: Any) -> None:
    put(auditor, case, "people.csv", b"id,sponsor_id\na,\nb,a\n")
    asked = auditor.post(f"{case}/analyses", json={}).headers["Location"]
    stopped = auditor.delete(asked)
    assert stopped.status_code == 202
    assert finished(asked)["state"] in {"cancelled", "done"}


def test_another_host_name_is_refused(running: Any) -> None:
    with running.client() as client:
        answer = client.get("/v1/cases", headers={"Host": "evil.example"})
        assert problem(answer, 421, "unknown-host")
        assert (
            "access-control-allow-origin" not in client.get("/health", headers={"Origin": "http://x.example"}).headers
        )


def test_a_listed_origin_may_read_answers(tmp_path: Path) -> None:
    settings = Settings.from_environment(
        {"DOWNLINE_HOSTS": "books.example, localhost", "DOWNLINE_ORIGINS": "https://look.example"}
    )
    assert settings.hosts == ("books.example", "localhost")
    with Service(tmp_path) as service:
        app = create_app(service, settings, work=False)

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://books.example") as client:
                return await client.get("/health", headers={"Origin": "https://look.example"})

        assert asyncio.run(ask()).headers["access-control-allow-origin"] == "https://look.example"


def test_a_fault_of_our_own_shows_an_id_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with Service(tmp_path) as service:
        app = create_app(service, Settings(), work=False)

        def fail(_: object) -> None:
            raise RuntimeError("a secret of the inside")

        monkeypatch.setattr(service, "authenticate", fail)

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
                return await client.get("/v1/cases", headers={"Authorization": "Bearer x"})

        with caplog.at_level(logging.ERROR, logger="downline.api"):
            answer = asyncio.run(ask())
    found = problem(answer, 500, "internal")
    assert "secret" not in answer.text
    fault = found["instance"].removeprefix("urn:uuid:").replace("-", "")
    assert fault in caplog.text
    assert "a secret of the inside" in caplog.text
