"""Customer referral: a reward for recommending a new customer, to the referrer, to the new customer, or to both.

One level and one order: the first order of the new customer, if it is large enough. Who referred is the sponsor in the
tree, or whoever's code (coupon) was used. The reward is money, a credit, a discount, a voucher or points; what is no
money must not be added to commissions.

Reference: https://decathlon-aus.reamaze.com/kb/membership/how-does-the-referral-program-work (20 for each side on a
first order of at least 100, as a voucher).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import model_validator

from compensation.awards import State
from compensation.components.contract import Component
from compensation.quantities import Money, Rate, decimal_text, rate_text
from intake.frozen import Frozen
from intake.mistakes import Mistaken
from intake.text import Text

if TYPE_CHECKING:
    from compensation.awards import Awards, Int32s
    from compensation.components.worst_case import Promise
    from compensation.evaluation import Evaluation

Form = Literal["cash", "credit", "discount", "voucher", "points", "goods"]
FORMS = {
    "cash": Text(en="money", ar="مال"),
    "credit": Text(en="credit", ar="رصيد"),
    "discount": Text(en="discount", ar="خصم"),
    "voucher": Text(en="voucher", ar="قسيمة شراء"),
    "points": Text(en="points", ar="نقاط"),
    "goods": Text(en="goods", ar="سلع"),
}


class Reward(Frozen):
    """What one side gets; give exactly one."""

    amount: Money | None = None
    """Fixed; a partial refund takes it back in proportion."""
    rate: Rate | None = None
    """Share of the first order's price."""

    @model_validator(mode="after")
    def _exactly_one(self) -> Reward:
        if (self.amount is None) == (self.rate is None):
            raise Mistaken(Text(en="give exactly one of amount, rate", ar="يُذكر واحد فقط من ⁨amount⁩ و⁨rate⁩"))
        return self

    def words(self) -> str:
        """As in the plan."""
        return decimal_text(self.amount) if self.amount is not None else rate_text(self.rate or Fraction(0))


