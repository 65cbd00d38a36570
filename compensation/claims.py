"""From what a component finds to awards: who, on what base, at which rate; exactly, then rounded once.

A family of components finds *claims*: so much of a base, at such a rate, for such an earner, or for nobody, with the
reason. `settle` turns them into awards: it works the exact amounts out in integers, rounds each by the plan's rule,
and keeps the balance: allotted = paid + breakage by reason + rounding, exactly. Level commissions on millions of
orders have a walk of their own (`kernels.level_walk`) that does all this while it walks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Any

import numba as nb
import numpy as np
import numpy.typing as npt

from compensation.awards import BREAKAGE, PAID, REASONS, Awards, Balance, Figure, Int32s, Int64s, State
from compensation.errors import AmountOverflow, NotRepresentable
from compensation.kernels.rounding import MODES, fits, product, rounded
from intake.text import Text, say

if TYPE_CHECKING:
    from compensation.components.contract import Component
    from compensation.evaluation import Evaluation


@dataclass(slots=True)
class Claims:
    """What a component finds, in the order in which it is to be paid; all arrays have the same length."""

    participant: Int32s
    """Row of the earner; -1 for nobody."""
    base: Int64s
    """What the rate applies to, in units of 10^-`base_decimals`; negative for what is taken back."""
    rate: npt.NDArray[np.int16]
    """Index into `rates`."""
    rates: Sequence[Fraction]
    """Minor units of the component's currency per unit of base, exactly."""
    written: Sequence[str]
    """The same rates as the plan states them: a fraction such as `1/20`, or a fixed amount such as `150`."""
    order: Int32s | None = None
    """Index of the source order; None or -1 where a claim has none, and then `period` is needed."""
    period: Int32s | None = None
    """Index of the period; None = that of the order."""
    source: Int32s | None = None
    """Row of the participant from whom it comes; None = whom the order is credited to."""
    level: npt.NDArray[np.int16] | None = None
    """Level, generation or step; None = 0."""
    award: npt.NDArray[np.integer[Any]] | None = None
    """Number of the award (0, 1, ...) that each claim is part of: an award is rounded once, and its lines carry the
    differences of the running rounded sum, so that they add up to it. None = every claim is an award by itself."""
    reason: npt.NDArray[np.int16] | None = None
    """Index into `awards.REASONS` where nobody earns it; -1 where somebody does. None = nobody where no participant."""
    base_decimals: int = 0
    base_unit: str = ""
    """Currency of the base, `points`, or empty for a count."""
    amount: Int64s | None = None
    """Whole minor units, where a family divides a sum by a rule of its own; base x rate then only tells the share."""
    allotted: Fraction | None = None
    """With `amount`: the exact sum that was divided."""
    state: State = field(default_factory=State)
    figures: list[Figure] = field(default_factory=list)


def rounding_unit(component: Component, evaluation: Evaluation) -> int:
    """Minor units that an award of the component is a multiple of.

    Raises:
        NotRepresentable: the plan rounds to more decimals than the records hold.
    """
    plan = evaluation.plan
    currency = component.currency or plan.currency
    decimals = plan.rounding.decimals
    if decimals is None or currency != plan.currency:
        return 1
    scale = evaluation.scale_of(currency)
    if decimals > scale:
        raise NotRepresentable("rounding.decimals", str(decimals), currency, scale)
    return int(10 ** (scale - decimals))


