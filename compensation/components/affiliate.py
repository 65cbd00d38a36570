"""Affiliate: a commission on the sales that somebody referred.

Whose a sale is says `attribution`. The rate is that of the product, else of the category, else of the tier, of the
rank, of a fact, or flat; additions in points are added to it, and a factor multiplies it once enough was earned. The
base may be net of tax, freight and discount. A fixed amount per order or piece takes the place of rates.

Reference: tiers https://support.refersion.com/en/articles/2766131-how-to-create-a-tiered-commission-structure; boost
goaffpro (anujtenani/goaffpro-docs); category rates and window https://bereko.com/make-money-online/join-the-jumia-
affiliate-program-best-commission-structure; windows https://help.hotmart.com/en/article/208424898.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from compensation.components.attribution import Attribution
from compensation.components.contract import Component
from compensation.components.tier_table import Tiers
from compensation.frame import Base
from compensation.quantities import Factor, Money, Points, Rate
from intake.frozen import Frozen
from intake.mistakes import Mistaken
from intake.text import Text, say

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.components.worst_case import Promise
    from compensation.evaluation import Evaluation
    from compensation.steps import Step


class AddIf(Frozen):
    """Points added to the rate under one condition: a fact of the affiliate, his own total, or a new customer."""

    add: Rate
    fact: str | None = None
    """What the company states of the affiliate: a number to be `above` or `at_least`, or else yes."""
    total: Literal["sales", "orders"] | None = None
    """His attributed sales (base) or orders of the whole period."""
    above: Points | None = None
    at_least: Points | None = None
    new_customer: bool = False
    """The order is the customer's first: as the records say (`new_customer`), else by the buyer's earlier orders."""

    @model_validator(mode="after")
    def _one_condition(self) -> AddIf:
        if sum((self.fact is not None, self.total is not None, self.new_customer)) != 1:
            raise Mistaken(
                Text(
                    en="give exactly one of fact, total, new_customer", ar="يُذكر واحد فقط من ⁨fact⁩ و⁨total⁩ و⁨new_customer⁩"
                )
            )
        limits = sum(value is not None for value in (self.above, self.at_least))
        if limits > 1 or (self.total is not None and limits != 1) or (self.new_customer and limits):
            raise Mistaken(
                Text(
                    en="give above or at_least: one of them with total, at most one with fact, none with new_customer",
                    ar="يُذكر ⁨above⁩ أو ⁨at_least⁩: أحدهما مع ⁨total⁩، وواحد على الأكثر مع ⁨fact⁩، ولا شيء مع ⁨new_customer⁩",
                )
            )
        return self


class BoostStep(Frozen):
    """From this much on, the rate is multiplied."""

    at_least: Points
    factor: Factor


class Boost(Frozen):
    """A factor on the rate once enough was earned or sold."""

    of: Literal["commission", "sales", "orders"] = "commission"
    """What is summed: the commissions of this component (factor included), the base, or orders."""
    over: Literal["period", "ever"] = "period"
    this_order: Literal["included", "excluded"] = "excluded"
    """`excluded`: the order that reaches the threshold does not have the factor yet."""
    steps: Annotated[list[BoostStep], Field(min_length=1)]

    @model_validator(mode="after")
    def _rising(self) -> Boost:
        starts = [step.at_least for step in self.steps]
        if starts != sorted(set(starts)):
            raise Mistaken(Text(en="steps must rise in at_least", ar="يجب أن ترتفع الدرجات في ⁨at_least⁩"))
        return self


class Renewals(Frozen):
    """Orders of a customer after his first."""

    rate: Rate | None = None
    """In place of every other rate; nothing means the same rates as for the first order."""
    months: Annotated[int, Field(ge=1)] | None = None
    """Only in so many calendar months from the customer's first order, the first one counted; nothing: for ever."""
    last_day: Literal["included", "excluded"] = "excluded"
    """Whether the same day after so many months still pays."""


