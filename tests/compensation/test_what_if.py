"""What if: each change against its definition, the comparison against a plain sum, and real records."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compensation import Books, PlanError, compute_on, parse_plan
from compensation.errors import PlanMismatch
from compensation.what_if import (
    CustomerGate,
    CustomerLimit,
    OtherPlan,
    RecruitingStops,
    RetailOnly,
    WithoutCategories,
    WithoutComponents,
    WithoutTop,
    what_if,
)
from compensation.what_if.removing import above
from genealogy.network import Network
from tests.compensation import slow_what_if as slow

PLAN = parse_plan("""\
id: t
title: {en: T, ar: ت}
currency: USD
period: month
components:
  - {id: level, family: unilevel, rates: [10%, 5%, 3%], compression: skip_ineligible}
  - {id: volume, family: unilevel, base: {measure: volume, per_point: "1"}, rates: [2%]}
""")
DAYS = [f"2025-0{month}-1{day}" for month in (1, 2) for day in range(3)]


def network(people: dict[str, slow.Person]) -> Network:
    schema: dict[str, Any] = {**dict.fromkeys(("id", "sponsor_id", "kind"), pl.String), "joined": pl.Datetime("ms")}
    rows = [
        (p.id, p.sponsor, p.kind, None if p.joined is None else datetime.fromisoformat(p.joined))
        for p in people.values()
    ]
    return Network.from_table(pl.DataFrame(rows, schema=schema, orient="row"))


def table(orders: list[slow.Order]) -> pl.DataFrame:
    text = dict.fromkeys(("id", "buyer_id", "seller_id", "buyer_kind", "reverses"), pl.String)
    rows = [
        (o.id, o.buyer, o.seller, o.buyer_kind, o.reverses, datetime.fromisoformat(o.day), o.amount, o.volume)
        for o in orders
    ]
    kinds: dict[str, Any] = {**text, "date": pl.Datetime("ms"), "amount": pl.Int64, "volume": pl.Int64}
    return pl.DataFrame(rows, schema=kinds, orient="row").with_columns(currency=pl.lit("USD"))


def books(people: dict[str, slow.Person], orders: list[slow.Order]) -> Books:
    return Books(network(people), table(orders), periods=("2025-01", "2025-02"))


def paid(plan: Any, on: Books) -> dict[tuple[str, str], int]:
    """By participant and component, what the engine pays; nothing left out but zeros."""
    totals = compute_on(plan, on).totals
    sums: dict[tuple[str, str], int] = {}
    for row in totals.iter_rows(named=True):
        key = (row["participant_id"], row["component"])
        sums[key] = sums.get(key, 0) + row["amount"]
    return {key: value for key, value in sums.items() if value}


@st.composite
def worlds(draw: st.DrawFn) -> tuple[dict[str, slow.Person], list[slow.Order]]:
    size = draw(st.integers(1, 7))
    names = [f"p{i}" for i in range(size)]
    people = {}
    for index, name in enumerate(names):
        sponsor = draw(st.sampled_from([None, *names[:index]])) if index else None
        kind = draw(st.sampled_from([None, None, "distributor", "customer", "preferred_customer"]))
        people[name] = slow.Person(name, sponsor, kind, draw(st.sampled_from([None, *DAYS])))
    orders: list[slow.Order] = []
    for index in range(draw(st.integers(0, 9))):
        buyer = draw(st.sampled_from([None, "outsider", *names]))
        seller = draw(st.sampled_from([None, *names]))
        kind = draw(st.sampled_from([None, None, "customer", "distributor"]))
        amount, volume = draw(st.integers(-30, 400)), draw(st.integers(0, 9)) * 1000
        back = None
        earlier = [o for o in orders if o.amount > 0]
        if earlier and draw(st.integers(0, 3)) == 0:
            first = draw(st.sampled_from(earlier))
            back, buyer, seller, kind = first.id, first.buyer, first.seller, first.buyer_kind
            amount, volume = -draw(st.integers(1, first.amount)), -first.volume
        orders.append(slow.Order(f"o{index}", draw(st.sampled_from(DAYS)), buyer, seller, amount, volume, kind, back))
    return people, orders


SETTINGS = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SHARES = st.sampled_from([Fraction(1, 2), Fraction(1, 3), Fraction(7, 10), Fraction(1)])


@SETTINGS
@given(world=worlds())
def test_retail_only_is_as_defined(world: tuple[dict[str, slow.Person], list[slow.Order]]) -> None:
    people, orders = world
    found = what_if(PLAN, books(people, orders), RetailOnly())
    wanted = slow.retail_only(people, orders)
    assert found.after.evaluation.books.orders["id"].to_list() == [o.id for o in wanted]


@SETTINGS
@given(world=worlds(), share=SHARES)
def test_customer_limit_is_as_defined(world: tuple[dict[str, slow.Person], list[slow.Order]], share: Fraction) -> None:
    people, orders = world
    found = what_if(PLAN, books(people, orders), CustomerLimit(share=share))
    left = found.after.evaluation.books.orders
    wanted = slow.customer_limit(people, orders, share)
    assert list(zip(left["id"], left["amount"], left["volume"], strict=True)) == [
        (o.id, o.amount, o.volume) for o in wanted
    ]


@SETTINGS
@given(world=worlds(), last=st.sampled_from(DAYS))
def test_recruiting_that_stops_is_as_defined(world: tuple[dict[str, slow.Person], list[slow.Order]], last: str) -> None:
    people, orders = world
    found = what_if(PLAN, books(people, orders), RecruitingStops(last_day=date.fromisoformat(last)))
    left, wanted = slow.remove(people, orders, slow.joined_later(people, orders, last))
    after = found.after.evaluation.books
    assert dict(after.network.participants.select("id", "sponsor_id").iter_rows()) == {
        p.id: p.sponsor for p in left.values()
    }
    assert after.orders["id"].to_list() == [o.id for o in wanted]
    assert paid(PLAN, after) == paid(PLAN, books(left, wanted))


@SETTINGS
@given(world=worlds(), count=st.integers(1, 3))
def test_without_the_top_is_as_defined_and_every_total_ties(
    world: tuple[dict[str, slow.Person], list[slow.Order]], count: int
) -> None:
    people, orders = world
    on = books(people, orders)
    found = what_if(PLAN, on, WithoutTop(count=count))
    before: dict[str, int] = dict.fromkeys(people, 0)
    for (who, _), amount in paid(PLAN, on).items():
        before[who] += amount
    top = {who for who in sorted(before, key=lambda who: -before[who])[:count] if before[who] > 0}
    left, wanted = slow.remove(people, orders, top)
    after = paid(PLAN, books(left, wanted))
    listed = {row[0]: row[1:4] for row in found.participants.iter_rows()}
    for who, person in people.items():
        mine = sum(amount for (name, _), amount in after.items() if name == who)
        if person.kind in slow.CUSTOMERS and not before[who] and not mine:
            assert who not in listed
        else:
            assert listed[who] == (before[who], mine, mine - before[who])
    assert found.totals.difference == sum(after.values()) - sum(before.values())
    assert sum(found.by_component["difference"]) == sum(found.by_decile["difference"]) == found.totals.difference
    gains = [found.totals.gain, found.totals.lose, found.totals.unchanged]
    assert [found.by_decile[name].sum() for name in ("gain", "lose", "unchanged")] == gains
    assert sum(gains) == found.totals.participants == len(listed)


@SETTINGS
@given(world=worlds(), share=SHARES, of=st.sampled_from(["personal", "group", "company"]))
def test_customer_gate_is_as_defined(
    world: tuple[dict[str, slow.Person], list[slow.Order]], share: Fraction, of: Any
) -> None:
    people, orders = world
    on = books(people, orders)
    short = slow.gated(people, orders, share, of)
    found = what_if(PLAN, on, CustomerGate(share=share, of=of))
    before = {row[:3]: row[3] for row in _sums(compute_on(PLAN, on))}
    after = {row[:3]: row[3] for row in _sums(found.after)}
    taken = _taken_of_nothing(compute_on(PLAN, on), short, orders)
    for key, amount in before.items():
        who, period = key[1], key[0]
        owed = amount - taken.get(key, 0)
        assert after.get(key, 0) == (min(owed, 0) if (who, period) in short else owed)


def _taken_of_nothing(
    computed: Any, short: set[tuple[str, str]], orders: list[slow.Order]
) -> dict[tuple[str, str, str], int]:
    """What reversals take back, in later periods, of payments that the gate had never let be made."""
    of = {order.id: slow.origin(order, orders) for order in orders}
    taken: dict[tuple[str, str, str], int] = {}
    for who, component, period, order, amount in computed.lines.select(
        "participant_id", "component", "period", "source_order_id", "amount"
    ).iter_rows():
        first = of[order].period
        if amount < 0 and first < period and (who, first) in short:
            taken[period, who, component] = taken.get((period, who, component), 0) + amount
    return taken


def _sums(computed: Any) -> list[tuple[str, str, str, int]]:
    table = computed.totals.group_by("period", "participant_id", "component").agg(pl.col("amount").sum())
    return list(table.iter_rows())


@given(st.lists(st.tuples(st.integers(-1, 30), st.booleans()), min_size=1, max_size=30))
def test_who_is_above_those_that_go(links: list[tuple[int, bool]]) -> None:
    parent = np.array([min(up, row - 1) for row, (up, _) in enumerate(links)], np.int32)
    gone = np.array([flag for _, flag in links])
    target, place = above(parent, gone)
    for row in range(len(links)):
        up, last = int(parent[row]), row
        while up >= 0 and gone[up]:
            up, last = int(parent[up]), up
        assert (int(target[row]), int(place[row])) == (up, last)


def test_a_chain_of_a_million_that_goes() -> None:
    parent = np.arange(-1, 1_000_000, dtype=np.int32)
    gone = np.ones(1_000_001, np.bool_)
    gone[[0, 1_000_000]] = False
    target, place = above(parent, gone)
    assert (target[1_000_000], place[1_000_000]) == (0, 1)


# One by one


def two_levels() -> Books:
    people = {name: slow.Person(name, up) for name, up in [("a", None), ("b", "a"), ("c", "b"), ("d", "a")]}
    orders = [
        slow.Order("o1", "2025-01-10", "c", None, 10000, 0),
        slow.Order("o2", "2025-01-11", "someone", "c", 4000, 0),
        slow.Order("o3", "2025-01-12", "d", None, 5000, 0),
    ]
    return books(people, orders)


def test_the_limit_by_hand() -> None:
    found = what_if(PLAN, two_levels(), CustomerLimit())
    # c's own 100.00 counts for the 40.00 that his customer bought; d has no customer
    assert found.participants.sort("participant_id").select("participant_id", "before", "after").rows() == [
        ("a", 500 + 120 + 500, 200 + 120), ("b", 1000 + 200, 400 + 200), ("c", 400, 400), ("d", 0, 0),
    ]  # fmt: skip


def test_another_plan_and_a_component_less() -> None:
    other = PLAN.model_copy(update={"id": "other", "components": [PLAN.component("level")]})
    one = what_if(PLAN, two_levels(), OtherPlan(plan=other))
    two = what_if(PLAN, two_levels(), WithoutComponents(components=("volume",)))
    assert one.by_component.equals(two.by_component)
    assert one.by_component["component"].to_list() == ["level", "volume"]
    assert two.totals.difference == 0


def test_changes_follow_each_other() -> None:
    found = what_if(PLAN, two_levels(), RetailOnly(), WithoutComponents(components=("volume",)), WithoutTop(count=1))
    assert found.after.evaluation.books.orders["id"].to_list() == ["o2"]
    assert found.after.evaluation.books.network.ids.to_list() == ["a", "c", "d"]
    # b was paid most, and c's seller above him is now a: 5% of 40.00
    assert found.participants.select("participant_id", "after").rows() == [("b", 0), ("a", 200), ("c", 400), ("d", 0)]


def test_categories() -> None:
    on = two_levels()
    kinds = pl.Series("category", ["starter_kit", None, "product"])
    on = Books(on.network, on.orders.with_columns(kinds), periods=on.periods)
    assert what_if(PLAN, on, WithoutCategories()).after.evaluation.orders["id"].to_list() == ["o2", "o3"]
    with pytest.raises(ValueError, match="at least 1"):
        WithoutCategories(categories=())


def test_what_is_reckoned_on_a_component_goes_with_it() -> None:
    plan = parse_plan(
        "id: t\ntitle: {en: T, ar: ت}\ncurrency: USD\ncomponents:\n"
        "  - {id: level, family: unilevel, rates: [10%]}\n"
        "  - {id: match, family: matching, of: [level], rates: [50%]}\n"
        "limits: [{id: cap, components: [level, match], cap: '1'}, {id: other, components: [match], cap: '2'}]\n"
    )
    with pytest.raises(PlanMismatch, match="'match' is reckoned on 'level'; leave 'match' out, too"):
        what_if(plan, two_levels(), WithoutComponents(components=("level",)))
    left = what_if(plan, two_levels(), WithoutComponents(components=("match",))).after.plan
    assert [(limit.id, limit.components) for limit in left.limits] == [("cap", ["level"])]


def test_foreign_orders_and_stated_periods_stay_as_they_are() -> None:
    on = two_levels()
    orders = on.orders.with_columns(
        currency=pl.Series(["EUR", "USD", "USD"]), period=pl.Series(["one", "one", "two"]), note=pl.lit("kept")
    )
    found = what_if(PLAN, Books(on.network, orders.reverse(), periods=("zero",)), RetailOnly()).after.evaluation
    assert found.books.orders.select("id", "note").rows() == [("o2", "kept"), ("o1", "kept")]
    assert found.periods == ["one", "two", "zero"]
    assert found.left_out["id"].to_list() == ["o1"]


def test_who_moves_up_takes_the_leg() -> None:
    rows = [("a", None, None, None), ("b", "a", "a", "left"), ("c", "a", "a", "right"), ("d", "b", "b", "right")]
    schema = dict.fromkeys(("id", "sponsor_id", "placement_id", "leg"), pl.String)
    people = Network.from_table(pl.DataFrame(rows, schema=schema, orient="row"))
    orders = table([slow.Order("o", "2025-01-10", None, "b", 10000, 0)])
    found = what_if(PLAN, Books(people, orders), WithoutTop(count=1)).after.evaluation.books.network.participants
    assert found.filter(pl.col("id") == "d").row(0) == ("d", "a", "a", "left")


def test_an_unknown_sponsor_stays_unknown() -> None:
    people = {"b": slow.Person("b", "gone-missing"), "c": slow.Person("c", "b")}
    on = books(people, [slow.Order("o", "2025-01-10", "c", None, 10000, 0)])
    found = what_if(PLAN, on, WithoutTop(count=1))
    assert found.participants["participant_id"].to_list() == ["b", "c"]
    assert found.after.evaluation.books.network.participants["sponsor_id"].to_list() == [None]


def test_what_does_not_fit_is_refused() -> None:
    on = two_levels()
    with pytest.raises(PlanMismatch, match="has no component 'levle'; did you mean level\\? it has: level, volume"):
        what_if(PLAN, on, WithoutComponents(components=("levle",)))
    with pytest.raises(PlanMismatch, match="leave at least one in"):
        what_if(PLAN, on, WithoutComponents(components=("level", "volume")))
    with pytest.raises(PlanMismatch, match="pays in EUR"):
        what_if(PLAN, on, OtherPlan(plan=PLAN.model_copy(update={"currency": "EUR"})))
    with pytest.raises(PlanMismatch, match="give both the same decimals"):
        what_if(PLAN, on, OtherPlan(plan=PLAN.model_copy(update={"decimals": 3})))
    with pytest.raises(ValueError, match="asks for nothing"):
        CustomerGate(share=Fraction(0))
    with pytest.raises(ValueError, match="at least one change"):
        what_if(PLAN, on)
    with pytest.raises(PlanError):
        parse_plan("id: t\n")


def test_ties_between_deciles_are_counted() -> None:
    people = {f"p{i}": slow.Person(f"p{i}", None) for i in range(20)}
    orders = [slow.Order(f"o{i}", "2025-01-10", None, f"p{i}", 1000 * (20 - max(i, 2)), 0) for i in range(12)]
    found = what_if(PLAN, books(people, orders), RetailOnly())
    deciles = found.by_decile
    assert deciles["participants"].to_list() == [2] * 10
    # p0, p1 and p2 were paid the same across the first border; the eight last were paid nothing
    assert deciles["tied"].to_list() == [2, 1, 0, 0, 0, 0, 2, 2, 2, 2]
    assert "11 were paid exactly as much" in found.summary.en
    assert "11" in found.summary.ar


# Real records


def test_retail_orders_stay_what_they_are(shared_data: Any) -> None:
    """CDNOW's customers bought from a shop: with twelve sellers over them, no customer rule changes anything."""
    raw = pl.read_csv(shared_data / "cdnow-retail-orders" / "orders.csv", schema_overrides={"customer_id": pl.String})
    seller = pl.format("s{}", pl.col("customer_id").cast(pl.Int64) % 12)
    orders = raw.select(
        pl.format("o{}", pl.int_range(pl.len())).alias("id"),
        pl.col("date").cast(pl.String).str.to_datetime("%Y%m%d").cast(pl.Datetime("ms")),
        pl.col("customer_id").alias("buyer_id"),
        seller.alias("seller_id"),
        (pl.col("dollar_value") * 100).round().cast(pl.Int64).alias("amount"),
        pl.lit("USD").alias("currency"),
    )
    people = pl.DataFrame(
        {"id": [f"s{i}" for i in range(12)], "sponsor_id": [None] + [f"s{i // 3}" for i in range(11)]}
    )
    on = Books(Network.from_table(people), orders)
    before = compute_on(PLAN, on, lines=False)
    assert before.evaluation.amount.sum() == 130_941_159
    for change in (RetailOnly(), CustomerLimit(), CustomerGate(share=Fraction(1)), WithoutCategories()):
        found = what_if(PLAN, on, change, before=before)
        assert (found.totals.difference, found.totals.unchanged) == (0, 12)
        assert found.totals.orders_after == len(orders) == 35_991
    stopped = what_if(PLAN, on, RecruitingStops(last_day=date(1997, 3, 31)), before=before)
    assert stopped.totals.difference == 0  # every seller had sold by then
