"""What a plan alone does not say and the tests need: prices, how the company grows, how far a search goes.

Everything here is an assumption of the person who asks; the tests print all of it. Defaults are chosen so that nothing
is invented: a position costs nothing but what the plan asks one to buy, an order is 100 or whatever the plan asks for.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

from pydantic import Field

from compensation.quantities import Factor, Money, Rate
from intake.frozen import Frozen

MOST_PEOPLE = 20_000
"""Participants up to which growth is simulated."""


class Terms(Frozen):
    """The assumptions of a game; money in whole units of the plan's currency."""

    joining: Money = Fraction(0)
    """What a new position costs, beside what the plan asks it to buy."""
    order: Money = Fraction(100)
    """Price of an order; more where the plan asks for more volume."""
    points_per_unit: Factor = Fraction(1)
    """Volume (BV, PV) of an order for each unit of its price."""
    wholesale: Rate = Fraction(7, 10)
    """The wholesale price as a share of the price, for plans that pay on the margin."""
    prices: dict[str, Money] = Field(default_factory=dict)
    """Prices of single products, by name; of a rank that is bought, by the rank."""
    most_positions: Annotated[int, Field(ge=2, le=64)] = 8
    """False positions that are tried at most."""
    most_recruits: Annotated[int, Field(ge=1, le=200)] = 20
    """Recruits that are tried at most."""
    growth: Rate = Fraction(1, 5)
    """New participants per period, as a share of those who are there."""
    start: Annotated[int, Field(ge=1, le=1000)] = 50
    """Participants in the first period."""
    periods: Annotated[int, Field(ge=1, le=60)] = 12
    buys_for: Annotated[int, Field(ge=1)] | None = None
    """Periods for which each participant buys, the one of joining included; to the end, unless said."""
    own_use: Money = Fraction(0)
    """Goods of a period that are used up and no loss, in the simulation of growth: counted beside all of them as a cost."""
    customers: Annotated[int, Field(ge=0, le=100)] = 0
    """Orders of outside customers per participant and period, in the simulation of growth."""
    seeds: Annotated[int, Field(ge=1, le=50)] = 5
    """How often growth is simulated, each time with other chances."""
