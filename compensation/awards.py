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
CAPPED = "capped"
SCALED = "scaled"
FLUSHED = "flushed"
UNMATCHED = "unmatched"
EXPIRED = "expired"
OUTSIDE_WINDOW = "outside-window"
UNDISTRIBUTED = "undistributed"
PASSED_BY = "passed-by"
BLOCKED = "blocked"
OWN_PURCHASE = "own-purchase"
REASONS = (
    NO_UPLINE, INELIGIBLE, NO_DEPTH, STOPPED, LOWER_RATE, UNKNOWN_BUYER, CAPPED, SCALED, FLUSHED, UNMATCHED, EXPIRED,
    OUTSIDE_WINDOW, UNDISTRIBUTED, PASSED_BY, BLOCKED, OWN_PURCHASE,
)  # fmt: skip
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
class State:
    """What crosses from one period to the next: explicit, saved, and given back to a later computation."""

    numbers: dict[str, tuple[Int32s, Int64s]] = field(default_factory=dict)
    """By name, for example `carry_left`: rows of participants and values; who is not listed has 0."""
    notes: dict[str, object] = field(default_factory=dict)
    """Anything else, by name; plain JSON values with participants as ids."""

    def __bool__(self) -> bool:
        return bool(self.numbers or self.notes)


@dataclass(slots=True)
class Figure:
    """A number per participant at the close of a period that is no money paid: carry, qualifying volume, a rank."""

    name: str
    period: int
    rows: Int32s
    values: Int64s
    decimals: int
    """Values are in units of 10^-decimals; -1 for yes or no."""


@dataclass(slots=True)
class Awards:
    """The awards of one component, in the order in which they were computed."""

    component: str
    order: Int32s
    """Index of the source order; -1 where an award has none (an award on a period, or on other awards)."""
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
    period: Int32s | None = None
    """Period of each award; None = that of its order (or of the event that released it)."""
    source: Int32s | None = None
    """Row of the participant from whom the award comes; None = whom its order is credited to."""
    paid_with: Int32s | None = None
    """The order whose event released the award, where that is not the source order."""
    rates: list[str] = field(default_factory=list)
    exact: list[Fraction] = field(default_factory=list)
    """By rate: minor units per unit of base, before rounding."""
    base_decimals: int = 0
    """Decimals of the base; its unit is `base_unit`."""
    base_unit: str = ""
    """Currency of the base, `points`, or empty for a count."""
    notes: list[str] = field(default_factory=list)
    balance: Balance = field(default_factory=Balance)
    state: State = field(default_factory=State)
    cuts: list[tuple[str, Int64s]] = field(default_factory=list)
    """What limits took off each award: id of the limit, and minor units per award."""
    figures: list[Figure] = field(default_factory=list)
    """Carry, volumes and the like at the close of each period, for statements and explanations."""
    breakage: list[tuple[int, int, str, int, int]] = field(default_factory=list)
    """Summed: period index, level, reason, awards, amount."""
    earned: list[tuple[int, Int32s, Int64s, Int64s]] = field(default_factory=list)
    """Totals only: period index, rows, awards, amounts."""

    def __len__(self) -> int:
        return len(self.order)

    def periods(self, period_of_order: Int32s, cut: slice = slice(None)) -> Int32s:
        """Index of the period in which each award (of a slice) is paid."""
        if self.period is not None:
            return self.period[cut]
        event = self.order if self.paid_with is None else self.paid_with
        return period_of_order[event[cut]]

    def bases(self) -> Int64s:
        """What each award's rate was applied to."""
        if self.base is not None:
            return self.base
        if self.order_base is None:
            return np.zeros(len(self.order), np.int64)
        return self.order_base[self.order]

    def before_limits(self) -> Int64s:
        """What each award was before any limit cut it."""
        return self.amount + sum((cut for _, cut in self.cuts), np.zeros(len(self.amount), np.int64))

    def counted(self) -> npt.NDArray[np.bool_]:
        """Which awards are paid out: paid at once, or released."""
        paid: npt.NDArray[np.bool_] = (self.status == PAID) | (self.status == RELEASED)
        return paid
