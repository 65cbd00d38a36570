"""Chains of participants who are each paid for the next: against the definition on random trees, and by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.indicators import measure
from compliance.indicators.paid_chain import longest_chain
from compliance.measurement import Measurement
from compliance.records import Records
from tests.compliance.conftest import Company


def one(records: Records) -> Measurement:
    (found,) = measure(records, ["paid_chain"])
    return found


def by_definition(pairs: set[tuple[int, int]]) -> int:
    def links(payee: int) -> int:
        return max((1 + links(source) for who, source in pairs if who == payee), default=0)

    return max((links(payee) for payee, _ in pairs), default=0)


@settings(max_examples=100, deadline=None)
@given(st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] < pair[1]), max_size=14))
def test_the_longest_chain_is_the_longest_path(pairs: set[tuple[int, int]]) -> None:
    payee, source = (np.array([pair[at] for pair in sorted(pairs)], np.int64) for at in (0, 1))
    assert longest_chain(payee, source) == by_definition(pairs)
    assert longest_chain(payee, source, 2) == min(2, by_definition(pairs))


PEOPLE = [{"id": name, "sponsor_id": up} for name, up in (("a", None), ("b", "a"), ("c", "b"), ("d", "c"))]


def order(id_: str, buyer: str, **more: Any) -> dict[str, Any]:
    shared = {"date": "2025-01-05", "amount": 10_000, "currency": "CAD", "category": "product"}
    return {"id": id_, "buyer_id": buyer, **shared, **more}


def pay(id_: str, who: str, order_id: str | None, **more: Any) -> dict[str, Any]:
    shared = {"date": "2025-01-31", "amount": 500, "currency": "CAD", "component": "x"}
    return {"id": id_, "participant_id": who, "source_order_id": order_id, **shared, **more}


ORDERS = [order("o1", "b"), order("o2", "c"), order("o3", "d"), order("o4", "out", buyer_kind="customer")]


@pytest.mark.parametrize(
    ("payouts", "links"),
    [
        ([("a", "o1")], 1),
        ([("a", "o1"), ("b", "o2")], 2),
        ([("a", "o3")], 1),
        ([("a", "o2"), ("c", "o3")], 2),
        ([("a", "o1"), ("b", "o2"), ("c", "o3")], 3),
        ([("b", "o1"), ("a", "o4")], 0),
        ([("c", "o1"), ("a", "o1")], 1),
    ],
    ids=["one", "each for the next", "one over three levels", "by jumps", "three", "own and customer", "not upline"],
)
def test_chains_of_payouts(company: Company, payouts: list[tuple[str, str]], links: int) -> None:
    paid = [pay(f"y{at}", who, order_id) for at, (who, order_id) in enumerate(payouts)]
    found = one(company(participants=PEOPLE, orders=ORDERS, payouts=paid))
    assert (found.value, found.bound) == (str(links), "exact")


def test_a_fee_is_no_supply_of_goods(company: Company) -> None:
    orders = [order("o1", "b", category="fee"), order("o2", "c")]
    found = one(company(participants=PEOPLE, orders=orders, payouts=[pay("y1", "a", "o1"), pay("y2", "b", "o2")]))
    assert found.value == "1"
    assert found.variant("any_payment").value == "2"


def test_payouts_without_a_source_leave_it_open_upwards(company: Company) -> None:
    some = one(company(participants=PEOPLE, orders=ORDERS, payouts=[pay("y1", "a", "o1"), pay("y2", "b", None)]))
    assert (some.value, some.bound) == ("1", "lower")


def test_without_any_source_nothing_can_be_said(company: Company) -> None:
    assert not one(company(participants=PEOPLE, orders=ORDERS, payouts=[pay("y1", "a", None)])).measurable
