"""Rules that are tested unit by unit: for each participant, seller, month or order, and not on average.

A rule such as "no pay unless most of an organisation's sales are to customers" is kept or not by every unit of its
own. The headline is then the unit that lies worst; beside it stand the figure that 95% of the units keep and that of
the middle unit, since one slip of the pen should not speak for a company; and the series says how many units lie
where. An average is never formed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Literal

import numpy as np
import numpy.typing as npt

from compliance.indicators.registry import Value, alternative, money, point, share
from compliance.measurement import Alternative, Series, Unit
from intake.text import Text

Worst = Literal["lowest", "highest"]
Int64s = npt.NDArray[np.int64]

NEARLY_ALL = 20
"""One unit in so many may lie worse than the figure that nearly all keep: 5%."""

_LABELS: dict[Worst, tuple[Text, Text, Text]] = {
    "lowest": (
        Text(en="lowest of all units", ar="أدنى الوحدات"),
        Text(en="95% of the units have at least this", ar="95% من الوحدات لا تقل عن هذه القيمة"),
        Text(en="middle unit", ar="الوحدة الوسطى"),
    ),
    "highest": (
        Text(en="highest of all units", ar="أعلى الوحدات"),
        Text(en="95% of the units have at most this", ar="95% من الوحدات لا تزيد على هذه القيمة"),
        Text(en="middle unit", ar="الوحدة الوسطى"),
    ),
}


@dataclass(frozen=True)
class Units:
    """A figure for each unit, in exact integers: a share (part over whole), a count (whole None), or a sum of money."""

    part: Int64s
    whole: Int64s | None
    """Above zero; None: 1 for each."""
    worst: Worst
    prefix: str = ""
    """Put before the ids of the alternatives, where one indicator has several kinds of unit."""
    scale: int | None = None
    """Of sums of money: decimals of the currency. `part` is then in minor units."""

    def __len__(self) -> int:
        return len(self.part)

    @cached_property
    def ratios(self) -> npt.NDArray[np.float64]:
        """For ordering only: what is shown is a fraction of two integers."""
        return self.part / self.wholes

    def main(self) -> Value:
        """The unit that lies worst; there must be one."""
        return self._at(0)

    def others(self) -> tuple[Alternative, ...]:
        """What nearly all units keep, and the middle unit."""
        return tuple(
            alternative(f"{self.prefix}{name}", label, self._at(rank))
            for name, label, rank in zip(("nearly_all", "middle"), _LABELS[self.worst][1:], self._ranks, strict=True)
        )

    @property
    def headline(self) -> Text:
        """Which unit the headline is."""
        return _LABELS[self.worst][0]

    def up_to(self, steps: Sequence[Fraction], *, unit: Unit = "ratio", id_: str = "units_up_to") -> Series:
        """The share of the units that lie at or below each step."""
        common = lcm(*(step.denominator for step in steps))
        reached = -(-self.part * common // self.wholes)  # the least k with part / whole <= k / common, in integers
        counts = [int(np.count_nonzero(reached <= int(step * common))) for step in steps]
        return Series(
            id=id_,
            label=Text(en="Units up to this figure", ar="الوحدات حتى هذه القيمة"),
            axis="share",
            unit="ratio",
            of_money=False,
            points=tuple(
                point(_step(step, unit), share(count, len(self))) for step, count in zip(steps, counts, strict=True)
            ),
        )

    @cached_property
    def _ordered(self) -> npt.NDArray[np.float64]:
        """The ratios, the worst first, put in order as far as the ranks that are asked for."""
        sign = 1 if self.worst == "lowest" else -1
        return sign * np.partition(sign * self.ratios, (0, *self._ranks))

    @property
    def _ranks(self) -> tuple[int, int]:
        """Which one nearly all are no worse than, and the middle one."""
        return len(self) // NEARLY_ALL, (len(self) - 1) // 2

    def _at(self, rank: int) -> Value:
        """The unit of a rank, the worst first; of equal ones the largest, so that the order of the rows does not matter."""
        equal = self.ratios == self._ordered[rank]
        parts, wholes = self.part[equal], self.wholes[equal]
        whole = int(wholes.max())
        part = int(parts[wholes == whole].max())
        if self.scale is not None:
            return money(Fraction(part, whole), self.scale)
        return Value(part, part) if self.whole is None else Value(Fraction(part, whole), part, whole)

    @property
    def wholes(self) -> Int64s:
        """What each unit is taken of."""
        return np.ones_like(self.part) if self.whole is None else self.whole


def _step(step: Fraction, unit: Unit) -> str:
    if unit == "ratio":
        whole, rest = divmod(int(step * 100), 100)
        return f"{whole}.{rest:02d}"
    return str(step)
