"""Retail sales and the evidence for them: what a receipt would have to say, and patterns of receipts that were made up.

Retail sales are orders of outside buyers credited to a participant. A seller who reports sales himself leaves traces when
he invents them: numbers one after the other, the same customers as other sellers, the same amounts (`same_amounts`). All
but the first figure here are leads for somebody who then asks the customers; none is evidence by itself.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.indicators import phrases
from compliance.indicators.breakdown import breakdown, series
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, share
from compliance.measurement import Missing
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

SEVERAL = 3
"""Sellers from which on a customer is one of many distributors'."""
RETAIL = "f.side = 'outside' AND f.seller IS NOT NULL AND f.amount > 0"

NUMBER = "try_cast(regexp_extract(receipt, '([0-9]+)[^0-9]*$', 1) AS BIGINT)"
"""The last whole number in a receipt's number."""

ALL_CUSTOMERS = f"""
    SELECT f.customer, any_value(f.buyer IS NULL) AS unlisted, min(f.seller) AS least_seller,
           max(f.seller) AS most_seller, count(f.seller) AS sales, coalesce(sum(f.amount), 0)::BIGINT AS amount
    FROM (
        SELECT buyer, customer, CASE WHEN {RETAIL} THEN seller END AS seller, CASE WHEN {RETAIL} THEN amount END AS amount
        FROM order_facts f WHERE side = 'outside'
    ) f WHERE f.customer IS NOT NULL GROUP BY 1
"""
"""Customers with the sales to them that are credited to somebody."""

NO_RETAIL = phrases.needs(
    "orders",
    "seller_id",
    "Needs sales to customers that are credited to a participant: the records show none.",
    "يحتاج إلى مبيعات لعملاء منسوبة إلى مشارك: لا يظهر منها شيء في السجلات.",
)


def _rewarded(records: Records) -> str:
    """SQL: whether a commission was paid on a sale, or in its month to the seller where payouts name no order."""
    if records.has("rewards.source_order_id") and records.has("orders.id"):
        if records.rewards_by_place:
            return "f.place IN (SELECT place FROM reward_facts WHERE traced AND side = 'outside' AND amount > 0)"
        retail = f"SELECT f.order_id FROM order_facts f WHERE {RETAIL}"  # the smaller side of the join
        return (
            "f.order_id IN (SELECT r.source_order_id FROM rewards r JOIN"
            f" ({retail}) s ON s.order_id = r.source_order_id WHERE r.amount > 0)"
        )
    if records.has("rewards.amount"):
        return (
            "(f.seller, f.month) IN (SELECT row, month FROM reward_months"
            " WHERE paid_out > 0 AND row IS NOT NULL AND month IS NOT NULL)"
        )
    return "true"


def _sales(rewarded: str = "true") -> str:
    """Retail sales with what their receipt would say: `row` and `seller_id`, month, buyer, product, number."""
    return f"""
        SELECT f.seller AS row, f.month, o.id AS order_id, o.buyer_id, o.date, o.product, f.amount, o.receipt, o.seller_id,
               o.buyer_id IS NULL OR o.date IS NULL OR o.product IS NULL AS incomplete, o.source_file, o.source_line, f.place
        FROM order_facts f JOIN order_lines o ON o.place = f.place WHERE {RETAIL} AND {rewarded}
    """


def _retail(records: Records) -> str:
    """The name of a table of the retail sales, with receipt and whether a product is named; read once."""
    filled = {column: records.filled("orders", column) for column in ("product", "receipt")}
    receipt = "o.receipt" if filled["receipt"] else "NULL::VARCHAR"
    everything = records.filled("orders")
    productless = "o.product IS NULL" if 0 < filled["product"] < everything else str(not filled["product"])
    lines = " JOIN order_lines o ON o.place = f.place" if "o." in receipt + productless else ""
    return records.kept(
        f"SELECT f.place, f.order_id, f.seller, f.month, f.date, f.amount, f.customer, {receipt} AS receipt,"
        f" {productless} AS productless FROM order_facts f{lines} WHERE {RETAIL}"
    )


