"""Referral programmes: who was referred, what became of invitations, what referred customers are worth, and levels."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance import Assumptions, Measurement, Records, measure
from compliance.indicators.levels import LEVELLED
from tests.compliance.conftest import write_tables

START = datetime.fromisoformat("2024-01-01")
DOLLARS = {"currency": "USD", "category": "product"}


def one(records: Records, id: str) -> Measurement:  # noqa: A002 - it is an id
    return measure(records, [id])[0]


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def shop() -> dict[str, list[dict[str, Any]]]:
    """Forty customers in January and as many in February; the even ones were invited by the customer before them.

    Invited customers spend 60.00, others 40.00 in January and 80.00 in February. Three in four invited come back within
    the days, one in two of the others. Each referrer is paid 5.00 on the friend's first order.
    """
    orders, invitations, payouts = [], [], []
    for number in range(80):
        who, at, february = f"c{number}", number % 20 + (31 if number >= 40 else 0), number >= 40
        invited = number % 2 == 0 and number > 0
        amount = 6_000 if invited else 8_000 if february else 4_000
        again = number % 8 != 0 if invited else number % 4 == 1
        parts = (amount - 1_000, 1_000) if again else (amount,)
        for place, part in enumerate(parts):
            orders.append(
                {"id": f"{who}-{place}", "buyer_id": who, "date": day(at + 10 * place), "amount": part, **DOLLARS}
            )
        if invited:
            invitations.append(
                {"id": f"i{number}", "participant_id": f"c{number - 1}", "buyer_id": who, "date": day(at)}
            )
            payouts.append(
                {
                    "participant_id": f"c{number - 1}",
                    "amount": 500,
                    "currency": "USD",
                    "date": day(at),
                    "source_order_id": f"{who}-0",
                }
            )
    invitations += [{"id": f"x{at}", "participant_id": "c1", "contact": f"m{at}", "date": day(at)} for at in range(11)]
    orders.append({"id": "late", "buyer_id": "c0", "date": day(250), "amount": 100, **DOLLARS})
    people = [{"id": f"c{number}", "kind": "customer"} for number in range(80)]
    return {"participants": people, "orders": orders, "invitations": invitations, "payouts": payouts}


def test_invitations_and_what_became_of_them(company: Any) -> None:
    records = company(**shop())
    found = one(records, "referral_conversion")
    assert (found.numerator, found.denominator) == (39, 50)
    assert found.variant("accepted").numerator == 39
    assert "Invitations: 50; people who invited: 39." in found.notes[0].en
    of_all = one(records, "referred_share")
    assert (of_all.numerator, of_all.denominator) == (39, 80)
    assert [each.numerator for each in of_all.alternatives] == [39, 0, 0]


def test_an_invited_customer_whose_order_has_no_date_has_bought(company: Any) -> None:
    tables = shop()
    for row in tables["orders"]:
        if row["buyer_id"] == "c2":
            row["date"] = None
    assert one(company(**tables), "referral_conversion").numerator == 39
    for row in tables["orders"]:
        row["date"] = None
    assert one(company(**tables), "referral_conversion").missing[0].needs == "orders.date"


def test_young_invitations_are_not_held_against_anybody(company: Any) -> None:
    tables = shop()
    tables["invitations"].append({"id": "young", "participant_id": "c2", "date": day(249)})
    found = one(company(**tables), "referral_conversion")
    assert found.denominator == 50
    assert found.variant("however_young").denominator == 51


def test_referred_customers_beside_others_of_the_same_months(company: Any) -> None:
    """19 referred of January against 21 others, 20 of February against 20."""
    records = company(**shop())
    spend = one(records, "referred_spend")
    expected = 19 * 40 + 20 * 80
    assert Fraction(spend.value or 0) == round(Fraction(39 * 60) / expected, 9)
    assert spend.interval is not None
    assert Fraction(spend.interval.low) <= Fraction(spend.value or 0) <= Fraction(spend.interval.high)
    assert "A referred customer spent 60 USD" in spend.notes[0].en
    stay = one(records, "referred_retention")
    mine = stay.variant("referred")
    assert (mine.numerator, mine.denominator) == (30, 39)  # 39 less those whose number is a multiple of eight
    assert stay.value is not None
    assert stay.number is not None
    assert stay.number > 1.3
    worth = one(records, "acquired_value")
    assert (worth.value, worth.currency) == ("60", "USD")
    cost = one(records, "referral_cost")
    assert cost.value == "5"
    assert cost.variant("all_to_customers").value == "5"
    assert cost.variant("with_discount").missing[0].needs == "orders.discount"  # not recorded, and not zero


def test_what_referred_customers_spend_needs_nobody_beside_them(company: Any) -> None:
    """All who came were referred: their mean is a figure, the comparison with others is none."""
    tables = shop()
    referred = {row["buyer_id"] for row in tables["invitations"] if row.get("buyer_id")}
    tables["orders"] = [row for row in tables["orders"] if row["buyer_id"] in referred or row["id"] == "late"]
    records = company(**tables)
    worth = one(records, "acquired_value")
    assert worth.value == "60"
    assert worth.variant("others").value is None
    assert one(records, "referred_spend").value is None


def test_rewards_that_are_not_recorded_cost_an_unknown_sum(company: Any) -> None:
    tables = shop()
    for payout in tables["payouts"]:
        payout["participant_id"] = "a"
    tables["participants"].append({"id": "a", "kind": "affiliate"})
    tables["orders"] = [{**row, "discount": 100} for row in tables["orders"]]
    cost = one(company(**tables), "referral_cost")
    assert "none went to a referrer" in cost.missing[0].text.en
    assert cost.variant("with_discount").value == "1"  # the discount alone is recorded


def test_customers_of_other_currencies_leave_the_share_open(company: Any) -> None:
    tables = shop()
    tables["orders"].append({**tables["orders"][0], "id": "euro", "buyer_id": "e", "currency": "EUR"})
    found = one(company(**tables), "referred_share")
    assert (found.numerator, found.denominator, found.bound) == (39, 80, "open")
    assert "EUR 1" in found.notes[0].en


def test_two_customers_are_too_few_to_compare(company: Any) -> None:
    tables = shop()
    few = {f"c{number}" for number in range(6)}
    tables["orders"] = [row for row in tables["orders"] if row["buyer_id"] in few]
    assert {each.needs for each in one(company(**tables), "referred_spend").missing} == {"orders.buyer_id"}


def test_nobody_refers_himself_or_a_customer_who_was_there(company: Any) -> None:
    orders = [
        {"id": "o1", "buyer_id": "b", "date": day(0), "amount": 100, **DOLLARS},
        {"id": "o2", "buyer_id": "a", "date": day(0), "amount": 100, "coupon_id": "a", **DOLLARS},
        {"id": "o3", "buyer_id": "d", "date": day(5), "amount": 100, "coupon_id": "a", **DOLLARS},
        {"id": "o4", "buyer_id": "e", "date": day(5), "amount": 100, **DOLLARS},
        {"id": "o5", "buyer_id": "f", "date": day(5), "amount": 100, "coupon_id": "seller", **DOLLARS},
    ]
    people = [
        *({"id": who, "kind": "customer"} for who in "abd"),
        {"id": "e", "kind": "customer", "sponsor_id": "a", "joined": day(4)},
        {"id": "seller", "kind": "affiliate"},
    ]
    invitations = [{"id": "i", "participant_id": "a", "buyer_id": "b", "date": day(30)}]
    found = one(company(participants=people, orders=orders, invitations=invitations), "referred_share")
    assert (found.numerator, found.denominator) == (2, 5)  # d by a code, e by a sponsor
    assert {each.id: each.numerator for each in found.alternatives} == {"invitation": 0, "code": 1, "sponsor": 1}


def test_invitations_to_oneself_and_told_twice(company: Any) -> None:
    people = [
        {"id": "a", "kind": "customer", "phone": "1"},
        {"id": "b", "kind": "customer", "phone": "1"},
        {"id": "c", "kind": "customer", "phone": "2"},
    ]
    invitations = [
        {"id": "1", "participant_id": "a", "buyer_id": "a", "date": day(0)},
        {"id": "2", "participant_id": "a", "buyer_id": "b", "date": day(1)},
        {"id": "3", "participant_id": "a", "buyer_id": "c", "date": day(2)},
        {"id": "4", "participant_id": "b", "buyer_id": "c", "date": day(3)},
    ]
    orders = [{"id": "o", "buyer_id": "c", "date": day(4), "amount": 1, **DOLLARS}]
    found = one(company(participants=people, orders=orders, invitations=invitations), "self_referrals")
    assert (found.numerator, found.denominator) == (3, 4)
    assert (found.variant("to_oneself").numerator, found.variant("told_twice").numerator) == (2, 1)
    assert found.evidence is not None
    assert "phone" not in found.evidence.columns


# Levels


def slow_levels(world: dict[str, list[dict[str, Any]]]) -> dict[int | None, int]:
    """What was paid by level, payout by payout, from the definition."""
    people = {row["id"]: row for row in world["participants"]}
    orders = {row["id"]: row for row in world["orders"]}

    def links(payee: str, who: str | None) -> int | None:
        steps = 0
        while who is not None:
            if who == payee:
                return steps
            who, steps = people[who].get("sponsor_id"), steps + 1
        return None

    found: dict[int | None, int] = {}
    for payout in world["payouts"]:
        order, payee = orders.get(payout["source_order_id"]), payout["participant_id"]
        level: int | None = None
        if order is not None and order["buyer_id"] in people:
            level = links(payee, order["buyer_id"])
            if level and people[order["buyer_id"]].get("kind") == "customer":
                level -= 1
        listed = None if order is None else people.get(order["buyer_id"])
        bought = order is not None and (listed is None or listed.get("kind") == "customer")
        if level is None and bought and order is not None and order["seller_id"] is not None:
            level = links(payee, order["seller_id"])
        stated = payout.get("level")
        if (
            level is None and stated is not None
        ):  # 1 is who recruited a participant, and who sold or referred to anybody else
            participant = listed is not None and listed.get("kind") != "customer"
            level = stated if participant else max(stated - 1, 0)
        found[level] = found.get(level, 0) + payout["amount"]
    return found


@st.composite
def networks(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    people: list[dict[str, Any]] = []
    for at in range(draw(st.integers(3, 10))):
        sponsor = draw(st.sampled_from([None, *(row["id"] for row in people)])) if people else None
        people.append({"id": f"p{at}", "sponsor_id": sponsor, "kind": draw(st.sampled_from(["affiliate", "customer"]))})
    ids = [row["id"] for row in people]
    orders = [
        {"id": f"o{at}", "date": day(at), "amount": 100, "buyer_id": draw(st.sampled_from([*ids, "x", "y"])),
         "seller_id": draw(st.sampled_from([None, *ids])), **DOLLARS}
        for at in range(draw(st.integers(2, 10)))
    ]  # fmt: skip
    payouts = [
        {"participant_id": draw(st.sampled_from(ids)), "amount": draw(st.integers(1, 9)), "currency": "USD", "date": day(9),
         "source_order_id": draw(st.sampled_from([None, *(row["id"] for row in orders)])),
         "level": draw(st.sampled_from([None, None, 0, 1, 2]))}
        for _ in range(draw(st.integers(4, 16)))
    ]  # fmt: skip
    return {"participants": people, "orders": orders, "payouts": payouts}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(networks())
def test_levels_are_those_of_walking_up_the_tree(tmp_path_factory: pytest.TempPathFactory, world: Any) -> None:
    with Records.open(write_tables(tmp_path_factory.mktemp("world"), world)) as records:
        found = records.all(f"SELECT level, sum(amount) FROM ({LEVELLED}) GROUP BY 1")
    assert {None if level is None else int(level): int(amount) for level, amount in found} == slow_levels(world)


def two_tiers(share: int) -> dict[str, list[dict[str, Any]]]:
    """b, recruited by a, sells to a stranger and is paid; a gets `share` hundredths of that."""
    people = [{"id": "a", "kind": "affiliate"}, {"id": "b", "kind": "affiliate", "sponsor_id": "a"}]
    order = {"id": "o", "buyer_id": "x", "seller_id": "b", "date": day(0), "amount": 10_000, **DOLLARS}
    payouts = [
        {"participant_id": who, "amount": amount, "currency": "USD", "date": day(20), "source_order_id": "o"}
        for who, amount in (("b", 1_000), ("a", 10 * share)) if amount
    ]  # fmt: skip
    return {"participants": people, "orders": [order], "payouts": payouts}


@pytest.mark.parametrize(("share", "deepest", "material"), [(0, "0", "0"), (10, "1", "1"), (1, "1", "0")])
def test_the_line_to_several_levels(company: Any, share: int, deepest: str, material: str) -> None:
    found = one(company(**two_tiers(share)), "paid_levels")
    assert (found.value, found.variant("material").value, found.bound) == (deepest, material, "exact")


@pytest.mark.parametrize(("levels", "deepest"), [((1, 1), "0"), ((1, 2), "1"), ((1, 3), "2")])
def test_a_referral_programme_known_by_its_invitations_states_its_levels(
    company: Any, levels: tuple[int, int], deepest: str
) -> None:
    """Customers who refer customers stand under nobody: who is paid how far above an order is what the payouts say."""
    people = [{"id": name, "kind": "customer"} for name in ("a", "b", "c")]
    order = {"id": "o", "buyer_id": "c", "date": day(0), "amount": 10_000, **DOLLARS}
    payouts = [
        {
            "participant_id": who,
            "amount": 500,
            "currency": "USD",
            "date": day(20),
            "source_order_id": "o",
            "level": level,
        }
        for who, level in zip(("b", "a"), levels, strict=True)
    ]
    found = one(company(participants=people, orders=[order], payouts=payouts), "paid_levels")
    assert (found.value, found.bound) == (deepest, "exact")
    assert found.evidence is not None
    assert found.evidence.count == len(set(levels))


def test_pay_on_no_sale(company: Any) -> None:
    people = [{"id": "a", "kind": "affiliate"}, {"id": "b", "kind": "affiliate", "sponsor_id": "a"}]
    orders = [
        {"id": "fee", "buyer_id": "b", "date": day(0), "amount": 100, "currency": "USD", "category": "fee"},
        {"id": "sale", "buyer_id": "x", "seller_id": "b", "date": day(0), "amount": 100, **DOLLARS},
        {"id": "own", "buyer_id": "b", "date": day(0), "amount": 100, **DOLLARS},
    ]
    payouts = [
        {"participant_id": "a", "amount": amount, "currency": "USD", "date": day(1), "source_order_id": source}
        for amount, source in ((1, None), (2, "fee"), (4, "sale"), (8, "own"))
    ]
    found = one(company(participants=people, orders=orders, payouts=payouts), "untied_rewards")
    assert [(each.numerator, each.denominator) for each in found.variants] == [(3, 15), (1, 15), (11, 15)]


def test_the_days_of_comparison_are_the_analyst_s(company: Any) -> None:
    records = company(**shop(), assumptions=Assumptions(referral_days=7))
    stay = one(records, "referred_retention")
    assert stay.variant("referred").numerator == 0  # second orders come after ten days
    assert {each.needs for each in stay.missing} == {"orders.buyer_id"}
