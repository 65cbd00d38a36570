"""How many of those who were paid live from recruiting: participant by participant, not in total.

A company's total can be harmless while most of those who earn anything earn it from joining fees, and the other way
round. What counts as recruiting is the same as in `triggers.recruitment_share`, under both codings of starter kits.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.facts import JOINING
from compliance.indicators import phrases
from compliance.indicators.breakdown import series
from compliance.indicators.registry import Outcome, alternative, indicator, lacking, share
from intake.text import Text

if TYPE_CHECKING:
    from compliance.measurement import Bound
    from compliance.records import Records

_EACH = f"""
    SELECT payee AS row, sum(amount) AS all_, sum(amount) FILTER (traced) AS named,
           coalesce(sum(amount) FILTER (recruiting), 0) AS joining,
           coalesce(sum(amount) FILTER (recruiting AND category <> 'starter_kit'), 0) AS fees,
           coalesce(sum(amount) FILTER (recruiting AND NOT own), 0) AS of_others,
           coalesce(sum(amount) FILTER (recruiting OR NOT traced), 0) AS with_untraced,
           coalesce(sum(amount) FILTER (traced AND side IS DISTINCT FROM 'outside'), 0) AS of_participants
    FROM (SELECT *, traced AND side IS DISTINCT FROM 'outside' AND category IN {JOINING} AS recruiting FROM reward_facts
          WHERE payee IS NOT NULL)
    GROUP BY 1 HAVING sum(amount) > 0
"""
"""Everyone who was paid anything in all, with what of it is traced to recruiting."""


@indicator(
    id="recruit_income_share",
    title=Text(en="Paid participants whose pay is mostly from recruiting", ar="من معظم عمولاتهم من الاستقطاب"),
    definition=Text(
        en="Participants more than half of whose payouts are traced to fees, starter kits or deposits of participants, over "
        "all participants who were paid anything. Payouts that name no order are in the whole and not in the part.",
        ar="المشاركون الذين يعود أكثر من نصف عمولاتهم إلى رسوم أو حقائب بداية أو إيداعات دفعها مشاركون، إلى كل من صُرفت لهم "
        "عمولات. وما لا يُعرف الطلب الذي نتج عنه يدخل في المجموع دون الجزء.",
    ),
    formula="#{i : C_rec_i / C_i > 1/2} / #{i : C_i > 0}, Wilson interval at 95 %",
    source="rule ind.recruit_income_share",
    unit="ratio",
    needs=("rewards.amount", "rewards.source_order_id", "orders.id", "orders.category", "participants.id"),
    false_positives=Text(
        en="Somebody who was paid once, for the one recruit he brought, counts as much as somebody who lives from it. In a "
        "launch phase most orders are first orders.",
        ar="من صُرفت له عمولة واحدة عن مستقطَب واحد يُعدّ كمن يعيش من ذلك. وفي مرحلة الانطلاق تكون معظم الطلبات أولى.",
    ),
)
def recruit_income_share(records: Records) -> Outcome:
    """Payees with more than half of their pay from recruiting, under each coding."""
    names = ("joining", "fees", "of_others", "with_untraced", "of_participants")
    counted = ", ".join(f"count(*) FILTER (2 * {name} > all_)" for name in names)
    everyone, untraced, naming, of_named, *counts = (
        int(count)
        for count in records.row(
            f"SELECT count(*), count(*) FILTER (named IS DISTINCT FROM all_), count(*) FILTER (named > 0),"
            f" count(*) FILTER (named > 0 AND 2 * joining > named), {counted} FROM ({_EACH})"
        )
    )
    if everyone == 0:
        return Outcome(lacking(phrases.nothing_paid()))
    if naming == 0:
        return Outcome(lacking(phrases.nothing_traced()))
    joining, fees, of_others, with_untraced, of_participants = (share(n, everyone, people=True) for n in counts)
    bound: Bound = "lower" if untraced else "exact"
    return Outcome(
        joining,
        numerator_label=Text(en="paid mostly for recruiting", ar="معظم عمولاتهم من الاستقطاب"),
        denominator_label=Text(en="participants who were paid", ar="المشاركون الذين صُرفت لهم عمولات"),
        headline_label=Text(en="starter kits count as recruiting", ar="تُعدّ حقائب البداية استقطابًا"),
        alternatives=(
            alternative(
                "kits_as_sales",
                Text(en="starter kits count as sales", ar="تُعدّ حقائب البداية بيعًا"),
                fees,
                bound=bound,
            ),
            alternative(
                "of_traced",
                Text(en="of the payouts that name an order", ar="من العمولات المنسوبة إلى طلب"),
                share(of_named, naming, people=True),
            ),
            alternative(
                "untraced_counted",
                Text(en="untraced payouts count as well", ar="تُحتسب معها العمولات غير المنسوبة"),
                with_untraced,
                bound="upper",
            ),
            alternative(
                "without_returns_to_payer",
                Text(en="without payouts that went back to whoever paid", ar="دون العمولات التي عادت إلى من دفع"),
                of_others,
                bound=bound,
            ),
            alternative(
                "all_participant_purchases",
                Text(en="every payment by a participant counts", ar="تُحتسب كل مدفوعات المشاركين"),
                of_participants,
                bound=bound,
            ),
        ),
        series=series(
            records,
            f"SELECT row, CAST(NULL AS DATE) AS month, CAST(2 * joining > all_ AS BIGINT) AS part, 1 AS whole FROM ({_EACH})",
            people=True,
        ),
        evidence=records.evidence(
            f"""
            SELECT p.id, p.joined, e.all_::BIGINT AS paid_out, e.joining::BIGINT AS from_recruiting,
                   e.fees::BIGINT AS without_kits, coalesce(e.named, 0)::BIGINT AS traced
            FROM ({_EACH}) e JOIN people p USING (row) ORDER BY from_recruiting DESC, p.id
            """,
            count=everyone,
        ),
        bound=bound,
        period=records.money_period,
    )
