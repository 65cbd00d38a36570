"""An interval for a share, and how unlikely a burst of events is: `compliance.statistics` as models."""

from __future__ import annotations

from decimal import Decimal

from compliance import statistics
from compliance.models.quantities import Amount, Count, Whole
from compliance.models.registry import Refused, at_most, model
from intake.text import say

_MOST_EVENTS = 1_000_000


@model("stat.wilson95", source="Wilson, JASA 22:209-212, 1927", mark="G")
def wilson95(successes: Whole, n: Count) -> list[Decimal]:
    """[p + z^2/2n -+ z sqrt(p(1-p)/n + z^2/4n^2)] / (1 + z^2/n), z = 1.95996: Wilson's interval, [low, high]."""
    if successes > n:
        raise Refused("successes", successes, at_most("n", n))
    return list(statistics.wilson(successes, n))


@model("stat.poisson_burst_tail", source="Poisson law; an enrolment burst under one sponsor")
def poisson_burst_tail(events: Whole, expected: Amount) -> Decimal:
    """P(X >= events) where X is Poisson with the expected number; 12 where 0.5 are expected: 3.2e-13."""
    if events > _MOST_EVENTS or expected > _MOST_EVENTS:
        reason = say(
            "at most {most:,} are counted one by one; take a shorter window",
            "يُعدّ {most:,} على الأكثر واحدًا واحدًا؛ تُختار مدة أقصر",
            most=_MOST_EVENTS,
        )
        raise Refused("events", events, reason)
    return statistics.poisson_tail(events, expected)
