"""The binary's rules one by one: what is matched, capped, carried, aged and taken back; state; errors; explanations."""

# ruff: noqa: DTZ001 - the tables hold naive UTC times
from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from compensation import compute, parse_plan
from compensation.computed import Computed
from genealogy.network import Network

HEAD = "id: t\ntitle: {en: T, ar: ت}\ncurrency: USD\nperiod: month\n"
TOP = ("T", None, None), ("l", "T", "left"), ("r", "T", "right")


def network(*places: tuple[str, str | None, str | None], **columns: list[Any]) -> Network:
    """A placement tree from (id, placed under, leg); sponsors are the same unless given."""
    table = pl.DataFrame(places, schema=dict.fromkeys(("id", "placement_id", "leg"), pl.String), orient="row")
    if "sponsor_id" not in columns:
        table = table.with_columns(sponsor_id=pl.col("placement_id"))
    return Network.from_table(table.with_columns(pl.Series(name, values) for name, values in columns.items()))


def sales(*rows: tuple[str, int, str], **columns: list[Any]) -> pl.DataFrame:
    """Orders from (buyer, points, day of 2026 as mm-dd)."""
    return pl.DataFrame(
        {
            "id": [f"o{i}" for i in range(len(rows))],
            "buyer_id": [who for who, _, _ in rows],
            "volume": [points * 1000 for _, points, _ in rows],
            "amount": [0] * len(rows),
            "date": [datetime.fromisoformat(f"2026-{day}T12:00:00") for _, _, day in rows],
            **columns,
        },
        schema_overrides={"date": pl.Datetime("ms")},
    )


def pay(body: str, orders: pl.DataFrame, people: Network | None = None, *, head: str = HEAD, **more: Any) -> Computed:
    """Compute one binary."""
    plan = parse_plan(f"{head}components:\n  - id: binary\n    family: binary\n{body}")
    return compute(plan, people if people is not None else network(*TOP), orders, **more)


def paid(computed: Computed, who: str = "T") -> dict[str, int]:
    """Cents by period."""
    totals = computed.totals.filter(pl.col("participant_id") == who)
    return {period: amount for period, amount in zip(totals["period"], totals["amount"], strict=True) if amount}


def figure(computed: Computed, name: str, who: str = "T") -> list[str]:
    """One figure, period by period."""
    found = computed.figures.filter((pl.col("name") == name) & (pl.col("participant_id") == who))
    return found["value"].to_list()


def legs(computed: Computed) -> list[tuple[str, str]]:
    """Carry of T, period by period."""
    return list(zip(figure(computed, "carry_left"), figure(computed, "carry_right"), strict=True))


WEAK = "    method: weaker_leg\n    rate: 10%\n"
PAIRS = "    method: pairs\n    unit: {each: '100'}\n    amount: '10'\n"


# What is taken


def test_a_third_and_two_thirds_is_decided_again_before_each_pair() -> None:
    rule = "    method: pairs\n    unit: {strong: '200', weak: '100'}\n    amount: '14'\n"
    computed = pay(rule, sales(("l", 300, "01-05"), ("r", 300, "01-05")))
    assert paid(computed) == {"2026-01": 2800}
    assert legs(computed) == [("0", "0")]


def test_left_and_right_may_need_different_units() -> None:
    rule = "    method: pairs\n    unit: {left: '100', right: '50'}\n    rate: 20%\n"
    computed = pay(rule, sales(("l", 350, "01-05"), ("r", 120, "01-05")))
    assert paid(computed) == {"2026-01": 2 * 1000}  # 20 % of the smaller side, 50
    assert legs(computed) == [("150", "20")]


def test_the_first_pair_is_made_once_ever_and_takes_two_from_the_stronger_leg() -> None:
    rule = "    method: pairs\n    unit: {each: '1'}\n    first_pair: {amount: '300'}\n    amount: '200'\n"
    orders = sales(("l", 1, "01-05"), ("r", 1, "01-05"), ("r", 1, "02-05"), ("l", 1, "03-05"), ("r", 1, "03-06"))
    computed = pay(rule, orders)
    assert paid(computed) == {"2026-02": 30000, "2026-03": 20000}
    assert legs(computed) == [("1", "1"), ("0", "0"), ("0", "0")]
    at_once = pay(rule, sales(("l", 2, "01-05"), ("r", 3, "01-05")))
    assert (paid(at_once), legs(at_once)) == ({"2026-01": 50000}, [("0", "0")])


