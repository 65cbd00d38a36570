"""How many recruits it would take to get back what joining cost, and who bought once to join and never again."""

# ruff: noqa: S608 - queries are put together from constants of this room and from whole numbers

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from compliance.columns import marked, months_of, order_columns, people_columns
from compliance.facts import JOINING
from compliance.indicators import phrases
from compliance.indicators.breakdown import breakdown_of
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, share
from compliance.measurement import Missing
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records


@indicator(
    id="recruits_to_recoup",
    title=Text(en="Direct recruits needed to cover the cost", ar="عدد من يلزم استقطابهم لتغطية التكلفة"),
    definition=Text(
        en="What the middle participant paid in, over what one direct recruit brought in rewards on average.",
        ar="ما دفعه المشارك الأوسط إلى متوسط العمولات التي جاءت عن المشارك المباشر الواحد.",
    ),
    formula="median paid in / (rewards for direct recruits / direct recruits)",
    source="rule nz.fta24",
    unit="number",
    needs=("orders.amount", "orders.buyer_id", "rewards.amount", "participants.sponsor_id"),
    false_positives=Text(
        en="Goods used at a fair price are no loss; income from selling and from deeper levels comes on top.",
        ar="السلع المستهلكة بسعر عادل ليست خسارة؛ ويُضاف دخل البيع والمستويات الأعمق.",
    ),
)
def recruits_to_recoup(records: Records) -> Outcome:
    """Cost of the middle participant in units of what one recruit brings, and against the recruits really won."""
    median, middle_recruits, recruits, people = records.row(
        "SELECT quantile_disc(paid_in, 0.5) FILTER (paid_in > 0), quantile_disc(recruits, 0.5), sum(recruits), count(*)"
        " FROM net"
    )
    brought = int(records.row("SELECT coalesce(sum(amount), 0) FROM reward_facts WHERE distance = 1")[0])
    if not median:
        return Outcome(lacking(phrases.nothing_to_divide()))
    if not recruits or brought <= 0:
        return Outcome(lacking(phrases.missing("rewards.source_participant_id")))
    needed = Fraction(int(median) * int(recruits), brought)
    mean = Fraction(int(recruits), int(people))
    over_middle = (
        Value(needed / int(middle_recruits))
        if middle_recruits
        else lacking(
            phrases.needs(
                "participants",
                "sponsor_id",
                "The middle participant recruited nobody, so that there is nothing to compare with.",
                "لم يستقطب المشارك الأوسط أحدًا، فلا يوجد ما يُقارن به.",
            )
        )
    )
    return Outcome(
        Value(needed),
        alternatives=(
            alternative(
                "over_middle",
                Text(en="over the recruits of the middle participant", ar="إلى عدد من استقطبهم المشارك الأوسط"),
                over_middle,
            ),
            alternative(
                "over_mean",
                Text(en="over the mean number of recruits", ar="إلى متوسط عدد المستقطَبين"),
                Value(needed / mean),
            ),
        ),
        evidence=records.evidence(
            "SELECT id, sponsor_id, recruits, paid_in, paid_out FROM net ORDER BY recruits DESC, id", count=int(people)
        ),
        period=records.money_period,
    )


@indicator(
    id="bought_only_to_join",
    title=Text(en="Bought to join and never again", ar="من اشتروا للانضمام ولم يعودوا"),
    definition=Text(
        en="Participants whose first payment held a fee, starter kit or deposit and who never ordered on a later day, over "
        "all whose first payment held one; people whose first payment lies in the last months of the records are left out.",
        ar="المشاركون الذين ضمّت أول دفعة لهم رسمًا أو حقيبة بداية أو إيداعًا ولم يطلبوا في يوم لاحق، إلى كل من ضمّت أول دفعة لهم ذلك؛ "
        "ويُستثنى من وقعت أول دفعة له في آخر أشهر السجلات.",
    ),
    formula="joined with a payment and never reordered / joined with a payment",
    source="rule sharia.islamweb.paid_entry",
    unit="ratio",
    needs=("orders.amount", "orders.date", "orders.buyer_id", "orders.category"),
    false_positives=Text(
        en="People who try a product once and leave look the same as people who bought a position.",
        ar="من جرّب المنتج مرة ثم غادر له الصورة نفسها لمن اشترى موضعًا.",
    ),
)
def bought_only_to_join(records: Records) -> Outcome:
    """First payments and whether anything followed."""
    months = records.assumptions.inactive_months
    query = f"""
        SELECT c.row, CAST(date_trunc('month', c.first_order) AS DATE) AS month,
               CAST(date_trunc('day', c.last_order) = date_trunc('day', c.first_order) AS INTEGER) AS part, 1 AS whole
        FROM first_orders c JOIN (
            SELECT DISTINCT f.buyer AS row FROM order_facts f JOIN first_orders o ON o.row = f.buyer
            WHERE f.side = 'participant' AND f.category IN {JOINING} AND f.amount > 0
              AND date_trunc('day', f.date) = date_trunc('day', o.first_order)
        ) USING (row)
        WHERE c.first_order < (SELECT max(date) FROM order_facts) - INTERVAL {months} MONTH
    """
    orders, people = records.once(order_columns), records.once(people_columns)
    first, last = (each[:-1].astype("datetime64[D]") for each in (people.first_order, people.last_order))
    lines = np.flatnonzero(orders.own & orders.of(JOINING) & (orders.amount > 0))
    buyer = orders.buyer[lines]
    joining = marked(buyer[orders.date[lines].astype("datetime64[D]") == first[buyer]], len(first))[:-1]
    until = records.row(f"SELECT max(date) - INTERVAL {months} MONTH FROM order_facts")[0]
    rows = np.flatnonzero(joining & (people.first_order[:-1] < np.datetime64(until)))
    gone = (last == first)[rows]
    apart = breakdown_of(
        records,
        rows.astype(np.int32),
        months_of(first[rows]),
        gone.astype(np.int64),
        np.ones(len(rows), dtype=np.int64),
        people=True,
    )
    return Outcome(
        share(apart.part, apart.whole, people=True, whole=_nobody_joined(months)),
        numerator_label=Text(en="never ordered again", ar="لم يطلبوا مرة أخرى"),
        denominator_label=Text(en="joined with a payment", ar="انضموا بدفعة"),
        series=apart.series,
        evidence=records.evidence(
            f"SELECT p.id, p.joined, q.part = 1 AS never_again FROM ({query}) q JOIN people p USING (row)"
            " ORDER BY never_again DESC, p.id",
            count=len(rows),
        ),
        period=records.money_period,
    )


def _nobody_joined(months: int) -> Missing:
    return phrases.needs(
        "orders",
        "category",
        "Needs participants whose first payment was a fee, starter kit or deposit, more than "
        f"{months} months before the records end: there is none.",
        "يحتاج إلى مشاركين كانت أول دفعة لهم رسمًا أو حقيبة بداية أو إيداعًا قبل نهاية السجلات بمدة كافية (بالأشهر: "
        f"{phrases.isolate(months)})، ولا يوجدون.",
    )
