"""What stands behind each payment to a seller: whom the seller's organisation sold to, how many customers there were,
and how much of what was bought was sold on.

An organisation is a participant with everybody below in the sponsor tree; its sales of a month are the orders of its
participants and of the customers whom they serve. The figures are asked for unit by unit, for every month in which a
participant was paid.
"""

# ruff: noqa: S608 - queries are put together from constants of this room

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from compliance.columns import NONE, OUTSIDE, buyer_months, order_columns, payee_months, reward_columns, seller_months
from compliance.facts import PRODUCTS
from compliance.indicators import phrases
from compliance.indicators.monthly_money import monthly_money
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking
from compliance.indicators.unit_by_unit import Int64s, Units
from compliance.measurement import Bound, Series
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

_TWENTIETHS = tuple(Fraction(step, 20) for step in range(21))

PAID_MONTHS = "SELECT row, month FROM reward_months WHERE month IS NOT NULL AND paid_out > 0"
"""Every participant and month with a payment that was kept."""

PAID_FOR_OTHERS = "SELECT row, month FROM reward_months WHERE month IS NOT NULL AND for_others > 0"
"""Every participant and month with a payment for what somebody else did."""

_CUSTOMERS, _EVERYBODY = 0, 1
"""Columns of the sums of a month."""


@dataclass(frozen=True, slots=True)
class PaidOrganisations:
    """Sales of the organisation behind each payment: in the month of the payment, and in the month before."""

    customers: Int64s
    everybody: Int64s
    customers_before: Int64s
    everybody_before: Int64s


def paid_organisations(records: Records) -> PaidOrganisations:
    """For every paid participant-month, what the organisation sold to customers and to everybody; minor units.

    A group's sum is a difference of running totals over the tree's preorder, so that a month costs one pass over the
    participants, however deep the tree is.
    """
    from compliance.kernels import add_behind, of_subtrees, run_up

    money = records.once(monthly_money)
    people = records.arrays("SELECT pre::INTEGER AS pre, size::INTEGER AS size FROM people ORDER BY row")
    pre, size = people["pre"], people["size"]
    sums, before = (np.zeros((len(pre) + 1, 2), np.int64) for _ in range(2))
    found = []
    for month in range(money.last + 1):
        sums[:] = 0
        for each, amount, column in (
            (money.credited, "sold", _CUSTOMERS),
            (money.credited, "sold", _EVERYBODY),
            (money.credited, "unknown", _EVERYBODY),
            (money.bought, "paid", _EVERYBODY),  # a participant's own orders are credited to the buyer
        ):
            here = each.of(month)
            add_behind(sums, column, pre, each.row[here], each.amounts[amount][here])
        run_up(sums)
        here = money.rewarded.of(month)
        paid = money.rewarded.row[here][money.rewarded.amounts["received"][here] > 0]
        found.append(np.hstack([of_subtrees(sums, pre, size, paid), of_subtrees(before, pre, size, paid)]))
        sums, before = before, sums
    return PaidOrganisations(*np.concatenate(found).T)


