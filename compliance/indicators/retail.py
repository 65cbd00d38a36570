"""Customers beside sellers: how many there are, who is paid without any, and what is paid over own sales.

A company that ships direct may credit a customer to whoever enrolled them; then that link is the seller.
"""

# ruff: noqa: S608 - queries are put together from constants of this room

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from compliance.columns import (
    NONE,
    OUTSIDE,
    PARTICIPANT,
    columns,
    marked,
    order_columns,
    payee_months,
    reward_columns,
    seller_months,
)
from compliance.indicators import phrases
from compliance.indicators.registry import Outcome, Value, indicator, lacking, point, share
from compliance.indicators.unit_by_unit import Units
from compliance.measurement import Series
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

_STEPS = tuple(Fraction(step, 20) for step in range(1, 21))
"""The ratios up to which seller-months are counted in the series: 5%, 10%, ... 100%."""


def _hundredths(step: Fraction) -> str:
    whole, rest = divmod(int(step * 100), 100)
    return f"{whole}.{rest:02d}"


def _counted_up(units: Units) -> list[int]:
    """How many units lie at or below each of `_STEPS`."""
    steps = len(_STEPS)
    part = units.part if int(units.part.max(initial=0)) * steps < 2**63 else units.part.astype(object)
    reached = np.minimum(-(-part * steps // units.wholes), steps + 1).astype(np.int64)  # rounded up, in integers
    counts: list[int] = np.cumsum(np.bincount(reached, minlength=steps + 1))[1 : steps + 1].tolist()
    return counts


_UNDATED = phrases.needs(
    "payouts",
    "date",
    "Needs payouts to participants whose date or period is stated: these records show none.",
    "يحتاج إلى دفعات لمشاركين ذُكر تاريخها أو فترتها، ولا تُظهر هذه السجلات أيًا منها.",
)


@indicator(
    id="customers_per_participant",
    title=Text(en="Customers for each participant who buys", ar="العملاء لكل مشارك يشتري"),
    definition=Text(
        en="Different buyers outside the network, over different participants who bought.",
        ar="المشترون المختلفون من خارج الشبكة إلى المشاركين المختلفين الذين اشتروا.",
    ),
    formula="N_customers / N_participants, both counted as buyers",
    source="rule ind.customer_ratio",
    unit="number",
    needs=("orders.buyer_id",),
    false_positives=Text(
        en="Members who joined only for a discount are counted as participants.",
        ar="يُعدّ من انضم للخصم فقط مشاركًا.",
    ),
)
def customers_per_participant(records: Records) -> Outcome:
    """Distinct buyers on both sides."""
    orders = records.once(order_columns)
    count = int(orders.customer.max(initial=NONE)) + 1
    outside, participants = (marked(orders.customer[orders.side == side], count) for side in (OUTSIDE, PARTICIPANT))
    customers, members = (int(np.count_nonzero(buyers[:-1])) for buyers in (outside, participants))
    return Outcome(
        share(customers, members),
        numerator_label=Text(en="customers who bought", ar="العملاء الذين اشتروا"),
        denominator_label=Text(en="participants who bought", ar="المشاركون الذين اشتروا"),
        evidence=records.evidence(
            "SELECT side, buyer_id, count(*) AS orders, sum(amount) AS amount FROM money_in"
            " WHERE side <> 'unknown' GROUP BY 1, 2 ORDER BY 1, 2",
            count=customers + members + int(outside[-1]) + int(participants[-1]),
        ),
        period=records.money_period,
    )


@indicator(
    id="no_retail_sellers",
    title=Text(en="Paid for others without a customer of their own", ar="من صُرفت لهم عمولات عن غيرهم بلا عميل"),
    definition=Text(
        en="Participants who were paid for what other participants did and to whom no order of an outside customer is "
        "credited, over all who were paid for others.",
        ar="المشاركون الذين صُرفت لهم عمولات عن أفعال غيرهم ولا يُنسب إليهم أي طلب من عميل خارجي، إلى كل من صُرفت لهم عمولات "
        "عن غيرهم.",
    ),
    formula="payees of others' sources without a customer order / payees of others' sources",
    source="rule ind.no_retail_sellers",
    unit="ratio",
    needs=("rewards.amount", "orders.seller_id", "orders.buyer_id"),
    false_positives=Text(
        en="Companies that ship direct may not record which participant won a customer.",
        ar="قد لا تسجّل الشركات التي تشحن مباشرة أي مشارك جلب العميل.",
    ),
)
def no_retail_sellers(records: Records) -> Outcome:
    """Who is paid for others and credited with no customer."""
    payees = "SELECT DISTINCT payee AS row FROM reward_facts WHERE source IS NOT NULL AND NOT own AND amount > 0"
    without = f""" SELECT p.id, p.sponsor_id, p.joined, s.row IS NULL AS without FROM ({payees}) y JOIN
        people p USING (row) LEFT JOIN (SELECT DISTINCT seller AS row FROM order_facts WHERE side =
        'outside' AND amount > 0) s USING (row) """
    orders, rewards, people = columns(records)
    count = len(people.member) - 1
    paid = marked(rewards.payee[rewards.for_others & (rewards.amount > 0)], count)[:-1]
    selling = marked(orders.seller[(orders.side == OUTSIDE) & (orders.amount > 0)], count)[:-1]
    everyone, none = np.count_nonzero(paid), np.count_nonzero(paid & ~selling)
    return Outcome(
        share(int(none), int(everyone), people=True, whole=phrases.nothing_for_others(month=False)),
        numerator_label=Text(en="without a customer", ar="بلا عميل"),
        denominator_label=Text(en="paid for others", ar="صُرفت لهم عمولات عن غيرهم"),
        evidence=records.evidence(f"{without} ORDER BY without DESC, p.id", count=int(everyone)),
        period=records.money_period,
    )


@indicator(
    id="own_sales_reward",
    title=Text(
        en="Highest monthly reward over own sales to consumers", ar="أعلى عمولة شهرية إلى مبيعات البائع للمستهلكين"
    ),
    definition=Text(
        en="For each seller and month, all rewards over the seller's own sales to buyers outside the network; the highest "
        "of them. A reward without any sale of one's own counts as at least 100%.",
        ar="لكل بائع وشهر: كل العمولات إلى مبيعات البائع نفسه لمشترين من خارج الشبكة؛ وأعلى هذه النسب. وتُعدّ العمولة بلا أي "
        "مبيعات شخصية 100% على الأقل.",
    ),
    formula="max over seller-months of rewards / own sales to consumers",
    source="rule cn.direct2005.cap30",
    unit="ratio",
    needs=("rewards.amount", "orders.amount", "orders.seller_id", "orders.buyer_id", "orders.date"),
    false_positives=Text(
        en="A reward paid a month after the sale it belongs to falls into another month.",
        ar="العمولة المصروفة بعد شهر من البيع الذي تخصه تقع في شهر آخر.",
    ),
)
def own_sales_reward(records: Records) -> Outcome:
    """Rewards over own consumer sales, seller by seller and month by month."""
    monthly = """
        WITH earned AS (
            SELECT row, month, paid_out AS reward FROM reward_months WHERE month IS NOT NULL AND paid_out > 0
        ), sold AS (
            SELECT row, month, outside AS sales FROM other_months WHERE row IS NOT NULL AND month IS NOT NULL
        )
        SELECT e.row, e.month, e.reward, greatest(coalesce(s.sales, 0), 0) AS sales
        FROM earned e LEFT JOIN sold s ON s.row = e.row AND s.month = e.month
    """
    orders, rewards = records.once(order_columns), records.once(reward_columns)
    months, sold = records.once(payee_months), records.once(seller_months)
    reward = months.add(np.True_, rewards.amount)
    sales = months.among(sold, sold.add(orders.side == OUTSIDE, orders.amount)).clip(min=0)
    earned = (months.month >= 0) & (reward > 0)
    reward, sales = reward[earned], sales[earned]
    units, unsold = len(reward), int(np.count_nonzero(sales == 0))
    if not units:
        return Outcome(lacking(_UNDATED if len(rewards.amount) else phrases.nothing_paid()))
    selling = Units(reward[sales > 0], sales[sales > 0], "highest")
    highest = Fraction(selling.main().value or 0) if len(selling) else Fraction(0)
    counts = _counted_up(selling)
    return Outcome(
        Value(max(highest, Fraction(1)) if unsold else highest),
        series=(
            Series(
                id="seller_months_up_to",
                label=Text(en="Seller-months up to this ratio", ar="أشهر البائعين حتى هذه النسبة"),
                axis="share",
                unit="ratio",
                points=tuple(
                    point(_hundredths(step), share(count, units)) for step, count in zip(_STEPS, counts, strict=True)
                ),
            ),
        ),
        evidence=records.evidence(
            f"""
            SELECT p.id AS seller_id, m.month, m.reward, m.sales FROM ({monthly}) m JOIN people p USING (row)
            ORDER BY m.sales = 0 DESC, m.reward / nullif(m.sales, 0) DESC, p.id, m.month
            """,
            count=units,
        ),
        notes=(
            Text(
                en=f"Seller-months with a reward: {units:,}; of these without own sales to consumers: {unsold:,}.",
                ar=f"أشهر البائعين ذات العمولة: {phrases.isolate(f'{units:,}')}؛ منها بلا مبيعات شخصية للمستهلكين: "
                f"{phrases.isolate(f'{unsold:,}')}.",
            ),
        ),
        bound="lower" if unsold else "exact",
        period=records.money_period,
    )
