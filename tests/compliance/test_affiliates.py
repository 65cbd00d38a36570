"""Affiliate programmes: does adding affiliates add trouble, are they paid, whose sale is it, and who competes with whom."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compensation import parse_plan
from compliance import Assumptions, Measurement, Records, measure
from compliance.indicators.attribution import _disputes
from compliance.rank_correlation import kendall, partial, rank_correlation, ranked
from compliance.statistics import spearman
from tests.compliance.conftest import write_tables
from tests.compliance.slow_attribution import disputes


def on(year: int, month: int, day: int) -> datetime:
    return datetime.fromisoformat(f"{year}-{month:02d}-{day:02d}")


def one(records: Records, id: str) -> Measurement:  # noqa: A002 - it is an id
    return measure(records, [id])[0]


# Rank correlations


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=4, max_size=5))
def test_probabilities_are_those_of_trying_every_order(pairs: list[tuple[int, int]]) -> None:
    left, right = (np.array(side, dtype=np.int64) for side in zip(*pairs, strict=True))
    found = rank_correlation(left, right)
    if found is None:
        assert len(set(left.tolist())) == 1 or len(set(right.tolist())) == 1
        return
    assert found.exact
    as_far = tried = 0
    for order in permutations(right.tolist()):
        other = spearman(left, np.array(order, dtype=np.int64))
        assert other is not None
        tried += 1
        as_far += abs(other) >= abs(found.value) - Decimal("1e-12")
    assert found.probability == Fraction(as_far, tried)


def test_kendall_is_exact_without_ties_and_counts_them_otherwise() -> None:
    """Five values in opposite order: tau -1, and 2 of 120 orders are as far from 0."""
    found = kendall(np.arange(5), np.arange(5)[::-1])
    assert found is not None
    assert found.value == -1
    assert found.probability == Fraction(2, 120)
    tied = kendall(np.array([1, 1, 2, 3]), np.array([1, 2, 3, 4]))
    assert tied is not None
    assert tied.probability is None
    assert abs(float(tied.value) - 5 / (5 * 6) ** 0.5) < 1e-12
    assert kendall(np.array([1, 1]), np.array([1, 2])) is None


def test_more_values_are_drawn_the_same_each_time() -> None:
    left, right = np.arange(14), np.array([0, 2, 1, 3, 5, 4, 6, 8, 7, 9, 11, 10, 12, 13])
    found = rank_correlation(left, right)
    assert found is not None
    assert not found.exact
    assert found.probability is not None
    assert found.probability < Fraction(1, 1000)
    assert found == rank_correlation(left, right)
    assert found.interval is not None
    assert found.interval[0] > Fraction(8, 10)


def test_what_only_follows_a_third_disappears_when_that_is_held() -> None:
    third = np.arange(12)
    both = partial(third, ranked([Fraction(at, 7) for at in range(12)]), third)
    assert both is None  # both follow it exactly
    noise = np.array([3, 0, 7, 1, 9, 4, 11, 2, 8, 6, 10, 5])
    held = partial(third, third, noise)
    assert held is not None
    assert abs(float(held) - 1) < 1e-9


# Service

PEOPLE = [{"id": f"a{at}", "kind": "affiliate", "joined": "2023-01-01"} for at in range(12)]


def shop(*, troubled: bool) -> dict[str, list[dict[str, Any]]]:
    """In month m, m affiliates sell ten orders each; troubled: the share of returns and the days grow with m."""
    orders, returns, complaints = [], [], []
    for month in range(1, 13):
        for affiliate in range(month):
            for number in range(10):
                id_ = f"{month}-{affiliate}-{number}"
                date = on(2023, month, 1 + number)
                worse = month if troubled else (month * 5) % 12
                orders.append(
                    {"id": id_, "date": date, "seller_id": f"a{affiliate}", "buyer_id": f"b{id_}", "amount": 1_000,
                     "currency": "USD", "category": "product", "delivered": date + timedelta(days=2 + worse)}
                )  # fmt: skip
                if number * 12 < worse * 5:
                    returns.append({"order_id": id_, "requested": date + timedelta(days=9), "outcome": "refunded"})
                    complaints.append({"order_id": id_, "date": date + timedelta(days=8), "subject": "product"})
    orders.append({"id": "last", "date": on(2024, 1, 31), "buyer_id": "z", "amount": 1, "currency": "USD"})
    return {"participants": PEOPLE, "orders": orders, "returns": returns, "complaints": complaints}


SERVICE = ("refunds_with_affiliates", "delays_with_affiliates", "complaints_with_affiliates")


@pytest.mark.parametrize("id_", SERVICE)
def test_trouble_that_grows_with_affiliates_is_seen(company: Any, id_: str) -> None:
    found = one(company(**shop(troubled=True)), id_)
    assert found.number is not None
    assert found.number > 0.95
    assert len(found.series[0].points) == 12
    if found.interval is not None:  # a correlation of exactly 1 has none
        assert Fraction(found.interval.low) > Fraction(8, 10)
    assert "By chance alone as much is seen in fewer than 0.01 of 100 cases" in found.notes[1].en
    assert float(found.variant("lag_1").value or 0) > 0.9


def test_the_note_says_it_in_shares(company: Any) -> None:
    found = one(company(**shop(troubled=True)), "delays_with_affiliates")
    few = Fraction(sum(m * (2 + m) for m in range(1, 7)), sum(range(1, 7)))
    many = Fraction(sum(m * (2 + m) for m in range(7, 13)), sum(range(7, 13)))
    assert f"delivery took {float(few):.1f} days; with 10, {float(many):.1f}." in found.notes[0].en


@pytest.mark.parametrize("id_", SERVICE)
def test_trouble_that_comes_and_goes_is_not(company: Any, id_: str) -> None:
    found = one(company(**shop(troubled=False)), id_)
    assert found.interval is not None
    assert Fraction(found.interval.low) < 0 < Fraction(found.interval.high)


@pytest.mark.parametrize(("each", "months"), [(4, 0), (20, 8)])
def test_months_with_too_few_orders_to_show_a_rate_are_left_out(company: Any, each: int, months: int) -> None:
    """One complaint in 50 orders, while affiliates and orders grow together: small months are mostly without any."""
    orders = [
        {"id": f"{month}-{number}", "date": on(2023, month, 2), "seller_id": f"a{number % month}", "buyer_id": "b",
         "amount": 100, "currency": "USD"}
        for month in range(1, 13) for number in range(each * month)
    ]  # fmt: skip
    complaints = [{"order_id": order["id"], "date": order["date"]} for order in orders[::50]]
    orders.append({"id": "last", "date": on(2024, 1, 31), "buyer_id": "z", "amount": 1, "currency": "USD"})
    tables = {"participants": PEOPLE, "orders": orders, "complaints": complaints}
    found = one(company(**tables), "complaints_with_affiliates")
    assert len(found.series[0].points) == 12
    if not months:
        assert "2 or more cases are to be expected" in found.missing[0].text.en
        assert not found.notes
    else:  # 2 of 100 orders: from May on
        assert f"; {months} months)" in found.notes[1].en


def test_without_affiliates_there_is_nothing_to_compare(company: Any) -> None:
    tables = shop(troubled=True)
    tables["participants"] = [{**row, "kind": "distributor"} for row in PEOPLE]
    assert {each.needs for each in one(company(**tables), SERVICE[0]).missing} == {"participants.kind"}


# Payment


def sales(days: list[int | None]) -> dict[str, list[dict[str, Any]]]:
    """One sale of 100.00 on 10 January 2024 for each entry, paid so many days after it; None: never."""
    sold = on(2024, 1, 10)
    orders = [
        {"id": f"o{at}", "date": sold, "seller_id": "a0", "buyer_id": f"b{at}", "amount": 10_000, "currency": "USD"}
        for at in range(len(days))
    ]
    orders.append({**orders[0], "id": "young", "date": on(2024, 12, 31), "seller_id": None})
    payouts = [
        {"id": f"y{at}", "date": sold + timedelta(days=after), "participant_id": "a0", "amount": 1_000,
         "source_order_id": f"o{at}", "currency": "USD"}
        for at, after in enumerate(days) if after is not None
    ]  # fmt: skip
    return {"participants": PEOPLE[:1], "orders": orders, "payouts": payouts}


def test_late_counts_from_the_end_of_the_month_and_the_days(company: Any) -> None:
    """Due 30 days after 31 January, on 1 March: 51 days after the sale."""
    records = company(**sales([5, 51, 52, 81, 200]))
    late = one(records, "late_commissions")
    assert (late.numerator, late.denominator) == (3_000, 5_000)
    assert late.variant("by_number").numerator == 3
    assert {each.x: each.numerator for each in late.series[0].points} == {
        "0": 2,
        "1-7": 1,
        "8-30": 1,
        "31-90": 0,
        ">90": 1,
    }
    waited = one(records, "days_to_payment")
    assert (waited.value, waited.variant("nine_in_ten").value) == ("52", "200")
    strict = company(**sales([5, 51]), assumptions=Assumptions(payment_days=0))
    assert one(strict, "late_commissions").numerator == 1_000


def test_sales_that_no_payment_names(company: Any) -> None:
    tables = sales([5, None, None, 9])
    tables["returns"] = [{"order_id": "o2", "outcome": "refunded", "requested": "2024-02-01"}]
    found = one(company(**tables), "unpaid_sales")
    assert (found.numerator, found.denominator) == (1, 3)  # o1; o2 came back


def test_a_payment_to_the_manager_does_not_pay_the_affiliate(company: Any) -> None:
    """Of five sales one is the manager's own; of the other four one is unpaid, one paid to him alone, one taken back."""
    tables = sales([5, None, 9, None, 7])
    taken = {"id": "back", "amount": -1_000, "date": on(2024, 3, 1)}
    tables["payouts"].append({**tables["payouts"][-1], **taken})
    tables["participants"] += [{"id": "m", "kind": "affiliate_manager"}]
    tables["orders"][3]["seller_id"] = "m"
    tables["payouts"][1]["participant_id"] = "m"
    found = one(company(**tables), "unpaid_sales")
    assert (found.numerator, found.denominator) == (1, 4)
    assert found.variant("to_the_affiliate").numerator == 3


