"""What a smart-contract matrix says of one purchase: where it was placed, what restarted, and who was paid.

The purchases are run again with the one in question watched, so that each step is the machine's own and not a second
telling of the rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compensation.awarding.smart_contract_matrix import play
from compensation.kernels import contract_matrix as machine
from compensation.steps import Step
from compensation.wording import arithmetic
from intake.text import Text

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.components.smart_contract_matrix import SmartContractMatrix
    from compensation.evaluation import Evaluation

_WORDS = {
    machine.REFERRER: Text(
        en="nearest sponsor above who holds the level: {who}", ar="أقرب من يملك هذا المستوى في سلسلة الرعاة: {who}"
    ),
    machine.PLACE: Text(en="takes place {number} in the matrix of {who}", ar="الموضع {number} في مصفوفة {who}"),
    machine.FIRST_LINE: Text(
        en="takes place {number} in the first line of {who}", ar="الموضع {number} في الصف الأول لمصفوفة {who}"
    ),
    machine.SECOND_LINE: Text(
        en="counts as number {number} in the second line of {who}", ar="الرقم {number} في الصف الثاني لمصفوفة {who}"
    ),
    machine.UNDER: Text(
        en="stands under {who}, in place {number} of that first line",
        ar="موضعه تحت {who}، الموضع {number} في صفه الأول",
    ),
    machine.RESTART: Text(
        en="the matrix of {who} is full and restarts; the price goes on",
        ar="اكتملت مصفوفة {who} وأُعيد بدؤها؛ ويُنقل الثمن",
    ),
    machine.BLOCKED: Text(
        en="{who} does not hold the next level: blocked from here on", ar="{who} لا يملك المستوى التالي: تُحجب مصفوفته"
    ),
    machine.PAST_BLOCKED: Text(
        en="the matrix of {who} is blocked: the money goes past", ar="مصفوفة {who} محجوبة: يُنقل المال إلى من فوقه"
    ),
    machine.PAID: Text(en="{who} receives the price", ar="يستحق {who} الثمن"),
}


def tell(component: SmartContractMatrix, evaluation: Evaluation, awards: Awards, order: int) -> list[Step]:
    """Every step of one purchase, and the award it ended in."""
    if not np.isin(order, awards.order):
        return []
    steps = []
    for what, row, number in play(component, evaluation, watched=order).log.tolist():
        words, who = _WORDS[what], evaluation.id_of(row)
        label = Text(en=words.en.format(who=who, number=number), ar=words.ar.format(who=who, number=number))
        steps.append(Step(label=label, value=""))
    return [*steps, *arithmetic.of_order(component, evaluation, awards, order)]