def _evident(records: Records) -> str:
    """Rewarded retail sales of each seller and month, and how many of them lack what."""
    month = "f.month" if records.has("orders.receipt") else "NULL::DATE"
    return f"""
        SELECT row, month, count(*) AS sales, count(*) FILTER (bare) AS bare, count(*) FILTER (incomplete) AS incomplete,
               sum(amount)::BIGINT AS amount, coalesce(sum(amount) FILTER (bare), 0)::BIGINT AS bare_amount
        FROM (
            SELECT *, incomplete OR numberless AS bare FROM (
                SELECT f.seller AS row, {month} AS month, f.amount, f.receipt IS NULL AS numberless,
                       f.customer IS NULL OR f.date IS NULL OR f.productless AS incomplete
                FROM {_retail(records)} f WHERE {_rewarded(records)}
            )
        ) GROUP BY 1, 2
    """


@indicator(
    id="retail_without_receipt",
    title=Text(en="Rewarded retail sales without a receipt", ar="مبيعات تجزئة صُرفت عنها عمولة بلا إيصال"),
    definition=Text(
        en="Sales to customers credited to a participant, on which a commission was paid (where payouts name no order: in "
        "a month in which the seller was paid), that lack a receipt number or one of buyer, date and product, over all of "
        "them.",
        ar="مبيعات العملاء المنسوبة إلى مشارك والتي صُرفت عنها عمولة (وإن لم تذكر الدفعات الطلب: في شهر صُرفت فيه للبائع عمولة) "
        "وينقصها رقم الإيصال أو المشتري أو التاريخ أو المنتَج، إلى مجموعها.",
    ),
    formula="rewarded retail sales lacking receipt, buyer, date or product / rewarded retail sales",
    source="rules us.herbalife2016.receipts, us.omnitrition1996.safeguards_enforced",
    unit="ratio",
    needs=("orders.amount", "orders.seller_id", "participants.id"),
    false_positives=Text(
        en="A company that ships to the customer itself has the delivery as its evidence and keeps no receipts.",
        ar="الشركة التي تشحن إلى العميل مباشرة دليلها التسليم، ولا تحتفظ بإيصالات.",
    ),
)
def retail_without_receipt(records: Records) -> Outcome:
    """Sales without evidence; by amount, without asking for a number, and sellers with none, beside it."""
    sales = _sales(_rewarded(records))
    kept = records.has("orders.receipt")
    lacks = "(receipt IS NULL OR incomplete)"
    read = records.kept(_evident(records))
    rewarded, bare, bare_fields, amount, bare_amount, sellers, bare_sellers = (
        int(each)
        for each in records.row(
            f"""
            SELECT coalesce(sum(sales), 0), coalesce(sum(bare), 0), coalesce(sum(incomplete), 0),
                   coalesce(sum(amount), 0), coalesce(sum(bare_amount), 0), count(DISTINCT row),
                   count(DISTINCT row) - count(DISTINCT row) FILTER (bare < sales)
            FROM {read}
            """
        )
    )
    if not rewarded:
        return Outcome(lacking(NO_RETAIL))
    no_number = phrases.missing("orders.receipt")

    def with_number(part: int, whole: int, *, people: bool = False) -> Value:
        return share(part, whole, people=people) if kept else lacking(no_number)

    return Outcome(
        with_number(bare, rewarded, people=True),
        numerator_label=Text(en="sales without a complete receipt", ar="مبيعات بلا إيصال مكتمل"),
        denominator_label=Text(en="rewarded sales to customers", ar="مبيعات للعملاء صُرفت عنها عمولة"),
        alternatives=(
            alternative(
                "without_number",
                Text(
                    en="buyer, date or product lacks; no number is asked for",
                    ar="ينقص المشتري أو التاريخ أو المنتَج دون اشتراط رقم",
                ),
                share(bare_fields, rewarded, people=True),
            ),
            alternative(
                "by_amount", Text(en="by amount", ar="بالمبالغ"), with_number(bare_amount, amount), of_money=True
            ),
            alternative(
                "sellers",
                Text(en="sellers with no complete receipt at all", ar="البائعون الذين لا إيصال مكتمل لهم"),
                with_number(bare_sellers, sellers, people=True),
            ),
        ),
        series=series(
            records,
            f"SELECT row, month, bare AS part, sales AS whole FROM {read}",
            people=True,
        )
        if kept
        else (),
        evidence=records.evidence(
            f"SELECT order_id, seller_id, buyer_id, date, product, amount, receipt, source_file, source_line FROM ({sales})"
            f" WHERE {lacks if kept else 'incomplete'} ORDER BY source_file, source_line",
            count=bare if kept else bare_fields,
        ),
        period=records.money_period,
    )


