"""What single rules ask for besides: who was paid for whom, what joining cost, who holds several positions.

Counts and sums that weigh nothing and say nothing alone. Whether a payment was a condition of joining is read
from the category of the order and from how many paid it, not from a contract; the definitions say so.
"""

# ruff: noqa: S608 - queries are put together from constants of this room

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from compliance.columns import OUTSIDE, Money, columns, order_columns, people_columns
from compliance.errors import LARGEST_SUM
from compliance.facts import JOINING
from compliance.indicators import phrases
from compliance.indicators.flows import paid, revenue
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, money, share
from compliance.measurement import Bound
from compliance.statistics import exact_sum
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records


@indicator(
    id="upline_payouts",
    title=Text(en="Payouts for what other participants did", ar="دفعات عن أفعال مشاركين آخرين"),
    definition=Text(
        en="Payouts whose source is another participant: that person's joining, payment or order.",
        ar="دفعات العمولة التي مصدرها مشارك آخر: انضمامه أو دفعه أو طلبه.",
    ),
    formula="count of payouts with source participant other than the payee",
    source="rules cn.chuanxiao2005.team_pay, cn.direct2005.single_level, aff.one_level",
    unit="count",
    needs=("rewards.amount",),
    false_positives=Text(
        en="A reward for referring a friend who later became a participant has the same shape.",
        ar="مكافأة إحالة صديق أصبح مشاركًا فيما بعد لها الصورة نفسها.",
    ),
)
def upline_payouts(records: Records) -> Outcome:
    """Payouts that another participant gave rise to; those on orders that are no joining payment beside
    them."""
    others = "r.amount > 0 AND r.source IS NOT NULL AND NOT r.own AND s.is_participant"
    orders, rewards, people = columns(records)
    above = (rewards.amount > 0) & rewards.for_others & people.member[rewards.source]
    found = int(np.count_nonzero(above))
    on_sales = int(np.count_nonzero(above & rewards.on(~orders.of(JOINING))))
    sourceless = int(np.count_nonzero(rewards.source < 0))
    if sourceless == records.once(paid).lines:
        return Outcome(lacking(phrases.missing("rewards.source_participant_id")))
    traced = records.has("rewards.source_order_id") and records.has("orders.id")
    sales = Value(on_sales, on_sales) if traced else lacking(phrases.missing("rewards.source_order_id"))
    bound: Bound = "lower" if sourceless else "exact"
    return Outcome(
        Value(found, found),
        numerator_label=Text(en="payouts for somebody else", ar="دفعات عن مشارك آخر"),
        alternatives=(
            alternative(
                "on_sales",
                Text(
                    en="on orders that are no fee, starter kit or deposit",
                    ar="عن طلبات ليست رسمًا أو حقيبة بداية أو إيداعًا",
                ),
                sales,
                bound=bound,
            ),
        ),
        evidence=records.evidence(
            f"""
            SELECT y.id AS payee_id, s.id AS source_id, r.distance AS level, r.category, r.amount, r.date
            FROM reward_facts r JOIN people s ON s.row = r.source LEFT JOIN people y ON y.row = r.payee
            WHERE {others} ORDER BY r.date, payee_id, source_id, r.amount
            """,
            count=found,
        ),
        bound=bound,
        period=records.money_period,
    )


@indicator(
    id="positions_per_person",
    title=Text(en="Positions per person", ar="المواضع لكل شخص"),
    definition=Text(
        en="Positions whose person is known, over the number of different persons.",
        ar="المواضع المعروف صاحبها إلى عدد الأشخاص المختلفين.",
    ),
    formula="positions / distinct persons",
    source="rule ind.position_stacking",
    unit="number",
    needs=("participants.person",),
    false_positives=Text(
        en="Couples, family businesses and plans that openly allow several positions.",
        ar="الأزواج وأعمال الأسرة والخطط التي تسمح صراحة بمواضع عدة.",
    ),
)
def positions_per_person(records: Records) -> Outcome:
    """Positions over persons, where the records hint at who is who."""
    positions, persons = records.row(
        "SELECT count(*), count(DISTINCT person) FROM participants WHERE person IS NOT NULL"
        " AND coalesce(kind, '') NOT IN ('customer', 'preferred_customer')"
    )
    if not persons:
        return Outcome(
            lacking(
                phrases.needs(
                    "participants",
                    "person",
                    "Needs participants whose person is stated: the records state it of customers alone.",
                    "يحتاج إلى مشاركين ذُكر الشخص صاحب الموضع، ولم تذكره السجلات إلا لعملاء.",
                )
            )
        )
    return Outcome(
        Value(Fraction(int(positions), int(persons)), int(positions), int(persons)),
        numerator_label=Text(en="positions", ar="المواضع"),
        denominator_label=Text(en="persons", ar="الأشخاص"),
        evidence=records.evidence(
            "SELECT p.id, p.sponsor_id, p.joined, p.source_file, p.source_line FROM participants p"
            " WHERE p.person IN (SELECT person FROM participants GROUP BY person HAVING count(*) > 1)"
            " ORDER BY p.person, p.id"
        ),
        period=records.joining_period,
    )


