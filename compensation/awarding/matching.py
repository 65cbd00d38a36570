"""How commissions are matched: sums per person and period, and for each level who stands there, for all at once.

There is no walk. `Ladder` has, for each position, the next one above that counts; a level is one step of everybody up it,
so that the work is levels x people, however deep the tree.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from compensation.awarding import on_awards
from compensation.awards import CAPPED, REASONS, RELEASED, Int32s, Int64s
from compensation.claims import Claims, settle
from compensation.components.upline import Bools, left_by_close
from compensation.errors import PlanMismatch
from genealogy import kernels as tree_kernels
from intake.text import say

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.components.matching import Matching
    from compensation.evaluation import Evaluation
    from genealogy.tree import Tree

_NO_UPLINE, _INELIGIBLE, _NO_DEPTH, _LOWER_RATE = (
    REASONS.index(name) for name in ("no-upline", "ineligible", "lacks-depth", "lower-rate")
)


@dataclass(slots=True)
class Ladder:
    """The people of one period, by position."""

    tree: Tree
    parent: Int32s
    rank: npt.NDArray[np.int16]
    can: Bools
    """Who can earn in the period and has not left by its close."""
    counts: Bools
    """Who is met when levels are counted."""
    depth: npt.NDArray[np.int16]
    """Levels that each is paid by his rank."""
    least: list[int]
    """By level, the least rank."""

    def qualified(self, level: int) -> Bools:
        """Who is paid on a level (0 for the first)."""
        result: Bools = self.can & (self.rank >= self.least[level]) & (self.depth > level) & self.counts
        return result

    def above(self, kept: Bools) -> Int32s:
        """For each position the nearest one above that is kept; one longer than the tree, for positions of -1."""
        near = tree_kernels.nearest_kept(self.parent, kept)
        return np.append(np.append(near, np.int32(-1))[self.parent], np.int32(-1))


def matched(component: Matching, evaluation: Evaluation) -> tuple[Int32s, Int32s, Int64s]:
    """Period, row and sum of the commissions that are matched.

    Raises:
        PlanMismatch: the matched components pay in another currency.
    """
    currency = component.currency or evaluation.plan.currency
    people = evaluation.participants
    parts = []
    for name in component.of:
        other = evaluation.plan.component(name).currency or evaluation.plan.currency
        if other != currency:
            raise PlanMismatch(
                say(
                    "component {component!r} is paid in {currency}, but matches {name!r}, which is paid in "
                    "{other}; say currency: {other}, and match components of one currency",
                    "يُدفع المكوّن {component!r} بعملة {currency}، لكنه يطابق {name!r} الذي يُدفع بعملة "
                    "{other}. تُكتب ⁨currency:⁩ {other}، وتُطابق مكوّنات بعملة واحدة",
                    component=component.id,
                    currency=currency,
                    name=name,
                    other=other,
                )
            )
        parts.append(on_awards.paid_by(evaluation, name) if component.reckoned == "after_limits" else
                     _before_limits(evaluation, name))  # fmt: skip
    period, row, amount = (np.concatenate(column) for column in zip(*parts, strict=True))
    keys, index = np.unique(period.astype(np.int64) * people + row, return_inverse=True)
    sums = np.zeros(len(keys), np.int64)
    np.add.at(sums, index, amount)
    if component.reversals == "ignore":
        sums = np.maximum(sums, 0)
    kept = sums != 0
    keys = keys[kept]
    return (keys // people).astype(np.int32), (keys % people).astype(np.int32), sums[kept]


def _before_limits(evaluation: Evaluation, name: str) -> tuple[Int32s, Int32s, Int64s]:
    awards = evaluation.awarded[name]
    # what a cap carried into a later period was counted when it was earned
    let_go = (awards.status == RELEASED) & (awards.note == REASONS.index(CAPPED))
    counted = awards.counted() & ~let_go
    period = awards.periods(evaluation.period)[counted].astype(np.int32)
    return period, awards.participant[counted], awards.before_limits()[counted]


def ladder_of(component: Matching, evaluation: Evaluation, period: int) -> Ladder:
    """Who stands where with which rights when a period closes."""
    closing = evaluation.closing(component.tree, period)
    row = closing.tree.row
    ranks = evaluation.plan.ranks
    rank = evaluation.rank(period)[row]
    can = (evaluation.eligible(period, component.eligibility) & ~left_by_close(evaluation, period))[row]
    depth = np.zeros(len(ranks.order) + 1 if ranks is not None else 1, np.int16)
    for name, rates in component.table():
        if name is None:
            depth[:] = len(rates)
        elif ranks is not None:
            depth[ranks.index(name)] = len(rates)
    counts = np.ones(len(row), np.bool_)
    if component.by == "generation":
        if component.leader_from is not None:
            counts = evaluation.facts.flags(component.leader_from, period)[row]
        elif component.boundary_rank is not None and ranks is not None:
            counts = rank >= ranks.index(component.boundary_rank)
        if component.inactive_leader == "invisible":
            counts = counts & can
    elif component.compression == "skip_ineligible":
        counts = can
    named = component.min_rank_by_level or [None] * component.levels
    least = [ranks.index(name) if name is not None and ranks is not None else 0 for name in named]
    return Ladder(closing.tree, closing.parent, rank, can, counts, depth[rank], least)


def award(component: Matching, evaluation: Evaluation) -> Awards:
    """Every award of a matching bonus, period by period, by whose commission it matches, level by level."""
    period, row, amount = matched(component, evaluation)
    highest = component.highest()
    nominal, code_of = _rates(component, evaluation, highest)
    parts: list[tuple[npt.NDArray[np.int64], ...]] = [tuple(np.empty(0, np.int64) for _ in range(7))]
    for here in np.unique(period):
        mine = np.flatnonzero(period == here)
        ladder = ladder_of(component, evaluation, int(here))
        found = [np.concatenate(column) for column in zip(*_levels(component, ladder, row[mine], code_of), strict=True)]
        position, code, level, reason, event = found
        order = np.lexsort((level, event))
        source = row[mine][event]
        participant = np.append(ladder.tree.row, np.int32(-1))[position]
        columns = (participant, amount[mine][event], code, level, reason, source, np.full(len(event), here))
        parts.append(tuple(column[order].astype(np.int64) for column in columns))
    participant, base, code, level, reason, source, when = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    currency = component.currency or evaluation.plan.currency
    claims = Claims(
        participant.astype(np.int32),
        base,
        code.astype(np.int16),
        nominal,
        [f"{each.numerator}/{each.denominator}" for each in nominal],
        period=when.astype(np.int32),
        source=source.astype(np.int32),
        level=level.astype(np.int16),
        reason=reason.astype(np.int16),
        base_decimals=evaluation.scale_of(currency),
        base_unit=currency,
    )
    return settle(component, evaluation, claims)


def _rates(
    component: Matching, evaluation: Evaluation, highest: list[Fraction]
) -> tuple[list[Fraction], npt.NDArray[np.int64]]:
    """Every rate, and by rank and level the code of: the rate, the highest, and what is lacking to it."""
    ranks = evaluation.plan.ranks
    names = [None, *(ranks.order if ranks is not None else [])]
    rows = dict(component.table())
    nominal = {Fraction(0): 0}
    code = np.zeros((3, len(names), len(highest)), np.int64)
    for r, name in enumerate(names):
        row = rows.get(None, rows.get(name, []))
        for level, top in enumerate(highest):
            rate = row[level] if level < len(row) else Fraction(0)
            for kind, value in enumerate((rate, top, top - rate)):
                code[kind, r, level] = nominal.setdefault(value, len(nominal))
    return list(nominal), code


def _levels(
    component: Matching, ladder: Ladder, row: Int32s, code_of: npt.NDArray[np.int64]
) -> list[tuple[npt.NDArray[np.int64], ...]]:
    """Per level the columns position, code, level, reason and event (index into `row`)."""
    here = ladder.tree.position[row]
    step = ladder.above(ladder.counts)
    rank = np.append(ladder.rank, np.int16(0))
    can = np.append(ladder.can, np.False_)
    found: list[tuple[npt.NDArray[np.int64], ...]] = []
    for level in range(component.levels):
        qualified = np.append(ladder.qualified(level), np.False_)
        here = ladder.above(qualified[:-1])[here] if component.compression == "dynamic" else step[here]
        earner = here
        if component.unqualified == "pass_up":
            earner = np.where(qualified[here], here, ladder.above(qualified[:-1])[here])
        paid = qualified[earner]
        reason = np.where(here < 0, _NO_UPLINE, np.where(can[here], _NO_DEPTH, _INELIGIBLE))
        standing = rank[earner]
        code = np.where(paid, code_of[0, standing, level], code_of[1, 0, level])
        some = np.flatnonzero(code > 0)
        lower = np.flatnonzero(paid & (code_of[2, standing, level] > 0))
        columns = (
            np.concatenate([np.where(paid, earner, -1)[some], np.full(len(lower), -1)]),
            np.concatenate([code[some], code_of[2, standing[lower], level]]),
            np.full(len(some) + len(lower), level + 1),
            np.concatenate([np.where(paid, -1, reason)[some], np.full(len(lower), _LOWER_RATE)]),
            np.concatenate([some, lower]),
        )
        found.append(tuple(column.astype(np.int64) for column in columns))
    return found
