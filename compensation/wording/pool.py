"""What a pool says of itself: its rule in plain words, and how one award was divided off."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from compensation.awarding import pool as pool_awards
from compensation.quantities import decimal_text, minor_text, rate_text
from compensation.steps import Step
from compensation.wording import arithmetic
from compensation.wording.unilevel import MEASURE_WORDS
from intake.text import Text

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.components.pool import Pool
    from compensation.evaluation import Evaluation

_ROUND = {
    "award": Text(en="Each award is rounded by itself.", ar="يُقرَّب نصيب كل مشارك على حدة."),
    "share_down": Text(
        en="The value of one share is rounded down{to}; the rest is not distributed.",
        ar="تُقرَّب قيمة الحصة الواحدة إلى أدنى{to}، ولا يُوزَّع الباقي.",
    ),
    "largest_remainder": Text(
        en="Each award is rounded down, and what is left goes to the largest remainders.",
        ar="يُقرَّب كل نصيب إلى أدنى، ويذهب ما بقي إلى أصحاب أكبر الكسور.",
    ),
}


def describe(component: Pool) -> Text:
    """The component in plain words."""
    pool, shares = _what(component), _shares(component)
    rounding = _ROUND[component.round]
    to = Text(en="", ar="")
    if component.share_decimals is not None:
        to = Text(
            en=f" to {component.share_decimals} decimals", ar=f" بعدد من الكسور العشرية هو {component.share_decimals}"
        )
    en = f"Pool: {pool.en} is divided {shares.en}. {rounding.en.replace('{to}', to.en)}"
    ar = f"صندوق المكافآت: {pool.ar} {shares.ar}. {rounding.ar.replace('{to}', to.ar)}"
    if component.per_country:
        en += " There is one pool for each country."
        ar += " ولكل دولة صندوق."
    if component.reversals == "ignore" and component.rate is not None:
        en += " What is taken back does not reduce it."
        ar += " ولا تُنقصه الطلبات المستردة."
    return Text(en=en, ar=ar)


def _what(component: Pool) -> Text:
    unit = f" {component.currency}" if component.currency else ""
    if component.amount is not None:
        amount = decimal_text(component.amount) + unit
        return Text(en=f"{amount} per period", ar=f"يُقسم {amount} عن كل فترة")
    if component.amount_from is not None:
        name = component.amount_from
        return Text(en=f"the amount that the company states ({name})", ar=f"يُقسم المبلغ الذي تذكره الشركة ({name})")
    assert component.rate is not None, "exactly one of the three is given"
    rate = rate_text(component.rate)
    if component.base.share != 1:
        rate = f"{rate} × {rate_text(component.base.share)}"
    if component.base.per_point != 1:
        rate = f"{rate} × {decimal_text(component.base.per_point)}"
    if component.base_from is not None:
        name = component.base_from
        return Text(
            en=f"{rate} of the figure that the company states ({name})",
            ar=f"يُقسم {rate} من الرقم الذي تذكره الشركة ({name})",
        )
    measure = MEASURE_WORDS[component.base.measure]
    en, ar = f"{rate} of all orders ({measure.en})", f"يُقسم {rate} من كل الطلبات ({measure.ar})"
    if component.base.less:
        parts = ", ".join(component.base.less)
        en, ar = f"{en} less {parts}", f"{ar} بعد خصم {parts}"
    chosen = component.orders.model_dump(exclude_defaults=True)
    if chosen:
        listed = "; ".join(f"{key}: {value}" for key, value in chosen.items())
        en, ar = f"{en}, only orders with {listed}", f"{ar}، من الطلبات التي فيها {listed}"
    return Text(en=en, ar=ar)


def _shares(component: Pool) -> Text:
    if component.shares_by_rank is not None:
        listed = [f"{rank}: {decimal_text(shares)}" for rank, shares in component.shares_by_rank.items()]
        return Text(en=f"by shares of rank ({', '.join(listed)})", ar=f"بحسب حصص الرتب ({'، '.join(listed)})")
    if component.shares_from is not None:
        name = component.shares_from
        return Text(en=f"by the shares that the company states ({name})", ar=f"بحسب الحصص التي تذكرها الشركة ({name})")
    if component.shares_by == "one_each":
        return Text(en="equally among all who qualify", ar="بالتساوي بين جميع المؤهَّلين")
    volume = Text(en="personal volume", ar="الحجم الشخصي")
    if component.shares_by == "group_volume":
        volume = Text(en="group volume", ar="حجم المجموعة")
    if component.volume_per_share is not None:
        per = decimal_text(component.volume_per_share)
        return Text(en=f"by one share for each full {per} of {volume.en}", ar=f"بحصة عن كل {per} كاملة من {volume.ar}")
    return Text(en=f"in proportion to {volume.en}", ar=f"بنسبة {volume.ar}")


def tell(component: Pool, evaluation: Evaluation, awards: Awards, index: int) -> list[Step]:
    """The pool, all its shares, the value of one, the shares of the earner, and the rounding."""
    assert awards.period is not None, "a pool pays on periods"
    period, row = int(awards.period[index]), int(awards.participant[index])
    currency = component.currency or evaluation.plan.currency
    scale = evaluation.scale_of(currency)
    found = list(pool_awards.divisions(component, evaluation, period))
    mine = [each for each in found if row in each.rows]
    if row < 0:  # what is nobody's is told by its number among all pools
        before = sum(1 for each in range(period) for _ in pool_awards.divisions(component, evaluation, each))
        mine = [found[int(awards.rate[index]) - before]]
    pool = mine[0]
    steps = [_pool_step(component, evaluation, pool, scale, currency)]
    total = minor_text(pool.total, pool.decimals)
    steps.append(
        Step(label=Text(en="shares of all", ar="مجموع الحصص"), value=f"{total} ({len(pool.rows)})")
    )  # fmt: skip
    if pool.total:
        one = 10**pool.decimals
        exact = pool.pool / pool.total * one / 10**scale
        paid = pool_awards.per_share(component, evaluation, pool) * one / 10**scale
        label = Text(en="value of one share", ar="قيمة الحصة الواحدة")
        value = f"{decimal_text(pool.pool / 10**scale)} / {total} = {decimal_text(exact)}"
        if paid != exact:
            value += f" → {decimal_text(paid)}"
        steps.append(Step(label=label, value=value))
        if row >= 0:
            steps.append(_award_step(awards, index, pool, paid, scale, currency))
    return steps + arithmetic.of_limits(evaluation, awards, index, scale, currency)


def _pool_step(
    component: Pool, evaluation: Evaluation, pool: pool_awards.Division, scale: int, currency: str
) -> Step:  # fmt: skip
    value = f"{decimal_text(pool.pool / 10**scale)} {currency}"
    label = Text(en="pool", ar="صندوق المكافآت")
    if pool.country is not None:
        name = pool.country or "-"
        label = Text(en=f"pool of {name}", ar=f"صندوق المكافآت في {name}")
    if component.rate is None:
        return Step(label=label, value=value)
    decimals = evaluation.unit_of(component.base.measure)
    base = decimal_text(pool.base / 10**decimals)
    factors = f"{base} × {rate_text(component.rate)}"
    if component.base.share != 1:
        factors += f" × {rate_text(component.base.share)}"
    if component.base.per_point != 1:
        factors += f" × {decimal_text(component.base.per_point)}"
    return Step(label=label, value=f"{factors} = {value}")


def _award_step(
    awards: Awards, index: int, pool: pool_awards.Division, value: Fraction, scale: int, currency: str
) -> Step:
    shares, amount = int(awards.bases()[index]), int(awards.before_limits()[index])
    exact = value * shares / 10**pool.decimals
    text = f"{minor_text(shares, pool.decimals)} × {decimal_text(value)} = {decimal_text(exact)}"
    if exact != Fraction(amount, 10**scale):
        text += f" → {minor_text(amount, scale)} {currency}"
    return Step(label=Text(en="own shares", ar="حصصه"), value=text)
