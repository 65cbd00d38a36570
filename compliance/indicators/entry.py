"""What it costs to get in: joining fees and starter kits, and the trade in training and tools.

Whether a payment was a condition of joining is read from the category of the order and from how many paid it,
not from a contract; the definitions say so.
"""

# ruff: noqa: S608 - queries are put together from constants of this room

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.facts import JOINING
from compliance.indicators import phrases
from compliance.indicators.flows import revenue
from compliance.indicators.registry import Outcome, alternative, indicator, lacking, money, share
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records


@indicator(
    id="joining_fee",
    title=Text(en="Fees and starter kits of the middle participant", ar="رسوم وحقيبة البداية للمشارك الأوسط"),
    definition=Text(
        en="What each participant first paid in fees, starter kits and deposits; the middle participant's sum, those who "
        "paid nothing included.",
        ar="أول ما دفعه كل مشارك رسمًا أو حقيبة بداية أو إيداعًا؛ ومبلغ المشارك الأوسط، مع احتساب من لم يدفع شيئًا.",
    ),
    formula="median over participants of the first fee, starter kit or deposit",
    source="law.json us.koscot1975.payment_prong, cn.chuanxiao2005.entry_fee",
    unit="money",
    needs=("orders.amount", "orders.buyer_id", "orders.category", "participants.id"),
    false_positives=Text(
        en="An optional kit that most people take looks like a required one.",
        ar="حقيبة البداية الاختيارية التي يأخذها معظم المنضمين تبدو إلزامية.",
    ),
)
def joining_fee(records: Records) -> Outcome:
    """The middle of first joining payments, and what all but one in twenty paid at least."""
    people, payers, middle, nearly_all = records.row(
        f"""
        WITH first_payment AS (
            SELECT buyer AS row, arg_min(amount, (date IS NULL, date, amount)) AS amount FROM order_facts
            WHERE side = 'participant' AND category IN {JOINING} AND amount > 0 GROUP BY 1
        )
        SELECT count(*), count(f.amount), quantile_disc(coalesce(f.amount, 0), 0.5),
               quantile_disc(coalesce(f.amount, 0), 0.05)
        FROM people p LEFT JOIN first_payment f USING (row) WHERE p.is_participant
        """
    )
    if not people:
        return Outcome(lacking(phrases.nobody()))
    return Outcome(
        money(int(middle), records.scale),
        numerator_label=Text(en="first joining payment", ar="أول دفعة للانضمام"),
        headline_label=Text(en="paid by the middle participant", ar="ما دفعه المشارك الأوسط"),
        alternatives=(
            alternative(
                "nearly_all",
                Text(en="paid at least by 95 of 100 participants", ar="ما دفعه على الأقل 95 من كل 100 مشارك"),
                money(int(nearly_all), records.scale),
                bound="exact" if payers else "lower",
            ),
            alternative(
                "take_up",
                Text(en="share of participants who paid any", ar="نسبة المشاركين الذين دفعوا شيئًا"),
                share(int(payers), int(people), people=True),
            ),
        ),
        evidence=records.evidence(
            f"SELECT * FROM money_in WHERE side = 'participant' AND category IN {JOINING}"
            " ORDER BY source_file, source_line"
        ),
        notes=(
            Text(
                en=f"Participants with a recorded fee, starter kit or deposit: {int(payers):,} of {int(people):,}.",
                ar="المشاركون الذين سُجّل لهم رسم أو حقيبة بداية أو إيداع: "
                f"{phrases.isolate(f'{int(payers):,}')} من {phrases.isolate(f'{int(people):,}')}.",
            ),
        ),
        bound="exact" if payers else "lower",
        period=records.money_period,
    )


@indicator(
    id="tools_share",
    title=Text(en="Training and sales tools in the revenue", ar="التدريب وأدوات البيع من الإيراد"),
    definition=Text(
        en="What was paid for training, events and sales tools, over all that came in.",
        ar="ما دُفع مقابل التدريب والفعاليات وأدوات البيع إلى كل ما دخل.",
    ),
    formula="(training + sales tools) / revenue",
    source="law.json ind.tools_business",
    unit="ratio",
    needs=("orders.amount", "orders.category"),
    of_money=True,
    false_positives=Text(
        en="Optional events sold at cost.",
        ar="الفعاليات الاختيارية المبيعة بسعر التكلفة.",
    ),
)
def tools_share(records: Records) -> Outcome:
    """Training and tools over revenue, before refunds."""
    taken = records.once(revenue)
    return Outcome(
        share(taken.amount(categories=("training", "sales_tool")), taken.amount()),
        numerator_label=Text(en="paid for training and tools", ar="المدفوع للتدريب والأدوات"),
        denominator_label=Text(en="all revenue", ar="مجموع الإيراد"),
        evidence=records.evidence(
            "SELECT * FROM money_in WHERE category IN ('training', 'sales_tool') ORDER BY source_file, source_line",
            count=taken.count(category="training") + taken.count(category="sales_tool"),
        ),
        period=records.money_period,
    )
