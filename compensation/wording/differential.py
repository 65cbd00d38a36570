"""What a differential says of itself: its rule in plain words, its worst case, and the walk of one order, told."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from compensation.awarding.differential import RateTable, Terms
from compensation.components.upline import Source, base_text, describe_line
from compensation.components.worst_case import of_base
from compensation.quantities import rate_text
from compensation.wording import upline as upline_words
from intake.text import Text

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.components.differential import Differential
    from compensation.components.upline import Upline
    from compensation.components.worst_case import Promise
    from compensation.evaluation import Evaluation
    from compensation.steps import Step

_START = {
    "buyer": Text(
        en="The buyer's own rate counts as paid before the walk.", ar="تُعدّ نسبة المشتري نفسه مدفوعة قبل بدء الاحتساب."
    ),
    "seller": Text(
        en="The seller's own rate counts as paid before the walk.", ar="تُعدّ نسبة البائع نفسه مدفوعة قبل بدء الاحتساب."
    ),
    "credited": Text(
        en="The own rate of the buyer (of the seller, where the buyer is an outside customer) counts as paid before "
        "the walk.",
        ar="تُعدّ نسبة المشتري نفسه (أو البائع إذا كان المشتري من خارج الشبكة) مدفوعة قبل بدء الاحتساب.",
    ),
}


def describe(component: Differential) -> Text:
    """The component in plain words."""
    of = base_text(component.base)
    if component.rates_by_rank is not None:
        pairs = [f"{rank} {rate_text(rate)}" for rank, rate in component.rates_by_rank.items()]
        rates = Text(en=", ".join(pairs), ar="، ".join(pairs))
    else:
        stated = component.rate_from
        rates = Text(en=f"the rate that the company states as {stated}", ar=f"النسبة التي تحددها الشركة باسم {stated}")
    en = [f"Differential {of.en}: {rates.en}. Each person up the line earns his rate minus the highest already paid."]
    ar = [f"عمولة الفارق {of.ar}: {rates.ar}. يحصل كل مشارك في سلسلة الرعاة على نسبته ناقصًا أعلى نسبة دُفعت تحته."]
    if component.subtract == "leg_head":
        en[0] = (
            f"Differential {of.en}: {rates.en}. Each person earns, on each leg's volume, his rate minus that of its head."
        )
        ar[0] = f"عمولة الفارق {of.ar}: {rates.ar}. يحصل كل مشارك، عن حجم كل فرع، على نسبته ناقصًا نسبة رأس الفرع."
    more = terms_text(component.terms())
    line = describe_line(component)
    return Text(en=" ".join(filter(None, [*en, more.en, line.en])), ar=" ".join(filter(None, [*ar, more.ar, line.ar])))


def terms_text(terms: Terms) -> Text:
    """Start, compression, equal ranks and limits in plain words."""
    en: list[str] = []
    ar: list[str] = []
    if terms.start_from in _START:
        en.append(_START[terms.start_from].en)
        ar.append(_START[terms.start_from].ar)
    if terms.skip:
        en.append("Who cannot earn is passed over.")
        ar.append("من لا يستحق يُتخطّى.")
    else:
        en.append("Who cannot earn keeps his difference from everybody.")
        ar.append("من لا يستحق لا يُدفع فارقه لأحد.")
    if terms.stop_at_equal:
        en.append("An equal rate ends the walk.")
        ar.append("تنتهي السلسلة عند أول نسبة مساوية.")
    if terms.equal_rates:
        rates = [rate_text(each) for each in terms.equal_rates]
        en.append(f"The next people with an equal rate get {', '.join(rates)}.")
        ar.append(f"يحصل أصحاب النسبة المساوية التالون على {'، '.join(rates)}.")
    if terms.least:
        en.append(f"A difference is at least {rate_text(terms.least)}.")
        ar.append(f"لا يقل الفارق عن {rate_text(terms.least)}.")
    if terms.most:
        en.append(f"Up to {terms.most} levels.")
        ar.append(f"حتى {terms.most} من المستويات.")
    return Text(en=" ".join(en), ar=" ".join(ar))


def promise(component: Upline, terms: Terms) -> Promise:
    """The highest rate, and what equal ranks and least differences add to it in the worst line."""
    if terms.rates_by_rank is None:
        why = Text(
            en="the rates are stated per participant; the highest of them bounds what an order pays",
            ar="النسب محددة لكل مشارك، وأعلاها هو حد ما يُدفع عن الطلب",
        )
        return of_base(component.base, None, why)
    rates = sorted({rate for rate in terms.rates_by_rank.values() if rate})
    total, below = Fraction(0), Fraction(0)
    for rate in rates:
        total += max(rate - below, terms.least) + sum(terms.equal_rates, Fraction(0))
        below = rate
    why = Text(
        en=f"no order pays more than {rate_text(total)}, however deep the line",
        ar=f"لا يُدفع عن أي طلب أكثر من {rate_text(total)} مهما كان عمق السلسلة",
    )
    return of_base(component.base, total, why)


def tell(component: Upline, evaluation: Evaluation, awards: Awards, order: int, terms: Terms) -> list[Step]:
    """The walk up from one order: who was paid which difference, and who was passed by."""
    table = RateTable(component.id, evaluation, terms)

    def passed(source: Source, position: int, can: bool) -> Text | None:
        rate = rate_text(table.values[int(table.of(source.period)[source.tree.row[position]])])
        if not can and terms.skip:
            return Text(en="cannot earn, passed over", ar="غير مستحق، تُخطّي")
        if not can:
            return Text(en=f"{rate}; cannot earn, nobody is paid for it", ar=f"{rate}؛ غير مستحق، لا يُدفع لأحد")
        return Text(en=f"{rate}, no more than was paid below", ar=f"{rate}، لا تزيد على ما دُفع تحته")

    return upline_words.tell(component, evaluation, awards, order, passed)
