"""Why a binary paid what it paid: the legs of one position run again, and where one order's volume counts.

`account` computes the one position again from the first period on, by the same compiled loop, and says what stood in
each leg, what was taken, how it was capped and what is carried on. `tell` lists the nearest positions above in whose
legs an order counts; further up they are only counted, because there may be a million.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from compensation.awarding.binary import Run, Taken
from compensation.awarding.binary_volumes import base_of, decimals_of, matchings, sides_of
from compensation.kernels import binary as kernel
from compensation.quantities import decimal_text, minor_text, rate_text
from compensation.steps import Step
from compensation.wording import arithmetic
from intake.text import Text

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.components.binary import Binary
    from compensation.evaluation import Evaluation

NEAREST = 20
"""Positions above that are listed by name."""

_LEGS = (Text(en="left leg", ar="الفرع الأيسر"), Text(en="right leg", ar="الفرع الأيمن"))
_STRONGEST = (Text(en="strongest leg", ar="الفرع الأقوى"), Text(en="other legs together", ar="الفروع الأخرى معًا"))
_FLUSHED = Text(en="flushed", ar="سقط ولم يُرحَّل")


def tell(component: Binary, evaluation: Evaluation, order: int) -> list[Step]:
    """In whose legs an order counts, the nearest first; empty where it brings no volume."""
    if component.counts != "base":
        return []
    base = base_of(component, evaluation)
    if base[order] == 0:
        return []
    only = np.zeros_like(base)
    only[order] = base[order]
    volume = minor_text(int(base[order]), decimals_of(component, evaluation))
    for walk in evaluation.walks(component, only, as_of=component.tree_as_of):
        row = int(evaluation.credited[order])
        position = int(walk.tree.position[row]) if row >= 0 else -1
        if position < 0:
            label = Text(
                en="whoever ordered is not in this tree: the order counts in no leg",
                ar="صاحب الطلب ليس في هذه الشجرة: لا يُحتسب الطلب في أي فرع",
            )
            return [Step(label=label, value=volume)]
        above = walk.tree.upline(position)
        unknown = evaluation.network.unknown_row
        if len(above) and unknown is not None and int(walk.tree.row[above[-1]]) == unknown:
            above = above[:-1]
        path = np.concatenate(([position], above[:-1])) if len(above) else above
        steps = []
        sides = sides_of(component, walk.tree, walk.parent)[path[:NEAREST]] if component.legs == "two" else None
        for number, node in enumerate(above[:NEAREST]):
            who = evaluation.id_of(int(walk.tree.row[node]))
            leg = Text(en="a leg", ar="أحد فروع") if sides is None else _LEGS[int(sides[number])]
            of = Text(en=f"{leg.en} of {who}", ar=f"{leg.ar} للمشارك {who}" if sides is not None else f"{leg.ar} {who}")
            steps.append(Step(label=of, value=volume))
        if len(above) > NEAREST:
            more = len(above) - NEAREST
            label = Text(en=f"and in a leg of {more:,} more positions above", ar=f"وفي فروع مواضع أعلى عددها {more:,}")
            steps.append(Step(label=label, value=volume))
        if not len(above):
            label = Text(
                en="nobody stands above: the order counts in no leg", ar="لا أحد أعلى: لا يُحتسب الطلب في أي فرع"
            )
            steps.append(Step(label=label, value=volume))
        return steps
    return []


def account(component: Binary, evaluation: Evaluation, awards: Awards, index: int) -> list[Step]:
    """The matchings of the award's position and period that took something, and what its period began and ended with."""
    period = int(awards.periods(evaluation.period)[index])
    row = int(awards.participant[index])
    if row < 0 and awards.source is not None:
        row = int(awards.source[index])
    run = Run(component, evaluation, np.array([row], np.int32), flows=True)
    steps: list[Step] = []
    opened = -1
    for volumes in matchings(component, evaluation):
        if volumes.period > period:
            break
        if volumes.period != opened:
            opened = volumes.period
            run.begin(opened)
        before = [int(run.fresh[side][0] + run.old[side][0].sum()) for side in (0, 1)]
        flow = run.flow[0].copy()
        taken = list(run.match(volumes))
        if opened == period and (not volumes.label or len(taken[0].at)):
            steps += _matching(component, evaluation, run, volumes.label, before, run.flow[0] - flow, taken[0])
        if volumes.last:
            flow = run.flow[0].copy()
            run.close(opened)
            if opened == period:
                steps.append(_closing(component, evaluation, run, run.flow[0] - flow))
    currency = component.currency or evaluation.plan.currency
    scale = evaluation.scale_of(currency)
    exact = int(awards.bases()[index]) * awards.exact[int(awards.rate[index])]
    steps += arithmetic.of_rounding(evaluation, exact, int(awards.before_limits()[index]), scale)
    return steps + arithmetic.of_limits(evaluation, awards, index, scale, currency)