class CustomerReferral(Component):
    """A reward for a new customer's first order."""

    definition: ClassVar[Text] = Text(
        en="A reward, once, to the referrer and/or the new customer on that customer's first order.",
        ar="مكافأة لمرة واحدة للمُحيل أو للعميل المُحال أو لكليهما عند أول طلب للعميل.",
    )
    reference: ClassVar[str] = "https://decathlon-aus.reamaze.com/kb/membership/how-does-the-referral-program-work"

    family: Literal["customer_referral"]
    referrer: Reward | None = None
    referred: Reward | None = None
    min_order: Money | None = None
    """The order must be at least this much; met by equality."""
    counts: Literal["first_order", "first_order_that_reaches_it"] = "first_order"
    """Whether a first order below the minimum ends the matter, or a later one may still reach it."""
    form: Form = "cash"

    @model_validator(mode="after")
    def _somebody(self) -> CustomerReferral:
        if self.referrer is None and self.referred is None:
            raise Mistaken(
                Text(
                    en="give a reward to the referrer, to the referred, or to both",
                    ar="تُعطى مكافأة للمُحيل أو للعميل المُحال أو لكليهما",
                )
            )
        return self

    @property
    def in_money(self) -> bool:
        """Whether the reward is paid out in money."""
        return self.form == "cash"

    def award(self, evaluation: Evaluation) -> Awards:
        """One award per side and first order."""
        from compensation.awarding.order_claims import minor, one_minor_unit, standing
        from compensation.claims import Claims, settle

        first, state = self._first(evaluation)
        base = evaluation.amount
        referrer, known = self._referrers(evaluation, first)
        order_, who_, base_, rate_, side_ = [], [], [], [], []
        rates: list[Fraction] = []
        written: list[str] = []
        for side, reward in enumerate((self.referrer, self.referred), start=1):
            if reward is None:
                continue
            order = np.flatnonzero(first & known).astype(np.int32)
            if side == 2:
                order = order[evaluation.buyer[order] >= 0]
            who_.append((referrer if side == 1 else evaluation.buyer)[order])
            order_.append(order)
            side_.append(np.full(len(order), side, np.int16))
            if reward.amount is not None:
                from compensation.awarding.order_claims import in_proportion

                amounts = np.full(len(order), minor(self, evaluation, reward.amount), np.int64)
                unit, name = one_minor_unit(self, evaluation, evaluation.scale)
                base_.append(in_proportion(evaluation, order, amounts))
            else:
                assert reward.rate is not None
                currency = evaluation.scale_of(self.currency or evaluation.plan.currency)
                unit = reward.rate * Fraction(10**currency, 10**evaluation.scale)
                name = f"{reward.rate.numerator}/{reward.rate.denominator}"
                base_.append(base[order])
            rate_.append(np.full(len(order), len(rates), np.int16))
            rates.append(unit)
            written.append(name)
        order, who = np.concatenate(order_), np.concatenate(who_).astype(np.int32)
        side_of = np.concatenate(side_)
        in_time = np.lexsort((side_of, order))
        order, who, side_of = order[in_time], who[in_time], side_of[in_time]
        reason = np.full(len(order), -1, np.int16)
        standing(self, evaluation, order, who, reason)
        claims = Claims(
            np.where(reason < 0, who, np.int32(-1)).astype(np.int32),
            np.concatenate(base_)[in_time],
            np.concatenate(rate_)[in_time],
            rates,
            written,
            order=order,
            level=side_of,
            reason=reason,
            base_decimals=evaluation.scale,
            base_unit=evaluation.plan.currency,
            state=state,
        )
        return settle(self, evaluation, claims)

    def _first(self, evaluation: Evaluation) -> tuple[np.ndarray[tuple[int], np.dtype[np.bool_]], State]:
        """Which orders cause a reward (and what takes one of them back), and who has ordered."""
        from compensation.awarding import customers

        passing = evaluation.selected(self.orders, self.in_force)
        least = self.min_order or Fraction(0)
        enough = evaluation.amount * least.denominator >= least.numerator * 10**evaluation.scale
        counted = passing & enough if self.counts == "first_order_that_reaches_it" else passing
        known = customers.first_orders(evaluation, evaluation.state_before(self.id), only=counted)
        causes = known.is_first & passing & enough
        taken_back = causes[evaluation.origin] & (evaluation.origin != np.arange(len(causes)))
        state = State(notes={"first_orders": known.known_after()})
        return (causes | taken_back if self.reversals != "ignore" else causes), state

    def _referrers(
        self, evaluation: Evaluation, first: np.ndarray[tuple[int], np.dtype[np.bool_]]
    ) -> tuple[Int32s, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
        """Per order the row of who referred the buyer, and whether anybody did but the buyer himself."""
        from compensation.awarding.order_claims import same_person, sponsors

        coupon = evaluation.rows(evaluation.orders["coupon_id"])
        sponsor = sponsors(self, evaluation, evaluation.buyer, first)
        referrer = np.where(coupon >= 0, coupon, np.where(sponsor >= 0, sponsor, evaluation.seller))
        referrer = referrer[evaluation.origin].astype(np.int32)
        return referrer, (referrer >= 0) & ~same_person(evaluation, referrer, evaluation.buyer)

    def describe(self) -> Text:
        """The component in plain words."""
        en, ar = [], []
        if self.referrer is not None:
            en.append(f"{self.referrer.words()} to the referrer")
            ar.append(f"{self.referrer.words()} للمُحيل")
        if self.referred is not None:
            en.append(f"{self.referred.words()} to the new customer")
            ar.append(f"{self.referred.words()} للعميل المُحال")
        least = Text(en="", ar="")
        if self.min_order is not None:
            amount = decimal_text(self.min_order)
            least = Text(en=f" of at least {amount}", ar=f" إذا بلغ {amount} على الأقل")
            if self.counts == "first_order_that_reaches_it":
                least = Text(en=f" that reaches {amount}", ar=f" يبلغ {amount}")
        form = FORMS[self.form]
        return Text(
            en=f"Customer referral: {' and '.join(en)}, once, on the customer's first order{least.en}, as {form.en}. "
            "Nothing on later orders.",
            ar=f"إحالة العملاء: {' و'.join(ar)}، مرة واحدة، عند أول طلب للعميل{least.ar}، في صورة: {form.ar}. "
            "ولا شيء عن الطلبات اللاحقة.",
        )

    def promise(self) -> Promise:
        """Both rewards on the smallest order that earns them."""
        from compensation.components.worst_case import Promise

        rewards = [each for each in (self.referrer, self.referred) if each is not None]
        share = sum((each.rate for each in rewards if each.rate is not None), Fraction(0))
        fixed = sum((each.amount for each in rewards if each.amount is not None), Fraction(0))
        if fixed and not self.min_order:
            why = Text(en="a fixed amount without a least order", ar="مبلغ ثابت بلا حد أدنى للطلب")
            return Promise("amount", None, why)
        if fixed and self.min_order:
            share += fixed / self.min_order
        return Promise("amount", share, Text(en="on the smallest first order", ar="عن أصغر طلب أول مستحق"))
