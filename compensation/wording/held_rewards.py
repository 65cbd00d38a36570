"""How one purchase was settled by a component that may hold rewards back, told step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compensation.awards import BREAKAGE, HELD, RELEASED
from compensation.quantities import minor_text
from compensation.steps import Step
from intake.text import Text

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.components.contract import Component
    from compensation.evaluation import Evaluation


def tell(component: Component, evaluation: Evaluation, awards: Awards, order: int) -> list[Step]:
    """The reward that the order owed, and the held ones that it released."""
    currency = component.currency or evaluation.plan.currency
    scale = evaluation.scale_of(currency)
    steps = []
    for index in np.flatnonzero(awards.order == order):
        who = evaluation.id_of(int(awards.participant[index]))
        up, status = int(awards.level[index]), int(awards.status[index])
        label = Text(en=f"reward to {who}, {up} up", ar=f"مكافأة إلى {who}، أعلى بعدد {up} من المستويات")
        value = f"{minor_text(int(awards.amount[index]), scale)} {currency}"
        steps.append(Step(label=label, value=value, children=(_what_became(evaluation, awards, int(index), status),)))
    if awards.paid_with is not None:
        freed = np.flatnonzero((awards.paid_with == order) & (awards.status == RELEASED) & (awards.order != order))
        if len(freed):
            total = minor_text(int(awards.amount[freed].sum()), scale)
            children = tuple(
                Step(
                    label=Text(
                        en=f"from order {evaluation.orders['id'][int(awards.order[index])]}, level {awards.level[index]}",
                        ar=f"عن الطلب {evaluation.orders['id'][int(awards.order[index])]}، المستوى {awards.level[index]}",
                    ),
                    value=f"{minor_text(int(awards.amount[index]), scale)} {currency}",
                )
                for index in freed
            )
            who = evaluation.id_of(int(awards.participant[freed[0]]))
            label = Text(en=f"released to {who}, held back before", ar=f"ما صُرف إلى {who} مما كان محتجزًا")
            steps.append(Step(label=label, value=f"{total} {currency}", children=children))
    return steps


def _what_became(evaluation: Evaluation, awards: Awards, index: int, status: int) -> Step:
    if awards.amount[index] < 0:
        origin = evaluation.orders["id"][int(evaluation.origin[int(awards.order[index])])]
        label = Text(en=f"takes back the reward of order {origin}", ar=f"استرداد مكافأة الطلب {origin}")
        return Step(label=label, value="")
    if status == HELD:
        label = Text(
            en="held back: the receiver does not yet hold the level this reward needs",
            ar="محتجزة: المستفيد لم يحز بعدُ المستوى الذي تتطلبه هذه المكافأة",
        )
        return Step(label=label, value="")
    if status == RELEASED and awards.paid_with is not None:
        event = evaluation.orders["id"][int(awards.paid_with[index])]
        label = Text(
            en=f"held back first, released when the receiver bought the level, with order {event}",
            ar=f"احتُجزت أولًا، وصُرفت عندما اشترى المستفيد المستوى، مع الطلب {event}",
        )
        return Step(label=label, value="")
    if status == BREAKAGE:
        reason = awards.notes[int(awards.note[index])]
        return Step(label=Text(en=f"nobody's: {reason}", ar=f"لا يستحقها أحد: {reason}"), value="")
    label = Text(
        en="paid at once: the receiver held the level that it needs",
        ar="دُفعت فورًا: كان المستفيد حائزًا للمستوى المطلوب",
    )
    return Step(label=label, value="")
