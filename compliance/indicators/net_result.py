"""What participants were left with: the whole distribution of the net result, not only who is behind.

Everyone ever enrolled counts, with the company's money alone: what the company paid and gave back, less what was paid to
it. A few large gains can hide many small losses in a mean, so that quantiles come first; the Lorenz curve is drawn with
negatives, as parts of all gains and losses together.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from compliance.indicators import phrases
from compliance.indicators.concentration import CURVE
from compliance.indicators.losses import TENURES
from compliance.indicators.places import places
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, money, point
from compliance.measurement import Series
from compliance.statistics import Ints, exact_sum, gini_rsv, median
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

QUANTILES = (1, 5, 10, 25, 50, 75, 90, 95, 99)
"""In percent."""


def quantile(ascending: Ints, percent: int) -> Fraction:
    """The value that `percent` of them do not exceed, half-way between two where it falls between; 50 is the median.

    Reference: Hyndman and Fan 1996, Am. Stat. 50:361, definition 2.
    """
    whole, rest = divmod(len(ascending) * percent, 100)
    if rest:
        return Fraction(int(ascending[whole]))
    low, high = max(whole - 1, 0), min(whole, len(ascending) - 1)
    return Fraction(int(ascending[low]) + int(ascending[high]), 2)


def lorenz_of_all(ascending: Ints) -> list[tuple[Fraction, Fraction]]:
    """Running sum of the net results from the worst on, over the sum of their absolute values, at each share of people.

    It falls while results are negative, and ends at the net result of all over that sum.
    """
    total = exact_sum(np.abs(ascending))
    if total == 0:
        return []
    running = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(ascending)])
    return [(q, Fraction(int(running[int(q * len(ascending))]), total)) for q in CURVE]


@indicator(
    id="net_result",
    title=Text(en="Net result of the middle participant", ar="صافي نتيجة المشارك الأوسط"),
    definition=Text(
        en="The median, over everyone ever enrolled, of what the company paid to a participant and gave back, less what he "
        "paid to it. Beside it the other quantiles, the mean and the sum.",
        ar="القيمة الوسيطة، لجميع من انضموا في أي وقت، لما صرفته الشركة للمشارك وردّته إليه بعد طرح ما دفعه لها. وبجانبها بقية "
        "المئينات والمتوسط الحسابي والمجموع.",
    ),
    formula="median over i of p_i - c_i",
    source="Models 1.1 and 5: net result of everyone ever enrolled; quantiles: Hyndman and Fan 1996, definition 2",
    unit="money",
    needs=("participants.id", "orders.buyer_id", "rewards.amount"),
    false_positives=Text(
        en="Goods that were wanted for themselves are a cost here: see the result that leaves them out. Income from sales "
        "that the company does not record is missing. Those with nothing recorded have a net result of zero.",
        ar="السلع المرغوبة لذاتها تُعدّ هنا تكلفة، وتستبعدها إحدى النتائج البديلة. ولا يظهر دخل من بيع لا تسجّله الشركة. ومن لم "
        "يُسجَّل له شيء فصافي نتيجته صفر.",
    ),
)
def net_result(records: Records) -> Outcome:
    """Quantiles, mean and sum of the net results; medians by cohort, tenure, country and branch; the Lorenz curve."""
    period = records.money_period
    tenure = "-1" if period is None else f"coalesce(datediff('month', joined, TIMESTAMP '{period.end}'), -1)"
    found = records.arrays(
        f"SELECT row::BIGINT AS row, net::BIGINT AS net, goods::BIGINT AS goods, sold::BIGINT AS sold, paid_in <> 0 AS paying,"  # noqa: S608
        f" ({tenure})::BIGINT AS tenure FROM net ORDER BY row"
    )
    net = found["net"].astype(np.int64)
    if len(net) == 0:
        return Outcome(lacking(phrases.nobody()))
    ascending = np.sort(net)

    def middle(values: Ints) -> Value:
        return money(median(values), records.scale) if len(values) else lacking(phrases.nobody())

    by_tenure = [
        (name, middle(net[(found["tenure"] >= start) & (found["tenure"] < end)])) for name, start, end in TENURES
    ]
    sold = lacking(phrases.no_customer_orders())
    if found["sold"].any():
        sold = middle(net + found["sold"].astype(np.int64))
    rsv = gini_rsv(net)
    return Outcome(
        middle(net),
        headline_label=Text(en="the company's money only", ar="أموال الشركة وحدها"),
        alternatives=(
            *(
                alternative(
                    f"percentile_{percent}",
                    Text(
                        en=f"{percent}% have no more than this",
                        ar=f"لا يزيد صافي {phrases.isolate(f'{percent}%')} على هذا",
                    ),
                    money(quantile(ascending, percent), records.scale),
                )
                for percent in QUANTILES
                if percent != 50
            ),
            alternative(
                "mean",
                Text(en="mean", ar="المتوسط الحسابي"),
                money(Fraction(exact_sum(net), len(net)), records.scale),
            ),
            alternative("sum", Text(en="sum of all", ar="مجموع الكل"), money(exact_sum(net), records.scale)),
            alternative(
                "recorded_payers",
                Text(en="of those whose payments are recorded", ar="ممن سُجّلت مدفوعاتهم"),
                middle(net[found["paying"].astype(np.bool_)]),
            ),
            alternative("with_documented_retail", phrases.DOCUMENTED_RETAIL, sold),
            alternative("goods_no_cost", phrases.GOODS_NO_COST, middle(net + found["goods"].astype(np.int64))),
            alternative(
                "gini_net",
                Text(
                    en="Gini of net results, with negatives (Raffinetti, Siletti, Vernizzi)",
                    ar="معامل جيني لصافي النتائج بما فيها السالبة",
                ),
                lacking(phrases.nothing_paid()) if rsv is None else Value(rsv),
                unit="number",
            ),
        ),
        series=(
            Series(
                id="quantiles",
                label=Text(en="By share of participants", ar="بحسب نسبة المشاركين"),
                axis="share",
                unit="money",
                points=tuple(
                    point(Value(Fraction(percent, 100)).text, money(quantile(ascending, percent), records.scale))
                    for percent in QUANTILES
                ),
            ),
            Series(
                id="lorenz_net",
                label=Text(
                    en="Running net result from the worst on, over all gains and losses",
                    ar="صافي النتائج المتراكم بدءًا من الأسوأ، إلى مجموع المكاسب والخسائر",
                ),
                axis="share",
                unit="ratio",
                points=tuple(point(Value(q).text, Value(part)) for q, part in lorenz_of_all(ascending)),
            ),
            Series(
                id="by_tenure",
                label=Text(en="Median by months since joining", ar="القيمة الوسيطة بحسب الأشهر منذ الانضمام"),
                axis="tenure",
                unit="money",
                points=tuple(point(name, value) for name, value in by_tenure if value.value is not None),
            ),
            *records.once(places).series(found["row"], "money", lambda members: middle(net[members])),
        ),
        evidence=records.evidence(
            "SELECT id, joined, paid_in, refunded, paid_out, net FROM net ORDER BY net, id", count=len(net)
        ),
        period=records.money_period,
    )