def test_what_payments_lack_is_said_as_it_is(company: Any) -> None:
    tables = sales([5, 9])
    for payout in tables["payouts"]:
        payout["source_order_id"] = "elsewhere"
    for id_ in ("late_commissions", "days_to_payment"):
        assert "name a dated order" in one(company(**tables), id_).missing[0].text.en
    assert one(company(**tables), "unpaid_commissions").missing[0].table == "plan"


PLAN = """
id: affiliates
title: {en: "Affiliates", ar: "مسوّقون"}
source: test
currency: USD
period: month
payment: {minimum: "15", hold_days: 20}
components:
  - {id: sale, family: affiliate, rate: 10%, attribution: {credit: first_click, window: {days: 3}, coupon: ignored}}
"""


def test_what_the_plan_owes_and_was_not_paid(tmp_path: Any) -> None:
    """Two of four sales of 10.00 commission unpaid; held 20 days, so due 30 days after 31 January as well."""
    from compensation import compute
    from genealogy.network import Network

    plan = parse_plan(PLAN)
    tables = sales([5, None, None, 9])
    folder = write_tables(tmp_path / "planned", tables)
    with Records.open(folder) as records:
        orders = records.sql("SELECT * EXCLUDE (source_file, source_line) FROM orders")
        computed = compute(plan, Network.from_parquet(folder), orders)
        computed.write_lines(folder / "computed.parquet")
    with Records.open(folder, plan=plan) as records:
        found = one(records, "unpaid_commissions")
        assert (found.numerator, found.denominator) == (2_000, 4_000)
        assert found.variant("affiliates").numerator == 1
        assert "not paid out but brought forward" in found.notes[0].en
    with Records.open(folder, plan=parse_plan(PLAN.replace('"15"', '"25"'))) as records:
        assert one(records, "unpaid_commissions").numerator == 0  # the rest waits for the minimum


