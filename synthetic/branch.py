"""One branch of a made-up company, month by month: its tables, and what the real plan engine pays on them.

The engine computes each month and carries its state to the next, which gives what one computation over all months
gives; so a branch needs the memory of its largest month. Recorded payouts are the engine's lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from compensation import Computed, Plan, compute
from genealogy.network import Network
from synthetic import tables
from synthetic.draws import Draws
from synthetic.ids import ids, picked
from synthetic.lines import Label, Lines
from synthetic.people import People, make_people, month_starts
from synthetic.purchases import Shop
from synthetic.scenario import Scenario, exact
from synthetic.service import Service, invitations

LABELLED = {
    Label.FOR_RANK: "rank_purchases",
    Label.FABRICATED: "fabricated_receipts",
    Label.WASH: "wash_orders",
}
"""Labels of order lines that are listed in the truth, and what the list is called."""


@dataclass(frozen=True)
class MonthTables:
    """What a branch recorded in a month."""

    name: str
    """YYYY-MM."""
    participants: pl.DataFrame
    """Everybody who is ever in the branch, with its first month; nobody with the others."""
    orders: pl.DataFrame
    payouts: pl.DataFrame
    returns: pl.DataFrame
    ranks: pl.DataFrame
    clicks: pl.DataFrame
    facts: pl.DataFrame
    complaints: pl.DataFrame
    invitations: pl.DataFrame
    labels: pl.DataFrame
    """`order_id` and `label` of the planted orders."""

    def __getitem__(self, table: str) -> pl.DataFrame:
        frame: pl.DataFrame = getattr(self, table)
        return frame


TABLES = (
    "participants",
    "orders",
    "payouts",
    "returns",
    "ranks",
    "clicks",
    "facts",
    "complaints",
    "invitations",
)
"""What a month holds."""


@dataclass
class Branch:
    """A founder and everybody below; a small company is one branch.

    Args:
        scenario: the kind.
        plan: what the company pays by.
        draws: every random stream of the branch.
        size: positions, the planted ones included.
        first: positions of the branches before.
        length: months.
    """

    scenario: Scenario
    plan: Plan
    draws: Draws
    size: int
    first: int
    length: int

    @cached_property
    def people(self) -> People:
        """The network as arrays."""
        return make_people(self.scenario, self.draws, self.size, self.length, self.first)

    @cached_property
    def participants(self) -> pl.DataFrame:
        """The list of participants."""
        return tables.participants(self.scenario, self.people, self.draws)

    @property
    def planted_positions(self) -> list[list[str]]:
        """Rows of positions set up by one person, each as ids in order of joining."""
        row = self.people.row
        at = np.flatnonzero(row >= 0)
        frame = pl.DataFrame({"id": self.people.named(at), "row": row[at]})
        grouped = frame.group_by("row", maintain_order=True).agg("id").sort("row")
        return [list(each) for each in grouped["id"]]

    def months(self, counted: Counter[str]) -> Iterator[MonthTables]:
        """Every month's tables, in order.

        Args:
            counted: rows of each table before, by which ids are numbered; grows with what is made.
        """
        scenario, starts = self.scenario, month_starts(self.scenario, self.length)
        shop = Shop(scenario, self.people, self.draws, self.length)
        network = Network.from_table(self.participants)
        deposits = Deposits(scenario, self.length)
        service = Service(scenario, self.people, self.draws, int(starts[-1]))
        state: pl.DataFrame | None = None
        for number in range(self.length):
            name, close = self.month_name(number), int(starts[number + 1])
            lines = shop.month(number)
            load = service.load(lines)
            orders = tables.orders(scenario, shop.wares, self.people, lines, counted["orders"])
            orders = orders.hstack(service.delivered(lines, number, load))
            clicks = tables.clicks(scenario, self.people, orders, lines, self.draws, number)
            facts = deposits.month(number, name, shop, lines)
            computed = compute(
                self.plan,
                network,
                orders.with_columns(period=pl.lit(name)) if not len(orders) else orders,
                clicks=clicks if len(clicks) else None,
                facts=facts if len(facts) else None,
                state=state,
            )
            state = computed.state
            month = MonthTables(
                name,
                self.participants if number == 0 else self.participants.clear(),
                orders,
                self._payouts(computed, counted["payouts"], close),
                tables.returns(
                    scenario,
                    self.people,
                    orders,
                    lines,
                    self.draws,
                    number,
                    close,
                    int(starts[-1]),
                    counted["returns"],
                    load,
                ),
                self._ranks(computed),
                clicks,
                facts,
                service.complaints(orders, lines, number, load, counted["complaints"]),
                invitations(
                    scenario, self.people, self.draws, number, int(starts[number]), close, counted["invitations"]
                ),
                _labels(orders, lines),
            )
            for table in TABLES:
                counted[table] += len(month[table])
            yield month

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
            id=ids("P", np.arange(first, first + len(found)), 9),
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
                        "rank": picked(pl.Series(ranks.order), held[at] - 1),
                    }
                )
            )
        return pl.concat(frames)


def _labels(orders: pl.DataFrame, lines: Lines) -> pl.DataFrame:
    """The planted orders of a month."""
    found = [pl.DataFrame(schema={"order_id": pl.String, "label": pl.String})]
    for label, name in LABELLED.items():
        at = np.flatnonzero(lines.label == label)
        found.append(pl.DataFrame({"order_id": orders["id"].gather(pl.Series(at))}).with_columns(label=pl.lit(name)))
    return pl.concat(found)


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
                "participant_id": shop.people.named(at),
                "period": pl.Series([name]).new_from_index(0, len(at)),
                "fact": pl.Series(["promised_return"]).new_from_index(0, len(at)),
                "value": _major(amount),
            }
        )


def _major(minor: np.ndarray[tuple[int], np.dtype[np.int64]]) -> pl.Series:
    amount = pl.Series("value", minor)
    return pl.select(pl.format("{}.{}", amount // 100, (amount % 100).cast(pl.String).str.zfill(2))).to_series()
