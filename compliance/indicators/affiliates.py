"""Whether affiliates get what they earned, and when: sales that were never paid, commissions due and unpaid, days late.

A commission is due when the month in which it was earned has ended, any waiting time of the plan is over, and the days
of payment that the analyst assumes have passed (30 unless said). What is not due yet is never counted as unpaid. Where
the plan was computed, what it owes is held against what was paid; without it, sales are held against payments that
name them.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants; the currency is quoted

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from compliance.facts import REWARD_MONTH
from compliance.indicators import phrases
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, point, share
from compliance.indicators.saturation import last_day
from compliance.indicators.service import AFFILIATES, NO_AFFILIATES, has_affiliates
from compliance.measurement import Series
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

BUCKETS = (0, 7, 30, 90)
"""Days late up to which payments are counted together; beyond the last there is one more."""

NOTHING_DUE = phrases.needs(
    "payouts",
    "date",
    "No commission of an affiliate was due before the end of the records.",
    "لم تستحق أي عمولة لمسوّق بالعمولة قبل نهاية السجلات.",
)


NONE_NAMES = phrases.needs(
    "payouts",
    "source_order_id",
    "Needs dated payments to affiliates that name a dated order of the records: there is none.",
    "يحتاج إلى دفعات مؤرخة للمسوّقين بالعمولة تذكر طلبًا مؤرخًا في السجلات: لا توجد دفعة كهذه.",
)


def quoted(records: Records) -> str:
    """The main currency as SQL."""
    return "'" + (records.currency or "").replace("'", "''") + "'"


def due(records: Records, earned: str) -> str:
    """SQL of the day on which a commission is due that was earned at the time of the SQL `earned`."""
    wait = ""
    payment = records.plan.payment if records.plan is not None else None
    if payment is not None and payment.hold_days:
        wait = f" + INTERVAL {payment.hold_days} DAY"
    elif payment is not None and payment.hold_periods:
        wait = f" + INTERVAL {payment.hold_periods} MONTH"
    return f"(last_day({earned}{wait}) + INTERVAL {records.assumptions.payment_days} DAY)"


def terms(records: Records) -> Text:
    """The term of payment in words."""
    days = records.assumptions.payment_days
    payment = records.plan.payment if records.plan is not None else None
    held = payment.describe() if payment is not None else None
    return Text(
        en=f"Due {days} days after the end of the month (an assumption)." + (f" The plan: {held.en}" if held else ""),
        ar=f"موعد الاستحقاق بعد نهاية الشهر بأيام عددها {phrases.isolate(days)} (افتراض)."
        + (f" الخطة: {held.ar}" if held else ""),
    )


@indicator(
    id="unpaid_sales",
    title=Text(en="Affiliates' sales that no payment names", ar="مبيعات المسوّقين بالعمولة بلا دفعة تذكرها"),
    definition=Text(
        en="Orders of customers that are credited to an affiliate, whose commission is due before the end of the records and "
        "which were neither refunded nor reversed: the share that no payout names. Sales of affiliate managers are not among "
        "them. The alternative counts those on which the affiliate who is credited was paid nothing, or had it all "
        "taken back, whoever else was paid.",
        ar="طلبات العملاء المنسوبة إلى مسوّق بالعمولة التي استحقت عمولتها قبل نهاية السجلات ولم يُردّ ثمنها ولم تُلغَ: نسبة ما لا "
        "تذكره أي دفعة. ولا تدخل فيها مبيعات مديري المسوّقين. ويحسب التعريف البديل ما لم يُصرف عنه شيء للمسوّق المنسوب إليه أو استُرد "
        "منه كله، ولو صُرف لغيره.",
    ),
    formula="#{o due : no payout names o} / #{o due}",
    source="Definition of this project; rule aff.paid_on_time",
    unit="ratio",
    needs=("participants.kind", "orders.id", "orders.seller_id", "orders.date", "payouts.source_order_id"),
    false_positives=Text(
        en="Goods on which the plan pays nothing; sales under a minimum that has not been reached; payments in one sum.",
        ar="سلع لا تدفع عنها الخطة، ومبيعات دون حد أدنى لم يُبلغ، ودفعات بمبلغ واحد مجمّع.",
    ),
)
def unpaid_sales(records: Records) -> Outcome:
    """Sales credited to affiliates and due, that no payout line names."""
    if not records.once(has_affiliates):
        return Outcome(lacking(NO_AFFILIATES))
    end = records.once(last_day)
    sold = f"""
        SELECT o.id AS order_id, o.date, o.seller_id AS affiliate_id, o.amount,
               o.id NOT IN (SELECT source_order_id FROM payouts WHERE source_order_id IS NOT NULL) AS unpaid,
               (SELECT coalesce(sum(y.amount), 0) FROM payouts y
                WHERE y.source_order_id = o.id AND y.participant_id = o.seller_id) <= 0 AS seller_unpaid
        FROM orders o JOIN people p ON p.id = o.seller_id
        WHERE p.kind = 'affiliate' AND o.currency = {quoted(records)} AND o.amount > 0 AND o.reverses IS NULL
          AND o.id IS NOT NULL AND o.date IS NOT NULL AND o.buyer_id IS DISTINCT FROM o.seller_id
          AND {due(records, "o.date")} <= TIMESTAMP '{end}'
          AND o.id NOT IN (SELECT order_id FROM returns WHERE order_id IS NOT NULL AND outcome IS DISTINCT FROM 'refused')
          AND o.id NOT IN (SELECT reverses FROM orders WHERE reverses IS NOT NULL)
    """
    months = records.all(
        f"SELECT strftime(date, '%Y-%m'), count(*) FILTER (unpaid), count(*), sum(amount) FILTER (unpaid), sum(amount),"
        f" count(*) FILTER (seller_unpaid) FROM ({sold}) GROUP BY 1 ORDER BY 1"
    )
    if not months:
        return Outcome(lacking(NOTHING_DUE))
    unpaid, whole, amount, total, seller_unpaid = (sum(int(row[at] or 0) for row in months) for at in range(1, 6))
    return Outcome(
        share(unpaid, whole),
        numerator_label=Text(en="sales that no payout names", ar="مبيعات لا تذكرها أي دفعة"),
        denominator_label=Text(
            en="affiliates' sales whose commission was due", ar="مبيعات المسوّقين التي استحقت عمولتها"
        ),
        headline_label=Text(en="by number of sales", ar="بعدد المبيعات"),
        alternatives=(
            alternative(
                "by_amount", Text(en="by amount of the sales", ar="بمبلغ المبيعات"), share(amount, total), of_money=True
            ),
            alternative(
                "to_the_affiliate",
                Text(en="nothing paid to the affiliate credited", ar="لم يُصرف شيء للمسوّق المنسوب إليه البيع"),
                share(seller_unpaid, whole),
            ),
        ),
        series=(
            Series(
                id="by_month",
                label=Text(en="By month of the sale", ar="بحسب شهر البيع"),
                axis="period",
                unit="ratio",
                points=tuple(point(month, share(int(part), int(all_))) for month, part, all_, *_ in months),
            ),
        ),
        evidence=records.evidence(
            f"SELECT order_id, date, affiliate_id, amount FROM ({sold}) WHERE unpaid ORDER BY date, order_id",
            count=unpaid,
        ),
        notes=(terms(records),),
        period=records.money_period,
    )


@indicator(
    id="late_commissions",
    title=Text(en="Affiliates' commissions paid late", ar="عمولات المسوّقين المصروفة متأخرة"),
    definition=Text(
        en="Payments to affiliates that name the sale they are for: the share, by amount, that was made after the day on "
        "which it was due.",
        ar="الدفعات للمسوّقين بالعمولة التي تذكر البيع الذي صُرفت عنه: نسبة ما صُرف منها بعد موعد استحقاقه، بالمبلغ.",
    ),
    formula="sum of payments with paid > due / sum of payments; due = end of the month of the sale + waiting time + days",
    source="Definition of this project; rule aff.paid_on_time",
    unit="ratio",
    needs=(
        "participants.kind",
        "orders.id",
        "orders.date",
        "payouts.source_order_id",
        "payouts.date",
        "payouts.amount",
    ),
    of_money=True,
    false_positives=Text(
        en="Terms of payment that are longer than assumed; a balance that waited for its minimum; a corrected payment.",
        ar="شروط صرف أطول من المفترض، ورصيد انتظر بلوغ حدّه الأدنى، ودفعة مصحَّحة.",
    ),
)
def late_commissions(records: Records) -> Outcome:
    """Payments against the day they were due, with how late they were."""
    if not records.once(has_affiliates):
        return Outcome(lacking(NO_AFFILIATES))
    paid = f"""
        SELECT y.id AS payout_id, y.participant_id AS affiliate_id, o.id AS order_id, o.date AS sold, y.date AS paid,
               y.amount, datediff('day', {due(records, "o.date")}, y.date) AS days_late
        FROM payouts y JOIN people p ON p.id = y.participant_id JOIN orders o ON o.id = y.source_order_id
        WHERE p.kind IN {AFFILIATES} AND y.amount > 0 AND y.date IS NOT NULL AND o.date IS NOT NULL
          AND y.currency = {quoted(records)}
    """
    cases = " ".join(f"WHEN days_late <= {upto} THEN {at}" for at, upto in enumerate(BUCKETS))
    found = records.all(
        f"""
        SELECT CASE {cases} ELSE {len(BUCKETS)} END AS bucket, strftime(paid, '%Y-%m') AS month, count(*), sum(amount)
        FROM ({paid}) GROUP BY 1, 2 ORDER BY 1, 2
        """
    )
    if not found:
        return Outcome(lacking(NONE_NAMES))
    lines, whole = sum(int(row[2]) for row in found), sum(int(row[3]) for row in found)
    late_lines = sum(int(row[2]) for row in found if row[0] > 0)
    late = sum(int(row[3]) for row in found if row[0] > 0)
    names = ["0", *(f"{low + 1}-{high}" for low, high in pairwise(BUCKETS)), f">{BUCKETS[-1]}"]
    months = sorted({str(row[1]) for row in found})

    def of(month: str, *, only_late: bool) -> int:
        return sum(int(row[3]) for row in found if row[1] == month and (row[0] > 0 or not only_late))

    return Outcome(
        share(late, whole),
        numerator_label=Text(en="paid after the due day", ar="صُرف بعد موعد الاستحقاق"),
        denominator_label=Text(en="paid to affiliates for known sales", ar="صُرف للمسوّقين عن مبيعات معروفة"),
        headline_label=Text(en="by amount", ar="بالمبلغ"),
        alternatives=(
            alternative(
                "by_number",
                Text(en="by number of payments", ar="بعدد الدفعات"),
                share(late_lines, lines),
                of_money=False,
            ),
        ),
        series=(
            Series(
                id="days_late",
                label=Text(en="Payments by days late", ar="الدفعات بحسب أيام التأخر"),
                axis="category",
                unit="ratio",
                of_money=False,
                points=tuple(
                    point(name, share(sum(int(row[2]) for row in found if row[0] == at), lines))
                    for at, name in enumerate(names)
                ),
            ),
            Series(
                id="by_month",
                label=Text(en="Paid late, by month of payment", ar="المصروف متأخرًا بحسب شهر الصرف"),
                axis="period",
                unit="ratio",
                points=tuple(
                    point(month, share(of(month, only_late=True), of(month, only_late=False))) for month in months
                ),
            ),
        ),
        evidence=records.evidence(
            f"SELECT * FROM ({paid}) WHERE days_late > 0 ORDER BY days_late DESC, paid, payout_id, order_id, amount",
            count=late_lines,
        ),
        notes=(terms(records),),
        period=records.money_period,
    )


@indicator(
    id="days_to_payment",
    title=Text(en="Days from an affiliate's sale to the payment", ar="الأيام من بيع المسوّق بالعمولة إلى الصرف"),
    definition=Text(
        en="The median of the days from a sale to the payment that names it, over payments to affiliates. The alternative is "
        "the day by which nine in ten were paid.",
        ar="القيمة الوسيطة لعدد الأيام من البيع إلى الدفعة التي تذكره، للدفعات المصروفة للمسوّقين بالعمولة. والتعريف البديل هو "
        "اليوم الذي صُرفت حتى حلوله تسع دفعات من كل عشر.",
    ),
    formula="median(paid - sold)",
    source="Definition of this project",
    unit="days",
    needs=("participants.kind", "orders.id", "orders.date", "payouts.source_order_id", "payouts.date"),
    false_positives=Text(
        en="A waiting time that the terms state, for goods that may still come back.",
        ar="مدة انتظار تنص عليها الشروط لسلع قد تُعاد.",
    ),
)
def days_to_payment(records: Records) -> Outcome:
    """How long affiliates wait for their money."""
    if not records.once(has_affiliates):
        return Outcome(lacking(NO_AFFILIATES))
    waited = f"""
        SELECT y.id AS payout_id, y.participant_id AS affiliate_id, o.id AS order_id, o.date AS sold, y.date AS paid,
               datediff('day', o.date, y.date) AS days
        FROM payouts y JOIN people p ON p.id = y.participant_id JOIN orders o ON o.id = y.source_order_id
        WHERE p.kind IN {AFFILIATES} AND y.amount > 0 AND y.date IS NOT NULL AND o.date IS NOT NULL
    """
    count, half, most = records.row(
        f"SELECT count(*), quantile_disc(days, 0.5), quantile_disc(days, 0.9) FROM ({waited})"
    )
    if not count:
        return Outcome(lacking(NONE_NAMES))
    months = records.all(
        f"SELECT strftime(sold, '%Y-%m'), quantile_disc(days, 0.5) FROM ({waited}) GROUP BY 1 ORDER BY 1"
    )
    return Outcome(
        Value(int(half)),
        headline_label=Text(en="median", ar="القيمة الوسيطة"),
        alternatives=(
            alternative(
                "nine_in_ten",
                Text(en="nine in ten were paid by then", ar="صُرفت حتى حينه تسع من كل عشر"),
                Value(int(most)),
            ),
        ),
        series=(
            Series(
                id="by_month",
                label=Text(en="Median by month of the sale", ar="القيمة الوسيطة بحسب شهر البيع"),
                axis="period",
                unit="days",
                points=tuple(point(month, Value(int(days))) for month, days in months),
            ),
        ),
        evidence=records.evidence(
            f"SELECT * FROM ({waited}) ORDER BY days DESC, sold, payout_id, order_id", count=int(count)
        ),
        period=records.money_period,
    )


@indicator(
    id="unpaid_commissions",
    title=Text(en="Commissions due to affiliates and not paid", ar="عمولات مستحقة للمسوّقين ولم تُصرف"),
    definition=Text(
        en="What the plan, computed on the records, owes each affiliate by the end of the records for what was due by then, "
        "less all that the affiliate was paid, where that is positive: the sum over affiliates, as a share of all that was "
        "due. A rest under the plan's minimum payout is not counted.",
        ar="ما تستحقه للمسوّق بالعمولة الخطة المحتسبة على السجلات حتى نهايتها عما حلّ موعده، مطروحًا منه كل ما صُرف له، حيث يكون "
        "الباقي موجبًا: المجموع لكل المسوّقين إلى جميع المستحق. ولا يُحتسب باقٍ دون الحد الأدنى للصرف في الخطة.",
    ),
    formula="sum_i max(0, due_i - paid_i) / sum_i due_i",
    source="Definition of this project; rule aff.paid_on_time",
    unit="ratio",
    needs=("participants.kind", "computed.amount", "payouts.amount"),
    of_money=True,
    false_positives=Text(
        en="A plan that is not the one by which the company paid: see recorded against recomputed.",
        ar="خطة غير التي صرفت الشركة بها: يُنظر الفرق بين المسجَّل والمعاد احتسابه.",
    ),
)
def unpaid_commissions(records: Records) -> Outcome:
    """Due by the plan less paid, affiliate by affiliate."""
    if not records.once(has_affiliates):
        return Outcome(lacking(NO_AFFILIATES))
    end, currency = records.once(last_day), quoted(records)
    payment = records.plan.payment if records.plan is not None else None
    least = int(payment.minimum * 10**records.scale) if payment is not None else 0
    earned = f"coalesce(CAST(r.date AS TIMESTAMP), CAST({REWARD_MONTH.strip()} AS TIMESTAMP))"
    owed = f"""
        WITH due AS (
            SELECT r.participant_id AS id, sum(r.amount)::BIGINT AS due FROM computed r
            WHERE r.status IN ('paid', 'released') AND r.currency = {currency}
              AND {due(records, earned)} <= TIMESTAMP '{end}' GROUP BY 1
        ), paid AS (
            SELECT participant_id AS id, sum(amount)::BIGINT AS paid FROM payouts WHERE currency = {currency} GROUP BY 1
        )
        SELECT p.id AS affiliate_id, d.due, coalesce(y.paid, 0)::BIGINT AS paid,
               CASE WHEN d.due - coalesce(y.paid, 0) > 0 AND d.due - coalesce(y.paid, 0) >= {least}
                    THEN d.due - coalesce(y.paid, 0) ELSE 0 END AS unpaid
        FROM due d JOIN people p USING (id) LEFT JOIN paid y USING (id) WHERE p.kind IN {AFFILIATES} AND d.due > 0
    """
    affiliates, behind, unpaid, whole = (
        int(total)
        for total in records.row(
            "SELECT count(*), count(*) FILTER (unpaid > 0), coalesce(sum(unpaid), 0), coalesce(sum(due), 0)"
            f" FROM ({owed})"
        )
    )
    if not affiliates:
        return Outcome(lacking(NOTHING_DUE))
    return Outcome(
        share(unpaid, whole),
        numerator_label=Text(en="due and not paid", ar="مستحق ولم يُصرف"),
        denominator_label=Text(en="due to affiliates", ar="المستحق للمسوّقين بالعمولة"),
        headline_label=Text(en="by amount", ar="بالمبلغ"),
        alternatives=(
            alternative(
                "affiliates",
                Text(en="affiliates who are owed something", ar="المسوّقون الذين لهم مستحقات"),
                share(behind, affiliates, people=True),
            ),
        ),
        evidence=records.evidence(
            f"SELECT * FROM ({owed}) WHERE unpaid > 0 ORDER BY unpaid DESC, affiliate_id", count=behind
        ),
        notes=(terms(records),),
        period=records.money_period,
    )
