"""Retail profit: what a seller makes on a sale to a customer, the retail price less the wholesale price.

The same profit may be stated as a margin on the price (30%) or as a mark-up on the cost (3/7, called 43% in brochures):
the base must be named. Either the seller keeps it when the customer pays, or the company pays it out.

Reference: https://deploy.abcdocz.com/doc/170770/forever-living-products-the-marketing-plan (43% mark-up = 30% margin).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from compensation.components.contract import Component
from compensation.frame import Base
from compensation.quantities import Rate, rate_text
from intake.text import Text

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.components.worst_case import Promise
    from compensation.evaluation import Evaluation


class RetailProfit(Component):
    """A seller's profit on retail sales."""

    definition: ClassVar[Text] = Text(
        en="The seller's profit on what customers buy: retail price less wholesale price, or a stated margin.",
        ar="ربح البائع من مشتريات العملاء: سعر التجزئة ناقص سعر الجملة، أو هامش محدد.",
    )
    reference: ClassVar[str] = "https://deploy.abcdocz.com/doc/170770/forever-living-products-the-marketing-plan"

    family: Literal["retail_profit"]
    base: Base = Base(measure="margin")
    rate: Rate = Fraction(1)
    of: Literal["customers", "own_orders", "both"] = "customers"
    """Sales to customers (outside the network, or of kind customer); or the seller's own orders, at a stated margin, as if
    he resold them; or both."""
    paid_by: Literal["customer", "company"] = "customer"
    """Who pays it: the customer, in the price; or the company, out of what it took in."""

    def pays_in_its_base_currency(self) -> bool:
        """Whether a share of the orders' money is paid."""
        return self.base.money

    def award(self, evaluation: Evaluation) -> Awards:
        """One award per retail order."""
        from compensation.awarding.order_claims import base_of, base_unit, credited_seller, is_customer, standing
        from compensation.claims import Claims, settle

        base = base_of(self, evaluation, self.base)
        retail = (evaluation.buyer < 0) | is_customer(evaluation)[evaluation.buyer]
        wanted = {"customers": retail, "own_orders": ~retail, "both": np.ones(len(base), np.bool_)}[self.of]
        base = np.where(wanted[evaluation.origin], base, 0)
        seller = credited_seller(self, evaluation, base != 0)[evaluation.origin]
        order = np.flatnonzero((base != 0) & (seller >= 0)).astype(np.int32)
        who = seller[order]
        reason = np.full(len(order), -1, np.int16)
        standing(self, evaluation, order, who, reason)
        claims = Claims(
            np.where(reason < 0, who, np.int32(-1)).astype(np.int32),
            base[order],
            np.zeros(len(order), np.int16),
            [self.rate * evaluation.factor(self.base, self.currency)],
            [f"{self.rate.numerator}/{self.rate.denominator}"],
            order=order,
            reason=reason,
            base_decimals=evaluation.unit_of(self.base.measure),
            base_unit=base_unit(evaluation, self.base),
        )
        return settle(self, evaluation, claims)

    def describe(self) -> Text:
        """The component in plain words."""
        from compensation.components.upline import base_text

        base = base_text(self.base)
        rate = Text(en=f"{rate_text(self.rate)} {base.en}", ar=f"{rate_text(self.rate)} {base.ar}")
        if self.base.measure == "margin":
            less = Text(en="retail price less wholesale price", ar="سعر التجزئة ناقص سعر الجملة")
            rate = Text(en=f"{rate.en} ({less.en})", ar=f"{rate.ar} ({less.ar})")
        of = {
            "customers": Text(en="sales to customers", ar="المبيعات للعملاء"),
            "own_orders": Text(en="own orders, as if resold", ar="مشتريات المشارك كأنه أعاد بيعها"),
            "both": Text(en="sales to customers and own orders", ar="المبيعات للعملاء ومشتريات المشارك"),
        }[self.of]
        by = Text(en="The customer pays it in the price.", ar="يدفعه العميل ضمن السعر.")
        if self.paid_by == "company":
            by = Text(en="The company pays it out.", ar="تصرفه الشركة.")
        return Text(
            en=f"Retail profit: {rate.en} on {of.en}. {by.en}", ar=f"ربح التجزئة: {rate.ar} عن {of.ar}. {by.ar}"
        )

    def promise(self) -> Promise:
        """The rate; nothing where the customer pays it and the company does not."""
        from compensation.components.worst_case import Promise, of_base

        if self.paid_by == "customer":
            return Promise(None, Fraction(0), Text(en="paid by the customer", ar="يدفعه العميل"))
        return of_base(self.base, self.rate)
