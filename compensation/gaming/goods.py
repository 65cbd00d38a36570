"""What there is to buy under a plan, read from the plan itself: on joining, in every period, and for a rank.

A plan names no prices. An order costs what `Terms` say, or more where the plan asks for more volume; what the plan
pays a fixed sum for costs at least that sum, since it would pay out more than it takes in otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from compensation.frame import ActiveByAutoship, ActiveByPurchases, ActiveByRequirements, ActiveByVolume
from compensation.gaming.terms import Terms
from compensation.what_if.changes import NO_SALE
from intake.currencies import MINOR_UNITS

if TYPE_CHECKING:
    from compensation.components.contract import Component
    from compensation.frame import OrderFilter
    from compensation.plan import Plan
    from compensation.standing.requirements import Requirements

VOLUME_UNIT = 1000
"""Thousandths of a point, as the tables hold volume."""


@dataclass(frozen=True)
class Item:
    """Something that is bought in one order."""

    price: int
    """Minor units."""
    volume: int
    """Thousandths of a point."""
    cost: int
    """Wholesale price, minor units."""
    category: str | None = None
    product: str | None = None

    def part(self, number: int, of: int) -> Item:
        """One of so many parts of nearly the same size, the first with what is over."""

        def share(value: int) -> int:
            return value // of + (value % of if number == 0 else 0)

        return replace(self, price=share(self.price), volume=share(self.volume), cost=share(self.cost))

    def times(self, number: int) -> Item:
        """So much of it in one order."""
        return replace(self, price=self.price * number, volume=self.volume * number, cost=self.cost * number)


@dataclass(frozen=True)
class Goods:
    """Everything a participant may buy."""

    scale: int
    """Decimals of the plan's currency."""
    joining: tuple[Item, ...]
    """Bought once, on joining."""
    regular: tuple[Item, ...]
    """Bought in every period by whoever wants to be paid; empty where the plan pays on nothing of the kind."""
    ranks: dict[str, Item]
    """Ranks that are bought, lowest first."""
    asked: bool
    """Whether the plan asks for own purchases before it pays."""

    @property
    def first(self) -> tuple[Item, ...]:
        """What a new participant buys in the first period."""
        return (*self.joining, *self.regular)


def scale_of(plan: Plan) -> int:
    """Decimals of the plan's money: its own, the currency's, or 2."""
    return plan.decimals if plan.decimals is not None else MINOR_UNITS.get(plan.currency, 2)


def goods_of(plan: Plan, terms: Terms) -> Goods:
    """What the plan gives to buy, at the prices that the terms say."""
    scale = scale_of(plan)
    asked = _asked(plan)
    joining = [_item(plan, terms, product=product, category=category) for category, product in _joining(plan)]
    if terms.joining:
        price = _up(terms.joining * 10**scale)
        if joining:
            joining[0] = replace(joining[0], price=max(price, joining[0].price))
        else:
            joining = [Item(price, 0, price, "fee")]
    ranks = {name: _item(plan, terms, product=name) for name in _bought(plan)}
    regular = _regular(plan, terms, asked)
    return Goods(scale, tuple(joining), regular, ranks, asked.orders > 0 or asked.volume > 0)


# What the plan asks for


@dataclass(frozen=True)
class _Asked:
    volume: Fraction = Fraction(0)
    orders: int = 0
    category: str | None = None


def _asked(plan: Plan) -> _Asked:
    """The most that any rule asks of somebody who wants to be paid in a period."""
    found = [_Asked()]
    rule = plan.activity
    if isinstance(rule, ActiveByVolume):
        found.append(_Asked(rule.at_least, 1))
    elif isinstance(rule, ActiveByPurchases):
        found.append(_Asked(orders=rule.at_least))
    elif isinstance(rule, ActiveByAutoship):
        found.append(_Asked(rule.min_volume or Fraction(0), rule.count, (rule.categories or (None,))[0]))
    elif isinstance(rule, ActiveByRequirements):
        found += _asked_by(rule.requires)
    for component in plan.components:
        if component.eligibility.min_personal_volume is not None:
            found.append(_Asked(component.eligibility.min_personal_volume, 1))
        if component.eligibility.requires is not None:
            found += _asked_by(component.eligibility.requires)
    return _Asked(
        max(each.volume for each in found),
        max(each.orders for each in found),
        next((each.category for each in found if each.category is not None), None),
    )


def _asked_by(requires: Requirements) -> Iterator[_Asked]:
    for _, key, condition in requires.everywhere():
        if key == "personal_volume":
            yield _Asked(condition.at_least, 1)
        elif key in ("own_orders", "autoship"):
            category = (condition.categories or (None,))[0]
            yield _Asked((condition.min_volume or Fraction(0)) * condition.count, condition.count, category)


# What it pays on


