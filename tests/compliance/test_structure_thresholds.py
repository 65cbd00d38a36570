"""What single rules ask for besides: counted by hand on companies of a few people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from compliance.indicators import measure
from compliance.measurement import Measurement
from compliance.records import Records

Company = Callable[..., Records]


@pytest.fixture
def company(company: Company) -> Iterator[Company]:
    """The room's maker of small companies, with what it opened closed again."""
    opened: list[Records] = []

    def make(**tables: Any) -> Records:
        opened.append(company(**tables))
        return opened[-1]

    yield make
    for records in opened:
        records.close()


PEOPLE = [
    {"id": "root", "joined": "2024-01-01"},
    {"id": "a", "sponsor_id": "root", "joined": "2024-01-05"},
    {"id": "b", "sponsor_id": "a", "joined": "2024-02-01"},
    {"id": "c", "sponsor_id": "b", "joined": "2024-02-10"},
]


def order(id: str, date: str, buyer: str, amount: int, category: str = "product", **more: Any) -> dict[str, Any]:  # noqa: A002
    return {
        "id": id,
        "date": date,
        "buyer_id": buyer,
        "amount": amount,
        "category": category,
        "currency": "USD",
        **more,
    }


def payout(to: str, amount: int, **more: Any) -> dict[str, Any]:
    return {"participant_id": to, "amount": amount, "currency": "USD", "date": "2024-02-15", **more}


def one(records: Records, name: str) -> Measurement:
    return measure(records, [name])[0]


def test_pay_on_somebody_elses_sale_is_told_from_pay_for_joining(company: Company) -> None:
    records = company(
        participants=PEOPLE,
        orders=[
            order("o1", "2024-02-01", "b", 5000, "fee"),
            order("o2", "2024-02-03", "b", 8000),
            order("o3", "2024-02-04", "guest", 3000, seller_id="a"),
            order("o4", "2024-02-05", "a", 2000),
        ],
        payouts=[
            payout("a", 500, source_order_id="o1"),
            payout("a", 800, source_order_id="o2"),
            payout("a", 300, source_order_id="o3"),
            payout("a", 200, source_order_id="o4"),
            payout("root", 100, source_participant_id="c"),
        ],
    )
    found = one(records, "upline_payouts")
    assert found.value == "3"  # o1 and o2 by b, and one that names c; not the customer's, not the payee's own
    assert found.variant("on_sales").value == "1"
    joining = one(records, "recruitment_rewards")
    assert (joining.value, joining.bound) == ("5", "lower")  # o1; the payout that names no order may be more
    assert joining.variant("first_payments_only").value == "5"
    assert found.evidence is not None
    assert records.rows(found.evidence)["payee_id"].to_list() == ["a", "a", "root"]


def test_payouts_without_any_source_are_not_taken_for_own_sales(company: Company) -> None:
    records = company(participants=PEOPLE, payouts=[payout("a", 500), payout("b", 100)])
    assert one(records, "upline_payouts").measurable is False
    some = company(participants=PEOPLE, payouts=[payout("a", 500), payout("b", 100, source_participant_id="c")])
    assert (one(some, "upline_payouts").value, one(some, "upline_payouts").bound) == ("1", "lower")


def test_joining_fee_is_the_first_fee_of_the_middle_participant(company: Company) -> None:
    records = company(
        participants=PEOPLE,
        orders=[
            order("o1", "2024-01-05", "a", 12000, "fee"),
            order("o2", "2024-03-05", "a", 99900, "fee"),
            order("o3", "2024-02-01", "b", 12000, "starter_kit"),
            order("o4", "2024-02-10", "c", 15000, "fee"),
            order("o5", "2024-02-11", "root", 70000),
        ],
    )
    found = one(records, "joining_fee")
    assert (found.value, found.currency) == ("120", "USD")
    assert found.variant("nearly_all").value == "0"  # the root paid none
    assert found.variant("take_up").value == "0.75"
    assert "3 of 4" in found.notes[0].en


def test_no_fee_on_record_is_a_lower_bound_and_no_pass(company: Company) -> None:
    records = company(participants=PEOPLE, orders=[order("o1", "2024-01-05", "a", 12000)])
    found = one(records, "joining_fee")
    assert (found.value, found.bound) == ("0", "lower")


def test_own_sales_ratio_reads_the_worst_month_and_counts_the_rest(company: Company) -> None:
    records = company(
        participants=PEOPLE,
        orders=[
            order("o1", "2024-02-03", "guest", 10000, seller_id="a"),
            order("o2", "2024-02-04", "guest", 10000, seller_id="b"),
        ],
        payouts=[payout("a", 2500), payout("b", 4500)],
    )
    found = one(records, "own_sales_reward")
    assert (found.value, found.bound) == ("0.45", "exact")
    upto = {point.x: point.numerator for point in found.series[0].points}
    assert (upto["0.20"], upto["0.25"], upto["0.45"], upto["1.00"]) == (0, 1, 2, 2)


def test_a_reward_without_own_sales_is_at_least_the_whole(company: Company) -> None:
    records = company(
        participants=PEOPLE,
        orders=[order("o1", "2024-02-03", "guest", 10000, seller_id="a")],
        payouts=[payout("a", 2500), payout("b", 4500)],
    )
    found = one(records, "own_sales_reward")
    assert (found.value, found.bound) == ("1", "lower")


def test_paid_for_others_without_a_customer(company: Company) -> None:
    records = company(
        participants=PEOPLE,
        orders=[
            order("o1", "2024-02-03", "guest", 10000, seller_id="a"),
            order("o2", "2024-02-04", "c", 10000, seller_id="b"),
        ],
        payouts=[payout("a", 100, source_order_id="o2"), payout("b", 100, source_order_id="o2")],
    )
    found = one(records, "no_retail_sellers")
    assert (found.numerator, found.denominator) == (1, 2)
    assert found.interval is not None
    ratio = one(records, "customers_per_participant")
    assert (ratio.numerator, ratio.denominator) == (1, 1)


def test_tools_and_persons(company: Company) -> None:
    records = company(
        participants=[{**person, "person": "p1" if person["id"] != "c" else "p2"} for person in PEOPLE],
        orders=[order("o1", "2024-02-03", "a", 3000, "training"), order("o2", "2024-02-04", "b", 9000)],
    )
    assert one(records, "tools_share").value == "0.25"
    assert one(records, "positions_per_person").value == "2"
    assert one(records, "positions_per_person").fraction == 2


@pytest.mark.parametrize(
    "name", ["joining_fee", "upline_payouts", "own_sales_reward", "no_retail_sellers", "tools_share"]
)
def test_without_the_columns_nothing_is_said(company: Company, name: str) -> None:
    found = one(company(participants=PEOPLE), name)
    assert found.measurable is False
    assert found.missing


def test_pay_on_a_renewal_is_told_from_pay_on_joining(company: Company) -> None:
    orders = [order("o1", "2024-02-01", "b", 5000, "fee"), order("o2", "2025-02-01", "b", 2000, "fee")]
    payouts = [payout("a", 500, source_order_id="o1"), payout("a", 70, source_order_id="o2")]
    found = one(company(participants=PEOPLE, orders=orders, payouts=payouts), "recruitment_rewards")
    assert (found.numerator, found.bound) == (570, "exact")
    assert found.variant("first_payments_only").numerator == 500
    assert found.variant("later_fees").numerator == 70
