"""What a rank bonus says of itself: its rule in plain words, and why one award was due."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from compensation.quantities import decimal_text, minor_text, rate_text
from compensation.standing.ranking_words import explain
from compensation.steps import Step
from compensation.wording import arithmetic
from compensation.wording.unilevel import MEASURE_WORDS
from intake.text import Text

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.components.rank_bonus import RankBonus
    from compensation.evaluation import Evaluation

_WHEN = {
    "first_time": Text(en="Paid once in a lifetime for each rank.", ar="تُصرف عن كل رتبة مرة واحدة فقط."),
    "each_time": Text(en="Paid each time the rank is reached.", ar="تُصرف في كل مرة تُبلغ فيها الرتبة."),
    "every_period": Text(en="Paid in every period in which the rank is held.", ar="تُصرف في كل فترة تُحفظ فيها الرتبة."),
}
_MISSED = {
    "forfeit": Text(
        en="a part that falls into a period without the rank is lost", ar="يسقط القسط إذا لم تُحفظ الرتبة في فترته"
    ),
    "postpone": Text(
        en="a part waits for a period in which the rank is held", ar="يُؤجَّل القسط إلى فترة تُحفظ فيها الرتبة"
    ),
    "end": Text(en="the first period without the rank ends it", ar="ويسقط الباقي كله في أول فترة لا تُحفظ فيها الرتبة"),
}


def describe(component: RankBonus) -> Text:
    """The component in plain words."""
    parts = [_amounts(component), _WHEN[component.when]]
    if component.amounts_are == "totals":
        parts.append(
            Text(
                en="The amounts are totals: what is due is the total of the rank less what was paid before.",
                ar="المبالغ تراكمية: يُصرف مبلغ الرتبة مطروحًا منه ما سبق صرفه.",
            )
        )
    if component.skipped_ranks == "not_paid":
        parts.append(Text(en="Ranks that are skipped are not paid.", ar="ولا يُصرف عن رتبة جرى تجاوزها إلى أعلى منها."))
    if component.held_for > 1:
        parts.append(
            Text(
                en=f"The rank must have been held in {component.held_for} periods in a row.",
                ar=f"ويُشترط حفظ الرتبة فترات متتالية عددها {component.held_for}.",
            )
        )
    if component.instalments is not None:
        missed = _MISSED[component.instalments.missed]
        parts.append(
            Text(
                en=f"In {component.instalments.periods} equal parts, one per period; {missed.en}.",
                ar=f"على أقساط متساوية عددها {component.instalments.periods}، قسط عن كل فترة؛ {missed.ar}.",
            )
        )
    return Text(en=" ".join(part.en for part in parts), ar=" ".join(part.ar for part in parts))


def _amounts(component: RankBonus) -> Text:
    listed: list[tuple[str, Fraction]] = list((component.amounts_by_rank or component.rates_by_rank or {}).items())
    flat = component.amount if component.amount is not None else component.rate
    if flat is not None:
        listed = [("", flat)]
    unit = f" {component.currency}" if component.currency and not component.shares else ""
    shown = [
        (f"{rank}: " if rank else "") + (rate_text(value) if component.shares else decimal_text(value) + unit)
        for rank, value in listed
    ]
    en, ar = ", ".join(shown), "، ".join(shown)
    if not component.shares:
        return Text(en=f"Rank bonus: {en}.", ar=f"مكافأة الرتبة: {ar}.")
    of = Text(en="group volume", ar="حجم المجموعة")
    if component.of == "personal_volume":
        of = Text(en="personal volume", ar="الحجم الشخصي")
    elif not component.group_includes_own:
        of = Text(en="group volume without one's own", ar="حجم المجموعة دون الحجم الشخصي")
    measure = MEASURE_WORDS[component.base.measure]
    en, ar = f"Rank bonus: {en} of the {of.en} ({measure.en})", f"مكافأة الرتبة: {ar} من {of.ar} ({measure.ar})"
    if component.tree != "sponsor":
        tree = Text(en="placement tree", ar="شجرة المواضع")
        if component.tree == "matrix":
            tree = Text(en="matrix", ar="المصفوفة")
        en, ar = f"{en} in the {tree.en}", f"{ar} في {tree.ar}"
    if component.base.share != 1:
        share = rate_text(component.base.share)
        en, ar = f"{en}, of which {share} count", f"{ar}، ويُحتسب منه {share}"
    if component.base.per_point != 1:
        each = decimal_text(component.base.per_point)
        en, ar = f"{en}, {each} per point", f"{ar}، بواقع {each} للنقطة"
    return Text(en=f"{en}.", ar=f"{ar}.")


def tell(component: RankBonus, evaluation: Evaluation, awards: Awards, index: int) -> list[Step]:
    """Which rank an award is for, how the rank came about, and the amount."""
    period = int(awards.period[index]) if awards.period is not None else 0
    row = int(awards.participant[index])
    ranks = evaluation.plan.ranks
    rate, by_rank = int(awards.rate[index]), component.amounts_by_rank or component.rates_by_rank
    steps = []
    if ranks is not None and by_rank is not None:
        part = int(awards.level[index])
        number = rate
        if component.instalments is not None:
            number = (rate - len(ranks.order) - 1) // component.instalments.periods
        if component.amounts_are == "totals":
            number = int(evaluation.rank(period)[row])
        children = tuple(explain(evaluation, row, period)) if row >= 0 else ()
        name = ranks.order[number - 1]
        steps.append(Step(label=Text(en="rank", ar="الرتبة"), value=name, children=children))
        if component.instalments is not None:
            label = Text(en="part", ar="القسط")
            steps.append(Step(label=label, value=f"{part} / {component.instalments.periods}"))
        if component.amounts_are == "totals":
            due, total = _total(component, evaluation, number), int(awards.before_limits()[index])
            scale = evaluation.scale_of(component.currency or evaluation.plan.currency)
            label = Text(en="total of the rank less what was paid before", ar="مبلغ الرتبة مطروحًا منه ما سبق صرفه")
            already = decimal_text(due - Fraction(total, 10**scale))
            steps.append(Step(label=label, value=f"{decimal_text(due)} - {already} = {minor_text(total, scale)}"))
            return steps + arithmetic.of_limits(
                evaluation, awards, index, scale, component.currency or evaluation.plan.currency
            )
    return steps + arithmetic.of_award(component, evaluation, awards, index)


def _total(component: RankBonus, evaluation: Evaluation, number: int) -> Fraction:
    from compensation.awarding.rank_bonus import table

    return table(component, evaluation)[number]
