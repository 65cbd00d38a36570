"""What flows through: payouts over revenue, and people who leave."""

# ruff: noqa: S608 - queries are put together from this room's own constants

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.indicators import phrases
from compliance.indicators.flows import by_month, paid, revenue
from compliance.indicators.registry import Outcome, alternative, indicator, lacking, point, share
from compliance.measurement import Series
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records


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
    return Outcome(
        share(out.total, money.total),
        numerator_label=phrases.PAYOUTS,
        denominator_label=Text(en="all revenue", ar="مجموع الإيراد"),
        alternatives=(
            alternative(
                "of_participants_payments",
                Text(en="over what participants paid", ar="إلى ما دفعه المشاركون"),
                share(out.total, money.participants),
            ),
        ),
        series=(
            Series(
                id="by_month",
                label=Text(en="By month", ar="بحسب الشهر"),
                axis="period",
                unit="ratio",
                points=tuple(
                    point(month, share(payouts, members + outside))
                    for month, members, outside, payouts in records.once(by_month)
                    if members + outside > 0
                ),
            ),
        ),
        evidence=records.evidence("SELECT * FROM money_out ORDER BY source_file, source_line", count=out.lines),
        period=records.money_period,
    )


_LAST_SEEN = """
    SELECT n.id, n.joined, n."left", greatest(n.joined, n.last_entry, r.last_recruit) AS last_seen
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
        cohorts = records.all(
            f"""
            SELECT strftime(joined, '%Y-%m') AS month, count(*) FILTER (last_seen < {since}), count(*)
            FROM ({_LAST_SEEN}) WHERE joined < {since} GROUP BY 1 ORDER BY 1
            """
        )
        quiet, old = sum(int(each[1]) for each in cohorts), sum(int(each[2]) for each in cohorts)
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
        series = (
            Series(
                id="by_cohort",
                label=Text(en="Silent, by month of joining", ar="من توقف نشاطهم بحسب شهر الانضمام"),
                axis="cohort",
                unit="ratio",
                points=tuple(point(month, share(int(some), int(all_), people=True)) for month, some, all_ in cohorts),
            ),
        )
        if recorded.value is None:
            evidence = (
                f"SELECT * FROM ({_LAST_SEEN}) WHERE joined < {since} AND last_seen < {since} ORDER BY last_seen, id"
            )
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
        alternatives=(alternative("silent", still, silent) if by_record else alternative("left", left, recorded),),
        series=series,
        evidence=records.evidence(evidence),
        period=records.money_period or records.joining_period,
    )
