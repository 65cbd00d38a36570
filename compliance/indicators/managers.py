"""Affiliate managers who also sell: whether they compete with the affiliates they are in charge of.

A manager sees what sells, where and through whom. Selling oneself is no fault, and the figures say only how far the two
meet: in products, in customers, in customers who changed over, and in what the managed affiliates sold before and after
the manager began.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from compliance.indicators import phrases
from compliance.indicators.attribution import rule_of
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, point, share
from compliance.measurement import Series
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

WINDOW = 3
"""Months before and after a manager's first own sale."""

NO_MANAGERS = phrases.needs(
    "participants",
    "manager_id",
    "Needs participants in the charge of a manager who is on the list.",
    "يحتاج إلى مشاركين يتولاهم مدير وارد في القائمة.",
)
NOBODY_WON = phrases.needs(
    "orders",
    "seller_id",
    "Needs customers who first bought through an affiliate of a manager who sells: there are none.",
    "يحتاج إلى عملاء اشتروا أولًا عبر مسوّق يتولاه مدير يبيع: لا يوجد عملاء كهؤلاء.",
)
NOBODY_BEGAN = phrases.needs(
    "orders",
    "seller_id",
    f"Needs a manager who began to sell at least {WINDOW} months after the sales of the records begin and {WINDOW} before "
    "they end, and whose affiliates sold before: there is none.",
    f"يحتاج إلى مدير بدأ البيع بعد أول مبيعات السجلات وقبل آخرها بأشهر لا تقل عن {phrases.isolate(WINDOW)} وباع مسوّقوه قبل "
    "ذلك: لا يوجد مدير كهذا.",
)
NO_SALE_OF_MANAGERS = phrases.needs(
    "orders",
    "seller_id",
    "Needs orders credited to a manager who is in charge of somebody: there are none.",
    "يحتاج إلى طلبات منسوبة إلى مدير يتولى مسوّقين: لا توجد طلبات كهذه.",
)

MANAGED = """
    SELECT m.row AS manager, m.id AS manager_id, p.row AS affiliate, p.id AS affiliate_id
    FROM participants a JOIN people p ON p.id = a.id JOIN people m ON m.id = a.manager_id
    WHERE a.manager_id IS NOT NULL AND a.manager_id <> a.id
"""
SOLD = """
    SELECT p.row AS seller, o.id AS order_id, o.date, o.buyer_id, o.product, o.category, o.amount
    FROM orders o JOIN people p ON p.id = o.seller_id
    WHERE o.amount > 0 AND o.buyer_id IS DISTINCT FROM o.seller_id AND o.seller_id IS NOT NULL
"""


