"""Conditions one by one: against the slow twin on random companies, and each rule that is easily got wrong."""

# ruff: noqa: DTZ001 - the tables hold naive UTC times
from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compensation import Books, PlanError, compute_on, explain, parse_plan
from compensation.errors import PlanMismatch
from compensation.evaluation import Evaluation
from compensation.reading import read_aloud
from compensation.standing.measuring import Measuring
from compensation.standing.requirements import Requirements
from compensation.standing.requirements_words import describe
from genealogy.network import Network
from tests.compensation import rank_worlds as make
from tests.compensation import slow_ranks as slow


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(make.worlds(months=2), st.lists(make.requirements(), min_size=3, max_size=6))
def test_conditions_agree_with_the_slow_twin(world: slow.SlowWorld, several: list[dict[str, Any]]) -> None:
    network = make.network_of(world)
    evaluation = Evaluation(make.plan_of(world), make.books_of(world, network))
    rows = network.rows_of(pl.Series(list(world.sponsor)))
    for month in range(2):
        twin = slow.SlowMonth(world, month, dict.fromkeys(world.sponsor, 0), [])
        for asked in several:
            met = Measuring(evaluation, month).met(Requirements.model_validate(asked))
            assert met[rows].tolist() == [twin.meets(who, asked) for who in world.sponsor], asked


@given(make.requirements())
@settings(max_examples=30, deadline=None)
def test_every_condition_is_said_in_both_languages(asked: dict[str, Any]) -> None:
    told = describe(Requirements.model_validate(asked))
    # not a number is lost in translation
    assert sorted(re.findall(r"[0-9][0-9./]*%?", told.en)) == sorted(re.findall(r"[0-9][0-9./]*%?", told.ar))
    assert not re.search("[A-Z]", told.ar)


# One rule at a time

HEAD = "id: t\ntitle: {en: T, ar: ت}\ncurrency: USD\nperiod: month\n"
TAIL = "components:\n  - {id: level, family: unilevel, rates: [5%]}\n"


def evaluation(
    people: dict[str, list[Any]],
    orders: dict[str, list[Any]],
    head: str = "",
    facts: list[tuple[str, str, str]] | None = None,
) -> Evaluation:
    """Books from columns; orders are dated in January 2025 unless said, volumes are points."""
    count = len(next(iter(orders.values())))
    table = {"id": [f"o{i}" for i in range(count)], "date": [datetime(2025, 1, 15)] * count, **orders}
    frame = pl.DataFrame(
        table, schema_overrides={"buyer_id": pl.String, "seller_id": pl.String, "date": pl.Datetime("ms")}
    )
    links = {"sponsor_id": [None] * len(people["id"]), **people}
    network = Network.from_table(
        pl.DataFrame(links, schema_overrides={"sponsor_id": pl.String, "placement_id": pl.String})
    )
    stated = pl.DataFrame(
        [(who, None, fact, value) for who, fact, value in facts or []],
        schema=dict.fromkeys(("participant_id", "period", "fact", "value"), pl.String),
        orient="row",
    )
    return Evaluation(parse_plan(HEAD + head + TAIL), Books(network, frame, facts=stated, volume_decimals=0))


def met(of: Evaluation, asked: dict[str, Any], period: int = 0) -> list[bool]:
    """Who meets the conditions, by row."""
    found: list[bool] = Measuring(of, period).met(Requirements.model_validate(asked)).tolist()
    return found


def test_ten_customers_are_counted_once_each_and_a_refunded_one_not() -> None:
    buyers = ["c1", "c2", "c1", None, None, "c3", "c3"]
    of = evaluation(
        {"id": ["a"]},
        {"buyer_id": buyers, "seller_id": ["a"] * 7, "volume": [5, 5, 5, 5, 5, 9, -9], "reverses": [None] * 6 + ["o5"]},
    )
    assert met(of, {"customers": {"count": 4}}) == [True]  # c1, c2 and two without a name
    assert met(of, {"customers": {"count": 5}}) == [False]
    assert met(of, {"customers": {"count": 1, "min_volume": "10"}}) == [True]
    assert met(of, {"customers": {"count": 2, "min_volume": "10"}}) == [False]