def test_the_highest_step_is_taken_once_or_again_and_again() -> None:
    rule = "    method: steps\n    steps:\n      - {each: '100', amount: '10'}\n      - {each: '250', amount: '40'}\n"
    orders = sales(("l", 700, "01-05"), ("r", 820, "01-05"))
    once = pay(rule, orders)
    assert (paid(once), legs(once)) == ({"2026-01": 4000}, [("450", "570")])
    again = pay(rule + "    take: repeatedly\n", orders)
    assert (paid(again), legs(again)) == ({"2026-01": 10000}, [("0", "120")])
    assert again.lines["level"].to_list() == [2, 1]


def test_people_who_join_can_be_what_is_counted() -> None:
    people = network(*TOP, ("l2", "l", "left"), joined=[datetime(2026, 1, day) for day in (1, 2, 3, 4)])
    rule = "    method: pairs\n    counts: new_people\n    unit: {each: '1'}\n    amount: '5'\n"
    computed = pay(rule, sales(("T", 1, "01-05")), people)
    assert paid(computed) == {"2026-01": 500}
    assert legs(computed) == [("1", "0")]


def test_strongest_leg_against_the_sum_of_the_others() -> None:
    people = network(("T", None, None), *((name, "T", None) for name in "abc"))
    rule = WEAK + "    legs: strongest_against_rest\n    carry: none\n"
    computed = pay(rule, sales(("a", 500, "01-05"), ("b", 120, "01-05"), ("c", 200, "01-05")), people)
    assert paid(computed) == {"2026-01": 3200}
    assert figure(computed, "flushed_left") == ["180"]


@pytest.mark.parametrize(
    ("where", "left", "right"),
    [("none", 100, 60), ("weaker_leg", 100, 90), ("left", 130, 60), ("right", 100, 90), ("own_leg", 100, 60)],
)
def test_own_volume_counts_where_the_plan_says(where: str, left: int, right: int) -> None:
    orders = sales(("l", 100, "01-05"), ("r", 60, "01-05"), ("T", 30, "01-05"))
    computed = pay(WEAK + f"    own_volume: {where}\n", orders)
    assert (figure(computed, "volume_left"), figure(computed, "volume_right")) == ([str(left)], [str(right)])
    if where == "own_leg":
        below = pay(WEAK + "    own_volume: own_leg\n", sales(("r", 60, "01-05")))
        assert figure(below, "volume_right", "r") == ["60"]


def test_rates_by_rank_by_fact_and_by_own_volume() -> None:
    people = network(*TOP, rank=["Gold", None, None])
    orders = sales(("l", 100, "01-05"), ("r", 100, "01-05"), ("T", 40, "01-05"))
    ranked = HEAD + "ranks: {order: [Silver, Gold]}\n"
    by_rank = pay("    method: weaker_leg\n    rates_by_rank: {Silver: 5%, Gold: 8%}\n", orders, people, head=ranked)
    assert paid(by_rank) == {"2026-01": 800}
    unnamed = pay("    method: weaker_leg\n    rates_by_rank: {Silver: 5%}\n", orders, people, head=ranked)
    assert (paid(unnamed), legs(unnamed)) == ({}, [("100", "100")])
    own = "    method: weaker_leg\n    rates_by_personal_volume:\n"
    tiers = own + "      - {at_least: '20', rate: 6%}\n      - {at_least: '40', rate: 9%}\n"
    assert paid(pay(tiers, orders)) == {"2026-01": 900}
    facts = pl.DataFrame({"participant_id": ["T"], "fact": ["share"], "value": ["0.07"]})
    assert paid(pay("    method: weaker_leg\n    rate_from: share\n", orders, facts=facts)) == {"2026-01": 700}


# Caps


def test_weekly_pairs_above_the_cap_are_carried_as_volume() -> None:
    head = HEAD.replace("month", "week")
    rule = PAIRS + "    caps:\n      - {of: pairs, cap: '2', excess: carry}\n"
    orders = sales(("l", 500, "01-05"), ("r", 430, "01-06"), ("l", 1, "01-20"))
    computed = pay(rule, orders, head=head)
    assert paid(computed) == {"2026-W02": 2000, "2026-W03": 2000}
    assert legs(computed) == [("300", "230"), ("100", "30"), ("101", "30")]


def test_pairs_above_a_flushed_cap_are_used_up_and_counted_as_capped() -> None:
    computed = pay(
        PAIRS + "    caps:\n      - {of: pairs, cap: '2'}\n", sales(("l", 500, "01-05"), ("r", 430, "01-06"))
    )
    assert paid(computed) == {"2026-01": 2000}
    assert legs(computed) == [("100", "30")]
    balance = computed.awards[0].balance
    assert (balance.allotted, balance.paid, balance.breakage) == (4000, 2000, {"capped": 2000})