@indicator(
    id="selling_managers",
    title=Text(en="Managers who sell besides managing", ar="مديرون يبيعون إلى جانب الإدارة"),
    definition=Text(
        en="Affiliate managers credited with sales of their own, over all who are in charge of somebody. The alternatives "
        "count those who sell a product that an affiliate in their charge sells, and those who sold to a customer of one.",
        ar="مديرو المسوّقين بالعمولة الذين تُنسب إليهم مبيعات شخصية إلى كل من يتولى مسوّقين. وتحسب التعريفات البديلة من يبيع منتجًا "
        "يبيعه مسوّق يتولاه، ومن باع لعميل أحدهم.",
    ),
    formula="#{m : own sales > 0} / #{m : in charge of somebody}",
    source="Definition of this project; on the conflict: https://revenews.com/affiliate-marketing/should-affiliate-managers-be-affiliates/",
    unit="ratio",
    needs=("participants.manager_id", "orders.seller_id"),
    false_positives=Text(
        en="A manager who was an affiliate before, sells elsewhere, or may sell by his contract.",
        ar="مدير كان مسوّقًا من قبل، أو يبيع في مجال آخر، أو يجيز له عقده البيع.",
    ),
)
def selling_managers(records: Records) -> Outcome:
    """Managers with own sales, with the same products, with the same customers."""
    met = f"""
        WITH managed AS ({MANAGED}), sold AS ({SOLD}),
        goods AS (
            SELECT DISTINCT g.manager, coalesce(s.product, s.category) AS good FROM managed g JOIN sold s ON s.seller = g.affiliate
        ), buyers AS (
            SELECT DISTINCT g.manager, s.buyer_id FROM managed g JOIN sold s ON s.seller = g.affiliate
        )
        SELECT g.manager, any_value(g.manager_id) AS manager_id, count(DISTINCT g.affiliate) AS affiliates,
               (SELECT count(*) FROM sold s WHERE s.seller = g.manager) AS own_sales,
               (SELECT count(*) FROM sold s JOIN goods k ON k.manager = g.manager
                AND k.good = coalesce(s.product, s.category) WHERE s.seller = g.manager) AS in_same_goods,
               (SELECT count(*) FROM sold s JOIN buyers b ON b.manager = g.manager AND b.buyer_id = s.buyer_id
                WHERE s.seller = g.manager) AS to_same_customers
        FROM managed g GROUP BY 1
    """
    everyone, selling, goods, customers = (
        int(count)
        for count in records.row(
            "SELECT count(*), count(*) FILTER (own_sales > 0), count(*) FILTER (in_same_goods > 0),"
            f" count(*) FILTER (to_same_customers > 0) FROM ({met})"
        )
    )
    return Outcome(
        share(selling, everyone, people=True, whole=NO_MANAGERS),
        numerator_label=Text(en="with sales of their own", ar="لهم مبيعات شخصية"),
        denominator_label=Text(en="managers in charge of somebody", ar="مديرون يتولون مسوّقين"),
        headline_label=Text(en="any own sale", ar="أي بيع شخصي"),
        alternatives=(
            alternative(
                "same_products",
                Text(en="in a product that an affiliate in their charge sells", ar="في منتج يبيعه مسوّق يتولونه"),
                share(goods, everyone, people=True, whole=NO_MANAGERS),
            ),
            alternative(
                "same_customers",
                Text(en="to a customer of an affiliate in their charge", ar="لعميل مسوّق يتولونه"),
                share(customers, everyone, people=True, whole=NO_MANAGERS),
            ),
        ),
        evidence=records.evidence(
            f"SELECT * EXCLUDE (manager) FROM ({met}) ORDER BY to_same_customers DESC, own_sales DESC, manager_id",
            count=everyone,
        ),
        period=records.money_period,
    )


