"""Fixed per event: so much money, or goods, for each event that the company counts: a booking, a visit, a lead.

How often it happened to whom in a period is a fact; orders are not looked at. What is a reward for recruiting people
belongs into `recruitment_bonus`.

Reference: http://www.docstoc.com/docs/32278835/Party-Plan-Hostess-Rewards (a fixed sum for each party booked from a party).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from compensation.awards import INELIGIBLE, REASONS
from compensation.components.contract import Component
from compensation.components.customer_referral import FORMS, Form
from compensation.quantities import Money, decimal_text
from intake.text import Text

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.components.worst_case import Promise
    from compensation.evaluation import Evaluation


class FixedPerEvent(Component):
    """A fixed amount per counted event."""

    definition: ClassVar[Text] = Text(
        en="A fixed amount for each event that the company counts for a participant, such as a booked party.",
        ar="مبلغ ثابت عن كل حدث تعدّه الشركة للمشارك، مثل حجز لقاء منزلي.",
    )
    reference: ClassVar[str] = "http://www.docstoc.com/docs/32278835/Party-Plan-Hostess-Rewards"

    family: Literal["fixed_per_event"]
    amount: Money
    count_from: str
    """Fact with the number of events of the period."""
    form: Form = "cash"

    @property
    def in_money(self) -> bool:
        """Whether it is paid out in money."""
        return self.form == "cash"

    def award(self, evaluation: Evaluation) -> Awards:
        """One award per participant and period."""
        from compensation.awarding.order_claims import minor
        from compensation.claims import Claims, settle

        row_, period_, count_, reason_ = [], [], [], []
        for period in range(len(evaluation.periods)):
            numbers, _ = evaluation.facts.numbers(self.count_from, period, 0)
            rows = np.flatnonzero(numbers)
            allowed = evaluation.eligible(period, self.eligibility)[rows]
            row_.append(np.where(allowed, rows, -1))
            period_.append(np.full(len(rows), period, np.int32))
            count_.append(numbers[rows])
            reason_.append(np.where(allowed, -1, _INELIGIBLE).astype(np.int16))
        row = np.concatenate(row_).astype(np.int32) if row_ else np.empty(0, np.int32)
        claims = Claims(
            row,
            np.concatenate(count_) if row_ else np.empty(0, np.int64),
            np.zeros(len(row), np.int16),
            [Fraction(minor(self, evaluation, self.amount))],
            [decimal_text(self.amount)],
            period=np.concatenate(period_) if row_ else np.empty(0, np.int32),
            source=np.full(len(row), -1, np.int32),
            reason=np.concatenate(reason_) if row_ else np.empty(0, np.int16),
        )
        return settle(self, evaluation, claims)

    def describe(self) -> Text:
        """The component in plain words."""
        amount = decimal_text(self.amount) + (f" {self.currency}" if self.currency else "")
        form = FORMS[self.form]
        return Text(
            en=f"Fixed per event: {amount} for each event counted ({self.count_from}), as {form.en}.",
            ar=f"مبلغ ثابت عن كل حدث: {amount} عن كل حدث تعدّه الشركة ({self.count_from})، في صورة: {form.ar}.",
        )

    def promise(self) -> Promise:
        """It is tied to no sale."""
        from compensation.components.worst_case import Promise

        return Promise("event", None, Text(en="tied to events, not to sales", ar="مرتبط بأحداث لا بمبيعات"))


_INELIGIBLE = REASONS.index(INELIGIBLE)
