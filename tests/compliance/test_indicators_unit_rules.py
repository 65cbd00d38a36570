"""Figures asked for unit by unit, against plain dictionaries on random companies, and by hand where one suffices."""

from __future__ import annotations

import random
from collections import defaultdict
from fractions import Fraction
from typing import Any

import pytest

from compensation import parse_plan
from compliance.assumptions import Assumptions
from compliance.indicators import measure
from compliance.indicators.unit_by_unit import Units
from compliance.measurement import Measurement
from compliance.records import Records
from tests.compliance.conftest import Company

MONTHS = ("2025-01", "2025-02", "2025-03")


def one(records: Records, name: str) -> Measurement:
    (found,) = measure(records, [name])
    return found


def world(seed: int) -> dict[str, list[dict[str, Any]]]:
    """People in a random tree, customers outside it, orders and payouts of three months."""
    draw = random.Random(seed)
    people = [f"p{number}" for number in range(9)]
    participants = [
        {"id": name, "sponsor_id": people[draw.randrange(at)] if at else None, "joined": "2025-01-01"}
        for at, name in enumerate(people)
    ]
    orders, payouts = [], []
    for number in range(40):
        outside = draw.random() < 0.4
        orders.append(
            {
                "id": f"o{number}",
                "date": f"{draw.choice(MONTHS)}-{draw.randint(1, 28):02d}",
                "buyer_id": f"c{draw.randrange(6)}" if outside else draw.choice(people),
                "buyer_kind": "customer" if outside else "distributor",
                "seller_id": draw.choice(people),
                "category": draw.choice(["product", "autoship", "starter_kit", "fee"]),
                "amount": draw.randint(100, 50_000),
                "currency": "USD",
            }
        )
    for number in range(25):
        order = draw.choice(orders)
        payouts.append(
            {
                "id": f"y{number}",
                "date": f"{draw.choice(MONTHS)}-28",
                "participant_id": draw.choice(people),
                "component": "level",
                "amount": draw.randint(1, 5_000),
                "currency": "USD",
                "source_order_id": order["id"],
                "source_participant_id": order["buyer_id"] if order["buyer_kind"] == "distributor" else None,
            }
        )
    return {"participants": participants, "orders": orders, "payouts": payouts}


def downline(tables: dict[str, list[dict[str, Any]]], head: str) -> set[str]:
    found, grown = {head}, True
    while grown:
        more = {row["id"] for row in tables["participants"] if row["sponsor_id"] in found}
        grown = not more <= found
        found |= more
    return found


