"""How differences of rates are computed: the rates of a period as indexes, the compiled walk, and the lines of groups.

`Terms` is the rule without the component that states it, so that the differential infinity bonus is the same code.
Rates become indexes into one rising list, 0 standing for no rate; a claim's rate is the difference of two of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from compensation.awards import REASONS, Int32s, Int64s
from compensation.claims import settle
from compensation.components.upline import Source, base_of, claims_of, sources
from compensation.errors import PlanMismatch
from compensation.kernels import differential_walk, read_only
from genealogy import kernels as tree_kernels
from intake.text import say

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.components.upline import Upline
    from compensation.evaluation import Evaluation

_INELIGIBLE = REASONS.index("ineligible")


@dataclass(slots=True)
class Terms:
    """A differential without its base."""

    rates_by_rank: Mapping[str, Fraction] | None
    rate_from: str | None
    start_from: str
    skip: bool
    """Whether who cannot earn is passed over."""
    stop_at_equal: bool = False
    equal_rates: Sequence[Fraction] = ()
    least: Fraction = Fraction(0)
    """The least that a higher rate is paid."""
    most: int = 0
    """Levels, 0 for no limit."""


class RateTable:
    """Everybody's rate as an index into `values`, period by period."""

    def __init__(self, who: str, evaluation: Evaluation, terms: Terms) -> None:
        self._evaluation = evaluation
        self._terms = terms
        self._by_period: dict[int, Int32s] = {}
        if terms.rates_by_rank is not None:
            stated = set(terms.rates_by_rank.values())
        else:
            stated = {rate for rates, _ in self._stated for rate in rates}
        if any(rate < 0 for rate in stated):
            raise PlanMismatch(
                say(
                    "component {who!r}: the fact {rate_from!r} is negative somewhere; a rate is not",
                    "المكوّن {who!r}: الواقعة {rate_from!r} سالبة في موضع ما، والنسبة لا تكون سالبة",
                    who=who,
                    rate_from=terms.rate_from,
                )
            )
        self.values: list[Fraction] = sorted(stated | {Fraction(0)})
        """Rising; the first is 0 and stands for no rate, too."""

    @cached_property
    def _stated(self) -> list[tuple[list[Fraction], Int32s]]:
        assert self._terms.rate_from is not None
        facts, periods = self._evaluation.facts, range(len(self._evaluation.periods))
        return [facts.rates(self._terms.rate_from, period) for period in periods]

    def of(self, period: int) -> Int32s:
        """Index of everybody's rate in a period, by row."""
        if period not in self._by_period:
            place = {rate: index for index, rate in enumerate(self.values)}
            ranks = self._evaluation.plan.ranks
            if self._terms.rates_by_rank is not None and ranks is not None:
                by_rank = np.zeros(len(ranks.order) + 1, np.int32)
                for name, rate in self._terms.rates_by_rank.items():
                    by_rank[ranks.index(name)] = place[rate]
                self._by_period[period] = by_rank[self._evaluation.rank(period)]
            else:
                rates, index = self._stated[period]
                known = np.array([*(place[rate] for rate in rates), 0], np.int32)
                self._by_period[period] = known[index]
        return self._by_period[period]

    def top(self, period: int) -> int:
        """Index of the highest rate that can be paid in a period."""
        if self._terms.rates_by_rank is not None:
            return len(self.values) - 1
        return int(self.of(period).max(initial=0))


@dataclass(slots=True)
class Setting:
    """The people of one source, by position."""

    value: Int32s
    """Index of the rate; 0 for whoever is passed over from the beginning."""
    eligible: npt.NDArray[np.bool_]
    start: Int32s
    """Per entry, index of the rate that counts as paid."""
    step: Int32s
    """The next position that counts as a level."""


def setting_of(component: Upline, evaluation: Evaluation, terms: Terms, table: RateTable, source: Source) -> Setting:
    """Who stands where with which rate, and what counts as paid before the walk."""
    rates = table.of(source.period)
    value = rates[source.tree.row]
    eligible = evaluation.eligible(source.period, component.eligibility)[source.tree.row]
    step = source.parent
    if terms.skip:
        # who left before anything was sold is passed over at once; who leaves in between is looked at order by order
        here = eligible & (source.left > source.when.min())
        value = np.where(here, value, 0).astype(np.int32)
        if terms.most:
            near = tree_kernels.nearest_kept(source.parent, here)
            step = np.append(near, np.int32(-1))[source.parent]
    padded = np.append(rates, np.int32(0))
    match terms.start_from:
        case "buyer":
            who = source.row if component.on == "group_volume" else evaluation.buyer[source.order]
        case "seller":
            who = evaluation.seller[source.order]
        case "credited":
            who = source.row
        case _:
            who = np.full(len(source.row), -1, np.int32)
    return Setting(value, eligible, padded[who], step)


