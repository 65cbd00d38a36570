"""What participants bought, and why: recurring orders that keep them eligible, and goods nobody used.

Neither is measurable from totals. A company that does not mark recurring orders, or does not record its
participants' sales, gets "not measurable", because an unrecorded sale is unknown and not zero.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compliance.columns import NONE, buyer_months, order_columns, payee_months, reward_columns
from compliance.indicators import phrases
from compliance.indicators.breakdown import breakdown, breakdown_of
from compliance.indicators.flows import revenue
from compliance.indicators.inventory import nothing_sold
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, share
from compliance.models.orders import inventory_gap
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records


@indicator(
    id="autoship_share",
    title=Text(en="Recurring orders in participants' purchases", ar="الطلبات الدورية من مشتريات المشاركين"),
    definition=Text(
        en="What participants paid for recurring orders, over all that participants paid. Plans commonly make such an "
        "order the condition for being paid.",
        ar="ما دفعه المشاركون عن طلبات دورية تلقائية إلى كل ما دفعوه. وكثيرًا ما تجعل الخطط هذا الطلب شرطًا لصرف العمولة.",
    ),
    formula="autoship revenue from participants / all revenue from participants",
    source="rules ind.autoship_dependence, ind.pay_to_play",
    unit="ratio",
    needs=("orders.amount", "orders.category", "orders.buyer_id"),
    of_money=True,
    false_positives=Text(
        en="A subscription to goods that people use up and may stop at any time.",
        ar="اشتراك في سلع تُستهلك ويمكن إيقافه في أي وقت.",
    ),
)
def autoship_share(records: Records) -> Outcome:
    """Recurring orders over participants' payments."""
    money = records.once(revenue)
    recurring = money.amount("participant", {"autoship"})
    if money.count("participant") == 0:
        return Outcome(lacking(phrases.nobody()))
    main = share(recurring, money.amount("participant"))
    if money.count(category="autoship") == 0:
        main = lacking(
            phrases.needs(
                "orders",
                "category",
                "Needs orders marked as recurring (autoship): none is, and the records do not say whether there were any.",
                "يحتاج إلى طلبات مصنَّفة طلبات دورية: لا يوجد منها شيء، ولا تذكر السجلات هل وُجدت.",
            )
        )
    apart = breakdown(
        records,
        "SELECT row, CAST(date_trunc('month', period) AS DATE) AS month, recurring AS part, paid AS whole FROM buyer_periods",
    )
    bought, months = 0, 0
    if records.has("rewards.amount"):
        bought, months = _paid_months(records)
    return Outcome(
        Value(
            main.value,
            main.numerator,
            main.denominator,
            apart.interval if main.value is not None else None,
            main.missing,
        ),
        numerator_label=Text(en="paid for recurring orders", ar="ما دُفع عن طلبات دورية"),
        denominator_label=Text(en="all that participants paid", ar="كل ما دفعه المشاركون"),
        alternatives=(
            alternative(
                "bought_in_paid_month",
                Text(
                    en="months in which a paid participant had also bought",
                    ar="الأشهر التي اشترى فيها من صُرفت له عمولة",
                ),
                share(bought, months, whole=phrases.nothing_paid()),
                of_money=False,
            ),
        ),
        series=apart.series if main.value is not None else (),
        evidence=records.evidence(
            "SELECT * FROM money_in WHERE side = 'participant' AND category = 'autoship'"
            " ORDER BY source_file, source_line",
            count=money.count("participant", "autoship"),
        ),
        period=records.money_period,
    )


def _paid_months(records: Records) -> tuple[int, int]:
    """In how many of the months in which somebody was paid the same person had bought, and how many there are."""
    orders, rewards = records.once(order_columns), records.once(reward_columns)
    paid, bought = records.once(payee_months), records.once(buyer_months)
    months = (paid.month >= 0) & (paid.add(np.True_, rewards.amount) > 0)
    also = months & (paid.among(bought, bought.add(np.True_, orders.amount)) > 0)
    return int(np.count_nonzero(also)), int(np.count_nonzero(months))


