"""Money from outside against what is paid out, payments that buy nothing to use, tokens, and what a year brings.

Single figures that several rules ask for: customers' money over the rewards, deposits and tokens in what participants
pay, and how many participants were paid how much in the last twelve months.
"""

# ruff: noqa: S608 - queries are put together from constants of this room and from whole numbers

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compliance.assumptions import DOLLARS
from compliance.facts import MONTH_NUMBER
from compliance.indicators import phrases
from compliance.indicators.breakdown import breakdown, breakdown_of
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, point, share
from compliance.measurement import Series
from compliance.row_counts import LINES_BY_CURRENCY
from intake.currencies import MINOR_UNITS
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

_STEPS = (0, 250, 500, 1_000, 2_500, 5_000, 10_000, 50_000)
"""Dollars a year."""
_A_YEAR = phrases.needs(
    "participants",
    "joined",
    "Needs participants who joined at least twelve months before the records end.",
    "يحتاج إلى مشاركين انضموا قبل نهاية السجلات بسنة على الأقل.",
)
_MAIN_STEP = 1_000
"""The step of the headline: the one that the staff report of 2024 on income statements counts by."""


@indicator(
    id="outside_money_over_rewards",
    title=Text(en="Customers' money over rewards", ar="أموال العملاء إلى العمولات"),
    definition=Text(
        en="Revenue from buyers outside the network, over all rewards paid; 100% and more means that customers alone paid "
        "for them.",
        ar="الإيراد من مشترين خارج الشبكة إلى كل العمولات المصروفة؛ وتعني 100% فأكثر أن أموال العملاء وحدها تكفيها.",
    ),
    formula="R_cust / C_tot",
    source="rule us.sec.telexfree2014",
    unit="ratio",
    needs=("orders.amount", "orders.buyer_id", "rewards.amount"),
    of_money=True,
    false_positives=Text(
        en="Rewards that are owed and not paid are missing; members who joined only for a discount count as participants.",
        ar="تغيب العمولات المستحقة غير المصروفة؛ ويُعدّ من انضم للخصم فقط مشاركًا.",
    ),
)
def outside_money_over_rewards(records: Records) -> Outcome:
    """Customers' orders over payouts, month by month."""
    monthly = records.all(
        """
        SELECT month, CAST(sum(part) AS BIGINT), CAST(sum(whole) AS BIGINT) FROM (
            SELECT month, outside AS part, 0 AS whole FROM other_months
            UNION ALL SELECT month, 0, amount FROM reward_facts
        ) GROUP BY 1 ORDER BY 1
        """
    )
    customers, rewards = (sum(int(row[at]) for row in monthly) for at in (1, 2))
    by_month = Series(
        id="by_month",
        label=Text(en="By month", ar="بحسب الشهر"),
        axis="period",
        unit="ratio",
        points=tuple(
            point(f"{month:%Y-%m}", share(int(part), int(whole)))
            for month, part, whole in monthly
            if month is not None and whole > 0
        ),
    )
    return Outcome(
        share(customers, rewards, whole=phrases.nothing_paid()),
        numerator_label=Text(en="from customers", ar="من العملاء"),
        denominator_label=Text(en="rewards", ar="العمولات"),
        series=(by_month,),
        evidence=records.evidence(
            "SELECT * FROM money_in WHERE side = 'outside' ORDER BY source_file, source_line",
            count=_lines(records, "side = 'outside'"),
        ),
        period=records.money_period,
    )


def _lines(records: Records, which: str) -> int:
    """How many order lines there are of a kind: counted on the numbered table, which costs no join."""
    return int(records.row(f"SELECT count(*) FROM order_facts WHERE {which}")[0])


@indicator(
    id="deposit_share",
    title=Text(en="Deposits in what participants pay", ar="الإيداعات من مدفوعات المشاركين"),
    definition=Text(
        en="Participants' payments recorded as deposits, which buy nothing to use, over all their payments.",
        ar="مدفوعات المشاركين المسجَّلة إيداعات، وهي لا تشتري ما يُستهلك، إلى كل مدفوعاتهم.",
    ),
    formula="participants' deposits / participants' payments",
    source="rule eg.fund_receiving",
    unit="ratio",
    needs=("orders.amount", "orders.buyer_id", "orders.category"),
    of_money=True,
    false_positives=Text(
        en="A deposit held for later orders of goods is a purchase in advance.",
        ar="الإيداع المحفوظ لطلبات سلع لاحقة شراء مقدَّم.",
    ),
)
def deposit_share(records: Records) -> Outcome:
    """Deposits over everything that participants paid."""
    found = breakdown(
        records,
        """
        SELECT buyer AS row, month, amount AS part, CAST(0 AS BIGINT) AS whole FROM order_facts
        WHERE side = 'participant' AND category = 'deposit'
        UNION ALL SELECT row, month, CAST(0 AS BIGINT), paid_in FROM order_months
        UNION ALL SELECT NULL, month, CAST(0 AS BIGINT), unlisted FROM other_months WHERE unlisted <> 0
        """,
    )
    main = share(found.part, found.whole)
    return Outcome(
        Value(main.value, main.numerator, main.denominator, found.interval, main.missing),
        numerator_label=Text(en="deposits", ar="الإيداعات"),
        denominator_label=Text(en="paid by participants", ar="دفعه المشاركون"),
        series=found.series,
        evidence=records.evidence(
            "SELECT * FROM money_in WHERE side = 'participant' AND category = 'deposit' ORDER BY source_file, source_line",
            count=_lines(records, "side = 'participant' AND category = 'deposit'"),
        ),
        period=records.money_period,
    )