def test_a_cap_of_money_is_paid_to_the_cent_whatever_the_rate() -> None:
    head = HEAD + "rounding: {mode: down}\n"
    orders = sales(("l", 50_000, "01-05"), ("r", 30_000, "01-06"))
    rule = "    method: weaker_leg\n    rate: 7%\n    caps:\n      - {of: amount, cap: '1000', excess: "
    flushed = pay(rule + "flush}\n", orders, head=head)
    assert (paid(flushed), legs(flushed)) == ({"2026-01": 100_000}, [("20000", "0")])
    carried = pay(rule + "carry}\n", orders, head=head)
    assert paid(carried) == {"2026-01": 100_000}
    assert legs(carried) == [("35714.285", "15714.285")]  # 14285.715 x 7 % is the first volume that pays 1,000
    assert carried.awards[0].balance.ties


def test_daily_caps_are_refilled_every_day_also_without_orders() -> None:
    rule = PAIRS + "    match_every: day\n    caps:\n      - {of: pairs, window: day, cap: '1', excess: carry}\n"
    rule += "      - {of: pairs, cap: '3'}\n"
    computed = pay(rule, sales(("l", 600, "01-27"), ("r", 500, "01-27")))
    # 27 to 31 January: five days, one pair each, of which the month pays three
    assert paid(computed) == {"2026-01": 3000}
    assert legs(computed) == [("100", "0")]
    assert computed.awards[0].balance.breakage == {"capped": 2000}


def test_a_carried_cap_sees_what_was_matched_and_a_flushed_one_what_was_paid() -> None:
    rule = PAIRS + "    match_every: day\n    caps:\n      - {of: pairs, window: day, cap: '1'}\n"
    rule += "      - {of: pairs, cap: '3', excess: carry}\n"
    computed = pay(rule, sales(("l", 600, "01-27"), ("r", 500, "01-27")))
    assert (paid(computed), legs(computed)) == ({"2026-01": 1000}, [("300", "200")])
    assert computed.awards[0].balance.breakage == {"capped": 2000}


def test_no_lower_step_is_taken_in_place_of_one_that_waits_for_room() -> None:
    rule = "    method: steps\n    take: repeatedly\n    steps:\n      - {each: '10', amount: '1'}\n"
    rule += "      - {each: '100', amount: '20'}\n    caps:\n      - {of: volume, cap: '150', excess: carry}\n"
    computed = pay(rule, sales(("l", 200, "01-05"), ("r", 250, "01-05")))
    assert (paid(computed), legs(computed)) == ({"2026-01": 2000}, [("100", "150")])


def test_a_fraction_of_a_cent_that_a_cap_has_seen_is_room_no_more() -> None:
    rule = "    method: weaker_leg\n    rate: 1/3\n    match_every: day\n    caps:\n      - {of: amount, cap: '0.10'}\n"
    orders = sales(*((side, points, f"01-0{day}") for day, points in ((1, 0), (2, 0)) for side in "lr"))
    orders = orders.with_columns(volume=pl.Series([200, 200, 400, 400]))  # 0.2 and 0.4 points: 6.67 and 13.33 cents
    computed = pay(rule, orders)
    assert paid(computed) == {"2026-01": 7 + 3}


def test_caps_of_volume_count_the_smaller_side() -> None:
    rule = "    method: pairs\n    unit: {left: '100', right: '50'}\n    amount: '10'\n"
    rule += "    caps:\n      - {of: volume, cap: '100', excess: carry}\n"
    computed = pay(rule, sales(("l", 500, "01-05"), ("r", 500, "01-05")))
    assert (paid(computed), legs(computed)) == ({"2026-01": 2000}, [("300", "400")])


# Carry


def test_only_the_stronger_leg_is_carried_or_none() -> None:
    orders = sales(("l", 250, "01-05"), ("r", 130, "01-05"))
    assert legs(pay(PAIRS, orders)) == [("150", "30")]
    assert legs(pay(PAIRS + "    carry: strong\n", orders)) == [("150", "0")]
    nothing = pay(PAIRS + "    carry: none\n", orders)
    assert (legs(nothing), figure(nothing, "flushed_left")) == ([("0", "0")], ["150"])


def test_carried_volume_expires_by_age_and_the_oldest_is_matched_first() -> None:
    rule = WEAK + "    carry_limits: {expires_after: 2}\n"
    orders = sales(("l", 100, "01-05"), ("l", 50, "02-05"), ("r", 30, "03-06"), ("l", 1, "05-20"))
    computed = pay(rule, orders)
    # March matches 30 of January's 100; what is left of it expires after March, February's 50 after April
    assert [left for left, _ in legs(computed)] == ["100", "150", "50", "0", "1"]
    assert figure(computed, "expired_left") == ["0", "0", "70", "50", "0"]


