"""A made-up company: its branches one after the other, and what of the planted truth is known once they are made.

A company of up to a million participants is one network under one founder. A larger one is several branches, each under
a founder of its own, that share the plan and the catalogue and nothing else, so that it takes the memory of one branch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import polars as pl

from compensation import Plan, load_plan
from intake.progress import Progress, silent
from synthetic.branch import TABLES, Branch, MonthTables
from synthetic.draws import Draws, shared_out
from synthetic.errors import MONTHS, PARTICIPANTS, OutOfRange
from synthetic.scenario import Scenario, load_scenario

LEAST, MOST = 1, 10_000_000
LEAST_MONTHS, MOST_MONTHS = 3, 120
ONE_NETWORK = 1_000_000
"""Participants up to which a company is one network."""
BRANCH = 250_000
"""Participants of a branch at most, in larger companies."""
LISTED_UP_TO = 20_000
"""Participants up to which planted orders are listed in the truth itself; in larger companies they are a table."""


@dataclass
class Company:
    """One made-up company. `months()` may be gone through once or more; each time it gives the same.

    Args:
        scenario: the kind.
        size: positions, the planted ones included.
        seed: of every draw.
        length: months.
    """

    scenario: Scenario
    size: int
    seed: int
    length: int = 24
    progress: Progress = silent
    plan_path: Path | None = None
    """Another plan than the scenario's own."""
    planted_orders: dict[str, list[str]] = field(default_factory=dict)
    """Ids of labelled orders, filled by `months`; in a company of more than `LISTED_UP_TO` see `MonthTables.labels`."""
    planted_positions: list[list[str]] = field(default_factory=list)
    """Rows of positions set up by one person, each as ids in order of joining, filled by `months`."""
    totals: dict[str, int] = field(default_factory=dict)
    """Rows of each table, and sums of money in minor units, filled by `months`."""

    def __post_init__(self) -> None:
        if not LEAST <= self.size <= MOST:
            raise OutOfRange(PARTICIPANTS, self.size, LEAST, MOST)
        if not LEAST_MONTHS <= self.length <= MOST_MONTHS:
            raise OutOfRange(MONTHS, self.length, LEAST_MONTHS, MOST_MONTHS)

    @cached_property
    def plan(self) -> Plan:
        """What the company pays by."""
        return load_plan(self.plan_path or self.scenario.plan_path)

    def branches(self) -> Iterator[Branch]:
        """The branches, each made anew."""
        number = 1 if self.size <= ONE_NETWORK else -(-self.size // BRANCH)
        first = 0
        for place, size in enumerate(shared_out(self.size, [1] * number).tolist()):
            yield Branch(self.scenario, self.plan, Draws(self.seed, self.scenario.id, place), size, first, self.length)
            first += size

    @property
    def participants(self) -> pl.DataFrame:
        """The list of participants, of all branches."""
        return pl.concat([branch.participants for branch in self.branches()])

    def months(self) -> Iterator[MonthTables]:
        """Every month's tables, in order; in a company of several branches one branch after the other."""
        counted: Counter[str] = Counter()
        self.planted_orders.clear()
        self.planted_positions.clear()
        self.totals.clear()
        for branch in self.branches():
            self.planted_positions += branch.planted_positions
            for number, month in enumerate(branch.months(counted), start=1):
                if self.size <= LISTED_UP_TO:
                    for label, order in month.labels.select("label", "order_id").iter_rows():
                        self.planted_orders.setdefault(label, []).append(order)
                for name in ("orders", "payouts"):
                    counted[f"{name}_amount"] += int(month[name]["amount"].sum())
                self.progress("make", (branch.first + branch.size * number / self.length) / self.size)
                yield month
        self.totals.update({name: counted[name] for name in (*TABLES, "orders_amount", "payouts_amount")})


def make(kind: str, participants: int, seed: int, months: int = 24, progress: Progress = silent) -> Company:
    """A company of a kind.

    Raises:
        UnknownKind: there is no such kind.
        OutOfRange: more or fewer participants or months than can be made.
    """
    return Company(load_scenario(kind), participants, seed, months, progress)