def settle(component: Component, evaluation: Evaluation, claims: Claims) -> Awards:
    """The awards of a component's claims.

    Raises:
        AmountOverflow: an amount or a sum does not fit 64 bits.
        NotRepresentable: the plan rounds to more decimals than the records hold.
    """
    unit = rounding_unit(component, evaluation)
    if len(claims.rates) > np.iinfo(np.int16).max:
        raise AmountOverflow(
            component.id,
            say("the number of different rates ({count:,})", "عدد النسب المختلفة ({count:,})", count=len(claims.rates)),
        )
    count = len(claims.participant)
    order = claims.order if claims.order is not None else np.full(count, -1, np.int32)
    by_order = np.append(evaluation.period, np.int32(-1))[order]
    period = by_order if claims.period is None else claims.period.astype(np.int32)
    reason = claims.reason
    if reason is None:
        reason = np.where(claims.participant >= 0, -1, REASONS.index("no-upline")).astype(np.int16)
    lost = reason >= 0
    statement = np.where(lost, -1, period.astype(np.int64) * (evaluation.participants + 1) + claims.participant)
    index = _statements(evaluation, statement)
    if claims.award is not None and evaluation.plan.rounding.per == "line":
        index = claims.award.astype(np.intp)
    if claims.amount is not None:
        amount = claims.amount
    else:
        whole, rest, denominator = _exact(component, claims, unit)
        amount = np.empty(count, np.int64)
        _round(whole, rest, denominator, MODES[evaluation.plan.rounding.mode], index, lost, amount)
        amount *= unit
    balance = _balance(claims, amount, lost, reason)
    kept = ~lost | evaluation.keep_breakage
    if not evaluation.keeps_lines(component):
        kept[:] = False
    awards = Awards(
        component.id,
        order[kept].astype(np.int32),
        np.where(lost, np.int32(-1), claims.participant)[kept].astype(np.int32),
        (np.zeros(count, np.int16) if claims.level is None else claims.level)[kept].astype(np.int16),
        np.asarray(claims.rate, np.int16)[kept],
        amount[kept],
        np.where(lost, np.int8(BREAKAGE), np.int8(PAID))[kept],
        reason[kept].astype(np.int16),
        base=claims.base[kept],
        period=None if claims.period is None else period[kept],
        source=None if claims.source is None else claims.source[kept].astype(np.int32),
        rates=list(claims.written),
        exact=list(claims.rates),
        base_decimals=claims.base_decimals,
        base_unit=claims.base_unit,
        notes=list(REASONS),
        balance=balance,
        state=claims.state,
        figures=claims.figures,
    )
    awards.breakage = _summed(period, claims.level, reason, amount, lost)
    awards.earned = earned_by(period[~lost], claims.participant[~lost], amount[~lost])
    assert balance.ties, f"{component.id}: allotted money is unaccounted for"
    return awards


def _exact(component: Component, claims: Claims, unit: int) -> tuple[Int64s, Int64s, int]:
    """base x rate in rounding units, as whole + rest / denominator."""
    rates = [rate / unit for rate in claims.rates] or [Fraction(0)]
    denominator = lcm(*(rate.denominator for rate in rates))
    numerators = [int(rate * denominator) for rate in rates]
    largest = int(np.abs(claims.base).max(initial=0))
    top = max(map(abs, numerators))
    if top >= 1 << 62 or not fits(largest, top, denominator):
        raise AmountOverflow(
            component.id,
            say(
                "base {largest} x rate over {denominator}",
                "الأساس {largest} × النسبة على المقام {denominator}",
                largest=largest,
                denominator=denominator,
            ),
        )
    # a bound needs no exactness: floats only say whether the exact sums can overflow
    if float(np.abs(claims.base).sum(dtype=np.float64)) * max(1.0, float(max(map(abs, rates)))) * unit >= 2.0**62:
        raise AmountOverflow(component.id, Text(en="the sum of all awards", ar="مجموع كل العمولات"))
    whole, rest = np.empty(len(claims.base), np.int64), np.empty(len(claims.base), np.int64)
    _multiply(claims.base.astype(np.int64), np.array(numerators, np.int64)[claims.rate], denominator, whole, rest)
    return whole, rest, denominator


@nb.njit(cache=True, nogil=True)
def _multiply(base: Int64s, numerator: Int64s, denominator: int, whole: Int64s, rest: Int64s) -> None:
    for i in range(base.shape[0]):
        whole[i], rest[i] = product(base[i], numerator[i], denominator)


@nb.njit(cache=True, nogil=True)
def _round(
    whole: Int64s,
    rest: Int64s,
    denominator: int,
    mode: int,
    statement: Int64s,
    lost: npt.NDArray[np.bool_],
    out: Int64s,
) -> None:
    size = 0
    for i in range(statement.shape[0]):
        size = max(size, statement[i] + 1)
    sums, rests, paid = np.zeros(size, np.int64), np.zeros(size, np.int64), np.zeros(size, np.int64)
    for i in range(whole.shape[0]):
        if lost[i]:
            out[i] = rounded(whole[i], rest[i], denominator, mode)
            continue
        s = statement[i]
        sums[s] += whole[i]
        rests[s] += rest[i]
        if rests[s] >= denominator:
            rests[s] -= denominator
            sums[s] += 1
        due = rounded(sums[s], rests[s], denominator, mode)
        out[i] = due - paid[s]
        paid[s] = due


