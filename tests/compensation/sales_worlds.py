"""Small worlds for the families that pay on sales: random people, orders and clicks, as the twins and the engine want them."""

# ruff: noqa: DTZ001 - the tables hold naive UTC times
from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from fractions import Fraction

import polars as pl
from hypothesis import strategies as st

from compensation.computed import Computed
from genealogy.network import Network
from tests.compensation.slow_attribution import Click, Order, People

START = datetime(2026, 1, 31)
HEAD = "id: t\ntitle: {en: T, ar: ت}\ncurrency: USD\n"
KINDS = [None, "affiliate", "customer", "producer"]


@st.composite
def peoples(draw: st.DrawFn, most: int = 6, kinds: Sequence[str | None] = KINDS) -> People:
    """Up to `most` participants in a random forest, or in one chain."""
    names = [f"p{i}" for i in range(draw(st.integers(1, most)))]
    chain = draw(st.booleans())
    sponsor: dict[str, str | None] = {}
    for index, name in enumerate(names):
        above = names[index - 1] if index else None
        sponsor[name] = above if chain or not index else draw(st.sampled_from([None, *names[:index]]))
    kind = {name: draw(st.sampled_from(kinds)) for name in names}
    person = {name: draw(st.sampled_from([None, None, "x"])) for name in names}
    return People(sponsor, kind, person)


@st.composite
def histories(
    draw: st.DrawFn,
    people: People,
    most: int = 8,
    hours: int = 80,
    outside: Iterable[str] = ("c1", "c2"),
    reversals: bool = True,
) -> list[Order]:
    """Orders in order of time; some take an earlier one back, in part or in whole."""
    names = list(people.sponsor)
    somebody = st.sampled_from([None, *outside, *names])
    orders: list[Order] = []
    when = START
    for number in range(draw(st.integers(0, most))):
        when += timedelta(hours=draw(st.integers(0, hours)))
        origin = draw(st.sampled_from([None, *[each for each in orders if each.base > 0]])) if reversals else None
        if origin is not None and draw(st.booleans()):
            taken = draw(st.sampled_from([origin.base, max(origin.base // 3, 1)]))
            orders.append(Order(f"o{number}", when, origin.buyer, origin.seller, -taken, None, origin.id))
            continue
        base = draw(st.sampled_from([1, 99, 100, 250, 1000, 3333, 10_000]))
        coupon = draw(st.sampled_from([None, None, "nobody", *names]))
        orders.append(Order(f"o{number}", when, draw(somebody), draw(st.sampled_from([None, *names])), base, coupon))
    return orders


@st.composite
def visits(draw: st.DrawFn, people: People, orders: list[Order], most: int = 8) -> list[Click]:
    """Clicks and baskets, keyed to orders or to buyers, at whole hours."""
    keys = [("order", each.id) for each in orders] + [("buyer", name) for name in ("c1", "c2", *people.sponsor)]
    times = [START - timedelta(hours=30), *(each.when for each in orders)]
    found = []
    for _ in range(draw(st.integers(0, most))):
        what, key = draw(st.sampled_from(keys))
        when = draw(st.sampled_from(times)) + timedelta(hours=draw(st.sampled_from([-48, -24, -23, -5, -1, 0, 1])))
        who = draw(st.sampled_from(["stranger", *people.sponsor]))
        cart = draw(st.integers(0, 3)) == 0
        found.append(Click(who, when, key if what == "order" else None, key if what == "buyer" else None, cart))
    return found


def network(people: People, **columns: list[object]) -> Network:
    """The participants."""
    names = list(people.sponsor)
    frame = pl.DataFrame(
        {
            "id": names,
            "sponsor_id": [people.sponsor[name] for name in names],
            "kind": [people.kind[name] for name in names],
            "person": [people.person[name] for name in names],
        },
        schema=dict.fromkeys(("id", "sponsor_id", "kind", "person"), pl.String),
    )
    return Network.from_table(frame.with_columns(pl.Series(name, values) for name, values in columns.items()))


def orders_table(orders: list[Order], **columns: list[object]) -> pl.DataFrame:
    """The orders, amounts in cents; the volume is the amount in points."""
    frame = pl.DataFrame(
        [
            (each.id, each.when, each.buyer, each.seller, each.base, each.base * 10, each.coupon, each.reverses)
            for each in orders
        ],
        schema={
            "id": pl.String,
            "date": pl.Datetime("ms"),
            "buyer_id": pl.String,
            "seller_id": pl.String,
            "amount": pl.Int64,
            "volume": pl.Int64,
            "coupon_id": pl.String,
            "reverses": pl.String,
        },
        orient="row",
    )
    return frame.with_columns(pl.Series(name, values, dtype=pl.String) for name, values in columns.items())


def clicks_table(clicks: list[Click]) -> pl.DataFrame | None:
    """The clicks."""
    rows = [(each.who, each.order, each.buyer, each.when, "cart" if each.cart else None) for each in clicks]
    schema = {
        "participant_id": pl.String,
        "order_id": pl.String,
        "buyer_id": pl.String,
        "date": pl.Datetime("ms"),
        "kind": pl.String,
    }
    return pl.DataFrame(rows, schema=schema, orient="row") if rows else None


def facts_table(*rows: tuple[str | None, str | None, str, str]) -> pl.DataFrame:
    """Facts from (participant, period, fact, value)."""
    schema = dict.fromkeys(("participant_id", "period", "fact", "value"), pl.String)
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def period_of(order: Order) -> str:
    """The month."""
    return f"{order.when:%Y-%m}"


def percent(rate: Fraction) -> str:
    """A rate as a plan writes it."""
    return f"'{rate.numerator}/{rate.denominator}'"


def paid(computed: Computed, component: str) -> dict[tuple[str, str, int], int]:
    """(order, who, level) -> amount of what a component paid."""
    lines = computed.lines.filter((pl.col("status") == "paid") & (pl.col("component") == component))
    found: dict[tuple[str, str, int], int] = {}
    for order, who, level, amount in lines.select("source_order_id", "participant_id", "level", "amount").iter_rows():
        found[order, who, level] = found.get((order, who, level), 0) + amount
    return found


def ties(computed: Computed) -> None:
    """Everything allotted is accounted for, and totals without lines are the same."""
    assert computed.balance["ties"].all()
