"""Customers who are, or were, participants: paid, credited with sales, ranked or with recruits of their own.

A programme that counts customers may count idle participants among them. Whoever the list or an order calls a customer is
looked up among those who recruited, were paid, sold or held a rank, or whom the list calls something else.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compliance.columns import OUTSIDE, marked, order_columns
from compliance.facts import CUSTOMER_KINDS
from compliance.indicators import phrases
from compliance.indicators.breakdown import series
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, share
from compliance.measurement import Missing
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

_SIGNS = ("recruited", "paid", "sold", "ranked", "listed")


def _called_customers(records: Records) -> str:
    """Everybody on the list whom the list or an order calls a customer, with what speaks against it."""
    nobody = "SELECT NULL::INTEGER AS row WHERE false"
    ordered = (
        "SELECT DISTINCT buyer AS row FROM order_facts"
        " WHERE side = 'participant' AND buyer IS NOT NULL AND called_customer"
        if records.has("orders.buyer_kind")
        else nobody
    )
    paid = (
        "SELECT DISTINCT row FROM reward_months WHERE row IS NOT NULL AND paid_out > 0 AND row IN (SELECT row FROM called)"
        if records.has("rewards.amount")
        else nobody
    )
    sold = (
        "SELECT DISTINCT seller AS row FROM order_facts"
        " WHERE seller IS NOT NULL AND seller IS DISTINCT FROM buyer AND seller IN (SELECT row FROM called)"
        if records.has("orders.seller_id")
        else nobody
    )
    ranked = (
        "SELECT DISTINCT p.row FROM ranks r JOIN people p ON p.id = r.participant_id"
        if records.has("ranks.rank")
        else nobody
    )
    return f"""
        WITH called AS MATERIALIZED (
            SELECT row FROM people WHERE kind IN {CUSTOMER_KINDS} UNION {ordered}
        )
        SELECT p.row, p.id, p.joined, p.recruits > 0 AS recruited, y.row IS NOT NULL AS paid, s.row IS NOT NULL AS sold,
               k.row IS NOT NULL AS ranked, p.is_participant AS listed
        FROM people p
        LEFT JOIN ({paid}) y ON y.row = p.row
        LEFT JOIN ({sold}) s ON s.row = p.row
        LEFT JOIN ({ranked}) k ON k.row = p.row
        WHERE p.row IN (SELECT row FROM called)
    """


def _customers(records: Records) -> int:
    """Different customers whom orders name and the list does not."""
    if not records.has("orders.buyer_id"):
        return 0
    orders = records.once(order_columns)
    unlisted = orders.customer[(orders.side == OUTSIDE) & (orders.buyer < 0) & (orders.customer >= 0)]
    return int(np.count_nonzero(marked(unlisted, int(unlisted.max(initial=0)) + 1)[:-1]))


@indicator(
    id="relabelled_customers",
    title=Text(en="Customers who are or were participants", ar="عملاء هم مشاركون أو كانوا كذلك"),
    definition=Text(
        en="Those whom the list or an order calls a customer and who have recruited, were paid a commission, are credited "
        "with a sale, held a rank, or stand on the list as something else, over all customers.",
        ar="من تسميهم القائمة أو يسميهم طلب عملاء وقد استقطبوا مشاركين أو صُرفت لهم عمولة أو نُسب إليهم بيع أو حملوا رتبة أو لهم في "
        "القائمة صفة أخرى، إلى كل العملاء.",
    ),
    formula="customers with recruits, payouts, sales, a rank or a position / customers",
    source="rule ind.relabelled_customers",
    unit="ratio",
    needs=("orders.buyer_id", "participants.id"),
    false_positives=Text(
        en="People who asked to become customers again: look at date and consent. A customer who referred a friend once.",
        ar="من طلبوا العودة عملاء: يُنظر في التاريخ والموافقة. وعميل أحال صديقًا مرة.",
    ),
)
def relabelled_customers(records: Records) -> Outcome:
    """Customers with a sign of a position over all customers; without mere orders of listed participants, and each sign."""
    called = _called_customers(records)
    read = records.kept(called)
    any_sign = " OR ".join(_SIGNS)
    strict = " OR ".join(sign for sign in _SIGNS if sign != "listed")
    listed, found, firm, *single = (
        int(each)
        for each in records.row(
            f"SELECT count(*), count(*) FILTER ({any_sign}), count(*) FILTER ({strict}), "
            + ", ".join(f"count(*) FILTER ({sign})" for sign in _SIGNS)
            + f" FROM {read}"
        )
    )
    whole = listed + _customers(records)
    none = phrases.needs(
        "orders",
        "buyer_kind",
        "Needs customers: nobody on the list or in the orders is called one.",
        "يحتاج إلى عملاء: لا تسمّي القائمة ولا الطلبات أحدًا عميلًا.",
    )

    def of(part: int, *, lacks: Missing | None = None) -> Value:
        return lacking(lacks) if lacks is not None else share(part, whole, people=True, whole=none)

    wanted = {
        "paid": ("rewards.amount", Text(en="were paid a commission", ar="صُرفت لهم عمولة")),
        "sold": ("orders.seller_id", Text(en="are credited with a sale", ar="نُسب إليهم بيع")),
        "ranked": ("ranks.rank", Text(en="held a rank", ar="حملوا رتبة")),
        "recruited": ("participants.sponsor_id", Text(en="have recruits", ar="استقطبوا مشاركين")),
    }
    counts = dict(zip(_SIGNS, single, strict=True))
    return Outcome(
        of(found),
        numerator_label=Text(en="customers with a position's signs", ar="عملاء لهم علامات موضع"),
        denominator_label=Text(en="customers", ar="العملاء"),
        alternatives=(
            alternative(
                "earning_or_recruiting",
                Text(
                    en="with recruits, payouts, sales or a rank; a place on the list alone does not count",
                    ar="لهم مشاركون مباشرون أو دفعات أو مبيعات أو رتبة؛ ولا يكفي وجودهم في القائمة",
                ),
                of(firm),
            ),
            *(
                alternative(sign, label, of(counts[sign], lacks=None if records.has(name) else phrases.missing(name)))
                for sign, (name, label) in wanted.items()
            ),
        ),
        series=series(
            records,
            f"SELECT row, NULL::DATE AS month, CAST(({any_sign}) AS BIGINT) AS part, 1::BIGINT AS whole FROM {read}",
            people=True,
        ),
        evidence=records.evidence(
            f"SELECT c.id, c.joined, c.recruited, c.paid, c.sold, c.ranked, c.listed AS listed_as_participant FROM ({called}) c"
            f" WHERE {any_sign} ORDER BY c.id",
            count=found,
        ),
        bound="exact" if records.has("participants.kind") or records.has("orders.buyer_kind") else "lower",
        period=records.money_period,
    )