@indicator(
    id="organisation_customer_share",
    title=Text(en="Sales to customers behind each payment", ar="حصة العملاء من مبيعات الشبكة التي صُرفت عنها كل عمولة"),
    definition=Text(
        en="For each participant and month with a payment: sales to buyers outside the network, over all sales, of that "
        "participant and everybody below; the lowest of them.",
        ar="لكل مشارك وشهر صُرفت فيه عمولة: المبيعات لمشترين من خارج الشبكة إلى كل مبيعات المشارك وشبكته التابعة؛ وأدنى هذه "
        "النسب.",
    ),
    formula="min over paid participant-months of R_cust(i + downline) / R_tot(i + downline)",
    source="rules us.vemma2016.customer_majority, us.vemma2015.customers51",
    unit="ratio",
    needs=("rewards.amount", "orders.amount", "orders.date", "orders.buyer_id", "orders.seller_id", "participants"),
    of_money=True,
    false_positives=Text(
        en="Members who joined only for a discount count as participants; sales of customers whose seller is not recorded "
        "are missing; a payment often belongs to the month before.",
        ar="يُعدّ من انضم للخصم فقط مشاركًا؛ وتغيب مبيعات العملاء الذين لم يُسجَّل بائعهم؛ وكثيرًا ما تخص العمولة الشهر السابق.",
    ),
)
def organisation_customer_share(records: Records) -> Outcome:
    """The organisation behind each payment, month by month."""
    found = records.once(paid_organisations)
    if not len(found.everybody):
        return Outcome(lacking(phrases.nothing_for_others(month=True)))
    there, before = found.everybody > 0, found.everybody_before > 0
    units = Units(found.customers[there], found.everybody[there], "lowest")
    if not len(units):
        return Outcome(lacking(phrases.missing("orders.seller_id")))
    past = Units(found.customers_before[before], found.everybody_before[before], "lowest", "month_before_")
    without = int(np.count_nonzero(~there))
    failing = int(np.count_nonzero(2 * units.part <= units.wholes))
    unknown = int(records.row("SELECT count(*) FROM order_facts WHERE side <> 'participant' AND seller IS NULL")[0])
    bound: Bound = "open" if unknown else "exact"
    label = Text(en="sales of the month before the payment", ar="مبيعات الشهر السابق للعمولة")
    return Outcome(
        units.main(),
        numerator_label=Text(en="sold to customers", ar="بيع للعملاء"),
        denominator_label=Text(en="all sales of the organisation", ar="كل مبيعات الشبكة"),
        headline_label=units.headline,
        alternatives=(
            *units.others(),
            *((alternative("month_before", label, past.main()), *past.others()) if len(past) else ()),
        ),
        series=(units.up_to(_TWENTIETHS),),
        evidence=records.evidence(
            f"""
            SELECT p.id AS participant_id, m.month, p.size - 1 AS downline
            FROM ({PAID_MONTHS}) m JOIN people p USING (row) ORDER BY p.id, m.month
            """,
            count=len(found.everybody),
        ),
        notes=(
            Text(
                en=f"Paid participant-months with sales: {len(units):,}; of these with half or less to customers: "
                f"{failing:,}; without any sale: {without:,}. Customers' orders without a recorded seller: {unknown:,}.",
                ar=f"أشهر المشاركين ذات العمولة والمبيعات: {phrases.isolate(f'{len(units):,}')}؛ منها ما لا يزيد نصيب العملاء فيه "
                f"على النصف: {phrases.isolate(f'{failing:,}')}؛ وبلا مبيعات: {phrases.isolate(f'{without:,}')}. طلبات عملاء بلا "
                f"بائع مسجَّل: {phrases.isolate(f'{unknown:,}')}.",
            ),
        ),
        bound=bound,
        period=records.money_period,
    )


@indicator(
    id="customers_behind_payment",
    title=Text(en="Customers behind each payment for others", ar="عدد العملاء وراء كل عمولة عن الغير"),
    definition=Text(
        en="For each participant and month with a payment for what others did: different customers whom this participant "
        "served in the month; the fewest of them.",
        ar="لكل مشارك وشهر صُرفت فيه عمولة عن أفعال غيره: عدد العملاء المختلفين الذين خدمهم في الشهر؛ وأقل هذه الأعداد.",
    ),
    formula="min over participant-months paid for others of distinct customers served",
    source="rule us.amway1979.ten_customers",
    unit="count",
    needs=("rewards.amount", "orders.buyer_id", "orders.seller_id", "orders.date"),
    false_positives=Text(
        en="Companies that ship direct may not record which participant serves a customer.",
        ar="قد لا تسجّل الشركات التي تشحن مباشرة أي مشارك يخدم العميل.",
    ),
)
def customers_behind_payment(records: Records) -> Outcome:
    """Distinct customers of each seller in each month of pay for others."""
    query = f"""
        SELECT u.row, u.month, CAST(coalesce(c.customers, 0) AS BIGINT) AS customers
        FROM ({PAID_FOR_OTHERS}) u LEFT JOIN (
            SELECT f.seller AS row, f.month, count(DISTINCT f.customer) AS customers FROM order_facts f
            WHERE f.side = 'outside' AND f.seller IS NOT NULL AND f.amount > 0 GROUP BY 1, 2
        ) c ON c.row = u.row AND c.month = u.month
    """
    counts = _customers_of_the_month(records)
    if not len(counts):
        return Outcome(lacking(phrases.nothing_for_others(month=True)))
    units = Units(counts, None, "lowest")
    steps = (0, 1, 2, 3, 5, 9, 10, 15, 20, 50, 100)
    return Outcome(
        units.main(),
        numerator_label=Text(en="customers in the month", ar="العملاء في الشهر"),
        headline_label=units.headline,
        alternatives=units.others(),
        series=(units.up_to([Fraction(step) for step in steps], unit="count"),),
        evidence=records.evidence(
            f"SELECT p.id AS participant_id, q.month, q.customers FROM ({query}) q JOIN people p USING (row)"
            " ORDER BY q.customers, p.id, q.month",
            count=len(counts),
        ),
        period=records.money_period,
    )


