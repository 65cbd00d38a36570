"""Requests for a refund: refused, cut, slow.

A request counts with the outcome that the records state; one without an outcome says nothing and is named in a note.
The price of a returned order is the sum of its lines in the main currency.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from compliance.indicators import phrases
from compliance.indicators.breakdown import breakdown, series
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, share
from compliance.measurement import Missing
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

_FALSE_POSITIVES = Text(
    en="Goods that were opened, out of date or bought elsewhere may be refused under an honest policy.",
    ar="قد تُرفض بحسب سياسة عادلة سلع فُتحت أو انتهت صلاحيتها أو اشتُريت من جهة أخرى.",
)


def _none_with(what_en: str, what_ar: str) -> Missing:
    return phrases.needs(
        "returns", None, f"Needs requests {what_en}: there is none.", f"يحتاج إلى طلبات {what_ar}: لا يوجد."
    )


_REQUESTS = Text(en="requests for a refund", ar="طلبات الاسترداد")


@indicator(
    id="refund_refused_share",
    title=Text(en="Return requests refused", ar="طلبات الإرجاع المرفوضة"),
    definition=Text(
        en="Return or refund requests that were refused, over all that were decided.",
        ar="طلبات الإرجاع أو ردّ المبلغ المرفوضة إلى كل ما بُتّ فيه منها.",
    ),
    formula="refused / (refunded + partly refunded + refused)",
    source="rule ind.refund_denial",
    unit="ratio",
    needs=("returns.outcome",),
    false_positives=_FALSE_POSITIVES,
)
def refund_refused_share(records: Records) -> Outcome:
    """Refused over decided requests; pending ones, partial refunds and participants' requests beside them."""
    decided = "outcome IN ('refunded', 'partly_refunded', 'refused')"
    refused, stated, open_, partly, mine, mine_stated, silent, days = records.row(
        f"""
        SELECT count(*) FILTER (outcome = 'refused'), count(*) FILTER ({decided}), count(*) FILTER (outcome = 'pending'),
               count(*) FILTER (outcome = 'partly_refunded'),
               count(*) FILTER (outcome = 'refused' AND by_participant),
               count(*) FILTER ({decided} AND by_participant), count(*) FILTER (outcome IS NULL),
               median(date_diff('day', requested, decided)) FILTER (decided >= requested)
        FROM return_requests
        """
    )
    notes: tuple[Text, ...] = ()
    if silent:
        notes = (
            Text(
                en=f"Requests without a stated outcome: {silent:,}. They are not counted.",
                ar=f"طلبات بلا نتيجة مذكورة: {phrases.isolate(f'{silent:,}')}. لم تُحتسب.",
            ),
        )
    none = _none_with("that were decided", "بُتّ فيها")
    return Outcome(
        share(refused, stated, people=True, whole=none),
        numerator_label=Text(en="refused", ar="مرفوضة"),
        denominator_label=Text(en="decided", ar="بُتّ فيها"),
        alternatives=(
            alternative(
                "pending_as_refused",
                Text(en="requests still waiting count as refused", ar="تُعدّ الطلبات المعلقة مرفوضة"),
                share(refused + open_, stated + open_, people=True, whole=none),
            ),
            alternative(
                "of_all_requests",
                Text(en="of all requests, those still waiting included", ar="من كل الطلبات، ومنها المعلقة"),
                share(refused, stated + open_, people=True, whole=none),
            ),
            alternative(
                "not_paid_in_full",
                Text(en="refused or refunded in part", ar="مرفوضة أو رُدّ جزء من مبلغها"),
                share(refused + partly, stated, people=True, whole=none),
            ),
            alternative(
                "participants_only",
                Text(en="requests of participants alone", ar="طلبات المشاركين وحدهم"),
                share(mine, mine_stated, people=True, whole=_none_with("of participants", "من مشاركين")),
            ),
            alternative(
                "median_days",
                Text(en="median days to decide", ar="القيمة الوسيطة لأيام البتّ"),
                lacking(phrases.missing("returns.decided")) if days is None else Value(Fraction(days)),
                unit="days",
            ),
        ),
        series=series(
            records,
            f"SELECT row, CAST(date_trunc('month', requested) AS DATE) AS month,"
            f" CAST(outcome = 'refused' AS BIGINT) AS part, 1::BIGINT AS whole FROM return_requests WHERE {decided}",
            people=True,
        ),
        evidence=records.evidence(
            "SELECT id, order_id, participant_id, requested, decided, outcome, amount, source_file, source_line"
            " FROM returns WHERE outcome = 'refused' ORDER BY source_file, source_line",
            count=refused,
        ),
        notes=notes,
    )


