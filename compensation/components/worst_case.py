"""The most that a component can promise: a share of what is sold, whatever the tree looks like, or no bound at all.

`Promise` is what a component says of itself from its parameters alone; the plan's reading adds them up.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Literal, NamedTuple

from intake.text import Text

if TYPE_CHECKING:
    from compensation.frame import Base


class Promise(NamedTuple):
    """The most that a component pays, out of a unit of its base."""

    of: Literal["amount", "volume", "points", "cost", "margin", "awards", "event"] | None
    """Of what the share is: a measure of the orders (in currency per unit of it), the awards of other components, or an
    event that is no sale (a recruit, a rank); None = it takes from payouts and never adds."""
    share: Fraction | None
    """Of every order at most; None = without limit, or not to be said from the plan alone."""
    why: Text | None = None
    """How the figure comes about, or why there is none."""


def of_base(base: Base, rate: Fraction | None, why: Text | None = None) -> Promise:
    """The promise of a component that pays at most a rate of a base; None = without limit, with the reason."""
    share = None if rate is None else rate * base.share * base.per_point
    if base.measure == "orders" or base.measure == "pieces":
        return Promise("event", share, why)
    return Promise(base.measure, share, why)
