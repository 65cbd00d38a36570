"""What can be bought in a scenario, as arrays: prices, wholesale prices, volumes and categories by product number.

The catalogue is common to all scenarios; each sets its own markup and share of volume. Everything is exact: prices in
minor units, volumes in thousandths of a point.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from intake.schema import ORDER_CATEGORIES
from intake.yaml_lines import read_yaml
from synthetic.draws import Ints, Reals
from synthetic.scenario import FOLDER, MOST_BYTES, Goods, Item, Scenario, cents, exact

UNIT = 500
"""Minor units of one piece of the assortment with which purchases are topped up to a threshold."""


@dataclass
class Wares:
    """Products by number."""

    names: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    price: list[int] = field(default_factory=list)
    """To participants, minor units."""
    retail: list[int] = field(default_factory=list)
    """To customers, minor units."""
    volume: list[int] = field(default_factory=list)
    """Thousandths of a point."""
    weight: list[float] = field(default_factory=list)

    def add(self, name: str, category: str, price: int, retail: int, volume: int, weight: float = 1.0) -> int:
        """One more product; its number."""
        self.names.append(name)
        self.categories.append(category)
        self.price.append(price)
        self.retail.append(retail)
        self.volume.append(volume)
        self.weight.append(weight)
        return len(self.names) - 1


@dataclass(frozen=True)
class Catalogue:
    """The wares of one scenario, and which numbers are bought on which occasion."""

    names: tuple[str, ...]
    categories: tuple[str, ...]
    price: Ints
    retail: Ints
    volume: Ints
    goods: tuple[int, ...]
    goods_chance: Reals
    assortment: int
    """The ware that tops up to a threshold; -1 without."""
    receipt: tuple[int, ...]
    """The wares of made-up receipts, one for each amount."""
    exchange: int
    """The ware that rings sell to one another; -1 without."""
    entry: tuple[int, ...]
    packages: tuple[int, ...]
    packages_chance: Reals
    recurring: int

    @property
    def two_prices(self) -> bool:
        """Whether customers pay another price than participants: where not, a wholesale price is not recorded."""
        return bool((self.price != self.retail).any())


def catalogue_of(scenario: Scenario) -> Catalogue:
    """Everything that a scenario sells."""
    wares = Wares()
    goods: list[int] = []
    assortment, exchange = -1, -1
    receipt: tuple[int, ...] = ()
    if scenario.goods is not None:
        goods = _catalogue_goods(wares, scenario.goods)
        assortment = wares.add(
            "Assortment", "product", UNIT, _marked_up(UNIT, scenario.goods), _points(UNIT, scenario.goods)
        )
        if scenario.receipts is not None:
            receipt = tuple(
                wares.add("Retail receipt", "product", cents(each), cents(each), _points(cents(each), scenario.goods))
                for each in scenario.receipts.amounts.value
            )
        if scenario.wash is not None:
            price = cents(scenario.wash.amount.value)
            exchange = wares.add("Resold stock", "product", price, price, _points(price, scenario.goods))
    entry = tuple(_fixed(wares, item) for item in scenario.entry)
    packages = tuple(_fixed(wares, item) for item in scenario.packages)
    recurring = _fixed(wares, scenario.recurring) if scenario.recurring else -1
    return Catalogue(
        tuple(wares.names),
        tuple(wares.categories),
        np.array(wares.price, np.int64),
        np.array(wares.retail, np.int64),
        np.array(wares.volume, np.int64),
        tuple(goods),
        _chances([wares.weight[each] for each in goods]),
        assortment,
        receipt,
        exchange,
        entry,
        packages,
        _chances([wares.weight[each] for each in packages]),
        recurring,
    )


def _catalogue_goods(wares: Wares, goods: Goods) -> list[int]:
    listed = read_yaml(FOLDER / "catalogue.yaml", MOST_BYTES).content["goods"]
    return [
        wares.add(
            str(each["id"]),
            "product",
            cents(str(each["price"])),
            _marked_up(cents(str(each["price"])), goods),
            _points(cents(str(each["price"])), goods),
            float(each["weight"]),
        )
        for each in listed
    ]


def _fixed(wares: Wares, item: Item) -> int:
    return wares.add(item.id, item.category, cents(item.price), cents(item.price), cents(item.volume) * 10, item.weight)


def _marked_up(price: int, goods: Goods) -> int:
    """To the next half unit of money, as price lists are."""
    return -(-int(price * (1 + exact(goods.markup.value))) // 50) * 50


def _points(price: int, goods: Goods) -> int:
    return int(Fraction(price, 100) * exact(goods.volume.value) * 1_000)


def _chances(weights: Iterable[float]) -> Reals:
    listed = np.array(list(weights), np.float64)
    return np.cumsum(listed / listed.sum())[:-1] if len(listed) else listed


CATEGORY_NUMBER = {name: number for number, name in enumerate(ORDER_CATEGORIES)}
