"""What people earn and what it costs to begin: those who were paid nothing, and the price of entry.

"Nothing" means no payment from the company; income from selling on is not in these records unless they say so.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from compliance.columns import Flags, PeopleColumns, Rows, marked, order_columns, people_columns
from compliance.facts import JOINING
from compliance.indicators import phrases
from compliance.indicators.breakdown import series
from compliance.indicators.places import places
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, money, share
from compliance.indicators.unit_by_unit import Int64s
from compliance.statistics import exact_sum, median
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records


SPANS = (7, 30)
"""Days after the first payment for which the cost of entry is always given."""


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
            alternative(
                "without_discount_only",
                Text(
                    en="without members who only bought goods within the allowance",
                    ar="دون من اقتصر على شراء السلع في حدود المبلغ الشهري",
                ),
                _without_discount_only(records, unpaid, everyone),
            ),
            alternative(
                "in_last_year",
                Text(
                    en="paid nothing in the last twelve months, of those who had joined before them",
                    ar="لم يُصرف لهم شيء في آخر اثني عشر شهرًا، ممن انضموا قبلها",
                ),
                _in_last_year(records),
            ),
        ),
        series=series(
            records,
            "SELECT row, NULL::DATE AS month, CAST(paid_out <= 0 AS BIGINT) AS part, 1 AS whole FROM net",
            people=True,
        ),
        evidence=records.evidence(
            "SELECT id, joined, paid_in, paid_out FROM net WHERE paid_out <= 0 ORDER BY id", count=unpaid
        ),
        period=records.money_period,
    )


def _without_discount_only(records: Records, unpaid: int, everyone: int) -> Value:
    """Discount-only members were all paid nothing: they leave both terms."""
    if records.allowance is None:
        return lacking(phrases.no_allowance(records.currency))
    if not records.has("orders.buyer_id"):
        return lacking(phrases.missing("orders.buyer_id"))
    members = int(records.row("SELECT count(*) FROM discount_only")[0])
    return share(unpaid - members, everyone - members, people=True, whole=phrases.nobody())


def _in_last_year(records: Records) -> Value:
    period = records.money_period
    if period is None or not records.has("participants.joined"):
        return lacking(phrases.missing("participants.joined"))
    since = f"date_trunc('month', TIMESTAMP '{period.end}') - INTERVAL 11 MONTH"
    unpaid, there = records.row(
        f"""
        SELECT count(*) FILTER (coalesce(r.paid, 0) <= 0), count(*)
        FROM people p LEFT JOIN (SELECT row, sum(paid_out) AS paid FROM reward_months WHERE month >= {since} GROUP BY 1) r
             USING (row)
        WHERE p.is_participant AND p.joined < {since} AND (p."left" IS NULL OR p."left" >= {since})
        """
    )
    nobody = phrases.needs(
        "participants",
        "joined",
        "Needs participants who joined twelve months or more before the last entry.",
        "يحتاج إلى مشاركين انضموا قبل آخر قيد باثني عشر شهرًا أو أكثر.",
    )
    return share(int(unpaid), int(there), people=True, whole=nobody)


@dataclass(frozen=True, slots=True)
class FirstPayments:
    """What participants paid soon after their first order.

    Attributes:
        rows: of the `people` who paid anything in that time.
        people: everybody.
        buyer: of each line, row of `people`.
        age: of each line, time since the buyer's first order.
        joining: of each line, whether it is a fee, a starter kit or a deposit.
        amount: of each line, in minor units.
    """

    rows: Int64s
    people: PeopleColumns
    buyer: Rows
    age: npt.NDArray[np.timedelta64]
    joining: Flags
    amount: Int64s

    def within(self, days: int, *, joining: bool = False) -> Int64s:
        """What each of `rows` paid in so many days: all of it, or only for joining."""
        lines = self.age <= np.timedelta64(days, "D")
        return self.people.added(self.buyer, lines & self.joining if joining else lines, self.amount)[self.rows]


def _first_payments(records: Records, days: int) -> FirstPayments:
    """Participants' payments of the first days."""
    orders, people = records.once(order_columns), records.once(people_columns)
    age = orders.date - people.first_order[orders.buyer]
    lines = np.flatnonzero(orders.own & (age <= np.timedelta64(days, "D")))
    buyer = orders.buyer[lines]
    rows = np.flatnonzero(marked(buyer, len(people.member) - 1)[:-1])
    return FirstPayments(rows, people, buyer, age[lines], orders.of(JOINING)[lines], orders.amount[lines])


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
    spans = sorted({*SPANS, days})
    first = _first_payments(records, max(spans))
    within = {span: first.within(span) for span in spans}
    early = within[days]
    if len(early) == 0:
        return Outcome(lacking(phrases.nobody()))

    def middle(values: np.ndarray) -> Value:
        return money(median(values.astype(np.int64)), records.scale) if len(values) else lacking(phrases.nobody())

    everyone = payees = lacking(phrases.missing("rewards.amount"))
    if records.has("rewards.amount"):
        out = records.arrays("SELECT paid_out::BIGINT AS paid_out FROM net ORDER BY row")["paid_out"]
        everyone, payees = middle(out), middle(out[out > 0])
    return Outcome(
        middle(early),
        headline_label=Text(
            en=f"within {days} days of the first payment", ar=f"خلال {phrases.isolate(days)} يومًا من أول دفعة"
        ),
        alternatives=(
            *(
                alternative(
                    f"within_{span}_days",
                    Text(
                        en=f"within {span} days of the first payment",
                        ar=f"خلال {phrases.isolate(span)} يومًا من أول دفعة",
                    ),
                    middle(within[span]),
                )
                for span in SPANS
            ),
            alternative(
                "fees_and_kits",
                Text(en="fees, starter kits and deposits only", ar="الرسوم وحقائب البداية والإيداعات فقط"),
                middle(first.within(days, joining=True)),
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
                money(Fraction(exact_sum(early), len(early)), records.scale),
            ),
        ),
        series=records.once(places).series(first.rows, "money", lambda members: middle(early[members])),
        evidence=records.evidence(
            f"""
            SELECT p.id, min(f.first_order) AS first_payment, sum(o.amount)::BIGINT AS paid
            FROM order_facts o JOIN first_orders f ON f.row = o.buyer JOIN people p ON p.row = o.buyer
            WHERE o.side = 'participant' AND o.date <= f.first_order + INTERVAL {days} DAY
            GROUP BY p.id ORDER BY paid DESC, p.id
            """,
            count=len(early),
        ),
        period=records.money_period,
    )
