"""Negative controls: a real retailer, and a small honest company. Nothing reads as recruiting."""

from __future__ import annotations

from typing import Any

from compliance import Assumptions, Measurement, Records, measure
from tests.compliance.conftest import Company


def by_id(records: Records) -> dict[str, Measurement]:
    return {each.id: each for each in measure(records)}


def test_a_retailer_without_a_network(retailer: Records) -> None:
    found = by_id(retailer)
    assert found["external_revenue_ratio"].value == "1"
    assert found["external_revenue_ratio"].denominator == 130_941_159
    for each in (
        "participant_funded_share",
        "recruitment_share",
        "net_loss_share",
        "break_even_bound",
        "payout_concentration",
        "tail_share",
        "growth_gap",
        "join_order_gradient",
        "headcount",
        "paid_out",
        "payout_ratio",
    ):
        assert not found[each].measurable, each
        assert found[each].missing
    assert {each.id for each in found.values() if each.measurable} <= {
        "external_revenue_ratio",
        "customers_per_participant",
        "tools_share",
        "token_share",
        "highest_unit_price",
        "end_user_share",
    }


def honest(company: Any) -> Records:
    """Two sellers who live from customers' orders and buy little themselves."""
    people = [
        {"id": "a", "joined": "2023-01-05", "kind": "distributor"},
        {"id": "b", "sponsor_id": "a", "joined": "2023-02-05", "kind": "distributor"},
        {"id": "d", "sponsor_id": "a", "joined": "2023-02-07", "kind": "distributor"},
    ]
    orders = [
        {"id": "k", "date": "2023-01-05", "buyer_id": "a", "category": "starter_kit", "amount": 5_000},
        {"id": "u", "date": "2023-03-09", "buyer_id": "d", "category": "product", "amount": 4_000},
    ] + [
        {
            "id": f"c{at}",
            "date": f"2023-{at:02d}-15",
            "buyer_id": f"customer {at}",
            "seller_id": seller,
            "category": "product",
            "amount": 30_000,
        }
        for at in range(2, 12)
        for seller in ("ab"[at % 2],)
    ]
    payouts = [
        {"participant_id": each["seller_id"], "date": each["date"], "amount": 6_000, "source_order_id": each["id"]}
        for each in orders
        if "seller_id" in each
    ]
    dollars = {"currency": "USD"}
    return company(  # type: ignore[no-any-return]
        participants=people,
        orders=[{**each, **dollars} for each in orders],
        payouts=[{**each, **dollars} for each in payouts],
        returns=[
            {
                "outcome": "refunded",
                "order_id": "u",
                "amount": 4_000,
                "requested": "2023-03-10",
                "decided": "2023-03-12",
            }
        ],
    )


def test_a_company_that_lives_from_customers(company: Any) -> None:
    found = by_id(honest(company))
    ratio = found["external_revenue_ratio"]
    assert (ratio.numerator, ratio.denominator) == (300_000, 305_000)  # the refunded order is no revenue
    assert found["participant_funded_share"].value == "0"
    recruiting = found["recruitment_share"]
    assert recruiting.value == "0"
    assert recruiting.variant("all_participant_purchases").value == "0"
    assert [(point.x, point.value) for point in recruiting.series[0].points] == [("customers", "1")]
    assert (found["net_loss_share"].numerator, found["net_loss_share"].denominator) == (0, 3)
    assert found["refund_refused_share"].value == "0"
    assert found["refund_refused_share"].variant("median_days").value == "2"
    assert found["inventory_gap"].value == "0"