GAPS = """
    SELECT row, sum(goods)::BIGINT AS goods,
           coalesce(1 + datediff('month', min(month), max(month)), 1) AS months
    FROM order_months WHERE goods <> 0 GROUP BY 1
"""
"""What each participant bought in goods, and the months from the first to the last in which he did: one where none is stated."""


@indicator(
    id="inventory_gap",
    title=Text(en="Goods bought and neither sold nor used", ar="سلع اشتُريت ولم تُبَع ولم تُستهلك"),
    definition=Text(
        en="What participants bought in goods beyond their recorded sales to customers and a plausible own use, over all "
        "that they bought in goods.",
        ar="ما اشتراه المشاركون من سلع زيادةً على مبيعاتهم المسجَّلة للعملاء وعلى استهلاك شخصي معقول إلى كل مشترياتهم من "
        "السلع.",
    ),
    formula="sum max(0, purchases_i - sales_i - allowance_i) / sum purchases_i",
    source="Definition of this project: purchases less recorded sales and plausible own use",
    unit="ratio",
    needs=("orders.amount", "orders.buyer_id", "orders.seller_id"),
    of_money=True,
    false_positives=Text(
        en="Cash sales that nobody recorded: ask for receipts or count the stock. Early stock for an event.",
        ar="مبيعات نقدية لم تُسجَّل: تُطلب الإيصالات أو يُجرد المخزون. وشراء مبكر استعدادًا لفعالية.",
    ),
)
def inventory_gap_share(records: Records) -> Outcome:
    """The gap between purchases and explained use; needs recorded sales and an allowance."""
    lacks = nothing_sold(records)
    if lacks is not None:
        return Outcome(lacking(lacks))
    allowance = records.allowance
    if allowance is None:
        return Outcome(lacking(phrases.no_allowance(records.currency)))
    each = records.arrays(
        f"""
        SELECT row, g.goods, n.sold::BIGINT AS sold, (g.months * {allowance})::BIGINT AS allowed,
               greatest(g.goods - n.sold - g.months * {allowance}, 0)::BIGINT AS gap
        FROM {records.kept(GAPS)} g JOIN net n USING (row) ORDER BY row
        """
    )
    goods, sold, allowed = each["goods"].clip(min=0), each["sold"], each["allowed"]
    gaps, bare = (inventory_gap(goods, sold, own) for own in (allowed, np.zeros_like(allowed)))
    nowhen = np.full_like(each["row"], NONE)
    apart = breakdown_of(records, each["row"], nowhen, each["gap"], each["goods"])
    main = share(gaps.gap, gaps.purchases)
    return Outcome(
        Value(main.value, main.numerator, main.denominator, apart.interval, main.missing),
        numerator_label=Text(en="bought beyond sales and own use", ar="مشتريات تزيد على المبيعات والاستهلاك"),
        denominator_label=Text(en="goods that participants bought", ar="السلع التي اشتراها المشاركون"),
        headline_label=phrases.OWN_ALLOWANCE,
        alternatives=(
            alternative("no_own_use", Text(en="no own use", ar="بلا استهلاك شخصي"), share(bare.gap, bare.purchases)),
            alternative(
                "people_above",
                Text(en="share of buying participants with a gap", ar="نسبة المشترين الذين لديهم فارق"),
                share(int((gaps.gaps > 0).sum()), len(gaps.gaps), people=True),
            ),
        ),
        series=apart.series,
        evidence=records.evidence(
            f"""
            SELECT n.id, g.goods, n.sold, g.months, greatest(g.goods - n.sold - g.months * {allowance}, 0) AS gap
            FROM ({GAPS}) g JOIN net n USING (row) ORDER BY gap DESC, n.id
            """,
            count=len(gaps.gaps),
        ),
        period=records.money_period,
    )