def _customers_of_the_month(records: Records) -> Int64s:
    """The counts of `customers_behind_payment`'s query, over the columns."""
    orders, rewards = records.once(order_columns), records.once(reward_columns)
    paid, sold = records.once(payee_months), records.once(seller_months)
    lines = np.flatnonzero(
        (orders.side == OUTSIDE) & (orders.amount > 0) & (orders.customer >= 0) & (sold.of_line >= 0)
    )
    served = np.sort(sold.of_line[lines].astype(np.int64) << 32 | orders.customer[lines])
    served = served[np.diff(served, prepend=NONE) != 0]
    customers = paid.among(sold, np.bincount(served >> 32, minlength=len(sold.person)))
    return customers[(paid.month >= 0) & (paid.add(rewards.for_others, rewards.amount) > 0)]


@indicator(
    id="resold_share",
    title=Text(en="Part of each month's purchases that was sold on", ar="ما بيع من مشتريات كل شهر"),
    definition=Text(
        en="For each participant and month with goods bought: what the participant sold to anybody else, customer or "
        "participant, over what the participant bought; the lowest of them, at most 100%.",
        ar="لكل مشارك وشهر اشترى فيه سلعًا: ما باعه لغيره، عميلًا كان أو مشاركًا، إلى ما اشتراه؛ وأدنى هذه النسب، وبحد أعلى 100%.",
    ),
    formula="min over participant-months of min(sold to others, bought) / bought",
    source="rule us.amway1979.retail70",
    unit="ratio",
    needs=("orders.amount", "orders.date", "orders.buyer_id", "orders.seller_id"),
    of_money=True,
    false_positives=Text(
        en="Sales that the company does not record (cash, private) are missing: a missing sale is unknown and not zero.",
        ar="تغيب المبيعات التي لا تسجّلها الشركة (نقدًا أو بين الأفراد): وما لم يُسجَّل غير معروف وليس صفرًا.",
    ),
)
def resold_share(records: Records) -> Outcome:
    """Goods bought against sales credited to the buyer, in the same month."""
    query = """
        SELECT b.row, b.month, b.bought, least(greatest(coalesce(s.sold, 0), 0), b.bought) AS sold FROM (
            SELECT row, month, goods AS bought FROM order_months WHERE month IS NOT NULL AND goods > 0
        ) b LEFT JOIN (
            SELECT row, month, CAST(sum(sold) AS BIGINT) AS sold FROM (
                SELECT row, month, outside + unlisted + unknown AS sold FROM other_months
                UNION ALL SELECT seller, month, amount FROM order_facts
                WHERE side = 'participant' AND seller IS NOT NULL AND buyer <> seller
            ) WHERE row IS NOT NULL AND month IS NOT NULL GROUP BY 1, 2
        ) s ON s.row = b.row AND s.month = b.month
    """
    orders, months, sellers = records.once(order_columns), records.once(buyer_months), records.once(seller_months)
    bought = months.add(orders.of(PRODUCTS), orders.amount)
    sold = months.among(sellers, sellers.add(np.True_, orders.amount))
    there = (months.month >= 0) & (bought > 0)
    units = Units(np.clip(sold[there], 0, bought[there]), bought[there], "lowest")
    if not len(units):
        return Outcome(lacking(phrases.nothing_to_divide()))
    series: tuple[Series, ...] = (units.up_to(_TWENTIETHS),)
    total = Value(
        Fraction(int(units.part.sum()), int(units.wholes.sum())), int(units.part.sum()), int(units.wholes.sum())
    )
    together = alternative("all_together", Text(en="all months together", ar="كل الأشهر مجتمعة"), total, bound="lower")
    return Outcome(
        units.main(),
        numerator_label=Text(en="sold on", ar="بيع للغير"),
        denominator_label=Text(en="bought", ar="اشتُري"),
        headline_label=units.headline,
        alternatives=(*(each.model_copy(update={"bound": "lower"}) for each in units.others()), together),
        series=series,
        evidence=records.evidence(
            f"SELECT p.id AS participant_id, q.month, q.bought AS goods, q.sold FROM ({query}) q JOIN people p USING (row)"
            " ORDER BY q.sold / q.bought, p.id, q.month",
            count=len(units),
        ),
        bound="lower",
        period=records.money_period,
    )
