"""Given awards: what the company states that it paid to whom, as a component of the plan.

Some plans are known only in part: commissions from elsewhere, such as a closed period or a product line without orders
in the records, are the base of a matching bonus, of a deduction or of a cap. The amounts are facts of the participants,
one per period, in major units; nothing is computed on them.

Reference: none; this is how records state what was computed elsewhere.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from compensation.components.contract import Component
from compensation.frame import Eligibility, OrderFilter
from intake.mistakes import Mistaken
from intake.text import Text

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.components.worst_case import Promise
    from compensation.evaluation import Evaluation


class Given(Component):
    """Awards that the company states."""

    definition: ClassVar[Text] = Text(
        en="Awards that the company states; they are taken as they are and not computed.",
        ar="عمولات تذكرها الشركة؛ تؤخذ كما هي ولا تُحتسب.",
    )
    reference: ClassVar[str] = "the company's own statement"

    family: Literal["given"]
    fact: Annotated[str, Field(min_length=1)]
    """Name of the fact that states each participant's award in a period, in major units of the component's currency."""

    eligibility: Eligibility = Eligibility(active=False)
    """What was paid was paid: nobody is left out unless the plan says so."""

    @model_validator(mode="after")
    def _no_orders(self) -> Given:
        if self.orders != OrderFilter() or self.in_force is not None:
            raise Mistaken(
                Text(
                    en="given awards come from no orders; orders and in_force have no meaning",
                    ar="لا تأتي العمولات المعطاة من طلبات، فلا معنى لـ ⁨orders⁩ و⁨in_force⁩",
                )
            )
        return self

    def award(self, evaluation: Evaluation) -> Awards:
        """One award per participant and period of whom an amount is stated."""
        from compensation.claims import Claims, settle

        currency = self.currency or evaluation.plan.currency
        scale = evaluation.scale_of(currency)
        who, what, when = [np.empty(0, np.int64)], [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for period in range(len(evaluation.periods)):
            amount, stated = evaluation.facts.numbers(self.fact, period, scale)
            rows = np.flatnonzero(stated & evaluation.eligible(period, self.eligibility) & (amount != 0))
            who.append(rows)
            what.append(amount[rows])
            when.append(np.full(len(rows), period))
        participant = np.concatenate(who).astype(np.int32)
        claims = Claims(
            participant,
            np.concatenate(what),
            np.zeros(len(participant), np.int16),
            [Fraction(1)],
            ["1/1"],
            period=np.concatenate(when).astype(np.int32),
            base_decimals=scale,
            base_unit=currency,
        )
        return settle(self, evaluation, claims)

    def describe(self) -> Text:
        """The component in plain words."""
        return Text(
            en=f"Awards that the company states as {self.fact}; they are not computed.",
            ar=f"عمولات تذكرها الشركة باسم {self.fact}؛ لا تُحتسب هنا.",
        )

    def promise(self) -> Promise:
        """Not to be said from the plan: the amounts are the company's."""
        from compensation.components.worst_case import Promise

        why = Text(en="the amounts are stated by the company", ar="المبالغ تذكرها الشركة")
        return Promise("event", None, why)