def test_a_participant_who_is_a_customer_counts_for_his_sponsor() -> None:
    people = {"id": ["a", "b", "c"], "sponsor_id": [None, "a", "b"], "kind": [None, None, "preferred_customer"]}
    of = evaluation(people, {"buyer_id": ["c", "a"], "volume": [70, 30]})
    assert met(of, {"customers": {"count": 1}}) == [False, True, False]
    assert met(of, {"customers": {"count": 1, "personal": False}}) == [True, True, False]
    assert met(of, {"customer_volume": "70"}) == [False, True, False]
    assert met(of, {"customer_share": {"at_least": "70%", "of": "group"}}) == [True, True, True]
    assert met(of, {"customer_share": {"at_least": "71%", "of": "group"}}) == [False, True, True]
    assert met(of, {"recruits": {"count": 1}}) == [True, False, False]  # a customer is no recruit


def test_the_seventy_per_cent_rule_looks_at_ones_own_purchases() -> None:
    of = evaluation({"id": ["a"]}, {"buyer_id": ["a", "c"], "seller_id": [None, "a"], "volume": [100, 70]})
    assert met(of, {"customer_share": {"at_least": "70%", "of": "purchases"}}) == [True]
    assert met(of, {"customer_share": {"at_least": "50%"}}) == [False]  # 70 of 170


def test_one_active_recruit_on_each_side_of_the_binary() -> None:
    # a sponsors b, c and d; d stands far below b, and e's sponsor is b
    people = {
        "id": ["a", "b", "c", "d", "e"],
        "sponsor_id": [None, "a", "a", "a", "b"],
        "placement_id": [None, "a", "a", "e", "b"],
        "leg": [None, "left", "right", "left", "left"],
    }
    bought = {"buyer_id": ["b", "c", "d"], "volume": [100, 50, 100]}
    of = evaluation(people, bought, "activity: {rule: personal_volume, at_least: '100'}\n")
    assert met(of, {"recruit_in_each_leg": {}})[0] is False  # b and d are both on the left, c is not active
    assert met(of, {"recruit_in_each_leg": {"active": False}})[0] is True
    assert met(of, {"recruit_in_each_leg": {"legs": 1, "count": 2}})[0] is True


def test_who_joins_later_or_has_left_is_no_recruit() -> None:
    people = {
        "id": ["a", "b", "c", "d"],
        "sponsor_id": [None, "a", "a", "a"],
        "joined": [None, datetime(2024, 5, 1), datetime(2025, 1, 31), datetime(2025, 2, 1)],
        "left": [None, datetime(2025, 2, 1), None, None],
    }
    bought = {"buyer_id": ["a", "a"], "volume": [1, 1], "date": [datetime(2025, 1, 1), datetime(2025, 2, 1)]}
    of = evaluation(people, bought)
    assert [met(of, {"recruits": {"count": 2}}, month)[0] for month in range(2)] == [True, True]
    assert [met(of, {"recruits": {"count": 3}}, month)[0] for month in range(2)] == [False, False]
    assert [met(of, {"recruits": {"count": 1, "in_period": True}}, month)[0] for month in range(2)] == [True, True]
    assert [met(of, {"recruits": {"count": 2, "in_period": True}}, month)[0] for month in range(2)] == [False, False]


def test_an_autoship_counts_unless_it_is_taken_back_in_the_period() -> None:
    orders = {
        "buyer_id": ["a", "b", "b", "c"],
        "volume": [100, 100, -100, 99],
        "amount": [1, 1, -1, 1],
        "category": ["autoship", "autoship", "autoship", "autoship"],
        "reverses": [None, None, "o1", None],
    }
    of = evaluation({"id": ["a", "b", "c", "d"]}, orders, "activity: {rule: autoship, min_volume: '100'}\n")
    assert of.active(0).tolist() == [True, False, False, False]
    assert met(of, {"autoship": {}}) == [True, False, True, False]
    assert met(of, {"own_orders": {"count": 1}}) == [True, False, True, False]