@indicator(
    id="manager_takeover",
    title=Text(en="Affiliates' customers who changed over to the manager", ar="عملاء مسوّقين انتقلوا إلى مديرهم"),
    definition=Text(
        en="Customers who first bought through an affiliate and later through that affiliate's manager, over all customers "
        "whose first purchase was through an affiliate of a manager who sells. The alternative counts orders credited to "
        "a manager whose buyer had clicked on the link of an affiliate in his charge within the window.",
        ar="العملاء الذين اشتروا أولًا عبر مسوّق ثم عبر مديره إلى كل العملاء الذين كان أول شراء لهم عبر مسوّق يتولاه مدير يبيع. "
        "ويحسب التعريف البديل الطلبات المنسوبة إلى مدير سبقتها خلال المدة نقرة على رابط مسوّق يتولاه.",
    ),
    formula="#{c : first through a managed affiliate, later through the manager} / #{c : first through one}",
    source="Definition of this project; rule aff.manager_conflict",
    unit="ratio",
    needs=("participants.manager_id", "orders.seller_id", "orders.buyer_id", "orders.date"),
    false_positives=Text(
        en="An affiliate who left, and whose customers the manager had to take over.",
        ar="مسوّق غادر فاضطر المدير إلى تولّي عملائه.",
    ),
)
def manager_takeover(records: Records) -> Outcome:
    """Customers and clicks of managed affiliates that ended with the manager."""
    base = f"""
        WITH managed AS ({MANAGED}), sold AS ({SOLD}), selling AS (
            SELECT DISTINCT g.manager FROM managed g JOIN sold s ON s.seller = g.manager
        ), firsts AS (
            SELECT buyer_id, arg_min(seller, (date, order_id)) AS seller, min(date) AS first FROM sold
            WHERE buyer_id IS NOT NULL AND date IS NOT NULL GROUP BY 1
        ), won AS (
            SELECT f.buyer_id, f.first, g.affiliate_id, g.manager, g.manager_id FROM firsts f
            JOIN managed g ON g.affiliate = f.seller JOIN selling USING (manager)
        )
    """
    taken = f"""
        {base}
        SELECT w.buyer_id, w.affiliate_id, w.first, w.manager_id, min(s.date) AS through_manager, count(*) AS orders
        FROM won w JOIN sold s ON s.seller = w.manager AND s.buyer_id = w.buyer_id AND s.date > w.first
        GROUP BY 1, 2, 3, 4
    """
    whole = int(records.row(f"{base} SELECT count(*) FROM won")[0])
    if not whole:
        return Outcome(lacking(NOBODY_WON))
    changed = int(records.row(f"SELECT count(DISTINCT buyer_id) FROM ({taken})")[0])
    rule = records.once(rule_of)
    clicked = lacking(phrases.missing("clicks.buyer_id"))
    if records.has("clicks.date"):
        orders, over = records.row(
            f"""
            WITH managed AS ({MANAGED}), sold AS ({SOLD})
            SELECT count(DISTINCT o.order_id), count(DISTINCT o.order_id) FILTER (c.date IS NOT NULL)
            FROM sold o JOIN managed g ON g.manager = o.seller
            LEFT JOIN clicks c ON c.participant_id = g.affiliate_id AND coalesce(c.kind, 'click') = 'click'
                 AND (c.order_id = o.order_id OR (c.order_id IS NULL AND c.buyer_id = o.buyer_id))
                 AND c.date <= o.date AND {rule.window}
            """
        )
        clicked = share(int(over), int(orders), whole=NO_SALE_OF_MANAGERS)
    return Outcome(
        share(changed, whole, people=True),
        numerator_label=Text(en="later bought through the manager", ar="اشتروا لاحقًا عبر المدير"),
        denominator_label=Text(
            en="customers won by affiliates of selling managers", ar="عملاء جلبهم مسوّقون لهم مدير يبيع"
        ),
        headline_label=Text(en="customers", ar="العملاء"),
        alternatives=(
            alternative(
                "clicked_before",
                Text(
                    en="managers' orders after a click on a managed affiliate's link within the window",
                    ar="طلبات المديرين بعد نقرة على رابط مسوّق يتولونه خلال مدة احتساب الإحالة",
                ),
                clicked,
                note=rule.words,
            ),
        ),
        evidence=records.evidence(
            f"SELECT * FROM ({taken}) ORDER BY through_manager, buyer_id, affiliate_id, manager_id"
        ),
        period=records.money_period,
    )


