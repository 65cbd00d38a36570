"""Remainder: what is left of the sales for the producer once everybody else is paid.

It makes visible who bears a commission: an affiliate manager is paid from it, an affiliate is not. Per period, the
orders' base less the awards of the components named. Where several producers share a product, each one's share is a
fact.

Reference: https://help.hotmart.com/en/article/115006275027 (the manager's percentage comes off the producer's part).
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import model_validator

from compensation.awards import REASONS, UNDISTRIBUTED
from compensation.components.contract import Component, Id
from compensation.errors import PlanMismatch
from compensation.frame import Base
from compensation.quantities import minor_text
from compensation.steps import Step
from intake.mistakes import Mistaken
from intake.text import Text, say

if TYPE_CHECKING:
    from compensation.awards import Awards, Int64s
    from compensation.components.worst_case import Promise
    from compensation.evaluation import Evaluation


class Remainder(Component):
    """The producer's share."""

    definition: ClassVar[Text] = Text(
        en="What remains to the producer of the sales of a period, after the commissions of everybody else.",
        ar="ما يبقى لصاحب المنتَج من مبيعات الفترة بعد عمولات سائر المستحقين.",
    )
    reference: ClassVar[str] = (
        "https://help.hotmart.com/en/article/115006275027/"
        "what-do-affiliate-managers-do-and-how-to-set-up-this-option-on-the-platform-"
    )

    family: Literal["remainder"]
    base: Base = Base()
    less_awards_of: tuple[Id, ...] | None = None
    """Components whose awards come off; nothing means every one listed before, in the same currency."""
    kinds: tuple[str, ...] = ("producer", "company")
    """Kinds of participant to whom it goes; where the records have none, it stays undistributed."""
    share_from: str | None = None
    """Fact with each producer's share, where there are several."""

    @model_validator(mode="after")
    def _money(self) -> Remainder:
        if not self.base.money or self.base.share != 1:
            raise Mistaken(
                Text(
                    en="the remainder is money of the orders: use measure: amount or margin, without a share",
                    ar="ما يبقى هو مال الطلبات: يُستعمل ⁨measure: amount⁩ أو ⁨margin⁩، بلا ⁨share⁩",
                )
            )
        return self

    def reads(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """The components whose awards come off."""
        for index, name in enumerate(self.less_awards_of or ()):
            yield ("less_awards_of", index), name

    def pays_in_its_base_currency(self) -> bool:
        """It is a part of the orders' money."""
        return True

    def award(self, evaluation: Evaluation) -> Awards:
        """One award per period and producer."""
        from compensation.claims import Claims, settle

        left = self._left(evaluation)
        producers = np.flatnonzero(evaluation.column("kind").is_in(list(self.kinds)).fill_null(value=False))
        period, row, rate = [], [], []
        rates: list[Fraction] = []
        for each in np.flatnonzero(left):
            for producer, share in self._shares(evaluation, int(each), producers):
                if share not in rates:
                    rates.append(share)
                period.append(int(each))
                row.append(producer)
                rate.append(rates.index(share))
        who = np.array(row, np.int32)
        claims = Claims(
            who,
            left[np.array(period, np.int64)] if period else np.empty(0, np.int64),
            np.array(rate, np.int16),
            rates,
            [f"{each.numerator}/{each.denominator}" for each in rates],
            period=np.array(period, np.int32),
            source=np.full(len(who), -1, np.int32),
            reason=np.where(who < 0, _UNDISTRIBUTED, -1).astype(np.int16),
            base_decimals=evaluation.scale,
            base_unit=evaluation.plan.currency,
        )
        return settle(self, evaluation, claims)

    def _sold(self, evaluation: Evaluation) -> Int64s:
        """The base by period."""
        from compensation.awarding.order_claims import base_of

        sums = np.zeros(len(evaluation.periods), np.int64)
        np.add.at(sums, evaluation.period, base_of(self, evaluation, self.base))
        return sums

    def _taken(self, evaluation: Evaluation) -> dict[str, Int64s]:
        """What comes off, by component and period."""
        from compensation.awarding.on_awards import paid_by

        names = self.less_awards_of
        if names is None:
            # also after the whole plan is computed, only what stands before this component counts
            listed = [each.id for each in evaluation.plan.components]
            names = tuple(listed[: listed.index(self.id)])
        result = {}
        for name in names:
            if (evaluation.plan.component(name).currency or evaluation.plan.currency) != evaluation.plan.currency:
                continue
            period, _, amount = paid_by(evaluation, name)
            result[name] = np.zeros(len(evaluation.periods), np.int64)
            np.add.at(result[name], period, amount)
        return result

    def _left(self, evaluation: Evaluation) -> Int64s:
        left = self._sold(evaluation)
        for amount in self._taken(evaluation).values():
            left = left - amount
        return left

    def _shares(
        self, evaluation: Evaluation, period: int, producers: np.ndarray[tuple[int], np.dtype[np.intp]]
    ) -> list[tuple[int, Fraction]]:
        """Who gets which share in a period; what nobody gets stands under -1."""
        if self.share_from is None:
            if len(producers) > 1:
                found = ", ".join(evaluation.id_of(int(row)) for row in producers[:5])
                raise PlanMismatch(
                    say(
                        "component {component!r}: several participants are producers ({found}); state the share "
                        "of each in a fact and name it as share_from",
                        "المكوّن {component!r}: أصحاب المنتجات أكثر من مشارك ({found}). يُرجى ذكر حصة كل منهم في "
                        "واقعة وتسميتها في share_from",
                        component=self.id,
                        found=found,
                    )
                )
            return [(int(row), Fraction(1)) for row in producers] or [(-1, Fraction(1))]
        rates, which = evaluation.facts.rates(self.share_from, period)
        shares = [(int(row), rates[which[row]]) for row in producers if which[row] >= 0]
        rest = 1 - sum((share for _, share in shares), Fraction(0))
        if rest < 0:
            raise PlanMismatch(
                say(
                    "component {component!r}: the shares stated as {share_from!r} are more than 100%",
                    "المكوّن {component!r}: مجموع الحصص المذكورة باسم {share_from!r} أكثر من ⁦100%⁩",
                    component=self.id,
                    share_from=self.share_from,
                )
            )
        return [*shares, (-1, rest)] if rest else shares

    def account(self, evaluation: Evaluation, awards: Awards, index: int) -> list[Step]:
        """The sales of the period, and what came off."""
        from compensation.wording import arithmetic

        assert awards.period is not None
        period = int(awards.period[index])
        scale, currency = evaluation.scale, evaluation.plan.currency

        def money(value: int) -> str:
            return f"{minor_text(value, scale)} {currency}"

        sold = Text(en="sales of the period", ar="مبيعات الفترة")
        steps = [Step(label=sold, value=money(int(self._sold(evaluation)[period])))]
        for name, amount in self._taken(evaluation).items():
            label = Text(en=f"less what {name} paid", ar=f"يُطرح ما دفعته {name}")
            steps.append(Step(label=label, value=money(-int(amount[period]))))
        return [*steps, *arithmetic.of_award(self, evaluation, awards, index)]

    def describe(self) -> Text:
        """The component in plain words."""
        from compensation.components.upline import base_text

        base = base_text(self.base)
        names = ", ".join(self.less_awards_of) if self.less_awards_of is not None else ""
        off = Text(en=names or "every component before it", ar=names or "كل ما سبقه من عمولات")
        several = Text(en="", ar="")
        if self.share_from is not None:
            several = Text(
                en=f" Several producers share it as stated ({self.share_from}).",
                ar=f" ويُقسم بين أصحاب المنتَج كما تذكر الشركة ({self.share_from}).",
            )
        return Text(
            en=f"Remainder to the producer: the whole {base.en} of the period, less the awards of {off.en}.{several.en}",
            ar=f"الباقي لصاحب المنتَج: كامل {base.ar} في الفترة بعد طرح {off.ar}.{several.ar}",
        )

    def promise(self) -> Promise:
        """It is no payment on top: what the others leave."""
        from compensation.components.worst_case import Promise

        return Promise(None, Fraction(0), Text(en="what the others leave", ar="ما يتركه سائر المستحقين"))


_UNDISTRIBUTED = REASONS.index(UNDISTRIBUTED)