def test_activity_by_several_conditions() -> None:
    head = "activity: {rule: requirements, requires: {any_of: [{personal_volume: '100'}, {recruits: {count: 2}}]}}\n"
    people = {"id": ["a", "b", "c"], "sponsor_id": [None, "a", "a"]}
    of = evaluation(people, {"buyer_id": ["b"], "volume": [100]}, head, [("c", "active", "true")])
    assert of.active(0).tolist() == [True, True, True]  # what the company states takes the place of the rule
    for asked, message in (
        ("{rank: Gold}", "names a rank"),
        ("{recruits: {count: 1, active: true}}", "this very rule decides"),
    ):
        with pytest.raises(PlanError, match=message):
            parse_plan(HEAD + f"activity: {{rule: requirements, requires: {asked}}}\n" + TAIL)


def test_months_since_joining_are_calendar_months() -> None:
    people = {"id": ["a", "b", "c"], "joined": [datetime(2024, 12, 31), datetime(2025, 1, 1), datetime(2025, 2, 3)]}
    of = evaluation(people, {"buyer_id": ["a"], "volume": [1]})
    assert met(of, {"months_since_joining": {"at_least": 1}}) == [True, False, False]
    assert met(of, {"months_since_joining": {"at_most": 0}}) == [False, True, False]
    assert met(of, {"months_since_joining": {"at_least": 0, "at_most": 1}}) == [True, True, False]


def test_stated_group_volume_counts_for_everybody_above() -> None:
    people = {"id": ["x", "a", "b"], "sponsor_id": [None, "x", "x"]}
    of = evaluation(people, {"buyer_id": ["b"], "volume": [10]}, "", [("a", "group_volume", "4000")])
    assert of.group_volume(0).tolist() == [4010, 4000, 10]
    assert met(of, {"legs": {"count": 1, "min_volume": "4000"}}) == [True, False, False]


def test_numbers_that_the_company_states() -> None:
    of = evaluation({"id": ["a", "b"]}, {"buyer_id": ["a"], "volume": [1]}, "", [("a", "bookings", "3")])
    assert met(of, {"numbers": {"bookings": "3"}}) == [True, False]
    assert met(of, {"numbers": {"bookings": "4"}}) == [False, False]


def test_a_bonus_can_ask_for_customers() -> None:
    gate = "    eligibility: {requires: {customer_share: {at_least: 50%, of: group}, customers: {count: 1}}}\n"
    text = HEAD + "components:\n  - id: level\n    family: unilevel\n    rates: [10%]\n" + gate
    people = {"id": ["a", "b", "c"], "sponsor_id": [None, "a", "b"]}
    bought = {"buyer_id": ["c", "k", "c"], "seller_id": [None, "a", None], "volume": [0, 0, 0], "amount": [100, 100, 0]}
    of = evaluation(people, bought)
    computed = compute_on(
        parse_plan(text.replace("period: month", "period: month\nvolumes: {measure: amount}")), of.books
    )
    paid = dict(zip(computed.totals["participant_id"], computed.totals["amount"], strict=True))
    assert paid == {"a": 10}  # his own customer at level 1; b has none and is not paid
    with pytest.raises(PlanError, match=r"eligibility\.requires\.rank: unknown rank"):
        parse_plan(text.replace("{count: 1}", "{count: 1}, rank: Gold"))


# Currencies


def test_orders_in_other_currencies_are_brought_over_at_the_plans_own_rates() -> None:
    text = HEAD + "exchange: {EUR: '1.10', JPY: '0.0067'}\n" + TAIL
    table = pl.DataFrame(
        {
            "id": ["o1", "o2", "o3", "o4"],
            "buyer_id": ["b"] * 4,
            "period": ["1"] * 4,
            "amount": [1005, 1000, 500, 100],
            "tax": [105, None, None, None],
            "currency": ["EUR", "JPY", "GBP", None],
        }
    )
    links = {"id": ["a", "b"], "sponsor_id": [None, "a"]}
    of = Evaluation(parse_plan(text), Books(Network.from_table(pl.DataFrame(links)), table))
    # 10.05 EUR x 1.10 = 11.055 -> 11.06; 1000 JPY x 0.0067 = 6.70
    assert of.amount.tolist() == [1106, 670, 100]
    assert of.orders["tax"].to_list() == [116, None, None]
    assert of.left_out["id"].to_list() == ["o3"]
    down = Evaluation(parse_plan(text.replace("period: month", "period: month\nrounding: {mode: down}")), of.books)
    assert down.amount.tolist() == [1105, 670, 100]


