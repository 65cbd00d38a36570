"""Deduction: what is withheld from commissions, such as tax at source or a service charge.

Rates of the sum of other components' awards per participant and period, booked as negative awards: so a statement adds
up to what is paid out. Where the sum is negative (commissions taken back) the deduction is given back with it, unless
the plan says otherwise.

Reference: tax at source of 11.33% and a service charge of 2% of a binary plan,
https://dokumen.tips/documents/mlm-software-binary-plan.html; that they come off last is our definition,
docs/plans.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from compensation.components.contract import Component, Id
from compensation.quantities import Rate, minor_text, rate_text
from compensation.steps import Step
from intake.mistakes import Mistaken
from intake.text import Text

if TYPE_CHECKING:
    from compensation.awards import Awards, Int32s, Int64s
    from compensation.components.worst_case import Promise
    from compensation.evaluation import Evaluation


class Deduction(Component):
    """What is withheld."""

    definition: ClassVar[Text] = Text(
        en="Rates of a participant's commissions of the period that are withheld, such as tax or a service charge.",
        ar="نسب تُستقطع من عمولات المشارك في الفترة، مثل الضريبة أو رسم الخدمة.",
    )
    reference: ClassVar[str] = "https://infinitemlmsoftware.com/binary-plan-calculation-compensation.php"

    family: Literal["deduction"]
    rates: Annotated[dict[str, Rate], Field(min_length=1)]
    """By name, as statements call them; each is a line of its own, in this order."""
    of: tuple[Id, ...] | None = None
    """Components whose awards are the base; nothing means every one listed before, in the same currency."""
    negative: Literal["given_back", "ignored"] = "given_back"
    """Where the sum of a period is negative: the deduction is given back in proportion, or nothing happens."""

    @model_validator(mode="after")
    def _at_most_all(self) -> Deduction:
        if sum(self.rates.values()) > 1:
            raise Mistaken(Text(en="more than 100% cannot be withheld", ar="لا يمكن حجز أكثر من ⁦100%⁩"))
        return self

    def reads(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """The components that it is reckoned on."""
        for index, name in enumerate(self.of or ()):
            yield ("of", index), name

    def award(self, evaluation: Evaluation) -> Awards:
        """One negative award per participant, period and rate."""
        from compensation.claims import Claims, settle

        period, row, amount = self._sums(evaluation)
        wanted = amount > 0 if self.negative == "ignored" else amount != 0
        period, row, amount = period[wanted], row[wanted], amount[wanted]
        count = len(self.rates)
        currency = self.currency or evaluation.plan.currency
        claims = Claims(
            np.repeat(row, count),
            np.repeat(-amount, count),
            np.tile(np.arange(count, dtype=np.int16), len(row)),
            list(self.rates.values()),
            [f"{rate.numerator}/{rate.denominator}" for rate in self.rates.values()],
            period=np.repeat(period, count),
            source=np.full(len(row) * count, -1, np.int32),
            level=np.tile(np.arange(1, count + 1, dtype=np.int16), len(row)),
            base_decimals=evaluation.scale_of(currency),
            base_unit=currency,
        )
        return settle(self, evaluation, claims)

    def _named(self, evaluation: Evaluation) -> list[str]:
        """The components that it is reckoned on, in the plan's order."""
        listed = [each.id for each in evaluation.plan.components]
        names = self.of if self.of is not None else listed[: listed.index(self.id)]
        currency = self.currency or evaluation.plan.currency
        return [
            name for name in names if (evaluation.plan.component(name).currency or evaluation.plan.currency) == currency
        ]

    def _sums(self, evaluation: Evaluation) -> tuple[Int32s, Int32s, Int64s]:
        """Period, row and sum of the awards, period by period."""
        from compensation.awarding.on_awards import paid_by

        parts = [paid_by(evaluation, name) for name in self._named(evaluation)]
        if not parts:
            return np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.int64)
        period, row, amount = (np.concatenate(column) for column in zip(*parts, strict=True))
        people = evaluation.participants + 1
        keys, index = np.unique(period.astype(np.int64) * people + row, return_inverse=True)
        sums = np.zeros(len(keys), np.int64)
        np.add.at(sums, index, amount)
        return (keys // people).astype(np.int32), (keys % people).astype(np.int32), sums

    def account(self, evaluation: Evaluation, awards: Awards, index: int) -> list[Step]:
        """What it was reckoned on, component by component, and the arithmetic."""
        from compensation.awarding.on_awards import paid_by
        from compensation.wording import arithmetic

        assert awards.period is not None
        scale = evaluation.scale_of(self.currency or evaluation.plan.currency)
        steps = []
        for name in self._named(evaluation):
            period, row, amount = paid_by(evaluation, name)
            hit = (period == awards.period[index]) & (row == awards.participant[index])
            if hit.any():
                label = Text(en=f"awards of {name}", ar=f"مستحقات {name}")
                steps.append(Step(label=label, value=minor_text(int(amount[hit].sum()), scale)))
        which = list(self.rates)[int(awards.level[index]) - 1]
        steps.append(Step(label=Text(en="withheld", ar="المستقطع"), value=which))
        return [*steps, *arithmetic.of_award(self, evaluation, awards, index)]

    def describe(self) -> Text:
        """The component in plain words."""
        rates = ", ".join(f"{name}: {rate_text(rate)}" for name, rate in self.rates.items())
        names = ", ".join(self.of) if self.of is not None else ""
        of = Text(en=names or "every component before it", ar=names or "كل ما سبقه من عمولات")
        less = Text(en="", ar="")
        if self.negative == "ignored":
            less = Text(en=" Of a negative sum nothing is given back.", ar=" ولا يُردّ شيء عن المجموع السالب.")
        return Text(
            en=f"Deduction: {rates}, of what a participant earns in a period from {of.en}.{less.en}",
            ar=f"الاستقطاع: {rates}، مما يستحقه المشارك في الفترة من {of.ar}.{less.ar}",
        )

    def promise(self) -> Promise:
        """It takes from payouts and never adds."""
        from compensation.components.worst_case import Promise

        return Promise(None, Fraction(0), Text(en="it reduces payouts", ar="ينقص المدفوعات"))
