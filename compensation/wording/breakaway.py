"""What a breakaway override says of itself: its rule in plain words, the arithmetic of a line, and where an order counts."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from compensation.awarding.breakaway import groups_of
from compensation.awarding.stairstep_volumes import Pass, base_decimals, passes, product_text
from compensation.awards import BREAKAGE
from compensation.components.upline import base_text
from compensation.kernels.nearest_above import nearest
from compensation.quantities import decimal_text, minor_text, rate_text
from compensation.steps import Step
from compensation.wording import arithmetic
from compensation.wording.unilevel import MEASURE_WORDS
from intake.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compensation.awards import Awards
    from compensation.components.breakaway import Breakaway
    from compensation.components.leadership_minimum import LeadershipMinimum
    from compensation.evaluation import Evaluation
    from compensation.ledger import Bools


def describe(component: Breakaway) -> Text:
    """The component in plain words."""
    parts = list(_said(component))
    return Text(en=" ".join(part.en for part in parts), ar=" ".join(part.ar for part in parts))


def _said(component: Breakaway) -> Iterator[Text]:
    who, of = component.leaders.describe(), base_text(component.base)
    yield Text(
        en=f"Breakaway override: the group of whoever {who.en} breaks away; those above earn a rate {of.en} of his "
        "personal group, which is his own volume and all below without the groups of further leaders.",
        ar=f"عمولة الإشراف على المجموعات المنفصلة: مجموعة من {who.ar} تنفصل، ويستحق من هم أعلى نسبة {of.ar} عن مجموعته "
        "الشخصية، وهي حجمه الشخصي وكل من تحته من دون مجموعات القادة الآخرين.",
    )
    if component.earners is not None:
        may = component.earners.describe()
        yield Text(
            en=f"A generation above is whoever {may.en}; others are passed over.",
            ar=f"الجيل الأعلى هو من {may.ar}؛ ويُتخطّى غيره.",
        )
    yield _rates(component)
    if component.later_rates:
        later_en = ", ".join(rate_text(each) for each in component.later_rates)
        later_ar = "، ".join(rate_text(each) for each in component.later_rates)
        yield Text(en=f"From generation 2 on, for all: {later_en}.", ar=f"من الجيل 2 فصاعدًا للجميع: {later_ar}.")
    if component.override == "differential":
        least = rate_text(component.min_rate)
        yield Text(
            en=f"Generation 1 is paid the earner's rate less the leader's, at least {least}.",
            ar=f"يُدفع عن الجيل 1 نسبة المستحق ناقصًا نسبة القائد، بحد أدنى {least}.",
        )
    yield _COMPRESSION[component.compression]
    if component.lacking_rate == "skip":
        yield Text(
            en="Who has no rate for a generation is passed over.",
            ar="من لا نسبة له لجيل ما يُتخطّى.",
        )
    if component.min_leaders:
        needed_en = "; ".join(f"generation {g}: {n}" for g, n in enumerate(component.min_leaders, 1) if n)
        needed_ar = "؛ ".join(f"الجيل {g}: {n}" for g, n in enumerate(component.min_leaders, 1) if n)
        yield Text(
            en=f"Leaders that an earner needs next below: {needed_en}.",
            ar=f"عدد القادة المطلوب تحت المستحق مباشرةً: {needed_ar}.",
        )
    if component.stated_volume:
        yield Text(en="Own volume is taken as the company states it.", ar="يُؤخذ الحجم الشخصي كما تذكره الشركة.")


_COMPRESSION = {
    "none": Text(
        en="Who cannot earn is a generation, and nobody is paid for it.",
        ar="من لا يستحق يُعدّ جيلًا، ولا يُدفع لأحد عنه.",
    ),
    "skip_ineligible": Text(
        en="Who cannot earn is left out when generations are counted.",
        ar="من لا يستحق يُتخطّى عند عدّ الأجيال.",
    ),
    "dynamic": Text(
        en="The rate of a generation goes to the next above who can earn it.",
        ar="تذهب نسبة الجيل إلى أول من يستحقها ممن هم أعلى.",
    ),
}


def _rates(component: Breakaway) -> Text:
    if component.rate_from is not None:
        return Text(
            en=f"Each participant's rate is the one that the company states as {component.rate_from}.",
            ar=f"نسبة كل مشارك هي التي تذكرها الشركة باسم {component.rate_from}.",
        )
    rows_en, rows_ar = [], []
    for head, row in component.table():
        name = f"{head}: " if isinstance(head, str) else ""
        from_en = from_ar = name
        if isinstance(head, Fraction):
            from_en, from_ar = f"from {decimal_text(head)}: ", f"من {decimal_text(head)}: "
        rows_en.append(from_en + ", ".join(rate_text(each) for each in row))
        rows_ar.append(from_ar + "، ".join(rate_text(each) for each in row))
    by = Text(en="", ar="")
    if component.rates_by_rank is not None:
        by = Text(en=" by the earner's rank", ar=" بحسب رتبة المستحق")
    elif component.rates_by_volume is not None:
        measure = MEASURE_WORDS[component.measure] if component.measure else Text(en="volume", ar="الحجم")
        by = Text(en=f" by the {measure.en} of the earner's personal group", ar=f" بحسب {measure.ar} في مجموعة المستحق")
        if component.volume_of == "own":
            by = Text(en=f" by the earner's own {measure.en}", ar=f" بحسب {measure.ar} في طلبات المستحق نفسه")
    return Text(
        en=f"Rates by generation{by.en}: {'; '.join(rows_en)}.",
        ar=f"النسب جيلًا بعد جيل{by.ar}: {'؛ '.join(rows_ar)}.",
    )


def account(component: Breakaway, evaluation: Evaluation, awards: Awards, index: int) -> list[Step]:
    """Whose group, which rates, and the arithmetic."""
    assert awards.source is not None
    leader = evaluation.id_of(int(awards.source[index]))
    decimals, unit = base_decimals(evaluation, component.base)
    volume = minor_text(int(awards.bases()[index]), decimals)
    steps = [
        Step(
            label=Text(en=f"personal group of {leader}", ar=f"المجموعة الشخصية لـ {leader}"),
            value=f"{volume}{' ' + unit if unit else ''}",
        )
    ]
    if component.override == "differential" and awards.level[index] == 1:
        label = Text(en="difference of the two rates", ar="فارق النسبتين")
        steps.append(Step(label=label, value=rate_text(Fraction(awards.rates[int(awards.rate[index])]))))
    return steps + arithmetic.of_award(component, evaluation, awards, index)


def tell(component: Breakaway, evaluation: Evaluation, awards: Awards, order: int) -> list[Step]:
    """In whose group one order counts, and who earns on it."""
    reckoned = reckoning_of(component, evaluation, order)
    if reckoned is None:
        return []
    return in_group(component, evaluation, awards, order, reckoned, groups_of(component, evaluation, reckoned).leads)


def reckoning_of(component: Breakaway | LeadershipMinimum, evaluation: Evaluation, order: int) -> Pass | None:
    """The pass in which an order is paid on; None where it is in none."""
    for reckoned in passes(component, evaluation):
        if reckoned.pays_in == evaluation.period[order] and reckoned.sign > 0 and reckoned.counts[order]:
            return reckoned
    return None


def in_group(
    component: Breakaway | LeadershipMinimum,
    evaluation: Evaluation,
    awards: Awards,
    order: int,
    reckoned: Pass,
    leads: Bools,
) -> list[Step]:
    """The leader in whose personal group an order counts, and each line on that group, as far as this order goes."""
    assert awards.source is not None
    row = int(evaluation.credited[order])
    position = int(reckoned.tree.position[row]) if row >= 0 else -1
    base = int(evaluation.base(component.base)[order])
    if position < 0 or base == 0:
        return []
    leader = position if leads[position] else int(nearest(reckoned.parent, leads)[position])
    if leader < 0:
        return [
            Step(
                label=Text(
                    en="in no leader's group: nothing is paid on it", ar="ليس في مجموعة أي قائد: لا يُدفع عنه شيء"
                ),
                value="",
            )
        ]
    name = evaluation.id_of(int(reckoned.tree.row[leader]))
    steps = [Step(label=Text(en="counts in the personal group of", ar="يُحسب في المجموعة الشخصية لـ"), value=name)]
    mine = (awards.source == reckoned.tree.row[leader]) & (awards.periods(evaluation.period) == reckoned.pays_in)
    mine &= (awards.status != BREAKAGE) & (awards.bases() != 0) & (awards.level >= 1)
    for index in np.flatnonzero(mine).tolist():
        rate = int(awards.rate[index])
        if component.family == "leadership_minimum" and awards.level[index] != 1:
            continue
        who = evaluation.id_of(int(awards.participant[index]))
        level = int(awards.level[index])
        written = Fraction(awards.rates[rate])
        value = product_text(component, evaluation, component.base, base, rate_text(written), written)
        label = Text(en=f"generation {level}: {who}, before rounding", ar=f"الجيل {level}: {who} قبل التقريب")
        if component.family == "leadership_minimum":
            label = Text(en=f"{who} receives, before rounding", ar=f"يستحق {who} قبل التقريب")
        steps.append(Step(label=label, value=value))
    return steps