def _walk(source: Source, setting: Setting, terms: Terms, top: int) -> tuple[Any, ...]:
    parent, step = read_only(source.parent, setting.step)
    above = differential_walk.next_higher(parent, setting.value)
    found: tuple[Any, ...] = differential_walk.walk(
        source.first, source.when, setting.start, source.missing(),
        parent, step, setting.value, above, setting.eligible, source.left,
        top, len(terms.equal_rates), terms.stop_at_equal, terms.skip, terms.most,
    )  # fmt: skip
    return found


def award(component: Upline, evaluation: Evaluation, terms: Terms) -> Awards:
    """Every award of a differential."""
    table = RateTable(component.id, evaluation, terms)
    base = base_of(component, evaluation)
    count = len(table.values)
    pieces = []
    for source in sources(component, evaluation, base):
        setting = setting_of(component, evaluation, terms, table, source)
        entry, position, high, low, kind, level, reason = _walk(source, setting, terms, table.top(source.period))
        code = np.where(kind > 0, count * count + kind - 1, high.astype(np.int64) * count + low)
        if terms.least:
            # what an earner gets is raised to the least difference; what nobody gets is not
            code = np.where((kind == 0) & (position < 0), code + count * count + len(terms.equal_rates), code)
        found = {"entry": entry, "position": position, "code": code, "level": level, "reason": reason}
        if component.on == "group_volume":
            found = _by_leg(source, found)
        pieces.append((source, found))
    return settle(component, evaluation, claims_of(component, evaluation, pieces, _nominal(table.values, terms)))


def _nominal(values: Sequence[Fraction], terms: Terms) -> list[Fraction]:
    """Every rate by code: differences (high, low), then what equal ranks get, then differences that nobody gets."""
    differences = [high - low for high in values for low in values]
    paid = [max(each, terms.least) if terms.least else each for each in differences]
    return [*paid, *terms.equal_rates, *(differences if terms.least else [])]


def _by_leg(source: Source, found: dict[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
    """One line per earner, leg and rate instead of one per participant whose volume it was."""
    entry, position = found["entry"], found["position"]
    own = source.tree.position[source.row[entry]]
    head = np.full(len(entry), -1, np.int32)
    above = np.flatnonzero((position >= 0) & (own != position))
    head[above] = differential_walk.leg_heads(
        source.parent, source.tree.head, source.tree.depth, own[above], position[above]
    )
    same = np.flatnonzero((position >= 0) & (own == position))
    head[same] = own[same]
    keys = (found["reason"], found["code"], head, position)
    order = np.lexsort(keys)
    new = np.ones(len(order), np.bool_)
    new[1:] = np.any([key[order][1:] != key[order][:-1] for key in keys], axis=0)
    starts = np.flatnonzero(new)
    chosen = order[starts]
    return {
        "entry": entry[chosen],
        "position": position[chosen],
        "code": found["code"][chosen],
        "level": np.zeros(len(chosen), np.int16),
        "reason": found["reason"][chosen],
        "base": np.add.reduceat(source.base[entry][order], starts) if len(starts) else np.empty(0, np.int64),
        "row": np.append(source.tree.row, np.int32(-1))[head[chosen]],
    }


def award_by_legs(component: Upline, evaluation: Evaluation, terms: Terms) -> Awards:
    """Each leg's whole volume pays the person above it the difference to the rate of the leg's head.

    Who cannot earn and is passed over leaves the tree: those below him are legs of the next above, and his own volume a
    leg whose head has no rate.
    """
    table = RateTable(component.id, evaluation, terms)
    values = table.values
    pieces = []
    for source in sources(component, evaluation, base_of(component, evaluation)):
        setting = setting_of(component, evaluation, terms, table, source)
        parent, can = source.parent, setting.eligible & (source.left > 0)
        if terms.skip:
            near = tree_kernels.nearest_kept(source.parent, can)
            parent = np.append(near, np.int32(-1))[source.parent]
        volume = _group_sums(source, parent)
        head = np.flatnonzero((parent >= 0) & (volume != 0))
        above = parent[head]
        low = setting.value[head]
        high = np.maximum(setting.value[above], low)
        pays = high > low
        head, above, high, low = head[pays], above[pays], high[pays], low[pays]
        found: dict[str, npt.NDArray[Any]] = {
            "entry": np.zeros(len(head), np.int64),
            "position": above,
            "code": high.astype(np.int64) * len(values) + low,
            "level": np.ones(len(head), np.int16),
            "reason": np.where(can[above], -1, _INELIGIBLE).astype(np.int16),
            "base": volume[head],
            "row": source.tree.row[head],
        }
        pieces.append((source, found))
    return settle(component, evaluation, claims_of(component, evaluation, pieces, _nominal(values, terms)))


def _group_sums(source: Source, parent: Int32s) -> Int64s:
    """Volume of each position and all below it, along the given parents."""
    own = np.zeros(len(parent), np.int64)
    at = source.tree.position[source.row]
    own[at[at >= 0]] = source.base[at >= 0]
    sums: Int64s = tree_kernels.subtree_sums(parent, own, include_self=True)
    return sums
