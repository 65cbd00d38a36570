"""How unevenly the payouts fell: top shares, Gini, the Lorenz curve, over everyone and over those who were paid.

Inequality alone proves nothing: any sales force on commission is uneven. What a company shows of its "active
leaders" is compared here with everyone ever enrolled.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from compliance.indicators import phrases
from compliance.indicators.places import places
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, point
from compliance.measurement import Alternative, Missing, Series
from compliance.statistics import Ints, classic_gini, exact_sum, gini, gini_rsv, lorenz, top_count_share, top_share
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

CURVE = (*(Fraction(at, 20) for at in range(20)), Fraction(99, 100), Fraction(999, 1000), Fraction(1))
WHOLE_PERCENT = 100
"""People of whom one percent is a whole person."""


def _value(found: Fraction | None) -> Value:
    return lacking(phrases.nothing_paid()) if found is None else Value(found)


def _best_paid(most: int, everyone: int) -> Text:
    """Who the headline is about: one percent of fewer than a hundred people is no whole person."""
    whole = phrases.isolate(f"{everyone:,}")
    if everyone < WHOLE_PERCENT:
        return Text(en=f"the largest receiver of {everyone:,}", ar=f"صاحب أكبر مبلغ من أصل {whole}")
    return Text(
        en=f"the best-paid one percent: {most:,} of {everyone:,}",
        ar=f"أعلى واحد في المئة عمولةً: {phrases.isolate(f'{most:,}')} من أصل {whole}",
    )


def _best_paid_of_payees(payees: int) -> Text:
    if payees < WHOLE_PERCENT:
        return Text(
            en=f"the largest receiver of the {payees:,} who were paid",
            ar=f"صاحب أكبر مبلغ ممن صُرفت لهم وعددهم {phrases.isolate(f'{payees:,}')}",
        )
    return Text(en="the top one percent of those who were paid", ar="أعلى واحد في المئة ممن صُرفت لهم")


def _top_percent(values: Ints) -> Fraction | None:
    """What the best-paid hundredth holds: whole people, at least one."""
    return top_count_share(values, max(1, len(values) // WHOLE_PERCENT))


def _top_of(id_: str, who: Text, values: Ints | None, missing: Missing) -> tuple[Alternative, Alternative]:
    """The top one and ten percent of some of the people."""
    one = ten = lacking(missing)
    if values is not None:
        one, ten = _value(_top_percent(values)), _value(top_share(values, Fraction(1, 10)))
    return (
        alternative(
            f"top_percent_{id_}",
            Text(en=f"the best-paid one percent of {who.en}", ar=f"أعلى واحد في المئة عمولةً: {who.ar}"),
            one,
        ),
        alternative(
            f"top_ten_percent_{id_}",
            Text(en=f"the best-paid tenth of {who.en}", ar=f"أعلى عُشر عمولةً: {who.ar}"),
            ten,
        ),
    )


def _active(records: Records) -> str | None:
    """Who has an entry in the last months, as a condition on `net`; None where nothing is dated."""
    period, months = records.money_period, records.assumptions.inactive_months
    if period is None:
        return None
    return f"coalesce(last_entry >= TIMESTAMP '{period.end}' + INTERVAL 1 DAY - INTERVAL {months} MONTH, false)"


def _classic(net: Ints) -> Value:
    """Gini's formula on values some of which are negative; it has no meaning where they sum to nothing or less."""
    total = exact_sum(net)
    if total <= 0:
        return lacking(
            phrases.needs(
                "payouts",
                None,
                "The net results of all sum to zero or less: the classic formula has no value.",
                "مجموع صافي النتائج صفر أو أقل: لا قيمة للصيغة التقليدية.",
            )
        )
    return Value(classic_gini(net))