# Attribution

START = on(2024, 3, 1)


@st.composite
def visits(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    people = [
        {"id": f"a{at}", "kind": draw(st.sampled_from(["affiliate", "affiliate", "affiliate_manager"]))}
        for at in range(3)
    ]
    moments = st.integers(0, 40 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
    orders: list[dict[str, Any]] = [
        {"id": f"o{at}", "date": draw(moments) + timedelta(days=20), "amount": 100, "currency": "USD",
         "buyer_id": draw(st.sampled_from(["b0", "b1", "a0"])), "coupon_id": draw(st.sampled_from([None, None, "a2"]))}
        for at in range(draw(st.integers(1, 8)))
    ]  # fmt: skip
    clicks = [
        {"participant_id": draw(st.sampled_from(["a0", "a1", "a2"])), "kind": draw(st.sampled_from([None, "click", "cart"])),
         "order_id": named,
         "buyer_id": draw(st.sampled_from(["b0", "b1", "a0"])),
         "date": draw(st.one_of(moments, st.sampled_from(orders).map(lambda order: order["date"] - timedelta(seconds=30))))}
        for named in draw(st.lists(st.sampled_from([None, None, "o0"]), min_size=4, max_size=20))
    ]  # fmt: skip
    payouts = [
        {"participant_id": draw(st.sampled_from(["a0", "a1", "a2"])), "source_order_id": draw(st.sampled_from([row["id"] for row in orders])),
         "amount": 10, "currency": "USD", "date": START}
        for _ in range(draw(st.integers(0, 8)))
    ]  # fmt: skip
    return {"participants": people, "orders": orders, "clicks": clicks, "payouts": payouts}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(visits())
def test_disputes_are_those_of_the_slow_reckoning(tmp_path_factory: pytest.TempPathFactory, world: Any) -> None:
    folder = write_tables(tmp_path_factory.mktemp("world"), world)
    with Records.open(folder) as records:
        found = _disputes(records)
        slow = disputes(*(world[name] for name in ("participants", "orders", "clicks", "payouts")), days=30, seconds=60)
        assert {name: getattr(found, name) for name in slow} == slow


def test_the_plan_s_rule_decides_who_should_have_been_paid(tmp_path: Any) -> None:
    """a0 clicks five days before, a1 one day, a2 an hour: by the plan the first within three days, which is a1."""
    order = {
        "id": "o",
        "date": on(2024, 3, 10),
        "buyer_id": "b",
        "coupon_id": "a0",
        "amount": 1,
        "currency": "USD",
    }
    clicks = [
        {"participant_id": who, "buyer_id": "b", "date": on(2024, 3, 10) - before}
        for who, before in (("a0", timedelta(days=5)), ("a1", timedelta(days=1)), ("a2", timedelta(hours=1)))
    ]
    payout = {"participant_id": "a2", "source_order_id": "o", "amount": 1, "currency": "USD", "date": "2024-04-01"}
    folder = write_tables(
        tmp_path / "s", {"participants": PEOPLE[:3], "orders": [order], "clicks": clicks, "payouts": [payout]}
    )
    with Records.open(folder, plan=parse_plan(PLAN)) as records:
        assert one(records, "contested_orders").series[0].points[0].numerator == 1
        against = one(records, "paid_against_attribution")
        assert (against.numerator, against.denominator) == (1, 1)
        page = records.rows(against.evidence)  # type: ignore[arg-type]
        assert (page["by_rule"][0], page["paid_to"][0], page["affiliates"][0]) == ("a1", "a2", 2)


# Managers


def managed(*, sells: bool) -> dict[str, list[dict[str, Any]]]:
    """Manager m is in charge of a0 and a1; a2 belongs to manager n, who never sells. m begins in July."""
    people = [
        {"id": "m", "kind": "affiliate_manager"},
        {"id": "n", "kind": "affiliate_manager"},
        *({"id": f"a{at}", "kind": "affiliate", "manager_id": "n" if at == 2 else "m"} for at in range(3)),
    ]
    orders: list[dict[str, Any]] = []
    for month in range(1, 13):
        for who in ("a0", "a1", "a2"):
            amount = 400 if who == "a2" or month < 7 else 100
            orders.append(
                {
                    "seller_id": who,
                    "buyer_id": f"{who}-{month}",
                    "product": "tea",
                    "amount": amount,
                    "date": on(2024, month, 5),
                }
            )
        if sells and month >= 7:
            orders.append(
                {
                    "seller_id": "m",
                    "buyer_id": f"a0-{month - 6}",
                    "product": "tea",
                    "amount": 900,
                    "date": on(2024, month, 9),
                }
            )
    full = [{**row, "id": f"o{at}", "currency": "USD"} for at, row in enumerate(orders)]
    clicks = [{"participant_id": "a0", "buyer_id": "a0-1", "date": on(2024, 7, 8)}]
    return {"participants": people, "orders": full, "clicks": clicks}


def test_a_manager_who_competes_with_those_in_his_charge(company: Any) -> None:
    records = company(**managed(sells=True))
    sell = one(records, "selling_managers")
    assert [(each.numerator, each.denominator) for each in sell.variants] == [(1, 2), (1, 2), (1, 2)]
    taken = one(records, "manager_takeover")
    assert (taken.numerator, taken.denominator) == (6, 24)
    clicked = taken.variant("clicked_before")
    assert (clicked.numerator, clicked.denominator) == (1, 6)
    after = one(records, "managed_sales_after")
    assert (after.numerator, after.denominator) == (3 * 200, 3 * 800)
    assert after.variant("others").fraction == 1


def test_managers_who_only_manage(company: Any) -> None:
    records = company(**managed(sells=False))
    assert one(records, "selling_managers").numerator == 0
    for id_ in ("manager_takeover", "managed_sales_after"):
        assert {each.needs for each in one(records, id_).missing} == {"orders.seller_id"}


def test_a_manager_who_sold_from_the_first_month_is_not_said_not_to_sell(company: Any) -> None:
    tables = managed(sells=True)
    tables["orders"].append({**tables["orders"][-1], "id": "first", "date": on(2024, 1, 9), "buyer_id": "new"})
    records = company(**tables)
    assert one(records, "selling_managers").numerator == 1
    assert "began to sell at least 3 months after" in one(records, "managed_sales_after").missing[0].text.en


def test_a_manager_s_orders_are_looked_at_within_the_plan_s_window(tmp_path: Any) -> None:
    """The one click came a day before the manager's order, and a basket is no click."""
    tables = managed(sells=True)
    folder = write_tables(tmp_path / "m", tables)
    with Records.open(folder, plan=parse_plan(PLAN.replace("days: 3", "hours: 12"))) as records:
        clicked = one(records, "manager_takeover").variant("clicked_before")
        assert (clicked.numerator, clicked.denominator) == (0, 6)
    tables["clicks"][0]["kind"] = "cart"
    with Records.open(write_tables(tmp_path / "c", tables)) as records:
        assert one(records, "manager_takeover").variant("clicked_before").numerator == 0


def test_orders_with_visits_on_which_nobody_was_paid_are_not_orders_without_visits(company: Any) -> None:
    tables = managed(sells=True)
    tables["payouts"] = [{"participant_id": "m", "source_order_id": "o1", "amount": 1, "currency": "USD"}]
    found = one(company(**tables), "paid_against_attribution")
    assert "on which an affiliate was paid" in found.missing[0].text.en