@indicator(
    id="managed_sales_after",
    title=Text(en="Managed affiliates' sales once the manager sells", ar="مبيعات المسوّقين بعد أن بدأ مديرهم البيع"),
    definition=Text(
        en="Sales of affiliates in the three months after their manager's first own sale, over those of the three months "
        "before, for managers who had been without own sales until then. The alternative is the same for affiliates of "
        "managers who do not sell, over the same months.",
        ar="مبيعات المسوّقين في الأشهر الثلاثة التالية لأول بيع شخصي لمديرهم إلى مبيعاتهم في الأشهر الثلاثة السابقة له. والتعريف "
        "البديل هو الرقم نفسه لمسوّقين لا يبيع مديروهم، عبر الأشهر نفسها.",
    ),
    formula="sales in months 1..3 after / sales in months 1..3 before the manager's first own sale",
    source="Definition of this project; rule aff.manager_conflict",
    unit="ratio",
    needs=("participants.manager_id", "orders.seller_id", "orders.date", "orders.amount"),
    of_money=True,
    false_positives=Text(
        en="A season between the two spans: see the same months of managers who do not sell.",
        ar="موسم بين المدتين: تُنظر الأشهر نفسها لدى مديرين لا يبيعون.",
    ),
)
def managed_sales_after(records: Records) -> Outcome:
    """Before and after a manager begins to sell, beside managers who never do."""
    currency = "'" + (records.currency or "").replace("'", "''") + "'"
    base = f"""
        WITH managed AS ({MANAGED}), monthly AS (
            SELECT p.row AS seller, CAST(date_trunc('month', o.date) AS DATE) AS month, sum(o.amount) AS amount
            FROM orders o JOIN people p ON p.id = o.seller_id
            WHERE o.currency = {currency} AND o.date IS NOT NULL AND o.buyer_id IS DISTINCT FROM o.seller_id GROUP BY 1, 2
        ), known AS (SELECT min(month) AS first, max(month) AS last FROM monthly),
        began AS (
            SELECT g.manager, any_value(g.manager_id) AS manager_id, min(m.month) AS month
            FROM managed g JOIN monthly m ON m.seller = g.manager WHERE m.amount > 0 GROUP BY 1
        ), events AS (
            SELECT b.* FROM began b, known k
            WHERE b.month - INTERVAL {WINDOW} MONTH >= k.first AND b.month + INTERVAL {WINDOW} MONTH < k.last
        ), others AS (SELECT DISTINCT affiliate FROM managed WHERE manager NOT IN (SELECT manager FROM began)),
        around AS (
            SELECT e.manager_id, e.month AS began, 'managed' AS group_, datediff('month', e.month, m.month) AS place,
                   g.affiliate_id, m.amount
            FROM events e JOIN managed g USING (manager) JOIN monthly m ON m.seller = g.affiliate
            UNION ALL
            SELECT e.manager_id, e.month, 'others', datediff('month', e.month, m.month), p.id, m.amount
            FROM events e, others o JOIN monthly m ON m.seller = o.affiliate JOIN people p ON p.row = o.affiliate
        )
        SELECT * FROM around WHERE place BETWEEN -{WINDOW} AND {WINDOW} AND place <> 0
    """
    sums: dict[tuple[str, int], int] = {
        (str(group), int(at)): int(amount)
        for group, at, amount in records.all(f"SELECT group_, place, sum(amount) FROM ({base}) GROUP BY 1, 2")
    }
    if not any(group == "managed" for group, _ in sums):
        return Outcome(lacking(NOBODY_BEGAN))

    def total(group: str, places: range) -> int:
        return sum(sums.get((group, at), 0) for at in places)

    before, after = range(-WINDOW, 0), range(1, WINDOW + 1)
    mean = Fraction(total("managed", before), WINDOW)
    return Outcome(
        share(total("managed", after), total("managed", before), whole=NOBODY_BEGAN),
        numerator_label=Text(en="three months after", ar="بعد ثلاثة أشهر"),
        denominator_label=Text(en="three months before", ar="قبل ثلاثة أشهر"),
        headline_label=Text(en="affiliates of managers who began to sell", ar="مسوّقون بدأ مديروهم البيع"),
        alternatives=(
            alternative(
                "others",
                Text(
                    en="affiliates of managers who do not sell, same months",
                    ar="مسوّقون لا يبيع مديروهم، في الأشهر نفسها",
                ),
                share(total("others", after), total("others", before), whole=NO_MANAGERS),
            ),
        ),
        series=(
            Series(
                id="around",
                label=Text(
                    en="Months around the manager's first sale, mean of those before = 1",
                    ar="الأشهر حول أول بيع للمدير، ومتوسط ما قبله = 1",
                ),
                axis="tenure",
                unit="ratio",
                points=tuple(point(at, Value(sums.get(("managed", at), 0) / mean)) for at in (*before, *after))
                if mean > 0
                else (),
            ),
        ),
        evidence=records.evidence(
            f"SELECT manager_id, began, affiliate_id, place AS month, amount FROM ({base}) WHERE group_ = 'managed'"
            " ORDER BY manager_id, affiliate_id, place"
        ),
        period=records.money_period,
    )
