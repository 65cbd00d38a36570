"""The most that a component can promise: a share of what is sold, whatever the tree looks like, or no bound at all.

`Promise` is what a component says of itself from its parameters alone; the plan's reading adds them up.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, NamedTuple

from intake.text import Text


class Promise(NamedTuple):
    """The most that a component pays, out of a unit of its base."""

    of: Literal["amount", "volume", "points", "cost", "margin", "awards", "event"] | None
    """Of what the share is: a measure of the orders (in currency per unit of it), the awards of other components, or an
    event that is no sale (a recruit, a rank); None = it takes from payouts and never adds."""
    share: Fraction | None
    """Of every order at most; None = without limit, or not to be said from the plan alone."""
    why: Text | None = None
    """How the figure comes about, or why there is none."""
