"""The money tables as columns, against the same rows added up one at a time; and the figures that use them against their rows."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from compliance import Assumptions, Records, measure
from compliance.columns import NONE, columns, order_columns, person_months, reward_columns
from compliance.facts import CATEGORIES, JOINING, PRODUCTS, SIDES
from tests.compliance.conftest import Company, write_tables

LINES = st.tuples(st.integers(NONE, 4), st.sampled_from([NONE, 24_287, 24_288, 119_000]), st.integers(-90, 90))
CHOICES = st.lists(st.tuples(LINES, st.booleans()), max_size=30)


@given(CHOICES)
@example([])
def test_sums_by_person_and_month_are_those_of_single_lines(chosen: list[tuple[tuple[int, int, int], bool]]) -> None:
    lines = np.array([line for line, _ in chosen], dtype=np.int64).reshape(-1, 3)
    person, month = lines[:, 0].astype(np.int32), lines[:, 1].astype(np.int32)
    wanted = np.array([flag for _, flag in chosen], dtype=np.bool_)
    months = person_months(person, month)
    slow: dict[tuple[int, int], int] = {}
    for (who, when, amount), flag in chosen:
        if who >= 0:
            slow[who, when] = slow.get((who, when), 0) + (amount if flag else 0)
    keys = list(zip(months.person.tolist(), months.month.tolist(), strict=True))
    assert keys == sorted(slow)
    assert dict(zip(keys, months.add(wanted, lines[:, 2]).tolist(), strict=True)) == slow
    assert all(
        at == NONE if who < 0 else keys[at] == (who, when)
        for at, who, when in zip(months.of_line.tolist(), person.tolist(), month.tolist(), strict=True)
    )


def test_columns_say_what_the_fact_tables_say(company: Company) -> None:
    """Also where lines in another currency stand between the orders, so that a line's place is not its row."""
    people = [{"id": f"p{at}", "sponsor_id": None if not at else "p0"} for at in range(3)]
    orders = [
        {"id": "a", "buyer_id": "p1", "category": "fee", "amount": 5, "currency": "USD", "date": "2024-01-05"},
        {"id": "b", "buyer_id": "p1", "category": "product", "amount": 7, "currency": "EUR", "date": "2024-01-05"},
        {"id": "c", "buyer_id": "x", "seller_id": "p2", "category": None, "amount": 9, "currency": "USD"},
        {"id": "d", "buyer_id": None, "seller_id": "p2", "category": "autoship", "amount": 1, "currency": "USD"},
    ]  # fmt: skip
    payouts = [
        {"participant_id": "p0", "source_order_id": order, "amount": at, "currency": "USD", "date": "2024-02-01"}
        for at, order in enumerate(["d", "a", "b", None, "c"])
    ]
    records = company(participants=people, orders=orders, payouts=payouts)
    lines, rewards = records.once(order_columns), records.once(reward_columns)
    by_place = np.argsort(lines.place)
    assert lines.place[by_place].tolist() == [0, 2, 3]
    assert [SIDES[code] for code in lines.side[by_place]] == ["participant", "outside", "unknown"]
    assert [CATEGORIES[code] for code in lines.category[by_place]] == ["fee", "unstated", "autoship"]
    assert lines.buyer[by_place].tolist() == [1, NONE, NONE]
    assert lines.seller[by_place].tolist() == [NONE, 2, 2]
    assert lines.month[by_place].tolist() == [2023 * 12, NONE, NONE]
    assert lines.own[by_place].tolist() == [True, False, False]
    assert lines.of(PRODUCTS)[by_place].tolist() == [False, True, True]
    assert lines.of(JOINING)[by_place].tolist() == [True, False, False]
    place = np.append(lines.place.astype(np.int64), NONE)  # the last element is that of no order
    traced = dict(zip(rewards.amount.tolist(), place[rewards.order].tolist(), strict=True))
    assert traced == {0: 3, 1: 0, 2: NONE, 3: NONE, 4: 2}
    assert rewards.month.tolist() == [2023 * 12 + 1] * 5
    joining = dict(zip(rewards.amount.tolist(), rewards.on(lines.of(JOINING)).tolist(), strict=True))
    assert joining == {0: False, 1: True, 2: False, 3: False, 4: False}
    assert dict(zip(rewards.amount.tolist(), rewards.distance.tolist(), strict=True))[1] == 1
    assert rewards.for_others[rewards.amount == 1].all()
    assert np.isnat(lines.date[by_place]).tolist() == [False, True, True]
    assert lines.customer[by_place][0] == 1
    assert lines.customer[by_place][1] >= len(people)
    assert lines.customer[by_place][2] == NONE


