"""Who lost: the net result of everyone ever enrolled, and how many can have broken even at all.

Counting only active members hides those who left at a loss, so the whole is always everyone ever enrolled. What
participants earn by selling to people whom the company does not record is unknown, not zero: the headline is
the company's money alone, and the alternatives add retail income as far as anything is known of it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from compliance.columns import added, buyer_months, order_columns, people_columns
from compliance.facts import PRODUCTS
from compliance.indicators import phrases
from compliance.indicators.breakdown import breakdown
from compliance.indicators.flows import revenue
from compliance.indicators.places import places
from compliance.indicators.registry import (
    Outcome,
    Value,
    alternative,
    combined_bound,
    indicator,
    lacking,
    limits_of,
    point,
    share,
)
from compliance.indicators.unit_by_unit import Int64s
from compliance.measurement import Alternative, Series
from compliance.models.structural import most_who_can_break_even
from compliance.statistics import Ints, exact_sum
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

TENURES = (
    ("0-2", 0, 3),
    ("3-5", 3, 6),
    ("6-11", 6, 12),
    ("12-23", 12, 24),
    ("24+", 24, 10_000),
)
"""Months since joining, up to the last entry in the records."""

_EVIDENCE = """
    SELECT id, joined, paid_in, refunded, paid_out, net FROM net ORDER BY net, id
"""


@indicator(
    id="net_loss_share",
    title=Text(en="Share who paid more than they received", ar="نسبة من دفعوا أكثر مما حصلوا عليه"),
    definition=Text(
        en="Everyone ever enrolled whose payments to the company exceed what the company paid them, over everyone ever "
        "enrolled. Refunds are taken off what was paid.",
        ar="من تزيد مدفوعاته للشركة على ما صرفته له إلى جميع من انضموا في أي وقت. وتُطرح المبالغ المردودة من المدفوعات.",
    ),
    formula="#{i : p_i - c_i < 0} / N, Wilson interval at 95 %",
    source="Net result of everyone ever enrolled, as in FTC v. BurnLounge, 753 F.3d 878 (2014); interval after Wilson 1927",
    unit="ratio",
    needs=("participants.id", "orders.buyer_id", "rewards.amount"),
    false_positives=Text(
        en="Members who joined for a discount paid for goods that they wanted; new members have had no time to earn; "
        "income from sales that the company does not record is missing.",
        ar="من انضم للحصول على خصم دفع ثمن سلع أرادها، ومن انضم حديثًا لم يمضِ وقت كافٍ لكسبه، ولا يظهر دخل من بيع لا "
        "تسجّله الشركة.",
    ),
)
def net_loss_share(records: Records) -> Outcome:
    """Share behind on the company's money, with other definitions of the whole and of income beside it."""
    everyone, behind, ahead, paying, paying_behind, silent, received, received_behind = (
        int(count)
        for count in records.row(
            """
            SELECT count(*), count(*) FILTER (net < 0), count(*) FILTER (net > 0), count(*) FILTER (orders > 0),
                   count(*) FILTER (orders > 0 AND net < 0), count(*) FILTER (orders = 0 AND payouts = 0),
                   count(*) FILTER (paid_out > 0), count(*) FILTER (paid_out > 0 AND net < 0)
            FROM net
            """
        )
    )
    if everyone == 0:
        return Outcome(lacking(phrases.nobody()))
    stated = limits_of(records, "net_loss_share")[1]
    pointing = combined_bound([bound for bound in stated if bound != "open"])
    alternatives = (
        alternative(
            "recorded_payers",
            Text(en="of those whose payments are recorded", ar="ممن سُجّلت مدفوعاتهم"),
            share(paying_behind, paying, people=True),
            bound=pointing,
        ),
        alternative(
            "unrecorded_as_behind",
            Text(
                en="those with nothing recorded count as behind",
                ar="يُعدّ من لم يُسجَّل له شيء ممن دفعوا أكثر",
            ),
            share(behind + silent, everyone, people=True),
            bound=pointing,
        ),
        alternative(
            "of_recipients",
            Text(en="of those who were paid a commission", ar="ممن صُرفت لهم عمولة"),
            share(received_behind, received, people=True, whole=phrases.nothing_paid()),
            bound=pointing,
        ),
        *_with_retail(records, everyone),
        *_with_goods(records, everyone),
        _after_tenure(records),
    )
    notes = [
        Text(
            en=f"Received more than they paid: {ahead:,}. Neither: {everyone - behind - ahead:,}.",
            ar=f"من حصلوا على أكثر مما دفعوا: {phrases.isolate(f'{ahead:,}')}. "
            f"من تساوى لديهم الأمران: {phrases.isolate(f'{everyone - behind - ahead:,}')}.",
        )
    ]
    if silent:
        notes.append(
            Text(
                en=f"Participants with no payment and no payout in the records: {silent:,}. They count as not behind.",
                ar=f"مشاركون لا تظهر لهم مدفوعات ولا عمولات: {phrases.isolate(f'{silent:,}')}. لا يُعدّون ممن دفعوا أكثر.",
            )
        )
    return Outcome(
        share(behind, everyone, people=True),
        numerator_label=Text(en="paid more than they received", ar="دفعوا أكثر مما حصلوا عليه"),
        denominator_label=phrases.ALL_ENROLLED,
        headline_label=Text(en="the company's money only", ar="أموال الشركة وحدها"),
        alternatives=alternatives,
        series=(
            *breakdown(
                records,
                "SELECT row, CAST(NULL AS DATE) AS month, CAST(net < 0 AS BIGINT) AS part, 1 AS whole FROM net",
                people=True,
            ).series,
            _by_tenure(records),
        ),
        evidence=records.evidence(_EVIDENCE, count=everyone),
        notes=tuple(notes),
        period=records.money_period,
    )


