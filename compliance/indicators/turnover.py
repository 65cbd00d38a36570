"""What flows through: payouts over revenue, and people who leave."""

# ruff: noqa: S608 - queries are put together from this room's own constants

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compliance.indicators import phrases
from compliance.indicators.breakdown import breakdown
from compliance.indicators.flow_sums import breakdown_of_flows
from compliance.indicators.flows import GOODS, by_month, paid, revenue
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, share
from compliance.measurement import Series
from compliance.survival import kaplan_meier, median_time
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

MONTHS_OF_A_YEAR = 12


@indicator(
    id="payout_ratio",
    title=Text(en="Payouts over revenue", ar="العمولات إلى الإيراد"),
    definition=Text(
        en="All that participants were paid, over all revenue net of refunds.",
        ar="كل ما صُرف للمشاركين إلى مجموع الإيراد بعد المبالغ المردودة.",
    ),
    formula="C_tot / R_tot",
    source="rule ind.payout_ratio",
    unit="ratio",
    needs=("orders.amount", "rewards.amount"),
    of_money=True,
    false_positives=Text(
        en="Revenue or payouts of which the records hold only a part; payouts of an earlier period's sales.",
        ar="إيراد أو عمولات لا تضم السجلات إلا جزءًا منها، وعمولات عن مبيعات فترة سابقة.",
    ),
)
def payout_ratio(records: Records) -> Outcome:
    """Payouts over revenue, in all and by month."""
    money, out = records.once(revenue), records.once(paid)
    if out.lines == 0:
        return Outcome(lacking(phrases.nothing_paid()))
    found = breakdown_of_flows(records, ("paid",), ("outside", "members", "unknown"))
    main = share(out.total, money.total)
    return Outcome(
        Value(main.value, main.numerator, main.denominator, found.interval, main.missing),
        numerator_label=phrases.PAYOUTS,
        denominator_label=Text(en="all revenue", ar="مجموع الإيراد"),
        alternatives=(
            alternative(
                "of_participants_payments",
                Text(en="over what participants paid", ar="إلى ما دفعه المشاركون"),
                share(out.total, money.participants),
            ),
            alternative(
                "over_goods_to_participants",
                Text(en="over the price of goods that participants bought", ar="إلى ثمن السلع التي اشتراها المشاركون"),
                share(out.total, money.amount("participant", GOODS)),
            ),
            alternative(
                "without_tax", Text(en="over revenue without tax", ar="إلى الإيراد دون الضريبة"), _without_tax(records)
            ),
            alternative(
                "last_year", Text(en="of the last twelve months", ar="في آخر اثني عشر شهرًا"), _last_year(records)
            ),
        ),
        series=found.series,
        evidence=records.evidence("SELECT * FROM money_out ORDER BY source_file, source_line", count=out.lines),
        period=records.money_period,
    )


def _without_tax(records: Records) -> Value:
    """Payouts over revenue less the tax in it; refunds are taken off with their tax, which is not recorded."""
    if not records.has("orders.tax"):
        return lacking(phrases.missing("orders.tax"))
    currency = (records.currency or "").replace("'", "''")
    tax = int(records.row(f"SELECT coalesce(sum(tax), 0) FROM orders WHERE currency = '{currency}'")[0])
    return share(records.once(paid).total, records.once(revenue).total - tax)


def _last_year(records: Records) -> Value:
    """Payouts of the twelve months that end with the records, over the revenue of the same months, before refunds."""
    months = records.once(by_month)
    if not months or months[0][0] > _months_before(months[-1][0], MONTHS_OF_A_YEAR - 1):
        return lacking(
            phrases.needs(
                "orders",
                "date",
                "Needs records of twelve months or more.",
                "يحتاج إلى سجلات اثني عشر شهرًا أو أكثر.",
            )
        )
    since = _months_before(months[-1][0], MONTHS_OF_A_YEAR - 1)
    recent = [row for row in months if row[0] >= since]
    return share(sum(row[3] for row in recent), sum(row[1] + row[2] for row in recent))


def _months_before(month: str, count: int) -> str:
    number = int(month[:4]) * 12 + int(month[5:]) - 1 - count
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


_LAST_SEEN = """
    SELECT n.row, n.id, n.joined, n."left", greatest(n.joined, n.last_entry, r.last_recruit) AS last_seen
    FROM net n LEFT JOIN (SELECT parent AS row, max(joined) AS last_recruit FROM people WHERE parent IS NOT NULL
                          GROUP BY 1) r USING (row)
"""


