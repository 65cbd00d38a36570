"""What the records say about who was paid from whom: each payout tied to its order, and how far up its receiver stood.

A payout names its order, or else the participant from whom it came, who then must have placed an order before it. How
many levels above the buyer the receiver stands depends on the tree and on who is counted: everybody, or only those
with enough personal volume in the period. Nothing is concluded here.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numba as nb
import numpy as np
import numpy.typing as npt
import polars as pl

from compensation.books import Books
from compensation.components.unilevel import Unilevel
from compensation.errors import PlanMismatch
from compensation.evaluation import Evaluation
from compensation.frame import PeriodLength
from compensation.plan import Plan
from genealogy.network import Network
from intake.text import Text

Int64s = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
Measure = Literal["amount", "volume"]

NO_RANK = "(no rank)"
"""The rank of those of whom the records say none."""

_PERIODS: tuple[tuple[str, PeriodLength], ...] = (
    (r"^\d{4}-\d{2}-\d{2}$", "day"),
    (r"^\d{4}-W\d{2}$", "week"),
    (r"^\d{4}-\d{2}$", "month"),
    (r"^\d{4}-Q\d$", "quarter"),
    (r"^\d{4}$", "year"),
    (r"^all$", "whole"),
)

_PAYOUTS: dict[str, Any] = {
    "id": pl.String,
    "date": pl.Datetime("ms"),
    "period": pl.String,
    "participant_id": pl.String,
    "component": pl.String,
    "level": pl.Int64,
    "amount": pl.Int64,
    "currency": pl.String,
    "source_order_id": pl.String,
    "source_participant_id": pl.String,
}


@dataclass(frozen=True)
class Stream:
    """The payouts of one recorded component in one currency."""

    component: str
    currency: str
    payouts: pl.DataFrame
    receiver: Int32s
    """Row of each payout's receiver; -1 where unknown."""
    order: Int32s
    """Index of its order; -1 where it names none that is known."""
    by_order: bool
    """Whether the payouts name their orders; else they name the participant from whom they came."""


@dataclass(frozen=True)
class Places:
    """Where receivers stand above the orders, under one way of counting."""

    level: Int32s
    """Per payout; 0 where the receiver does not stand above the order, or is not counted."""
    rank: npt.NDArray[np.int16]
    """Rank of the receiver in the order's period, per payout."""


