"""What an infinity bonus says of itself: its rule in plain words, its worst case, and the walk of one order, told."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from compensation.awarding.infinity import terms_of
from compensation.components.upline import Source, base_text, describe_line
from compensation.components.worst_case import of_base
from compensation.quantities import rate_text
from compensation.wording import upline as upline_words
from compensation.wording.differential import terms_text
from intake.text import Text

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.components.infinity import Infinity
    from compensation.components.worst_case import Promise
    from compensation.evaluation import Evaluation
    from compensation.steps import Step


def describe(component: Infinity) -> Text:
    """The component in plain words."""
    of = base_text(component.base)
    if component.rate_from is not None:
        rates = Text(
            en=f"the rate that the company states as {component.rate_from}",
            ar=f"النسبة التي تحددها الشركة باسم {component.rate_from}",
        )
    else:
        table = component.generation_rates_by_rank or {
            rank: [rate] for rank, rate in (component.rates_by_rank or {}).items()
        }
        rows = [f"{rank} {', '.join(map(rate_text, row))}" for rank, row in table.items()]
        rates = Text(en="; ".join(rows), ar="؛ ".join(rows).replace(",", "،"))
    en = [f"Infinity bonus {of.en}, without a limit of depth: {rates.en}."]
    ar = [f"مكافأة العمق المفتوح {of.ar}، بلا حد للعمق: {rates.ar}."]
    if component.model == "differential":
        en.append("Each person up the line earns his rate minus the highest already paid below him.")
        ar.append("يحصل كل مشارك في سلسلة الرعاة على نسبته ناقصًا أعلى نسبة دُفعت تحته.")
        more = terms_text(component.differences())
        en.append(more.en)
        ar.append(more.ar)
    else:
        _describe_override(component, en, ar)
    line = describe_line(component)
    return Text(en=" ".join(filter(None, [*en, line.en])), ar=" ".join(filter(None, [*ar, line.ar])))


def _describe_override(component: Infinity, en: list[str], ar: list[str]) -> None:
    levels = sorted({component.from_level, *component.from_level_by_rank.values()})
    if levels != [1]:
        each = [f"{rank} {level}" for rank, level in component.from_level_by_rank.items()]
        by_en, by_ar = (f" ({', '.join(each)})", f" ({'، '.join(each)})") if each else ("", "")
        en.append(f"The right begins {component.from_level} levels below{by_en}.")
        ar.append(f"يبدأ الحق من المستوى {component.from_level} تحت صاحبه{by_ar}.")
    if component.blocked_by == "any":
        en.append("It ends where the right of anybody else below begins.")
        ar.append("ينتهي حيث يبدأ حق أي شخص آخر تحته.")
    else:
        en.append("It ends where the right of somebody of the same or a higher rank below begins.")
        ar.append("ينتهي حيث يبدأ حق من هو في الرتبة نفسها أو أعلى تحته.")
    if component.ineligible_blocks:
        en.append("Who holds the rank but cannot earn in the period blocks, too.")
        ar.append("من يحوز الرتبة ولا يستحق في الفترة يحجب أيضًا.")
    if component.compression == "skip_ineligible" and levels != [1]:
        en.append("Who cannot earn is left out when levels are counted.")
        ar.append("من لا يستحق يُتخطّى عند عدّ المستويات (ضغط المستويات).")


def promise(component: Infinity) -> Promise:
    """At most the rates of all ranks together; where anybody's right blocks, the highest rate of each generation."""
    if component.rate_from is not None:
        why = Text(
            en="the rates are stated per participant; each different rate can be paid once on a sale",
            ar="النسب محددة لكل مشارك، وقد تُدفع كل نسبة مختلفة مرة واحدة عن عملية البيع",
        )
        return of_base(component.base, None, why)
    if component.generation_rates_by_rank is not None:
        tables = list(component.generation_rates_by_rank.values())
    else:
        tables = [[rate] for rate in (component.rates_by_rank or {}).values()]
    if component.blocked_by == "any":
        deep = max(map(len, tables), default=0)
        total = sum((max(row[g] for row in tables if g < len(row)) for g in range(deep)), Fraction(0))
    else:
        total = sum((rate for row in tables for rate in row), Fraction(0))
    why = Text(
        en=f"no order pays more than {rate_text(total)}, however deep the line",
        ar=f"لا يُدفع عن أي طلب أكثر من {rate_text(total)} مهما كان عمق السلسلة",
    )
    return of_base(component.base, total, why)


def tell(component: Infinity, evaluation: Evaluation, awards: Awards, order: int) -> list[Step]:
    """The walk up from one order: who was paid, and which holders of the right were not, and why."""
    terms = terms_of(component, evaluation)

    def passed(source: Source, position: int, can: bool) -> Text | None:
        row = int(source.tree.row[position])
        if not terms.leader_of(source.period)[row]:
            return None
        if not can:
            return Text(en="cannot earn", ar="غير مستحق")
        begins = terms.begins[int(terms.row_of(source.period)[row])]
        if begins > 1:
            return Text(
                en=f"blocked, or the order is nearer than {begins} levels",
                ar=f"محجوب، أو الطلب أقرب من المستوى {begins}",
            )
        return Text(en="blocked by somebody with the same right below", ar="محجوب بمن له الحق نفسه تحته")

    return upline_words.tell(component, evaluation, awards, order, passed)
