"""Affiliate manager: one person with a percentage of all sales, of the producer's direct sales, or of his affiliates'.

He is paid from the producer's share: the affiliates' commissions do not change. Who manages an affiliate says the
participants' column `manager_id`; single affiliates are left out by the fact `excluded_from_manager`, which has a
meaning only where he is paid on the affiliates he manages.

Reference: https://help.hotmart.com/en/article/115006275027 (settings of affiliate managers: all the sales, only the
producer's direct sales, only the sales of the affiliates managed, with exclusions).
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import model_validator

from compensation.components.contract import Component, Id
from compensation.frame import Base
from compensation.quantities import Rate, rate_text
from intake.mistakes import Mistaken
from intake.text import Text

if TYPE_CHECKING:
    from compensation.awards import Awards, Int32s, Int64s
    from compensation.components.worst_case import Promise
    from compensation.evaluation import Evaluation


class AffiliateManager(Component):
    """A percentage for whoever manages the affiliates."""

    definition: ClassVar[Text] = Text(
        en="A percentage for the manager of the affiliates, paid from the producer's share and never reducing theirs.",
        ar="نسبة لمدير المسوّقين بالعمولة، تُدفع من حصة صاحب المنتَج ولا تُنقص عمولات المسوّقين.",
    )
    reference: ClassVar[str] = (
        "https://help.hotmart.com/en/article/115006275027/"
        "what-do-affiliate-managers-do-and-how-to-set-up-this-option-on-the-platform-"
    )

    family: Literal["affiliate_manager"]
    sales: Literal["all", "producer", "managed"]
    """All sales of the product, whoever sold; only the producer's direct sales, which no affiliate referred; only the
    sales of the affiliates that he manages."""
    base: Base = Base()
    rate: Rate | None = None
    rate_from: str | None = None
    """Fact with the manager's own rate."""
    of: tuple[Id, ...] = ()
    """Affiliate components that say whose a sale is (clicks, coupons); without them it is the recorded seller's."""
    manager_kinds: tuple[str, ...] = ("affiliate_manager",)
    """Kinds of participant that are managers of the product, where he is paid on more than his own affiliates."""
    producer_kinds: tuple[str, ...] = ("producer", "company")
    """Kinds of participant whose own sales are direct sales; so are sales of nobody in the network."""
    excluded_if: str = "excluded_from_manager"
    """Fact that leaves an affiliate out, for `sales: managed`."""

    @model_validator(mode="after")
    def _one_rate(self) -> AffiliateManager:
        if (self.rate is None) == (self.rate_from is None):
            raise Mistaken(Text(en="give exactly one of rate, rate_from", ar="يُذكر واحد فقط من ⁨rate⁩ و⁨rate_from⁩"))
        return self

    def reads(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """The affiliate components."""
        for index, name in enumerate(self.of):
            yield ("of", index), name

    def pays_in_its_base_currency(self) -> bool:
        """Whether a share of the orders' money is paid."""
        return self.base.money

    def levels_above(self) -> int | None:
        """He earns on what others sell, one step above them."""
        return 1

    def award(self, evaluation: Evaluation) -> Awards:
        """One award per order and manager."""
        from compensation.awarding.order_claims import base_of, base_unit, standing
        from compensation.claims import Claims, settle

        value = base_of(self, evaluation, self.base)
        order, seller, share = self._sales(evaluation, value)
        if self.sales == "managed":
            order, manager, share = self._managed(evaluation, order, seller, share)
        else:
            managers = np.flatnonzero(evaluation.column("kind").is_in(list(self.manager_kinds)).fill_null(value=False))
            chosen = np.flatnonzero(value)
            if self.sales == "producer":
                direct = np.zeros(len(value), np.bool_)
                direct[chosen] = True
                sold = np.append(
                    evaluation.column("kind").is_in(list(self.producer_kinds)).fill_null(value=False), True
                )
                direct[order[~sold[seller]]] = False
                chosen = np.flatnonzero(direct)
            order = np.repeat(chosen, len(managers)).astype(np.int32)
            manager = np.tile(managers.astype(np.int32), len(chosen))
            share = value[order]
        reason = np.full(len(order), -1, np.int16)
        standing(self, evaluation, order, manager, reason)
        rate, rates = self._rates(evaluation, order, manager)
        kept = np.flatnonzero(rate >= 0)
        factor = evaluation.factor(self.base, self.currency)
        claims = Claims(
            np.where(reason < 0, manager, np.int32(-1))[kept].astype(np.int32),
            share[kept],
            rate[kept].astype(np.int16),
            [each * factor for each in rates],
            [f"{each.numerator}/{each.denominator}" for each in rates],
            order=order[kept],
            reason=reason[kept],
            base_decimals=evaluation.unit_of(self.base.measure),
            base_unit=base_unit(evaluation, self.base),
        )
        return settle(self, evaluation, claims)

    def _sales(self, evaluation: Evaluation, value: Int64s) -> tuple[Int32s, Int32s, Int64s]:
        """Order, seller and base of each sale; without affiliate components every order, with -1 for nobody."""
        from compensation.awarding.order_claims import credited_seller
        from compensation.awarding.two_tier import attributed_sales

        if self.of:
            return attributed_sales(self, self.of, evaluation, value)
        order = np.flatnonzero(value).astype(np.int32)
        seller = credited_seller(self, evaluation, value != 0)
        return order, seller[evaluation.origin[order]], value[order]

    def _managed(
        self, evaluation: Evaluation, order: Int32s, seller: Int32s, share: Int64s
    ) -> tuple[Int32s, Int32s, Int64s]:
        """The sales of affiliates who have a manager and are not left out, each with that manager."""
        managers = np.append(evaluation.rows(evaluation.column("manager_id")), np.int32(-1))
        manager = managers[seller]
        period = evaluation.period[evaluation.origin[order]]
        kept = manager >= 0
        for each in np.unique(period):
            out = np.append(evaluation.facts.flags(self.excluded_if, int(each)), np.False_)
            kept &= ~((period == each) & out[seller])
        return order[kept], manager[kept].astype(np.int32), share[kept]

    def _rates(self, evaluation: Evaluation, order: Int32s, manager: Int32s) -> tuple[Int32s, list[Fraction]]:
        """Index of each sale's rate, -1 where none is stated, and the rates."""
        if self.rate is not None:
            return np.zeros(len(order), np.int32), [self.rate]
        from compensation.awarding.order_claims import stated_rates

        assert self.rate_from is not None
        return stated_rates(self, evaluation, self.rate_from, order, manager)

    def describe(self) -> Text:
        """The component in plain words."""
        from compensation.components.upline import base_text

        base = base_text(self.base)
        rate = Text(en=f"{self.rate_from} (a stated rate)", ar=f"{self.rate_from} (نسبة تذكرها الشركة)")
        if self.rate is not None:
            rate = Text(en=rate_text(self.rate), ar=rate_text(self.rate))
        on = {
            "all": Text(en="all sales of the product, whoever sold", ar="كل مبيعات المنتَج أيًّا كان البائع"),
            "producer": Text(en="the producer's direct sales only", ar="مبيعات صاحب المنتَج المباشرة فقط"),
            "managed": Text(
                en=f"the sales of the affiliates managed only, those with the fact {self.excluded_if} left out",
                ar=f"مبيعات المسوّقين الذين يديرهم فقط، عدا من تذكر الشركة استثناءه ({self.excluded_if})",
            ),
        }[self.sales]
        whose = Text(en="", ar="")
        if self.of:
            names = ", ".join(self.of)
            whose = Text(en=f" Whose a sale is says {names}.", ar=f" ويُنسب البيع كما في {names}.")
        return Text(
            en=f"Affiliate manager: {rate.en} {base.en} on {on.en}. Paid from the producer's share; the affiliates' "
            f"commissions do not change.{whose.en}",
            ar=f"مدير المسوّقين بالعمولة: {rate.ar} {base.ar} على {on.ar}. تُدفع من حصة صاحب المنتَج، ولا تتغير عمولات "
            f"المسوّقين.{whose.ar}",
        )

    def promise(self) -> Promise:
        """The rate; of several managers, each has it."""
        from compensation.components.worst_case import of_base

        if self.rate is None:
            return of_base(
                self.base, None, Text(en="each manager's own rate is in the records", ar="نسبة كل مدير في السجلات")
            )
        return of_base(self.base, self.rate, Text(en="for one manager of the product", ar="لمدير واحد للمنتَج"))
