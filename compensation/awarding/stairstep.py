"""How a stairstep computes: volumes per pass, everybody's bracket, and the lines laid out by the compiled passes."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from compensation.awarding.stairstep_volumes import (
    Lines,
    Pass,
    can_earn,
    own_volume,
    passes,
    put_together,
    stated_volume,
    unknown_line,
)
from compensation.awards import INELIGIBLE, REASONS, Figure, Int32s, Int64s
from compensation.claims import settle
from compensation.components import breakaway_leaders
from compensation.components.breakaway_leaders import NO_LIMIT
from compensation.errors import PlanMismatch
from compensation.kernels import stairstep as kernels
from compensation.standing.measuring import Measuring
from intake.text import say

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.components.stairstep import Stairstep
    from compensation.evaluation import Evaluation
    from compensation.ledger import Bools

MOST_RATES = 180
"""Different rates that facts may state: their differences are numbered in 16 bits."""


@dataclass(slots=True)
class Group:
    """One pass, by position."""

    standing: npt.NDArray[np.int32]
    """Index into the rates, lowest first; 0 is no rate."""
    points: Int64s
    """Volume that found the bracket."""
    own: Int64s
    """Own volume that is paid on."""
    above: Int64s
    """Own volume that counts for the people above only."""
    pays: Int64s
    """Volume of the group."""
    leg: Int64s
    """What the group is deducted on as a leg."""
    broken: Bools
    unknown: int
    """Volume of people outside the tree."""
    unknown_standing: int


def award(component: Stairstep, evaluation: Evaluation) -> Awards:
    """Every award, pass by pass."""
    rates = rates_of(component, evaluation)
    factor = evaluation.factor(component.base, component.currency)
    differences = sorted({high - low for high in rates for low in rates})
    number_of = {difference: number for number, difference in enumerate(differences)}
    numbers = np.array([[number_of[high - low] for low in rates] for high in rates], np.int64)
    found: list[tuple[Pass, Lines]] = []
    figures: list[Figure] = []
    decimals = evaluation.unit_of(component.measure or evaluation.plan.volumes.measure)
    for reckoned in passes(component, evaluation):
        group = group_of(component, evaluation, reckoned, rates)
        own_lost, legs_lost = _lost(component, evaluation, reckoned)
        lines = _lines(component, reckoned, group, own_lost, legs_lost, numbers)
        lines = unknown_line(lines, group.unknown, int(numbers[group.unknown_standing, 0]))
        found.append((reckoned, lines))
        if reckoned.period == reckoned.pays_in and component.brackets is not None:
            with_volume = np.flatnonzero(group.points)
            rows = reckoned.tree.row[with_volume].astype(np.int32)
            figures.append(Figure("group_volume", reckoned.period, rows, group.points[with_volume], decimals))
        evaluation.progress(f"compute {component.id}", (reckoned.pays_in + 1) / len(evaluation.periods))
    written = [f"{each.numerator}/{each.denominator}" for each in differences]
    claims = put_together(evaluation, found, [each * factor for each in differences], written, component.base)
    claims.figures = figures
    return settle(component, evaluation, claims)


def rates_of(component: Stairstep, evaluation: Evaluation) -> list[Fraction]:
    """Every rate that somebody may have, rising, from 0 for none.

    Raises:
        PlanMismatch: the company states more different rates than can be told apart.
    """
    if component.brackets is not None:
        return sorted({Fraction(0), *(each.rate for each in component.brackets)})
    if component.rates_by_rank is not None:
        return sorted({Fraction(0), *component.rates_by_rank.values()})
    assert component.rate_from is not None
    stated = {Fraction(0)}
    for period in range(len(evaluation.periods)):
        stated.update(evaluation.facts.rates(component.rate_from, period)[0])
    if len(stated) > MOST_RATES:
        raise PlanMismatch(
            say(
                "component {component!r}: fact {rate_from!r} states {count} different rates, at most "
                "{most_rates} can be told apart; state the rates that the company really uses, or "
                "brackets in the plan",
                "المكوّن {component!r}: تذكر الواقعة {rate_from!r} نسبًا مختلفة عددها {count}، ولا "
                "يُميَّز إلا بين {most_rates} على الأكثر. يُرجى ذكر النسب التي تستعملها الشركة فعلًا، أو "
                "brackets في الخطة",
                component=component.id,
                rate_from=component.rate_from,
                count=len(stated),
                most_rates=MOST_RATES,
            )
        )
    return sorted(stated)


def group_of(component: Stairstep, evaluation: Evaluation, reckoned: Pass, rates: list[Fraction]) -> Group:
    """Volumes and rates of everybody in one pass."""
    measure = component.measure or evaluation.plan.volumes.measure
    pay = evaluation.base(component.base)
    for_all, for_uplines = reckoned.counts, np.zeros(len(reckoned.counts), np.bool_)
    if component.only_for_uplines is not None:
        for_uplines = for_all & evaluation.selected(component.only_for_uplines)
        for_all = for_all & ~for_uplines
    own, unknown = own_volume(evaluation, reckoned, pay, for_all, "group volume")
    above, unknown_above = own_volume(evaluation, reckoned, pay, for_uplines, "group volume")
    if component.stated_volume:
        own = stated_volume(evaluation, reckoned, component.base.measure, own)
    leg = own.copy()
    if component.deduct_on is not None:
        deducted = reckoned.counts & evaluation.selected(component.deduct_on)
        leg, _ = own_volume(evaluation, reckoned, pay, deducted, "volume of a leg")
    counted = component.brackets is not None or (component.breaks_away and component.breaks_away.group_volume)
    points, points_above = np.zeros_like(own), np.zeros_like(own)
    unknown_points = 0
    if counted:
        qualifying = evaluation.measure(measure)
        points, unknown_points = own_volume(evaluation, reckoned, qualifying, for_all, "group volume")
        points_above, more = own_volume(evaluation, reckoned, qualifying, for_uplines, "group volume")
        unknown_points += more
        if component.stated_volume:
            points = stated_volume(evaluation, reckoned, measure, points)
    own_points, pays = points.copy(), own.copy()
    broken = np.zeros(len(own), np.bool_)
    least = NO_LIMIT
    if component.breaks_away is not None:
        broken = breakaway_leaders.flags(component.breaks_away, evaluation, reckoned.period, reckoned.tree)
        least = breakaway_leaders.least_volume(component.breaks_away, evaluation, measure)
    if component.top_bracket_breaks_away and component.brackets is not None:
        least = min(least, evaluation.threshold(component.brackets[-1].at_least, measure))
    kernels.groups(reckoned.parent, points_above, above, broken, least, points, pays, leg)
    if component.deduct_on is None:
        # a leg is deducted on exactly what its own rate was applied to
        leg = pays
    if component.bracket_by == "own":
        points = own_points
    elif not component.own_volume_in_group:
        points = points - own_points
    standing, unknown_standing = _standing(component, evaluation, reckoned, rates, points, unknown_points)
    return Group(standing, points, own, above, pays, leg, broken, unknown + unknown_above, unknown_standing)


def _standing(
    component: Stairstep, evaluation: Evaluation, reckoned: Pass, rates: list[Fraction], points: Int64s, unknown: int
) -> tuple[npt.NDArray[np.int32], int]:
    """Everybody's rate by its index, and that of the people outside the tree taken as one group."""
    index = {rate: number for number, rate in enumerate(rates)}
    if component.brackets is not None:
        measure = component.measure
        thresholds = np.array([evaluation.threshold(each.at_least, measure) for each in component.brackets], np.int64)
        of_bracket = np.array([0, *(index[each.rate] for each in component.brackets)], np.int32)
        reached = np.empty(len(points), np.int16)
        kernels.brackets(points, thresholds, reached)
        outside = np.empty(1, np.int16)
        kernels.brackets(np.array([unknown], np.int64), thresholds, outside)
        return of_bracket[reached], int(of_bracket[outside[0]])
    if component.rates_by_rank is not None:
        names = evaluation.plan.ranks.order if evaluation.plan.ranks is not None else []
        of_rank = np.array([0, *(index[component.rates_by_rank.get(name, Fraction(0))] for name in names)], np.int32)
        standing: npt.NDArray[np.int32] = of_rank[evaluation.rank(reckoned.period)[reckoned.tree.row]]
        return standing, 0
    assert component.rate_from is not None
    stated, of_row = evaluation.facts.rates(component.rate_from, reckoned.period)
    of_fact = np.array([*(index[rate] for rate in stated), 0], np.int32)
    return of_fact[of_row[reckoned.tree.row]], 0