@indicator(
    id="receipts_in_sequence",
    title=Text(en="Receipts numbered one after the other", ar="إيصالات متتالية الأرقام"),
    definition=Text(
        en="Receipts whose number is the next one after the same seller's receipt before, on another day, over all receipts "
        "that follow another of the same seller.",
        ar="الإيصالات التي رقمها تالٍ مباشرة لرقم الإيصال السابق للبائع نفسه في يوم آخر، إلى كل الإيصالات التي تلي إيصالًا للبائع نفسه.",
    ),
    formula="receipts with number n + 1 on a later day / receipts with a predecessor of the same seller",
    source="models 7.5: receipt numbers in sequence",
    unit="ratio",
    needs=("orders.receipt", "orders.seller_id", "orders.date", "participants.id"),
    false_positives=Text(
        en="A seller with a receipt book of his own numbers in sequence; a shop that serves others leaves gaps.",
        ar="البائع الذي له دفتر إيصالات خاص به تتتالى أرقامه؛ أما من يخدم غيره فتظهر في أرقامه فجوات.",
    ),
)
def receipts_in_sequence(records: Records) -> Outcome:
    """Consecutive numbers on different days; on any day, and numbers that occur twice, beside it."""
    numbered = f"SELECT *, {NUMBER} AS number FROM ({_sales()}) WHERE receipt IS NOT NULL"
    following = """
        SELECT *, lag(number) OVER w AS before, lag(date) OVER w AS day_before FROM ({}) WHERE number IS NOT NULL
        WINDOW w AS (PARTITION BY row ORDER BY date, number, place)
    """
    later = "number = before + 1 AND date::DATE > day_before::DATE"
    receipts = records.kept(
        f"SELECT seller AS row, month, date, receipt, {NUMBER} AS number, place FROM {_retail(records)} WHERE number IS NOT NULL"
    )
    few = f"SELECT row, month, date, number, place FROM {receipts}"
    looked_at = records.kept(
        f"SELECT row, month, {later} AS later, number = before + 1 AS next FROM ({following.format(few)}) WHERE before IS NOT NULL"
    )
    part, any_day, whole = (
        int(each)
        for each in records.row(f"SELECT count(*) FILTER (later), count(*) FILTER (next), count(*) FROM {looked_at}")
    )
    twice, everything = (
        int(each)
        for each in records.row(
            "SELECT coalesce(sum(lines) FILTER (lines > 1), 0), coalesce(sum(lines), 0)"
            f" FROM (SELECT count(*) AS lines FROM {receipts} GROUP BY receipt)"
        )
    )
    none = phrases.needs(
        "orders",
        "receipt",
        "Needs sellers with several numbered receipts: there are none.",
        "يحتاج إلى بائعين لهم عدة إيصالات مرقّمة: لا يوجد منهم أحد.",
    )
    return Outcome(
        share(part, whole, people=True, whole=none),
        numerator_label=Text(en="receipts next in sequence", ar="إيصالات متتالية"),
        denominator_label=Text(en="receipts after another of the seller", ar="إيصالات تلي إيصالًا للبائع"),
        alternatives=(
            alternative(
                "any_day", Text(en="on any day", ar="في أي يوم"), share(any_day, whole, people=True, whole=none)
            ),
            alternative(
                "number_twice",
                Text(en="receipts whose number stands on another sale, too", ar="إيصالات رقمها مذكور في بيع آخر أيضًا"),
                share(twice, everything, people=True, whole=none),
            ),
        ),
        series=series(
            records,
            f"SELECT row, month, CAST(later AS BIGINT) AS part, 1::BIGINT AS whole FROM {looked_at}",
        ),
        evidence=records.evidence(
            f"SELECT seller_id, order_id, date, day_before, receipt, before, source_file, source_line"
            f" FROM ({following.format(numbered)}) WHERE {later} ORDER BY source_file, source_line",
            count=part,
        ),
        period=records.money_period,
    )


