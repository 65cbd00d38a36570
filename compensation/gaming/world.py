"""A small company made up for one question, and what the real engine pays in it.

People join under a sponsor, buy, sell to customers, and give back; each act is one second after the one before, so that
plans that go by the order of events see one. In the placement tree everybody stands in the first free of two places
under the sponsor, nearest first, unless told otherwise.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from compensation.books import Books
from compensation.components.contract import CUSTOMER_KINDS
from compensation.computing import compute_on
from compensation.gaming.goods import filters
from compensation.periods import period_names
from genealogy.network import Network

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compensation.gaming.goods import Item
    from compensation.plan import Plan

SIDES = ("left", "right")
_FIRST = datetime(2025, 1, 6, 12)  # noqa: DTZ001 - the tables hold naive UTC times; a Monday, in every zone


@dataclass(frozen=True)
class Pay:
    """What the plan pays in a world; minor units of its currency."""

    by_component: dict[str, dict[str, int]]
    """Participant, then component."""
    allotted: int
    """What the plan allots in all, rounded down: paid, or earned by nobody."""
    currency: str

    def of(self, people: Iterable[str]) -> int:
        """Sum for some people."""
        return sum(sum(self.by_component.get(name, {}).values()) for name in people)

    def parts(self, people: Iterable[str]) -> dict[str, int]:
        """The same by component."""
        result: dict[str, int] = defaultdict(int)
        for name in people:
            for component, amount in self.by_component.get(name, {}).items():
                result[component] += amount
        return dict(result)


class World:
    """A company of a few people; `company` is its root, and is nobody's profit."""

    company = "company"

    def __init__(self, plan: Plan, scale: int) -> None:
        self.plan = plan
        self.scale = scale
        self.spent: dict[str, int] = defaultdict(int)
        """What each paid the company, less what came back."""
        self.sponsor: dict[str, str | None] = {}
        self.since: dict[str, int] = {}
        """The period in which each joined."""
        self._placed: dict[str, tuple[str | None, str | None]] = {}
        self._under: dict[str, dict[str, str]] = defaultdict(dict)
        self._people: list[dict[str, Any]] = []
        self._orders: list[dict[str, Any]] = []
        self._clock: dict[int, int] = defaultdict(int)
        # kinds of buyer are the company's words; those that the plan asks for are used where they fit
        named = [kind for each in plan.components for wanted in filters(each) for kind in wanted.buyer_kinds or ()]
        inside = [kind for kind in named if kind not in CUSTOMER_KINDS]
        self._new_kind = next((kind for kind in inside if kind.startswith("new")), (inside or ["distributor"])[0])
        self._own_kind = next((kind for kind in inside if not kind.startswith("new")), "distributor")
        self._customer_kind = next((kind for kind in named if kind in CUSTOMER_KINDS), "customer")
        # a plan walks the trees that it names; to lay out the others costs as much as all the rest
        walked = plan.model_dump_json()
        self._trees_not_walked = [
            column
            for tree, columns in {"placement": ("placement_id", "leg"), "matrix": ("matrix_id",)}.items()
            for column in columns
            if f'"{tree}"' not in walked
        ]
        self.join(self.company, None)

    def join(self, name: str, sponsor: str | None, *, period: int = 0, side: str | None = None) -> str:
        """A new participant; returns the name.

        Args:
            name: anything, once.
            sponsor: who recruited him.
            period: in which he joins.
            side: the leg under the sponsor in which he is placed; by default the first free place, nearest first.
        """
        place: tuple[str | None, str | None] = (None, None)
        if sponsor is not None:
            place = self._free(sponsor, side)
            self._under[str(place[0])][str(place[1])] = name
        self.sponsor[name] = sponsor
        self.since[name] = period
        self._placed[name] = place
        self._people.append(
            {"id": name, "sponsor_id": sponsor, "placement_id": place[0], "leg": place[1], "matrix_id": place[0],
             "joined": self._now(period)}
        )  # fmt: skip
        return name

    def _free(self, sponsor: str, side: str | None) -> tuple[str, str]:
        if side is not None and side not in self._under[sponsor]:
            return sponsor, side
        waiting = deque([sponsor if side is None else self._under[sponsor][side]])
        while True:
            above = waiting.popleft()
            for each in SIDES:
                if each not in self._under[above]:
                    return above, each
                waiting.append(self._under[above][each])

    def buy(self, name: str, *items: Item, period: int = 0) -> list[str]:
        """Own purchases, one order each; returns the orders' ids."""
        self.spent[name] += sum(item.price for item in items)
        kind = self._new_kind if period == self.since[name] else self._own_kind
        return [self._order(item, period, buyer_id=name, buyer_kind=kind) for item in items]

    def sell(self, name: str, *items: Item, period: int = 0) -> list[str]:
        """Sales to outside customers, one order and one customer each; the customers' money is not the seller's."""
        return [
            self._order(
                item, period, buyer_id=f"customer {len(self._orders)}", buyer_kind=self._customer_kind, seller_id=name
            )
            for item in items
        ]

    def give_back(self, order: str, *, period: int = 0, named: bool = True) -> None:
        """A full return of an order; `named`: the record says which order it takes back."""
        first = next(each for each in self._orders if each["id"] == order)
        if first["buyer_id"] in self.sponsor:
            self.spent[first["buyer_id"]] -= first["amount"]
        back = {key: first[key] for key in ("buyer_id", "buyer_kind", "seller_id", "category", "product")}
        back |= {key: -first[key] for key in ("amount", "volume", "points", "cost")}
        self._add(period, **back, reverses=order if named else None)

    def _order(self, item: Item, period: int, **who: str) -> str:
        return self._add(
            period, amount=item.price, volume=item.volume, points=item.volume, cost=item.cost, category=item.category,
            product=item.product, **who,
        )  # fmt: skip

    def _add(self, period: int, **row: Any) -> str:
        name = f"order {len(self._orders)}"
        self._orders.append({"seller_id": None, "reverses": None, **row, "id": name, "date": self._now(period)})
        return name

    def _now(self, period: int) -> datetime:
        self._clock[period] += 1
        return _start(self.plan.period, period) + timedelta(seconds=self._clock[period])

    def books(self) -> Books:
        """The world as records."""
        text = dict.fromkeys(
            ("id", "buyer_id", "buyer_kind", "seller_id", "category", "product", "reverses"), pl.String
        )
        kinds: dict[str, Any] = {**text, **dict.fromkeys(("amount", "volume", "points", "cost"), pl.Int64)}
        links = dict.fromkeys(("id", "sponsor_id", "placement_id", "leg", "matrix_id"), pl.String)
        dated: dict[str, Any] = {**links, "joined": pl.Datetime("ms")}
        people = pl.DataFrame(self._people, schema=dated).drop(self._trees_not_walked)
        ranks = None
        if self.plan.ranks is not None and self.plan.ranks.source in ("participants", "ranks"):
            # the plan does not say how a rank is reached: everybody holds the highest
            people = people.with_columns(rank=pl.lit(self.plan.ranks.order[-1]))
            days = pl.Series([_start(self.plan.period, index) for index in sorted(self._clock)])
            periods = period_names(days, self.plan.period, self.plan.timezone).unique(maintain_order=True)
            ranks = people.select(pl.col("id").alias("participant_id"), "rank").join(
                pl.DataFrame({"period": periods}), how="cross"
            )
        orders = pl.DataFrame(self._orders, schema={**kinds, "date": pl.Datetime("ms")})
        return Books(
            Network.from_table(people),
            orders.with_columns(currency=pl.lit(self.plan.currency)),
            ranks,
            currencies={self.plan.currency: self.scale},
        )

    def run(self) -> Pay:
        """What the plan pays; awards that are no money of the plan's currency are left out."""
        computed = compute_on(self.plan, self.books(), lines=False)
        money = {
            each.id
            for each in self.plan.components
            if each.in_money and computed.currency_of(each.id) == self.plan.currency
        }
        paid: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for who, component, amount in computed.totals.select("participant_id", "component", "amount").iter_rows():
            if component in money:
                paid[who][component] += amount
        allotted = sum(int(amount) for component, amount in computed.allotted.items() if component in money)
        return Pay({who: dict(parts) for who, parts in paid.items()}, allotted, self.plan.currency)


def _start(length: str, index: int) -> datetime:
    """A moment well inside the period of that number."""
    months = {"month": 1, "quarter": 3, "year": 12}.get(length)
    if months is None:
        return _FIRST + timedelta(days=index * {"day": 1, "week": 7}.get(length, 30))
    month = index * months
    return _FIRST.replace(year=_FIRST.year + month // 12, month=month % 12 + 1)
