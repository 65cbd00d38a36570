"""What a stairstep says of itself: its rule in plain words, the arithmetic of a line, and the way of one order upwards.

An order is paid on together with everything else of its period. `tell` says what it adds to whose award: along the
line above who placed it, base x (own rate less the rate already reached below).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from compensation.awarding.stairstep import group_of, rates_of
from compensation.awarding.stairstep_volumes import can_earn, passes, product_text
from compensation.components.upline import base_text
from compensation.quantities import decimal_text, minor_text, rate_text
from compensation.standing import requirements_words
from compensation.steps import Step
from compensation.wording import arithmetic
from compensation.wording.unilevel import MEASURE_WORDS
from intake.text import Text

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.components.stairstep import Stairstep
    from compensation.evaluation import Evaluation


def describe(component: Stairstep) -> Text:
    """The component in plain words."""
    en, ar = [], []

    def say(english: str, arabic: str) -> None:
        en.append(english)
        ar.append(arabic)

    of = base_text(component.base)
    if component.pays_on == "own":
        say(
            f"Stairstep on own volume: the rate is found with the group and paid {of.en} of one's own orders alone",
            f"خطة متدرجة على الحجم الشخصي: تُحدَّد النسبة بحجم المجموعة وتُدفع {of.ar} عن طلبات المشارك نفسه فقط",
        )
    else:
        say(
            f"Stairstep differential: a rate {of.en} of the whole group, less what the legs have of it by their own rates",
            f"الخطة المتدرجة، عمولة الفارق: نسبة {of.ar} عن طلبات المجموعة كلها، ناقصًا ما للفروع منها بحسب نسبها",
        )
    _say_rates(component, say)
    if component.pays_on == "group":
        if component.difference == "line":
            say(
                "On every sale: own rate less the highest rate of anybody between, never below zero",
                "عن كل عملية بيع: نسبة المشارك ناقصًا أعلى نسبة لمن بينه وبين المشتري، ولا تقل عن صفر",
            )
        if not component.own_volume_paid:
            say(
                "Nothing is paid on own purchases: the rate is a discount taken with the purchase",
                "لا يُدفع شيء عن المشتريات الشخصية: النسبة خصم يُحسم عند الشراء",
            )
        if component.compression == "skip_ineligible":
            say(
                "Who cannot earn is passed over; the difference goes to the next above",
                "من لا يستحق يُتخطّى، ويذهب الفارق إلى من فوقه",
            )
    if component.only_for_uplines is not None:
        chosen = orders_text(component.only_for_uplines.model_dump(exclude_defaults=True))
        say(
            f"Orders of {chosen} count for the people above and not for who placed them",
            f"الطلبات ({chosen}) تُحسب لمن هم أعلى ولا تُحسب لصاحبها",
        )
    if component.deduct_on is not None:
        chosen = orders_text(component.deduct_on.model_dump(exclude_defaults=True))
        say(
            f"A leg is deducted only on its orders of {chosen}",
            f"لا يُخصم عن الفرع إلا عن طلباته ({chosen})",
        )
    if component.breaks_away is not None:
        who = component.breaks_away.describe()
        say(
            f"The group of whoever {who.en} breaks away and counts in no group above",
            f"مجموعة من {who.ar} تنفصل ولا تُحسب في أي مجموعة أعلى (الانفصال)",
        )
    if component.top_bracket_breaks_away:
        say(
            "A leg in the highest bracket breaks away and counts in no group above",
            "الفرع الذي بلغ أعلى شريحة ينفصل ولا يُحسب في أي مجموعة أعلى (الانفصال)",
        )
    if component.legs_require is not None:
        asked = requirements_words.describe(component.legs_require)
        say(
            f"The part on the legs asks for: {asked.en}; who fails it has the part on own volume alone",
            f"يُشترط للجزء الخاص بالفروع: {asked.ar}؛ ومن لا يستوفيه له الجزء الخاص بحجمه الشخصي فقط",
        )
    if component.stated_volume:
        say(
            "Own volume is taken as the company states it",
            "يُؤخذ الحجم الشخصي كما تذكره الشركة",
        )
    return Text(en=". ".join(en) + ".", ar=". ".join(ar) + ".")


def _say_rates(component: Stairstep, say: object) -> None:
    assert callable(say)
    if component.brackets is not None:
        measure = MEASURE_WORDS[component.measure] if component.measure else Text(en="volume", ar="الحجم")
        steps_en = "; ".join(f"from {decimal_text(b.at_least)}: {rate_text(b.rate)}" for b in component.brackets)
        steps_ar = "؛ ".join(f"من {decimal_text(b.at_least)}: {rate_text(b.rate)}" for b in component.brackets)
        whose = Text(en="of the group", ar="للمجموعة")
        if component.bracket_by == "own":
            whose = Text(en="of one's own orders", ar="لطلبات المشارك نفسه")
        elif not component.own_volume_in_group:
            whose = Text(en="of the group without one's own", ar="للمجموعة من دون حجمه الشخصي")
        say(
            f"The {measure.en} {whose.en} finds the rate: {steps_en}",
            f"{measure.ar} {whose.ar} يحدد النسبة: {steps_ar}",
        )
    elif component.rates_by_rank is not None:
        by_rank = [f"{rank}: {rate_text(rate)}" for rank, rate in component.rates_by_rank.items()]
        say(f"The rank finds the rate: {'; '.join(by_rank)}", f"الرتبة تحدد النسبة: {'؛ '.join(by_rank)}")
    else:
        say(
            f"Each participant's rate is the one that the company states as {component.rate_from}",
            f"نسبة كل مشارك هي التي تذكرها الشركة باسم {component.rate_from}",
        )


def orders_text(chosen: dict[str, object]) -> str:
    """What a filter of orders names, as it stands in the plan."""
    return "; ".join(
        f"{key}: {', '.join(map(str, value)) if isinstance(value, list | tuple) else value}"
        for key, value in chosen.items()
    )


_PARTS = {
    1: Text(en="difference of the two rates on the leg", ar="فارق النسبتين عن الفرع"),
    2: Text(en="own rate on what the leg passes up", ar="نسبة المشارك عمّا يصل إليه من الفرع"),
    3: Text(en="less the leg's own rate", ar="ناقصًا نسبة الفرع نفسه"),
}
"""What a line is, by its level; 0 is own volume."""


def account(component: Stairstep, evaluation: Evaluation, awards: Awards, index: int) -> list[Step]:
    """The brackets that the volumes reach, and the arithmetic of one line."""
    assert awards.source is not None
    steps: list[Step] = []
    own, leg = int(awards.participant[index]), int(awards.source[index])
    period = int(awards.periods(evaluation.period)[index])
    if not _of_its_own_period(component, evaluation, awards, index, period):
        label = Text(
            en="an earlier period is reckoned again, because an order was taken back",
            ar="أُعيد احتساب فترة سابقة بسبب رد طلب",
        )
        steps.append(Step(label=label, value=""))
    elif component.brackets is not None:
        whose = [row for row in dict.fromkeys((own, leg)) if row >= 0]
        steps += [_bracket(component, evaluation, awards, row, period) for row in whose]
    if awards.level[index] in _PARTS:
        label = _PARTS[int(awards.level[index])]
        steps.append(Step(label=label, value=rate_text(Fraction(awards.rates[int(awards.rate[index])]))))
    return steps + arithmetic.of_award(component, evaluation, awards, index)


def _of_its_own_period(component: Stairstep, evaluation: Evaluation, awards: Awards, index: int, period: int) -> bool:
    """Whether a line is of the period in which it is paid, and not of an earlier one that a return changed."""
    assert awards.source is not None
    own = evaluation.period
    late = (own == period) & (own[evaluation.origin] < period)
    if component.reversals != "claw_back" or not late.any():
        return True
    reckoned = next(each for each in passes(component, evaluation) if each.period == each.pays_in == period)
    group = group_of(component, evaluation, reckoned, rates_of(component, evaluation))
    at = int(reckoned.tree.position[int(awards.source[index])])
    volumes = (group.own[at], group.pays[at] + group.above[at], group.leg[at])
    return bool(awards.bases()[index] in volumes)


def _bracket(component: Stairstep, evaluation: Evaluation, awards: Awards, row: int, period: int) -> Step:
    assert component.brackets is not None
    figure = next(each for each in awards.figures if each.name == "group_volume" and each.period == period)
    at = np.flatnonzero(figure.rows == row)
    volume = int(figure.values[at[0]]) if len(at) else 0
    reached = None
    for bracket in component.brackets:
        if volume >= evaluation.threshold(bracket.at_least, component.measure):
            reached = bracket
    who = evaluation.id_of(row)
    value = minor_text(volume, figure.decimals)
    if reached is None:
        value += " < " + decimal_text(component.brackets[0].at_least)
        return Step(
            label=Text(en=f"volume of {who}, below the first bracket", ar=f"حجم {who}، دون أول شريحة"), value=value
        )
    value += f" ≥ {decimal_text(reached.at_least)}: {rate_text(reached.rate)}"
    return Step(label=Text(en=f"volume of {who} reaches the bracket", ar=f"حجم {who} يبلغ الشريحة"), value=value)


def tell(component: Stairstep, evaluation: Evaluation, order: int) -> list[Step]:
    """What one order adds to whose award."""
    base = int(evaluation.base(component.base)[order])
    period = int(evaluation.period[order])
    for reckoned in passes(component, evaluation):
        if reckoned.pays_in == period and reckoned.sign > 0 and reckoned.counts[order]:
            break
    else:
        return []
    row = int(evaluation.credited[order])
    start = int(reckoned.tree.position[row]) if row >= 0 else -1
    if base == 0 or start < 0:
        return []
    rates = rates_of(component, evaluation)
    group = group_of(component, evaluation, reckoned, rates)
    earns = can_earn(component, evaluation, reckoned)
    line = np.concatenate(([start], reckoned.tree.upline(start)))
    roots = np.flatnonzero(reckoned.parent[line] < 0)
    line = line[: int(roots[0]) + 1]
    left = np.flatnonzero(group.broken[line])
    if len(left):
        line = line[: int(left[0]) + 1]
    if component.pays_on == "own":
        line = line[:1]
    standing = group.standing[line].astype(np.int64)
    only_above = component.only_for_uplines is not None and bool(evaluation.selected(component.only_for_uplines)[order])
    deducted = component.deduct_on is None or bool(evaluation.selected(component.deduct_on)[order])
    counted = standing.copy()
    if component.compression == "skip_ineligible":
        counted[1:][~earns[line[1:]]] = 0
        if component.own_volume_paid and not earns[start]:
            counted[0] = 0
    if only_above:
        counted[0] = 0
    below = np.concatenate(([0], counted[:-1]))
    if component.difference == "line":
        below = np.maximum.accumulate(below)
    elif not deducted:
        below = np.zeros_like(below)
    gains = np.array([float(rates[high] - rates[low]) != 0 for high, low in zip(counted, below, strict=True)])
    if component.difference == "line":
        gains &= counted > below
    if only_above or not component.own_volume_paid:
        gains[0] = False
    steps = []
    for at in np.flatnonzero(gains).tolist():
        high, low = rates[int(counted[at])], rates[int(below[at])]
        who = evaluation.id_of(int(reckoned.tree.row[line[at]]))
        rate = f"({rate_text(high)} − {rate_text(low)})" if low else rate_text(high)
        value = product_text(component, evaluation, component.base, base, rate, high - low)
        label = Text(en=f"adds to the award of {who}, before rounding", ar=f"يضيف إلى عمولة {who} قبل التقريب")
        if not earns[line[at]]:
            label = Text(en=f"{who} is not entitled in the period", ar=f"{who} غير مستحق في الفترة")
        steps.append(Step(label=label, value=value))
    return steps
