"""A made-up company, month by month: its tables, and what the real plan engine pays on them.

The engine computes each month and carries its state to the next, which gives what one computation over all months
gives; so a company of ten million participants needs the memory of its largest month. Recorded payouts are the
engine's lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import polars as pl

from compensation import Computed, Plan, compute, load_plan
from genealogy.network import Network
from intake.progress import Progress, silent
from synthetic import tables
from synthetic.draws import Draws
from synthetic.errors import OutOfRange
from synthetic.lines import Label, Lines
from synthetic.people import People, make_people, month_starts
from synthetic.purchases import Shop
from synthetic.scenario import Scenario, exact, load_scenario

LEAST, MOST = 50, 10_000_000
LEAST_MONTHS, MOST_MONTHS = 3, 120
LISTED_UP_TO = 20_000
"""Participants up to which planted orders are listed in the truth itself; in larger companies they are a table."""
LABELLED = {
    Label.FOR_RANK: "rank_purchases",
    Label.FABRICATED: "fabricated_receipts",
    Label.WASH: "wash_orders",
}
"""Labels of order lines that are listed in the truth, and what the list is called."""


@dataclass(frozen=True)
class MonthTables:
    """What a company recorded in a month."""

    name: str
    """YYYY-MM."""
    orders: pl.DataFrame
    payouts: pl.DataFrame
    returns: pl.DataFrame
    ranks: pl.DataFrame
    clicks: pl.DataFrame
    facts: pl.DataFrame
    labels: pl.DataFrame
    """`order_id` and `label` of the planted orders."""

    def __getitem__(self, table: str) -> pl.DataFrame:
        frame: pl.DataFrame = getattr(self, table)
        return frame


TABLES = ("orders", "payouts", "returns", "ranks", "clicks", "facts")
"""The tables that grow month by month."""


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
    totals: dict[str, int] = field(default_factory=dict)
    """Rows of each table, and sums of money in minor units, filled by `months`."""

    def __post_init__(self) -> None:
        if not LEAST <= self.size <= MOST:
            raise OutOfRange("participants", self.size, LEAST, MOST)
        if not LEAST_MONTHS <= self.length <= MOST_MONTHS:
            raise OutOfRange("months", self.length, LEAST_MONTHS, MOST_MONTHS)

    @cached_property
    def draws(self) -> Draws:
        """Every random stream."""
        return Draws(self.seed, self.scenario.id)

    @cached_property
    def plan(self) -> Plan:
        """What the company pays by."""
        return load_plan(self.plan_path or self.scenario.plan_path)

    @cached_property
    def people(self) -> People:
        """The network as arrays."""
        return make_people(self.scenario, self.draws, self.size, self.length)

    @cached_property
    def participants(self) -> pl.DataFrame:
        """The list of participants."""
        return tables.participants(self.scenario, self.people, self.draws)

    def months(self) -> Iterator[MonthTables]:
        """Every month's tables, in order."""
        starts = month_starts(self.scenario, self.length)
        shop = Shop(self.scenario, self.people, self.draws, self.length)
        network = Network.from_table(self.participants)
        deposits = Deposits(self.scenario, self.length)
        state: pl.DataFrame | None = None
        counted = dict.fromkeys(TABLES, 0)
        self.planted_orders.clear()
        self.totals.clear()
        for number in range(self.length):
            lines = shop.month(number)
            orders = tables.orders(self.scenario, shop.wares, self.people, lines, counted["orders"])
            clicks = tables.clicks(self.scenario, self.people, orders, lines, self.draws, number)
            facts = deposits.month(number, self.month_name(number), shop, lines)
            computed = compute(
                self.plan,
                network,
                orders.with_columns(period=pl.lit(self.month_name(number))) if not len(orders) else orders,
                clicks=clicks if len(clicks) else None,
                facts=facts if len(facts) else None,
                state=state,
            )
            state = computed.state
            close = int(starts[number + 1])
            payouts = self._payouts(computed, counted["payouts"], close)
            month = MonthTables(
                self.month_name(number),
                orders,
                payouts,
                tables.returns(
                    self.scenario, orders, lines, self.draws, number, close, int(starts[-1]), counted["returns"]
                ),
                self._ranks(computed),
                clicks,
                facts,
                self._labels(orders, lines),
            )
            for name in TABLES:
                counted[name] += len(month[name])
            for name in ("orders", "payouts"):
                self.totals[f"{name}_amount"] = self.totals.get(f"{name}_amount", 0) + int(month[name]["amount"].sum())
            self.progress("make", (number + 1) / self.length)
            yield month
        self.totals.update(counted, participants=len(self.people))

    def month_name(self, number: int) -> str:
        """YYYY-MM of a month."""
        return str(np.datetime64(self.scenario.start.value, "M") + number)

    def _payouts(self, computed: Computed, first: int, close: int) -> pl.DataFrame:
        """The engine's lines of a month as the company would record them."""
        columns = (
            "period",
            "date",
            "participant_id",
            "component",
            "level",
            "amount",
            "currency",
            "source_order_id",
            "source_participant_id",
        )
        found = computed.columns(*columns, only=pl.col("status").is_in(["paid", "released"]) & (pl.col("amount") != 0))
        day = pl.lit(close * 1_000 - 1_000).cast(pl.Datetime("ms"))
        date = day if self.scenario.credited.value == "close" else pl.coalesce("date", day)
        return found.with_columns(
            date=date,
            level=pl.when(pl.col("level") > 0).then("level"),
            id=tables.ids("P", np.arange(first, first + len(found)), 9),
        ).select("id", *columns)

    def _ranks(self, computed: Computed) -> pl.DataFrame:
        """Ranks above the first, where the plan has its own."""
        ranks = self.plan.ranks
        if ranks is None or ranks.source != "qualified":
            return pl.DataFrame()
        evaluation = computed.evaluation
        frames = []
        for period, name in enumerate(evaluation.periods):
            held = evaluation.ranking.standing(period).held  # 1 is the lowest
            at = np.flatnonzero(held > 1)
            frames.append(
                pl.DataFrame(
                    {
                        "participant_id": evaluation.network.ids.gather(pl.Series(at)),
                        "period": pl.Series([name]).new_from_index(0, len(at)),
                        "rank": tables.taken(ranks.order, held[at] - 1),
                    }
                )
            )
        return pl.concat(frames)

    def _labels(self, orders: pl.DataFrame, lines: Lines) -> pl.DataFrame:
        """The planted orders of a month; kept in a list as long as the company is small."""
        found = [pl.DataFrame(schema={"order_id": pl.String, "label": pl.String})]
        for label, name in LABELLED.items():
            at = np.flatnonzero(lines.label == label)
            found.append(
                pl.DataFrame({"order_id": orders["id"].gather(pl.Series(at))}).with_columns(label=pl.lit(name))
            )
            if len(at) and self.size <= LISTED_UP_TO:
                self.planted_orders.setdefault(name, []).extend(found[-1]["order_id"].to_list())
        return pl.concat(found)

    @property
    def planted_positions(self) -> list[list[str]]:
        """Rows of positions set up by one person, each as ids in order of joining."""
        row = self.people.row
        at = np.flatnonzero(row >= 0)
        frame = pl.DataFrame({"id": tables.ids("M", at), "row": row[at]})
        grouped = frame.group_by("row", maintain_order=True).agg("id").sort("row")
        return [list(each) for each in grouped["id"]]


