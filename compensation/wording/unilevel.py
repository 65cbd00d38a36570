"""What a unilevel says of itself: its rule in plain words, and the walk of a single order, told.

`tell` walks again, in plain Python and for one order, and says whom it meets; the amounts it shows are those that
were really awarded. It names every person who was passed over and why, which a payout line cannot.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from compensation.awarding.unilevel import Rates, Setting, base_of, first_of, rates_of, setting_of
from compensation.awards import BREAKAGE
from compensation.components.upline import base_text
from compensation.kernels import level_walk
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


MEASURE_WORDS = {
    "amount": Text(en="price", ar="السعر"),
    "volume": Text(en="commissionable volume", ar="حجم العمولة (BV/CV)"),
    "points": Text(en="points", ar="النقاط (PV)"),
    "cost": Text(en="wholesale price", ar="سعر الجملة"),
    "margin": Text(en="margin", ar="هامش الربح"),
    "orders": Text(en="number of orders", ar="عدد الطلبات"),
    "pieces": Text(en="number of pieces", ar="عدد القطع"),
}
"""What is measured of an order; keys as in `frame.Measure`."""


def describe(component: LevelCommission) -> Text:
    """The component in plain words."""
    rows_en, rows_ar = [], []
    for rank, row in component.table():
        values = [decimal_text(value) if component.fixed else rate_text(value) for value in row]
        rows_en.append((f"{rank}: " if rank else "") + ", ".join(values))
        rows_ar.append((f"{rank}: " if rank else "") + "، ".join(values))
    of = base_text(component.base)
    if component.fixed:
        of = Text(en="fixed, per order", ar="مبلغ ثابت عن كل طلب")
        if component.amounts_per == "piece":
            of = Text(en="fixed, per piece", ar="مبلغ ثابت عن كل قطعة")
    more = [_COMPRESSION[component.compression], *_conditions(component)]
    return Text(
        en=f"Level commission, level by level {of.en}: {'; '.join(rows_en)}. {' '.join(each.en for each in more)}",
        ar=f"عمولة المستويات، مستوى بعد مستوى {of.ar}: {'؛ '.join(rows_ar)}. {' '.join(each.ar for each in more)}",
    )


def _conditions(component: LevelCommission) -> Iterator[Text]:
    """What the rates depend on besides, where the plan says something of its own."""
    opened = component.depth_by_active_legs
    if opened is not None:
        least = decimal_text(opened.min_personal_volume)
        steps_en = "; ".join(f"from {step.min_legs} legs {step.levels} levels" for step in opened.steps)
        steps_ar = "؛ ".join(f"من {step.min_legs} فروع: {step.levels}" for step in opened.steps)
        yield Text(
            en=f"The depth is opened by legs whose head has a personal volume of at least {least}: {steps_en}.",
            ar=f"يتوقف عدد المستويات على الفروع التي لا يقل الحجم الشخصي لرأسها عن {least}: {steps_ar}.",
        )
    if component.min_rank_by_level is not None:
        ranks_en = "; ".join(f"level {n}: {name}" for n, name in enumerate(component.min_rank_by_level, 1) if name)
        ranks_ar = "؛ ".join(f"المستوى {n}: {name}" for n, name in enumerate(component.min_rank_by_level, 1) if name)
        yield Text(en=f"Least rank by level: {ranks_en}.", ar=f"أدنى رتبة لكل مستوى: {ranks_ar}.")
    if component.lacking_depth == "skip":
        yield Text(
            en="Who is not paid to a depth is passed over; the level goes to the next above.",
            ar="من لا يُدفع له إلى عمق ما يُتخطّى، ويذهب المستوى إلى من فوقه.",
        )
    elif component.lacking_depth == "stop":
        yield Text(
            en="The walk ends at the first person who is not paid to that depth.",
            ar="ينتهي العدّ عند أول من لا يُدفع له إلى ذلك العمق.",
        )
    if component.stop_at is not None:
        who = component.stop_at.describe()
        yield Text(
            en=f"The walk ends with whoever {who.en}, who is still paid.",
            ar=f"ينتهي العدّ عند أول من {who.ar}، ويُدفع له.",
        )
    if component.customers_seller_is_level == 0:
        yield Text(
            en="The seller of an outside customer stands at level 0.",
            ar="من يبيع لعميل من خارج الشبكة يقف في المستوى 0.",
        )
    if component.tree_as_of == "period_close":
        yield Text(
            en="The tree is that of the period's close.",
            ar="الشجرة كما كانت في نهاية الفترة.",
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
        start = int(first_of(component, evaluation, walk, setting, np.array([order], np.int32))[0])
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
        position = int(setting.parent[here])
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
        elif level >= setting.depth[here] or setting.rank[here] < rates.least_rank[level]:
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
        elif position == level_walk.ENDS:
            label = Text(en=f"{which.en}: the walk ends at the leader", ar=f"{which.ar}: ينتهي العدّ عند القائد")
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