def test_what_is_not_stated_of_rewards_and_people_is_none_and_not_what_happens_to_stand_there(company: Company) -> None:
    people = [{"id": "p0", "joined": "2024-03-31"}, {"id": "p1", "sponsor_id": "p0", "kind": "customer"}]
    orders = [{"id": "a", "buyer_id": "p0", "amount": 5, "currency": "USD", "date": "2024-01-05"}]
    payouts = [
        {"participant_id": "gone", "source_order_id": "a", "amount": 1, "currency": "USD"},
        {"participant_id": "p1", "source_order_id": "none", "amount": 2, "currency": "USD"},
        {"participant_id": "p0", "source_order_id": "a", "amount": 3, "currency": "USD"},
    ]
    _, rewards, everybody = columns(company(participants=people, orders=orders, payouts=payouts))
    by_amount = np.argsort(rewards.amount)
    assert rewards.payee[by_amount].tolist() == [NONE, 1, 0]
    assert rewards.source[by_amount].tolist() == [0, NONE, 0]
    assert rewards.own[by_amount].tolist() == [False, False, True]
    assert rewards.for_others.tolist() == [False] * 3
    assert rewards.distance[by_amount].tolist() == [NONE, NONE, 0]
    assert everybody.member.tolist() == [True, False, False]
    assert everybody.joined_month.tolist() == [2023 * 12 + 2, NONE, NONE]
    assert np.isnat(everybody.first_order).tolist() == [False, True, True]
    assert everybody.added(rewards.payee, rewards.amount > 1, rewards.amount).tolist() == [3, 2]


@given(CHOICES, CHOICES)
@example([], [])
def test_months_are_matched_by_person_and_month(
    some: list[tuple[tuple[int, int, int], bool]], others: list[tuple[tuple[int, int, int], bool]]
) -> None:
    ours, theirs = (np.array([line for line, _ in each], dtype=np.int64).reshape(-1, 3) for each in (some, others))
    months, other_months = (
        person_months(each[:, 0].astype(np.int32), each[:, 1].astype(np.int32)) for each in (ours, theirs)
    )
    sums = other_months.add(np.True_, np.ascontiguousarray(theirs[:, 2]))
    slow: dict[tuple[int, int], int] = defaultdict(int)
    for (who, when, amount), _ in others:
        slow[who, when] += amount
    keys = zip(months.person.tolist(), months.month.tolist(), strict=True)
    assert months.among(other_months, sums).tolist() == [slow.get(key, 0) for key in keys]


@st.composite
def own_orders(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    orders = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "buyer_id": st.sampled_from(["p1", "p2", "x", None]),
                    "category": st.sampled_from([None, "product", "fee"]),
                    "date": st.sampled_from(["2024-01-15", "2024-02-15", None]),
                    "amount": st.integers(-20, 90),
                }
            ),
            min_size=1,
            max_size=10,
        )
    )  # fmt: skip
    payouts = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "participant_id": st.sampled_from(["p0", "p1", "gone"]),
                    "source_order_id": st.integers(0, len(orders) - 1).map(lambda at: f"o{at}"),
                    "amount": st.integers(-9, 60),
                }
            ),
            min_size=1,
            max_size=12,
        )
    )  # fmt: skip
    return [{"id": f"o{at}", **each} for at, each in enumerate(orders)], payouts


@settings(max_examples=25, deadline=None)
@given(own_orders())
def test_rewarded_own_use_is_the_highest_of_the_rows_behind_it(
    tmp_path_factory: pytest.TempPathFactory, world: tuple[list[dict[str, Any]], list[dict[str, Any]]]
) -> None:
    orders, payouts = world
    money = {"currency": "USD"}
    tables = {
        "participants": [{"id": f"p{at}", "sponsor_id": None if not at else "p0"} for at in range(3)],
        "orders": [{**each, **money} for each in orders],
        "payouts": [{**each, **money, "date": "2024-03-01"} for each in payouts],
    }
    slow: dict[tuple[str, str], int] = defaultdict(int)
    for order in orders:
        to = {
            each["participant_id"] for each in payouts if each["source_order_id"] == order["id"] and each["amount"] > 0
        }
        buyer = str(order["buyer_id"])
        counts = buyer in ("p1", "p2") and order["category"] != "fee" and order["date"] and order["amount"] > 0
        if counts and to - {buyer, "gone"}:
            slow[buyer, str(order["date"])] += order["amount"]
    folder = write_tables(tmp_path_factory.mktemp("world"), tables)
    with Records.open(folder, assumptions=Assumptions(allowance="0.50")) as records:
        found = measure(records, ["rewarded_own_use"])[0]
        if not slow:
            assert not found.measurable
            return
        assert found.value is not None
        assert found.evidence is not None
        assert round(float(found.value) * 100) == max(slow.values())
        rows = records.rows(found.evidence)
    assert found.evidence.count == len(rows) == len(slow)
    assert rows["goods"].to_list() == sorted(slow.values(), reverse=True)