@indicator(
    id="joining_fee",
    title=Text(en="Fees and starter kits of the middle participant", ar="رسوم وحقيبة البداية للمشارك الأوسط"),
    definition=Text(
        en="What each participant first paid in fees, starter kits and deposits; the middle participant's sum, those who "
        "paid nothing included.",
        ar="أول ما دفعه كل مشارك رسمًا أو حقيبة بداية أو إيداعًا؛ ومبلغ المشارك الأوسط، مع احتساب من لم يدفع شيئًا.",
    ),
    formula="median over participants of the first fee, starter kit or deposit",
    source="rules us.koscot1975.payment_prong, cn.chuanxiao2005.entry_fee",
    unit="money",
    needs=("orders.amount", "orders.buyer_id", "orders.category", "participants.id"),
    false_positives=Text(
        en="An optional kit that most people take looks like a required one.",
        ar="حقيبة البداية الاختيارية التي يأخذها معظم المنضمين تبدو إلزامية.",
    ),
)
def joining_fee(records: Records) -> Outcome:
    """The middle of first joining payments, and what all but one in twenty paid at least."""
    first = _first_payments(records)[records.once(people_columns).member[:-1]]
    people, payers = len(first), int(np.count_nonzero(first))
    if not people:
        return Outcome(lacking(phrases.nobody()))
    half, twentieth = ((people + parts - 1) // parts - 1 for parts in (2, 20))
    ordered = np.partition(first, (twentieth, half))
    taken = records.once(revenue)
    return Outcome(
        money(int(ordered[half]), records.scale),
        numerator_label=Text(en="first joining payment", ar="أول دفعة للانضمام"),
        headline_label=Text(en="paid by the middle participant", ar="ما دفعه المشارك الأوسط"),
        alternatives=(
            alternative(
                "nearly_all",
                Text(en="paid at least by 95 of 100 participants", ar="ما دفعه على الأقل 95 من كل 100 مشارك"),
                money(int(ordered[twentieth]), records.scale),
                bound="exact" if payers else "lower",
            ),
            alternative(
                "take_up",
                Text(en="share of participants who paid any", ar="نسبة المشاركين الذين دفعوا شيئًا"),
                share(payers, people, people=True),
                unit="ratio",
            ),
        ),
        evidence=records.evidence(
            f"SELECT * FROM money_in WHERE side = 'participant' AND category IN {JOINING}"
            " ORDER BY source_file, source_line",
            count=sum(taken.count("participant", each) for each in ("fee", "starter_kit", "deposit")),
        ),
        notes=(
            Text(
                en=f"Participants with a recorded fee, starter kit or deposit: {payers:,} of {people:,}.",
                ar="المشاركون الذين سُجّل لهم رسم أو حقيبة بداية أو إيداع: "
                f"{phrases.isolate(f'{payers:,}')} من {phrases.isolate(f'{people:,}')}.",
            ),
        ),
        bound="exact" if payers else "lower",
        period=records.money_period,
    )


def _first_payments(records: Records) -> Money:
    """What everybody first paid in fees, starter kits and deposits, 0 for nothing; of several at once the smallest. What has
    no date comes after all that has one."""
    orders, people = records.once(order_columns), records.once(people_columns)
    lines = np.flatnonzero(orders.own & orders.of(JOINING) & (orders.amount > 0))
    buyer, amount, date = orders.buyer[lines], orders.amount[lines], orders.date[lines]
    when = np.where(np.isnat(date), LARGEST_SUM, date.view(np.int64))
    first, least = (np.full(len(people.member) - 1, LARGEST_SUM) for _ in range(2))
    np.minimum.at(first, buyer, when)
    then = when == first[buyer]
    np.minimum.at(least, buyer[then], amount[then])
    least[least == LARGEST_SUM] = 0
    return least


@indicator(
    id="tools_share",
    title=Text(en="Training and sales tools in the revenue", ar="التدريب وأدوات البيع من الإيراد"),
    definition=Text(
        en="What was paid for training, events and sales tools, over all that came in.",
        ar="ما دُفع مقابل التدريب والفعاليات وأدوات البيع إلى كل ما دخل.",
    ),
    formula="(training + sales tools) / revenue",
    source="rule ind.tools_business",
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


@indicator(
    id="recruitment_rewards",
    title=Text(en="Rewards paid for fees and starter kits", ar="عمولات صُرفت عن الرسوم وحقائب البداية"),
    definition=Text(
        en="The sum of payouts whose source order is a fee, a starter kit or a deposit of a participant.",
        ar="مجموع دفعات العمولة التي مصدرها رسم أو حقيبة بداية أو إيداع من مشارك.",
    ),
    formula="C_rec = payouts traced to fees, starter kits, deposits",
    source="rules us.ca.penal327, us.vemma2016.no_recruit_pay, cn.chuanxiao2005.headcount",
    unit="money",
    needs=("rewards.amount", "rewards.source_order_id", "orders.id", "orders.category"),
    false_positives=Text(
        en="Upgrades and renewals by members who stay count as fees; the alternative for first payments leaves them out.",
        ar="تُعدّ ترقيات الأعضاء المستمرين وتجديداتهم رسومًا، ويستبعدها التعريف البديل الخاص بالدفعة الأولى.",
    ),
)
def recruitment_rewards(records: Records) -> Outcome:
    """What was paid out for joining payments: at least this much, where some payouts name no order."""
    joining = f"r.traced AND r.side IS DISTINCT FROM 'outside' AND r.category IN {JOINING}"
    orders, rewards, people = columns(records)
    lines = np.flatnonzero(rewards.on((orders.side != OUTSIDE) & orders.of(JOINING)))
    amount, order = rewards.amount[lines], rewards.order[lines]
    date, buyer = orders.date[order], orders.buyer[order]
    first = date <= people.first_order[buyer]
    later = ~first & orders.of("('fee')")[order] & ((buyer >= 0) | np.isnat(date))
    kit = orders.of("('starter_kit')")[order]
    untraced = int(np.count_nonzero(rewards.order < 0))
    if untraced == records.once(paid).lines:
        return Outcome(lacking(phrases.missing("rewards.source_order_id")))
    bound: Bound = "lower" if untraced else "exact"
    return Outcome(
        money(exact_sum(amount), records.scale),
        numerator_label=Text(en="paid for fees, starter kits and deposits", ar="ما صُرف عن رسوم وحقائب بداية وإيداعات"),
        headline_label=Text(
            en="every fee, starter kit and deposit counts", ar="تُحتسب كل الرسوم وحقائب البداية والإيداعات"
        ),
        alternatives=(
            alternative(
                "first_payments_only",
                Text(
                    en="only fees and kits that were the buyer's first payment",
                    ar="الرسوم والحقائب التي كانت أول دفعة فقط",
                ),
                money(exact_sum(amount[first]), records.scale),
                bound=bound,
            ),
            alternative(
                "kits_as_sales",
                Text(en="starter kits count as sales", ar="تُعدّ حقائب البداية بيعًا"),
                money(exact_sum(amount[~kit]), records.scale),
                bound=bound,
            ),
            alternative(
                "later_fees",
                Text(en="only fees after the buyer's first payment", ar="الرسوم التي بعد أول دفعة للمشتري فقط"),
                money(exact_sum(amount[later]), records.scale),
                bound=bound,
            ),
        ),
        evidence=records.evidence(
            f"""
            SELECT y.id AS payee_id, s.id AS payer_id, r.category, r.first_order, r.amount, r.date
            FROM reward_facts r LEFT JOIN people y ON y.row = r.payee LEFT JOIN people s ON s.row = r.source
            WHERE {joining} ORDER BY r.date, payee_id, payer_id, r.amount
            """,
            count=len(lines),
        ),
        bound=bound,
        period=records.money_period,
    )