def _with_retail(records: Records, everyone: int) -> tuple[Alternative, Alternative]:
    sold = lacking(phrases.missing("orders.seller_id"))
    if records.has("orders.seller_id") and records.once(revenue).amount("outside") != 0:
        behind = records.row("SELECT count(*) FILTER (net + sold < 0) FROM net")[0]
        sold = share(int(behind), everyone, people=True)
    elif records.has("orders.seller_id"):
        sold = lacking(phrases.no_customer_orders())
    markup = records.assumptions.retail_markup
    resold = lacking(phrases.no_markup())
    if markup is not None:
        rate = 1 + Fraction(markup)
        behind = records.row(
            f"SELECT count(*) FILTER (net::HUGEINT * {rate.denominator}"  # noqa: S608
            f" + goods::HUGEINT * {rate.numerator} < 0) FROM net"
        )[0]
        resold = share(int(behind), everyone, people=True)
    return (
        alternative(
            "with_documented_retail",
            phrases.DOCUMENTED_RETAIL,
            sold,
            bound="lower" if sold.value is not None else "exact",
        ),
        alternative(
            "with_imputed_retail",
            phrases.IMPUTED_RETAIL,
            resold,
            bound="lower" if resold.value is not None else "exact",
        ),
    )


def own_use(records: Records) -> Int64s:
    """Goods of everybody up to the monthly allowance for own use, in order of `people.row`; needs an allowance."""
    orders, months = records.once(order_columns), records.once(buyer_months)
    goods = months.add(orders.of(PRODUCTS), orders.amount)
    return added(months.person, goods.clip(0, records.allowance), len(records.once(people_columns).member) - 1)


def _with_goods(records: Records, everyone: int) -> tuple[Alternative, ...]:
    """Goods that were used up at a fair price are no loss: all of them, or up to the monthly allowance."""
    behind = int(records.row("SELECT count(*) FILTER (net + goods < 0) FROM net")[0])
    within = kindest = lacking(phrases.no_allowance(records.currency))
    if records.allowance is not None:
        found = records.arrays("SELECT row::BIGINT AS row, net::BIGINT AS net, sold::BIGINT AS sold FROM net")
        left = found["net"] + records.once(own_use)[found["row"]]
        counts = (np.count_nonzero(each < 0) for each in (left, left + found["sold"]))
        within, kindest = (share(int(count), everyone, people=True) for count in counts)
    return (
        alternative("goods_no_cost", phrases.GOODS_NO_COST, share(behind, everyone, people=True)),
        alternative("goods_within_allowance", phrases.GOODS_WITHIN_ALLOWANCE, within),
        alternative(
            "retail_and_own_use",
            Text(
                en="sales to customers as far as they are documented are income, and goods within the monthly allowance for "
                "own use are no loss",
                ar="تُحتسب المبيعات الموثقة للعملاء دخلًا، ولا تُحتسب السلع في حدود الاستهلاك الشخصي الشهري خسارة",
            ),
            kindest,
            bound="lower" if kindest.value is not None else "exact",
        ),
    )


def _after_tenure(records: Records) -> Alternative:
    days = records.assumptions.tenure_days
    label = Text(
        en=f"joined at least {days} days before the last entry",
        ar=f"من مضى على انضمامهم {phrases.isolate(days)} يومًا على الأقل",
    )
    period = records.money_period
    if period is None or not records.has("participants.joined"):
        return alternative("after_tenure", label, lacking(phrases.missing("participants.joined")))
    behind, old = records.row(
        f"""
        SELECT count(*) FILTER (net < 0), count(*) FROM net
        WHERE joined <= TIMESTAMP '{period.end}' - INTERVAL {days} DAY
        """  # noqa: S608
    )
    nobody = phrases.needs(
        "participants",
        "joined",
        f"Needs participants who joined {days} days or more before the last entry: there is none.",
        f"يحتاج إلى مشاركين مضى على انضمامهم {phrases.isolate(days)} يومًا أو أكثر: لا يوجد منهم أحد.",
    )
    return alternative("after_tenure", label, share(int(behind), int(old), people=True, whole=nobody))