def _closing(
    component: Binary, evaluation: Evaluation, run: Run, gone: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> Step:
    decimals = decimals_of(component, evaluation)
    names = _names(component)
    left, right = (minor_text(int(run.carried(side)[0]), decimals) for side in (0, 1))
    children = tuple(
        Step(
            label=Text(en=f"expired from the {names[side].en}", ar=f"انتهت مدته من {names[side].ar}"),
            value=minor_text(int(gone[kernel.EXPIRED + side]), decimals),
        )
        for side in (0, 1)
        if gone[kernel.EXPIRED + side]
    )
    label = Text(en="carried into the next period: left, right", ar="الرصيد المُرحَّل إلى الفترة التالية: الأيسر، الأيمن")
    if component.legs != "two":
        label = Text(en="carried into the next period", ar="الرصيد المُرحَّل إلى الفترة التالية")
    return Step(label=label, value=f"{left}, {right}", children=children)


def _names(component: Binary) -> tuple[Text, Text]:
    return _LEGS if component.legs == "two" else _STRONGEST


def _matching(
    component: Binary,
    evaluation: Evaluation,
    run: Run,
    label: str,
    before: list[int],
    flow: np.ndarray[tuple[int], np.dtype[np.int64]],
    taken: Taken,
) -> list[Step]:
    """One matching: both legs, what was taken, what was paid of it."""
    decimals = decimals_of(component, evaluation)
    names = _names(component)
    steps = []
    for side in (0, 1):
        came, matched, flushed = (int(flow[column + side]) for column in (kernel.IN, kernel.MATCHED, kernel.FLUSHED))
        has = before[side] + came
        parts = [
            Step(label=Text(en="carried in", ar="الرصيد المُرحَّل من قبل"), value=minor_text(before[side], decimals)),
            Step(label=Text(en="came", ar="الحجم الجديد"), value=minor_text(came, decimals)),
            Step(label=Text(en="matched", ar="ما قوبل"), value=minor_text(-matched, decimals)),
        ]
        if flushed:
            parts.append(Step(label=_FLUSHED, value=minor_text(-flushed, decimals)))
        rest = minor_text(has - matched - flushed, decimals)
        parts.append(Step(label=Text(en="left over", ar="الباقي"), value=rest))
        steps.append(Step(label=names[side], value=minor_text(has, decimals), children=tuple(parts)))
    steps += _paid(component, evaluation, run, taken)
    if not label:
        return steps
    return [Step(label=Text(en=f"matching of {label}", ar=f"مقابلة {label}"), value="", children=tuple(steps))]


def _paid(component: Binary, evaluation: Evaluation, run: Run, taken: Taken) -> list[Step]:
    """What was taken, times its rate; what a cap cut off."""
    currency = component.currency or evaluation.plan.currency
    scale = evaluation.scale_of(currency)
    decimals = decimals_of(component, evaluation)
    steps = []
    for kind, base, lost in zip(taken.kind, taken.base, taken.lost, strict=True):
        if kind == kernel.AS_MONEY:
            if not lost:
                label = Text(en="up to the cap of money", ar="في حدود الحد الأقصى للمبلغ")
                steps.append(Step(label=label, value=f"{minor_text(int(base), scale)} {currency}"))
            continue
        exact, written = run.terms.exact[int(kind)][int(run.terms.pay[0])]
        money = decimal_text(int(base) * exact / 10**scale)
        if component.method == "weaker_leg":
            rate = Fraction(written)
            factors = [minor_text(int(base), decimals), rate_text(rate)]
            more = exact * 10**decimals / 10**scale / rate if rate else Fraction(1)
            if more != 1:
                # the commissionable share and the value of a point, which stand between volume and money
                factors.append(rate_text(more) if more < 1 else decimal_text(more))
            label = Text(en="matched × rate", ar="ما قوبل × النسبة")
        else:
            factors = [str(int(base)), written]
            first = len(run.takes.first_a) > 0 and kind == 0
            label = (
                Text(en="first pair", ar="الزوج الأول") if first else Text(en="pairs × pay", ar="الأزواج × أجر الزوج")
            )
            if component.method == "steps":
                number = int(run.takes.level[int(kind)])
                label = Text(en=f"step {number}: times × pay", ar=f"الدرجة {number}: المرات × الأجر")
        if lost:
            label = Text(en=f"above a cap, not paid: {label.en}", ar=f"فوق الحد الأقصى، لا يُدفع: {label.ar}")
        steps.append(Step(label=label, value=f"{' × '.join(factors)} = {money} {currency}"))
    if not run.terms.may[0]:
        label = Text(en="may not earn in this period: nothing is matched", ar="غير مستحق في هذه الفترة: لا تُجرى مقابلة")
        steps.append(Step(label=label, value=""))
    return steps
