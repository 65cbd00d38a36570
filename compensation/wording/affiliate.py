"""What an affiliate commission says of itself: its rule in plain words, and whose one order was and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compensation.awarding.attribution_search import within_clicks
from compensation.components.upline import base_text
from compensation.quantities import decimal_text, rate_text
from compensation.steps import Step
from compensation.wording import arithmetic
from intake.text import Text

if TYPE_CHECKING:
    from fractions import Fraction

    from compensation.awards import Awards
    from compensation.components.affiliate import AddIf, Affiliate, Boost, Renewals
    from compensation.components.attribution import Attribution
    from compensation.evaluation import Evaluation

MOST_CLICKS = 20
"""Clicks told one by one for an order, the latest first."""


def describe(component: Affiliate) -> Text:
    """The component in plain words."""
    en, ar = [], []
    for text in _sentences(component):
        en.append(text.en)
        ar.append(text.ar)
    return Text(en=" ".join(en), ar=" ".join(ar))


def _sentences(component: Affiliate) -> list[Text]:
    rates = _rates(component)
    found = [
        Text(en=f"Affiliate commission: {rates.en}.", ar=f"عمولة التسويق: {rates.ar}."),
        component.attribution.words(),
    ]
    found += [_addition(each) for each in component.add_if]
    if component.boost is not None:
        found.append(_boost(component.boost))
    if component.renewals is not None:
        found.append(_renewals(component.renewals))
    if component.cap_per_order is not None:
        cap = decimal_text(component.cap_per_order)
        found.append(Text(en=f"At most {cap} of one order.", ar=f"الحد الأقصى عن الطلب الواحد: {cap}."))
    return found


def _rates(component: Affiliate) -> Text:
    if component.amount is not None:
        amount = decimal_text(component.amount)
        per = Text(en="order", ar="كل طلب") if component.amount_per == "order" else Text(en="piece", ar="كل قطعة")
        return Text(en=f"{amount} for each {per.en}", ar=f"{amount} عن {per.ar}")
    en: list[str] = []
    ar: list[str] = []
    for table, name in (
        (component.rates_by_product, Text(en="by product", ar="بحسب المنتج")),
        (component.rates_by_category, Text(en="by category", ar="بحسب فئة المنتج")),
        (component.rates_by_rank, Text(en="by rank", ar="بحسب الرتبة")),
    ):
        if table:
            en.append(f"{name.en} ({_table(table)})")
            ar.append(f"{name.ar} ({_table(table)})")
    if component.tiers is not None:
        tiers = component.tiers.words()
        en.append(tiers.en)
        ar.append(tiers.ar)
    if component.rate is not None:
        en.append(rate_text(component.rate))
        ar.append(rate_text(component.rate))
    if component.rate_from is not None:
        en.append(f"the affiliate's own rate (fact {component.rate_from})")
        ar.append(f"نسبة كل مسوّق كما تذكرها الشركة ({component.rate_from})")
    base = base_text(component.base)
    return Text(en=", else ".join(en) + f" {base.en}", ar="، وإلا ".join(ar) + f" {base.ar}")


def _table(rates: dict[str, Fraction]) -> str:
    return ", ".join(f"{name}: {rate_text(rate)}" for name, rate in rates.items())


def _addition(condition: AddIf) -> Text:
    add = rate_text(condition.add)
    if condition.new_customer:
        return Text(en=f"{add} is added for a new customer.", ar=f"تُضاف {add} عن العميل الجديد.")
    what = Text(en=f"{condition.fact}", ar=f"{condition.fact}")
    if condition.total == "sales":
        what = Text(en="the affiliate's sales of the period", ar="مبيعات المسوّق في الفترة")
    elif condition.total == "orders":
        what = Text(en="the affiliate's orders of the period", ar="عدد طلبات المسوّق في الفترة")
    if condition.above is not None:
        limit = Text(en=f"above {decimal_text(condition.above)}", ar=f"أكبر من {decimal_text(condition.above)}")
    elif condition.at_least is not None:
        limit = Text(
            en=f"at least {decimal_text(condition.at_least)}", ar=f"{decimal_text(condition.at_least)} أو أكثر"
        )
    else:
        limit = Text(en="stated", ar="متحقق")
    return Text(en=f"{add} is added where {what.en} is {limit.en}.", ar=f"تُضاف {add} إذا كان {what.ar} {limit.ar}.")


def _boost(boost: Boost) -> Text:
    of = {
        "commission": Text(en="commission earned", ar="العمولة المستحقة"),
        "sales": Text(en="sales", ar="المبيعات"),
        "orders": Text(en="orders", ar="عدد الطلبات"),
    }[boost.of]
    over = Text(en="in the period", ar="في الفترة") if boost.over == "period" else Text(en="so far", ar="منذ البداية")
    steps = ", ".join(f"{decimal_text(step.at_least)}: × {decimal_text(step.factor)}" for step in boost.steps)
    late = Text(en="the order that reaches it included", ar="بما فيه الطلب الذي يبلغ الحد")
    if boost.this_order == "excluded":
        late = Text(en="from the order after the one that reaches it", ar="بدءًا من الطلب التالي لبلوغ الحد")
    return Text(
        en=f"The rate is multiplied once the {of.en} {over.en} reaches ({steps}), {late.en}.",
        ar=f"تُضرب النسبة في معامل متى بلغ {of.ar} {over.ar} ({steps})، {late.ar}.",
    )


def _renewals(renewals: Renewals) -> Text:
    en, ar = [], []
    if renewals.rate is not None:
        en.append(f"A customer's later orders pay {rate_text(renewals.rate)}.")
        ar.append(f"نسبة الطلبات اللاحقة للعميل: {rate_text(renewals.rate)}.")
    if renewals.months is not None:
        end = (
            Text(en="", ar="")
            if renewals.last_day == "excluded"
            else Text(en=", last day included", ar="، واليوم الأخير محسوب")
        )
        en.append(f"Only for {renewals.months} months from the customer's first order{end.en}.")
        ar.append(f"المدة بالأشهر من أول طلب للعميل: {renewals.months}{end.ar}.")
    return Text(en=" ".join(en), ar=" ".join(ar))


# One order


def tell(component: Affiliate, evaluation: Evaluation, awards: Awards, order: int) -> list[Step]:
    """Whose the order was and why, and what it paid."""
    paid = arithmetic.of_order(component, evaluation, awards, order)
    why = attribution(component.attribution, evaluation, order)
    if why and not paid:
        paid = [Step(label=Text(en="no commission on this order", ar="لا عمولة عن هذا الطلب"), value="")]
    return [*why, *paid]


def attribution(rule: Attribution, evaluation: Evaluation, order: int) -> list[Step]:
    """Whose clicks there were, and which of them count."""
    stands = int(evaluation.origin[order])
    steps: list[Step] = []
    if stands != order:
        origin = evaluation.orders["id"][stands]
        label = Text(
            en=f"takes back order {origin}, and is attributed as that was", ar=f"يردّ الطلب {origin}، ويُنسب كما نُسب"
        )
        steps.append(Step(label=label, value=""))
    coupon = evaluation.orders["coupon_id"][stands]
    if coupon is not None and rule.coupon != "ignored":
        steps.append(Step(label=Text(en=f"coupon of {coupon}", ar=f"قسيمة {coupon}"), value=""))
    if rule.credit == "seller":
        return steps
    clicks = within_clicks(evaluation, rule, stands)
    for row in clicks.head(MOST_CLICKS).iter_rows(named=True):
        who = evaluation.id_of(row["row"])
        kind = Text(en="click on a link of", ar="نقرة على رابط")
        if row["cart"]:
            kind = Text(en="put into the basket through", ar="إضافة إلى السلة عن طريق")
        state = Text(en="outside the window", ar="خارج مدة احتساب الإحالة")
        if row["after"]:
            state = Text(en="after the order", ar="بعد الطلب")
        elif row["within"]:
            state = Text(en="within the window", ar="ضمن مدة احتساب الإحالة")
        label = Text(en=f"{kind.en} {who}: {state.en}", ar=f"{kind.ar} {who}: {state.ar}")
        steps.append(Step(label=label, value="" if row["date"] is None else f"{row['date']:%Y-%m-%d %H:%M:%S}"))
    return steps
