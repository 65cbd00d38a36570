"""What participants bought, and why: recurring orders that keep them eligible, and goods nobody used.

Neither is measurable from totals. A company that does not mark recurring orders, or does not record its
participants' sales, gets "not measurable", because an unrecorded sale is unknown and not zero.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from compliance.facts import PRODUCTS
from compliance.indicators import phrases
from compliance.indicators.flows import GOODS, revenue
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, point, share
from compliance.measurement import Missing, Series
from compliance.models.orders import inventory_gap
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records


_PAID_MONTHS = """
    SELECT p.row, p.month, p.amount AS paid, o.amount AS bought
    FROM (SELECT payee AS row, month, sum(amount)::BIGINT AS amount FROM reward_facts
          WHERE payee IS NOT NULL AND month IS NOT NULL GROUP BY 1, 2 HAVING sum(amount) > 0) p
    LEFT JOIN (SELECT buyer AS row, month, sum(amount)::BIGINT AS amount FROM order_facts
               WHERE side = 'participant' AND buyer IS NOT NULL AND month IS NOT NULL AND amount > 0
               GROUP BY 1, 2) o USING (row, month)
"""


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
    bought, months = 0, 0
    if records.has("rewards.amount"):
        bought, months = records.row(f"SELECT count(bought), count(*) FROM ({_PAID_MONTHS})")
    return Outcome(
        main,
        numerator_label=Text(en="paid for recurring orders", ar="ما دُفع عن طلبات دورية"),
        denominator_label=Text(en="all that participants paid", ar="كل ما دفعه المشاركون"),
        alternatives=(
            alternative(
                "bought_in_paid_month",
                Text(
                    en="months in which a paid participant had also bought",
                    ar="الأشهر التي اشترى فيها من صُرفت له عمولة",
                ),
                share(int(bought), int(months), whole=phrases.nothing_paid()),
            ),
        ),
        evidence=records.evidence(
            "SELECT * FROM money_in WHERE side = 'participant' AND category = 'autoship'"
            " ORDER BY source_file, source_line",
            count=money.count("participant", "autoship"),
        ),
        period=records.money_period,
    )


_GAPS = f"""
    SELECT buyer AS row, sum(amount) AS goods,
           1 + datediff('month', min(date), max(date)) AS months
    FROM order_facts WHERE side = 'participant' AND buyer IS NOT NULL AND category IN {PRODUCTS} GROUP BY 1
"""


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
    money = records.once(revenue)
    if money.amount("participant", GOODS) <= 0:
        return Outcome(
            lacking(
                phrases.needs(
                    "orders",
                    "category",
                    "Needs purchases of goods by participants: the records show none.",
                    "يحتاج إلى مشتريات سلع للمشاركين: لا يظهر منها شيء في السجلات.",
                )
            )
        )
    if money.amount("outside") <= 0:
        return Outcome(
            lacking(
                phrases.needs(
                    "orders",
                    "seller_id",
                    "Needs participants' sales to customers: none is recorded, and unrecorded is not the same as none.",
                    "يحتاج إلى مبيعات المشاركين للعملاء: لم يُسجَّل منها شيء، وعدم التسجيل لا يعني عدم البيع.",
                )
            )
        )
    allowance = records.allowance
    if allowance is None:
        return Outcome(lacking(phrases.no_allowance(records.currency)))
    each = records.arrays(
        f"""
        SELECT greatest(g.goods, 0)::BIGINT AS goods, n.sold::BIGINT AS sold,
               (g.months * {allowance})::BIGINT AS allowed
        FROM ({_GAPS}) g JOIN net n USING (row) ORDER BY row
        """
    )
    gaps = inventory_gap(each["goods"].astype("int64"), each["sold"].astype("int64"), each["allowed"].astype("int64"))
    bare = inventory_gap(
        each["goods"].astype("int64"), each["sold"].astype("int64"), each["allowed"].astype("int64") * 0
    )
    return Outcome(
        share(gaps.gap, gaps.purchases),
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
        evidence=records.evidence(
            f"""
            SELECT n.id, g.goods, n.sold, g.months, greatest(g.goods - n.sold - g.months * {allowance}, 0) AS gap
            FROM ({_GAPS}) g JOIN net n USING (row) ORDER BY gap DESC, n.id
            """,
            count=len(gaps.gaps),
        ),
        period=records.money_period,
    )


@indicator(
    id="period_end_loading",
    title=Text(en="Purchases crowded at the end of the month", ar="تركّز المشتريات في آخر الشهر"),
    definition=Text(
        en="Participants' orders in the last three days of a month against an even spread over its days: 1 is even. "
        "Customers' orders beside it tell a sales season from a qualification deadline.",
        ar="طلبات المشاركين في آخر ثلاثة أيام من الشهر مقارنة بتوزيع متساوٍ على أيامه: 1 يعني التساوي. وتُعرض بجانبها طلبات "
        "العملاء للتمييز بين موسم بيع وموعد تأهّل.",
    ),
    formula="(k / n) / (w / T); k orders in the last w = 3 of T days",
    source="Definition of this project: purchases in the last days of a month against an even spread; rule ind.deadline_loading",
    unit="number",
    needs=("orders.date", "orders.buyer_id", "participants.id"),
    false_positives=Text(
        en="Recurring orders on fixed days, paydays, promotions that end with the month.",
        ar="طلبات دورية في أيام ثابتة، وأيام صرف الرواتب، وعروض تنتهي بنهاية الشهر.",
    ),
)
def period_end_loading(records: Records) -> Outcome:
    """Participants' orders in the last three days of the month, customers' beside them."""
    counted = {
        str(side): (int(late), int(lines), int(days))
        for side, late, lines, days in records.all(
            """
            SELECT side::VARCHAR, count(*) FILTER (date_part('day', last_day(date)) - date_part('day', date) < 3),
                   count(*), sum(date_part('day', last_day(date)))
            FROM order_facts WHERE date IS NOT NULL AND category <> 'autoship' GROUP BY 1
            """
        )
    }

    def ratio(side: str, whole: Missing) -> Value:
        late, lines, days = counted.get(side, (0, 0, 0))
        # k/n over w/T, where T is the mean length of the months in which the orders fell
        return Value(Fraction(late * days, 3 * lines * lines)) if lines else lacking(whole)

    no_customers = phrases.needs(
        "orders",
        "buyer_kind",
        "Needs orders by customers: the records show none.",
        "يحتاج إلى طلبات عملاء: لا يظهر منها شيء في السجلات.",
    )
    return Outcome(
        ratio("participant", phrases.nobody()),
        alternatives=(
            alternative(
                "customers",
                Text(en="customers' orders", ar="طلبات العملاء"),
                ratio("outside", no_customers),
            ),
        ),
        series=(
            Series(
                id="by_side",
                label=Text(en="By buyer", ar="بحسب المشتري"),
                axis="category",
                unit="number",
                points=tuple(
                    point(side, ratio(side, no_customers)) for side in ("participant", "outside") if side in counted
                ),
            ),
        ),
        evidence=records.evidence(
            """
            SELECT * FROM money_in WHERE side = 'participant' AND category IS DISTINCT FROM 'autoship'
              AND date_part('day', last_day(date)) - date_part('day', date) < 3
            ORDER BY source_file, source_line
            """,
            count=counted.get("participant", (0, 0, 0))[0],
        ),
        period=records.money_period,
    )