@indicator(
    id="refund_paid_share",
    title=Text(en="Given back of the price", ar="ما رُدّ من الثمن"),
    definition=Text(
        en="What was given back on requests that were granted, in whole or in part, over the price of the orders returned.",
        ar="ما رُدّ في الطلبات المقبولة كليًا أو جزئيًا إلى ثمن الطلبات المرتجعة.",
    ),
    formula="sum of refunds / sum of prices, of requests granted",
    source="rules ind.refund_denial, us.dsa.buyback90, us.tx.repurchase90, tw.mlmsa21.buyback90",
    unit="ratio",
    needs=("returns.outcome", "returns.amount", "returns.order_id", "orders.id", "orders.amount"),
    of_money=True,
    false_positives=Text(
        en="Returns of part of an order, shipping costs, commissions and bonuses that were taken off.",
        ar="إرجاع جزء من الطلب، ومصاريف الشحن، وعمولات ومكافآت خُصمت.",
    ),
)
def refund_paid_share(records: Records) -> Outcome:
    """Paid over price; the lowest single one within a year, and with refused requests as nothing, beside it."""
    granted = "outcome IN ('refunded', 'partly_refunded') AND paid IS NOT NULL AND price IS NOT NULL"
    year = f"{granted} AND requested <= bought + INTERVAL 12 MONTH"
    paid, price, lowest_paid, lowest_price, refused_price = records.row(
        f"""
        SELECT coalesce(sum(paid) FILTER ({granted}), 0), coalesce(sum(price) FILTER ({granted}), 0),
               arg_min(paid, (paid::DECIMAL(38, 0) * 1000000 // price, id)) FILTER ({year}),
               arg_min(price, (paid::DECIMAL(38, 0) * 1000000 // price, id)) FILTER ({year}),
               coalesce(sum(price) FILTER (outcome = 'refused'), 0)
        FROM return_requests
        """
    )
    figures = (
        f"SELECT row, CAST(date_trunc('month', requested) AS DATE) AS month, paid::BIGINT AS part,"
        f" price::BIGINT AS whole FROM return_requests WHERE {granted}"
    )
    none = _none_with("that were granted, with a price", "مقبولة ومعروفة الثمن")
    apart = breakdown(records, figures)
    main = share(int(paid), int(price), whole=none)
    return Outcome(
        Value(main.value, main.numerator, main.denominator, apart.interval, main.missing),
        numerator_label=Text(en="given back", ar="ما رُدّ"),
        denominator_label=Text(en="price of what was returned", ar="ثمن ما أُرجع"),
        alternatives=(
            alternative(
                "lowest_within_12_months",
                Text(
                    en="the lowest single refund, asked for within 12 months of the purchase",
                    ar="أقل ردّ منفرد طُلب خلال 12 شهرًا من الشراء",
                ),
                share(int(lowest_paid or 0), int(lowest_price or 0), whole=none),
            ),
            alternative(
                "refused_as_nothing",
                Text(en="refused requests count as nothing given back", ar="تُعدّ الطلبات المرفوضة ردًّا قدره صفر"),
                share(int(paid), int(price) + int(refused_price), whole=none),
            ),
        ),
        series=apart.series,
        evidence=records.evidence(
            f"SELECT id, order_id, requested, decided, outcome, paid, price, source_file, source_line FROM return_requests"
            f" WHERE {granted} ORDER BY source_file, source_line"
        ),
        period=records.money_period,
    )