def filters(component: Component) -> Iterator[OrderFilter]:
    """Every order filter of a component."""
    from compensation.frame import OrderFilter

    yield component.orders
    for name in type(component).model_fields:
        value: Any = getattr(component, name)
        if name != "orders" and isinstance(value, OrderFilter):
            yield value


def _kinds(plan: Plan) -> list[tuple[str | None, str | None]]:
    """Every category and product that a filter asks for, in the order of the plan."""
    found: list[tuple[str | None, str | None]] = []
    nothing: list[str | None] = [None]
    for component in plan.components:
        for wanted in filters(component):
            for category in wanted.categories or nothing:
                found += [(category, product) for product in wanted.products or nothing]
    return list(dict.fromkeys(found))


def _bought(plan: Plan) -> list[str]:
    ranks = plan.ranks
    if ranks is None or ranks.source != "purchases":
        return []
    return [name for name in ranks.order if name != ranks.unranked]


def _rank_names(plan: Plan) -> list[str]:
    """Products that make their buyer hold a rank."""
    return list(plan.ranks.order) if plan.ranks is not None and plan.ranks.source == "purchases" else []


def _joining(plan: Plan) -> list[tuple[str | None, str | None]]:
    """What is bought on joining: kits and fees that a filter names, and the product of the rank that all have."""
    start = plan.ranks.unranked if plan.ranks is not None and plan.ranks.source == "purchases" else None
    kinds = [
        (category, product)
        for category, product in _kinds(plan)
        if category in NO_SALE or (product is not None and product == start)
    ]
    return kinds[:1] if len({category for category, _ in kinds}) == 1 else kinds


def _admits(wanted: OrderFilter, category: str | None, product: str | None) -> bool:
    return (
        (wanted.categories is None or category in wanted.categories)
        and (wanted.products is None or product in wanted.products)
        and category not in (wanted.except_categories or ())
        and product not in (wanted.except_products or ())
    )


def _regular(plan: Plan, terms: Terms, asked: _Asked) -> tuple[Item, ...]:
    """The orders of one period: as many as the plan asks for, else one on which most of its components pay."""
    ranks = _rank_names(plan)
    kinds = [("product", None), *((c, p) for c, p in _kinds(plan) if c not in NO_SALE and p not in ranks)]
    kinds = [(c or "product", p) for c, p in kinds]
    if asked.category is not None:
        kinds = [(asked.category, product) for _, product in kinds]
    paid_by = [sum(_admits(each.orders, *kind) for each in plan.components) for kind in kinds]
    category, product = kinds[paid_by.index(max(paid_by))]
    number = max(asked.orders, 1)
    item = _item(plan, terms, product=product, category=category, least=asked.volume / number)
    if not asked.orders and not asked.volume and not _pays_on(plan, item):
        return ()
    return (item,) * number


def _pays_on(plan: Plan, item: Item) -> bool:
    """Whether the plan allots anything at all in a small company in which everybody buys and sells it."""
    from compensation.gaming.world import World

    world = World(plan, scale_of(plan))
    people = [world.company]
    for number in range(14):
        people.append(world.join(f"p{number}", people[number // 2]))
    for name in people[1:]:
        world.buy(name, item)
        world.sell(name, item)
    return world.run().allotted != 0


def _item(
    plan: Plan,
    terms: Terms,
    *,
    product: str | None = None,
    category: str | None = None,
    least: Fraction = Fraction(0),
) -> Item:
    """An item at its price: the one that the terms name, else theirs for an order, raised to what the plan asks."""
    unit = 10 ** scale_of(plan)
    special = category in NO_SALE or product in _rank_names(plan)
    price = terms.order
    if product is not None and product in terms.prices:
        price = terms.prices[product]
    elif special:
        price = Fraction(_fixed(plan, Item(0, 0, 0, category, product)), unit)
    for component in plan.components:
        if not special and _admits(component.orders, category, product):
            price = max(price, component.orders.min_amount or Fraction(0))
            least = max(least, component.orders.min_volume or Fraction(0))
    volume = max(price * terms.points_per_unit, least)
    if plan.volumes.measure == "amount":
        price = max(price, least)
    elif least > price * terms.points_per_unit:
        price = least / terms.points_per_unit
    minor = _up(price * unit)
    return Item(minor, _up(volume * VOLUME_UNIT), _up(minor * terms.wholesale), category, product)


def _fixed(plan: Plan, item: Item) -> int:
    """What the plan pays out on an order whatever its price: what it allots on one that costs nothing."""
    from compensation.gaming.world import World

    world = World(plan, scale_of(plan))
    above = world.company
    for number in range(len(plan.ranks.order) + 2 if plan.ranks is not None else 2):
        above = world.join(f"above {number}", above)
    world.buy(world.join("buyer", above), item)
    return world.run().allotted


def _up(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)