# What is read of it


def test_the_frame_is_read_aloud() -> None:
    head = (
        "exchange: {EUR: '1.10'}\nactivity: {rule: autoship, min_volume: '100'}\n"
        "ranks:\n  order: [A, B]\n  source: qualified\n  grace: 2\n  maintain: {by_rank: {B: 3}}\n  pay_as: title\n"
        "  demotion: step\n  qualifications: {A: {legs: {count: 2, min_volume: '50'}}, B: {qualified_legs: {count: 2, rank: A}}}\n"
    )
    gate = "    eligibility: {min_rank: A, requires: {customers: {count: 10}}}\n"
    text = HEAD + head + "components:\n  - id: level\n    family: unilevel\n    rates: [5%]\n" + gate
    reading = read_aloud(parse_plan(text))
    for part in (
        "1 EUR = 1.1 USD", "autoship orders with a volume of at least 100: at least 1", "legs with at least 50: at least 2",
        "somebody holds A or higher: at least 2", "kept for a number of periods: 2", "B is given after 3", "one rank is lost",
        "highest rank ever held", "Who can earn: rank A or higher; different customers: at least 10",
    ):  # fmt: skip
        assert part in reading.text()
    for part in ("1 EUR = 1.1 USD", "عدد العملاء المختلفين: لا يقل عن 10", "فترات سماح عددها 2", "الرتبة A أو أعلى"):
        assert part in reading.text("ar")
    codes = {feature.code for feature in reading.features}
    assert "purchase-to-stay-active" in codes
    assert "no-customer-gate" not in codes
    either = text.replace("{customers: {count: 10}}", "{any_of: [{customers: {count: 10}}, {personal_volume: '9'}]}")
    assert "no-customer-gate" in {feature.code for feature in read_aloud(parse_plan(either)).features}


def test_a_country_is_paid_its_share_by_every_family() -> None:
    text = HEAD + (
        "components:\n  - {id: level, family: unilevel, rates: [5%]}\n"
        "  - {id: recruit, family: recruitment_bonus, amount: '10'}\n"
        "limits:\n  - {id: countries, components: [level, recruit], country_rates: {EG: 80%, TN: 1/3}}\n"
    )
    people = {"id": ["a", "b", "c", "d"], "sponsor_id": [None, "a", "b", "c"], "country": ["EG", "TN", None, "EG"]}
    of = evaluation(people, {"buyer_id": ["b", "c", "d"], "amount": [1050, 1050, 1050], "volume": [0, 0, 0]})
    computed = compute_on(parse_plan(text), of.books)
    got = {(row["component"], row["participant_id"]): row["amount"] for row in computed.totals.iter_rows(named=True)}
    # 0.525 x 80% = 0.42, and not 0.53 x 80%; 0.525 / 3 = 0.175 -> 0.18
    assert got["level", "a"] == 42
    assert got["level", "b"] == 18
    assert got["level", "c"] == 53
    assert (got["recruit", "a"], got["recruit", "b"], got["recruit", "c"]) == (800, 333, 1000)
    assert all(awards.balance.ties for awards in computed.awards)
    assert "limit countries" in explain(computed, line=1).text()
    assert "EG 80%" in read_aloud(parse_plan(text)).text("ar")
    without = evaluation({"id": ["a"]}, {"buyer_id": ["a"], "amount": [1], "volume": [0]})
    with pytest.raises(PlanMismatch, match="no participant has one"):
        compute_on(parse_plan(text), without.books)
    with pytest.raises(PlanError, match="give exactly one of cap"):
        parse_plan(text.replace("country_rates", "cap: '1', country_rates"))