@indicator(
    id="shared_customers",
    title=Text(en="Customers of several sellers", ar="عملاء مشتركون بين بائعين"),
    definition=Text(
        en=f"Customers who bought through at least {SEVERAL} different sellers, over all customers who bought at least "
        f"{SEVERAL} times through one.",
        ar=f"العملاء الذين اشتروا عبر {SEVERAL} بائعين مختلفين على الأقل إلى كل العملاء الذين اشتروا عبر بائع "
        f"{SEVERAL} مرات على الأقل.",
    ),
    formula="customers with >= 3 sellers / customers with >= 3 credited orders",
    source="models 7.5: same customer across distributors",
    unit="ratio",
    needs=("orders.buyer_id", "orders.seller_id", "participants.id"),
    false_positives=Text(
        en="Sellers at one counter; a customer whose seller left and was replaced.",
        ar="بائعون عند منضدة واحدة، وعميل غادر بائعه وخلفه غيره.",
    ),
)
def shared_customers(records: Records) -> Outcome:
    """Customers of three sellers; their share of the sales by amount, beside it."""
    customers = f"""
        SELECT buyer_id, min(row) AS row, count(DISTINCT row) AS sellers, count(*) AS orders, sum(amount)::BIGINT AS amount
        FROM ({_sales()}) WHERE buyer_id IS NOT NULL GROUP BY 1 HAVING count(*) >= {SEVERAL}
    """
    # customers stand here by number: the same ones, without reading their ids
    customers_read = records.kept(ALL_CUSTOMERS)
    read = records.kept(
        f"""
        WITH one AS (
            SELECT customer, least_seller, sales, amount, least_seller = most_seller AS single FROM {customers_read}
            WHERE sales >= {SEVERAL}
        ), several AS (
            SELECT f.customer, count(DISTINCT f.seller) AS sellers FROM order_facts f
            WHERE {RETAIL} AND f.customer IN (SELECT customer FROM one WHERE NOT single) GROUP BY 1
        )
        SELECT least_seller AS row, amount, coalesce(sellers, 1) AS sellers FROM one LEFT JOIN several USING (customer)
        """
    )
    part, whole, amount, total = (
        int(each)
        for each in records.row(
            f"SELECT count(*) FILTER (sellers >= {SEVERAL}), count(*), coalesce(sum(amount) FILTER (sellers >= {SEVERAL}), 0),"
            f" coalesce(sum(amount), 0) FROM {read}"
        )
    )
    none: Missing = phrases.needs(
        "orders",
        "buyer_id",
        f"Needs customers with at least {SEVERAL} credited orders: there are none.",
        f"يحتاج إلى عملاء لهم {SEVERAL} طلبات منسوبة على الأقل: لا يوجد منهم أحد.",
    )
    apart = breakdown(
        records,
        f"SELECT row, NULL::DATE AS month, CAST(sellers >= {SEVERAL} AS BIGINT) AS part, 1::BIGINT AS whole FROM {read}",
        people=True,
    )
    return Outcome(
        share(part, whole, people=True, whole=none),
        numerator_label=Text(en="customers of several sellers", ar="عملاء لهم عدة بائعين"),
        denominator_label=Text(en="customers with several orders", ar="عملاء لهم عدة طلبات"),
        alternatives=(
            alternative(
                "by_amount", Text(en="by amount", ar="بالمبالغ"), share(amount, total, whole=none), of_money=True
            ),
        ),
        series=apart.series,
        evidence=records.evidence(
            f"SELECT buyer_id, sellers, orders, amount FROM ({customers}) WHERE sellers >= {SEVERAL}"
            " ORDER BY sellers DESC, buyer_id",
            count=part,
        ),
        period=records.money_period,
    )
