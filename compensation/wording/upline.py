"""The walk up from one order, told: whom it met, what each got, and why the others got nothing.

`tell` walks in plain Python and for one order only; the amounts that it shows are those that were really awarded.
What a family says of a person without an award, it says itself (`Passed`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from compensation.awards import BREAKAGE
from compensation.components.upline import Source, base_of, sources
from compensation.quantities import minor_text
from compensation.steps import Step
from compensation.wording import arithmetic
from intake.text import Text

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.components.upline import Upline
    from compensation.evaluation import Evaluation

MOST_TOLD = 60
"""People without an award whom an explanation names one by one; those after them are counted."""

Passed = Callable[[Source, int, bool], Text | None]
"""Why a position got nothing (source, position, whether it could earn at all); None: not worth telling."""


def tell(component: Upline, evaluation: Evaluation, awards: Awards, order: int, passed: Passed) -> list[Step]:
    """The walk up from one order; for components on group volume nothing, since no line comes from one order."""
    base = base_of(component, evaluation)
    if component.on == "group_volume" or base[order] == 0:
        return []
    only = np.zeros_like(base)
    only[order] = base[order]
    source = next(sources(component, evaluation, only), None)
    return [] if source is None else _walk(component, evaluation, awards, order, source, passed)


def _walk(
    component: Upline, evaluation: Evaluation, awards: Awards, order: int, source: Source, passed: Passed
) -> list[Step]:
    steps: list[Step] = []
    paid: dict[int, list[int]] = {}
    nobody: list[int] = []
    for index in np.flatnonzero(awards.order == order):
        earner = int(awards.participant[index])
        if earner < 0 or awards.status[index] == BREAKAGE:
            nobody.append(int(index))
        else:
            paid.setdefault(earner, []).append(int(index))
    eligible = evaluation.eligible(source.period, component.eligibility)
    waiting = sum(map(len, paid.values()))
    position, told, more = int(source.first[0]), 0, 0
    while position >= 0 and (waiting or told < MOST_TOLD):
        row = int(source.tree.row[position])
        mine = paid.pop(row, [])
        who = name(evaluation, source, row)
        steps.extend(_award(component, evaluation, awards, index, who) for index in mine)
        waiting -= len(mine)
        if not mine:
            can = bool(eligible[row] and source.left[position] > source.when[0])
            why = passed(source, position, can)
            if why is not None and told < MOST_TOLD:
                label = Text(en=f"{who.en}: {why.en}", ar=f"{who.ar}: {why.ar}")
                steps.append(Step(label=label, value=""))
                told += 1
            elif why is not None:
                more += 1
        position = int(source.parent[position])
    if more:
        label = Text(en=f"{more:,} more people who got nothing", ar=f"آخرون لم يحصلوا على شيء: {more:,}")
        steps.append(Step(label=label, value=""))
    for lost in nobody:
        reason = arithmetic.REASON_WORDS[awards.notes[int(awards.note[lost])]]
        steps.append(
            _award(component, evaluation, awards, lost, Text(en=f"nobody: {reason.en}", ar=f"لا أحد: {reason.ar}"))
        )
    return steps


def _award(component: Upline, evaluation: Evaluation, awards: Awards, index: int, who: Text) -> Step:
    currency = component.currency or evaluation.plan.currency
    amount = minor_text(int(awards.amount[index]), evaluation.scale_of(currency))
    children = tuple(arithmetic.of_award(component, evaluation, awards, index))
    return Step(label=who, value=f"{amount} {currency}", children=children)


def name(evaluation: Evaluation, source: Source, row: int) -> Text:
    """A person with the rank that counted."""
    who = evaluation.id_of(row)
    ranks = evaluation.plan.ranks
    rank = int(evaluation.rank(source.period)[row])
    if ranks is None or rank == 0:
        return Text(en=who, ar=who)
    return Text(en=f"{who} ({ranks.order[rank - 1]})", ar=f"{who} (الرتبة {ranks.order[rank - 1]})")
