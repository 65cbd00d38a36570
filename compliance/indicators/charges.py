"""What a participant is charged: in the first days, in a year to keep the position, for the starter kit over its cost,
and for one piece of a product. Rules set these limits in money, person by person; the headline is the highest charge.
"""

# ruff: noqa: S608 - queries are put together from constants of this room and from whole numbers

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from compliance.columns import order_columns, people_columns, person_months
from compliance.facts import JOINING
from compliance.indicators import phrases
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, money
from compliance.indicators.unit_by_unit import Units
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

WEEK = 7
_CHARGES = "('fee', 'starter_kit', 'deposit', 'training', 'sales_tool')"
"""Categories that are paid for the position and for working in it, not for goods to use or sell."""

_EARLY = """
SELECT f.buyer AS row, CAST(sum(f.amount) AS BIGINT) AS paid,
       CAST(coalesce(sum(f.amount) FILTER (f.category IN {joining}), 0) AS BIGINT) AS charges
FROM order_facts f JOIN people p ON p.row = f.buyer
WHERE f.side = 'participant' AND p.joined IS NOT NULL AND f.date >= date_trunc('day', p.joined)
  AND f.date < date_trunc('day', p.joined) + INTERVAL {days} DAY
GROUP BY 1 HAVING sum(f.amount) > 0
"""


def _highest(records: Records, amounts: np.ndarray[tuple[int], np.dtype[np.int64]], prefix: str = "") -> Units:
    return Units(amounts, None, "highest", prefix, records.scale)


@indicator(
    id="first_week_payment",
    title=Text(en="Highest payment within seven days of joining", ar="أعلى مبلغ دُفع خلال 7 أيام من الانضمام"),
    definition=Text(
        en="What a participant paid to the company within seven days of joining, the day of joining included; the highest "
        "of all participants who paid anything.",
        ar="ما دفعه المشارك للشركة خلال 7 أيام من الانضمام، ويوم الانضمام منها؛ وأعلى هذه المبالغ بين من دفعوا.",
    ),
    formula="max over participants of sum(payments in days 0 to 6)",
    source="rule uk.tsr1997.max200_7days",
    unit="money",
    needs=("orders.amount", "orders.date", "orders.buyer_id", "participants.joined"),
    of_money=True,
    false_positives=Text(
        en="The date of the contract may differ from the recorded date of joining; goods ordered freely for customers "
        "count as well.",
        ar="قد يختلف تاريخ العقد عن تاريخ الانضمام المسجَّل؛ وتدخل السلع المطلوبة اختيارًا للعملاء.",
    ),
)
def first_week_payment(records: Records) -> Outcome:
    """Payments of the first seven days, person by person."""
    query = _EARLY.format(days=WEEK, joining=JOINING)
    orders, people = records.once(order_columns), records.once(people_columns)
    since = orders.date - people.joined.astype("datetime64[D]").astype("datetime64[us]")[orders.buyer]
    early = orders.own & (since >= np.timedelta64(0)) & (since < np.timedelta64(WEEK, "D"))
    paid, charges = (people.added(orders.buyer, lines, orders.amount) for lines in (early, early & orders.of(JOINING)))
    if not (paid > 0).any():
        return Outcome(lacking(phrases.nothing_to_divide()))
    units = _highest(records, paid[paid > 0])
    required = _highest(records, charges[(paid > 0) & (charges > 0)], "required_")
    label = Text(en="fees, starter kits and deposits only", ar="الرسوم وحقائب البداية والإيداعات فقط")
    more = (alternative("required", label, required.main()), *required.others()) if len(required) else ()
    return Outcome(
        units.main(),
        headline_label=units.headline,
        alternatives=(*units.others(), *more),
        evidence=records.evidence(
            f"SELECT p.id, p.joined, q.paid, q.charges FROM ({query}) q JOIN people p USING (row) ORDER BY q.paid DESC, p.id",
            count=len(units),
        ),
        period=records.joining_period,
    )


