"""Team commission: a rate on what direct recruits buy, which rises with their number and the recruiter's own orders.

The usual bonus of party plans: 4% with one to four active recruits, 9% with an own order, 13% with five or more and an
own order. The highest step that somebody meets in the period holds for all of it.

Reference: Mary Kay's team commission of 4, 9 and 13%, as told in distributor texts (an order of 225 wholesale is active).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from compensation.components.contract import Component
from compensation.frame import Base
from compensation.quantities import Points, Rate, decimal_text, rate_text
from intake.frozen import Frozen
from intake.mistakes import Mistaken
from intake.text import Text

if TYPE_CHECKING:
    from compensation.awards import Awards, Int32s
    from compensation.components.worst_case import Promise
    from compensation.evaluation import Evaluation


class TeamStep(Frozen):
    """A rate, and what it needs; all conditions must hold."""

    rate: Rate
    min_active_recruits: Annotated[int, Field(ge=0)] = 1
    min_personal_volume: Points | None = None
    """The recruiter's own volume in the period."""


class TeamCommission(Component):
    """A rate on direct recruits' orders by their number."""

    definition: ClassVar[Text] = Text(
        en="A rate on the orders of direct recruits that rises with the number of active ones and the own order.",
        ar="نسبة من طلبات المشاركين المباشرين، ترتفع مع عدد النشطين منهم ومع طلب المشارك نفسه.",
    )
    reference: ClassVar[str] = "Mary Kay's team commission of 4, 9 and 13%, as told in distributor texts"

    family: Literal["team_commission"]
    base: Base = Base()
    steps: Annotated[list[TeamStep], Field(min_length=1)]
    """Lowest rate first; the highest step that is met holds."""
    recruit_min_volume: Points | None = None
    """A recruit is active with at least this personal volume in the period; by the plan's activity rule, unless said."""

    @model_validator(mode="after")
    def _rising(self) -> TeamCommission:
        rates = [step.rate for step in self.steps]
        if rates != sorted(set(rates)):
            raise Mistaken(Text(en="steps must rise in rate", ar="يجب أن ترتفع ⁨steps⁩ في ⁨rate⁩"))
        return self

    def pays_in_its_base_currency(self) -> bool:
        """Whether a share of the orders' money is paid."""
        return self.base.money

    def levels_above(self) -> int | None:
        """The recruiter alone."""
        return 1

    def award(self, evaluation: Evaluation) -> Awards:
        """One award per recruit's order."""
        from compensation.awarding.order_claims import as_it_stood, base_of, base_unit, sponsors, standing
        from compensation.claims import Claims, settle

        base = base_of(self, evaluation, self.base)
        above = sponsors(self, evaluation, evaluation.credited, base != 0)
        order = np.flatnonzero((base != 0) & (above >= 0)).astype(np.int32)
        who = above[order]
        reason = np.full(len(order), -1, np.int16)
        standing(self, evaluation, order, who, reason)
        step = np.full(len(order), -1, np.int32)
        period = evaluation.period[as_it_stood(self, evaluation)[order]]
        for each in np.unique(period):
            here = period == each
            step[here] = self._step(evaluation, int(each))[who[here]]
        kept = np.flatnonzero(step >= 0)
        factor = evaluation.factor(self.base, self.currency)
        claims = Claims(
            np.where(reason < 0, who, np.int32(-1))[kept].astype(np.int32),
            base[order[kept]],
            step[kept].astype(np.int16),
            [each.rate * factor for each in self.steps],
            [f"{each.rate.numerator}/{each.rate.denominator}" for each in self.steps],
            order=order[kept],
            level=np.ones(len(kept), np.int16),
            reason=reason[kept],
            base_decimals=evaluation.unit_of(self.base.measure),
            base_unit=base_unit(evaluation, self.base),
        )
        return settle(self, evaluation, claims)

    def _step(self, evaluation: Evaluation, period: int) -> Int32s:
        """Highest step that each participant meets in a period, by row; -1 for none."""
        closing = evaluation.closing(self.tree, period)
        own = evaluation.personal_volume(period)
        active = evaluation.active(period)
        if self.recruit_min_volume is not None:
            active = own >= evaluation.threshold(self.recruit_min_volume)
        heads = active[closing.tree.row] & (closing.parent >= 0)
        recruits = np.bincount(closing.parent[heads], minlength=len(closing.parent))
        recruits = closing.tree.by_row(recruits)
        result = np.full(evaluation.participants, -1, np.int32)
        for number, step in enumerate(self.steps):
            met = recruits >= step.min_active_recruits
            if step.min_personal_volume is not None:
                met &= own >= evaluation.threshold(step.min_personal_volume)
            result[met] = number
        return result

    def describe(self) -> Text:
        """The component in plain words."""
        from compensation.components.upline import base_text

        en, ar = [], []
        for step in self.steps:
            rate = rate_text(step.rate)
            need = Text(
                en=f"active recruits: {step.min_active_recruits} or more",
                ar=f"المشاركون المباشرون النشطون: {step.min_active_recruits} أو أكثر",
            )
            if step.min_personal_volume is not None:
                own = decimal_text(step.min_personal_volume)
                need = Text(en=f"{need.en}, own volume: {own} or more", ar=f"{need.ar}، حجمه الشخصي: {own} أو أكثر")
            en.append(f"{rate} ({need.en})")
            ar.append(f"{rate} ({need.ar})")
        base = base_text(self.base)
        who = Text(en="", ar="")
        if self.recruit_min_volume is not None:
            least = decimal_text(self.recruit_min_volume)
            who = Text(
                en=f" A recruit is active from a volume of {least} on.",
                ar=f" يُعدّ المشارك المباشر نشطًا ابتداءً من حجم {least}.",
            )
        return Text(
            en=f"Team commission {base.en}, on direct recruits' orders: {'; '.join(en)}.{who.en}",
            ar=f"عمولة الفريق {base.ar}، عن طلبات المشاركين المباشرين: {'؛ '.join(ar)}.{who.ar}",
        )

    def promise(self) -> Promise:
        """The highest rate."""
        from compensation.components.worst_case import of_base

        return of_base(self.base, self.steps[-1].rate)
