"""The changes that can be asked about, as data: one frozen model each, with its definition in words a reader can check.

A *customer* is a buyer outside the network, or a listed participant whose own kind is customer or preferred customer;
a *participant's own order* is every other order with a known buyer. An order of which neither is known is of *unknown*
side. What takes an order back follows that order. Each change says of itself, in both languages, what it does.

Reference: the questions of U.S. and Chinese regulators: at least as much sold outside as consumed inside (the 50 %
test quoted of FTC orders), kits and fees that are no sale, recruitment that ends.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from compensation.plan import Plan
from compensation.quantities import Rate, rate_text
from intake.frozen import Frozen
from intake.mistakes import Mistaken
from intake.text import Text

NO_SALE = ("starter_kit", "fee", "training", "sales_tool", "deposit")
"""Categories of orders that are paid for taking part and not for a product."""
CustomerMeasure = Literal["amount", "volume", "points"]


def _above_zero(share: Fraction) -> Fraction:
    if share == 0:
        raise Mistaken(
            Text(
                en="a customer share of 0 asks for nothing; write for example 50%",
                ar="حصة العملاء 0 لا تغيّر شيئًا. تُكتب مثلًا ⁦50%⁩",
            )
        )
    return share


CustomerPart = Annotated[Rate, AfterValidator(_above_zero)]


class OtherPlan(Frozen):
    """The same records under another plan."""

    change: Literal["other_plan"] = "other_plan"
    plan: Plan

    def describe(self) -> Text:
        """What is changed."""
        return Text(
            en=f"The plan is {self.plan.title.en} ({self.plan.id}).",
            ar=f"الخطة هي: {self.plan.title.ar} (\u2068{self.plan.id}\u2069).",
        )


class RetailOnly(Frozen):
    """Only orders of customers; what participants bought themselves, and what is of unknown side, is left out."""

    change: Literal["retail_only"] = "retail_only"
    unknown_is_retail: bool = False
    """Orders of which the records do not say whose they are stay, to the company's favour."""

    def describe(self) -> Text:
        """What is changed."""
        en = "Only orders of customers outside the network count; what participants bought themselves does not."
        ar = "لا تُحتسب إلا طلبات العملاء من خارج الشبكة؛ ولا يُحتسب ما اشتراه المشاركون أنفسهم."
        if self.unknown_is_retail:
            en += " Orders whose buyer is unknown count as customers'."
            ar += " والطلبات التي لا يُعرف مشتريها تُعدّ طلبات عملاء."
        return Text(en=en, ar=ar)


class WithoutCategories(Frozen):
    """Orders of these categories are left out; orders without a category stay."""

    change: Literal["without_categories"] = "without_categories"
    categories: Annotated[tuple[str, ...], Field(min_length=1)] = NO_SALE

    def describe(self) -> Text:
        """What is changed."""
        named_ar = "، ".join(_CATEGORIES_AR.get(name, f"\u2068{name}\u2069") for name in self.categories)
        return Text(
            en=f"Orders of these categories do not count: {', '.join(self.categories)}.",
            ar=f"لا تُحتسب طلبات هذه الفئات: {named_ar}.",
        )


class CustomerLimit(Frozen):
    """Own consumption counts only so far as customers bought: per participant and period, in order of time.

    With customers' purchases c and a share s, own orders count until their sum is c x (1 - s) / s; at 50 %, until it
    is c. Of the order that passes this limit the part that fits counts, and each of its quantities in the same
    proportion, rounded down; later own orders do not count. Customers' purchases are those of the participant's own
    customers (of a listed customer: his sponsor's) in the same period, less what they returned in it.
    """

    change: Literal["customer_limit"] = "customer_limit"
    share: CustomerPart = Fraction(1, 2)
    measure: CustomerMeasure = "amount"

    def describe(self) -> Text:
        """What is changed."""
        share, measure = rate_text(self.share), _MEASURES[self.measure]
        return Text(
            en=f"Own orders count only as far as customers make up at least {share} of a participant's {measure.en} "
            "in a period; of the order that passes this limit, the part that fits.",
            ar=f"لا تُحتسب طلبات المشارك لنفسه إلا بقدر ما تبقى مشتريات عملائه {_ltr(share)} على الأقل من {measure.ar} "
            "في الفترة؛ ومن الطلب الذي يتجاوز هذا الحد يُحتسب الجزء الذي يتسع له.",
        )