@indicator(
    id="refunded_in_full",
    title=Text(en="Requests paid back in full", ar="طلبات رُدّ ثمنها كاملًا"),
    definition=Text(
        en="Requests for a refund with a stated outcome on which the whole price was given back, over all of them.",
        ar="طلبات الاسترداد المذكورة نتيجتها التي رُدّ فيها الثمن كاملًا إلى مجموعها.",
    ),
    formula="requests with refund >= price / requests with an outcome",
    source="rules uk.tsr1997.cancel14, uk.tsr1997.return_90days, tw.mlmsa20.withdraw30",
    unit="ratio",
    needs=("returns.outcome", "returns.amount", "returns.order_id", "orders.id", "orders.amount"),
    false_positives=_FALSE_POSITIVES,
)
def refunded_in_full(records: Records) -> Outcome:
    """Full refunds over requests, and of those asked for within 14, 30 and 90 days of the purchase."""
    known = "outcome IS NOT NULL AND price IS NOT NULL"
    full = f"{known} AND outcome = 'refunded' AND paid >= price"
    within = {days: f"requested <= bought + INTERVAL {days} DAY" for days in (14, 30, 90)}
    prompt = "decided <= requested + INTERVAL 30 DAY"
    found = records.row(
        f"SELECT count(*) FILTER ({full}), count(*) FILTER ({known}), "
        + ", ".join(f"count(*) FILTER ({full} AND {w}), count(*) FILTER ({known} AND {w})" for w in within.values())
        + f", count(*) FILTER ({full} AND {within[30]} AND {prompt}) FROM return_requests"
    )
    counts = [int(each) for each in found]
    none = _none_with("with an outcome and a price", "معروفة النتيجة والثمن")
    early = [
        alternative(
            f"within_{days}_days",
            Text(en=f"asked for within {days} days of the purchase", ar=f"ما طُلب خلال {days} يومًا من الشراء"),
            share(counts[at], counts[at + 1], people=True, whole=none),
        )
        for at, days in zip((2, 4, 6), within, strict=True)
    ]
    return Outcome(
        share(counts[0], counts[1], people=True, whole=none),
        numerator_label=Text(en="paid back in full", ar="رُدّت كاملة"),
        denominator_label=_REQUESTS,
        alternatives=(
            *early,
            alternative(
                "within_30_days_in_30_days",
                Text(
                    en="asked for within 30 days of the purchase and paid within 30 days of asking",
                    ar="ما طُلب خلال 30 يومًا من الشراء ورُدّ خلال 30 يومًا من الطلب",
                ),
                share(counts[8], counts[5], people=True, whole=none),
            ),
        ),
        series=series(
            records,
            f"SELECT row, CAST(date_trunc('month', requested) AS DATE) AS month,"
            f" CAST(coalesce({full}, false) AS BIGINT) AS part, 1::BIGINT AS whole FROM return_requests WHERE {known}",
            people=True,
        ),
        evidence=records.evidence(
            f"SELECT id, order_id, requested, decided, outcome, paid, price, source_file, source_line FROM return_requests"
            f" WHERE {known} AND NOT coalesce({full}, false) ORDER BY source_file, source_line",
            count=counts[1] - counts[0],
        ),
        period=records.money_period,
    )


@indicator(
    id="refund_days",
    title=Text(en="Days until a refund is decided", ar="الأيام حتى البت في الاسترداد"),
    definition=Text(
        en="Days from a request to its decision, for the middle one of the requests that were granted.",
        ar="الأيام من الطلب إلى البت فيه، للطلب الأوسط من الطلبات المقبولة.",
    ),
    formula="median of (decided - requested), requests granted",
    source="rule ind.refund_denial",
    unit="days",
    needs=("returns.requested", "returns.decided"),
    false_positives=Text(
        en="The day on which the money arrived may be later or earlier than the day of the decision.",
        ar="قد يصل المبلغ قبل يوم البت أو بعده.",
    ),
)
def refund_days(records: Records) -> Outcome:
    """The middle request's days; nine of ten, and refused ones, beside it."""
    days = "date_diff('day', requested, decided)"
    granted = f"outcome IN ('refunded', 'partly_refunded') AND {days} >= 0"
    middle, tenth, refused, count = records.row(
        f"SELECT quantile_disc({days}, 0.5) FILTER ({granted}), quantile_disc({days}, 0.9) FILTER ({granted}),"
        f" quantile_disc({days}, 0.5) FILTER (outcome = 'refused' AND {days} >= 0), count(*) FILTER ({granted})"
        " FROM returns"
    )
    none = _none_with("that were granted, with both dates", "مقبولة معروفة التاريخين")

    def of(found: int | None) -> Value:
        return lacking(none) if found is None else Value(int(found))

    return Outcome(
        of(middle),
        alternatives=(
            alternative(
                "nine_of_ten",
                Text(en="nine of ten were decided by then", ar="بُتّ في تسعة من كل عشرة حتى هذا اليوم"),
                of(tenth),
            ),
            alternative("refused", Text(en="until a refusal", ar="حتى الرفض"), of(refused)),
        ),
        evidence=records.evidence(
            f"SELECT id, order_id, requested, decided, {days} AS days, outcome, source_file, source_line FROM returns"
            f" WHERE {granted} ORDER BY days DESC, source_file, source_line",
            count=int(count),
        ),
        period=records.money_period,
    )
