"""Recruitment bonus: a fixed amount to the sponsor for each direct recruit, once.

It is tied to somebody joining and not to a sale, which is what regulators ask about first; so it is a component
of its own, that can be reported apart, even where a company books it together with others. The recruit's first
order that passes the filter (typically the entry fee) is the event; nothing is compressed or passed up.

Reference: plans.md section 4.12 ("a pay tied to recruiting alone and not to a sale should be a separate component").
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from compensation.components.contract import Component
from compensation.quantities import Money, decimal_text, minor_text, to_minor
from intake.text import Text

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.evaluation import Evaluation
    from compensation.explaining import Step


class RecruitmentBonus(Component):
    """A fixed amount per direct recruit."""

    definition: ClassVar[Text] = Text(
        en="A fixed amount to the sponsor for each person recruited directly, whatever that person sells.",
        ar="مبلغ ثابت للراعي عن كل مشارك يستقطبه مباشرةً، مهما كانت مبيعات هذا المشارك.",
    )
    reference: ClassVar[str] = "plans.md section 4.12"

    family: Literal["recruitment_bonus"]
    amount: Money
    """Paid once per recruit, at the recruit's first order that passes `orders`."""

    def award(self, evaluation: Evaluation) -> Awards:
        """One award per recruit whose sponsor can earn; breakage where there is no sponsor or he cannot."""
        from compensation.awards import (
            BREAKAGE,
            INELIGIBLE,
            NO_UPLINE,
            PAID,
            REASONS,
            UNKNOWN_BUYER,
            Awards,
            Balance,
        )
        from compensation.errors import NotRepresentable

        currency = self.currency or evaluation.plan.currency
        scale = evaluation.scale_of(currency)
        minor = to_minor(self.amount, scale)
        if minor is None:
            raise NotRepresentable(f"component {self.id!r}", decimal_text(self.amount), currency, scale)
        base = np.where(evaluation.selected(self.orders) & (evaluation.amount >= 0), 1, 0).astype(np.int64)
        indices = np.flatnonzero((base != 0) & (evaluation.buyer >= 0))
        _, first = np.unique(evaluation.buyer[indices], return_index=True)
        unknown = np.flatnonzero((base != 0) & (evaluation.buyer < 0))
        order = np.sort(np.concatenate([indices[np.sort(first)], unknown])).astype(np.int32)
        is_first = np.zeros(len(base), np.bool_)
        is_first[order] = True
        sponsor = np.full(len(order), -1, np.int32)
        eligible = np.zeros(len(order), np.bool_)
        for walk in evaluation.walks(self, np.where(is_first, base, 0)):
            walked, tree, period = walk.orders, walk.tree, walk.period
            at = np.searchsorted(order, walked)
            position = np.append(tree.position, np.int32(-1))[evaluation.buyer[walked]]
            above = np.append(walk.parent, np.int32(-1))[position]
            row = np.append(tree.row, np.int32(-1))[above]
            sponsor[at] = row
            may = np.append(evaluation.eligible(period, self.eligibility), False)[row]  # noqa: FBT003
            gone = np.append(evaluation.left, 0)[row] <= evaluation.when[walked]
            eligible[at] = may & ~gone
        reason = np.full(len(order), -1, np.int16)
        reason[sponsor < 0] = REASONS.index(NO_UPLINE)
        reason[evaluation.buyer[order] < 0] = REASONS.index(UNKNOWN_BUYER)
        reason[(sponsor >= 0) & ~eligible] = REASONS.index(INELIGIBLE)
        paid = reason < 0
        balance = Balance(Fraction(minor * len(order)), minor * int(paid.sum()))
        breakage = []
        for period in range(len(evaluation.periods)):
            here = evaluation.period[order] == period
            for index, name in enumerate(REASONS):
                number = int((here & (reason == index)).sum())
                if number:
                    breakage.append((period, 1, name, number, number * minor))
                    balance.breakage[name] = balance.breakage.get(name, 0) + number * minor
        keep = paid if not evaluation.keep_breakage else np.ones(len(order), np.bool_)
        order, reason, sponsor, paid = order[keep], reason[keep], sponsor[keep], paid[keep]
        return Awards(
            self.id,
            order,
            np.where(paid, sponsor, np.int32(-1)),
            np.ones(len(order), np.int16),
            np.zeros(len(order), np.int16),
            np.full(len(order), minor, np.int64),
            np.where(paid, np.int8(PAID), np.int8(BREAKAGE)),
            reason,
            order_base=base,
            rates=[decimal_text(self.amount)],
            notes=list(REASONS),
            balance=balance,
            breakage=breakage,
        )

    def trace(self, evaluation: Evaluation, order: int) -> list[Step]:
        """Whether the order was the recruit's first, and what its sponsor got."""
        from compensation.explaining import Step

        awards = self.award(evaluation)
        hit = np.flatnonzero(awards.order == order)
        scale = evaluation.scale_of(self.currency or evaluation.plan.currency)
        if not len(hit):
            none = Text(
                en="not the first order of a recruit that this bonus counts",
                ar="ليس أول طلب يُحتسب لمشارك جديد في هذه المكافأة",
            )
            return [Step(label=none, value=minor_text(0, scale))]
        row, amount = int(awards.participant[hit[0]]), int(awards.amount[hit[0]])
        name = evaluation.id_of(row)
        label = Text(en=f"direct sponsor {name}, fixed amount", ar=f"الراعي المباشر {name}، مبلغ ثابت")
        return [Step(label=label, value=minor_text(amount, scale))]

    def describe(self) -> Text:
        """The component in plain words."""
        amount = decimal_text(self.amount)
        unit = f" {self.currency}" if self.currency else ""
        return Text(
            en=f"Recruitment bonus: {amount}{unit} to the sponsor, once, for each person recruited directly.",
            ar=f"مكافأة الاستقطاب: {amount}{unit} للراعي، مرة واحدة، عن كل مشارك يستقطبه مباشرةً.",
        )
