"""Retail sales and the evidence for them: what a receipt would have to say, and patterns of receipts that were made up.

Retail sales are orders of outside buyers credited to a participant. A seller who reports sales himself leaves traces when
he invents them: numbers one after the other, the same customers as other sellers, the same amounts (`same_amounts`). All
but the first figure here are leads for somebody who then asks the customers; none is evidence by itself.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from compliance.columns import NONE, OUTSIDE, Flags, OrderColumns, Rows, added, columns, marked, order_columns
from compliance.errors import LARGEST_SUM
from compliance.indicators import phrases
from compliance.indicators.breakdown import breakdown_of
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, share
from compliance.measurement import Missing
from compliance.statistics import exact_sum
from genealogy.kernels import by_small_key, earliest_first
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

Lines = npt.NDArray[np.intp]

SEVERAL = 3
"""Sellers from which on a customer is one of many distributors'."""
RETAIL = "f.side = 'outside' AND f.seller IS NOT NULL AND f.amount > 0"

NUMBER = "try_cast(regexp_extract(receipt, '([0-9]+)[^0-9]*$', 1) AS BIGINT)"
"""The last whole number in a receipt's number."""

_READ_NUMBER = f"""
    CASE WHEN try_cast(receipt AS UBIGINT)::VARCHAR = receipt THEN try_cast(receipt AS BIGINT) ELSE {NUMBER} END
"""
"""The same in a third of the time where a receipt's number is nothing but a number."""

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


@dataclass(frozen=True, slots=True)
class Receipts:
    """The receipts that orders have.

    Attributes:
        text: of each receipt.
        number: the last whole number in it, or NONE.
        of_line: place of the receipt of each line of the order columns, or NONE.
    """

    text: pl.Series
    number: npt.NDArray[np.int64]
    of_line: Rows


def _receipts(records: Records) -> Receipts:
    """All receipts, of sales and of others."""
    places = records.once(order_columns).place
    found = records.sql(
        f"SELECT place, receipt, coalesce({_READ_NUMBER}, {NONE}) AS number FROM order_lines WHERE receipt IS NOT NULL"
    )
    at = np.full(int(max(places.max(initial=0), found["place"].max() or 0)) + 1, NONE, dtype=np.int32)
    at[found["place"].to_numpy()] = np.arange(len(found), dtype=np.int32)
    return Receipts(found["receipt"], found["number"].to_numpy(), at[places])


def _retail(orders: OrderColumns) -> Flags:
    """The lines of `RETAIL`."""
    lines: Flags = (orders.side == OUTSIDE) & (orders.seller >= 0) & (orders.amount > 0)
    return lines


def _at_places(records: Records, query: str) -> Flags:
    """Which lines of the order columns stand at the places that a query gives."""
    lines = records.once(order_columns).place
    places = records.arrays(query)["place"]
    there = np.zeros(int(max(lines.max(initial=0), places.max(initial=0))) + 1, dtype=np.bool_)
    there[places] = True
    found: Flags = there[lines]
    return found


def _rewarded_lines(records: Records) -> Flags:
    """The retail lines on which a commission was paid, as `_rewarded` says."""
    if records.has("rewards.source_order_id") and records.has("orders.id") and records.rewards_by_place:
        orders, rewards, _ = columns(records)
        rewarded = marked(rewards.order[rewards.amount > 0], len(orders.place))[:-1]
        return rewarded & _retail(orders)
    return _at_places(records, f"SELECT f.place FROM order_facts f WHERE {RETAIL} AND {_rewarded(records)}")


