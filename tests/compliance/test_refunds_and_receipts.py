"""Refunds, what is given back after the payout, ranks that are bought, relabelled customers, receipts: by hand."""

from __future__ import annotations

from typing import Any

import pytest

from compliance.indicators import measure
from compliance.indicators.receipt_digits import simulated_cut
from compliance.measurement import Measurement
from compliance.records import Records

PEOPLE = [
    {"id": "root", "joined": "2023-01-01"},
    {"id": "a", "sponsor_id": "root", "joined": "2023-01-01"},
    {"id": "b", "sponsor_id": "a", "joined": "2023-01-01"},
]


def order(at: int, date: str, buyer: str, amount: int, **more: Any) -> dict[str, Any]:
    given = {"id": f"o{at}", "date": date, "buyer_id": buyer, "amount": amount, "currency": "USD"}
    return {**given, "category": "product", **more}


def one(records: Records, name: str) -> Measurement:
    return measure(records, [name])[0]


RETURNS = [
    {
        "id": "r1",
        "order_id": "o1",
        "requested": "2024-02-10",
        "decided": "2024-02-20",
        "outcome": "refunded",
        "amount": 1000,
    },
    {"id": "r2", "order_id": "o2", "requested": "2024-01-15", "decided": "2024-02-12", "outcome": "refused"},
    {
        "id": "r3",
        "order_id": "o3",
        "requested": "2024-05-12",
        "decided": "2024-05-16",
        "outcome": "partly_refunded",
        "amount": 500,
    },
    {"id": "r4", "order_id": "o4", "requested": "2024-05-12", "outcome": "pending"},
]
ORDERS = [
    order(1, "2024-01-20", "a", 1000),
    order(2, "2024-01-10", "a", 2000),
    order(3, "2024-03-10", "customer", 1000, seller_id="a", buyer_kind="customer"),
    order(4, "2024-03-10", "b", 4000),
    order(5, "2024-03-10", "b", 3000),
]
PAID = {"currency": "USD", "amount": 10}


def test_refunds_by_hand(company: Any) -> None:
    records = company(participants=PEOPLE, orders=ORDERS, returns=RETURNS)
    refused, paid, full, days = (
        one(records, name) for name in ("refund_refused_share", "refund_paid_share", "refunded_in_full", "refund_days")
    )
    assert (refused.numerator, refused.denominator) == (1, 3)
    assert [refused.variant(name).value for name in ("pending_as_refused", "of_all_requests", "participants_only")] == [
        "0.5",
        "0.25",
        "0.5",
    ]
    assert (paid.numerator, paid.denominator) == (1500, 2000)
    assert paid.variant("lowest_within_12_months").value == "0.5"
    assert paid.variant("refused_as_nothing").denominator == 4000
    assert (full.numerator, full.denominator) == (1, 4)
    within = {each.id: (each.numerator, each.denominator) for each in full.alternatives}
    assert within == {
        "within_14_days": (0, 1),
        "within_30_days": (1, 2),
        "within_90_days": (1, 4),
        "within_30_days_in_30_days": (1, 2),
    }
    assert (days.value, days.variant("refused").value) == ("4", "28")


def test_what_is_given_back_after_the_close_of_a_paid_month(company: Any) -> None:
    payouts = [
        {**PAID, "participant_id": "a", "date": "2024-01-31"},
        {**PAID, "participant_id": "b", "date": "2024-03-31"},
    ]
    reversal = order(6, "2024-05-15", "b", -3000, reverses="o5")  # the 45th day after the close of March
    late = order(7, "2024-05-16", "b", -4000, reverses="o4")
    records = company(participants=PEOPLE, orders=[*ORDERS, reversal, late], payouts=payouts, returns=RETURNS)
    found = one(records, "qualify_then_refund")
    # a bought 3000 in January and gave 1000 back in February; b bought 7000 in March
    assert (found.numerator, found.denominator) == (1000 + 3000, 3000 + 7000)
    assert found.variant("any_time").numerator == 8000
    assert (found.variant("customers").numerator, found.variant("customers").denominator) == (500, 1000)
    assert found.evidence is not None
    assert records.rows(found.evidence)["order_id"].to_list() == ["o1", "o5"]
    early = [{**RETURNS[0], "requested": "2024-01-25"}]
    before = one(company(participants=PEOPLE, orders=ORDERS, payouts=payouts, returns=early), "qualify_then_refund")
    assert (before.value, before.variant("before_close").numerator) == ("0", 1000)


