"""How the leadership bonus computes: personal groups, leaders, recipients, and the volume that each leader gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from compensation.awarding.stairstep_volumes import (
    Lines,
    Pass,
    can_earn,
    own_volume,
    passes,
    put_together,
    stated_volume,
)
from compensation.awards import INELIGIBLE, NO_UPLINE, REASONS, Int32s, Int64s
from compensation.claims import settle
from compensation.components import breakaway_leaders
from compensation.errors import PlanMismatch
from compensation.kernels import leadership_minimum as kernels
from compensation.quantities import decimal_text
from intake.text import say

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.components.leadership_minimum import LeadershipMinimum
    from compensation.evaluation import Evaluation
    from compensation.ledger import Bools

GROUP, MADE_UP, GIVEN = 1, 2, 3
"""Levels of lines: on a leader's group, what he makes it up by, and what one gives oneself."""


@dataclass(slots=True)
class Leading:
    """One pass, by position."""

    points: Int64s
    """Volume of the personal group that decides."""
    base: Int64s
    """Volume of the personal group that is paid on."""
    leads: Bools
    receives: Bools
    to: Int32s
    """Whom a leader's group pays, -1 nobody."""
    taken: Int64s
    """Volume that a leader gives of what he receives."""


def award(component: LeadershipMinimum, evaluation: Evaluation) -> Awards:
    """Every award, pass by pass."""
    found: list[tuple[Pass, Lines]] = []
    for reckoned in passes(component, evaluation):
        found.append((reckoned, _lines(reckoned, leading(component, evaluation, reckoned))))
        evaluation.progress(f"compute {component.id}", (reckoned.pays_in + 1) / len(evaluation.periods))
    rate = component.rate
    exact = rate * evaluation.factor(component.base, component.currency)
    written = f"{rate.numerator}/{rate.denominator}"
    return settle(component, evaluation, put_together(evaluation, found, [exact], [written], component.base))


def guaranteed(component: LeadershipMinimum, evaluation: Evaluation) -> int:
    """The volume to which a group is made up, in units of the base.

    Raises:
        PlanMismatch: the guaranteed amount is no whole volume at this rate.
    """
    if component.guaranteed_volume is not None:
        return evaluation.threshold(component.guaranteed_volume, component.base.measure)
    if component.guaranteed_amount is None:
        return 0
    scale = evaluation.scale_of(component.currency or evaluation.plan.currency)
    rate = component.rate * evaluation.factor(component.base, component.currency)
    volume = component.guaranteed_amount * 10**scale / rate
    if volume.denominator != 1:
        exact = decimal_text(component.guaranteed_amount)
        raise PlanMismatch(
            say(
                "component {component!r}: guaranteed_amount {exact} is {rate} of no volume that can be "
                "held; write guaranteed_volume, the volume of a group that brings it",
                "المكوّن {component!r}: المبلغ guaranteed_amount وقدره {exact} هو {rate} من حجم لا يمكن "
                "حفظه. يُرجى كتابة guaranteed_volume، أي حجم المجموعة الذي يعطيه",
                component=component.id,
                exact=exact,
                rate=component.rate,
            )
        )
    return int(volume)


def leading(component: LeadershipMinimum, evaluation: Evaluation, reckoned: Pass) -> Leading:
    """Groups, leaders and flows of one pass."""
    tree, parent = reckoned.tree, reckoned.parent
    measure = component.measure or evaluation.plan.volumes.measure
    counts = reckoned.counts
    base, _ = own_volume(evaluation, reckoned, evaluation.base(component.base), counts, "group volume")
    points, _ = own_volume(evaluation, reckoned, evaluation.measure(measure), counts, "group volume")
    if component.stated_volume:
        base = stated_volume(evaluation, reckoned, component.base.measure, base)
        points = stated_volume(evaluation, reckoned, measure, points)
    leads = np.zeros(len(parent), np.bool_)
    if component.leaders is not None:
        leads = breakaway_leaders.flags(component.leaders, evaluation, reckoned.period, tree)
    receives = np.zeros(len(parent), np.bool_)
    eligible = can_earn(component, evaluation, reckoned)
    kernels.standing(
        parent, points, base, leads, eligible,
        evaluation.threshold(component.leader_volume, measure),
        evaluation.threshold(component.recipient_volume, measure),
        component.min_leaders, component.enough_leaders or len(parent) + 1, component.leaders_in == "legs", component.recipients_are_leaders, receives,
    )  # fmt: skip
    to, taken = np.empty(len(parent), np.int32), np.empty(len(parent), np.int64)
    least = guaranteed(component, evaluation)
    kernels.flows(parent, base, leads, receives, component.not_entitled == "pass_up", least, to, taken)
    return Leading(points, base, leads, receives, to, taken)


def _lines(reckoned: Pass, found: Leading) -> Lines:
    """The lines of one pass, receiver by receiver."""
    based = np.flatnonzero(found.leads & (found.base != 0)).astype(np.int32)
    giving = np.flatnonzero(found.taken).astype(np.int32)
    paid = found.to[based] >= 0
    source = np.concatenate([based, giving, giving])
    participant = np.concatenate([found.to[based], found.to[giving], giving])
    level = np.repeat(np.array([GROUP, MADE_UP, GIVEN], np.int16), [len(based), len(giving), len(giving)])
    base = np.concatenate([found.base[based], found.taken[giving], -found.taken[giving]])
    # what nobody receives: the leader has nobody above, or nobody who qualifies
    alone = reckoned.parent[based] < 0
    lost = np.where(alone, REASONS.index(NO_UPLINE), REASONS.index(INELIGIBLE))
    reason = np.concatenate([np.where(paid, -1, lost), np.full(2 * len(giving), -1)]).astype(np.int16)
    # what nobody receives is no part of anybody's award: it is grouped by the leader, beyond all positions
    whose = np.where(participant >= 0, participant, source + len(reckoned.parent)).astype(np.int64)
    order = np.lexsort((level, source, whose))
    return Lines(
        participant[order],
        source[order],
        level[order],
        base[order],
        np.zeros(len(order), np.int64),
        reason[order],
        whose[order],
    )