def _without_product(records: Records) -> Flags:
    """The order lines that name no product."""
    lines, filled = len(records.once(order_columns).place), records.filled("orders", "product")
    if filled in (0, records.filled("orders")):
        return np.full(lines, not filled)
    return _at_places(records, "SELECT place FROM order_lines WHERE product IS NULL")


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
    orders = records.once(order_columns)
    lines = np.flatnonzero(_rewarded_lines(records))
    seller, prices = orders.seller[lines], orders.amount[lines]
    incomplete = (orders.customer[lines] < 0) | (orders.month[lines] < 0) | _without_product(records)[lines]
    without = incomplete | (records.once(_receipts).of_line[lines] < 0)
    rewarded, bare, bare_fields = len(lines), int(np.count_nonzero(without)), int(np.count_nonzero(incomplete))
    amount, bare_amount = exact_sum(prices), exact_sum(prices[without])
    known, complete = (marked(each, int(seller.max(initial=0)) + 1)[:-1] for each in (seller, seller[~without]))
    sellers, bare_sellers = int(np.count_nonzero(known)), int(np.count_nonzero(known & ~complete))
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
        series=breakdown_of(
            records, seller, orders.month[lines], without.astype(np.int64), np.ones_like(prices), people=True
        ).series
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
    orders, receipts = records.once(order_columns), records.once(_receipts)
    lines = np.flatnonzero(_retail(orders) & (receipts.of_line >= 0))
    lines = lines[receipts.number[receipts.of_line[lines]] >= 0]
    twice, everything = _standing_twice(receipts, receipts.of_line[lines]), len(lines)
    lines = _in_order(orders, lines, receipts.number[receipts.of_line[lines]])
    number, day = receipts.number[receipts.of_line[lines]], orders.date[lines].astype("datetime64[D]")
    follows = orders.seller[lines[1:]] == orders.seller[lines[:-1]]
    next_one = (number[1:] == number[:-1] + 1)[follows]
    on_later_day = next_one & (day[1:] > day[:-1])[follows]
    lines = lines[1:][follows]
    part, any_day, whole = int(np.count_nonzero(on_later_day)), int(np.count_nonzero(next_one)), len(lines)
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
        series=breakdown_of(
            records,
            orders.seller[lines],
            orders.month[lines],
            on_later_day.astype(np.int64),
            np.ones(whole, dtype=np.int64),
        ).series,
        evidence=records.evidence(
            f"SELECT seller_id, order_id, date, day_before, receipt, before, source_file, source_line"
            f" FROM ({following.format(numbered)}) WHERE {later} ORDER BY source_file, source_line",
            count=part,
        ),
        period=records.money_period,
    )


def _standing_twice(receipts: Receipts, which: Rows) -> int:
    """How many of some receipts have the same text as another of them; what has the same text has the same number."""
    number = receipts.number[which]
    ordered = np.sort(number)
    again = np.isin(number, ordered[1:][ordered[1:] == ordered[:-1]])
    return int(receipts.text.gather(which[again]).is_duplicated().sum())


def _in_order(orders: OrderColumns, lines: Lines, number: npt.NDArray[np.int64]) -> Lines:
    """Lines by seller, then date (what has none last), number and place."""
    if not len(lines):
        return lines
    seller, date = orders.seller[lines], orders.date[lines]
    when = np.where(np.isnat(date), LARGEST_SUM, date.view(np.int64))
    order = np.argsort(orders.place[lines]).astype(np.int32)
    for key in (number, when):  # each sort leaves what is equal as the one before did
        order = order[earliest_first(key[order])]
    return lines[by_small_key(order, seller, int(seller.max()) + 1)]


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
    orders = records.once(order_columns)
    lines = np.flatnonzero(_retail(orders) & (orders.customer >= 0))
    pairs = np.sort(orders.customer[lines].astype(np.int64) << 32 | orders.seller[lines])
    pairs = pairs[np.diff(pairs, prepend=NONE) != 0]
    sales, sellers = np.bincount(orders.customer[lines]), np.bincount(pairs >> 32)
    amounts = added(orders.customer[lines], orders.amount[lines], len(sales))[sales >= SEVERAL]
    first = np.cumsum(sellers)[sales >= SEVERAL] - sellers[sales >= SEVERAL]
    least_seller = (pairs[first] & (2**32 - 1)).astype(np.int32)
    several = sellers[sales >= SEVERAL] >= SEVERAL
    part, whole, amount, total = int(several.sum()), len(several), exact_sum(amounts[several]), exact_sum(amounts)
    none: Missing = phrases.needs(
        "orders",
        "buyer_id",
        f"Needs customers with at least {SEVERAL} credited orders: there are none.",
        f"يحتاج إلى عملاء لهم {SEVERAL} طلبات منسوبة على الأقل: لا يوجد منهم أحد.",
    )
    apart = breakdown_of(
        records,
        least_seller,
        np.full_like(least_seller, NONE),
        several.astype(np.int64),
        np.ones(whole, dtype=np.int64),
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