@indicator(
    id="token_share",
    title=Text(en="Entries in tokens", ar="القيود بعملات رمزية"),
    definition=Text(
        en="Order and payout lines in something that is no currency of ISO 4217, such as a token, over all such lines.",
        ar="بنود الطلبات والدفعات بغير عملات ISO 4217، مثل العملات الرمزية، إلى كل البنود.",
    ),
    formula="lines in tokens / lines with a currency",
    source="rule ind.crypto_hybrid",
    unit="ratio",
    needs=("orders.amount",),
    false_positives=Text(
        en="A token tied to a currency may be only a means of payment for real goods.",
        ar="قد تكون العملة الرمزية المرتبطة بعملة نقدية مجرد وسيلة دفع لسلع حقيقية.",
    ),
)
def token_share(records: Records) -> Outcome:
    """Lines by the kind of their currency."""
    tokens = sum(lines for code, lines in records.line_counts.items() if code not in MINOR_UNITS)
    return Outcome(
        share(tokens, sum(records.line_counts.values())),
        numerator_label=Text(en="lines in tokens", ar="بنود بعملات رمزية"),
        denominator_label=Text(en="lines", ar="البنود"),
        evidence=records.evidence(LINES_BY_CURRENCY, count=len(records.lines)),
        period=records.money_period,
    )


@indicator(
    id="low_yearly_pay",
    title=Text(en="Paid 1,000 or less in a year", ar="من صُرف لهم 1,000 فأقل في السنة"),
    definition=Text(
        en="Participants who joined at least twelve months before the records end and were paid 1,000 US dollars or less in "
        "the last twelve months, over all of them; expenses not taken off.",
        ar="المشاركون الذين انضموا قبل نهاية السجلات بسنة على الأقل ولم يتجاوز ما صُرف لهم في آخر 12 شهرًا 1,000 دولار أمريكي، إلى "
        "كلهم؛ دون خصم المصروفات.",
    ),
    formula="participants with C_i(12 months) <= 1000 / participants of at least twelve months",
    source="rule us.ftc_staff2024.low_income",
    unit="ratio",
    needs=("rewards.amount", "rewards.date", "participants.joined"),
    false_positives=Text(
        en="Members who joined only for a discount and never meant to earn raise the share; retail profit is not in it.",
        ar="ترفع النسبة مشاركة من انضم للخصم ولم يقصد الكسب؛ ولا يدخل ربح البيع بالتجزئة.",
    ),
)
def low_yearly_pay(records: Records) -> Outcome:
    """Everybody's pay of the last twelve months, counted up to each step."""
    if records.currency not in DOLLARS:
        return Outcome(
            lacking(
                phrases.needs(
                    "payouts",
                    "currency",
                    "The steps are in US dollars; sums in another currency are not converted.",
                    "الحدود بالدولار الأمريكي؛ ولا تُحوَّل المبالغ بعملة أخرى.",
                )
            )
        )
    unit = 10**records.scale
    yearly = """
        SELECT p.row, p.id, CAST(date_trunc('month', p.joined) AS DATE) AS month, coalesce(r.paid, 0) AS paid
        FROM people p CROSS JOIN (SELECT max(date) AS last FROM rewards) e
        LEFT JOIN (
            SELECT payee AS row, sum(amount) AS paid FROM reward_facts
            WHERE date > (SELECT max(date) FROM rewards) - INTERVAL 12 MONTH GROUP BY 1
        ) r USING (row)
        WHERE p.is_participant AND p.joined <= e.last - INTERVAL 12 MONTH
          AND (p."left" IS NULL OR p."left" > e.last - INTERVAL 12 MONTH)
    """
    found = records.arrays(f"SELECT row::INTEGER AS row, {MONTH_NUMBER} AS month, paid::BIGINT AS paid FROM ({yearly})")
    row, month, pay = (found[name] for name in ("row", "month", "paid"))
    people, counts = len(pay), [int(np.count_nonzero(pay <= step * unit)) for step in _STEPS]
    by_step = dict(zip(_STEPS, counts, strict=True))
    others = tuple(
        alternative(
            f"up_to_{step}",
            Text(
                en="paid nothing" if not step else f"paid {step:,} or less",
                ar="لم يُصرف لهم شيء" if not step else f"صُرف لهم {phrases.isolate(f'{step:,}')} فأقل",
            ),
            share(count, people, people=True),
        )
        for step, count in by_step.items()
        if step != _MAIN_STEP
    )
    poor = (pay <= _MAIN_STEP * unit).astype(np.int64)
    apart = breakdown_of(records, row, month, poor, np.ones_like(poor), people=True)
    return Outcome(
        share(by_step[_MAIN_STEP], people, people=True, whole=_A_YEAR),
        numerator_label=Text(en="paid 1,000 or less", ar="صُرف لهم 1,000 فأقل"),
        denominator_label=Text(en="participants of at least twelve months", ar="مشاركون منذ سنة على الأقل"),
        alternatives=others if people else (),
        series=tuple(each for each in apart.series if each.axis != "period"),
        evidence=records.evidence(f"SELECT id, month AS joined, paid FROM ({yearly}) ORDER BY paid, id", count=people),
        period=records.money_period,
    )
