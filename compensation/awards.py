"""What a component hands back: its awards as plain arrays, and what became of the money it allots.

Hundreds of millions of awards are possible, so they are columns of small integers (indexes into the evaluation's
orders and participants) and become a table with ids only when somebody looks (`computed.Computed`). `Balance`
states, exactly, that what the component allots is paid, kept for somebody, earned by nobody, or lost in rounding.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import numpy.typing as npt

Int64s = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]

PAID, HELD, RELEASED, BREAKAGE = 0, 1, 2, 3
STATUSES = ("paid", "held", "released", "breakage")

NO_UPLINE = "no-upline"
INELIGIBLE = "ineligible"
NO_DEPTH = "lacks-depth"
STOPPED = "stopped-by-depth"
LOWER_RATE = "lower-rate"
UNKNOWN_BUYER = "unknown-buyer"
REASONS = (NO_UPLINE, INELIGIBLE, NO_DEPTH, STOPPED, LOWER_RATE, UNKNOWN_BUYER)
"""Why nobody earned an amount. The index is what kernels write."""


@dataclass(slots=True)
class Balance:
    """Where the allotted money of one component went, in minor units (exact where a fraction is possible)."""

    allotted: Fraction = Fraction(0)
    paid: int = 0
    held: int = 0
    """Earned but not yet paid at the end."""
    breakage: dict[str, int] = field(default_factory=dict)
    """By reason."""
    rounding: Fraction = Fraction(0)
    """Lost (positive) or gained by rounding."""

    @property
    def ties(self) -> bool:
        """Whether everything allotted is accounted for."""
        return self.allotted == self.paid + self.held + sum(self.breakage.values()) + self.rounding


@dataclass(slots=True)
class Awards:
    """The awards of one component, in the order in which they were computed."""

    component: str
    order: Int32s
    """Index of the source order; -1 where an award has none."""
    participant: Int32s
    """Row of the earner; -1 for what nobody earned."""
    level: npt.NDArray[np.int16]
    rate: npt.NDArray[np.int16]
    """Index into `rates`; -1 for a fixed amount."""
    amount: Int64s
    status: npt.NDArray[np.int8]
    note: npt.NDArray[np.int16]
    """Index into `notes`; -1 for none."""
    base: Int64s | None = None
    """What the rate was applied to; None = that of the order, see `order_base`."""
    order_base: Int64s | None = None
    """Base per order of the evaluation."""
    paid_with: Int32s | None = None
    """The order whose event released the award, where that is not the source order."""
    rates: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    balance: Balance = field(default_factory=Balance)
    state: dict[str, object] = field(default_factory=dict)
    """What the component carries over to later periods; plain JSON values."""
    breakage: list[tuple[int, int, str, int, int]] = field(default_factory=list)
    """Summed: period index, level, reason, awards, amount."""
    earned: list[tuple[int, Int32s, Int64s, Int64s]] = field(default_factory=list)
    """Totals only: period index, rows, awards, amounts."""

    def __len__(self) -> int:
        return len(self.order)
