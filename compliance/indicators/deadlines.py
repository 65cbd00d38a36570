"""Orders crowded before the cut-off of a period: participants' beside customers' in the same days.

A season or a sale lifts both; a qualification deadline only those who have something to qualify for. Hence the difference
of the two ratios is what counts. Standing orders fall on fixed days and are left out. The cut-off is the end of the plan's
commission period, of the calendar month where no plan says otherwise.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from typing import TYPE_CHECKING

from compliance.indicators import phrases
from compliance.indicators.breakdown import breakdown
from compliance.indicators.registry import INTERVAL_PLACES, Outcome, Value, alternative, indicator, lacking, point
from compliance.measurement import Interval, Missing, Series, decimal_string
from compliance.models.orders import period_end
from compliance.statistics import Z95, wilson
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

LAST_DAYS = 3
"""Default of the reference (ind.deadline_loading)."""

NO_CUSTOMERS = phrases.needs(
    "orders",
    "buyer_kind",
    "Needs orders by customers: the records show none.",
    "يحتاج إلى طلبات عملاء: لا يظهر منها شيء في السجلات.",
)


@dataclass(frozen=True, slots=True)
class Late:
    """Orders of one side, and those in the last days of their period."""

    late: int
    lines: int
    days: int
    """Sum over the orders of the days of their period: by its mean the share of the last days is reckoned."""
    amount_late: int
    amount: int

    @property
    def expected(self) -> Fraction:
        """The share of the orders in the last days if they were spread evenly."""
        return Fraction(LAST_DAYS * self.lines, self.days)

    @property
    def ratio(self) -> Fraction | None:
        """1 is even."""
        return Fraction(self.late, self.lines) / self.expected if self.lines else None

    @property
    def z(self) -> Decimal | None:
        """In standard errors of an even spread."""
        if not self.lines:
            return None
        found = period_end(
            Fraction(self.late), Fraction(self.lines), Fraction(LAST_DAYS), Fraction(self.days, self.lines)
        )["z"]
        return None if found is None else Decimal(str(found))

    @property
    def variance(self) -> Fraction:
        """Of the ratio, binomial."""
        seen = Fraction(self.late, self.lines)
        return seen * (1 - seen) / self.lines / self.expected**2


def cut_off(records: Records) -> tuple[str, str]:
    """SQL: whether an order lies in the last days of its period, and how many days that period has."""
    length = "month" if records.plan is None or records.plan.period in ("whole", "day") else records.plan.period
    if length == "month":
        # whole days are subtracted, which is several times faster than taking the day's number out of each date
        return f"last_day(date::DATE) - date::DATE < {LAST_DAYS}", "date_part('day', last_day(date::DATE))"
    begins, ends = f"date_trunc('{length}', date)", f"(date_trunc('{length}', date) + INTERVAL 1 {length})"
    return f"date >= {ends} - INTERVAL {LAST_DAYS} DAY", f"date_diff('day', {begins}, {ends})"


def late_orders(records: Records) -> dict[str, Late]:
    """By side."""
    late, days = cut_off(records)
    return {
        str(side): Late(*(int(each) for each in rest))
        for side, *rest in records.all(
            f"""
            SELECT side::VARCHAR, coalesce(sum(lines) FILTER ({late}), 0), sum(lines), sum(lines * {days}),
                   coalesce(sum(amount) FILTER ({late}), 0), sum(amount)
            FROM (
                SELECT side, date::DATE AS date, count(*) AS lines, sum(greatest(amount, 0)) AS amount
                FROM order_facts WHERE date IS NOT NULL AND category <> 'autoship' GROUP BY 1, 2
            ) GROUP BY 1 ORDER BY 1
            """
        )
    }


def difference(mine: Late, others: Late) -> tuple[Fraction, Decimal] | None:
    """Participants' ratio less customers', and its standard error; None where a side has no orders."""
    if mine.ratio is None or others.ratio is None:
        return None
    variance = mine.variance + others.variance
    with localcontext(Context(prec=40)):
        error = (Decimal(variance.numerator) / Decimal(variance.denominator)).sqrt()
    return mine.ratio - others.ratio, error


def _ratio(found: Late | None, whole: Missing) -> Value:
    if found is None or found.ratio is None:
        return lacking(whole)
    low, high = wilson(found.late, found.lines)
    scale = Decimal(found.days) / (LAST_DAYS * found.lines)
    interval = Interval(
        low=decimal_string(low * scale, INTERVAL_PLACES), high=decimal_string(high * scale, INTERVAL_PLACES)
    )
    return Value(found.ratio, interval=interval)


@indicator(
    id="period_end_loading",
    title=Text(en="Purchases crowded at the end of the period", ar="تركّز المشتريات في آخر الفترة"),
    definition=Text(
        en="Participants' orders in the last three days of a commission period (of a calendar month where no plan says "
        "otherwise) against an even spread over its days: 1 is even. Customers' orders beside it tell a sales season from "
        "a qualification deadline.",
        ar="طلبات المشاركين في آخر ثلاثة أيام من فترة الاحتساب (أو من الشهر إن لم تُرفق خطة) مقارنة بتوزيع متساوٍ على أيامها: 1 "
        "يعني التساوي. وتُعرض بجانبها طلبات العملاء للتمييز بين موسم بيع وموعد تأهّل.",
    ),
    formula="(k / n) / (w / T); k orders in the last w = 3 of T days",
    source="rule ind.deadline_loading; models: period end, difference to customers' orders in the same days",
    unit="number",
    needs=("orders.date", "orders.buyer_id", "participants.id"),
    false_positives=Text(
        en="Recurring orders on fixed days, paydays, promotions that end with the month.",
        ar="طلبات دورية في أيام ثابتة، وأيام صرف الرواتب، وعروض تنتهي بنهاية الشهر.",
    ),
)
def period_end_loading(records: Records) -> Outcome:
    """Participants' orders in the last three days; customers', the difference, and by amount, beside it."""
    found = records.once(late_orders)
    mine, others = found.get("participant"), found.get("outside")
    late, _ = cut_off(records)
    apart = Value(None, missing=(NO_CUSTOMERS,))
    if mine is not None and others is not None and (both := difference(mine, others)) is not None:
        gap, error = both
        low, high = (Decimal(gap.numerator) / gap.denominator + sign * Z95 * error for sign in (-1, 1))
        interval = Interval(
            low=decimal_string(low, INTERVAL_PLACES), high=decimal_string(high, INTERVAL_PLACES), method="normal"
        )
        apart = Value(gap, interval=interval)
    by_amount = lacking(phrases.nobody())
    if mine is not None and mine.amount > 0:
        by_amount = Value(Fraction(mine.amount_late, mine.amount) / mine.expected)
    shares = breakdown(
        records,
        f"SELECT buyer AS row, month, CAST({late} AS BIGINT) AS part, 1::BIGINT AS whole FROM order_facts"
        " WHERE side = 'participant' AND date IS NOT NULL AND category <> 'autoship'",
    )
    note = Text(
        en="The share of orders in the last three days; an even spread over 30 days gives 0.1.",
        ar="نسبة الطلبات في آخر ثلاثة أيام؛ والتوزيع المتساوي على 30 يومًا يعطي 0.1.",
    )
    z = None if mine is None else mine.z
    return Outcome(
        _ratio(mine, phrases.nobody()),
        alternatives=(
            alternative("customers", Text(en="customers' orders", ar="طلبات العملاء"), _ratio(others, NO_CUSTOMERS)),
            alternative(
                "difference",
                Text(en="participants' ratio less customers'", ar="نسبة المشاركين مطروحًا منها نسبة العملاء"),
                apart,
            ),
            alternative("by_amount", Text(en="by amount and not by orders", ar="بالمبالغ لا بعدد الطلبات"), by_amount),
            alternative(
                "standard_errors",
                Text(
                    en="the distance from an even spread in standard errors",
                    ar="البعد عن التوزيع المتساوي بالأخطاء المعيارية",
                ),
                lacking(phrases.nobody()) if z is None else Value(z),
            ),
        ),
        series=(
            Series(
                id="by_side",
                label=Text(en="By buyer", ar="بحسب المشتري"),
                axis="category",
                unit="number",
                points=tuple(
                    point(side, _ratio(found[side], NO_CUSTOMERS))
                    for side in ("participant", "outside")
                    if side in found
                ),
            ),
            *(each.model_copy(update={"note": each.note or note}) for each in shares.series),
        ),
        evidence=records.evidence(
            f"SELECT * FROM money_in WHERE side = 'participant' AND category IS DISTINCT FROM 'autoship' AND {late}"
            " ORDER BY source_file, source_line",
            count=0 if mine is None else mine.late,
        ),
        period=records.money_period,
    )
