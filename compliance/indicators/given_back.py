"""Goods bought and given back once they had done their work: after the period had closed and the commission was due.

What an order's reversal takes back counts as a refund beside the table of returns, and where both speak of one order the
larger one does, so that nothing is counted twice.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compliance.columns import buyer_months, columns, payee_months, person_months
from compliance.facts import MONTH_NUMBER, PRODUCTS
from compliance.indicators import phrases
from compliance.indicators.breakdown import Breakdown, breakdown_of
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, share
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

DAYS_AFTER_RUN = 45
"""Days after the close of the period in which a refund counts. Default of the reference (ind.qualify_then_refund)."""


def given_back(records: Records) -> str:
    """What was given back of each order, by returns or by reversal, and when at the latest."""
    currency = (records.currency or "").replace("'", "''")
    reversal = (
        f"""
        SELECT reverses AS id, -sum(amount)::BIGINT AS amount, min(date) AS day FROM orders
        WHERE reverses IS NOT NULL AND amount < 0 AND currency = '{currency}' GROUP BY 1
        """
        if records.has("orders.reverses")
        else "SELECT NULL::VARCHAR AS id, NULL::BIGINT AS amount, NULL::TIMESTAMP AS day WHERE false"
    )
    return f"""
        SELECT id, max(amount) AS amount, min(day) AS day FROM (
            SELECT order_id AS id, sum(amount)::BIGINT AS amount, min(coalesce(requested, decided)) AS day FROM returns
            WHERE outcome IN ('refunded', 'partly_refunded') AND order_id IS NOT NULL AND amount IS NOT NULL
              AND coalesce(currency, '{currency}') = '{currency}' GROUP BY 1
            UNION ALL {reversal}
        ) GROUP BY id
    """


@indicator(
    id="qualify_then_refund",
    title=Text(en="Qualifying purchases given back after the payout", ar="مشتريات تأهّل رُدّت بعد الصرف"),
    definition=Text(
        en="Of the goods that participants bought in periods for which they were paid a commission, the part given back "
        f"within {DAYS_AFTER_RUN} days after the period closed.",
        ar="من السلع التي اشتراها المشاركون في فترات صُرفت لهم عنها عمولة، الجزء الذي رُدّ ثمنه خلال "
        f"{DAYS_AFTER_RUN} يومًا من إقفال الفترة.",
    ),
    formula="refunds on day 1 to 45 after the close of own goods bought in paid periods / own goods bought in paid periods",
    source="rule ind.qualify_then_refund; 45 days is a default of the reference",
    unit="ratio",
    needs=("orders.id", "orders.amount", "orders.buyer_id", "orders.date", "rewards.amount"),
    of_money=True,
    false_positives=Text(
        en="A generous right of return; goods delivered late. Customers' returns beside it show what is usual.",
        ar="حق إرجاع سخي، أو سلع تأخر تسليمها. وتبيّن مرتجعات العملاء بجانبه ما هو معتاد.",
    ),
)
def qualify_then_refund(records: Records) -> Outcome:
    """Given back after the close of a paid month; before it, at any time, and customers' goods beside it."""
    if not records.has("returns.order_id") and not records.has("orders.reverses"):
        return Outcome(lacking(phrases.missing("returns.order_id")))
    currency = (records.currency or "").replace("'", "''")
    lines = "order_lines" if records.has("orders.reverses") else "returned_lines"
    back = f"""
        SELECT o.row, o.side, o.month, o.id, least(g.amount, o.price) AS amount, g.day,
               g.day >= last_day(o.month) + INTERVAL 1 DAY
                 AND g.day < last_day(o.month) + INTERVAL {DAYS_AFTER_RUN + 1} DAY AS after_run
        FROM ({given_back(records)}) g
        JOIN (
            SELECT l.id, min(f.buyer) AS row, min(f.side) AS side, min(f.month) AS month,
                   sum(f.amount) FILTER (f.amount > 0)::BIGINT AS price
            FROM order_facts f JOIN {lines} l ON l.place = f.place
            WHERE l.id IN (SELECT id FROM ({given_back(records)})) AND f.category IN {PRODUCTS} AND f.month IS NOT NULL
            GROUP BY 1
        ) o USING (id)
        WHERE o.price > 0
    """
    paid = "SELECT row, month FROM reward_months WHERE paid_out > 0 AND row IS NOT NULL AND month IS NOT NULL"
    read = records.kept(back)
    apart = _after_the_run(records, read)
    others = records.row(
        f"""
        SELECT coalesce(sum(b.amount) FILTER (b.side = 'participant' AND p.row IS NOT NULL), 0),
               coalesce(sum(b.amount) FILTER (b.side = 'participant' AND p.row IS NOT NULL
                        AND b.day < last_day(b.month) + INTERVAL 1 DAY), 0),
               coalesce(sum(b.amount) FILTER (b.side = 'outside' AND b.after_run), 0),
               count(*) FILTER (b.side = 'participant' AND p.row IS NOT NULL AND b.after_run)
        FROM {read} b LEFT JOIN ({paid}) p ON p.row = b.row AND p.month = b.month
        """
    )
    customers = records.row(
        f"SELECT coalesce(sum(amount), 0) FROM order_facts WHERE side = 'outside' AND amount > 0 AND category IN {PRODUCTS}"
    )
    none = phrases.needs(
        "orders",
        None,
        "Needs goods bought in a period for which the buyer was paid: there are none.",
        "يحتاج إلى سلع اشتُريت في فترة صُرفت عنها عمولة للمشتري: لا يوجد منها شيء.",
    )
    main = share(apart.part, apart.whole, whole=none)
    return Outcome(
        Value(main.value, main.numerator, main.denominator, apart.interval, main.missing),
        numerator_label=Text(en="given back after the period closed", ar="ما رُدّ بعد إقفال الفترة"),
        denominator_label=Text(en="own goods bought in paid periods", ar="سلع اشتُريت في فترات صُرفت عنها عمولة"),
        alternatives=(
            alternative(
                "any_time",
                Text(en="given back at any time", ar="ما رُدّ في أي وقت"),
                share(int(others[0]), apart.whole, whole=none),
            ),
            alternative(
                "before_close",
                Text(en="given back before the period closed", ar="ما رُدّ قبل إقفال الفترة"),
                share(int(others[1]), apart.whole, whole=none),
            ),
            alternative(
                "customers",
                Text(en="customers' goods, in the same days", ar="سلع العملاء في الأيام نفسها"),
                share(
                    int(others[2]),
                    int(customers[0]),
                    whole=phrases.needs(
                        "orders",
                        "buyer_kind",
                        "Needs orders by customers: the records show none.",
                        "يحتاج إلى طلبات عملاء: لا يظهر منها شيء في السجلات.",
                    ),
                ),
            ),
        ),
        series=apart.series,
        evidence=records.evidence(
            f"""
            SELECT o.id AS order_id, o.buyer_id, o.date, g.day AS given_back_on, g.amount AS given_back, o.amount,
                   o.source_file, o.source_line
            FROM orders o JOIN ({back}) b ON b.id = o.id JOIN ({given_back(records)}) g ON g.id = o.id
            JOIN ({paid}) p ON p.row = b.row AND p.month = b.month
            WHERE b.after_run AND b.side = 'participant' AND o.currency = '{currency}' AND o.amount > 0
            ORDER BY o.source_file, o.source_line
            """,
            count=int(others[3]),
        ),
        period=records.money_period,
    )


def _after_the_run(records: Records, read: str) -> Breakdown:
    """What was given back after the close over the goods bought, for each participant and month with goods and a payout."""
    orders, rewards, _ = columns(records)
    months, paid = records.once(buyer_months), records.once(payee_months)
    goods = months.add(orders.of(PRODUCTS), orders.amount)
    received = months.among(paid, paid.add(np.True_, rewards.amount))
    found = records.arrays(
        f"SELECT row, {MONTH_NUMBER} AS month, amount FROM {read} WHERE side = 'participant' AND after_run AND row IS NOT NULL"
    )
    returned = person_months(found["row"], found["month"])
    back = months.among(returned, returned.add(np.True_, found["amount"]))
    there = (months.month >= 0) & (goods > 0) & (received > 0)
    return breakdown_of(records, months.person[there], months.month[there], back[there], goods[there])