@indicator(
    id="yearly_burden",
    title=Text(en="Highest yearly charge for the position", ar="أعلى ما دُفع سنويًا مقابل الموضع"),
    definition=Text(
        en="What a participant paid in a calendar year in fees, starter kits, deposits, training and sales tools; the "
        "highest of all participants and years.",
        ar="ما دفعه المشارك في سنة ميلادية رسومًا وحقائب بداية وإيداعات وتدريبًا وأدوات بيع؛ وأعلى هذه المبالغ.",
    ),
    formula="max over participant-years of sum(charges)",
    source="rule kr.dds.burden",
    unit="money",
    needs=("orders.amount", "orders.date", "orders.buyer_id", "orders.category"),
    of_money=True,
    false_positives=Text(
        en="Training and tools bought freely count as well; purchases of goods that are a condition of pay are not in it.",
        ar="يدخل التدريب والأدوات المشتراة اختيارًا؛ ولا تدخل مشتريات السلع المشروطة لاستحقاق العمولة.",
    ),
)
def yearly_burden(records: Records) -> Outcome:
    """Charges person by person and year by year; goods bought in the year beside them."""
    query = f"""
        SELECT buyer AS row, year(date) AS year, CAST(sum(amount) AS BIGINT) AS paid FROM order_facts
        WHERE side = 'participant' AND buyer IS NOT NULL AND date IS NOT NULL AND category IN {_CHARGES}
        GROUP BY 1, 2 HAVING sum(amount) > 0
    """
    orders = records.once(order_columns)
    lines = np.flatnonzero(orders.own & orders.of(_CHARGES) & (orders.month >= 0))
    years = person_months(orders.buyer[lines], orders.month[lines] // 12)
    charges, narrow = (years.add(chosen, orders.amount[lines]) for chosen in (np.True_, orders.of(JOINING)[lines]))
    charges, narrow = charges[charges > 0], narrow[narrow > 0]
    if not len(charges):
        return Outcome(
            money(0, records.scale), period=records.money_period, headline_label=Text(en="no charge", ar="بلا رسوم")
        )
    units, fees = _highest(records, charges), _highest(records, narrow, "joining_only_")
    label = Text(en="fees, starter kits and deposits only", ar="الرسوم وحقائب البداية والإيداعات فقط")
    more = (alternative("joining_only", label, fees.main()), *fees.others()) if len(fees) else ()
    return Outcome(
        units.main(),
        headline_label=units.headline,
        alternatives=(*units.others(), *more),
        evidence=records.evidence(
            f"SELECT p.id, q.year, q.paid FROM ({query}) q JOIN people p USING (row)"
            " ORDER BY q.paid DESC, p.id, q.year",
            count=len(units),
        ),
        period=records.money_period,
    )


@indicator(
    id="starter_kit_margin",
    title=Text(en="Highest price of a starter kit over its cost", ar="أعلى زيادة لسعر حقيبة البداية على تكلفتها"),
    definition=Text(
        en="For each starter kit sold whose cost the records carry: price less cost; the highest of them.",
        ar="لكل حقيبة بداية مبيعة ذُكرت تكلفتها: السعر مطروحًا منه التكلفة؛ وأعلى هذه المبالغ.",
    ),
    formula="max over starter kits of amount - cost",
    source="rules ca.55_1.required_purchase, sg.order.no_entry_payment",
    unit="money",
    needs=("orders.amount", "orders.category", "orders.cost"),
    of_money=True,
    false_positives=Text(
        en="Whether the kit had to be bought is in the contract; a cost price that leaves out freight or tax makes the "
        "margin larger.",
        ar="كون الشراء مطلوبًا أمر يبيّنه العقد؛ والتكلفة التي تستبعد الشحن أو الضريبة تزيد الفرق.",
    ),
)
def starter_kit_margin(records: Records) -> Outcome:
    """Price less cost of each kit; the records' own cost."""
    query = (
        "SELECT o.source_file, o.source_line, o.id AS order_id, o.date, o.buyer_id, o.amount, o.cost,"
        " o.amount - o.cost AS margin FROM orders o"
        f" WHERE o.category = 'starter_kit' AND o.cost IS NOT NULL AND o.amount > 0 AND o.currency = {_code(records)}"
    )
    margins = records.arrays(f"SELECT CAST(margin AS BIGINT) AS margin FROM ({query})")["margin"].astype(np.int64)
    if not len(margins):
        return Outcome(
            lacking(
                phrases.needs(
                    "orders",
                    "cost",
                    "Needs starter kits sold for money whose cost is stated: there is none.",
                    "يحتاج إلى حقائب بداية بيعت بثمن وذُكرت تكلفتها، ولا توجد.",
                )
            )
        )
    units = _highest(records, margins)
    return Outcome(
        units.main(),
        headline_label=units.headline,
        alternatives=units.others(),
        evidence=records.evidence(
            f"SELECT * FROM ({query}) ORDER BY margin DESC, order_id, source_line", count=len(margins)
        ),
        period=records.money_period,
    )


@indicator(
    id="highest_unit_price",
    title=Text(en="Highest price of one piece", ar="أعلى سعر للقطعة"),
    definition=Text(
        en="Price of one piece of each product line sold, the amount over the quantity; the highest of them.",
        ar="سعر القطعة في كل بند مبيع: المبلغ إلى الكمية؛ وأعلى هذه الأسعار.",
    ),
    formula="max over product lines of amount / quantity",
    source="rule kr.dds.price_cap",
    unit="money",
    needs=("orders.amount", "orders.quantity"),
    of_money=True,
    false_positives=Text(
        en="A line for a set of several pieces that is counted as one looks dear.",
        ar="يبدو البند مرتفع السعر إذا كان مجموعة قطع عُدّت قطعة واحدة.",
    ),
)
def highest_unit_price(records: Records) -> Outcome:
    """Amount over quantity, line by line."""
    query = (
        "SELECT o.source_file, o.source_line, o.id AS order_id, o.date, o.product, o.quantity, o.amount FROM orders o"
        " WHERE coalesce(o.category, 'product') IN ('product', 'autoship') AND o.quantity > 0 AND o.amount > 0"
        f" AND o.currency = {_code(records)}"
    )
    found = records.arrays(
        f"SELECT CAST(amount AS BIGINT) AS amount, CAST(quantity AS BIGINT) AS quantity FROM ({query})"
    )
    if not len(found["amount"]):
        return Outcome(
            lacking(
                phrases.needs(
                    "orders",
                    "quantity",
                    "Needs product lines with a price and a quantity above zero: there is none.",
                    "يحتاج إلى بنود منتجات لها ثمن وكمية فوق الصفر، ولا توجد.",
                )
            )
        )
    pieces = found["quantity"].astype(np.int64)
    units = Units(found["amount"].astype(np.int64), pieces, "highest", scale=records.scale)
    return Outcome(
        _rounded_up(units.main(), records),
        headline_label=units.headline,
        alternatives=units.others(),
        evidence=records.evidence(
            f"SELECT * FROM ({query}) ORDER BY amount / quantity DESC, order_id, source_line", count=len(units)
        ),
        period=records.money_period,
    )


def _rounded_up(price: Value, records: Records) -> Value:
    """The price of one piece in whole minor units: a limit that is passed by a part of a cent is passed."""
    assert price.value is not None
    return money(ceil(Fraction(price.value) * 10**records.scale), records.scale)


def _code(records: Records) -> str:
    return "'" + (records.currency or "").replace("'", "''") + "'"
