"""What a binary says of itself: method, pay, caps, carry and qualification in plain words, every parameter that is not usual.

The sentences follow the order of the computation: what counts in the legs, when they are matched, what is taken and
paid, what caps cut, what is carried on, and who may earn.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from compensation.components.worst_case import Promise
from compensation.quantities import decimal_text, rate_text
from compensation.wording.unilevel import MEASURE_WORDS
from intake.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compensation.components.binary import Binary, Cap, Unit

_OWN = {
    "weaker_leg": Text(en="in the weaker leg", ar="في الفرع الأضعف"),
    "own_leg": Text(en="in the leg on which the position stands itself", ar="في الفرع الذي يقع فيه الموضع نفسه"),
    "left": Text(en="in the left leg", ar="في الفرع الأيسر"),
    "right": Text(en="in the right leg", ar="في الفرع الأيمن"),
}
_EVERY = {
    "period": Text(en="In each period", ar="في كل فترة"),
    "day": Text(en="Every day", ar="في كل يوم"),
    "week": Text(en="Every week", ar="في كل أسبوع"),
}
_WINDOWS = {
    "day": Text(en="a day", ar="في اليوم"),
    "week": Text(en="a week", ar="في الأسبوع"),
    "period": Text(en="a period", ar="في الفترة"),
}
_CAPPED = {
    "pairs": Text(en="pairs", ar="الأزواج"),
    "volume": Text(en="volume of the smaller side", ar="حجم الجانب الأصغر"),
    "amount": Text(en="money", ar="المبلغ"),
}
_EXCESS = {
    "flush": Text(en="what is above is used up and not paid", ar="وما زاد يُستهلك ولا يُدفع عنه"),
    "carry": Text(en="what is above is not matched and stays in both legs", ar="وما زاد لا يُقابَل ويبقى في الفرعين"),
}
_CARRY = {
    "both": Text(
        en="What is left is carried on its own side.", ar="ويُرحَّل الباقي في فرعه دون أن ينتقل إلى الفرع الآخر."
    ),
    "strong": Text(
        en="Only what is left of the stronger leg is carried; the rest is flushed.",
        ar="ولا يُرحَّل إلا باقي الفرع الأقوى؛ ويسقط ما عداه.",
    ),
    "none": Text(en="What is left is flushed; nothing is carried.", ar="ويسقط الباقي ولا يُرحَّل منه شيء."),
}
_UNQUALIFIED = {
    "keep": Text(en="who may not earn keeps the volume", ar="ويحتفظ غير المستحق بحجمه"),
    "lose_new": Text(
        en="who may not earn loses the volume of the period and keeps the carry",
        ar="ويفقد غير المستحق حجم الفترة ويحتفظ برصيده المُرحَّل",
    ),
    "lose_all": Text(
        en="who may not earn loses the volume of the period and the carry",
        ar="ويفقد غير المستحق حجم الفترة ورصيده المُرحَّل",
    ),
}


def describe(component: Binary) -> Text:
    """The component in plain words."""
    sentences = [*_legs(component), _taken(component), *_caps(component), *_carry(component), *_who(component)]
    return Text(en=" ".join(one.en for one in sentences), ar=" ".join(one.ar for one in sentences))


def promise(component: Binary) -> Promise:
    """Without limit: one order counts in the legs of everybody above, and can be matched by each of them."""
    why = Text(
        en="the volume of an order counts in a leg of everybody above, so the total has no bound of its own; only a limit "
        "on all payments of the component sets one",
        ar="يُحتسب حجم الطلب في فرع كل من هم أعلى، فلا حد ذاتيًا للمجموع؛ ولا يحدّه إلا حد أقصى على كل دفعات المكوّن",
    )
    measure = component.base.measure
    if component.counts == "new_people" or measure == "orders" or measure == "pieces":
        return Promise("event", None, why)
    return Promise(measure, None, why)


def _legs(component: Binary) -> Iterator[Text]:
    if component.counts == "new_people":
        what = Text(en="everybody who joins below counts one", ar="يُحتسب كل منضم جديد في الشبكة التابعة بواحد")
    else:
        measure = MEASURE_WORDS[component.base.measure]
        what = Text(
            en=f"the {measure.en} of everybody below counts", ar=f"تُحتسب لكل موضع {measure.ar} في شبكته التابعة"
        )
    if component.legs == "two":
        yield Text(
            en=f"Binary: {what.en} in the left or the right leg of every position above, without limit of depth.",
            ar=f"الخطة الثنائية: {what.ar}، في الفرع الأيسر أو الأيمن، بلا حد للعمق.",
        )
    else:
        yield Text(
            en=f"Binary over several legs: {what.en} in the legs of every position above; the strongest leg stands "
            "against the sum of the others.",
            ar=f"خطة ثنائية على عدة فروع: {what.ar}؛ ويُقابَل الفرع الأقوى بمجموع الفروع الأخرى.",
        )
    if component.own_volume != "none":
        own = _OWN[component.own_volume]
        yield Text(en=f"Own volume counts {own.en}.", ar=f"ويُحتسب الحجم الشخصي {own.ar}.")
    if component.tree_as_of == "order":
        yield Text(
            en="An order counts in the legs as they stood on its day.", ar="ويُحتسب الطلب في الفروع كما كانت يوم الطلب."
        )


def _sides(unit: Unit) -> Text:
    first, second = (decimal_text(side) for side in unit.sides)
    if unit.each is not None:
        return Text(en=f"{first} from each leg", ar=f"{first} من كل فرع")
    if unit.strong is not None:
        return Text(
            en=f"{first} from the stronger and {second} from the weaker leg (decided again each time)",
            ar=f"{first} من الفرع الأقوى و{second} من الأضعف (ويُحدَّد الأقوى من جديد كل مرة)",
        )
    return Text(
        en=f"{first} from the left and {second} from the right leg", ar=f"{first} من الفرع الأيسر و{second} من الأيمن"
    )


def _table(values: dict[str, Fraction], *, rates: bool = False) -> Text:
    rows = [f"{rank} {rate_text(value) if rates else decimal_text(value)}" for rank, value in values.items()]
    return Text(en=", ".join(rows), ar="، ".join(rows))


def _rate(component: Binary) -> Text:
    if component.rate is not None:
        return Text(en=rate_text(component.rate), ar=rate_text(component.rate))
    if component.rates_by_rank is not None:
        table = _table(component.rates_by_rank, rates=True)
        return Text(en=f"a rate by rank ({table.en})", ar=f"نسبة بحسب الرتبة ({table.ar})")
    if component.rates_by_personal_volume is not None:
        rows = [(decimal_text(tier.at_least), rate_text(tier.rate)) for tier in component.rates_by_personal_volume]
        return Text(
            en="a rate by personal volume (" + ", ".join(f"from {least} {rate}" for least, rate in rows) + ")",
            ar="نسبة بحسب الحجم الشخصي (" + "، ".join(f"من {least}: {rate}" for least, rate in rows) + ")",
        )
    return Text(en=f"the stated rate ({component.rate_from})", ar=f"النسبة المعلنة ({component.rate_from})")


def _of_the_price(component: Binary) -> Text:
    """What a rate is taken of, per pair."""
    if component.of is not None:
        return Text(en=f"of {decimal_text(component.of)}", ar=f"من {decimal_text(component.of)}")
    if component.of_from is not None:
        return Text(en=f"of the stated price ({component.of_from})", ar=f"من السعر المعلن ({component.of_from})")
    return Text(en="of the smaller side of the pair", ar="من الجانب الأصغر للزوج")


def _pay_of_pair(component: Binary) -> Text:
    currency = f" {component.currency}" if component.currency else ""
    if component.amount is not None:
        text = decimal_text(component.amount) + currency
        return Text(en=text, ar=text)
    if component.amounts_by_rank is not None:
        table = _table(component.amounts_by_rank)
        return Text(en=f"by rank: {table.en}{currency}", ar=f"بحسب الرتبة: {table.ar}{currency}")
    if component.amount_from is not None:
        return Text(en=f"the stated {component.amount_from}", ar=f"المبلغ المعلن ({component.amount_from})")
    rate, price = _rate(component), _of_the_price(component)
    return Text(en=f"{rate.en} {price.en}", ar=f"{rate.ar} {price.ar}")


def _taken(component: Binary) -> Text:
    every = _EVERY[component.match_every]
    if component.method == "weaker_leg":
        rate, base = _rate(component), component.base
        factor = "" if base.share == 1 else f" × {rate_text(base.share)}"
        factor += "" if base.per_point == 1 else f" × {decimal_text(base.per_point)}"
        return Text(
            en=f"{every.en} {rate.en}{factor} of the weaker leg is paid, and what was matched leaves both legs.",
            ar=f"{every.ar} يُدفع {rate.ar}{factor} من الفرع الأضعف، ويُخصم ما قوبل من الفرعين.",
        )
    if component.method == "pairs":
        assert component.unit is not None
        sides, pay = _sides(component.unit), _pay_of_pair(component)
        en = f"{every.en} whole pairs are made; a pair takes {sides.en} and pays {pay.en}."
        ar = f"{every.ar} تُكوَّن أزواج كاملة؛ يأخذ الزوج {sides.ar} ويُدفع عنه {pay.ar}."
        if component.first_pair is not None:
            ratios = component.first_pair.ratios
            en += f" The first pair ever needs {' or '.join(ratios)} units"
            ar += f" ويحتاج أول زوج على الإطلاق إلى {' أو '.join(ratios)} من الوحدات"
            if component.first_pair.amount is not None:
                en += f" and pays {decimal_text(component.first_pair.amount)}"
                ar += f" ويُدفع عنه {decimal_text(component.first_pair.amount)}"
            elif component.first_pair.amounts_by_rank is not None:
                table = _table(component.first_pair.amounts_by_rank)
                en, ar = f"{en} and pays by rank: {table.en}", f"{ar} ويُدفع عنه بحسب الرتبة: {table.ar}"
            en, ar = f"{en}.", f"{ar}."
        return Text(en=en, ar=ar)
    rows_en, rows_ar = [], []
    for step in component.steps or []:
        if step.amount is not None:
            pay = Text(en=decimal_text(step.amount), ar=decimal_text(step.amount))
        elif step.rate is not None:
            text = rate_text(step.rate)
            pay = Text(en=f"{text} of the smaller side", ar=f"{text} من الجانب الأصغر")
        else:
            pay = _table(step.amounts_by_rank or {})
        sides = _sides(step)
        rows_en.append(f"{sides.en}: {pay.en}")
        rows_ar.append(f"{sides.ar}: {pay.ar}")
    often = (
        Text(en="once", ar="مرة واحدة") if component.take == "once" else Text(en="as long as one is", ar="ما دامت درجة")
    )
    en = f"{every.en} the highest step that both legs reach is taken and paid, {often.en}"
    ar = f"{every.ar} تُؤخذ أعلى درجة يبلغها الفرعان ويُدفع عنها، {often.ar}"
    if component.take == "repeatedly":
        en, ar = f"{en} reached", f"{ar} مبلوغة"
    return Text(en=f"{en} ({'; '.join(rows_en)}).", ar=f"{ar} ({'؛ '.join(rows_ar)}).")


def _most(cap: Cap) -> Text:
    if cap.cap is not None:
        return Text(en=decimal_text(cap.cap), ar=decimal_text(cap.cap))
    if cap.cap_by_rank is not None:
        table = _table(cap.cap_by_rank)
        return Text(en=f"by rank ({table.en})", ar=f"بحسب الرتبة ({table.ar})")
    return Text(en=f"as stated ({cap.cap_from})", ar=f"كما هو معلن ({cap.cap_from})")


def _caps(component: Binary) -> Iterator[Text]:
    for cap in component.caps:
        most, what, window, rest = _most(cap), _CAPPED[cap.of], _WINDOWS[cap.window], _EXCESS[cap.excess]
        yield Text(
            en=f"Cap of {what.en} {window.en}: {most.en}; {rest.en}.",
            ar=f"الحد الأقصى ({what.ar}) {window.ar}: {most.ar}؛ {rest.ar}.",
        )


def _carry(component: Binary) -> Iterator[Text]:
    yield _CARRY[component.carry]
    limits = component.carry_limits
    most: Text | None = None
    if limits.per_side is not None:
        most = Text(en=decimal_text(limits.per_side), ar=decimal_text(limits.per_side))
    elif limits.per_side_by_rank is not None:
        table = _table(limits.per_side_by_rank)
        most = Text(en=f"by rank ({table.en})", ar=f"بحسب الرتبة ({table.ar})")
    elif limits.per_side_from is not None:
        most = Text(en=f"as stated ({limits.per_side_from})", ar=f"كما هو معلن ({limits.per_side_from})")
    elif limits.times_average_weak_leg is not None:
        times, periods = decimal_text(limits.times_average_weak_leg.times), limits.times_average_weak_leg.periods
        most = Text(
            en=f"{times} times the average weaker leg of the past {periods} periods",
            ar=f"{times} أضعاف متوسط الفرع الأضعف في الفترات السابقة (عددها {periods})",
        )
    if most is not None:
        yield Text(
            en=f"At most {most.en} is carried on each side; what is above is flushed.",
            ar=f"الحد الأقصى للرصيد المُرحَّل في كل فرع: {most.ar}؛ وما زاد يسقط.",
        )
    if limits.expires_after is not None:
        yield Text(
            en=f"Carried volume expires; periods it is carried into: {limits.expires_after}. The oldest is matched first.",
            ar=f"للرصيد المُرحَّل مدة؛ عدد الفترات التي يُرحَّل إليها: {limits.expires_after}. ويُقابَل الأقدم أولًا.",
        )
    if limits.lost_when_inactive is not None:
        yield Text(
            en=f"Both legs are emptied after inactivity; periods in a row: {limits.lost_when_inactive}.",
            ar=f"ويسقط رصيد الفرعين بعد عدم النشاط؛ عدد الفترات المتتالية: {limits.lost_when_inactive}.",
        )
    if component.negative_leg == "drop":
        yield Text(
            en="A leg that falls below zero through returns starts again at zero.",
            ar="والفرع الذي ينزل دون الصفر بسبب المرتجعات يبدأ من الصفر من جديد.",
        )
    if component.reversals == "ignore":
        yield Text(en="Returns take no volume from the legs.", ar="ولا تُنقص المرتجعات حجم الفرعين.")


def _who(component: Binary) -> Iterator[Text]:
    kept = _UNQUALIFIED[component.unqualified]
    needed = component.qualification
    if needed is None:
        if component.unqualified != "keep":
            yield Text(en=f"{kept.en[0].upper()}{kept.en[1:]}.", ar=f"{kept.ar}.")
        return
    recruits = Text(en="active", ar="النشطين") if needed.recruits.active else Text(en="any", ar="أيًا كانوا")
    more_en, more_ar = "", ""
    if needed.recruits.min_personal_volume is not None:
        least = decimal_text(needed.recruits.min_personal_volume)
        more_en, more_ar = f" with at least {least} personal volume", f" بحجم شخصي لا يقل عن {least}"
    if needed.recruits.min_rank is not None:
        more_en += f" of rank {needed.recruits.min_rank} or above"
        more_ar += f" من رتبة {needed.recruits.min_rank} فأعلى"
    once = (
        Text(en=" Once met, it holds for good.", ar=" ويكفي استيفاؤه مرة واحدة.") if needed.once else Text(en="", ar="")
    )
    yield Text(
        en=f"To earn, a position needs personally sponsored people ({recruits.en}{more_en}): {needed.left} in the left leg and "
        f"{needed.right} in the right; {kept.en}.{once.en}",
        ar=f"شرط الاستحقاق: مشاركون استقطبهم بنفسه ({recruits.ar}{more_ar}): {needed.left} في الفرع الأيسر و{needed.right} في "
        f"الأيمن؛ {kept.ar}.{once.ar}",
    )
