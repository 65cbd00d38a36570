"""How the conditions of `requirements` are measured: one figure per participant, held against the least it must be.

`Measuring` belongs to one period. Trees are taken as they stand at the period's close; whatever looks at ranks takes
those handed in, or else the plan's ranks of the period. Every figure is an array by row of the network, found by prefix
sums, a pass over a tree, or one grouping of orders.
"""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from compensation.awards import Int64s
from compensation.errors import AmountOverflow
from compensation.kernels import legs
from compensation.ledger import Bools
from compensation.periods import close_of
from compensation.quantities import decimal_text
from compensation.standing import rank_tallies
from compensation.standing.requirements import (
    CUSTOMER_KINDS,
    Customers,
    CustomerShare,
    CustomerVolume,
    GroupVolume,
    Legs,
    Months,
    OutsideStrongestLeg,
    OwnOrders,
    QualifiedLegs,
    RecruitInEachLeg,
    Recruits,
    Requirements,
    Volume,
    WeakestLeg,
)  # fmt: skip
from intake.text import say

if TYPE_CHECKING:
    from compensation.evaluation import Closing, Evaluation
    from compensation.frame import Measure

_ROOM = 1 << 62


@dataclass(slots=True)
class Measured:
    """A figure per row of the network, and what it must be."""

    values: Int64s
    least: int
    decimals: int = 0
    """Values are in units of 10^-decimals; -1 for yes or no."""
    scale: int = 1
    """Values and least are kept this many times as large, so that a limit per leg is exact."""
    most: bool = False
    """The figure must be at most `least`, not at least."""
    parts: tuple[Int64s, Int64s] | None = None
    """For a share: part and whole, of which `values` is what is above the least."""

    @property
    def met(self) -> Bools:
        """Who meets it."""
        return self.values <= self.least if self.most else self.values >= self.least

    def shown(self, row: int) -> str:
        """The figure of one participant."""
        if self.decimals < 0:
            return "✓" if self.values[row] else "✗"
        if self.parts is not None:
            part, whole = (Fraction(int(each[row]), 10**self.decimals) for each in self.parts)
            return f"{decimal_text(part)} / {decimal_text(whole)}"
        return decimal_text(Fraction(int(self.values[row]), 10**self.decimals) / self.scale)


