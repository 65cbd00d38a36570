"""How many of those who were paid live from recruiting: participant by participant, not in total.

A company's total can be harmless while most of those who earn anything earn it from joining fees, and the other way
round. What counts as recruiting is the same as in `triggers.recruitment_share`, under both codings of starter kits.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compliance.columns import OUTSIDE, Money, columns
from compliance.facts import JOINING
from compliance.indicators import phrases
from compliance.indicators.places import places
from compliance.indicators.registry import Outcome, alternative, indicator, lacking, share
from intake.text import Text

if TYPE_CHECKING:
    from compliance.measurement import Bound
    from compliance.records import Records

_EACH = f"""
    SELECT payee AS row, CAST(sum(amount) AS BIGINT) AS all_,
           CAST(coalesce(sum(amount) FILTER (traced), 0) AS BIGINT) AS named,
           CAST(coalesce(sum(amount) FILTER (recruiting), 0) AS BIGINT) AS joining,
           CAST(coalesce(sum(amount) FILTER (recruiting AND category <> 'starter_kit'), 0) AS BIGINT) AS fees,
           CAST(coalesce(sum(amount) FILTER (recruiting AND NOT own), 0) AS BIGINT) AS of_others,
           CAST(coalesce(sum(amount) FILTER (recruiting OR NOT traced), 0) AS BIGINT) AS with_untraced,
           CAST(coalesce(sum(amount) FILTER (traced AND side IS DISTINCT FROM 'outside'), 0) AS BIGINT) AS of_participants
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
    found = _each(records)
    everyone, pay, named = len(found["row"]), found["all_"], found["named"]
    if everyone == 0:
        return Outcome(lacking(phrases.nothing_paid()))
    if not (named > 0).any():
        return Outcome(lacking(phrases.nothing_traced()))
    mostly = found["joining"] > pay // 2  # whole numbers: more than half of an odd sum is more than its rounded half
    joining, fees, of_others, with_untraced, of_participants = (
        share(int((found[name] > pay // 2).sum()), everyone, people=True)
        for name in ("joining", "fees", "of_others", "with_untraced", "of_participants")
    )
    of_named = int(((named > 0) & (found["joining"] > named // 2)).sum())
    naming, untraced = int((named > 0).sum()), bool((named != pay).any())
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
        series=records.once(places).series(
            found["row"], "ratio", lambda members: share(int(mostly[members].sum()), len(members), people=True)
        ),
        evidence=records.evidence(
            f"""
            SELECT p.id, p.joined, e.all_ AS paid_out, e.joining AS from_recruiting,
                   e.fees AS without_kits, e.named AS traced
            FROM ({_EACH}) e JOIN people p USING (row) ORDER BY from_recruiting DESC, p.id
            """,
            count=everyone,
        ),
        bound=bound,
        period=records.money_period,
    )


def _each(records: Records) -> dict[str, Money]:
    """The columns of `_EACH`, in order of row."""
    orders, rewards, people = columns(records)
    by_participants, kit = orders.side != OUTSIDE, orders.of("('starter_kit')")
    traced, joining = rewards.order >= 0, rewards.on(by_participants & orders.of(JOINING))
    counted = {
        "all_": np.ones_like(traced),
        "named": traced,
        "joining": joining,
        "fees": rewards.on(by_participants & orders.of(JOINING) & ~kit),
        "of_others": joining & ~rewards.own,
        "with_untraced": joining | ~traced,
        "of_participants": rewards.on(by_participants),
    }
    sums = {name: people.added(rewards.payee, lines, rewards.amount) for name, lines in counted.items()}
    paid = np.flatnonzero(sums["all_"] > 0)
    return {"row": paid, **{name: each[paid] for name, each in sums.items()}}
