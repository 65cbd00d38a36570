"""The analyst's numbers over HTTP: listed, chosen, refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

from compliance.assumptions import Assumptions
from tests.api.conftest import put
from tests.api.test_refusals import problem

PEOPLE = b"id,sponsor_id,joined\na,,2025-01-01\nb,a,2025-01-05\n"
ORDERS = b"order_id,buyer_id,date,amount,currency,category\n1,b,2025-01-06,400.00,EUR,product\n"


def test_a_chosen_number_makes_a_figure(
    auditor: httpx.Client, case: str, finished: Callable[[str], dict[str, Any]]
) -> None:
    listed = auditor.get("/v1/assumptions").json()
    assert [one["name"] for one in listed] == list(Assumptions.model_fields)
    assert all(one["meaning"]["en"] and one["meaning"]["ar"] for one in listed)
    put(auditor, case, "people.csv", PEOPLE)
    put(auditor, case, "orders.csv", ORDERS)
    found = []
    for body in ({}, {"assumptions": {"allowance": "100"}}):
        started = auditor.post(f"{case}/analyses", json={"laws": ["general"], **body})
        job = finished(started.headers["Location"])
        measured = auditor.get(f"{case}/analyses/{job['analysis']}/measurements/end_user_share").json()
        found.append((measured["value"], [one["column"] for one in measured["missing"]]))
        put(auditor, case, "people.csv", PEOPLE)
        put(auditor, case, "orders.csv", ORDERS)
    assert found == [(None, ["allowance"]), ("0.25", [])]


def test_what_no_number_can_be_is_refused_with_its_name(auditor: httpx.Client, case: str) -> None:
    put(auditor, case, "people.csv", PEOPLE)
    for wrong, at in (({"allowance": "-1"}, "allowance"), ({"alowance": "1"}, "alowance")):
        told = problem(auditor.post(f"{case}/analyses", json={"assumptions": wrong}), 422, "invalid-request")
        assert [each["field"] for each in told["errors"]] == [f"body.assumptions.{at}"]