def test_what_is_taken_back_takes_from_the_period_first_and_then_from_the_oldest() -> None:
    rule = WEAK + "    carry_limits: {expires_after: 2}\n"
    orders = sales(("l", 100, "01-05"), ("l", 50, "02-05"), ("l", -70, "02-20"), ("l", 0, "04-05"))
    assert figure(pay(rule, orders), "expired_left")[2:] == ["80"]
    later = sales(("l", 100, "01-05"), ("l", 50, "02-05"), ("l", -70, "03-20"), ("r", 1, "05-05"))
    assert figure(pay(rule, later), "expired_left")[2:4] == ["30", "50"]


def test_carry_is_lost_after_inactive_periods() -> None:
    head = HEAD + "activity: {rule: personal_volume, at_least: '10'}\n"
    rule = WEAK + "    carry_limits: {lost_when_inactive: 2}\n"
    orders = sales(("T", 10, "01-05"), ("l", 100, "01-05"), ("l", 5, "02-05"), ("l", 5, "03-05"), ("r", 7, "04-05"))
    computed = pay(rule, orders, head=head)
    assert legs(computed) == [("100", "0"), ("105", "0"), ("0", "0"), ("0", "0")]
    assert figure(computed, "expired_left") == ["0", "0", "110", "0"]


def test_limits_of_the_carry() -> None:
    orders = sales(("l", 900, "01-05"), ("r", 100, "01-05"), ("l", 900, "02-05"), ("r", 50, "02-05"))
    assert legs(pay(WEAK + "    carry_limits: {per_side: '500'}\n", orders)) == [("500", "0"), ("500", "0")]
    average = pay(WEAK + "    carry_limits: {times_average_weak_leg: {times: 5, periods: 4}}\n", orders)
    assert legs(average) == [("800", "0"), ("500", "0")]  # no history in January; five times January's 100
    facts = pl.DataFrame({"participant_id": ["T"], "fact": ["most"], "value": ["650"]})
    assert legs(pay(WEAK + "    carry_limits: {per_side_from: most}\n", orders, facts=facts))[0] == ("650", "0")


@pytest.mark.parametrize(
    ("policy", "first", "second"), [("keep", "100", "150"), ("lose_new", "0", "50"), ("lose_all", "0", "50")]
)
def test_who_may_not_earn_keeps_or_loses_volume(policy: str, first: str, second: str) -> None:
    head = HEAD + "activity: {rule: personal_volume, at_least: '10'}\n"
    orders = sales(("l", 100, "01-05"), ("l", 50, "02-05"), ("T", 10, "02-05"))
    computed = pay(WEAK + f"    unqualified: {policy}\n", orders, head=head)
    assert [left for left, _ in legs(computed)] == [first, second]


def test_losing_all_loses_the_carry_too() -> None:
    head = HEAD + "activity: {rule: personal_volume, at_least: '10'}\n"
    orders = sales(("l", 100, "01-05"), ("T", 10, "01-05"), ("l", 50, "02-05"))
    assert legs(pay(WEAK + "    unqualified: lose_new\n", orders, head=head)) == [("100", "0"), ("100", "0")]
    assert legs(pay(WEAK + "    unqualified: lose_all\n", orders, head=head)) == [("100", "0"), ("0", "0")]


# Taking back


def test_a_refund_reduces_unmatched_carry_without_touching_pay() -> None:
    orders = sales(("l", 250, "01-05"), ("r", 120, "01-05"), ("l", -50, "02-05"), reverses=[None, None, "o0"])
    computed = pay(PAIRS, orders)
    assert (paid(computed), legs(computed)) == ({"2026-01": 1000}, [("150", "20"), ("100", "20")])


def test_volume_taken_back_after_it_was_matched_is_a_debt_of_the_leg() -> None:
    orders = sales(
        ("l", 100, "01-05"), ("r", 100, "01-05"), ("l", -100, "02-05"), ("l", 150, "03-05"), ("r", 90, "03-06")
    )
    carried = pay(WEAK, orders)
    assert (paid(carried), legs(carried)) == (
        {"2026-01": 1000, "2026-03": 500},
        [("0", "0"), ("-100", "0"), ("0", "40")],
    )
    dropped = pay(WEAK + "    negative_leg: drop\n", orders)
    assert (paid(dropped), legs(dropped)[1]) == ({"2026-01": 1000, "2026-03": 900}, ("0", "0"))
    ignored = pay(WEAK + "    reversals: ignore\n", orders)
    assert legs(ignored) == [("0", "0"), ("60", "0")]