def _by_tenure(records: Records) -> Series:
    period = records.money_period
    months = "0" if period is None else f"datediff('month', joined, TIMESTAMP '{period.end}')"
    counted = dict.fromkeys((name for name, _, _ in TENURES), (0, 0))
    found = records.all(
        f"""
        SELECT {months} AS months, count(*) FILTER (net < 0), count(*) FROM net
        WHERE joined IS NOT NULL GROUP BY 1
        """  # noqa: S608
    )
    for tenure, behind, everyone in found:
        for name, start, end in TENURES:
            if start <= tenure < end:
                counted[name] = (counted[name][0] + int(behind), counted[name][1] + int(everyone))
    return Series(
        id="by_tenure",
        label=Text(en="By months since joining", ar="بحسب الأشهر منذ الانضمام"),
        axis="tenure",
        unit="ratio",
        points=tuple(
            point(name, share(behind, everyone, people=True))
            for name, (behind, everyone) in counted.items()
            if everyone
        ),
    )


@indicator(
    id="break_even_bound",
    title=Text(en="Largest share that could have broken even", ar="أكبر نسبة يمكن أن تسترد ما دفعته"),
    definition=Text(
        en="However the payouts had been divided, no larger share of those who paid could have got back what they paid: "
        "the smallest payments are counted up until all that was paid out is used.",
        ar="أيًّا كان توزيع العمولات، لا يمكن أن تسترد نسبة أكبر من هذه ما دفعته: تُجمع أصغر المدفوعات حتى يُستنفد كل ما "
        "صُرف.",
    ),
    formula="max{k : c_(1) + ... + c_(k) <= P} / N, c ascending",
    source="Conservation of money: the lowest costs that the payouts can cover",
    unit="ratio",
    needs=("participants.id", "orders.buyer_id", "rewards.amount"),
    false_positives=Text(
        en="Income from sales that the company does not record is not in it. Goods that were wanted for themselves are a cost "
        "here. A high figure clears nobody: it says what could have been, and not what was.",
        ar="لا يدخل فيه دخل من بيع لا تسجّله الشركة. والسلع المرغوبة لذاتها تُعدّ هنا تكلفة. وارتفاع الرقم لا يبرّئ أحدًا: فهو يقول "
        "ما كان ممكنًا لا ما حدث.",
    ),
)
def break_even_bound(records: Records) -> Outcome:
    """Share of paying participants that could have broken even under the kindest division of the payouts."""
    found = records.arrays("SELECT row::BIGINT AS row, paid_in, paid_out, net FROM net ORDER BY row")
    rows, paid_in, paid_out = (found[name].astype("int64") for name in ("row", "paid_in", "paid_out"))
    costs = paid_in[paid_in > 0]
    if len(costs) == 0:
        return Outcome(lacking(phrases.nobody()))
    total = exact_sum(paid_out)
    most = most_who_can_break_even(costs, total)
    beyond_use = lacking(phrases.no_allowance(records.currency))
    if records.allowance is not None:
        used = records.once(own_use)[rows]
        left = (paid_in - used)[paid_in > 0].clip(min=0)
        beyond_use = share(most_who_can_break_even(left, total), len(costs))
    reached = int(((found["net"] >= 0) & (paid_in > 0)).sum())

    def of(members: Ints) -> Value:
        own = paid_in[members][paid_in[members] > 0]
        return share(most_who_can_break_even(own, exact_sum(paid_out[members])), len(own))

    return Outcome(
        share(most, len(costs)),
        numerator_label=Text(en="could have broken even at most", ar="أكبر عدد يمكن أن يسترد ما دفعه"),
        denominator_label=Text(en="participants who paid", ar="المشاركون الذين دفعوا"),
        alternatives=(
            alternative(
                "reached",
                Text(en="who did break even", ar="من استردوا ما دفعوه فعلًا"),
                share(reached, len(costs), people=True),
            ),
            alternative("goods_within_allowance", phrases.GOODS_WITHIN_ALLOWANCE, beyond_use),
            alternative(
                "returned",
                Text(en="payouts over what participants paid", ar="العمولات إلى ما دفعه المشاركون"),
                Value(Fraction(total, exact_sum(costs)), total, exact_sum(costs)),
                of_money=True,
            ),
        ),
        series=records.once(places).series(rows, "ratio", of),
        evidence=records.evidence(
            "SELECT id, paid_in, paid_out, net FROM net WHERE paid_in > 0 ORDER BY paid_in, id", count=len(costs)
        ),
        period=records.money_period,
    )