@indicator(
    id="payout_concentration",
    title=Text(en="Payouts to the best paid", ar="حصة الأعلى عمولةً من العمولات"),
    definition=Text(
        en="What the best-paid one percent of everyone ever enrolled (whole people, at least one) received, over all that "
        "participants received.",
        ar="ما حصل عليه أعلى واحد في المئة عمولةً من جميع من انضموا (بعدد صحيح من الأشخاص، واحد على الأقل) إلى كل ما حصل عليه "
        "المشاركون.",
    ),
    formula="sum of the floor(N / 100) largest p_i / sum p_i",
    source="Lorenz 1905; Gini 1912; rule ind.top_share",
    unit="ratio",
    needs=("participants.id", "rewards.amount"),
    of_money=True,
    false_positives=Text(
        en="Uneven pay is normal wherever people sell on commission; a Gini of 0.6 to 0.8 is common there.",
        ar="تفاوت الدخل معتاد حيثما كان البيع بعمولة، ويشيع فيه معامل جيني بين 0.6 و0.8.",
    ),
)
def payout_concentration(records: Records) -> Outcome:
    """Top shares and Gini of payouts over everyone ever enrolled and over payees; the Lorenz curve."""
    active, modest = _active(records), "row IN (SELECT row FROM discount_only)"
    found = records.arrays(
        "SELECT row::BIGINT AS row, paid_out::BIGINT AS paid_out, net::BIGINT AS net,"  # noqa: S608 - see `_active`
        f" {active or 'true'} AS active, {modest if records.has('orders.buyer_id') else 'false'} AS modest"
        " FROM net ORDER BY row"
    )
    signed = found["paid_out"].astype(np.int64)
    values = np.maximum(signed, 0)
    total, everyone = exact_sum(values), len(values)
    if everyone == 0:
        return Outcome(lacking(phrases.nobody()))
    if total <= 0:
        return Outcome(lacking(phrases.nothing_paid()))
    payees, most = values[values > 0], max(1, everyone // 100)
    held = _top_percent(values)
    clawed_back = int((signed < 0).sum())
    notes: tuple[Text, ...] = ()
    if clawed_back:
        notes = (
            Text(
                en=f"Participants with more clawed back than paid: {clawed_back:,}. They count as paid nothing.",
                ar="مشاركون استُردّ منهم أكثر مما صُرف لهم: "
                + phrases.isolate(f"{clawed_back:,}")
                + ". يُعدّون ممن لم يُصرف لهم شيء.",
            ),
        )
    return Outcome(
        Value(held, int(held * total) if held is not None else None, total),
        numerator_label=Text(
            en=f"received by the top {most:,} of {everyone:,}",
            ar=f"ما حصل عليه الأعلى عمولةً وعددهم {phrases.isolate(f'{most:,}')} من أصل {phrases.isolate(f'{everyone:,}')}",
        ),
        denominator_label=phrases.PAYOUTS,
        headline_label=_best_paid(most, everyone),
        alternatives=(
            alternative(
                "top_ten",
                Text(en="the ten best paid", ar="أعلى عشرة عمولةً"),
                _value(top_count_share(values, 10)),
            ),
            alternative(
                "top_ten_percent",
                Text(en="the best-paid tenth", ar="أعلى عُشر عمولةً"),
                _value(top_share(values, Fraction(1, 10))),
            ),
            alternative(
                "top_percent_of_paid",
                _best_paid_of_payees(len(payees)),
                _value(
                    top_count_share(payees, 1) if len(payees) < WHOLE_PERCENT else top_share(payees, Fraction(1, 100))
                ),
            ),
            *_top_of(
                "active",
                Text(en="those with an entry in the last months", ar="من لهم قيد في الأشهر الأخيرة"),
                values[found["active"].astype(np.bool_)] if active else None,
                phrases.missing("orders.date"),
            ),
            *_top_of(
                "without_discount_only",
                Text(
                    en="all but members who only bought goods within the allowance",
                    ar="الجميع دون من اقتصر على شراء السلع في حدود المبلغ الشهري",
                ),
                values[~found["modest"].astype(np.bool_)] if records.allowance is not None else None,
                phrases.no_allowance(records.currency),
            ),
            alternative(
                "top_ten_percent_of_paid",
                Text(en="the best-paid tenth of those who were paid", ar="أعلى عُشر عمولةً ممن صُرفت لهم"),
                _value(top_share(payees, Fraction(1, 10))),
            ),
            alternative(
                "gini_all",
                Text(en="Gini over everyone ever enrolled", ar="معامل جيني لجميع من انضموا"),
                _value(gini(values)),
                unit="number",
            ),
            alternative(
                "gini_payees",
                Text(en="Gini over those who were paid", ar="معامل جيني لمن صُرفت لهم"),
                _value(gini(payees)),
                unit="number",
            ),
            alternative(
                "gini_net",
                Text(
                    en="Gini of net results, with negatives (Raffinetti, Siletti, Vernizzi)",
                    ar="معامل جيني لصافي النتائج بما فيها السالبة",
                ),
                _value(gini_rsv(found["net"].astype(np.int64))),
                unit="number",
            ),
            alternative(
                "gini_net_classic",
                Text(
                    en="Gini of net results, classic formula (can exceed 1 where some are negative)",
                    ar="معامل جيني لصافي النتائج بالصيغة التقليدية (قد يتجاوز 1 عند وجود قيم سالبة)",
                ),
                _classic(found["net"].astype(np.int64)),
                unit="number",
            ),
        ),
        series=(
            Series(
                id="lorenz",
                label=Text(
                    en="Lorenz curve: share of payouts of the least paid", ar="منحنى لورنز: حصة الأقل عمولةً من العمولات"
                ),
                axis="share",
                unit="ratio",
                points=tuple(
                    point(str(Value(q).text), Value(part)) for q, part in zip(CURVE, lorenz(values, CURVE), strict=True)
                ),
            ),
            *records.once(places).series(
                found["row"].astype(np.int64), "ratio", lambda members: _value(_top_percent(values[members]))
            ),
        ),
        evidence=records.evidence(
            "SELECT id, paid_out, payouts, paid_in, net, joined, depth, recruits FROM net"
            " WHERE paid_out > 0 ORDER BY paid_out DESC, id",
            count=len(payees),
        ),
        notes=notes,
        period=records.money_period,
    )
