"""The assumptions of the tests in words: prices, growth, and what is not modelled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compensation.gaming.saying import Said, apart, decimal_text_of, ltr
from compensation.quantities import decimal_text, rate_text
from intake.text import Text

if TYPE_CHECKING:
    from compensation.gaming.goods import Goods, Item
    from compensation.gaming.terms import Terms
    from compensation.plan import Plan


def assumptions(plan: Plan, goods: Goods, terms: Terms) -> tuple[Text, ...]:
    """Everything the tests take for granted."""
    said = Said(plan, goods)
    found = [_bought(said, goods.joining, "On joining one pays", "ما يُدفع عند الانضمام:")]
    found.append(
        _bought(said, goods.regular, "In every period a participant buys for", "ما يشتريه المشارك في كل فترة:")
    )
    if goods.ranks:
        listed = [(name, said.money(item.price)) for name, item in goods.ranks.items()]
        found.append(
            Text(
                en="Ranks cost, as far as no price is given as much as the plan pays out on them: "
                + ", ".join(f"{name} {price.en}" for name, price in listed)
                + ".",
                ar="أسعار الرتب، وما لم يُذكر سعره فبقدر ما تدفعه الخطة عنه: "
                + "؛ ".join(f"{apart(name)} {price.ar}" for name, price in listed)
                + ".",
            )
        )
    points = decimal_text(terms.points_per_unit)
    found.append(
        Text(
            en=f"An order has {points} point(s) for each {plan.currency}; wholesale is {rate_text(terms.wholesale)} of "
            "the price.",
            ar=f"لكل وحدة من العملة ({plan.currency}) نقاط عددها {points}؛ وسعر الجملة {ltr(rate_text(terms.wholesale))} من "
            "السعر.",
        )
    )
    ranks = plan.ranks
    if ranks is not None and ranks.source in ("participants", "ranks"):
        found.append(
            Text(
                en=f"The plan does not say how a rank is reached; everybody is taken to hold the highest, {ranks.order[-1]}.",
                ar=f"لا تذكر الخطة كيف تُبلغ الرتبة؛ ويُفترض أن الجميع يحوزون أعلاها: {apart(ranks.order[-1])}.",
            )
        )
    stays = (
        Text(en="to the end", ar="حتى النهاية")
        if terms.buys_for is None
        else Text(en=f"for {terms.buys_for} period(s)", ar=f"لمدة فترات عددها {terms.buys_for}")
    )
    found.append(
        Text(
            en=f"While it grows, everybody buys {stays.en}, nobody leaves, and each sells {terms.customers} order(s) to "
            "customers in a period.",
            ar=f"أثناء النمو يشتري كل مشارك {stays.ar}، ولا يغادر أحد، ويبيع كل منهم للعملاء في الفترة طلبات عددها "
            f"{terms.customers}.",
        )
    )
    if goods.ranks:
        found.append(Text(en="While it grows, nobody buys a rank.", ar="أثناء النمو لا يشتري أحد رتبة."))
    found.append(
        Text(
            en="A position is given to whoever pays for it; checks of identity, if the company makes any, are not modelled.",
            ar="يُمنح الموضع لمن يدفع ثمنه؛ ولا يُحتسب أي تحقق من الهوية قد تجريه الشركة.",
        )
    )
    return tuple(found)


def _bought(said: Said, items: tuple[Item, ...], en: str, ar: str) -> Text:
    if not items:
        return Text(en=f"{en} nothing.", ar=f"{ar} لا شيء.")
    price = said.money(sum(item.price for item in items))
    volume = decimal_text_of(sum(item.volume for item in items))
    return Text(
        en=f"{en} {price.en} ({len(items)} order(s), {volume} points).",
        ar=f"{ar} {price.ar} (عدد الطلبات {len(items)}، والنقاط {volume}).",
    )
