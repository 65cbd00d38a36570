"""The check without records over HTTP: open to strangers, as JSON and as a form, bounded, and with problems that say where."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import typst

from api.problems import MEDIA_TYPE
from api.routes.check import EXAMPLE

OFFER = {key: value for key, value in EXAMPLE.items() if key != "income"}
PDF = b"""#table(columns: 2, [Average income], [% of participants], [0], [70%], [90], [18%], [1900], [12%])"""
HEADINGS = 2


@pytest.fixture(scope="module")
def stranger(running: Any) -> Iterator[httpx.Client]:
    """Somebody without a token."""
    with running.client(None) as client:
        yield client


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["content-type"]) == (status, MEDIA_TYPE), answer.text
    found: dict[str, Any] = answer.json()
    assert (found["code"], found["instance"]) == (code, "/v1/check")
    return found


def form(client: httpx.Client, income: tuple[str, bytes] | None, plan: bytes | None = None) -> httpx.Response:
    files: dict[str, Any] = {"request": (None, json.dumps(OFFER).encode())}
    if income is not None:
        files["income"] = income
    if plan is not None:
        files["plan"] = ("plan.yaml", plan)
    return client.post("/v1/check", files=files)


def test_a_stranger_gets_an_answer(stranger: httpx.Client, running: Any) -> None:
    before = sorted(running.service.home.rglob("*"))
    answer = stranger.post("/v1/check", json=EXAMPLE)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    found = answer.json()
    assert found["cost"]["low"] == "9450"
    assert found["chance"]["high"] == "0.0744"
    assert found["packs"] == ["eg", "general"]
    assert len(found["comparison"]["tables"]) == 24
    assert found["job"]["says"]["ar"]
    assert sorted(running.service.home.rglob("*")) == before, "nothing is kept"


def test_the_form_says_what_to_ask(stranger: httpx.Client) -> None:
    found = stranger.get("/v1/check/form").json()
    packs = {one["name"]: one for one in found["packs"]}
    assert {"EGP", "KWD", "JPY"} <= {one["code"] for one in found["currencies"]}
    assert (packs["eg"]["currency"], packs["general"]["currency"]) == ("EGP", None)
    assert found["always"] in packs
    assert packs["eg"]["questions"][0]["text"]["ar"]
    assert stranger.post("/v1/check", json=found["example"]).status_code == 200


def test_a_table_comes_as_a_file(stranger: httpx.Client, beehive: Path) -> None:
    found = form(stranger, ("income.pdf", bytes(typst.compile(PDF)))).json()
    assert found["notes"][0]["en"] == "The table on page 1 was read."
    assert found["middle"]["low"] == "-9450"
    found = form(stranger, ("جدول.csv", "من,إلى,النسبة\n0,0,70%\n1,250,30%\n".encode())).json()
    assert found["chance"]["high"] == "0"
    planned = form(stranger, None, (beehive / "plan.yaml").read_bytes())
    assert planned.json()["plan"]["en"]


def test_one_page_in_both_languages(stranger: httpx.Client) -> None:
    answer = stranger.post("/v1/check/page?lang=ar", json={**EXAMPLE, "claimed": "5000"})
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    page = answer.text
    assert page.startswith('<!doctype html><html lang="ar" dir="rtl">')
    assert page.index('id="ar"') < page.index('id="en"')
    assert "<script" not in page
    assert not re.search(r"""(src|@import|url\()\s*=?["']?https?:""", page)
    assert "9,450" in page
    hostile = {**EXAMPLE, "income": {"text": "rank,share,average\n<script>alert(1)</script>,100%,5\n"}}
    assert "<script" not in stranger.post("/v1/check/page", json=hostile).text


def test_mistakes_say_where(stranger: httpx.Client) -> None:
    def ask(**more: Any) -> httpx.Response:
        return stranger.post("/v1/check", json={**OFFER, **more})

    found = problem(ask(income={"text": "from,to,share\n0,0,70%\nx,1,30%"}), 422, "income-table")
    assert (found["errors"][0]["line"], found["errors"][0]["value"]) == (3, "x")
    found = problem(ask(joining="many"), 422, "check-input")
    assert (found["errors"][0]["field"], found["errors"][0]["value"]) == ("body.joining", "many")
    found = problem(ask(income={"median": "-5"}), 422, "check-input")
    assert found["errors"][0]["field"] == "body.income.median"
    problem(ask(income={"median": "5", "text": "0, 100%"}), 422, "check-input")
    problem(ask(currency="XXX"), 422, "check-input")
    problem(ask(covers="0"), 422, "check-input")
    problem(ask(recruit_bonus="0"), 422, "check-input")
    problem(ask(income={"page": 2}), 422, "check-input")
    problem(ask(laws=["zz"]), 422, "unknown-rule-pack")
    assert problem(ask(plan="id: x"), 422, "plan-invalid")["errors"]
    answer = {"rule": "eg.nothing", "value": "yes", "who": "N.", "when": "2026-01-02"}
    problem(ask(answers=[answer]), 422, "rule-pack")
    assert problem(ask(months=0), 422, "invalid-request")["errors"][0]["field"] == "body.months"
    assert problem(ask(job={"salary": "yes"}), 422, "invalid-request")
    assert problem(stranger.post("/v1/check", json=[]), 422, "invalid-request")
    raw = {"Content-Type": "application/json"}
    assert problem(stranger.post("/v1/check", content=b"{", headers=raw), 422, "invalid-request")
    assert problem(stranger.post("/v1/check", content=b"x"), 415, "unsupported-media-type")
    assert problem(stranger.post("/v1/check", files={"income": ("a.csv", b"0")}), 422, "invalid-request")
    found = problem(form(stranger, ("a.pdf", b"%PDF-1.7 nothing")), 422, "income-table")
    assert found["errors"][0]["file"] == "a.pdf"
    arabic = stranger.post("/v1/check", json={**OFFER, "joining": "many"}, headers={"Accept-Language": "ar"})
    assert problem(arabic, 422, "check-input")["title"] == "رقم أو اختيار غير صالح"


def test_bodies_are_bounded(stranger: httpx.Client, running: Any) -> None:
    bounds = running.app.state.settings
    problem(stranger.post("/v1/check", json={**OFFER, "joining": "1" * bounds.json_body}), 413, "body-too-large")
    assert problem(form(stranger, ("a.csv", b"x" * bounds.check_body)), 413, "body-too-large")
    too_many = {"request": (None, b"{}"), **{f"f{n}": ("a", b"x") for n in range(9)}}
    assert problem(stranger.post("/v1/check", files=too_many), 400, "malformed-request")
