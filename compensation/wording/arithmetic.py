"""The arithmetic of an award in words that fit every family: base, rate, exact product, rounding, and whom it met.

Families that walk past people (compression, missing depth) tell their own story instead; see `unilevel_words`.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from compensation.awards import BREAKAGE, Awards
from compensation.quantities import decimal_text, minor_text, rate_text
from compensation.steps import Step
from intake.text import Text

if TYPE_CHECKING:
    from compensation.components.contract import Component
    from compensation.evaluation import Evaluation

REASON_WORDS = {
    "no-upline": Text(en="nobody above", ar="لا أحد أعلى"),
    "ineligible": Text(en="not entitled in the period", ar="غير مستحق في الفترة"),
    "lacks-depth": Text(en="not paid to this depth", ar="لا يُدفع له إلى هذا العمق"),
    "stopped-by-depth": Text(en="the walk ended before", ar="انتهى العدّ قبل ذلك"),
    "lower-rate": Text(en="the rank has a lower rate", ar="نسبة الرتبة أقل"),
    "unknown-buyer": Text(en="buyer and seller are not in the network", ar="المشتري والبائع خارج الشبكة"),
    "capped": Text(en="above the cap", ar="فوق الحد الأقصى"),
    "scaled": Text(en="cut in proportion", ar="خُفّض بالتناسب"),
    "flushed": Text(en="flushed", ar="أُلغي ولم يُرحَّل"),
    "unmatched": Text(en="not matched", ar="بلا ما يقابله"),
    "expired": Text(en="expired", ar="انتهت مدته"),
    "outside-window": Text(en="outside the time allowed", ar="خارج المدة المحددة"),
    "undistributed": Text(en="not distributed", ar="لم يُوزَّع"),
    "passed-by": Text(en="passed by", ar="جرى تخطّيه"),
    "blocked": Text(en="blocked", ar="محجوب"),
    "own-purchase": Text(en="the affiliate's own purchase", ar="شراء المسوّق لنفسه"),
}
"""Why nobody earned an amount, for readers; keys as in `awards.REASONS`."""


def of_order(component: Component, evaluation: Evaluation, awards: Awards, order: int) -> list[Step]:
    """Every award that an order gave rise to."""
    scale = evaluation.scale_of(component.currency or evaluation.plan.currency)
    currency = component.currency or evaluation.plan.currency
    steps = []
    for index in np.flatnonzero(awards.order == order):
        who = evaluation.id_of(int(awards.participant[index]))
        level = int(awards.level[index])
        label = Text(en=who, ar=who)
        if awards.status[index] == BREAKAGE:
            why = REASON_WORDS[awards.notes[int(awards.note[index])]]
            label = Text(en=f"nobody: {why.en}", ar=f"لا أحد: {why.ar}")
        if level:
            label = Text(en=f"level {level}: {label.en}", ar=f"المستوى {level}: {label.ar}")
        value = f"{minor_text(int(awards.amount[index]), scale)} {currency}"
        steps.append(
            Step(label=label, value=value, children=tuple(of_award(component, evaluation, awards, int(index))))
        )
    return steps


def of_award(component: Component, evaluation: Evaluation, awards: Awards, index: int) -> list[Step]:
    """base x rate = exact amount, and what rounding did to it."""
    currency = component.currency or evaluation.plan.currency
    scale = evaluation.scale_of(currency)
    rate = int(awards.rate[index])
    if rate < 0 or not awards.exact:
        return of_limits(evaluation, awards, index, scale, currency)
    base = int(awards.bases()[index])
    exact, amount = base * awards.exact[rate], int(awards.before_limits()[index])
    unit = f" {awards.base_unit}" if awards.base_unit else ""
    product = f"{minor_text(base, awards.base_decimals)}{unit} × {_rate(awards.rates[rate])}"
    stated = Fraction(awards.rates[rate]) * base / 10**awards.base_decimals
    if stated and (more := exact / 10**scale / stated) != 1:
        # the commissionable share and the value of a point, which stand between volume and money
        product += f" × {rate_text(more) if more < 1 else decimal_text(more)}"
    name = Text(en="base × rate", ar="أساس الاحتساب × النسبة")
    steps = [Step(label=name, value=f"{product} = {decimal_text(exact / 10**scale)}")]
    return steps + of_rounding(evaluation, exact, amount, scale) + of_limits(evaluation, awards, index, scale, currency)


def of_rounding(evaluation: Evaluation, exact: Fraction, amount: int, scale: int) -> list[Step]:
    """What rounding did to an exact amount (minor units); nothing where it was whole."""
    if exact == amount:
        return []
    rounding = evaluation.plan.rounding
    label = Text(en=f"rounding ({rounding.mode}, per {rounding.per})", ar=f"التقريب ({rounding.mode})")
    return [Step(label=label, value=decimal_text((amount - exact) / 10**scale))]


def of_limits(evaluation: Evaluation, awards: Awards, index: int, scale: int, currency: str) -> list[Step]:
    """What each limit took off an award."""
    steps = []
    for name, cut in awards.cuts:
        if cut[index]:
            limit = next(each for each in evaluation.plan.limits if each.id == name)
            told = limit.describe()
            label = Text(en=f"limit {name}: {told.en}", ar=f"الحد {name}: {told.ar}")
            steps.append(Step(label=label, value=f"{minor_text(-int(cut[index]), scale)} {currency}"))
    return steps


def _rate(written: str) -> str:
    """A rate as the plan's reader knows it: percent for a fraction below one, else the number itself."""
    if "/" not in written:
        return written
    return rate_text(Fraction(written))