def test_a_reversal_leaves_the_legs_that_its_order_had_entered() -> None:
    people = pl.DataFrame(
        {
            "id": ["T", "l", "r", "x"],
            "placement_id": [None, "T", "T", "l"],
            "leg": [None, "L", "R", "L"],
            "sponsor_id": [None] * 4,
        },
        schema=dict.fromkeys(("id", "placement_id", "leg", "sponsor_id"), pl.String),
    )
    moves = pl.DataFrame(
        {
            "participant_id": ["x"],
            "tree": ["placement"],
            "parent_id": ["r"],
            "leg": ["L"],
            "from": [datetime(2026, 2, 3)],
        }
    )
    orders = sales(("x", 100, "01-05"), ("x", 60, "02-05"), ("x", -100, "02-06"), reverses=[None, None, "o0"])
    computed = pay(WEAK, orders, Network.from_table(people, moves))
    assert legs(computed) == [("100", "0"), ("0", "60")]
    assert (figure(computed, "volume_left"), figure(computed, "volume_right")) == (["100", "-100"], ["0", "60"])


# Who may earn


def sponsored(*sponsor: str | None) -> Network:
    return network(*TOP, ("l2", "l", "right"), ("r2", "r", "left"), sponsor_id=list(sponsor))


@pytest.mark.parametrize(
    ("sponsor", "orders", "qualified"),
    [
        ((None, "T", "T", None, None), "lr", True),
        ((None, "T", "l", None, None), "lr", False),  # r was not sponsored by T
        ((None, None, None, "T", "T"), ("l2", "r2"), True),  # spillover: sponsored deeper down
        ((None, "T", "T", None, None), ("l", "r2"), False),  # r is not active
        ((None, "l", "T", "T", None), ("l2", "r"), True),
    ],
)
def test_one_active_sponsored_person_on_each_side(
    sponsor: tuple[str | None, ...], orders: Any, qualified: bool
) -> None:
    head = HEAD + "activity: {rule: purchases, at_least: 1}\n"
    rule = WEAK + "    eligibility: {active: false}\n    qualification: {left: 1, right: 1}\n"
    placed = sales(*((who, 100, "01-05") for who in orders)).with_columns(amount=pl.lit(100))
    computed = pay(rule, placed, sponsored(*sponsor), head=head)
    assert paid(computed) == ({"2026-01": 1000} if qualified else {})
    assert figure(computed, "qualified") == [str(qualified).lower()]


def test_who_has_left_is_not_paid_and_still_stands_in_the_tree() -> None:
    people = network(
        *TOP, ("ll", "l", "left"), ("lr", "l", "right"), left=[None, datetime(2026, 1, 20), None, None, None]
    )
    orders = sales(("ll", 100, "01-05"), ("lr", 100, "01-05"), ("r", 200, "01-05"))
    computed = pay(WEAK, orders, people)
    assert (paid(computed), paid(computed, "l")) == ({"2026-01": 2000}, {})


# State


RICH = PAIRS + (
    "    first_pair: {amount: '50'}\n    carry_limits: {expires_after: 2, lost_when_inactive: 3}\n"
    "    qualification: {left: 1, right: 1, once: true}\n    own_volume: weaker_leg\n"
)
AVERAGE = WEAK + "    carry_limits: {times_average_weak_leg: {times: 2, periods: 3}, expires_after: 3}\n"


@pytest.mark.parametrize("rule", [RICH, AVERAGE])
def test_two_runs_with_state_between_are_one_run(rule: str) -> None:
    head = HEAD + "activity: {rule: personal_volume, at_least: '10'}\n"
    chance = np.random.default_rng(5)
    rows = sorted(
        (f"{month:02}-{day:02}", who, int(chance.integers(-80, 400)))
        for month in range(1, 7)
        for who in ("T", "l", "r", "l2", "r2")
        for day in (3, 17)
    )
    people = sponsored(None, "T", "T", "T", "T")
    orders = sales(*((who, points, day) for day, who, points in rows))
    whole = pay(rule, orders, people, head=head)
    early = pl.col("date") < datetime(2026, 4, 1)
    first = pay(rule, orders.filter(early), people, head=head)
    second = pay(rule, orders.filter(~early), people, head=head, state=first.state)
    assert pl.concat([first.totals, second.totals]).equals(whole.totals)
    assert pl.concat([first.figures, second.figures]).equals(whole.figures)
    assert second.state.equals(whole.state)
    assert whole.totals["amount"].sum() > 0