def _lost(component: Stairstep, evaluation: Evaluation, reckoned: Pass) -> tuple[Any, Any]:
    """Why a participant does not get the part on own volume, and that on the legs; -1 where he does."""
    code = np.int16(REASONS.index(INELIGIBLE))
    own = np.where(can_earn(component, evaluation, reckoned), np.int16(-1), code)
    if component.legs_require is None:
        return own, own
    met = reckoned.tree.by_position(Measuring(evaluation, reckoned.period).met(component.legs_require))
    return own, np.where(met, own, code)


def _lines(component: Stairstep, reckoned: Pass, group: Group, own_lost: Any, legs_lost: Any, numbers: Int64s) -> Lines:
    """The lines of one pass."""
    parent: Int32s = reckoned.parent
    if component.pays_on == "own":
        parent = np.full(len(parent), -1, np.int32)
    place = np.zeros(len(parent), np.int64)
    nothing = _columns(0)

    def run(where: Int64s, columns: tuple[Any, ...], *, fill: bool) -> int:
        if component.difference == "line":
            return int(
                kernels.line_lines(
                    parent, group.standing, group.own, group.above, group.broken, component.own_volume_paid,
                    own_lost, legs_lost, component.compression == "skip_ineligible", numbers, where, fill, *columns,
                )
            )  # fmt: skip
        return int(
            kernels.leg_lines(
                parent, group.standing, group.own, group.pays + group.above, group.leg, group.broken,
                component.own_volume_paid, own_lost, legs_lost, numbers, where, fill, *columns,
            )
        )  # fmt: skip

    total = run(place, nothing, fill=False)
    columns = _columns(total)
    end = np.cumsum(place)
    run(end if component.difference == "line" else end - place, columns, fill=True)
    participant, source, level, base, rate, reason, whose = columns
    return Lines(participant, source, level, base, rate, reason, whose)


def _columns(rows: int) -> tuple[Any, ...]:
    kinds = (np.int32, np.int32, np.int16, np.int64, np.int64, np.int16, np.int32)
    return tuple(np.empty(rows, kind) for kind in kinds)
