"""What goods cost the company, as far as the records say it: what is left of customers' money once they are paid for."""

# ruff: noqa: S608 - queries are put together from this room's own constants

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from compliance.columns import NONE, OUTSIDE, PARTICIPANT, Codes, order_columns
from compliance.facts import PRODUCTS
from compliance.indicators import phrases
from compliance.measurement import Missing, decimal_string
from compliance.statistics import exact_sum
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
    lines = records.arrays(
        f"""
        SELECT place::BIGINT AS place, amount, cost FROM order_lines
        WHERE cost IS NOT NULL AND amount > 0 AND coalesce(category, 'unstated') IN {PRODUCTS}
        """
    )
    side = _side_by_place(records, int(lines["place"].max(initial=0)))[lines["place"]]
    price, cost = lines["amount"], lines["cost"]
    own, outside = side == PARTICIPANT, side == OUTSIDE
    at_cost, owned = int(np.count_nonzero(own & (cost >= price))), int(np.count_nonzero(own))
    if owned and 2 * at_cost >= owned:
        return PARTICIPANTS_PRICE
    amount, costs = exact_sum(price[outside]), exact_sum(cost[outside])
    return Fraction(max(0, amount - costs), amount) if amount > 0 else phrases.no_customer_orders()


def _side_by_place(records: Records, last: int) -> Codes:
    """The side of the order line at each place up to the last; NONE for lines that are not in `order_facts`."""
    orders = records.once(order_columns)
    side = np.full(max(last, int(orders.place.max(initial=0))) + 1, NONE, dtype=np.int8)
    side[orders.place] = orders.side
    return side


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
