"""What a generation override says of itself: its rule in plain words, its worst case, and the walk of one order, told."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from compensation.components.upline import Source, base_text, describe_line
from compensation.components.worst_case import of_base
from compensation.quantities import rate_text
from compensation.wording import upline as upline_words
from intake.text import Text

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.components.generation import Generation
    from compensation.components.upline import Upline
    from compensation.components.worst_case import Promise
    from compensation.evaluation import Evaluation
    from compensation.steps import Step


def describe(component: Generation) -> Text:
    """The component in plain words."""
    of = base_text(component.base)
    if component.rates is not None:
        rows = [", ".join(map(rate_text, component.rates))]
    else:
        rows = [f"{rank}: {', '.join(map(rate_text, row))}" for rank, row in (component.rates_by_rank or {}).items()]
    en = [f"Generation override, generation by generation {of.en}: {'; '.join(rows)}."]
    ar = [f"عمولة الأجيال، جيلًا بعد جيل {of.ar}: {'؛ '.join(rows).replace(',', '،')}."]
    if component.boundary_rank is not None:
        en.append(f"Leaders are those who hold {component.boundary_rank} or a higher rank.")
        ar.append(f"القائد هو من يحوز رتبة {component.boundary_rank} أو أعلى.")
    elif component.leader_from is not None:
        en.append(f"Leaders are those whom the company states as {component.leader_from}.")
        ar.append(f"القائد هو من تحدده الشركة باسم {component.leader_from}.")
    if component.boundary == "same_or_higher":
        what = f" ({component.standing_from})" if component.standing_from else ""
        en.append(f"A generation ends at the next leader of the same or a higher standing than the earner{what}.")
        ar.append(f"ينتهي الجيل عند أول قائد في مكانة المستحق أو أعلى منها{what}.")
    if component.inactive_leader == "boundary":
        en.append("A leader who cannot earn still closes a generation; nobody is paid for it.")
        ar.append("القائد غير المستحق ينهي الجيل أيضًا، ولا يُدفع لأحد عنه.")
    else:
        en.append("A leader who cannot earn is passed over.")
        ar.append("القائد غير المستحق يُتخطّى.")
    if component.empty_generation == "skipped":
        en.append("A generation with nobody in it uses up no number.")
        ar.append("الجيل الخالي لا يُحسب رقمًا.")
    if not component.leaders_only:
        en.append("Others than leaders earn, too.")
        ar.append("يستحق غير القادة أيضًا.")
    if component.own_group_is_generation == 0:
        en.append("The group that an earner heads himself pays nothing; the next leader's is the first generation.")
        ar.append("مجموعة المستحق نفسه لا تُدفع عنها؛ ومجموعة القائد التالي هي الجيل الأول.")
    if component.max_generations is not None:
        en.append(f"Up to {component.max_generations} generations.")
        ar.append(f"حتى {component.max_generations} من الأجيال.")
    if component.max_generations_by_rank:
        each = [f"{rank} {most}" for rank, most in component.max_generations_by_rank.items()]
        en.append(f"By rank: {', '.join(each)} generations.")
        ar.append(f"عدد الأجيال بحسب الرتبة: {'، '.join(each)}.")
    line = describe_line(component)
    return Text(en=" ".join(filter(None, [*en, line.en])), ar=" ".join(filter(None, [*ar, line.ar])))


def promise(component: Generation) -> Promise:
    """The rates of all generations together; of every rank, where each rank has generations of its own."""
    if not component.leaders_only or component.empty_generation == "skipped":
        why = Text(
            en="several people can be paid as the same generation of one sale",
            ar="قد يُدفع لأكثر من شخص عن الجيل نفسه من عملية بيع واحدة",
        )
        return of_base(component.base, None, why)
    tables = [component.rates] if component.rates is not None else list((component.rates_by_rank or {}).values())
    if component.boundary == "same_or_higher":
        if component.standing_from is not None or component.rates is not None:
            why = Text(
                en="each standing has generations of its own, and the plan alone does not say how many standings there are",
                ar="لكل مكانة أجيالها، ولا تحدد الخطة وحدها عدد المكانات",
            )
            return of_base(component.base, None, why)
        total = sum((rate for row in tables for rate in row), Fraction(0))
    else:
        deep = max(map(len, tables))
        total = sum((max(row[g] for row in tables if g < len(row)) for g in range(deep)), Fraction(0))
    why = Text(
        en=f"no order pays more than {rate_text(total)}, however deep the line",
        ar=f"لا يُدفع عن أي طلب أكثر من {rate_text(total)} مهما كان عمق السلسلة",
    )
    return of_base(component.base, total, why)


def tell(component: Upline, evaluation: Evaluation, awards: Awards, order: int, *, leaders: bool) -> list[Step]:
    """The walk up from one order; where leaders are named, others are not worth telling."""

    def passed(source: Source, position: int, can: bool) -> Text | None:
        del source, position
        if not can:
            return Text(en="cannot earn", ar="غير مستحق")
        return None if leaders else Text(en="earns no generation here", ar="لا جيل له هنا")

    return upline_words.tell(component, evaluation, awards, order, passed)