class Measuring:
    """The figures of one period.

    Args:
        evaluation: the records.
        period: index of the period.
        rank: by row, the rank that conditions on ranks look at; by default the plan's of that period.
    """

    def __init__(self, evaluation: Evaluation, period: int, rank: npt.NDArray[np.int16] | None = None) -> None:
        self.evaluation = evaluation
        self.period = period
        self._given_rank = rank
        self._closings: dict[str, Closing] = {}

    @property
    def rank(self) -> npt.NDArray[np.int16]:
        """By row, the rank that conditions on ranks look at."""
        if self._given_rank is None:
            self._given_rank = self.evaluation.rank(self.period)
        return self._given_rank

    def met(self, requirements: Requirements) -> Bools:
        """Who meets all conditions, and one of the alternatives where there are any."""
        result = np.ones(self.evaluation.participants, np.bool_)
        for key, condition in requirements.conditions():
            result &= self.measure(key, condition).met
        if requirements.any_of:
            one = np.zeros(len(result), np.bool_)
            for alternative in requirements.any_of:
                one |= self.met(alternative)
            result &= one
        return result

    def measure(self, key: str, condition: Any) -> Measured:
        """One condition, as `Requirements.conditions` names it.

        Raises:
            UnknownTree: the records have no such tree.
            PlanMismatch: the records lack a measure or a fact cannot be read.
            AmountOverflow: a sum may not fit 64 bits.
        """
        found: Measured = getattr(self, f"_{key}")(condition)
        return found

    def closing(self, tree: str) -> Closing:
        """A tree as it stands at the period's close."""
        if tree not in self._closings:
            self._closings[tree] = self.evaluation.closing(tree, self.period)
        return self._closings[tree]

    def close(self) -> int | None:
        """When the period closes, seconds since 1970; None for periods whose names are no calendar's."""
        plan = self.evaluation.plan
        return close_of(self.evaluation.periods[self.period], plan.period, plan.timezone)

    def present(self) -> Bools:
        """Who had joined by the period's close and had not left; who is not dated, or in what is not, is there."""
        evaluation = self.evaluation
        close = self.close()
        if close is None:  # periods without dates say nothing about dates of joining and leaving
            return np.ones(evaluation.participants, np.bool_)
        result: Bools = (evaluation.network.joined < close) & (evaluation.left >= close)
        return result

    # Volumes and legs

    def _least(self, condition: Volume) -> tuple[int, Measure]:
        measure = condition.measure or self.evaluation.plan.volumes.measure
        return self.evaluation.threshold(condition.at_least, measure), measure

    def _volume(self, values: Int64s, condition: Volume) -> Measured:
        least, measure = self._least(condition)
        return Measured(values, least, self.evaluation.unit_of(measure))

    def _personal_volume(self, condition: Volume) -> Measured:
        return self._volume(self.evaluation.personal_volume(self.period, self._least(condition)[1]), condition)

    def group(self, tree: str, measure: Measure) -> Int64s:
        """Group volume by position of a tree: each with everybody below."""
        return self.closing(tree).tree.by_position(self.evaluation.group_volume(self.period, measure, tree))

    def _group_volume(self, condition: GroupVolume) -> Measured:
        least, measure = self._least(condition)
        closing = self.closing(condition.tree)
        tree, own = closing.tree, self.evaluation.personal_volume(self.period, measure)
        if condition.without is not None:
            counted, scale = rank_tallies.group_without(self, condition)
            return Measured(counted, least * scale, self.evaluation.unit_of(measure), scale)
        if condition.levels is not None:
            near = tree.by_row(tree.group_sum(tree.by_position(own), condition.levels, include_self=False))
            return self._volume(near + own if condition.includes_own else near, condition)
        if condition.limit is None:
            whole = self.evaluation.group_volume(self.period, measure, condition.tree)
            return self._volume(whole if condition.includes_own else whole - own, condition)
        limit, scale = self.limit_of(condition, measure)
        group = self.group(condition.tree, measure)
        self.check_room(group, scale)
        counted = tree.by_row(legs.limited_sum(closing.parent, group, scale, limit))
        if condition.includes_own:
            counted = counted + own * scale
        return Measured(counted, least * scale, self.evaluation.unit_of(measure), scale)

    def limit_of(self, condition: GroupVolume, measure: Measure) -> tuple[int, int]:
        """The most of a leg in units of the measure, times the scale that makes it whole; and the scale."""
        if condition.limit is None:
            return int(np.iinfo(np.int64).max), 1
        exact = condition.limit * 10 ** self.evaluation.unit_of(measure)
        return exact.numerator, exact.denominator

    def check_room(self, values: Int64s, scale: int) -> None:
        """Refuse what may not fit 64 bits; a bound needs no exactness."""
        if float(np.abs(values).max(initial=0)) * scale * 4 >= _ROOM:
            raise AmountOverflow(
                "group_volume",
                say(
                    "a group volume times {scale} (the limit per leg as a fraction)",
                    "حجم مجموعة مضروبًا في {scale} (الحد لكل فرع ككسر)",
                    scale=scale,
                ),
            )

    def _leg_volume(self, condition: Any) -> Measured:
        measure = self._least(condition)[1]
        whole = self.evaluation.group_volume(self.period, measure, condition.tree)
        return self._volume(whole - self.evaluation.personal_volume(self.period, measure), condition)

    def _legs(self, condition: Legs) -> Measured:
        measure = condition.measure or self.evaluation.plan.volumes.measure
        closing = self.closing(condition.tree)
        least = self.evaluation.threshold(condition.min_volume, measure)
        count = legs.count_from(closing.parent, self.group(condition.tree, measure), least)
        return Measured(closing.tree.by_row(count), condition.count)

    def _nth_leg(self, condition: Any, nth: int) -> Int64s:
        closing = self.closing(condition.tree)
        group = self.group(condition.tree, self._least(condition)[1])
        return closing.tree.by_row(legs.nth_strongest(closing.parent, group, nth))

    def _strongest_leg(self, condition: Any) -> Measured:
        return self._volume(self._nth_leg(condition, 1), condition)

    def _weakest_leg(self, condition: WeakestLeg) -> Measured:
        return self._volume(self._nth_leg(condition, condition.of), condition)

    def _outside_strongest_leg(self, condition: OutsideStrongestLeg) -> Measured:
        measure = self._least(condition)[1]
        outside = self.evaluation.group_volume(self.period, measure, condition.tree) - self._nth_leg(condition, 1)
        if not condition.includes_own:
            outside = outside - self.evaluation.personal_volume(self.period, measure)
        return self._volume(outside, condition)

    def _qualified_legs(self, condition: QualifiedLegs) -> Measured:
        return Measured(rank_tallies.qualified_legs(self, condition), condition.count)

    # Recruits

    def _counting(self, condition: Recruits) -> Bools:
        evaluation = self.evaluation
        kinds = evaluation.column("kind").fill_null("distributor")
        listed = CUSTOMER_KINDS if condition.kinds is None else condition.kinds
        counts: Bools = kinds.is_in(listed).to_numpy() == (condition.kinds is not None)
        counts &= self.present()
        if condition.active:
            counts &= evaluation.active(self.period)
        if condition.min_volume is not None:
            counts &= evaluation.personal_volume(self.period) >= evaluation.threshold(condition.min_volume)
        if condition.in_period:
            counts &= evaluation.joined_in == self.period
        return counts

    def _recruits(self, condition: Recruits) -> Measured:
        closing = self.closing("sponsor")
        heads = closing.tree.by_position(self._counting(condition)) & (closing.parent >= 0)
        count = np.bincount(closing.parent[heads], minlength=len(closing.parent)).astype(np.int64)
        return Measured(closing.tree.by_row(count), condition.count)

    def _recruit_in_each_leg(self, condition: RecruitInEachLeg) -> Measured:
        sponsors, placed = self.closing("sponsor"), self.closing(condition.tree)
        recruits = np.flatnonzero(sponsors.tree.by_position(self._counting(condition)) & (sponsors.parent >= 0))
        below = sponsors.tree.row[recruits]
        above = sponsors.tree.row[sponsors.parent[recruits]]
        tree = placed.tree
        heads = legs.heads_above(
            tree.parent, tree.depth, tree.head, tree.size, tree.position[below], tree.position[above]
        )
        head, number = np.unique(heads[heads >= 0], return_counts=True)
        enough = head[number >= condition.count]
        sides = np.bincount(tree.parent[enough], minlength=len(tree)).astype(np.int64)
        return Measured(tree.by_row(sides), condition.legs)

    # Customers

    def _sold(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """Orders of customers in the period, and the row of whom each customer belongs to."""
        evaluation = self.evaluation
        here = np.flatnonzero(evaluation.period == self.period).astype(np.int32)
        buyer, seller = evaluation.buyer[here], evaluation.seller[here]
        sponsors = self.closing("sponsor")
        above = np.full(evaluation.participants, -1, np.int32)
        linked = sponsors.parent >= 0
        above[sponsors.tree.row[linked]] = sponsors.tree.row[sponsors.parent[linked]]
        kind = evaluation.column("kind").is_in(CUSTOMER_KINDS).fill_null(value=False).to_numpy()
        is_customer = (buyer < 0) | np.append(kind, True)[buyer]
        whose = np.where(buyer < 0, seller, np.append(above, np.int32(-1))[buyer])
        known = is_customer & (whose >= 0)
        return here[known], whose[known].astype(np.int32)

    def _customer_sum(self, measure: Measure) -> Int64s:
        orders, whose = self._sold()
        return self.evaluation.sum_by(whose, self.evaluation.measure(measure)[orders], "customers' volume")

    def _own_sum(self, measure: Measure) -> Int64s:
        """Volume of one's own orders, by row; customers in the network have none of their own."""
        evaluation = self.evaluation
        kind = evaluation.column("kind").is_in(CUSTOMER_KINDS).fill_null(value=False).to_numpy()
        own = (evaluation.period == self.period) & (evaluation.buyer >= 0)
        own &= ~np.append(kind, False)[evaluation.buyer]
        return evaluation.sum_by(evaluation.buyer[own], evaluation.measure(measure)[own], "own volume")

    def _below(self, values: Int64s) -> Int64s:
        tree = self.closing("sponsor").tree
        return tree.by_row(tree.group_sum(tree.by_position(values)))

    def _customers(self, condition: Customers) -> Measured:
        evaluation = self.evaluation
        measure = condition.measure or evaluation.plan.volumes.measure
        orders, whose = self._sold()
        at = pl.Series(orders)
        origin = pl.Series(evaluation.origin[orders])
        # an order without a buyer's name is a customer of its own; what takes it back is tied to it
        named = evaluation.orders["buyer_id"].gather(at)
        who = pl.select(pl.coalesce("n:" + named, pl.format("o:{}", origin))).to_series()
        bought = pl.DataFrame(
            {"whose": whose, "who": who, "net": evaluation.sign[orders], "sum": evaluation.measure(measure)[orders]}
        )
        each = bought.group_by("whose", "who").agg(pl.col("net").sum(), pl.col("sum").sum()).filter(pl.col("net") > 0)
        if condition.min_volume is not None:
            each = each.filter(pl.col("sum") >= evaluation.threshold(condition.min_volume, measure))
        count = np.bincount(each["whose"].to_numpy(), minlength=evaluation.participants).astype(np.int64)
        return Measured(count if condition.personal else self._below(count), condition.count)

    def _customer_volume(self, condition: CustomerVolume) -> Measured:
        sold = self._customer_sum(self._least(condition)[1])
        return self._volume(sold if condition.personal else self._below(sold), condition)

    def _customer_share(self, condition: CustomerShare) -> Measured:
        measure = condition.measure or self.evaluation.plan.volumes.measure
        part = self._customer_sum(measure)
        whole = self._own_sum(measure)
        if condition.of != "purchases":
            whole = whole + part
        if condition.of == "group":
            part, whole = self._below(part), self._below(whole)
        share = condition.at_least
        self.check_room(np.maximum(np.abs(part), np.abs(whole)), share.denominator)
        above = part * share.denominator - whole * share.numerator
        return Measured(above, 0, self.evaluation.unit_of(measure), parts=(part, whole))

    # Orders, statements, time

    def _own_orders(self, condition: OwnOrders) -> Measured:
        evaluation = self.evaluation
        here = evaluation.period == self.period
        own = here & (evaluation.buyer >= 0) & (evaluation.sign > 0)
        for column, listed in (("category", condition.categories), ("product", condition.products)):
            if listed is not None:
                own &= evaluation.orders[column].is_in(listed).fill_null(value=False).to_numpy()
        back = np.flatnonzero(here & (evaluation.origin != np.arange(len(here))))
        amount, volume = evaluation.amount.copy(), evaluation.volume.copy()
        np.add.at(amount, evaluation.origin[back], evaluation.amount[back])
        np.add.at(volume, evaluation.origin[back], evaluation.volume[back])
        reversed_ = np.zeros(len(here), np.bool_)
        reversed_[evaluation.origin[back]] = True
        own &= ~reversed_ | (amount > 0) | (volume > 0)
        if condition.min_amount is not None:
            own &= amount >= evaluation.threshold(condition.min_amount, "amount")
        if condition.min_volume is not None:
            own &= volume >= evaluation.threshold(condition.min_volume, "volume")
        count = np.bincount(evaluation.buyer[own], minlength=evaluation.participants).astype(np.int64)
        return Measured(count, condition.count)

    def _autoship(self, condition: OwnOrders) -> Measured:
        return self._own_orders(condition)

    def _rank(self, name: str) -> Measured:
        ranks = self.evaluation.plan.ranks
        assert ranks is not None, "the plan checks that ranks which are named exist"
        return Measured((self.rank >= ranks.index(name)).astype(np.int64), 1, -1)

    def _facts(self, name: str) -> Measured:
        return Measured(self.evaluation.facts.flags(name, self.period, unstated=True).astype(np.int64), 1, -1)

    def _stated(self, name: str) -> Measured:
        return Measured(self.evaluation.facts.flags(name, self.period).astype(np.int64), 1, -1)

    def _numbers(self, pair: tuple[str, Fraction]) -> Measured:
        name, least = pair
        decimals = self.evaluation.volume_decimals
        values, _ = self.evaluation.facts.numbers(name, self.period, decimals)
        return Measured(values, self.evaluation.threshold(least, "volume"), decimals)

    def _months_since_joining(self, condition: Months) -> Measured:
        values = self._months()
        if condition.at_most is not None and condition.at_least:
            inside = (values >= condition.at_least) & (values <= condition.at_most)
            return Measured(inside.astype(np.int64), 1, -1)
        if condition.at_most is not None:
            return Measured(np.where(values < 0, np.iinfo(np.int64).max, values), condition.at_most, most=True)
        return Measured(values, condition.at_least)

    def _months(self) -> Int64s:
        """Calendar months since that of joining; -1 where joining is unknown, or still to come.

        Where periods are no calendar's, they are counted as months.
        """
        evaluation = self.evaluation
        close, joined = self.close(), evaluation.joined
        if close is None:
            since = evaluation.joined_in.astype(np.int64)
            return np.where((since < 0) | (since > self.period), np.int64(-1), self.period - since)
        known = joined < close
        dates = pl.Series(np.where(known, joined, close - 1) * 1000).cast(pl.Datetime("ms", "UTC"))
        local = dates.dt.convert_time_zone(evaluation.plan.timezone)
        months = (local.dt.year().cast(pl.Int64) * 12 + local.dt.month()).to_numpy()
        last = datetime.fromtimestamp(close - 1, zoneinfo.ZoneInfo(evaluation.plan.timezone))
        return np.where(known, last.year * 12 + last.month - months, np.int64(-1))
