"""How a breakaway override computes: leaders and their personal groups, then generation by generation above each."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import lcm
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
)
from compensation.awards import Int32s, Int64s
from compensation.claims import settle
from compensation.components import breakaway_leaders
from compensation.components.breakaway_leaders import Leaders
from compensation.errors import AmountOverflow
from compensation.kernels import breakaway as kernels
from compensation.kernels.nearest_above import nearest
from compensation.kernels.stairstep import brackets
from intake.text import Text

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.components.breakaway import Breakaway
    from compensation.evaluation import Evaluation
    from compensation.ledger import Bools


@dataclass(slots=True)
class Groups:
    """One pass, by position."""

    leads: Bools
    may: Bools
    """Who counts as a generation."""
    eligible: Bools
    base: Int64s
    """Volume of the personal group that is paid on."""
    kind: Int32s
    """Row of the table of rates."""
    table: npt.NDArray[np.int64]
    """[row, generation], numerators over `denominator`."""
    denominator: int


def award(component: Breakaway, evaluation: Evaluation) -> Awards:
    """Every award, pass by pass."""
    factor = evaluation.factor(component.base, component.currency)
    reckoned_passes = list(passes(component, evaluation))
    facts = _stated_rates(component, evaluation)
    found: list[tuple[Pass, Lines, int]] = []
    for reckoned in reckoned_passes:
        groups = groups_of(component, evaluation, reckoned, facts)
        found.append((reckoned, _lines(component, reckoned, groups), groups.denominator))
        evaluation.progress(f"compute {component.id}", (reckoned.pays_in + 1) / len(evaluation.periods))
    # rates come out as numerators; the different ones are few
    denominator = found[0][2] if found else 1
    distinct = np.unique(np.concatenate([lines.rate for _, lines, _ in found] or [np.empty(0, np.int64)]))
    for _, lines, _ in found:
        lines.rate = np.searchsorted(distinct, lines.rate)
    rates = [Fraction(int(each), denominator) for each in distinct]
    written = [f"{each.numerator}/{each.denominator}" for each in rates]
    pairs = [(reckoned, lines) for reckoned, lines, _ in found]
    return settle(
        component,
        evaluation,
        put_together(evaluation, pairs, [each * factor for each in rates], written, component.base),
    )


def _stated_rates(component: Breakaway, evaluation: Evaluation) -> list[Fraction]:
    """Every rate that the company states in some period; empty where rates stand in the plan."""
    if component.rate_from is None:
        return []
    stated: set[Fraction] = set()
    for period in range(len(evaluation.periods)):
        stated.update(evaluation.facts.rates(component.rate_from, period)[0])
    return sorted(stated)


def groups_of(
    component: Breakaway, evaluation: Evaluation, reckoned: Pass, facts: list[Fraction] | None = None
) -> Groups:
    """Leaders, groups and rates of everybody in one pass."""
    tree, parent = reckoned.tree, reckoned.parent
    measure = component.measure or evaluation.plan.volumes.measure
    base, _ = own_volume(evaluation, reckoned, evaluation.base(component.base), reckoned.counts, "group volume")
    if component.stated_volume:
        base = stated_volume(evaluation, reckoned, component.base.measure, base)
    earners = component.earners or component.leaders
    volumes = component.rates_by_volume is not None
    volumes |= any(each.group_volume is not None for each in (component.leaders, earners))
    own = np.zeros_like(base)
    if volumes:
        own, _ = own_volume(evaluation, reckoned, evaluation.measure(measure), reckoned.counts, "group volume")
        if component.stated_volume:
            own = stated_volume(evaluation, reckoned, measure, own)
    leads = breakaway_leaders.find(component.leaders, evaluation, reckoned.period, tree, parent, own, measure)
    group = own.copy()
    if volumes:
        kernels.gather(parent, group, leads)
    may = leads if component.earners is None else _earners(component.earners, evaluation, reckoned, group, component)
    kernels.gather(parent, base, leads)
    kind, rows = _table(component, evaluation, reckoned, own if component.volume_of == "own" else group, facts)
    denominator = lcm(component.min_rate.denominator, *(rate.denominator for row in rows for rate in row))
    numerators = [[int(rate * denominator) for rate in row] for row in rows]
    if max((max(row) for row in numerators), default=0) >= 1 << 62:
        raise AmountOverflow(
            component.id,
            Text(en="a rate over the common denominator of all rates", ar="نسبة على المقام المشترك لكل النسب"),
        )
    eligible = can_earn(component, evaluation, reckoned)
    return Groups(leads, may, eligible, base, kind, np.array(numerators, np.int64), denominator)


def _earners(earners: Leaders, evaluation: Evaluation, reckoned: Pass, group: Int64s, component: Breakaway) -> Bools:
    """Who counts as a generation, where that is not the leaders; volumes are those of the groups without leaders."""
    may = breakaway_leaders.flags(earners, evaluation, reckoned.period, reckoned.tree)
    least = breakaway_leaders.least_volume(earners, evaluation, component.measure)
    return may | (group >= least)


def _table(
    component: Breakaway, evaluation: Evaluation, reckoned: Pass, volume: Int64s, facts: list[Fraction] | None
) -> tuple[Int32s, list[list[Fraction]]]:
    """The row of everybody, and the rows: one rate per generation; row 0 is of who has no rate at all."""
    generations = component.generations
    later = list(component.later_rates)

    def full(row: list[Fraction]) -> list[Fraction]:
        whole = row + later if later else row
        return whole + [Fraction(0)] * (generations - len(whole))

    # generations whose rates are the same for all are paid to whoever counts as one, with or without a rate of his own
    nothing = full([Fraction(0)])
    people = len(reckoned.parent)
    if component.rates is not None:
        return np.ones(people, np.int32), [nothing, full(component.rates)]
    if component.rates_by_rank is not None:
        names = evaluation.plan.ranks.order if evaluation.plan.ranks is not None else []
        listed = list(component.rates_by_rank)
        of_rank = np.array([0, *(listed.index(name) + 1 if name in listed else 0 for name in names)], np.int32)
        kind: Int32s = of_rank[evaluation.rank(reckoned.period)[reckoned.tree.row]]
        return kind, [nothing, *(full(component.rates_by_rank[name]) for name in listed)]
    if component.rates_by_volume is not None:
        steps = component.rates_by_volume
        thresholds = np.array([evaluation.threshold(each.at_least, component.measure) for each in steps], np.int64)
        reached = np.empty(people, np.int16)
        brackets(volume, thresholds, reached)
        return reached.astype(np.int32), [nothing, *(full(each.rates) for each in steps)]
    assert component.rate_from is not None
    rates = _stated_rates(component, evaluation) if facts is None else facts
    stated, of_row = evaluation.facts.rates(component.rate_from, reckoned.period)
    of_fact = np.array([*(rates.index(each) + 1 for each in stated), 0], np.int32)
    return of_fact[of_row[reckoned.tree.row]], [nothing, *(full([each]) for each in rates)]


def _lines(component: Breakaway, reckoned: Pass, groups: Groups) -> Lines:
    """The lines of one pass, leader by leader."""
    parent, generations = reckoned.parent, groups.table.shape[1]
    gates = np.zeros(generations, np.int64)
    gates[: len(component.min_leaders)] = component.min_leaders
    candidates = nearest(parent, groups.may)
    lines = np.zeros(len(parent), np.int64)
    kernels.first_lines(groups.leads, candidates, lines)
    chooses = component.lacking_rate == "skip" or component.compression == "dynamic"
    accepted = []
    for generation in range(generations if chooses else 1):
        wanted = groups.may.copy()
        if component.compression != "none":
            wanted &= groups.eligible
        if chooses:
            wanted &= (groups.table[groups.kind, generation] > 0) & (lines >= gates[generation])
        accepted.append(nearest(parent, wanted))
    higher = np.empty(0, np.int32)
    differential = component.override == "differential"
    if differential and chooses:
        higher = np.empty(len(parent), np.int32)
        kernels.nearest_higher(accepted[0], groups.table[groups.kind, 0], higher)
    rows = int(np.count_nonzero(groups.leads & (groups.base != 0))) * generations * 2
    kinds = (np.int32, np.int32, np.int16, np.int64, np.int64, np.int16)
    columns: list[Any] = [np.empty(rows, kind) for kind in kinds]
    filled = kernels.pay(
        groups.leads, groups.base, groups.kind, groups.eligible, lines, gates, groups.table,
        candidates, np.stack(accepted), higher,
        differential, int(component.min_rate * groups.denominator), component.lacking_rate == "skip",
        kernels.COMPRESSION[component.compression], chooses, *columns,
    )  # fmt: skip
    participant, source, level, base, rate, reason = (column[:filled] for column in columns)
    # every line is an award by itself, and has the same name in another reckoning of the same period
    name = (source.astype(np.int64) * (generations + 1) + level) * 2 + (reason >= 0)
    return Lines(participant, source, level, base, rate, reason, name)
