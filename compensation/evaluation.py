"""The records laid out for computing: orders in order of time, participants by row, everything as arrays.

Built once per computation and read by every component. Orders are sorted by date, then by the order in which they
were given, so that the same records give the same bytes. Who an order is credited to is decided here, once: the
buyer where he is in the network; else its seller, who then sold to an outside customer; else nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from compensation.awards import Int32s, Int64s
from compensation.errors import AmountOverflow, PlanMismatch, UnknownScale, UnknownTree
from compensation.frame import ActiveByPurchases, ActiveByStatus, ActiveByVolume, Eligibility, OrderFilter
from compensation.periods import period_names
from compensation.quantities import to_minor
from genealogy.dates import UNKNOWN
from intake.currencies import MINOR_UNITS
from intake.progress import Progress, silent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compensation.components.contract import Component
    from compensation.plan import Plan
    from genealogy.network import Network
    from genealogy.tree import Tree

Bools = npt.NDArray[np.bool_]

NEVER = np.iinfo(np.int64).max
"""Stands for "has not left"."""

_ORDER_COLUMNS: dict[str, Any] = {
    "id": pl.String,
    "date": pl.Datetime("ms"),
    "seller_id": pl.String,
    "buyer_id": pl.String,
    "buyer_kind": pl.String,
    "product": pl.String,
    "category": pl.String,
    "quantity": pl.Int64,
    "amount": pl.Int64,
    "volume": pl.Int64,
    "currency": pl.String,
}


@dataclass(slots=True)
class Walk:
    """Orders that are paid up the same tree in the same period."""

    period: int
    tree: Tree
    parent: Int32s
    """Position of the parent; -1 for a root, and for who hangs under the unknown sponsor."""
    orders: Int32s
    """Indexes of the orders, in order of time."""


class Evaluation:
    """One plan over one set of records.

    Args:
        plan: the plan.
        network: participants and their trees.
        orders: rows of the orders table; absent optional columns count as empty. A column `period`, where
            present, names the commission period instead of the date.
        ranks: rows of the ranks table, for plans that take ranks from it.
        standing: what the company itself states of a participant: `participant_id`, optionally `period`,
            `personal_volume` (thousandths), `active`. It takes the place of what would be computed.
        currencies: decimals of each currency in the records.
        keep_lines: keep every award, or totals only.
        keep_breakage: keep what nobody earned line by line, too.
        progress: told how far the computation is.
    """

    def __init__(
        self,
        plan: Plan,
        network: Network,
        orders: pl.DataFrame,
        *,
        ranks: pl.DataFrame | None = None,
        standing: pl.DataFrame | None = None,
        currencies: dict[str, int] | None = None,
        keep_lines: bool = True,
        keep_breakage: bool = False,
        progress: Progress = silent,
    ) -> None:
        self.keep_lines = keep_lines
        self.keep_breakage = keep_breakage
        self.progress = progress
        self.plan = plan
        self.network = network
        self.currencies = dict(currencies or {})
        self.scale = self.scale_of(plan.currency)
        self.ranks_table = ranks
        self.standing = standing
        self.participants = len(network.ids)
        table = orders.select(
            *(
                (pl.col(name) if name in orders.columns else pl.lit(None)).cast(kind).alias(name)
                for name, kind in _ORDER_COLUMNS.items()
            ),
            *(pl.col(name).cast(pl.String) for name in ("period",) if name in orders.columns),
        )
        if "period" not in table.columns:
            table = table.with_columns(period_names(table["date"], plan.period, plan.timezone))
        foreign = pl.col("currency").is_not_null() & (pl.col("currency") != plan.currency)
        self.left_out = table.filter(foreign)
        """Orders in another currency, on which the plan says nothing."""
        table = table.filter(~foreign) if len(self.left_out) else table
        in_order = table["date"].is_sorted(nulls_last=True)
        self.orders = table if in_order else table.sort("date", nulls_last=True, maintain_order=True)
        self.periods: list[str] = sorted(self.orders["period"].unique().to_list())
        order_of = {name: index for index, name in enumerate(self.periods)}
        self.period: Int32s = (
            self.orders["period"].replace_strict(order_of, return_dtype=pl.Int32).to_numpy().astype(np.int32)
            if len(self.orders)
            else np.empty(0, np.int32)
        )

    # Orders, one value per order

    @cached_property
    def amount(self) -> Int64s:
        """Price paid, minor units."""
        return self.orders["amount"].fill_null(0).to_numpy()

    @cached_property
    def volume(self) -> Int64s:
        """Commissionable volume, thousandths of a point."""
        return self.orders["volume"].fill_null(0).to_numpy()

    @cached_property
    def quantity(self) -> Int64s:
        """Pieces; 1 where the records do not say."""
        return self.orders["quantity"].fill_null(1).to_numpy()

    @cached_property
    def when(self) -> Int64s:
        """Seconds since 1970 UTC; the earliest possible time where undated."""
        seconds = self.orders["date"].dt.epoch("s")
        return seconds.fill_null(np.iinfo(np.int64).min).to_numpy()

    @cached_property
    def buyer(self) -> Int32s:
        """Row of the buyer; -1 where he is not in the network."""
        return self._rows(self.orders["buyer_id"])

    @cached_property
    def seller(self) -> Int32s:
        """Row of the seller; -1 where unknown."""
        return self._rows(self.orders["seller_id"])

    @cached_property
    def credited(self) -> Int32s:
        """Row of the participant to whom the order is credited: the buyer, else the seller, else -1."""
        return np.where(self.buyer >= 0, self.buyer, self.seller).astype(np.int32)

    def selected(self, filter_: OrderFilter) -> Bools:
        """Which orders pass a component's filter."""
        wanted = np.ones(len(self.orders), np.bool_)
        for column, allowed in (
            ("category", filter_.categories),
            ("product", filter_.products),
            ("buyer_kind", filter_.buyer_kinds),
        ):
            if allowed is not None:
                wanted &= self.orders[column].is_in(allowed).fill_null(value=False).to_numpy()
        if filter_.min_amount is not None:
            least = to_minor(filter_.min_amount, self.scale)
            if least is None:
                least = int(filter_.min_amount * 10**self.scale) + 1
            wanted &= np.abs(self.amount) >= least
        if filter_.which != "all":
            passing = np.flatnonzero(wanted)
            is_first = np.zeros(len(wanted), np.bool_)
            is_first[passing] = self.orders["buyer_id"].gather(passing).is_first_distinct().to_numpy()
            wanted &= is_first if filter_.which == "first" else ~is_first
        return wanted

    @cached_property
    def bought(self) -> npt.NDArray[np.int16]:
        """Rank that the order buys, for plans whose ranks are bought: 1 the lowest, 0 none."""
        ranks = self.plan.ranks
        if ranks is None or ranks.source != "purchases":
            return np.zeros(len(self.orders), np.int16)
        index = {name: position for position, name in enumerate(ranks.order, start=1)}
        bought = self.orders["product"].replace_strict(index, default=0, return_dtype=pl.Int16).to_numpy()
        return np.where(self.amount >= 0, bought, np.int16(0))

    def starting_rank(self) -> npt.NDArray[np.int16]:
        """Rank that everybody has before any purchase."""
        ranks = self.plan.ranks
        start = ranks.index(ranks.unranked) if ranks is not None and ranks.unranked is not None else 0
        return np.full(self.participants, start, np.int16)

    # Participants, one value per row of the network

    def eligible(self, period: int, conditions: Eligibility) -> Bools:
        """Who can earn in a period; whoever left is handled per order, by date."""
        allowed = self.active(period).copy() if conditions.active else np.ones(self.participants, np.bool_)
        if conditions.min_personal_volume is not None:
            allowed &= self.personal_volume(period) >= self.threshold(conditions.min_personal_volume)
        if conditions.min_rank is not None and self.plan.ranks is not None:
            allowed &= self.rank(period) >= self.plan.ranks.index(conditions.min_rank)
        if conditions.kinds is not None:
            allowed &= self._column("kind").fill_null("distributor").is_in(conditions.kinds).to_numpy()
        return allowed

    def threshold(self, points: Fraction) -> int:
        """A limit of personal volume in the unit in which it is summed, rounded up."""
        unit = 1000 if self.plan.volumes.measure == "volume" else 10**self.scale
        scaled = points * unit
        return -(-scaled.numerator // scaled.denominator)

    @lru_cache(maxsize=64)  # noqa: B019 - lives as long as the computation
    def personal_volume(self, period: int) -> Int64s:
        """Personal volume of everybody in a period: thousandths of a point, or minor units."""
        measure = self.volume if self.plan.volumes.measure == "volume" else self.amount
        counts = (self.period == period) & (self.credited >= 0)
        if not self.plan.volumes.customers_count:
            counts &= self.buyer >= 0
        if float(np.abs(measure).sum(dtype=np.float64)) >= 2.0**62:
            raise AmountOverflow("personal volume", "the sum of all volumes")
        result = np.zeros(self.participants, np.int64)
        np.add.at(result, self.credited[counts], measure[counts])
        stated = self._stated(period, "personal_volume")
        if stated is not None:
            rows, values = stated
            result[rows] = values.cast(pl.Int64).to_numpy()
        return result

    @lru_cache(maxsize=64)  # noqa: B019
    def active(self, period: int) -> Bools:
        """Who meets the plan's activity rule in a period."""
        rule = self.plan.activity
        result = np.ones(self.participants, np.bool_)
        if isinstance(rule, ActiveByVolume):
            result = self.personal_volume(period) >= self.threshold(rule.at_least)
        elif isinstance(rule, ActiveByPurchases):
            own = (self.period == period) & (self.buyer >= 0) & (self.amount > 0)
            result = np.bincount(self.buyer[own], minlength=self.participants) >= rule.at_least
        elif isinstance(rule, ActiveByStatus):
            result = np.full(self.participants, rule.unstated)
            stated = self._stated(period, "active")
            if stated is not None:
                rows, values = stated
                result[rows] = values.cast(pl.Boolean).to_numpy()
        return result

    @lru_cache(maxsize=64)  # noqa: B019
    def rank(self, period: int) -> npt.NDArray[np.int16]:
        """Rank of everybody in a period: 0 none, 1 the lowest."""
        ranks = self.plan.ranks
        if ranks is None:
            return np.zeros(self.participants, np.int16)
        index = {name: position for position, name in enumerate(ranks.order, start=1)}
        default = index[ranks.unranked] if ranks.unranked is not None else 0
        if ranks.source == "participants":
            names = self._column("rank")
            return names.replace_strict(index, default=default, return_dtype=pl.Int16).to_numpy()
        if ranks.source == "purchases":
            result = self.starting_rank().copy()
            until = (self.period <= period) & (self.buyer >= 0) & (self.amount >= 0)
            np.maximum.at(result, self.buyer[until], self.bought[until])
            return result
        if self.ranks_table is None:
            raise PlanMismatch(
                "the plan takes ranks from the ranks table, which the records do not have; import it, or say "
                "ranks: {source: participants}"
            )
        table = self.ranks_table.filter(pl.col("period") == self.periods[period])
        rows = self._rows(table["participant_id"])
        values = table["rank"].replace_strict(index, default=default, return_dtype=pl.Int16).to_numpy()
        result = np.full(self.participants, default, np.int16)
        result[rows[rows >= 0]] = values[rows >= 0]
        return result

    @cached_property
    def left(self) -> Int64s:
        """When each participant left, seconds since 1970; `NEVER` for those who have not."""
        left = self.network.left
        return np.where(left == UNKNOWN, NEVER, left)

    # Trees

    def walks(
        self, component: Component, base: Int64s, *, as_of: Literal["order", "period_close"] = "order"
    ) -> Iterator[Walk]:
        """The orders with a base, period by period in order of time, each with the tree it walks.

        Args:
            component: whose tree.
            base: per order; orders with 0 are left out.
            as_of: where the network has dated moves, the tree on the day of the order, or at the period's close.

        Raises:
            UnknownTree: the records have no such tree.
        """
        name = component.tree
        if name not in self.network.names:
            raise UnknownTree(component.id, name, list(self.network.names))
        moments = self._moves(name)
        based = np.flatnonzero(base).astype(np.int32)
        periods = self.period[based]
        by_period = based[np.argsort(periods, kind="stable")]
        ends = np.cumsum(np.bincount(periods, minlength=len(self.periods)))
        for period, (start, end) in enumerate(zip([0, *ends], ends, strict=False)):
            indices = by_period[start:end]
            if not len(indices):
                continue
            if not len(moments):
                yield self._walk(period, self.network.tree(name), indices)
                continue
            if as_of == "period_close":
                names = self._move_periods(name)
                until = np.full(len(indices), int(np.sum(names <= self.periods[period])))
            else:
                until = np.searchsorted(moments, self.when[indices], side="right")
            borders = np.flatnonzero(np.diff(until)) + 1
            for part in np.split(np.arange(len(indices)), borders):
                applied = int(until[part[0]])
                moment = int(moments[applied - 1]) if applied else int(moments[0]) - 1
                tree = self.network.tree(name, as_of=moment, present_only=False)
                yield self._walk(period, tree, indices[part])

    def _walk(self, period: int, tree: Tree, indices: Int32s) -> Walk:
        parent = tree.parent
        unknown = self.network.unknown_row
        if unknown is not None and unknown < len(tree.position) and tree.position[unknown] >= 0:
            parent = np.where(parent == tree.position[unknown], np.int32(-1), parent)
        return Walk(period, tree, parent, indices)

    def _moves(self, name: str) -> Int64s:
        """Distinct times at which somebody moved in a tree, in order."""
        moves = self.network.moves
        if moves is None:
            return np.empty(0, np.int64)
        dates = moves.table.filter(pl.col("tree") == name)["from"].cast(pl.Datetime("ms"))
        return np.unique(dates.dt.epoch("s").drop_nulls().to_numpy())

    def _move_periods(self, name: str) -> npt.NDArray[np.str_]:
        dates = pl.Series(self._moves(name) * 1000).cast(pl.Datetime("ms"))
        return period_names(dates, self.plan.period, self.plan.timezone).to_numpy().astype(str)

    def id_of(self, row: int) -> str:
        """Id of a participant by row; `(nobody)` for -1."""
        return str(self.network.ids[row]) if row >= 0 else "(nobody)"

    # Money

    def scale_of(self, currency: str) -> int:
        """Decimals of a currency in these records.

        Raises:
            UnknownScale: neither the records, nor the plan, nor ISO 4217 says.
        """
        if currency in self.currencies:
            return self.currencies[currency]
        if currency == self.plan.currency and self.plan.decimals is not None:
            return self.plan.decimals
        scale = MINOR_UNITS.get(currency)
        if scale is None:
            raise UnknownScale(currency)
        return scale

    # Inside

    def _column(self, name: str) -> pl.Series:
        table = self.network.participants
        if name in table.columns:
            return table[name].cast(pl.String)
        return pl.Series(name, [None], dtype=pl.String).new_from_index(0, self.participants)

    def _rows(self, ids: pl.Series) -> Int32s:
        found = self.network.rows_of(ids)
        return np.asarray(found, np.int32)

    def _stated(self, period: int, column: str) -> tuple[Int32s, pl.Series] | None:
        table = self.standing
        if table is None or column not in table.columns:
            return None
        if "period" in table.columns:
            table = table.filter(pl.col("period").is_null() | (pl.col("period") == self.periods[period]))
        table = table.filter(pl.col(column).is_not_null())
        rows = self._rows(table["participant_id"])
        return rows[rows >= 0], table[column].filter(pl.Series(rows >= 0))