def _balance(claims: Claims, amount: Int64s, lost: npt.NDArray[np.bool_], reason: npt.NDArray[np.int16]) -> Balance:
    """Where the allotted money went; the exact sums are made per rate, where they are integers."""
    balance = Balance(paid=int(amount[~lost].sum()))
    exact = Fraction(0) if claims.allotted is None else claims.allotted
    for index, rate in enumerate(claims.rates if claims.allotted is None else ()):
        exact += int(claims.base[claims.rate == index].sum()) * rate
    for code in np.unique(reason[lost]):
        balance.breakage[REASONS[code]] = int(amount[lost & (reason == code)].sum())
    balance.allotted = exact
    balance.rounding = exact - int(amount.sum())
    return balance


def _summed(
    period: Int32s,
    level: npt.NDArray[np.int16] | None,
    reason: npt.NDArray[np.int16],
    amount: Int64s,
    lost: npt.NDArray[np.bool_],
) -> list[tuple[int, int, str, int, int]]:
    where = np.flatnonzero(lost)
    if not len(where):
        return []
    steps = np.zeros(len(where), np.int64) if level is None else level[where].astype(np.int64)
    # one number per cell: sorting rows of three takes twenty times as long
    keys = (period[where].astype(np.int64) << 24) + (steps << 8) + reason[where]
    cells, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
    sums = np.zeros(len(cells), np.int64)
    np.add.at(sums, inverse, amount[where])
    parts = zip(cells.tolist(), counts.tolist(), sums.tolist(), strict=True)
    return [(key >> 24, key >> 8 & 0xFFFF, REASONS[key & 0xFF], count, total) for key, count, total in parts]


def earned_by(period: Int32s, participant: Int32s, amount: Int64s) -> list[tuple[int, Int32s, Int64s, Int64s]]:
    """Totals per period and participant: period, rows, number of awards, amounts."""
    result: list[tuple[int, Int32s, Int64s, Int64s]] = []
    for each in np.unique(period):
        here = np.flatnonzero(period == each)
        rows, inverse, counts = np.unique(participant[here], return_inverse=True, return_counts=True)
        sums = np.zeros(len(rows), np.int64)
        np.add.at(sums, inverse, amount[here])
        result.append((int(each), rows.astype(np.int32), counts.astype(np.int64), sums))
    return result


def exact_round(
    component: Component,
    evaluation: Evaluation,
    base: Int64s,
    rate: Int32s,
    rates: Sequence[Fraction],
    statement: Int32s | Int64s,
) -> Int64s:
    """base x rate rounded by the plan's rule, for rates whose fractions may be too long for the kernels.

    Args:
        component: whose awards; evaluation: the records.
        base: per award; rate: index into `rates` (minor units per unit of base).
        statement: what is rounded together where the plan rounds per statement.
    """
    unit = rounding_unit(component, evaluation)
    exact = [each / unit for each in rates]
    denominator = lcm(*(each.denominator for each in exact))
    numerators = [int(each * denominator) for each in exact]
    mode = MODES[evaluation.plan.rounding.mode]
    index = _statements(evaluation, statement.astype(np.int64))
    amount = np.empty(len(base), np.int64)
    if fits(int(np.abs(base).max(initial=0)), max(map(abs, numerators)), denominator):
        whole, rest = np.empty(len(base), np.int64), np.empty(len(base), np.int64)
        _multiply(base, np.array(numerators, np.int64)[rate], denominator, whole, rest)
        _round(whole, rest, denominator, mode, index, np.zeros(len(base), np.bool_), amount)
        return amount * unit
    # a factor such as 17000/20153 over cents: Python's integers have room where 64 bits have none
    sums: dict[int, int] = {}
    paid: dict[int, int] = {}
    for i, (value, number, key) in enumerate(zip(base.tolist(), rate.tolist(), index.tolist(), strict=True)):
        sums[key] = sums.get(key, 0) + value * numerators[number]
        whole_, rest_ = divmod(sums[key], denominator)
        due = _rounded_wide(whole_, rest_, denominator, evaluation.plan.rounding.mode)
        amount[i] = due - paid.get(key, 0)
        paid[key] = due
    return amount * unit


def _rounded_wide(whole: int, rest: int, denominator: int, mode: str) -> int:
    """`kernels.rounding.rounded` on integers of any length."""
    if rest == 0:
        return whole
    if mode == "down":
        return whole if whole >= 0 else whole + 1
    if 2 * rest != denominator:
        return whole + (2 * rest > denominator)
    if mode == "half_even":
        return whole + whole % 2
    return whole + 1 if whole >= 0 else whole


def _statements(evaluation: Evaluation, key: Int64s) -> npt.NDArray[np.intp]:
    """What is rounded together: every award by itself, or all of one participant's statement."""
    if evaluation.plan.rounding.per == "line":
        return np.arange(len(key))
    _, index = np.unique(key, return_inverse=True)
    return index
