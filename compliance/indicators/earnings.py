"""What people earn and what it costs to begin: those who were paid nothing, and the price of entry.

"Nothing" means no payment from the company; income from selling on is not in these records unless they say so.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from compliance.facts import JOINING
from compliance.indicators import phrases
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, money, point, share
from compliance.measurement import Series
from compliance.statistics import median
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records


@indicator(
    id="zero_earner_share",
    title=Text(en="Share who were paid nothing", ar="نسبة من لم تُصرف لهم أي عمولة"),
    definition=Text(
        en="Everyone ever enrolled to whom the company paid nothing in all, over everyone ever enrolled.",
        ar="من لم تصرف لهم الشركة شيئًا في المجموع إلى جميع من انضموا في أي وقت.",
    ),
    formula="#{i : p_i <= 0} / N, Wilson interval at 95 %",
    source="FTC staff report 2024; rule ind.zero_earners",
    unit="ratio",
    needs=("participants.id", "rewards.amount"),
    false_positives=Text(
        en="Members who joined only for a discount never meant to earn.",
        ar="من انضم للحصول على خصم فقط لم يقصد الكسب.",
    ),
)
def zero_earner_share(records: Records) -> Outcome:
    """Those without a payout, all and by month of joining."""
    unpaid, everyone, buyers, buyers_unpaid = (
        int(count)
        for count in records.row(
            """
            SELECT count(*) FILTER (paid_out <= 0), count(*), count(*) FILTER (orders > 0),
                   count(*) FILTER (orders > 0 AND paid_out <= 0) FROM net
            """
        )
    )
    cohorts = records.all(
        """
        SELECT strftime(joined, '%Y-%m') AS month, count(*) FILTER (paid_out <= 0), count(*) FROM net
        WHERE joined IS NOT NULL GROUP BY 1 ORDER BY 1
        """
    )
    return Outcome(
        share(unpaid, everyone, people=True, whole=phrases.nobody()),
        numerator_label=Text(en="were paid nothing", ar="لم تُصرف لهم أي عمولة"),
        denominator_label=phrases.ALL_ENROLLED,
        alternatives=(
            alternative(
                "recorded_payers",
                Text(en="of those whose payments are recorded", ar="ممن سُجّلت مدفوعاتهم"),
                share(buyers_unpaid, buyers, people=True, whole=phrases.missing("orders.buyer_id")),
            ),
        ),
        series=(
            Series(
                id="by_cohort",
                label=Text(en="By month of joining", ar="بحسب شهر الانضمام"),
                axis="cohort",
                unit="ratio",
                points=tuple(point(month, share(int(some), int(all_), people=True)) for month, some, all_ in cohorts),
            ),
        ),
        evidence=records.evidence(
            "SELECT id, joined, paid_in, paid_out FROM net WHERE paid_out <= 0 ORDER BY id", count=unpaid
        ),
        period=records.money_period,
    )


@indicator(
    id="entry_cost",
    title=Text(en="What joining cost the middle participant", ar="تكلفة الانضمام لمن في وسط القائمة"),
    definition=Text(
        en="The median of what those who paid anything paid in the first days after their first payment. Beside it, the "
        "median of what participants were paid in all.",
        ar="القيمة الوسيطة لما دفعه من دفعوا شيئًا في الأيام الأولى من أول دفعة لهم. وبجانبها القيمة الوسيطة لكل ما صُرف "
        "للمشارك.",
    ),
    formula="median over payers of payments within D days of the first",
    source="rule ind.upfront_cost",
    unit="money",
    needs=("participants.id", "orders.buyer_id", "orders.date"),
    false_positives=Text(
        en="A large first order of goods that a customer would buy as well.",
        ar="طلب أول كبير من سلع يشتريها أي عميل.",
    ),
)
def entry_cost(records: Records) -> Outcome:
    """Median first payments, and median payout over everyone ever enrolled."""
    days = records.assumptions.entry_days
    first = records.arrays(
        f"""
        SELECT coalesce(sum(o.amount) FILTER (o.date <= f.first_order + INTERVAL {days} DAY), 0)::BIGINT AS early,
               coalesce(sum(o.amount) FILTER (o.date <= f.first_order + INTERVAL {days} DAY
                                              AND o.category IN {JOINING}), 0)::BIGINT AS joining
        FROM order_facts o JOIN first_orders f ON f.row = o.buyer
        WHERE o.side = 'participant' GROUP BY o.buyer ORDER BY o.buyer
        """
    )
    if len(first["early"]) == 0:
        return Outcome(lacking(phrases.nobody()))

    def middle(values: np.ndarray) -> Value:
        return money(median(values.astype(np.int64)), records.scale) if len(values) else lacking(phrases.nobody())

    everyone = payees = lacking(phrases.missing("rewards.amount"))
    if records.has("rewards.amount"):
        out = records.arrays("SELECT paid_out::BIGINT AS paid_out FROM net ORDER BY row")["paid_out"]
        everyone, payees = middle(out), middle(out[out > 0])
    return Outcome(
        middle(first["early"]),
        headline_label=Text(
            en=f"within {days} days of the first payment", ar=f"خلال {phrases.isolate(days)} يومًا من أول دفعة"
        ),
        alternatives=(
            alternative(
                "fees_and_kits",
                Text(en="fees, starter kits and deposits only", ar="الرسوم وحقائب البداية والإيداعات فقط"),
                middle(first["joining"]),
            ),
            alternative(
                "median_payout",
                Text(en="median payout, everyone ever enrolled", ar="القيمة الوسيطة للعمولات لجميع من انضموا"),
                everyone,
            ),
            alternative(
                "median_payout_of_paid",
                Text(en="median payout, only those who were paid", ar="القيمة الوسيطة للعمولات لمن صُرفت لهم فقط"),
                payees,
            ),
            alternative(
                "mean",
                Text(en="mean first payments", ar="المتوسط الحسابي للدفعات الأولى"),
                money(Fraction(int(first["early"].sum()), len(first["early"])), records.scale),
            ),
        ),
        evidence=records.evidence(
            f"""
            SELECT p.id, min(f.first_order) AS first_payment, sum(o.amount)::BIGINT AS paid
            FROM order_facts o JOIN first_orders f ON f.row = o.buyer JOIN people p ON p.row = o.buyer
            WHERE o.side = 'participant' AND o.date <= f.first_order + INTERVAL {days} DAY
            GROUP BY p.id ORDER BY paid DESC, p.id
            """,
            count=len(first["early"]),
        ),
        period=records.money_period,
    )
