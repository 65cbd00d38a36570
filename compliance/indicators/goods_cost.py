"""What goods cost the company, as far as the records say it: what is left of customers' money once they are paid for."""

# ruff: noqa: S608 - queries are put together from this room's own constants

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from compliance.facts import PRODUCTS
from compliance.indicators import phrases
from compliance.measurement import Missing, decimal_string
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records


def margin(records: Records) -> Fraction | Missing:
    """What is left of the price that customers paid for goods after the goods' cost, over the lines that state it.

    The column may hold the price to participants, which they pay and the company does not: where participants' own lines
    cost as much as they paid, most of the time, nothing is known of the company's cost.
    """
    if not records.has("orders.cost"):
        return phrases.missing("orders.cost")
    amount, cost, at_cost, own = (
        int(each)
        for each in records.row(
            f"""
            SELECT coalesce(sum(amount) FILTER (side = 'outside'), 0), coalesce(sum(cost) FILTER (side = 'outside'), 0),
                   count(*) FILTER (side = 'participant' AND cost >= amount), count(*) FILTER (side = 'participant')
            FROM (
                SELECT f.side, o.amount, o.cost FROM order_facts f JOIN order_lines o ON o.place = f.place
                WHERE o.cost IS NOT NULL AND f.category IN {PRODUCTS} AND o.amount > 0
            )
            """
        )
    )
    if own and 2 * at_cost >= own:
        return PARTICIPANTS_PRICE
    return Fraction(max(0, amount - cost), amount) if amount > 0 else phrases.no_customer_orders()


PARTICIPANTS_PRICE = phrases.needs(
    "orders",
    "cost",
    "Needs what the goods cost the company: the recorded cost is the price that participants pay.",
    "يحتاج إلى ما تكلّفه السلع على الشركة: فالتكلفة المسجَّلة هي السعر الذي يدفعه المشاركون.",
)


LESS_COST = Text(en="less the cost of the goods, as recorded", ar="بعد طرح تكلفة السلع المسجَّلة")


def basis(left: Fraction | Missing) -> tuple[Text, ...]:
    """What is left, in words; nothing where it is not known."""
    if isinstance(left, Missing):
        return ()
    percent = decimal_string(left * 100, 1)
    return (
        Text(
            en=f"Of what customers paid for goods, {percent}% is left after the cost that the records state.",
            ar=f"يبقى مما دفعه العملاء ثمنًا للسلع بعد التكلفة المذكورة في السجلات {phrases.isolate(percent + '%')}.",
        ),
    )
