"""Small random companies for the families that are paid up a line: people, standing, and two months of orders.

A `World` is plain dictionaries, as the slow twins want it; `books` turns it into what the engine reads. Orders may come
from strangers, name only a seller, be negative, or take back another order; people may be inactive in a month or leave
at the very moment of an order; sponsors may be missing.
"""

# ruff: noqa: DTZ001 - the tables hold naive UTC times
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

import polars as pl
from hypothesis import strategies as st

from compensation.books import Books
from genealogy.network import Network

RANKS = ["Member", "Silver", "Gold"]
MONTHS = ["2025-01", "2025-02"]
DAYS = [datetime(2025, 1, 5), datetime(2025, 1, 20), datetime(2025, 2, 10)]
LEAVING = [datetime(2025, 1, 10), datetime(2025, 1, 20), datetime(2025, 2, 1)]
RATES = [Fraction(0), Fraction(1, 20), Fraction(1, 8), Fraction(1, 3), Fraction(2, 5)]


@dataclass
class SlowOrder:
    """An order as a twin wants it; `as_of` is its own time, or that of the order it takes back."""

    number: int
    buyer: str | None
    seller: str | None
    base: int
    time: datetime
    as_of: datetime
    reverses: int | None = None

    @property
    def month(self) -> str:
        """The month in which it pays."""
        return f"{self.time:%Y-%m}"

    @property
    def standing(self) -> str:
        """The month whose standing holds."""
        return f"{self.as_of:%Y-%m}"


@dataclass
class World:
    """A company."""

    sponsor: dict[str, str | None]
    rank: dict[str, str | None]
    rate: dict[tuple[str, str], Fraction] = field(default_factory=dict)
    leader: set[tuple[str, str]] = field(default_factory=set)
    inactive: set[tuple[str, str]] = field(default_factory=set)
    left: dict[str, datetime] = field(default_factory=dict)
    orders: list[SlowOrder] = field(default_factory=list)

    def upline(self, who: str | None) -> list[str]:
        """Everybody above, nearest first."""
        chain = []
        who = self.sponsor.get(who) if who else None
        while who is not None:
            chain.append(who)
            who = self.sponsor[who]
        return chain

    def line(self, order: SlowOrder, *, buyer_first: bool = False, above_seller: bool = False) -> list[str]:
        """The people whom an order may pay, nearest first."""
        if order.buyer in self.sponsor:
            return [order.buyer, *self.upline(order.buyer)] if buyer_first else self.upline(order.buyer)
        if order.seller in self.sponsor:
            return self.upline(order.seller) if above_seller else [order.seller, *self.upline(order.seller)]
        return []

    def credited(self, order: SlowOrder) -> str | None:
        """Whom an order is credited to."""
        if order.buyer in self.sponsor:
            return order.buyer
        return order.seller if order.seller in self.sponsor else None

    def can(self, who: str, month: str, moment: datetime | None) -> bool:
        """Whether somebody can earn: active in the month, and not gone at the moment (None: the month's close)."""
        if (who, month) in self.inactive:
            return False
        gone = self.left.get(who)
        if gone is None:
            return True
        return f"{gone:%Y-%m}" > month if moment is None else gone > moment

    def volumes(self, *, ignore: bool = False) -> dict[tuple[str, str], int]:
        """By participant and month what was brought in."""
        result: dict[tuple[str, str], int] = {}
        for order in self.orders:
            who = self.credited(order)
            if who is not None:
                base = max(order.base, 0) if ignore else order.base
                result[who, order.month] = result.get((who, order.month), 0) + base
        return {key: value for key, value in result.items() if value}


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Any small company."""
    size = draw(st.integers(1, 9))
    names = [f"p{i}" for i in range(size)]
    shape = draw(st.sampled_from(["any", "chain", "chain", "star"]))
    sponsor: dict[str, str | None] = {}
    for i, name in enumerate(names):
        choices = {"any": [None, *names[:i]], "chain": names[max(i - 1, 0) : i], "star": names[: min(i, 1)]}[shape]
        sponsor[name] = draw(st.sampled_from(choices)) if choices else None
    person = st.sampled_from(names)
    world = World(sponsor, {name: draw(st.sampled_from([None, *RANKS])) for name in names})
    month = st.sampled_from(MONTHS)
    for name in names:
        for each in MONTHS:
            if draw(st.booleans()):
                world.rate[name, each] = draw(st.sampled_from(RATES))
    world.leader = draw(st.sets(st.tuples(person, month), max_size=size))
    world.inactive = draw(st.sets(st.tuples(person, month), max_size=3))
    world.left = draw(st.dictionaries(person, st.sampled_from(LEAVING), max_size=2))
    anybody = st.sampled_from([*names, *names, None, "stranger"])
    for number in range(draw(st.integers(1, 7))):
        time = draw(st.sampled_from(DAYS))
        back = [one for one in world.orders if one.base > 0 and one.time <= time and one.reverses is None]
        if back and draw(st.integers(0, 3)) == 0:
            origin = draw(st.sampled_from(back))
            base = -draw(st.sampled_from([origin.base, max(origin.base // 3, 1)]))
            order = SlowOrder(number, origin.buyer, origin.seller, base, time, origin.time, origin.number)
        else:
            order = SlowOrder(number, draw(anybody), draw(anybody), draw(st.integers(-200, 2000)), time, time)
        world.orders.append(order)
    return world


def books(world: World, measure: str = "amount") -> Books:
    """The same company as the engine reads it."""
    people = pl.DataFrame(
        {
            "id": list(world.sponsor),
            "sponsor_id": list(world.sponsor.values()),
            "rank": [world.rank[name] for name in world.sponsor],
            "left": [world.left.get(name) for name in world.sponsor],
        },
        schema={"id": pl.String, "sponsor_id": pl.String, "rank": pl.String, "left": pl.Datetime("ms")},
    )
    table = pl.DataFrame(
        {
            "id": [f"o{one.number}" for one in world.orders],
            "date": [one.time for one in world.orders],
            "buyer_id": [one.buyer for one in world.orders],
            "seller_id": [one.seller for one in world.orders],
            measure: [one.base for one in world.orders],
            "reverses": [None if one.reverses is None else f"o{one.reverses}" for one in world.orders],
        },
        schema={
            "id": pl.String,
            "date": pl.Datetime("ms"),
            "buyer_id": pl.String,
            "seller_id": pl.String,
            measure: pl.Int64,
            "reverses": pl.String,
        },
    )
    facts = [(who, month, "active", "false") for who, month in sorted(world.inactive)]
    facts += [(who, month, "leader", "true") for who, month in sorted(world.leader)]
    facts += [(who, month, "rate", f"{rate.numerator}/{rate.denominator}") for (who, month), rate in world.rate.items()]
    schema = dict.fromkeys(("participant_id", "period", "fact", "value"), pl.String)
    return Books(Network.from_table(people), table, facts=pl.DataFrame(facts, schema=schema, orient="row"))


HEAD = (
    "id: twin\ntitle: {en: T, ar: ت}\ncurrency: USD\nperiod: month\n"
    f"activity: {{rule: status}}\nranks: {{order: [{', '.join(RANKS)}]}}\n"
)


def rate(value: Fraction) -> str:
    """A rate in the plan language."""
    return f"'{value.numerator}/{value.denominator}'"


def row(values: list[Fraction]) -> str:
    """A list of rates in the plan language."""
    return "[" + ", ".join(map(rate, values)) + "]"


def rows(table: dict[str, Fraction]) -> str:
    """Rates by rank in the plan language."""
    return "{" + ", ".join(f"{name}: {rate(value)}" for name, value in table.items()) + "}"
