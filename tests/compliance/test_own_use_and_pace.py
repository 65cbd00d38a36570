"""Definitions that leave harmless things out: own use, goods at the members' price, recruiting at every age, made-up sales
of all sellers alike. Companies of a few rows, every expected figure counted by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from compensation import parse_plan
from compliance import measure
from compliance.assumptions import Assumptions
from compliance.measurement import Measurement
from compliance.records import Records


def one(records: Records, name: str) -> Measurement:
    return measure(records, [name])[0]


def orders(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"id": f"o{at}", "currency": "USD", "category": "product", **each} for at, each in enumerate(rows)]


def test_goods_up_to_a_plausible_own_use_are_no_loss(company: Any) -> None:
    records = company(
        assumptions=Assumptions(allowance=Decimal(50)),
        participants=[{"id": "a", "joined": "2024-01-01"}, {"id": "b", "joined": "2024-01-01"}],
        orders=orders(
            [{"buyer_id": "a", "date": f"2024-0{month}-10", "amount": 3_000} for month in (1, 2, 3)]
            + [{"buyer_id": "b", "date": "2024-01-10", "amount": 20_000}]
            + [{"buyer_id": "c", "buyer_kind": "customer", "seller_id": "b", "date": "2024-02-10", "amount": 15_000}]
        ),
        payouts=[{"id": "p", "participant_id": "b", "date": "2024-03-31", "amount": 100, "currency": "USD"}],
    )
    loss, bound = one(records, "net_loss_share"), one(records, "break_even_bound")
    assert loss.fraction == 1
    assert loss.variant("goods_within_allowance").fraction == Fraction(1, 2)  # b is 149 short
    assert loss.variant("retail_and_own_use").fraction == 0  # 50 of use, 150 sold, 1 paid: 200 in all and 1 over
    assert bound.fraction == 0  # 1 was paid out, and the least paid in is 90
    assert bound.variant("goods_within_allowance").fraction == Fraction(1, 2)  # a paid nothing beyond his own use


def test_recovery_leaves_own_use_out_month_by_month(company: Any) -> None:
    people = [{"id": f"m{at}", "joined": "2024-01-01"} for at in range(20)]
    rows = [{"buyer_id": f"m{at}", "date": "2024-01-10", "amount": 4_000 if at < 15 else 9_000} for at in range(20)]
    records = company(
        assumptions=Assumptions(allowance=Decimal(50)),
        participants=people,
        orders=orders([*rows, {"buyer_id": "m0", "date": "2024-03-10", "amount": 100}]),
        payouts=[{"id": "p", "participant_id": "m19", "date": "2024-02-28", "amount": 4_000, "currency": "USD"}],
    )
    found = one(records, "cost_recovery")
    assert found.fraction == 0
    assert found.variant("goods_within_allowance").fraction == Fraction(16, 20)  # fifteen at once, m19 with his 40


def test_who_recruits_late_is_counted_at_the_recent_pace(company: Any) -> None:
    months = [f"2024-{month:02d}-28" for month in range(1, 12)] + ["2024-12-31"]
    # each brings one, but five months after he joined: none within the days of the headline
    people = [{"id": "r", "joined": "2023-12-28"}]
    for at, day in enumerate(months):
        people.append({"id": f"m{at}", "joined": day, "sponsor_id": f"m{at - 5}" if at >= 5 else "r"})
    steady = one(company(participants=people), "replacement_ratio")
    assert steady.fraction == 0
    assert steady.variant("at_recent_pace").fraction == 1


def test_a_breakdown_shows_at_the_recent_pace(company: Any) -> None:
    people = [{"id": "r", "joined": "2024-01-01"}]
    for month, number in enumerate((4, 8, 16, 16, 4, 2, 1), start=1):
        day = 28 if month < 7 else 31
        people += [
            {
                "id": f"m{month}-{at}",
                "joined": f"2024-{month:02d}-{day}",
                "sponsor_id": "r" if month == 1 else f"m{month - 1}-{at // 2}",
            }
            for at in range(number)
        ]
    found = one(company(participants=people), "replacement_ratio").variant("at_recent_pace")
    # recruits of May, June, July by those of April, May, June: 7 by 22
    assert found.fraction == Fraction(159090909, 500000000)  # 7 by 22, to nine digits


def _sales(amounts: list[int], own: list[int]) -> list[dict[str, Any]]:
    sales = [
        {
            "buyer_id": f"c{seller}{at}",
            "buyer_kind": "customer",
            "seller_id": f"s{seller}",
            "date": "2024-01-10",
            "amount": amount,
        }
        for seller in range(10)
        for at, amount in enumerate(amounts)
    ]
    return orders([*sales, *({"buyer_id": "s0", "date": "2024-01-11", "amount": amount} for amount in own)])


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        (
            [25_00, 25_00, 25_00, 30_00, 30_00, 30_00],
            Fraction(2, 5) / Fraction(1, 99),
        ),  # 12 of 30 pairs; own: 100 of 9,900
        ([1, 2, 3, 4, 5, 5], Fraction(2, 30) / Fraction(1, 99)),
    ],
)
def test_amounts_that_all_sellers_repeat_stand_out_from_own_orders(
    company: Any, amounts: list[int], expected: Fraction
) -> None:
    records = company(
        participants=[{"id": f"s{at}"} for at in range(10)],
        orders=_sales(amounts, [1_000 + at // 2 for at in range(100)]),
    )
    found = one(records, "repeated_amounts")
    assert found.fraction is not None
    assert found.fraction < Fraction(3, 2)  # no seller stands out from the others
    assert found.variant("against_own_orders").fraction == expected


def test_few_sellers_or_few_own_orders_are_no_measure(company: Any) -> None:
    records = company(participants=[{"id": f"s{at}"} for at in range(10)], orders=_sales([1, 1, 1, 1, 1], [7] * 99))
    assert one(records, "repeated_amounts").variant("against_own_orders").value is None


def _costs(own_cost: int) -> list[dict[str, Any]]:
    return orders(
        [
            {"buyer_id": "a" if own else "c", "buyer_kind": "distributor" if own else "customer", "seller_id": None if own else "a",
             "date": f"2024-0{month}-{day}", "amount": 6_000 if own else 10_000, "cost": own_cost if own else 4_000}
            for month, day in ((1, 10), (2, 10), (3, 31))
            for own in (True, False)
        ]
    )  # fmt: skip


@pytest.mark.parametrize(("own_cost", "covered"), [(4_000, Fraction(6, 5)), (6_000, None)])
def test_a_wholesale_price_is_no_cost_of_the_company(company: Any, own_cost: int, covered: Fraction | None) -> None:
    records = company(
        participants=[{"id": "a", "joined": "2023-12-01"}],
        orders=_costs(own_cost),
        payouts=[
            {"id": f"p{at}", "participant_id": "a", "date": f"2024-0{at + 1}-28", "amount": 5_000, "currency": "USD"}
            for at in range(3)
        ],
    )
    found = one(records, "payouts_without_joining").variant("less_cost")
    assert found.fraction == covered  # 60 of each 100 is left, and 50 was paid out


def test_a_plan_without_thresholds_has_no_candidates(company: Any) -> None:
    people = [{"id": f"m{at}"} for at in range(400)]
    rows = [
        {"buyer_id": f"m{at}", "date": "2024-01-10", "amount": 3_900 if at % 2 else 100 * (at % 70) + 50}
        for at in range(400)
    ]
    records = company(participants=people, orders=orders(rows))
    records.plan = parse_plan(
        "id: x\ntitle: {en: X, ar: X}\ncurrency: USD\nperiod: month\nactivity: {rule: requirements, requires: {customers: {count: 1}}}\n"
        "components:\n  - {id: uni, family: unilevel, rates: [10%]}\n"
    )
    assert not one(records, "threshold_bunching").measurable