@indicator(
    id="churn",
    title=Text(en="Share who left or fell silent", ar="نسبة من غادروا أو توقف نشاطهم"),
    definition=Text(
        en="Everyone ever enrolled with a date of leaving, over everyone ever enrolled. Where no dates of leaving are "
        "recorded: those who joined before the last months of the records and have no order, payout or recruit in them.",
        ar="من سُجّل لهم تاريخ مغادرة إلى جميع من انضموا. وإذا لم تُسجَّل تواريخ المغادرة: من انضموا قبل الأشهر الأخيرة من "
        "السجلات وليس لهم فيها طلب ولا عمولة ولا مستقطَب.",
    ),
    formula="left / N, or silent in the last m months / joined before them",
    source="Share of a cohort that left or fell silent; rule ind.churn",
    unit="ratio",
    needs=("participants.id", "participants.joined"),
    false_positives=Text(
        en="People who pause; records that end at different dates for orders and for members.",
        ar="من توقفوا مؤقتًا، وسجلات تنتهي فيها الطلبات والعضويات في تواريخ مختلفة.",
    ),
)
def churn(records: Records) -> Outcome:
    """Recorded leavers where there are any, else silence; the other one as alternative."""
    months, period = records.assumptions.inactive_months, records.money_period
    everyone = int(records.row("SELECT count(*) FROM people WHERE is_participant")[0])
    if everyone == 0:
        return Outcome(lacking(phrases.nobody()))
    recorded = silent = lacking(phrases.missing("participants.left"))
    if records.has("participants.left"):
        gone = int(records.row('SELECT count(*) FROM people WHERE is_participant AND "left" IS NOT NULL')[0])
        recorded = share(gone, everyone, people=True)
    evidence = 'SELECT id, joined, "left" FROM people WHERE is_participant AND "left" IS NOT NULL ORDER BY "left", id'
    series: tuple[Series, ...] = ()
    if period is None:
        silent = lacking(phrases.missing("orders.date"))
    else:
        since = f"TIMESTAMP '{period.end}' + INTERVAL 1 DAY - INTERVAL {months} MONTH"
        quiet, old = (
            int(count)
            for count in records.row(
                f"SELECT count(*) FILTER (last_seen < {since}), count(*) FROM ({_LAST_SEEN}) WHERE joined < {since}"
            )
        )
        silent = share(
            quiet,
            old,
            people=True,
            whole=phrases.needs(
                "participants",
                "joined",
                f"Needs participants who joined more than {months} months before the last entry.",
                f"يحتاج إلى مشاركين انضموا قبل آخر {phrases.isolate(months)} أشهر من السجلات.",
            ),
        )
        series = breakdown(
            records,
            f"SELECT row, NULL::DATE AS month, CAST(last_seen < {since} AS BIGINT) AS part, 1 AS whole"
            f" FROM ({_LAST_SEEN}) WHERE joined < {since}",
            people=True,
        ).series
        if recorded.value is None:
            evidence = f"SELECT * EXCLUDE (row) FROM ({_LAST_SEEN}) WHERE joined < {since} AND last_seen < {since} ORDER BY last_seen, id"
    left = Text(en="a date of leaving is recorded", ar="سُجّل لهم تاريخ مغادرة")
    still = Text(en=f"no entry in the last {months} months", ar=f"لا قيد لهم في آخر {phrases.isolate(months)} أشهر")
    by_record = recorded.value is not None
    return Outcome(
        recorded if by_record else silent,
        numerator_label=Text(en="left or fell silent", ar="غادروا أو توقف نشاطهم"),
        denominator_label=phrases.ALL_ENROLLED
        if by_record
        else Text(en="joined before those months", ar="انضموا قبل تلك الأشهر"),
        headline_label=left if by_record else still,
        alternatives=(
            alternative("silent", still, silent) if by_record else alternative("left", left, recorded),
            alternative(
                "in_last_year",
                Text(
                    en="of those there twelve months before the end of the records, who left since",
                    ar="من غادر ممن كانوا مشاركين قبل نهاية السجلات باثني عشر شهرًا",
                ),
                _left_in_last_year(records),
            ),
            alternative(
                "median_tenure",
                Text(
                    en="median months until somebody left (Kaplan-Meier)",
                    ar="القيمة الوسيطة للأشهر حتى المغادرة (كابلان وماير)",
                ),
                _median_tenure(records),
                unit="number",
            ),
        ),
        series=series,
        evidence=records.evidence(evidence),
        period=records.money_period or records.joining_period,
    )


def _left_in_last_year(records: Records) -> Value:
    period = records.money_period or records.joining_period
    if not records.has("participants.left") or period is None:
        return lacking(phrases.missing("participants.left"))
    began = f"TIMESTAMP '{period.end}' - INTERVAL 12 MONTH"
    left, there = records.row(
        f"""
        SELECT count(*) FILTER ("left" <= TIMESTAMP '{period.end}' + INTERVAL 1 DAY), count(*) FROM people
        WHERE is_participant AND joined <= {began} AND ("left" IS NULL OR "left" > {began})
        """
    )
    nobody = phrases.needs(
        "participants",
        "joined",
        "Needs participants who had joined twelve months before the end of the records.",
        "يحتاج إلى مشاركين انضموا قبل نهاية السجلات باثني عشر شهرًا.",
    )
    return share(int(left), int(there), people=True, whole=nobody)


def _median_tenure(records: Records) -> Value:
    """Months by which half had left; those who are still there when the records end are followed up to there."""
    period = records.money_period or records.joining_period
    if not records.has("participants.left") or period is None:
        return lacking(phrases.missing("participants.left"))
    found = records.arrays(
        f"""
        SELECT greatest(datediff('month', joined, least(coalesce("left", TIMESTAMP '{period.end}'),
                        TIMESTAMP '{period.end}')), 0)::BIGINT AS months,
               coalesce("left" <= TIMESTAMP '{period.end}' + INTERVAL 1 DAY, false) AS gone
        FROM people WHERE is_participant AND joined IS NOT NULL
        """
    )
    middle = median_time(kaplan_meier(found["months"].astype(np.int64), found["gone"].astype(np.bool_)))
    if middle is None:
        return lacking(
            phrases.needs(
                "participants",
                "left",
                "Half of the participants had not left when the records end.",
                "لم يغادر نصف المشاركين حتى نهاية السجلات.",
            )
        )
    return Value(middle)
