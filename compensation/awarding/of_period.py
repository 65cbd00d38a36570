"""What components that pay on a whole period share: who can be paid for it, and whether they pay in it at all."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from compensation.periods import day_after
from compensation.standing.measuring import Measuring

if TYPE_CHECKING:
    from compensation.components.contract import Component
    from compensation.evaluation import Evaluation
    from compensation.ledger import Bools


def entitled(component: Component, evaluation: Evaluation, period: int) -> Bools:
    """Who is eligible, has joined by the period's close and has not left before it."""
    result = evaluation.eligible(period, component.eligibility) & Measuring(evaluation, period).present()
    if evaluation.network.unknown_row is not None:
        result[evaluation.network.unknown_row] = False
    return result


def in_force(component: Component, evaluation: Evaluation, period: int) -> bool:
    """Whether a period's last day is among those on which the component pays; a period without dates never is."""
    days = component.in_force
    if days is None:
        return True
    after = day_after(evaluation.periods[period], evaluation.plan.period)
    if after is None:
        return False
    last = after - timedelta(days=1)
    return (days.since is None or days.since <= last) and (days.until is None or last <= days.until)