@pytest.mark.parametrize("seed", range(6))
def test_sales_behind_each_payment_are_as_defined(company: Company, seed: int) -> None:
    tables = world(seed)
    paid = {(row["participant_id"], row["date"][:7]) for row in tables["payouts"]}
    shares, before = [], []
    for who, month in paid:
        group = downline(tables, who)
        for back, into in ((0, shares), (1, before)):
            at = MONTHS.index(month) - back
            customers = everybody = 0
            for order in tables["orders"]:
                outside = order["buyer_kind"] == "customer"
                credited = order["seller_id"] if outside else order["buyer_id"]
                if at >= 0 and order["date"].startswith(MONTHS[at]) and credited in group:
                    everybody += order["amount"]
                    customers += order["amount"] if outside else 0
            if everybody:
                into.append(Fraction(customers, everybody))
    found = one(company(**tables), "organisation_customer_share")
    shares.sort()
    assert found.fraction == shares[0]
    assert found.variant("nearly_all").fraction == shares[len(shares) // 20]
    assert found.variant("middle").fraction == shares[(len(shares) - 1) // 2]
    assert found.variant("month_before").fraction == min(before)
    half = next(point for point in found.series[0].points if point.x == "0.50")
    assert half.numerator == sum(share <= Fraction(1, 2) for share in shares)


@pytest.mark.parametrize("seed", range(6))
def test_customers_resale_and_rewarded_own_use_are_as_defined(company: Company, seed: int) -> None:
    tables = world(seed)
    orders = {row["id"]: row for row in tables["orders"]}
    people = {row["id"] for row in tables["participants"]}
    served: dict[tuple[str, str], set[str]] = defaultdict(set)
    bought: dict[tuple[str, str], int] = defaultdict(int)
    sold: dict[tuple[str, str], int] = defaultdict(int)
    for row in tables["orders"]:
        month = row["date"][:7]
        if row["buyer_kind"] == "customer":
            served[row["seller_id"], month].add(row["buyer_id"])
        elif row["category"] in ("product", "autoship"):
            bought[row["buyer_id"], month] += row["amount"]
        if row["buyer_id"] != row["seller_id"]:
            sold[row["seller_id"], month] += row["amount"]
    others = {
        (row["participant_id"], row["date"][:7])
        for row in tables["payouts"]
        if row["source_participant_id"] in people and row["source_participant_id"] != row["participant_id"]
    }
    records = company(**tables)
    assert one(records, "customers_behind_payment").fraction == min(len(served[unit]) for unit in others)
    resold = one(records, "resold_share")
    assert resold.fraction == min(Fraction(min(sold[unit], paid), paid) for unit, paid in bought.items())
    assert resold.bound == "lower"
    rewarded = {
        row["source_order_id"] for row in tables["payouts"] if row["source_participant_id"] not in (None, row["participant_id"])
    }  # fmt: skip
    own: dict[tuple[str, str], int] = defaultdict(int)
    for name in rewarded:
        order = orders[name]
        if order["category"] in ("product", "autoship"):
            own[order["buyer_id"], order["date"][:7]] += order["amount"]
    assert one(records, "rewarded_own_use").numerator == max(own.values())


@pytest.mark.parametrize("seed", range(4))
def test_end_use_is_as_defined(company: Company, seed: int) -> None:
    tables = world(seed)
    goods = [row for row in tables["orders"] if row["category"] in ("product", "autoship")]
    everything = sum(row["amount"] for row in goods)
    customers = sum(row["amount"] for row in goods if row["buyer_kind"] == "customer")
    months: dict[tuple[str, str], int] = defaultdict(int)
    for row in goods:
        if row["buyer_kind"] != "customer":
            months[row["buyer_id"], row["date"][:7]] += row["amount"]
    own = sum(min(paid, 20_000) for paid in months.values())
    records = company(**tables)  # dollars: the allowance is 200.00
    found = one(records, "end_user_share")
    assert found.fraction == Fraction(customers + own, everything)
    assert found.variant("customers_only").fraction == Fraction(customers, everything)
    capped = min(own, customers // 2)
    assert found.variant("own_use_capped").fraction == Fraction(customers + capped, everything)
    by_id = {row["id"]: row for row in tables["orders"]}
    traced = sum(row["amount"] for row in tables["payouts"])
    on_own = sum(
        row["amount"]
        for row in tables["payouts"]
        if by_id[row["source_order_id"]]["buyer_kind"] != "customer"
        and by_id[row["source_order_id"]]["category"] in ("product", "autoship")
    )
    rewards = one(records, "own_use_in_rewards")
    assert rewards.fraction == Fraction(on_own, traced)
    assert rewards.variant("of_sales").fraction == Fraction(own, customers + own)


def test_charges_are_the_highest_of_anybody(company: Company) -> None:
    people = [{"id": name, "joined": "2025-01-30"} for name in ("a", "b", "c")]
    rows = [
        ("a", "2025-01-30", "starter_kit", 15_000, 4_000, 1),
        ("a", "2025-02-05", "product", 9_900, None, 3),  # the seventh day
        ("b", "2025-02-06", "product", 90_000, None, 1),  # the eighth
        ("b", "2025-01-29", "fee", 70_000, None, None),  # before joining
        ("c", "2026-03-01", "training", 20_000, None, None),
        ("c", "2026-04-01", "fee", 5_000, None, None),
    ]
    orders = [
        {"id": str(number), "buyer_id": who, "date": day, "category": category, "amount": amount, "cost": cost}
        | {"quantity": pieces, "currency": "GBP"}
        for number, (who, day, category, amount, cost, pieces) in enumerate(rows)
    ]
    records = company(participants=people, orders=orders)
    week = one(records, "first_week_payment")
    assert (week.value, week.numerator, week.currency) == ("249", 24_900, "GBP")
    assert week.variant("required").value == "150"
    burden = one(records, "yearly_burden")
    assert (burden.value, burden.variant("joining_only").value) == ("700", "700")
    assert one(records, "starter_kit_margin").value == "110"
    assert one(records, "highest_unit_price").value == "900"
    assert one(records, "highest_unit_price").variant("middle").value == "900"


def test_money_from_outside_deposits_tokens_and_recoup(company: Company) -> None:
    people = [{"id": "a"}, *({"id": name, "sponsor_id": "a", "joined": "2025-01-01"} for name in "bcd")]
    orders = [
        {"id": "1", "buyer_id": "b", "category": "starter_kit", "amount": 30_000},
        {"id": "2", "buyer_id": "c", "category": "deposit", "amount": 10_000},
        {"id": "3", "buyer_id": "d", "category": "fee", "amount": 10_000},
        {"id": "4", "buyer_id": "x", "category": "product", "amount": 2_500},
        {"id": "5", "buyer_id": "d", "category": "product", "amount": 5_000, "date": "2025-12-10"},
    ]
    orders = [{"date": "2025-01-02", "currency": "USD", **row} for row in orders]
    orders.append({"id": "6", "buyer_id": "b", "date": "2025-01-02", "amount": 1, "currency": "QQT"})
    payouts = [
        {"id": str(number), "participant_id": "a", "source_participant_id": source, "amount": 5_000, "currency": "USD"}
        | {"date": "2025-12-01", "component": "x"}
        for number, source in enumerate("bcd")
    ]
    records = company(participants=people, orders=orders, payouts=payouts, currencies={"QQT": 0})
    assert one(records, "outside_money_over_rewards").fraction == Fraction(2_500, 15_000)
    assert one(records, "deposit_share").fraction == Fraction(10_000, 55_000)
    assert one(records, "token_share").fraction == Fraction(1, 9)
    recoup = one(records, "recruits_to_recoup")
    assert recoup.fraction == Fraction(15_000, 5_000)  # the middle payer paid 150.00; each recruit brought 50.00
    assert not recoup.variant("over_middle").measurable
    assert recoup.variant("over_mean").fraction == 3 / Fraction(3, 4)
    joined = one(records, "bought_only_to_join")
    assert (joined.numerator, joined.denominator) == (2, 3)


def test_low_pay_counts_everybody_of_a_year_and_only_in_dollars(company: Company) -> None:
    people = [{"id": name, "joined": "2024-01-01"} for name in "abcde"] + [{"id": "new", "joined": "2025-11-01"}]
    people[4]["left"] = "2024-06-01"
    amounts = {"a": 100_000, "b": 100_001, "c": 25_000}
    payouts = [
        {"id": who, "participant_id": who, "amount": amount, "currency": "USD", "date": "2025-12-31", "component": "x"}
        for who, amount in amounts.items()
    ]
    found = one(company(participants=people, payouts=payouts), "low_yearly_pay")
    assert (found.numerator, found.denominator) == (3, 4)
    assert found.variant("up_to_0").numerator == 1
    assert found.variant("up_to_250").numerator == 2
    euros = [{**row, "currency": "EUR"} for row in payouts]
    assert not one(company(participants=people, payouts=euros), "low_yearly_pay").measurable


PLAN = """\
id: p
title: {en: P, ar: خ}
currency: USD
period: month
activity: {rule: personal_volume, at_least: "50"}
ranks:
  order: [none, star]
  source: qualified
  unranked: none
  qualifications:
    star: {personal_volume: "100", group_volume: {at_least: "1000"}, recruits: {count: 3}}
components:
  - {id: level, family: unilevel, rates: [5%, 5%], eligibility: {requires: {autoship: {}, customers: {count: 2}}}}
"""


def test_a_plan_is_counted(company: Company, tmp_path: Any) -> None:
    made = company(participants=[{"id": "a"}])
    with Records.open(made.folder, plan=parse_plan(PLAN)) as records:
        own = one(records, "own_purchase_conditions")
        assert (own.numerator, own.variant("with_group_volume").numerator) == (3, 4)
        size = one(records, "plan_size")
        assert size.numerator == 1 + 2 + 0 + 6
    assert [each.needs for each in one(made, "plan_size").missing] == ["plan"]


def test_no_allowance_in_another_currency(company: Company) -> None:
    tables = world(0)
    for row in [*tables["orders"], *tables["payouts"]]:
        row["currency"] = "EGP"
    assert not one(company(**tables), "end_user_share").measurable
    stated = company(**tables, assumptions=Assumptions.model_validate({"allowance": "9999"}))
    assert one(stated, "end_user_share").fraction == 1


def test_units_order_by_the_fraction_itself() -> None:
    import numpy as np

    part, whole = np.array([1, 2, 3, 10**15], np.int64), np.array([3, 3, 3, 3 * 10**15], np.int64)
    units = Units(part, whole, "highest")
    assert (units.main().value, units.others()[1].fraction) == (1, Fraction(2, 3))
    assert [point.numerator for point in units.up_to([Fraction(1, 3), Fraction(99, 100)]).points] == [2, 3]


def test_of_equal_units_the_largest_is_shown_whatever_their_order() -> None:
    import numpy as np

    part, whole = np.array([0, 1, 0, 0, 2], np.int64), np.array([5, 2, 9, 1, 4], np.int64)
    for order in ([0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 0, 4, 1, 3]):
        units = Units(part[order], whole[order], "lowest")
        assert (units.main().numerator, units.main().denominator) == (0, 9)
        highest = Units(part[order], whole[order], "highest").main()
        assert (highest.numerator, highest.denominator) == (2, 4)
