"""The records as a plan sees them: orders (`Ledger`), participants period by period, and the trees to walk.

Built once per computation and read by every component. Everything about a participant in a period is one array by
row of the network: volumes, activity, rank, eligibility. What the company states (`facts`) takes the place of what
would be computed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from compensation import saved_state
from compensation.awards import Awards, Int32s, Int64s, State
from compensation.errors import PlanMismatch, UnknownTree
from compensation.facts import Facts
from compensation.frame import (
    ActiveByAutoship,
    ActiveByPurchases,
    ActiveByRequirements,
    ActiveByStatus,
    ActiveByVolume,
    Eligibility,
)
from compensation.kernels import legs
from compensation.ledger import Bools, Ledger
from compensation.periods import period_names
from compensation.quantities import to_minor
from compensation.standing.measuring import Measuring
from compensation.standing.ranking import Ranking
from genealogy.dates import UNKNOWN
from intake.progress import Progress, silent
from intake.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from compensation.books import Books
    from compensation.components.contract import Component
    from compensation.frame import Measure
    from compensation.plan import Plan
    from genealogy.tree import Tree

NEVER = np.iinfo(np.int64).max
"""Stands for "has not left"."""


@dataclass(slots=True)
class Walk:
    """Orders that are paid up the same tree, by the standing of the same period."""

    period: int
    """Whose ranks, activity and eligibility hold."""
    pays_in: int
    """In which the awards fall; another one only for reversals of earlier orders."""
    tree: Tree
    parent: Int32s
    """Position of the parent; -1 for a root, and for who hangs under the unknown sponsor."""
    orders: Int32s
    """Indexes of the orders, in order of time."""
    when: Int64s
    """The time of each order, or of the order that it takes back."""


@dataclass(slots=True)
class Closing:
    """A tree as it stands when a period closes."""

    period: int
    tree: Tree
    parent: Int32s
    """As in `Walk`."""


class Evaluation(Ledger):
    """One plan over one set of records.

    Args:
        plan: the plan.
        books: the records.
        keep_lines: keep every award, or totals only.
        keep_breakage: keep what nobody earned line by line, too.
        progress: told how far the computation is.
    """

    def __init__(
        self,
        plan: Plan,
        books: Books,
        *,
        keep_lines: bool = True,
        keep_breakage: bool = False,
        progress: Progress = silent,
    ) -> None:
        super().__init__(plan, books)
        self.keep_lines = keep_lines
        self._read_line_by_line = {
            name for component in plan.components if component.reads_lines() for _, name in component.reads()
        }
        self.keep_breakage = keep_breakage
        self.progress = progress
        self.awarded: dict[str, Awards] = {}
        """Awards of the components computed so far, by id: what matching and deductions are reckoned on."""
        self.carried: dict[str, State] = {}
        self._by_period: dict[tuple[object, ...], npt.NDArray[Any]] = {}
        self._earlier = {} if books.state is None else saved_state.read(books.state, self)

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

    def keeps_lines(self, component: Component) -> bool:
        """Whether a component's awards are kept one by one: all are, or another component reads them so."""
        return self.keep_lines or component.id in self._read_line_by_line

    # Participants, one value per row of the network

    @cached_property
    def facts(self) -> Facts:
        """What the company itself states."""
        return Facts(self)

    def eligible(self, period: int, conditions: Eligibility) -> Bools:
        """Who can earn in a period; whoever left is handled per order, by date."""
        allowed = self.active(period).copy() if conditions.active else np.ones(self.participants, np.bool_)
        if conditions.min_personal_volume is not None:
            allowed &= self.personal_volume(period) >= self.threshold(conditions.min_personal_volume)
        if conditions.min_rank is not None and self.plan.ranks is not None:
            allowed &= self.rank(period) >= self.plan.ranks.index(conditions.min_rank)
        if conditions.kinds is not None:
            allowed &= self.column("kind").fill_null("distributor").is_in(conditions.kinds).to_numpy()
        for name in conditions.facts:
            allowed &= self.facts.flags(name, period, unstated=True)
        for name in conditions.stated:
            rows, _ = self.facts.stated(name, period)
            given = np.zeros(self.participants, np.bool_)
            given[rows] = True
            allowed &= given
        if conditions.requires is not None:
            allowed &= Measuring(self, period).met(conditions.requires)
        return allowed

    def threshold(self, points: Fraction, measure: Measure | None = None) -> int:
        """A limit of volume in the unit in which it is summed, rounded up: who reaches it reaches the exact limit."""
        decimals = self.unit_of(measure or self.plan.volumes.measure)
        minor = to_minor(points, decimals)
        if minor is not None:
            return minor
        scaled = points * 10**decimals
        return int(-(-scaled.numerator // scaled.denominator))

    def personal_volume(self, period: int, measure: Measure | None = None) -> Int64s:
        """Personal volume of everybody in a period, in units of the measure (the plan's, unless another is named).

        What the company states as `personal_volume` takes its place, for the plan's own measure.
        """
        name = measure or self.plan.volumes.measure
        key = ("personal_volume", name, period)
        if key not in self._by_period:
            counts = (self.period == period) & (self.credited >= 0)
            if not self.plan.volumes.customers_count:
                counts &= self.buyer >= 0
            result = self.sum_by(self.credited[counts], self.measure(name)[counts], "personal volume")
            if name == self.plan.volumes.measure:
                values, given = self.facts.numbers("personal_volume", period, self.unit_of(name))
                result[given] = values[given]
            self._by_period[key] = result
        return self._by_period[key]

    def group_volume(self, period: int, measure: Measure | None = None, tree: str = "sponsor") -> Int64s:
        """Volume of everybody and all below him in a tree as it stands at the period's close, by row.

        What the company states as `group_volume` takes its place, for the plan's own measure.
        """
        name = measure or self.plan.volumes.measure
        key = ("group_volume", name, tree, period)
        if key not in self._by_period:
            closing = self.closing(tree, period)
            own = closing.tree.by_position(self.personal_volume(period, name))
            stated, given = self.facts.numbers("group_volume", period, self.unit_of(name))
            if name == self.plan.volumes.measure and given.any():
                positions = closing.tree.by_position
                total = legs.stated_sums(closing.parent, own, positions(stated), positions(given))
            else:
                total = closing.tree.group_sum(own)
            alone = closing.tree.position < 0  # whom the tree does not hold has nobody below
            self._by_period[key] = np.where(alone, self.personal_volume(period, name), closing.tree.by_row(total))
        return self._by_period[key]

    def active(self, period: int) -> Bools:
        """Who meets the plan's activity rule in a period."""
        key = ("active", period)
        if key not in self._by_period:
            rule = self.plan.activity
            result = np.ones(self.participants, np.bool_)
            if isinstance(rule, ActiveByVolume):
                result = self.personal_volume(period) >= self.threshold(rule.at_least)
            elif isinstance(rule, ActiveByPurchases):
                own = (self.period == period) & (self.buyer >= 0) & (self.amount > 0)
                result = np.bincount(self.buyer[own], minlength=self.participants) >= rule.at_least
            elif isinstance(rule, ActiveByStatus):
                result = self.facts.flags("active", period, unstated=rule.unstated)
            elif isinstance(rule, ActiveByAutoship):
                result = Measuring(self, period).measure("autoship", rule).met
            elif isinstance(rule, ActiveByRequirements):
                result = Measuring(self, period).met(rule.requires)
            rows, _ = self.facts.stated("active", period)
            if len(rows) and not isinstance(rule, ActiveByStatus):
                result[rows] = self.facts.flags("active", period)[rows]
            self._by_period[key] = result
        found: Bools = self._by_period[key]
        return found

    def rank(self, period: int) -> npt.NDArray[np.int16]:
        """Rank of everybody in a period: 0 none, 1 the lowest."""
        key = ("rank", period)
        if key not in self._by_period:
            self._by_period[key] = self._rank(period)
        found: npt.NDArray[np.int16] = self._by_period[key]
        return found

    def _rank(self, period: int) -> npt.NDArray[np.int16]:
        ranks = self.plan.ranks
        if ranks is None:
            return np.zeros(self.participants, np.int16)
        index = {name: position for position, name in enumerate(ranks.order, start=1)}
        default = index[ranks.unranked] if ranks.unranked is not None else 0
        if ranks.source == "qualified":
            return self.ranking.counted(period)
        if ranks.source == "participants":
            names = self.column("rank")
            return names.replace_strict(index, default=default, return_dtype=pl.Int16).to_numpy()
        if ranks.source == "purchases":
            result = self.starting_rank().copy()
            until = (self.period <= period) & (self.buyer >= 0) & (self.amount >= 0)
            np.maximum.at(result, self.buyer[until], self.bought[until])
            return result
        table = self.books.ranks
        if table is None:
            raise PlanMismatch(
                Text(
                    en="the plan takes ranks from the ranks table, which the records do not have; import it, or "
                    "say ranks: {source: participants}",
                    ar="تأخذ الخطة الرتب من جدول الرتب، وهو غير موجود في السجلات. يُرجى استيراده، أو كتابة "
                    "⁨ranks: {source: participants}⁩",
                )
            )
        table = table.filter(pl.col("period") == self.periods[period])
        rows = self.rows(table["participant_id"])
        values = table["rank"].replace_strict(index, default=default, return_dtype=pl.Int16).to_numpy()
        result = np.full(self.participants, default, np.int16)
        result[rows[rows >= 0]] = values[rows >= 0]
        return result

    @cached_property
    def ranking(self) -> Ranking:
        """Ranks that are qualified for, period by period; only for plans whose ranks are."""
        return Ranking(self)

    @cached_property
    def left(self) -> Int64s:
        """When each participant left, seconds since 1970; `NEVER` for those who have not."""
        left = self.network.left
        return np.where(left == UNKNOWN, NEVER, left)

    # State

    def state_before(self, component: str) -> State:
        """What the component carried over from an earlier computation; empty where there was none."""
        return self._earlier.get(component, State())

    def limit_state(self, limit: str) -> State:
        """What a limit carries over from this computation to a later one."""
        return self.carried.setdefault(f"limit:{limit}", State())

    # Trees

    def closing(self, name: str, period: int) -> Closing:
        """A tree as it stands when a period closes: every move of that period and before is made.

        Raises:
            UnknownTree: the records have no such tree.
        """
        self._known_tree("the plan", name)
        moments = self._moves(name)
        if not len(moments):
            return Closing(period, *self._rooted(self.network.tree(name)))
        applied = int(np.sum(self._move_periods(name) <= period))
        moment = int(moments[applied - 1]) if applied else int(moments[0]) - 1
        return Closing(period, *self._rooted(self.network.tree(name, as_of=moment, present_only=False)))

    def walks(
        self, component: Component, base: Int64s, *, as_of: Literal["order", "period_close"] = "order"
    ) -> Iterator[Walk]:
        """The orders with a base, period by period in order of time, each with the tree it walks.

        A reversal that names the order it takes back walks as that order did, unless the component says `recompute`.

        Args:
            component: whose tree.
            base: per order; orders with 0 are left out.
            as_of: where the network has dated moves, the tree on the day of the order, or at the period's close.

        Raises:
            UnknownTree: the records have no such tree.
        """
        name = component.tree
        self._known_tree(f"component {component.id!r}", name)
        moments = self._moves(name)
        based = np.flatnonzero(base).astype(np.int32)
        as_was = self.origin if component.reversals == "claw_back" else np.arange(len(self.period), dtype=np.int32)
        standing, pays_in = self.period[as_was[based]], self.period[based]
        ordered = np.lexsort((standing, pays_in))
        based, standing, pays_in = based[ordered], standing[ordered], pays_in[ordered]
        borders = np.flatnonzero((np.diff(pays_in) != 0) | (np.diff(standing) != 0)) + 1
        for indices in np.split(based, borders) if len(based) else ():
            period, pays = int(self.period[as_was[indices[0]]]), int(self.period[indices[0]])
            when = self.when[as_was[indices]]
            if not len(moments):
                yield Walk(period, pays, *self._rooted(self.network.tree(name)), indices, when)
                continue
            if as_of == "period_close":
                until = np.full(len(indices), int(np.sum(self._move_periods(name) <= period)))
            else:
                until = np.searchsorted(moments, when, side="right")
            for part in np.split(np.arange(len(indices)), np.flatnonzero(np.diff(until)) + 1):
                applied = int(until[part[0]])
                moment = int(moments[applied - 1]) if applied else int(moments[0]) - 1
                tree = self.network.tree(name, as_of=moment, present_only=False)
                yield Walk(period, pays, *self._rooted(tree), indices[part], when[part])

    def _known_tree(self, who: str, name: str) -> None:
        if name not in self.network.names:
            raise UnknownTree(who, name, list(self.network.names))

    def _rooted(self, tree: Tree) -> tuple[Tree, Int32s]:
        """The tree and its parents, where who hangs under the unknown sponsor is a root."""
        parent = tree.parent
        unknown = self.network.unknown_row
        if unknown is not None and unknown < len(tree.position) and tree.position[unknown] >= 0:
            parent = np.where(parent == tree.position[unknown], np.int32(-1), parent)
            parent.setflags(write=False)  # as the tree's own is: kernels are compiled once
        return tree, parent

    def _moves(self, name: str) -> Int64s:
        """Distinct times at which somebody moved in a tree, in order."""
        moves = self.network.moves
        if moves is None:
            return np.empty(0, np.int64)
        dates = moves.table.filter(pl.col("tree") == name)["from"].cast(pl.Datetime("ms"))
        return np.unique(dates.dt.epoch("s").drop_nulls().to_numpy())

    def _move_periods(self, name: str) -> Int64s:
        """For each time at which somebody moved, the index of the first period that closes after it."""
        dates = pl.Series(self._moves(name) * 1000).cast(pl.Datetime("ms"))
        names = period_names(dates, self.plan.period, self.plan.timezone).to_list()
        known = {period: index for index, period in enumerate(self.periods)}
        return np.array([known.get(each, np.searchsorted(self.periods, each)) for each in names], np.int64)