class CustomerGate(Frozen):
    """The plan pays only where customers bought at least a share; equality is enough, and so is no purchase at all."""

    change: Literal["customer_gate"] = "customer_gate"
    share: CustomerPart = Fraction(1, 2)
    of: Literal["personal", "group", "company"] = "group"
    """Of whose purchases: of the participant and his customers; of him and everybody below him in the sponsor tree with
    theirs; of all. Who does not reach the share is paid nothing for that period; it does not go to somebody else, and
    what is reckoned on his awards (matching) is reckoned on nothing."""
    measure: CustomerMeasure = "amount"

    def describe(self) -> Text:
        """What is changed."""
        share, measure, of = rate_text(self.share), _MEASURES[self.measure], _GROUPS[self.of]
        return Text(
            en=f"A participant is paid for a period only if customers make up at least {share} of {of.en} {measure.en}.",
            ar=f"لا يُدفع للمشارك عن الفترة إلا إذا بلغت مشتريات العملاء {_ltr(share)} على الأقل من {measure.ar} {of.ar}.",
        )


class RecruitingStops(Frozen):
    """Nobody joins after a day: who joined later is taken out, and the orders credited to him vanish.

    Days are those of the plan's time zone. Whose joining is not recorded counts as joined with his first order; who
    never ordered stays.
    """

    change: Literal["recruiting_stops"] = "recruiting_stops"
    last_day: date
    """The last day on which people could join."""

    def describe(self) -> Text:
        """What is changed."""
        day = self.last_day.isoformat()
        return Text(
            en=f"Nobody joins after {day}; who joined later, and what they and their customers bought, is left out.",
            ar=f"لا ينضم أحد بعد {_ltr(day)}؛ ويُستبعد من انضم بعد ذلك وما اشتراه هو وعملاؤه.",
        )


class WithoutComponents(Frozen):
    """The plan without some of its components."""

    change: Literal["without_components"] = "without_components"
    components: Annotated[tuple[str, ...], Field(min_length=1)]

    def describe(self) -> Text:
        """What is changed."""
        names = ", ".join(self.components)
        return Text(en=f"The plan does not pay: {names}.", ar=f"لا تدفع الخطة: \u2068{names}\u2069.")


class WithoutTop(Frozen):
    """Without those who were paid most: they are taken out, whoever stands below them moves up to the next above.

    Orders credited to them vanish. Among equal pay the earlier in the records is taken out first.
    """

    change: Literal["without_top"] = "without_top"
    count: Annotated[int, Field(ge=1)]

    def describe(self) -> Text:
        """What is changed."""
        return Text(
            en=f"The {self.count:,} who were paid most are taken out; who stood below them moves up.",
            ar=f"يُستبعد الأعلى قبضًا (العدد: {self.count:,})؛ وينتقل من تحتهم إلى من يعلوهم.",
        )


Change = Annotated[
    OtherPlan
    | RetailOnly
    | WithoutCategories
    | CustomerLimit
    | CustomerGate
    | RecruitingStops
    | WithoutComponents
    | WithoutTop,
    Field(discriminator="change"),
]


def _ltr(text: str) -> str:
    """Text that keeps its direction within an Arabic sentence."""
    return f"\u2066{text}\u2069"


_MEASURES = {
    "amount": Text(en="purchases", ar="قيمة المشتريات"),
    "volume": Text(en="commissionable volume", ar="حجم العمولة"),
    "points": Text(en="points", ar="النقاط"),
}
_GROUPS = {
    "personal": Text(en="the participant's own and customers'", ar="له ولعملائه"),
    "group": Text(en="the whole group's", ar="لكامل مجموعته"),
    "company": Text(en="the whole company's", ar="للشركة كلها"),
}
_CATEGORIES_AR = {
    "starter_kit": "حقيبة البداية",
    "fee": "الرسوم",
    "training": "التدريب",
    "sales_tool": "أدوات البيع",
    "deposit": "الإيداع",
    "product": "المنتجات",
    "autoship": "الطلب الدوري التلقائي",
}