class Deposits:
    """What is promised on deposits: a fixed part of each, every month, for a stated time."""

    def __init__(self, scenario: Scenario, months: int) -> None:
        self._promise = scenario.returned
        self._until = int(months * scenario.returned.until.value) if scenario.returned else 0
        self._made: list[tuple[np.ndarray[tuple[int], np.dtype[np.int64]], ...]] = []

    def month(self, number: int, name: str, shop: Shop, lines: Lines) -> pl.DataFrame:
        """The facts that the company states of a month: what everybody's earlier deposits return."""
        if self._promise is None:
            return pl.DataFrame()
        rate = exact(self._promise.rate.value)
        due = np.zeros(len(shop.people), np.int64)
        if number < self._until:
            for rows, principal in self._made[-self._promise.months.value :]:
                np.add.at(due, rows, principal * rate.numerator // rate.denominator)
        due[shop.people.left < shop.starts[number + 1]] = 0
        deposit = np.isin(lines.ware, shop.wares.packages) & (lines.buyer >= 0)
        bought = shop.wares.price[lines.ware[deposit]] * lines.pieces[deposit]
        self._made.append((lines.buyer[deposit].astype(np.int64), bought))
        at = np.flatnonzero(due)
        amount = due[at]
        return pl.DataFrame(
            {
                "participant_id": tables.ids("M", at),
                "period": pl.Series([name]).new_from_index(0, len(at)),
                "fact": pl.Series(["promised_return"]).new_from_index(0, len(at)),
                "value": _major(amount),
            }
        )


def _major(minor: np.ndarray[tuple[int], np.dtype[np.int64]]) -> pl.Series:
    amount = pl.Series("value", minor)
    return pl.select(pl.format("{}.{}", amount // 100, (amount % 100).cast(pl.String).str.zfill(2))).to_series()


def make(kind: str, participants: int, seed: int, months: int = 24, progress: Progress = silent) -> Company:
    """A company of a kind.

    Raises:
        UnknownKind: there is no such kind.
        OutOfRange: more or fewer participants or months than can be made.
    """
    return Company(load_scenario(kind), participants, seed, months, progress)
