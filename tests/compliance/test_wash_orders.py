"""Circles of orders against every sequence tried; reversals after the payout, counted by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.indicators import measure, wash_orders
from compliance.indicators.wash_orders import DAYS, LONGEST, TOLERANCE, circles_among, within_components
from compliance.records import Records
from tests.compliance.slow_circles import circles

PEOPLE = [{"id": "root"}, *({"id": f"m{at}", "sponsor_id": "root"} for at in range(6))]


def order(at: int, date: str, buyer: str, seller: str | None, amount: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f"o{at}",
        "date": date,
        "buyer_id": buyer,
        "seller_id": seller,
        "amount": amount,
        "currency": "USD",
        "category": "product",
        **more,
    }


CIRCLE = [
    order(1, "2024-01-05", "m0", "m1", 1000),
    order(2, "2024-01-10", "m1", "m2", 1010),
    order(3, "2024-02-01", "m2", "m0", 990),
    order(4, "2024-03-01", "m3", "m4", 500),
    order(5, "2024-03-02", "m4", "m3", 500),
    order(6, "2024-06-01", "m5", "root", 700),
    order(7, "2024-01-06", "m0", "m1", 5000),  # the same way round, but for another amount
]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 4), st.integers(0, 4), st.sampled_from([100, 103, 104, 106, 200]), st.integers(0, 80)
        ).filter(lambda each: each[0] != each[1]),
        max_size=8,
    )
)
@settings(max_examples=50, deadline=None)
def test_every_circle_is_found_and_nothing_else(drawn: list[tuple[int, int, int, int]]) -> None:
    orders = sorted(drawn, key=lambda each: each[3])
    columns = {name: [each[at] for each in orders] for at, name in enumerate(("buyer", "seller", "amount", "day"))}
    frame = pl.DataFrame(
        {"place": range(10, 10 + len(orders)), **columns},
        schema=dict.fromkeys(("place", "buyer", "seller", "amount", "day"), pl.Int64),
    )
    found = circles_among(frame)
    wanted = circles(orders, days=DAYS, tolerance=TOLERANCE, longest=LONGEST)
    assert found.circles == len(wanted)
    assert found.on_circle == {10 + at for each in wanted for at in each}
    back = {10 + at for each in wanted if len(each) == 2 and orders[each[0]][2] == orders[each[1]][2] for at in each}
    assert found.back_and_forth == back
    if orders:  # a circle lies within a component, so that nothing is lost by looking there only
        inside = within_components(np.array(columns["buyer"]), np.array(columns["seller"]), 5)
        assert {10 + int(at) for at in np.flatnonzero(inside)} >= found.on_circle


def test_a_planted_circle_and_a_round_trip(company: Any) -> None:
    records: Records = company(participants=PEOPLE, orders=CIRCLE)
    (found,) = measure(records, ["wash_orders"])
    assert (found.numerator, found.denominator, found.bound) == (4000, 9700, "exact")
    assert found.variant("same_amount_back").numerator == 1000
    assert found.variant("within_components").numerator == 9000
    assert found.evidence is not None
    assert records.rows(found.evidence)["order_id"].to_list() == ["o1", "o2", "o3", "o4", "o5"]


def test_buying_through_those_above_is_no_circle(company: Any) -> None:
    chain = [{"id": "a"}, {"id": "b", "sponsor_id": "a"}, {"id": "c", "sponsor_id": "b"}]
    orders = [order(at, f"2024-01-{at + 1:02d}", "cb"[at % 2], "ba"[at % 2], 1000) for at in range(20)]
    (found,) = measure(company(participants=chain, orders=orders), ["wash_orders"])
    assert [each.value for each in found.variants] == ["0", "0", "0"]


def test_too_many_continuations_make_a_lower_bound(company: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wash_orders, "MOST_JOINED", 3)
    (found,) = measure(company(participants=PEOPLE, orders=CIRCLE), ["wash_orders"])
    assert found.bound == "lower"
    assert (found.numerator or 0) < 4000


def test_reversals_after_the_payout(company: Any) -> None:
    orders = [
        order(1, "2024-01-05", "m0", "root", 1000),
        order(2, "2024-01-06", "m1", "root", 600),
        order(3, "2024-01-07", "m2", "root", 400),
        order(4, "2024-03-01", "m0", "root", -1000, reverses="o1"),
        order(5, "2024-01-20", "m1", "root", -600, reverses="o2"),  # before the payout
        order(6, "2024-03-05", "m2", "root", -400, reverses="o3"),
    ]
    paid = {"participant_id": "root", "currency": "USD", "date": "2024-01-31"}
    payouts = [
        *({**paid, "amount": 50, "source_order_id": f"o{at}"} for at in (1, 2, 3)),
        {**paid, "amount": -50, "source_order_id": "o3", "date": "2024-03-06"},  # taken back
    ]
    records = company(participants=PEOPLE, orders=orders, payouts=payouts)
    (found,) = measure(records, ["reversed_after_payout"])
    assert (found.numerator, found.denominator) == (1400, 2000)
    assert found.variant("commission_kept").numerator == 1000
    assert found.evidence is not None
    assert records.rows(found.evidence)["order_id"].to_list() == ["o1", "o3"]
