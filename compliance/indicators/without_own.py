"""Who would still meet the plan's conditions had he bought nothing himself: the plan's own conditions, asked again.

For each participant and period everything stays as it was except his own purchases: his personal volume loses them, his
group volume loses them once, his own orders and his standing order are gone. What others bought, ranks as held and
whatever the company states of him stay, so that the answer is a lower bound where ranks or statements themselves rest on
purchases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from compensation.frame import ActiveByAutoship, ActiveByPurchases, ActiveByRequirements, ActiveByVolume
from compensation.standing.measuring import Measured, Measuring

if TYPE_CHECKING:
    from compensation.evaluation import Evaluation
    from compensation.frame import Eligibility, Measure

Bools = npt.NDArray[np.bool_]
Int64s = npt.NDArray[np.int64]


def own_volume(evaluation: Evaluation, period: int, measure: Measure | None = None) -> Int64s:
    """What each bought himself in a period, in units of the measure, as far as it counts as his."""
    own = (evaluation.period == period) & (evaluation.buyer >= 0) & (evaluation.credited == evaluation.buyer)
    name = measure or evaluation.plan.volumes.measure
    return evaluation.sum_by(evaluation.buyer[own], evaluation.measure(name)[own], "own purchases")


class WithoutOwn(Measuring):
    """The figures of one period as they would be for each participant without his own purchases."""

    def _personal_volume(self, condition: Any) -> Measured:
        found = super()._personal_volume(condition)
        own = own_volume(self.evaluation, self.period, self._least(condition)[1])
        return Measured(found.values - own, found.least, found.decimals, found.scale)

    def _group_volume(self, condition: Any) -> Measured:
        found = super()._group_volume(condition)
        if not condition.includes_own:
            return found
        own = own_volume(self.evaluation, self.period, self._least(condition)[1])
        return Measured(found.values - own * found.scale, found.least, found.decimals, found.scale)

    def _own_orders(self, condition: Any) -> Measured:
        return Measured(np.zeros(self.evaluation.participants, np.int64), condition.count)


def qualified(evaluation: Evaluation, period: int) -> tuple[Bools, Bools]:
    """Who can earn from at least one component in a period, and who still could without his own purchases."""
    before = np.zeros(evaluation.participants, np.bool_)
    after = np.zeros(evaluation.participants, np.bool_)
    measuring = WithoutOwn(evaluation, period)
    active = _active(evaluation, measuring, period)
    own = own_volume(evaluation, period)
    asked: list[Any] = []  # each set of conditions once; they hold mappings and are compared, not hashed
    for component in evaluation.plan.components:
        if component.eligibility not in asked:
            asked.append(component.eligibility)
    for conditions in asked:
        able = evaluation.eligible(period, conditions)
        before |= able
        after |= able & _eligible(evaluation, measuring, conditions, active, own)
    present = measuring.present()
    return before & present, after & present


def _active(evaluation: Evaluation, measuring: WithoutOwn, period: int) -> Bools:
    rule = evaluation.plan.activity
    result = np.ones(evaluation.participants, np.bool_)
    if isinstance(rule, ActiveByVolume):
        volume = evaluation.personal_volume(period) - own_volume(evaluation, period)
        result = volume >= evaluation.threshold(rule.at_least)
    elif isinstance(rule, ActiveByPurchases | ActiveByAutoship):
        result = np.zeros(evaluation.participants, np.bool_)
    elif isinstance(rule, ActiveByRequirements):
        result = measuring.met(rule.requires)
    else:
        return result
    stated, _ = evaluation.facts.stated("active", period)
    result[stated] = True  # what the company states stands; who it calls inactive was not qualified before
    return result


def _eligible(
    evaluation: Evaluation, measuring: WithoutOwn, conditions: Eligibility, active: Bools, own: Int64s
) -> Bools:
    allowed = active.copy() if conditions.active else np.ones(evaluation.participants, np.bool_)
    if conditions.min_personal_volume is not None:
        volume = evaluation.personal_volume(measuring.period) - own
        allowed &= volume >= evaluation.threshold(conditions.min_personal_volume)
    if conditions.requires is not None:
        allowed &= measuring.met(conditions.requires)
    return allowed