class Evidence:
    """The records, laid out to be searched."""

    def __init__(
        self,
        network: Network,
        orders: pl.DataFrame,
        payouts: pl.DataFrame,
        ranks: pl.DataFrame | None,
        currencies: dict[str, int],
        timezone: str,
    ) -> None:
        table = payouts.select(
            (pl.col(name) if name in payouts.columns else pl.lit(None)).cast(kind).alias(name)
            for name, kind in _PAYOUTS.items()
        )
        self.currency = _commonest(orders, "currency") or _commonest(table, "currency")
        if self.currency is None:
            raise PlanMismatch(
                Text(
                    en="neither orders nor payouts name a currency; import the column that holds it",
                    ar="لا تذكر الطلبات ولا الدفعات عملة. يُرجى استيراد العمود الذي يحملها",
                )
            )
        self.length = _period_length(table["period"].drop_nulls())
        self.timezone = timezone
        self.payouts = table.with_columns(
            pl.col("component").fill_null("payout"), pl.col("currency").fill_null(self.currency)
        ).with_row_index("number")
        self.books = Books(network, orders, ranks, currencies=currencies)
        self.rank_names, self.rank_source = self._ranks(network, ranks)
        self.evaluation = Evaluation(Plan.model_validate(self.frame() | {"components": [_NOTHING]}), self.books)

    def frame(self) -> dict[str, Any]:
        """The parts of a plan that the records themselves say."""
        frame: dict[str, Any] = {
            "id": "inferred",
            "title": {"en": "Inferred from the payouts", "ar": "مستنتجة من الدفعات المسجّلة"},
            "currency": self.currency,
            "period": self.length,
        }
        if self.timezone != "UTC":
            frame["timezone"] = self.timezone
        if self.rank_names:
            frame["ranks"] = {"order": self.rank_names, "source": self.rank_source, "unranked": NO_RANK}
        return frame

    def _ranks(self, network: Network, ranks: pl.DataFrame | None) -> tuple[list[str], str]:
        if ranks is not None and len(ranks):
            return [NO_RANK, *ranks["rank"].cast(pl.String).drop_nulls().unique().sort().to_list()], "ranks"
        people = network.participants
        if "rank" in people.columns and people["rank"].null_count() < len(people):
            return [NO_RANK, *people["rank"].cast(pl.String).drop_nulls().unique().sort().to_list()], "participants"
        return [], "participants"

    @cached_property
    def streams(self) -> list[Stream]:
        """The payouts by recorded component and currency, in the order of their names."""
        found = []
        network, orders = self.books.network, self.evaluation.orders
        index = orders.select(source_order_id="id").with_row_index("at").unique("source_order_id", keep="first")
        for (component, currency), mine in self.payouts.sort("number").group_by(
            ["component", "currency"], maintain_order=True
        ):
            named = mine.join(index, on="source_order_id", how="left", maintain_order="left")["at"]
            order = named.cast(pl.Int32).fill_null(-1).to_numpy().astype(np.int32)
            by_order = bool(mine["source_order_id"].null_count() < len(mine))
            receiver = np.asarray(network.rows_of(mine["participant_id"]), np.int32)
            found.append(Stream(str(component), str(currency), mine, receiver, order, by_order))
        return sorted(found, key=lambda stream: (stream.component, stream.currency))

    def tied(self, stream: Stream, among: Bools) -> Stream:
        """A stream whose payouts name no orders, each tied to the last order that its source placed before it."""
        at = np.flatnonzero(among)
        evaluation = self.evaluation
        placed = pl.DataFrame(
            {"who": evaluation.credited[at], "when": evaluation.orders["date"].gather(at), "at": at.astype(np.int32)}
        ).drop_nulls("when").sort("when")  # fmt: skip
        source = np.asarray(self.books.network.rows_of(stream.payouts["source_participant_id"]), np.int32)
        asked = pl.DataFrame({"who": source, "when": stream.payouts["date"]}).with_row_index("i")
        dated = asked.drop_nulls("when").sort("when")
        if not len(placed) or not len(dated):
            return stream
        joined = dated.join_asof(placed, on="when", by="who", strategy="backward", check_sortedness=False)
        order = np.full(len(source), -1, np.int32)
        order[joined["i"].to_numpy()] = joined["at"].fill_null(-1).to_numpy()
        order[source < 0] = -1
        return Stream(stream.component, stream.currency, stream.payouts, stream.receiver, order, stream.by_order)

    # Levels

    def trees(self) -> list[str]:
        """The trees that a plan can walk, the sponsors' first."""
        return [name for name in ("sponsor", "placement", "matrix") if name in self.books.network.names]

    def places(self, stream: Stream, tree: str, counted: dict[int, Bools] | None) -> Places:
        """How many levels above its order each receiver stands.

        Args:
            stream: the payouts.
            tree: which tree is walked.
            counted: who is counted, by row, per period; None counts everybody.
        """
        evaluation = self.evaluation
        level = np.zeros(len(stream.order), np.int32)
        rank = np.zeros(len(stream.order), np.int16)
        for walk, mine in self._walked(stream, tree):
            parent, position = walk.parent, np.append(walk.tree.position, np.int32(-1))
            who = np.ones(len(parent), np.bool_) if counted is None else counted[walk.period][walk.tree.row]
            above = counted_above(parent, who)
            start = self._start(position, parent, stream.order[mine])
            stands = position[stream.receiver[mine]]
            inside = (start >= 0) & (stands >= 0) & (stands <= start)
            inside &= start < stands + walk.tree.size[stands]
            inside &= who[stands]
            level[mine] = np.where(inside, above[start] - above[stands] + 1, 0)
            rank[mine] = evaluation.rank(walk.period)[stream.receiver[mine]]
        return Places(level, rank)

    def possible(
        self,
        codes: npt.NDArray[np.int64],
        tree: str,
        counted: dict[int, Bools] | None,
        earns: dict[int, Bools] | None,
        levels: int,
    ) -> Int64s:
        """How many receivers there were to pay: [class of the order, level, rank]; orders of class -1 are left out."""
        evaluation, classes = self.evaluation, int(codes.max(initial=-1)) + 1
        ranks_held = len(self.rank_names) + 1
        result = np.zeros((classes, levels + 1, ranks_held), np.int64)
        for walk in evaluation.walks(_walker(tree), (codes >= 0).astype(np.int64)):
            parent, position = walk.parent, np.append(walk.tree.position, np.int32(-1))
            who = np.ones(len(parent), np.bool_) if counted is None else counted[walk.period][walk.tree.row]
            may = np.ones(len(parent), np.bool_) if earns is None else earns[walk.period][walk.tree.row]
            up = np.append(next_counted(parent, who), np.int32(-1))
            above = np.append(parent, np.int32(-1))
            ranks = evaluation.rank(walk.period)[walk.tree.row]
            at, code = up[self._start(position, parent, walk.orders)], codes[walk.orders]
            for level in range(1, levels + 1):
                code, at = code[at >= 0], at[at >= 0]
                earning = may[at]
                cell = code[earning] * ranks_held + ranks[at[earning]]
                result[:, level] += np.bincount(cell, minlength=classes * ranks_held).reshape(classes, ranks_held)
                at = up[above[at]]
        return result

    def _walked(self, stream: Stream, tree: str) -> list[tuple[Any, npt.NDArray[np.int64]]]:
        """Each walk with the payouts on its orders."""
        tied = np.zeros(len(self.evaluation.orders), np.int64)
        tied[stream.order[stream.order >= 0]] = 1
        walks = list(self.evaluation.walks(_walker(tree), tied))
        number = np.full(len(tied) + 1, -1, np.int32)
        for index, walk in enumerate(walks):
            number[walk.orders] = index
        mine = number[stream.order]
        by_walk = np.argsort(mine, kind="stable")
        borders = np.searchsorted(mine[by_walk], np.arange(len(walks) + 1))
        return [(walk, by_walk[borders[i] : borders[i + 1]]) for i, walk in enumerate(walks)]

    def _start(self, position: Int32s, parent: Int32s, orders: Int32s) -> Int32s:
        """Who stands at level 1: the parent of a buyer in the network, else the seller."""
        buyer = self.evaluation.buyer[orders]
        above = np.append(parent, np.int32(-1))[position[buyer]]
        return np.where(buyer >= 0, above, position[self.evaluation.seller[orders]]).astype(np.int32)

    def volume_of(self, stream: Stream, measure: Measure) -> Int64s:
        """Personal volume of each receiver in the period of the order; -1 where unknown."""
        result = np.full(len(stream.order), -1, np.int64)
        known = (stream.order >= 0) & (stream.receiver >= 0)
        period = self.evaluation.period[stream.order]
        for each in np.unique(period[known]):
            mine = known & (period == each)
            result[mine] = self.evaluation.personal_volume(int(each), measure)[stream.receiver[mine]]
        return result

    def reaching(self, least: int, measure: Measure) -> dict[int, Bools]:
        """Who has at least so much personal volume, period by period."""
        periods = np.unique(self.evaluation.period)
        return {int(each): self.evaluation.personal_volume(int(each), measure) >= least for each in periods}