def test_definitions_of_own_use_move_the_figure_the_right_way(company: Any) -> None:
    dollars = {"currency": "USD", "category": "product"}
    records = company(
        participants=[
            {"id": "a", "joined": "2023-01-01"},
            {"id": "b", "sponsor_id": "a", "joined": "2023-01-02"},
            {"id": "c", "sponsor_id": "a", "joined": "2023-01-03"},
        ],
        orders=[
            {"id": "1", "date": "2023-02-01", "buyer_id": "b", "amount": 50_000, **dollars},
            {"id": "2", "date": "2023-02-02", "buyer_id": "c", "amount": 15_000, **dollars},
            {"id": "3", "date": "2023-02-03", "buyer_id": "x", "amount": 35_000, **dollars},
        ],
        payouts=[
            {"date": "2023-02-09", "participant_id": "a", "amount": 60_000, "currency": "USD", "source_order_id": "1"}
        ],
    )
    found = by_id(records)
    ratio = {each.id: each.numerator for each in found["external_revenue_ratio"].variants}
    assert ratio == {
        "main": 35_000,
        "own_use_allowance": 35_000 + 20_000 + 15_000,
        "own_use_all": 100_000,
        "discount_only_as_customers": 35_000 + 15_000,
    }
    funded = {each.id: each.numerator for each in found["participant_funded_share"].variants}
    assert funded == {
        "main": 25_000,
        "own_use_allowance": 0,
        "own_use_all": 0,
        "discount_only_as_customers": 10_000,
        "traced": 60_000,
    }


def test_no_allowance_is_invented_for_another_currency(company: Any) -> None:
    records = company(
        participants=[{"id": "a", "joined": "2023-01-01"}],
        orders=[{"date": "2023-02-01", "buyer_id": "a", "amount": 5, "currency": "EGP", "category": "product"}],
    )
    ratio = by_id(records)["external_revenue_ratio"]
    assert not ratio.variant("own_use_allowance").measurable
    assert "EGP" in ratio.variant("own_use_allowance").missing[0].text.en


def test_nothing_at_all_is_not_a_pass(company: Any) -> None:
    for each in measure(company(participants=[{"id": "only"}])):
        assert each.measurable == (each.id in ("headcount", "members_by_kind")), each.id


def test_goods_whose_month_nobody_states_are_used_in_one_month(company: Company) -> None:
    records = company(
        participants=[{"id": "a"}, {"id": "b", "sponsor_id": "a"}],
        orders=[
            {"buyer_id": "b", "seller_id": "a", "amount": 900, "currency": "USD", "category": "product"},
            {"buyer_id": "x", "seller_id": "b", "amount": 50, "currency": "USD", "category": "product"},
        ],
        assumptions=Assumptions(allowance="1.00"),
    )
    found = measure(records, ["inventory_gap"])[0]
    assert (found.numerator, found.denominator) == (900 - 50 - 100, 900)
    assert found.evidence is not None
    assert records.rows(found.evidence)["gap"].to_list() == [750]


def test_what_is_missing_is_not_said_to_be_a_column_that_is_there(company: Company) -> None:
    """Costs, persons, categories and payouts are recorded, only not of what the figure is about."""
    money = {"currency": "USD", "date": "2024-01-05"}
    records = company(
        participants=[{"id": "a"}, {"id": "c", "sponsor_id": "a", "kind": "customer", "person": "mail"}],
        orders=[
            {"id": "o", "buyer_id": "c", "seller_id": "a", "amount": 9, "cost": 4, "category": "product", **money},
            {"id": "k", "buyer_id": "a", "amount": 5, "category": "starter_kit", **money},
        ],
        payouts=[{"participant_id": "a", "amount": 1, "source_order_id": "k", "source_participant_id": "a", **money}],
    )
    found = measure(records, ["starter_kit_margin", "positions_per_person", "bought_only_to_join", "no_retail_sellers"])
    said = {each.id: each.missing[0].text.en for each in found}
    assert said == {
        "starter_kit_margin": "Needs starter kits sold for money whose cost is stated: there is none.",
        "positions_per_person": "Needs participants whose person is stated: the records state it of customers alone.",
        "bought_only_to_join": "Needs participants whose first payment was a fee, starter kit or deposit, more than 3 months "
        "before the records end: there is none.",
        "no_retail_sellers": "Needs payouts to participants for what somebody else did: these records show none.",
    }
