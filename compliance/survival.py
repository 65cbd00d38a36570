"""Kaplan-Meier's estimate: how likely something has happened by a given time, where some could not be followed to the end.

Times are whole periods (months); the estimate and its variance are exact fractions, and only the interval, which has a
logarithm in it, is computed in `Decimal` with 40 digits. People are counted by time first, so that a million of them
cost one `bincount`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from compliance.statistics import Z95, wilson

_CONTEXT = Context(prec=40)


@dataclass(frozen=True, slots=True)
class Step:
    """The estimate after one time.

    Attributes:
        time: in periods.
        at_risk: how many had been followed up to this time without the event.
        events: how many had it at this time.
        happened: probability that it has happened by then: 1 - S(t).
        variance: Greenwood's sum of d / (n (n - d)) up to then; None once everybody at risk had the event.
    """

    time: int
    at_risk: int
    events: int
    happened: Fraction
    variance: Fraction | None

    def interval(self) -> tuple[Decimal, Decimal]:
        """95 % interval of `happened`: Greenwood's, on the scale log(-log S), so that it stays between 0 and 1.

        Where nobody or everybody had the event that scale has no variance; Wilson's interval over those who were
        still followed at this time stands in, which is wider than need be.

        Reference: Kalbfleisch and Prentice 1980; Wilson 1927.
        """
        survived = 1 - self.happened
        if survived in (0, 1) or self.variance is None:
            return wilson(self.at_risk if survived == 0 else 0, self.at_risk)
        with localcontext(_CONTEXT):
            ratio = _decimal(survived)
            spread = Z95 * _decimal(self.variance).sqrt() / abs(ratio.ln())
            bounds = [1 - ratio ** (sign * spread).exp() for sign in (-1, 1)]
        return bounds[0], bounds[1]


def kaplan_meier(times: npt.NDArray[np.integer], happened: npt.NDArray[np.bool_]) -> list[Step]:
    """The estimate at every time up to the last one anybody was followed to; empty for nobody.

    Args:
        times: of each: when it happened, or up to when he was followed; 0 or more. Who is censored at a time was at
            risk at that time.
        happened: whether it happened at that time.

    Raises:
        ValueError: a time is negative, or the two are not of the same length.

    Reference: Kaplan and Meier 1958, JASA 53:457; Greenwood 1926.
    """
    if len(times) != len(happened):
        raise ValueError(f"{len(times)} times and {len(happened)} outcomes cannot be paired")
    if len(times) == 0:
        return []
    if times.min() < 0:
        raise ValueError(f"a time cannot be negative: {int(times.min())}")
    last = int(times.max())
    events = np.bincount(times[happened], minlength=last + 1)
    return from_counts(np.bincount(times, minlength=last + 1), events)


def from_counts(ended: npt.NDArray[np.integer], events: npt.NDArray[np.integer]) -> list[Step]:
    """`kaplan_meier` of people counted by time.

    Args:
        ended: how many were followed up to each time, with the event or without.
        events: how many of them had it.
    """
    people = int(ended.sum())
    at_risk = people - np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(ended)[:-1]])
    steps, survived = [], Fraction(1)
    variance: Fraction | None = Fraction(0)
    for time, (n, d) in enumerate(zip(at_risk.tolist(), events.tolist(), strict=True)):
        if n == 0:
            break
        if d:
            survived *= Fraction(n - d, n)
            variance = None if d == n or variance is None else variance + Fraction(d, n * (n - d))
        steps.append(Step(time, n, d, 1 - survived, variance))
    return steps


def median_time(steps: list[Step]) -> int | None:
    """The first time by which it has happened to half or more; None where that was not reached."""
    return next((step.time for step in steps if 2 * step.happened >= 1), None)


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)
