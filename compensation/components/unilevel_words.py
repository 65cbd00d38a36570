"""What a unilevel says of itself: its rule in plain words, and the walk of a single order, told.

`tell` walks again, in plain Python and for one order, and says whom it meets; the amounts it shows are those that
were really awarded. It names every person who was passed over and why, which a payout line cannot.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from compensation.awards import BREAKAGE
from compensation.components.unilevel_awards import Rates, Setting, base_of, rates_of, setting_of
from compensation.quantities import decimal_text, minor_text, rate_text
from compensation.steps import Step
from intake.text import Text

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.components.unilevel import LevelCommission
    from compensation.evaluation import Evaluation, Walk

_COMPRESSION = {
    "none": Text(
        en="Who cannot earn keeps the level, and nobody is paid for it.",
        ar="من لا يستحق يظل محسوبًا في مستواه، ولا يُدفع لأحد عنه.",
    ),
    "skip_ineligible": Text(
        en="Who cannot earn is left out when levels are counted.",
        ar="من لا يستحق يُتخطّى عند عدّ المستويات (ضغط المستويات).",
    ),
    "dynamic": Text(
        en="Each level goes to the next person above who meets its condition.",
        ar="يذهب كل مستوى إلى أول من يستوفي شرطه في سلسلة الرعاة (ضغط المستويات).",
    ),
    "remove_empty": Text(
        en="People without volume in the period are left out when levels are counted.",
        ar="من لا حجم له في الفترة يُتخطّى عند عدّ المستويات (ضغط المستويات).",
    ),
}


def describe(component: LevelCommission) -> Text:
    """The component in plain words."""
    rows_en, rows_ar = [], []
    for rank, row in component.table():
        values = [decimal_text(value) if component.fixed else rate_text(value) for value in row]
        rows_en.append((f"{rank}: " if rank else "") + ", ".join(values))
        rows_ar.append((f"{rank}: " if rank else "") + "، ".join(values))
    base = component.base
    of = Text(en="of the price", ar="من السعر") if base.measure == "amount" else Text(en="of the volume", ar="من الحجم")
    if component.fixed:
        of = Text(en="fixed, per order", ar="مبلغ ثابت عن كل طلب")
    elif base.share != 1:
        of = Text(en=f"of {rate_text(base.share)} {of.en[3:]}", ar=f"من {rate_text(base.share)} {of.ar}")
    compression = _COMPRESSION[component.compression]
    return Text(
        en=f"Level commission, level by level {of.en}: {'; '.join(rows_en)}. {compression.en}",
        ar=f"عمولة المستويات، مستوى بعد مستوى {of.ar}: {'؛ '.join(rows_ar)}. {compression.ar}",
    )


def tell(component: LevelCommission, evaluation: Evaluation, awards: Awards, order: int) -> list[Step]:
    """The walk up from one order: whom it met, and what became of each level."""
    base = base_of(component, evaluation)
    if base[order] == 0:
        return []
    only = np.zeros_like(base)
    only[order] = base[order]
    rates = rates_of(component, evaluation)
    awarded = {
        int(awards.level[index]): int(awards.amount[index])
        for index in np.flatnonzero((awards.order == order) & (awards.status != BREAKAGE))
    }
    for walk in component.walks(evaluation, only):
        setting = setting_of(component, evaluation, rates, walk)
        start = int(component.starts(evaluation, walk, np.array([order], np.int32))[0])
        return _walk(component, evaluation, walk, rates, setting, start, order, int(base[order]), awarded)
    return []


def _walk(
    component: LevelCommission,
    evaluation: Evaluation,
    walk: Walk,
    rates: Rates,
    setting: Setting,
    start: int,
    order: int,
    base: int,
    awarded: dict[int, int],
) -> list[Step]:
    currency = component.currency or evaluation.plan.currency
    scale = evaluation.scale_of(currency)
    steps: list[Step] = []
    level, position, last = 0, start, len(rates.highest)
    while level < last and position >= 0:
        here = position
        position = int(walk.parent[here])
        who = _who(evaluation, walk, setting, here)
        if setting.removed[here]:
            steps.append(_passed(who, "no volume in the period, left out", "لا حجم له في الفترة، تُخطّي"))
            continue
        why: tuple[str, str] | None = None
        if not setting.eligible[here] or setting.left[here] <= walk.when[0]:
            if component.compression in ("skip_ineligible", "dynamic"):
                steps.append(_passed(who, "cannot earn, left out", "غير مستحق، تُخطّي"))
                continue
            why = ("cannot earn; nobody is paid for this level", "غير مستحق؛ لا يُدفع لأحد عن هذا المستوى")
        elif component.compression == "dynamic" and (
            setting.rank[here] < rates.least_rank[level] or level >= setting.depth[here]
        ):
            steps.append(_passed(who, f"does not meet level {level + 1}", f"لا يستوفي شرط المستوى {level + 1}"))
            continue
        elif level >= setting.depth[here]:
            if component.lacking_depth == "skip":
                steps.append(_passed(who, "not paid to this depth, left out", "لا يُدفع له إلى هذا العمق، تُخطّي"))
                continue
            if component.lacking_depth == "stop":
                steps.append(
                    _passed(who, "not paid to this depth, the walk ends", "لا يُدفع له إلى هذا العمق، انتهى العدّ")
                )
                break
            why = ("not paid to this depth; nobody is paid", "لا يُدفع له إلى هذا العمق؛ لا يُدفع لأحد")
        label = Text(en=f"level {level + 1}: {who.en}", ar=f"المستوى {level + 1}: {who.ar}")
        if why is not None:
            lost = (Step(label=Text(en=why[0], ar=why[1]), value=""),)
            steps.append(Step(label=label, value=minor_text(0, scale), children=lost))
        else:
            amount = awarded.get(level + 1, 0)
            nominal, exact = rates.nominal[setting.rank[here]][level], rates.exact[setting.rank[here]][level]
            arithmetic = _arithmetic(component, evaluation, base, nominal, exact * base * rates.unit, amount, scale)
            steps.append(Step(label=label, value=f"{minor_text(amount, scale)} {currency}", children=arithmetic))
        level += 1
    if level < last:
        which = Text(en=f"level {last}", ar=f"المستوى {last}")
        if level + 1 < last:
            which = Text(en=f"levels {level + 1} to {last}", ar=f"المستويات من {level + 1} إلى {last}")
        label = Text(en=f"{which.en}: nobody above, not paid", ar=f"{which.ar}: لا أحد أعلى، لا تُدفع")
        if start < 0 and evaluation.credited[order] < 0:
            label = Text(
                en="buyer and seller are not in the network: not paid", ar="المشتري والبائع خارج الشبكة: لا تُدفع"
            )
        elif position >= 0:
            label = Text(en=f"{which.en}: not paid", ar=f"{which.ar}: لا تُدفع")
        steps.append(Step(label=label, value=minor_text(0, scale)))
    return steps


def _arithmetic(
    component: LevelCommission,
    evaluation: Evaluation,
    base: int,
    nominal: Fraction,
    exact: Fraction,
    amount: int,
    scale: int,
) -> tuple[Step, ...]:
    major = decimal_text(exact / 10**scale)
    if component.fixed:
        pieces = f"{base} × {decimal_text(nominal)}"
        return (Step(label=Text(en="fixed amount", ar="مبلغ ثابت"), value=f"{pieces} = {major}"),)
    unit = evaluation.unit_of(component.base.measure)
    factors = [minor_text(base, unit)]
    if component.base.share != 1:
        factors.append(rate_text(component.base.share))
    if component.base.per_point != 1:
        factors.append(decimal_text(component.base.per_point))
    factors.append(rate_text(nominal))
    name = Text(en="base × rate", ar="أساس الاحتساب × النسبة")
    steps = [Step(label=name, value=f"{' × '.join(factors)} = {major}")]
    if exact != amount:
        rounding = evaluation.plan.rounding
        per = Text(en="per line", ar="لكل بند") if rounding.per == "line" else Text(en="per statement", ar="لكل كشف")
        label = Text(en=f"rounding ({rounding.mode}, {per.en})", ar=f"التقريب ({rounding.mode}، {per.ar})")
        steps.append(Step(label=label, value=decimal_text((amount - exact) / 10**scale)))
    return tuple(steps)


def _who(evaluation: Evaluation, walk: Walk, setting: Setting, position: int) -> Text:
    name = evaluation.id_of(int(walk.tree.row[position]))
    ranks = evaluation.plan.ranks
    rank = int(setting.rank[position])
    if ranks is None or rank == 0:
        return Text(en=name, ar=name)
    return Text(en=f"{name} ({ranks.order[rank - 1]})", ar=f"{name} (الرتبة {ranks.order[rank - 1]})")


def _passed(who: Text, en: str, ar: str) -> Step:
    return Step(label=Text(en=f"{who.en}: {en}", ar=f"{who.ar}: {ar}"), value="")