class Affiliate(Component):
    """A commission on referred sales."""

    definition: ClassVar[Text] = Text(
        en="A commission to the affiliate who referred the sale, by the last click or another stated rule.",
        ar="عمولة للمسوّق بالعمولة الذي أحال البيع، بحسب آخر نقرة أو قاعدة أخرى مبيَّنة.",
    )
    reference: ClassVar[str] = (
        "https://support.refersion.com/en/articles/2766131-how-to-create-a-tiered-commission-structure and "
        "https://help.hotmart.com/en/article/208424898/what-does-it-mean-to-be-an-affiliate-and-how-can-i-get-started-"
    )

    family: Literal["affiliate"]
    attribution: Attribution = Attribution()
    base: Base = Base()
    rate: Rate | None = None
    rates_by_product: dict[str, Rate] | None = None
    rates_by_category: dict[str, Rate] | None = None
    rates_by_rank: dict[str, Rate] | None = None
    rate_from: str | None = None
    """Fact with the affiliate's own rate; of whom it is not stated earns nothing."""
    tiers: Tiers | None = None
    amount: Money | None = None
    """A fixed amount instead of rates; a partial refund takes it back in proportion."""
    amount_per: Literal["order", "piece"] = "order"
    add_if: tuple[AddIf, ...] = ()
    boost: Boost | None = None
    renewals: Renewals | None = None
    cap_per_order: Money | None = None
    """The most that one affiliate gets of one order."""

    @model_validator(mode="after")
    def _one_table(self) -> Affiliate:
        rest = [name for name in ("rate", "rates_by_rank", "rate_from", "tiers") if getattr(self, name) is not None]
        listed = [name for name in ("rates_by_product", "rates_by_category") if getattr(self, name) is not None]
        if len(rest) > 1:
            raise Mistaken(
                say(
                    "give one of rate, rates_by_rank, rate_from, tiers (found {rest})",
                    "يُذكر واحد من ⁨rate⁩ و⁨rates_by_rank⁩ و⁨rate_from⁩ و⁨tiers⁩ (الموجود: {rest})",
                    rest=" and ".join(rest),
                )
            )
        if self.amount is None and not rest and not listed:
            raise Mistaken(
                Text(
                    en="give a rate, rates_by_product, rates_by_category, rates_by_rank, rate_from, tiers, or "
                    "an amount",
                    ar="تُذكر ⁨rate⁩ أو ⁨rates_by_product⁩ أو ⁨rates_by_category⁩ أو ⁨rates_by_rank⁩ أو "
                    "⁨rate_from⁩ أو ⁨tiers⁩، أو ⁨amount⁩",
                )
            )
        if self.amount is not None and (rest or listed or self.add_if or self.boost or self.base != Base()):
            raise Mistaken(
                Text(
                    en="a fixed amount goes with no rates, base, add_if or boost",
                    ar="المبلغ الثابت لا تصحبه نسب ولا ⁨base⁩ ولا ⁨add_if⁩ ولا ⁨boost⁩",
                )
            )
        if self.amount is None and self.amount_per == "piece":
            raise Mistaken(
                Text(en="amount_per has a meaning only with amount", ar="لا معنى لـ ⁨amount_per⁩ إلا مع ⁨amount⁩")
            )
        if self.tiers is not None and self.tiers.mode == "marginal" and self.attribution.credit == "split":
            raise Mistaken(
                Text(
                    en="marginal tiers need one affiliate per order: use credit: last_click or first_click",
                    ar="تحتاج الشرائح ⁨marginal⁩ إلى مسوّق واحد لكل طلب. يُستعمل ⁨credit: last_click⁩ أو ⁨first_click⁩",
                )
            )
        return self

    def ranks_named(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Every rank the component names, with its path."""
        yield from super().ranks_named()
        for rank in self.rates_by_rank or {}:
            yield ("rates_by_rank", rank), rank

    def pays_in_its_base_currency(self) -> bool:
        """Whether a rate of the orders' money is paid."""
        return self.amount is None and self.base.money

    def award(self, evaluation: Evaluation) -> Awards:
        """One award per order and affiliate (per part of an order, with marginal tiers)."""
        from compensation.awarding import affiliate as affiliate_awards

        return affiliate_awards.award(self, evaluation)

    def describe(self) -> Text:
        """The component in plain words."""
        from compensation.wording import affiliate as affiliate_words

        return affiliate_words.describe(self)

    def trace(self, evaluation: Evaluation, awards: Awards, order: int) -> list[Step]:
        """Whose the sale was, and what it paid."""
        from compensation.wording import affiliate as affiliate_words

        return affiliate_words.tell(self, evaluation, awards, order)

    def promise(self) -> Promise:
        """The highest rate with every addition and the highest factor."""
        from compensation.components.worst_case import Promise, of_base

        if self.amount is not None:
            why = Text(en="a fixed amount, whatever the price", ar="مبلغ ثابت أيًّا كان السعر")
            return Promise("amount", None, why)
        if self.rate_from is not None:
            why = Text(en="each affiliate's own rate is in the records", ar="نسبة كل مسوّق في السجلات")
            return of_base(self.base, None, why)
        highest = max(self.stated_rates()) + sum((each.add for each in self.add_if), Fraction(0))
        factor = max((step.factor for step in self.boost.steps), default=Fraction(1)) if self.boost else Fraction(1)
        return of_base(self.base, highest * max(factor, Fraction(1)))

    def stated_rates(self) -> list[Fraction]:
        """Every rate that the plan itself states."""
        rates = [self.rate] if self.rate is not None else []
        for table in (self.rates_by_product, self.rates_by_category, self.rates_by_rank):
            rates += list((table or {}).values())
        rates += [step.rate for step in self.tiers.steps] if self.tiers else []
        if self.renewals is not None and self.renewals.rate is not None:
            rates.append(self.renewals.rate)
        return rates or [Fraction(0)]