_NOTHING = {"id": "nothing", "family": "unilevel", "rates": ["0"]}


def _walker(tree: str) -> Unilevel:
    return Unilevel.model_validate(_NOTHING | {"tree": tree})


def _commonest(table: pl.DataFrame, column: str) -> str | None:
    if column not in table.columns:
        return None
    counts = Counter(dict(table[column].drop_nulls().value_counts().rows()))
    return min(counts, key=lambda name: (-counts[name], name)) if counts else None


def _period_length(names: pl.Series) -> PeriodLength:
    """What the names of periods in the payouts say; months where they say nothing."""
    for pattern, length in _PERIODS:
        if len(names) and names.str.contains(pattern).all():
            return length
    return "month"


@nb.njit(cache=True, nogil=True)
def counted_above(parent: Int32s, counted: Bools) -> Int32s:
    """For each position, how many counted stand on the way to the root, itself included."""
    result = np.zeros(len(parent), np.int32)
    for at in range(len(parent)):
        above = result[parent[at]] if parent[at] >= 0 else 0
        result[at] = above + (1 if counted[at] else 0)
    return result


@nb.njit(cache=True, nogil=True)
def next_counted(parent: Int32s, counted: Bools) -> Int32s:
    """For each position, the nearest counted one on the way to the root, itself included; -1 for none."""
    result = np.empty(len(parent), np.int32)
    for at in range(len(parent)):
        if counted[at]:
            result[at] = at
        else:
            result[at] = result[parent[at]] if parent[at] >= 0 else -1
    return result