def test_ranks_that_are_bought(company: Any) -> None:
    orders = [
        order(1, "2024-01-05", "a", 100),
        order(2, "2024-02-28", "a", 500),
        order(3, "2024-03-05", "a", 100),
        order(4, "2024-04-05", "a", 100),
        order(5, "2024-01-05", "b", 100),
        order(6, "2024-02-10", "b", 600),
        order(7, "2024-03-05", "b", 200),
    ]
    ranks = [
        {"participant_id": "a", "period": f"2024-0{at}", "rank": "gold" if at > 1 else "new"} for at in range(1, 5)
    ]
    records = company(participants=PEOPLE, orders=orders, ranks=ranks)
    bought, chain = one(records, "rank_buying"), one(records, "chain_effect")
    assert (bought.numerator, bought.denominator) == (1, 1)
    assert (bought.variant("other_periods").numerator, bought.variant("other_periods").denominator) == (0, 3)
    assert (chain.value, chain.variant("level_1").value) == ("4", "4")  # 600 against the mean of 100 and 200
    assert not chain.variant("level_2").measurable
    steady = [{"participant_id": "a", "period": "2024-01", "rank": "gold"}]
    assert not one(company(participants=PEOPLE, orders=orders, ranks=steady), "rank_buying").measurable


def test_relabelled_customers_and_true_ones(company: Any) -> None:
    people = [
        {"id": "root", "kind": "distributor"},
        {"id": "idle", "sponsor_id": "root", "kind": "customer"},
        {"id": "recruiter", "sponsor_id": "root", "kind": "customer"},
        {"id": "seller", "sponsor_id": "recruiter", "kind": "distributor"},
    ]
    orders = [
        order(1, "2024-01-02", "seller", 5, buyer_kind="customer"),
        order(2, "2024-01-02", "walk-in", 5, buyer_kind="customer", seller_id="root"),
        order(3, "2024-01-02", "idle", 5, seller_id="root"),
    ]
    found = one(company(participants=people, orders=orders), "relabelled_customers")
    assert (found.numerator, found.denominator) == (2, 4)
    assert found.variant("earning_or_recruiting").numerator == 1
    assert found.variant("recruited").numerator == 1
    assert not found.variant("paid").measurable
    honest = one(company(participants=people[:2], orders=orders[1:]), "relabelled_customers")
    assert (honest.numerator, honest.denominator) == (0, 2)


def sales(*, invented: bool) -> list[dict[str, Any]]:
    """Six sellers with ten sales a month to different customers; the first one's may be made up."""
    found = []
    for seller in range(6):
        for at in range(20):
            place = seller * 20 + at
            made_up = invented and seller == 0
            found.append(
                order(
                    place,
                    f"2024-0{1 + at // 10}-{1 + 2 * (at % 10):02d}",
                    f"c{place // 4}",
                    4990 if made_up else 500 + (place * 7919) % 8_000,
                    seller_id=f"s{seller}",
                    product="tea",
                    receipt=f"A-{500 + at}" if made_up else f"B-{(place * 37) % 1009}",
                )
            )
    return found


SELLERS = [{"id": "root"}, *({"id": f"s{at}", "sponsor_id": "root"} for at in range(6))]


@pytest.mark.parametrize("invented", [True, False])
def test_invented_receipts_show_and_honest_ones_do_not(company: Any, *, invented: bool) -> None:
    records = company(participants=SELLERS, orders=sales(invented=invented))
    repeated, sequence, shared = (
        one(records, name) for name in ("repeated_amounts", "receipts_in_sequence", "shared_customers")
    )
    assert shared.value == "0"
    if invented:
        assert float(repeated.value or 0) > 5
        assert (sequence.numerator, sequence.denominator) == (19, 6 * 19)
    else:
        assert not repeated.measurable  # no amount recurs at all
        assert sequence.numerator == 0


def test_sales_without_evidence_count_only_where_rewarded(company: Any) -> None:
    orders = sales(invented=False)
    orders[0]["receipt"] = None
    orders[1]["product"] = None
    orders[60]["receipt"] = None  # not rewarded
    payouts = [{**PAID, "participant_id": "root", "source_order_id": f"o{at}"} for at in range(40)]
    records = company(participants=SELLERS, orders=orders, payouts=payouts)
    found = one(records, "retail_without_receipt")
    assert (found.numerator, found.denominator) == (2, 40)
    assert found.variant("without_number").numerator == 1
    assert found.evidence is not None
    assert records.rows(found.evidence)["order_id"].to_list() == ["o0", "o1"]
    bare = [{**each, "receipt": None} for each in orders]
    unknown = one(company(participants=SELLERS, orders=bare, payouts=payouts), "retail_without_receipt")
    assert not unknown.measurable  # a company that records no receipts has not issued none
    assert unknown.variant("without_number").measurable


def test_digits_are_told_with_what_chance_makes(company: Any) -> None:
    records = company(participants=SELLERS, orders=sales(invented=False))
    ending, first = one(records, "last_two_digits"), one(records, "first_digits")
    amounts = [each["amount"] % 100 for each in sales(invented=False)]
    chi2 = sum((amounts.count(ending) - 1.2) ** 2 / 1.2 for ending in range(100))
    assert abs(float(ending.value or 0) - chi2 / 99) < 1e-9
    assert first.variant("chance").measurable  # below a thousand amounts it is simulated
    assert "Too few" in first.notes[0].en
    assert 0.02 < simulated_cut(100) < 0.05  # the reference: samples of 100 have a mean of 0.0235
    assert simulated_cut(1000) < 0.015
